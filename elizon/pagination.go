package elizon

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
)

// paging is how a list is asked for its pages. The answers may say what they like about
// themselves: all four ways of it are understood for every list.
type paging struct {
	// size and the name of its argument; 0 leaves it to the server.
	size     int64
	sizeName string
	// pageName is the argument for the page, from 1; "" means that offsetName counts
	// elements instead, from 0.
	pageName, offsetName string
}

// byPage is "page" and "limit".
func byPage(size int64) paging { return paging{size: size, sizeName: "limit", pageName: "page"} }

// byOffset is "offset" and "limit".
func byOffset(size int64) paging {
	return paging{size: size, sizeName: "limit", offsetName: "offset"}
}

// pages yields the elements of all pages of a list, which stand under one of the names.
// It keeps one page in memory, and the fingerprints of two more.
//
// The platform has no snapshots: a thing that is added or removed while the list is read
// moves the others, so that one may be missed. One that moved to the next page is not
// yielded twice. The list ends where the server says so, with an empty page, or with a
// page that brings nothing new, so that it ends also if the server knows no pages. A list
// that fails yields its error last.
func pages[T any](ctx context.Context, r *request, style paging, names ...string) iter.Seq2[*T, error] {
	r.problems.NotNegative("PerPage", style.size)
	return func(yield func(*T, error) bool) {
		var before, milestone prints
		for number, offset := 1, int64(0); ; number++ {
			p := &page[T]{names: names}
			if err := r.send(ctx, func(call *rest.Call) { call.Out, call.Query = p, style.query(r, number, offset) }); err != nil {
				yield(nil, err)
				return
			}
			now := p.prints()
			for i, element := range p.rows {
				if !before.has(now.inOrder[i]) && !yield(element, nil) {
					return
				}
			}
			offset += int64(len(p.rows))
			if len(p.rows) == 0 || now.within(before) || now.within(milestone) || p.last(number, offset) {
				return
			}
			// Pages that come around in a circle are found when the circle fits between
			// two milestones, which grow apart.
			if before = now; number&(number-1) == 0 {
				milestone = now
			}
		}
	}
}

func (s paging) query(r *request, number int, offset int64) url.Values {
	args := make(url.Values, len(r.query)+2)
	maps.Copy(args, r.query)
	if s.size > 0 {
		args[s.sizeName] = []string{strconv.FormatInt(s.size, 10)}
	}
	switch {
	case s.pageName != "":
		args[s.pageName] = []string{strconv.Itoa(number)}
	default:
		args[s.offsetName] = []string{strconv.FormatInt(offset, 10)}
	}
	return args
}

// page is a part of a list and what it says of the whole.
type page[T any] struct {
	names []string
	rows  []*T
	ids   []json.RawMessage
	// Every word of a server about its pages may be missing: 0, and silent for more.
	pages, total int64
	more, silent bool
}

// last reports whether the server says that nothing follows this page, which ends at the
// offset.
func (p *page[T]) last(number int, offset int64) bool {
	switch {
	case !p.silent:
		return !p.more
	case p.pages > 0:
		return int64(number) >= p.pages
	case p.total > 0:
		return offset >= p.total
	}
	return false
}

func (p *page[T]) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a)
	if err != nil {
		return err
	}
	raw, name := o.first(p.names...)
	if raw == nil {
		return wire.Lacks(name)
	}
	rows, err := wire.List[T](raw)
	if err != nil {
		return wire.Within(name, err)
	}
	p.rows = rows
	_ = json.Unmarshal(raw, &p.ids) // it was read already
	whole := o
	if nested := o["pagination"]; len(nested) > 0 && nested[0] == '{' {
		whole = nil
		_ = json.Unmarshal(nested, &whole) // it was part of valid JSON
	}
	p.pages, p.total = whole.number("pages"), whole.number("total")
	p.more, p.silent = whole.yes("hasMore"), !whole.yes("hasMore") && string(whole["hasMore"]) != "false"
	return nil
}

// number is a positive number, or 0: a pagination that cannot be read is as good as none.
func (o object) number(name string) (n int64) {
	if raw := o[name]; raw != nil && decode(raw, &n) != nil {
		return 0
	}
	return max(n, 0)
}

// prints are fingerprints of the elements of a page.
type prints struct {
	inOrder []uint64
	set     map[uint64]bool
}

var seed = maphash.MakeSeed()

// prints takes an element for its "id", or for all of it if it has none.
func (p *page[T]) prints() prints {
	made := prints{inOrder: make([]uint64, 0, len(p.ids)), set: make(map[uint64]bool, len(p.ids))}
	for _, raw := range p.ids {
		var identified struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(raw, &identified) == nil && len(identified.ID) > 0 && string(identified.ID) != "null" {
			raw = identified.ID
		}
		print := maphash.Bytes(seed, raw)
		made.inOrder = append(made.inOrder, print)
		made.set[print] = true
	}
	p.ids = nil
	return made
}

func (f prints) has(print uint64) bool { return f.set[print] }

// within reports whether all of a page was on the other one already.
func (f prints) within(other prints) bool {
	for print := range f.set {
		if !other.set[print] {
			return false
		}
	}
	return true
}
