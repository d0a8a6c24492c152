package hestiatest

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// commandTable says for every command where USER is, how many arguments it needs and what it prints
// if there are fewer, which names its arguments have (name=position, ^ for upper and v for lower
// case, :default if it is omitted), and what it checks, in this order:
//
//	fmt NAMES            the formats of arguments, of those that are not empty
//	common, spaces, noquotes, number, minusone, bool, bool?, username, username2, objectname, domainname, oneof NAME LABEL
//	norm domain          lower case, without www. and dots at the ends
//	trimdots NAMES       without dots at the ends
//	prefix NAMES         with the user's name and a _ as a prefix
//	file NAME            a value that names a file below /tmp is replaced by that file's first line
//	on KEY [NAME]        the subsystem is installed
//	has, live, idle, new FILE KEY NAME    an object exists, is not suspended, is suspended, does not exist ("has user" for the account)
//	set, unset FILE KEY NAME FIELD        one of its fields is set, is not
//	room LIMIT           the package allows one more
//	fresh TYPE NAMES     no web, DNS or mail domain of that name is in the way
//	base NAMES           the domain above does not belong to another user
//	template KIND NAME   a template exists
//	type KEY NAME        a value is one of those in the configuration
//	package              the hosting package exists
//	spare user           exit 0 for the root user
//	quiet user           exit 0 for a suspended one
//	unless NAME VALUE … end, ifgiven NAME … end
//	demo                 refuse in demo mode
//	do HOOK [NAME]       a check of this command only, see hooks
//
//go:embed commands.tsv
var commandTable string

// command is a script of the panel.
type command struct {
	name         string
	userPosition int
	least        int
	usage        string
	params       []param
	checks       [][]string
}

// param is a named argument.
type param struct {
	name       string
	position   int
	fold       byte // '^' or 'v'
	hasDefault bool
	def        string
}

// commands is the inventory: 524 scripts.
var commands = readCommands()

func readCommands() map[string]*command {
	all := make(map[string]*command, 600)
	for line := range strings.Lines(commandTable) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		column := strings.Split(line, "\t")
		cmd := &command{name: column[0], usage: column[3]}
		cmd.userPosition, _ = strconv.Atoi(column[1])
		cmd.least, _ = strconv.Atoi(column[2])
		for text := range strings.FieldsSeq(column[4]) {
			cmd.params = append(cmd.params, readParam(text))
		}
		for text := range strings.SplitSeq(column[5], "; ") {
			if words := strings.Fields(text); len(words) > 0 {
				cmd.checks = append(cmd.checks, words)
			}
		}
		all[cmd.name] = cmd
	}
	return all
}

func readParam(text string) param {
	name, rest, _ := strings.Cut(text, "=")
	p := param{name: name}
	rest, p.def, p.hasDefault = strings.Cut(rest, ":")
	if last := len(rest) - 1; rest[last] == '^' || rest[last] == 'v' {
		p.fold, rest = rest[last], rest[:last]
	}
	p.position, _ = strconv.Atoi(rest)
	return p
}

// bind names the arguments. Only an omitted one gets its default: an empty one stays empty.
func (cmd *command) bind(args []string) map[string]string {
	v := make(map[string]string, len(cmd.params))
	for _, p := range cmd.params {
		value := p.def
		if p.position <= len(args) {
			value = args[p.position-1]
		}
		switch p.fold {
		case '^':
			value = strings.ToUpper(value)
		case 'v':
			value = strings.ToLower(value)
		}
		v[p.name] = value
	}
	return v
}

// effect is what a command does once its checks have passed. It returns the exit code.
type effect func(*call) int

// hook is a check that only one or two commands have. words are those after its name in the table.
type hook func(c *call, words []string) int

// effects returns the modelled effects of all areas.
func effects() map[string]effect {
	all := make(map[string]effect, 400)
	for _, area := range []map[string]effect{
		userEffects(), userSettingEffects(), packageEffects(), webEffects(), webSettingEffects(), certificateEffects(),
		domainEffects(), dnsEffects(), recordEffects(), mailEffects(), mailAccountEffects(), databaseEffects(), cronEffects(),
		backupEffects(), keyEffects(), ipEffects(), systemEffects(), serviceEffects(), logEffects(), statEffects(),
		searchEffects(), letsEncryptEffects(), firewallEffects(), restoreEffects(),
	} {
		maps.Copy(all, area)
	}
	return all
}

// hooks returns the checks that only some commands have.
func hooks() map[string]hook {
	all := make(map[string]hook, 100)
	for _, area := range []map[string]hook{userHooks(), packageHooks(), webHooks(), dnsHooks(), mailHooks(), databaseHooks(), cronHooks(), serverHooks()} {
		maps.Copy(all, area)
	}
	return all
}

// Commands returns the names of the commands whose effect the emulator models, sorted.
func Commands() []string {
	return slices.Sorted(maps.Keys(effects()))
}
