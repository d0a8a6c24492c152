package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// plan is what the tags of a struct say.
type plan struct {
	fields []*field
	root   *group
	nodes  int
	// alternatives are the fields with several names: the first one with a value counts.
	alternatives []*field
	spans        int
	// demands are the fields that an answer must have.
	demands []*field
	// extra is the field for all other fields of the object extraIn.
	extra   *field
	extraIn *group
	after   func(any) error
	// id and names are the fields that identify the record.
	id    *field
	names []*field
}

// field is a field of a Go struct and its names in JSON.
type field struct {
	number int
	index  []int
	goName string
	typ    reflect.Type
	names  []name
	read   reader
	// spans is the index of an alternative's values among those of the struct.
	spans int
	mode
	// isTime, isSecret and wholly are worked out here, since values are many: wholly says that every
	// character counts.
	isTime, isSecret, wholly bool
	// inside is the node of the object that a dotted name leads into.
	inside *node
}

type mode struct {
	required, positive, holder, strict, loose, commas, set, extra, limit, due, always, date, end, unread, identity, name bool
}

type name struct {
	path    string
	negated bool
}

// group is the names of one object: that of the struct, or one that dotted names lead into.
type group struct {
	nodes map[string]*node
	// folded has them in lower case, with nil for names that differ only in case.
	folded map[string]*node
	// of is the node of the object; nil for that of the struct.
	of *node
	// first is the name that the last object began with. The records of a list have their names in one
	// order, so that this and node.next save most look-ups.
	first atomic.Pointer[node]
}

// node is one name: the fields that it fills, the object that it leads into, or both.
type node struct {
	number int
	path   string
	// key is how the name is usually spelled: in quotation marks, with a colon.
	key   string
	uses  []use
	group *group
	// next is the name that came after this one in the last object.
	next atomic.Pointer[node]
	// identity is set if the name identifies what the answer is about, or leads into the object that
	// contains such a name.
	identity bool
}

type use struct {
	field *field
	rank  int
}

// maxNodes is how many names a struct may have.
const maxNodes = 256

type bits [maxNodes / 64]uint64

func (b *bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b *bits) set(i int)      { b[i/64] |= 1 << (i % 64) }

var plans sync.Map // reflect.Type to *plan

func planOf(t reflect.Type) *plan {
	if kept, ok := plans.Load(t); ok {
		return kept.(*plan)
	}
	codecs.mu.RLock()
	p := &plan{root: newGroup(), after: codecs.after[t]}
	codecs.mu.RUnlock()
	p.collect(t, nil)
	for _, f := range p.fields {
		if f.extra {
			if p.extra != nil {
				panic(fmt.Sprintf("wire: %v has two places for extra fields", t))
			}
			p.extra, p.extraIn = f, p.root
			if path := f.names[0].path; path != "" {
				p.extraIn = p.within(path, false)
			}
			continue
		}
		if len(f.names) > 1 {
			f.spans = p.spans
			p.spans += len(f.names)
			p.alternatives = append(p.alternatives, f)
		}
		if f.identity {
			p.id = f
		}
		if f.mode.name {
			p.names = append(p.names, f)
		}
		if f.required || f.positive || f.holder {
			p.demands = append(p.demands, f)
		}
		for rank, n := range f.names {
			p.place(f, rank, n.path)
		}
	}
	if p.nodes > maxNodes {
		panic(fmt.Sprintf("wire: %v has too many names", t))
	}
	// Another goroutine may have been faster; all use the same plan.
	kept, _ := plans.LoadOrStore(t, p)
	return kept.(*plan)
}

