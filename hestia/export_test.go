package hestia

import "github.com/provkit/provkit/internal/rest"

// Defined is what the package knows about one command.
type Defined struct {
	Op, Signature string
	Reads         bool
	Repeatable    bool
	Loud          bool
	Sensitive     bool
	// Escapes: the command prints JSON, and not only something like it.
	Escapes bool
	// Params are the names of the arguments in order, with fixed words as they are.
	Params []DefinedParam
}

// DefinedParam is one argument.
type DefinedParam struct {
	Name, Word                     string
	Optional, Secret, Many, Needed bool
}

// Definitions returns all commands that have a method.
func Definitions() map[string]Defined {
	all := make(map[string]Defined, len(commands))
	for name, c := range commands {
		d := Defined{
			Escapes: c.escapes,
			Op:      c.endpoint.Op, Signature: c.signature, Loud: c.prints, Sensitive: c.endpoint.Sensitive,
			Reads: c.endpoint.Effect == rest.Read, Repeatable: c.endpoint.Effect != rest.Once,
		}
		for _, p := range c.parameters() {
			d.Params = append(d.Params, DefinedParam{Name: p.name, Word: p.word, Optional: p.optional, Secret: p.secret, Many: p.many, Needed: p.needed})
		}
		all[name] = d
	}
	return all
}

// CodeInText is for the fuzz target.
var CodeInText = codeInText

// IDNASCII and IDNSpellings are for the vectors of RFC 3492.
var (
	IDNASCII     = idnASCII
	IDNSpellings = idnSpellings
)
