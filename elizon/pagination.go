package elizon

import (
	"context"
	"hash/maphash"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
)

// paging is how the pages of a list are requested. Answers may describe their pages in any of four
// ways: every list understands all of them.
type paging struct {
	// size of a page, and the name of its argument; 0 leaves it to the server.
	size     int64
	sizeName string
	// pageName is the argument for the page, from 1; "" means that offsetName counts elements
	// instead, from 0.
	pageName, offsetName string
}

// byPage pages by "page" and "limit".
func byPage(size int64) paging { return paging{size: size, sizeName: "limit", pageName: "page"} }

// byOffset pages by "offset" and "limit".
func byOffset(size int64) paging {
	return paging{size: size, sizeName: "limit", offsetName: "offset"}
}

// pages yields the elements of all pages of a list, which are under one of the names. It keeps one
// page in memory, and the fingerprints of two more.
//
// The platform has no snapshots: adding or removing an element while the list is read moves the
// others, so that one may be missed. An element that moved to the next page is not yielded twice.
// The list ends where the server says so, at an empty page, or at a page with nothing new, so that
// it also ends if the server ignores paging. An error beside an element concerns that element; a list
// that fails yields its error last, beside none.
func pages[T any](ctx context.Context, r *request, style paging, names ...string) iter.Seq2[*T, error] {
	r.problems.NotNegative("PerPage", style.size)
	return func(yield func(*T, error) bool) {
		var before, milestone prints
		for number, offset := 1, int64(0); ; number++ {
			p := &page[T]{names: names}
			err := r.op.Endless(number)
			if err == nil {
				err = r.send(ctx, func(call *rest.Call) { call.Out, call.Query = p, style.query(r, number, offset) })
			}
			if err != nil {
				yield(nil, err)
				return
			}
			var now prints
			stopped := false
			p.rows.Each(func(raw []byte, element *T, err error) bool {
				if element == nil { // the context ended
					stopped = true
					return yield(nil, err)
				}
				print := printOf(raw)
				now = append(now, print)
				stopped = !before.has(print) && !yield(element, err)
				return !stopped
			})
			if stopped {
				return
			}
			now = now.sorted()
			offset += int64(p.rows.Len)
			if p.rows.Len == 0 || now.within(before) || now.within(milestone) || p.last(number, offset) {
				return
			}
			// A cycle of pages is detected once it fits between two milestones, whose distance
			// doubles.
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

// page is a part of a list, with what it says about the whole.
type page[T any] struct {
	names []string
	rows  wire.Rows[T]
	// Anything that a server says about its pages may be missing: then 0, or silent for more.
	pages, total int64
	more, silent bool
}

// last reports whether the server says that nothing follows this page, which ends at offset.
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
	o, err := readObject(a, append([]string{"pagination", "pages", "total", "hasMore"}, p.names...)...)
	if err != nil {
		return err
	}
	raw, name := o.first(p.names...)
	if raw == nil {
		return wire.Lacks(name)
	}
	p.rows.Names = p.names
	if err := p.rows.Read(a, raw); err != nil {
		return wire.Within(name, err)
	}
	whole := o
	if nested := o["pagination"]; len(nested) > 0 && nested[0] == '{' {
		if whole, err = wire.Pick(nested, "pages", "total", "hasMore"); err != nil {
			return wire.Within("pagination", err)
		}
	}
	p.pages, p.total = whole.number("pages"), whole.number("total")
	p.more, p.silent = whole.yes("hasMore"), !whole.yes("hasMore") && string(whole["hasMore"]) != "false"
	return nil
}

// number returns a positive number or 0: a pagination that cannot be read counts as none.
func (o object) number(name string) (n int64) {
	if raw := o[name]; raw != nil && decode(raw, &n) != nil {
		return 0
	}
	return max(n, 0)
}

// prints are fingerprints of the elements of a page, in ascending order.
type prints []uint64

var seed = maphash.MakeSeed()

// printOf identifies an element by its "id", or by its whole content if it has none.
func printOf(raw []byte) uint64 {
	if o, err := wire.Pick(raw, "id"); err == nil && len(o["id"]) > 0 && string(o["id"]) != "null" {
		raw = o["id"]
	}
	return maphash.Bytes(seed, raw)
}

func (f prints) sorted() prints {
	slices.Sort(f)
	return slices.Compact(f)
}

func (f prints) has(print uint64) bool {
	_, found := slices.BinarySearch(f, print)
	return found
}

// within reports whether all elements of a page were on the other page.
func (f prints) within(other prints) bool {
	return !slices.ContainsFunc(f, func(print uint64) bool { return !other.has(print) })
}