func (p *plan) collect(t reflect.Type, above []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("wire")
		index := append(slices.Clone(above), i)
		if sf.Anonymous && !tagged {
			p.collect(sf.Type, index)
			continue
		}
		if !tagged || tag == "-" {
			continue
		}
		f := &field{number: len(p.fields), index: index, goName: sf.Name, typ: sf.Type, mode: modeOf(tag, sf.Name)}
		f.isTime, f.isSecret = f.typ == typeTime, f.typ == typeSecret
		f.wholly = f.strict || f.required || f.identity || f.mode.name || f.isSecret
		names, _, _ := strings.Cut(tag, ",")
		for path := range strings.SplitSeq(names, "|") {
			path, negated := strings.CutPrefix(path, "!")
			f.names = append(f.names, name{path, negated})
		}
		switch {
		case f.strict:
			f.read = readStrict
		case f.commas:
			f.read = readCommas
		case f.limit:
			f.read = readLimit
		case f.end:
			f.read = readEnd
		case f.unread:
			f.read = readUnread
		default:
			f.read = readerOf(sf.Type)
		}
		p.fields = append(p.fields, f)
	}
}

func modeOf(tag, goName string) (m mode) {
	_, words, found := strings.Cut(tag, ",")
	for found {
		var word string
		word, words, found = strings.Cut(words, ",")
		flag := map[string]*bool{
			"required": &m.required, "positive": &m.positive, "holder": &m.holder, "strict": &m.strict, "loose": &m.loose, "commas": &m.commas,
			"set": &m.set, "extra": &m.extra, "limit": &m.limit, "due": &m.due, "always": &m.always, "date": &m.date, "end": &m.end, "unread": &m.unread,
			"identity": &m.identity, "name": &m.name,
		}[word]
		if flag == nil {
			panic(fmt.Sprintf("wire: the tag of %s has an unknown word %q", goName, word))
		}
		*flag = true
	}
	return m
}

func newGroup() *group { return &group{nodes: make(map[string]*node), folded: make(map[string]*node)} }

// place adds a field to the node of a name.
func (p *plan) place(f *field, rank int, path string) {
	g, at := p.root, lastDot(path)
	identity := f.positive || f.required || f.strict || f.identity || f.mode.name
	if at > 0 {
		g = p.within(path[:at-1], identity)
		f.inside = g.of
	}
	n := p.node(g, path[at:])
	n.uses = append(n.uses, use{f, rank})
	n.identity = n.identity || identity
}

// within returns the names of an inner object.
func (p *plan) within(path string, identity bool) *group {
	g := p.root
	for name := range strings.SplitSeq(path, ".") {
		n := p.node(g, name)
		n.identity = n.identity || identity
		if n.group == nil {
			n.group = newGroup()
			n.group.of = n
		}
		g = n.group
	}
	return g
}

// node returns the node of a name in a group, and adds it if necessary.
func (p *plan) node(g *group, name string) *node {
	n := g.nodes[name]
	if n == nil {
		n = &node{number: p.nodes, path: name, key: `"` + name + `":`}
		if g.of != nil {
			n.path = join(g.of.path, name)
		}
		p.nodes++
		g.nodes[name] = n
		folded := strings.ToLower(name)
		if _, ambiguous := g.folded[folded]; ambiguous {
			g.folded[folded] = nil
		} else {
			g.folded[folded] = n
		}
	}
	return n
}

// next reads the next name, up to its value. It returns its node, or nil; whether the spelling is exact; and
// if not, the name as it stands there.
func (g *group) next(s *scanner, likely *atomic.Pointer[node]) (n *node, exact bool, raw []byte, err error) {
	if n := likely.Load(); n != nil && s.named(n.key) {
		return n, true, nil, nil
	}
	raw, plain, err := s.name()
	if err != nil {
		return nil, false, nil, err
	}
	if n, exact = g.find(raw, plain); exact {
		likely.Store(n)
	}
	return n, exact, raw, nil
}

// find returns the node of a name in its JSON spelling, or nil, and whether the spelling is exact.
func (g *group) find(raw []byte, plain bool) (n *node, exact bool) {
	if !plain {
		raw = []byte(unquote(raw))
	}
	if n := g.nodes[string(raw)]; n != nil {
		return n, true
	}
	var lower [64]byte
	if len(raw) > len(lower) {
		return nil, false
	}
	for i, c := range raw {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return g.folded[string(lower[:len(raw)])], false
}
