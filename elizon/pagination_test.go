package elizon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// shelf is a server with a list that it pages in any of the known ways.
type shelf struct {
	ids   []string
	size  int    // of a page, regardless of what the client asks for
	style string // how it describes its pages
	// before runs before each page is built.
	before func(s *shelf, page int)
	pages  int
}

func (s *shelf) answer(_ context.Context, r clienttest.Request) clienttest.Reply {
	if s.pages++; s.before != nil {
		s.before(s, s.pages)
	}
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(r.Query.Get(name)); err == nil {
			return n
		}
		return otherwise
	}
	size := min(s.size, max(1, number("limit", number("pageSize", s.size))))
	from := min(number("offset", (number("page", 1)-1)*size), len(s.ids))
	if s.style == "deaf" {
		from = 0
	}
	to := min(from+size, len(s.ids))
	body := object{"success": true}
	about := object{"total": len(s.ids)}
	switch s.style {
	case "page":
		about["page"], about["limit"], about["pages"] = number("page", 1), size, (len(s.ids)+size-1)/size
	case "offset":
		about["limit"], about["offset"], about["hasMore"] = size, from, to < len(s.ids)
	case "flat":
		body["total"] = len(s.ids)
	case "contradiction":
		about = object{"pages": 0, "total": 0, "limit": -1, "hasMore": "perhaps"}
	case "silent", "deaf":
		about = nil
	case "null":
		body["pagination"] = nil
	}
	if about != nil && s.style != "flat" && s.style != "null" {
		body["pagination"] = about
	}
	rows := make([]object, 0, size)
	for _, id := range s.ids[from:to] {
		rows = append(rows, object{"id": id, "name": "service " + id, "suspendedAt": nil})
	}
	body["services"], body["invoices"], body["apiKeys"] = rows, rows, rows
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return clienttest.OK(string(encoded))
}

func serials(from, to int) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("srv_%05d", i))
	}
	return all
}

// Every list reads every way of paging to its end, whichever the list was made for, and requests at
// most one page too many.
func TestPagination(t *testing.T) {
	for _, style := range []string{"page", "offset", "total", "flat", "silent", "null", "contradiction"} {
		for _, count := range []int{0, 1, 9, 10, 11, 95} {
			for name, list := range map[string]func(ctx context.Context, c *client) iter.Seq2[string, error]{
				"services": func(ctx context.Context, c *client) iter.Seq2[string, error] {
					return ids(c.Services.List(ctx, &elizon.ServiceListOptions{PerPage: 10}), func(s *elizon.Service) string { return s.ID })
				},
				"invoices": func(ctx context.Context, c *client) iter.Seq2[string, error] {
					return ids(c.Invoices.List(ctx, &elizon.InvoiceListOptions{PerPage: 10}), func(i *elizon.Invoice) string { return i.ID })
				},
				"apiKeys": func(ctx context.Context, c *client) iter.Seq2[string, error] {
					return ids(c.APIKeys.List(ctx, 10), func(k *elizon.APIKey) string { return k.ID })
				},
			} {
				s := &shelf{ids: serials(0, count), size: 10, style: style}
				c, _ := tapped(t, s.answer)
				var got []string
				for id, err := range list(t.Context(), c) {
					require.NoError(t, err)
					got = append(got, id)
				}
				require.Equal(t, s.ids, got, "%s, %s", name, style)
				require.LessOrEqual(t, s.pages, count/10+2, "%s, %s, %d", name, style, count)
				if style == "page" || style == "offset" {
					require.Equal(t, max(1, (count+9)/10), s.pages, "%s, %s, %d", name, style, count)
				}
			}
		}
	}
}

func ids[T any](list iter.Seq2[*T, error], id func(*T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for element, err := range list {
			if err != nil {
				yield("", err)
				return
			}
			if !yield(id(element), nil) {
				return
			}
		}
	}
}

// With 10,000 services, some removed and some added at every page, the list ends, contains those
// that stay (except the few that moved to a page read before), yields none twice in a row, and
// keeps one page in memory.
func TestPaginationWhileThingsChange(t *testing.T) {
	for _, style := range []string{"page", "offset", "silent"} {
		t.Run(style, func(t *testing.T) {
			added := 0
			s := &shelf{ids: serials(0, 10_000), size: 100, style: style, before: func(s *shelf, page int) {
				if page == 1 || added > 150 {
					return
				}
				at := page * 997 % len(s.ids)
				s.ids = slices.Delete(s.ids, at, min(at+2, len(s.ids)))
				s.ids = slices.Insert(s.ids, page*499%len(s.ids), "new_"+strconv.Itoa(page))
				s.ids = append(s.ids, "end_"+strconv.Itoa(page))
				added++
			}}
			tap := &clienttest.Tap{Base: serverURL, Answer: s.answer}
			c := clientOver(t, tap)
			seen := make(map[string]int, 10_000)
			runtime.GC()
			base, peak := heap(), uint64(0)
			count := 0
			for service, err := range c.Services.List(t.Context(), &elizon.ServiceListOptions{PerPage: 100}) {
				require.NoError(t, err)
				seen[service.ID]++
				if count++; count%1000 == 0 {
					tap.Forget()
					runtime.GC()
					peak = max(peak, heap())
				}
			}
			lost := 0
			for _, id := range s.ids {
				if seen[id] == 0 {
					lost++
				}
			}
			twice := 0
			for _, times := range seen {
				twice += times - 1
			}
			t.Logf("%d pages, %d services, %d never seen, %d twice, %d KiB of extra heap at most", s.pages, count, lost, twice, int64(peak-base)>>10)
			require.Less(t, s.pages, 300)
			require.Greater(t, count, 9_500)
			require.Less(t, lost, 500)
			require.Less(t, int64(peak)-int64(base), int64(4<<20))
		})
	}
}

// An element added in front pushes others to the next page, where they are not yielded again.
func TestPushedToTheNextPage(t *testing.T) {
	s := &shelf{ids: serials(0, 30), size: 10, style: "page", before: func(s *shelf, page int) {
		if page > 1 && page < 4 {
			s.ids = slices.Insert(s.ids, 0, "new_"+strconv.Itoa(page))
		}
	}}
	c, _ := tapped(t, s.answer)
	var got []string
	for service, err := range c.Services.List(t.Context(), &elizon.ServiceListOptions{PerPage: 10}) {
		require.NoError(t, err)
		got = append(got, service.ID)
	}
	require.Equal(t, serials(0, 30), got)
	require.Equal(t, 4, s.pages)
}

// A server that ignores paging, or whose pages repeat, does not keep a client forever.
func TestEndlessPages(t *testing.T) {
	count := func(answer clienttest.Answer) (n int, failed error) {
		c, _ := tapped(t, answer)
		for _, err := range c.Services.List(t.Context(), nil) {
			if failed = err; err == nil {
				n++
			}
		}
		return n, failed
	}
	deaf := &shelf{ids: serials(0, 30), size: 10, style: "deaf"}
	n, err := count(deaf.answer)
	require.NoError(t, err)
	require.Equal(t, []int{10, 2}, []int{n, deaf.pages})
	for _, length := range []int{2, 3, 7, 50} {
		circle := 0
		n, err = count(func(context.Context, clienttest.Request) clienttest.Reply {
			circle++
			id := strconv.Itoa(circle % length)
			return clienttest.OK(`{"success":true,"services":[{"id":"a` + id + `"},{"id":"b` + id + `"}],"pagination":{"hasMore":true}}`)
		})
		require.NoError(t, err)
		require.GreaterOrEqual(t, n, 2*length)
		require.LessOrEqual(t, circle, 4*length, "a circle of %d", length)
	}
	n, err = count(clienttest.Always(clienttest.OK(`{"success":true,"services":[],"pagination":{"hasMore":true,"total":17}}`)))
	require.NoError(t, err)
	require.Zero(t, n)
}

// An error in the middle is yielded last, after what was read, and the list can be read again. That
// of an element stands beside it.
func TestPagesThatFail(t *testing.T) {
	s := &shelf{ids: serials(0, 25), size: 10, style: "offset"}
	broken := true
	c, tap := tapped(t, func(ctx context.Context, r clienttest.Request) clienttest.Reply {
		if r.Query.Get("page") == "2" && broken {
			return clienttest.OK(`{"success":true,"services":[{"id":"x"},{"name":"no id"}]}`)
		}
		if r.Query.Get("page") == "3" && broken {
			return clienttest.OK(`{"success":true,"services":false}`)
		}
		return s.answer(ctx, r)
	})
	list := c.Services.List(t.Context(), &elizon.ServiceListOptions{View: "compact"})
	n := 0
	for service, err := range list {
		switch n++; n {
		case 12:
			require.ErrorIs(t, err, provider.ErrProtocol)
			require.ErrorContains(t, err, `row 2 of the list cannot be read: lacks "id"`)
			require.Equal(t, "no id", service.Name)
		case 13:
			require.ErrorIs(t, err, provider.ErrProtocol)
			require.ErrorContains(t, err, "not a list")
			require.Nil(t, service)
		default:
			require.NoError(t, err)
		}
	}
	require.Equal(t, 13, n)
	broken = false
	tap.Forget()
	n = 0
	for _, err := range list {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 25, n)
	var queries []string
	for _, r := range tap.Requests() {
		queries = append(queries, r.Query.Encode())
	}
	require.Equal(t, []string{"page=1&view=compact", "page=2&view=compact", "page=3&view=compact"}, queries)
	require.Equal(t, url.Values{"page": {"1"}, "view": {"compact"}}, tap.Requests()[0].Query)
	// Leaving early requests no further page.
	tap.Forget()
	for range list {
		break
	}
	require.Len(t, tap.Requests(), 1)
	require.True(t, strings.HasPrefix(tap.Lines()[0], "GET /api/services"))
}
