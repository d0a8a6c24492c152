package providertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider/faults"
)

// An answer counts only if it is the vendor's, about what was asked: answers of proxies, firewalls,
// login pages and caches are neither success, nor "not found", nor "not done".

// junkAnswers runs every verb with every junk answer at every request, and at two of them.
var junkAnswers = campaign{
	group: "junk", once: true,
	verbs: func(c *probe) []verb { return append(c.verbs(), c.combined()...) },
	ways: func(s *suite, v verb, requests int, isolated func(func(*probe))) []disturbance {
		var mine, others tape
		isolated(func(c *probe) { mine.record(c, v) })
		isolated(func(c *probe) {
			c.about = bystander
			others.record(c, v)
		})
		return junkWays(v, requests, &mine, &others, s.h.KnownJunk)
	},
	also: junkTable,
}

// junk is a kind of answer that says nothing.
type junk struct {
	name, contentType, body, location string
	// status is 0 for answers that the server gave to something else.
	status int
	// of returns such an answer to request i, which is r; nil for none.
	of func(i int, r *http.Request, before *tape) *reply
}

func junkKinds(others *tape) []junk {
	const html, json = "text/html; charset=utf-8", "application/json"
	var all []junk
	for _, status := range []int{200, 400, 403, 404, 409, 429, 500} {
		all = append(all, junk{name: fmt.Sprint("HTML ", status), status: status, contentType: html, body: page})
	}
	return append(all,
		junk{name: "login", status: http.StatusFound, contentType: html, body: page, location: loginPath},
		junk{name: "{}", status: http.StatusOK, contentType: json, body: "{}"},
		junk{name: "[]", status: http.StatusOK, contentType: json, body: "[]"},
		junk{name: "null", status: http.StatusOK, contentType: json, body: "null"},
		junk{name: "empty", status: http.StatusOK, contentType: json},
		junk{name: "empty 204", status: http.StatusNoContent},
		junk{name: "another's", of: func(i int, r *http.Request, _ *tape) *reply { return others.another(i, r) }},
		junk{name: "previous", of: func(_ int, _ *http.Request, before *tape) *reply { return before.last() }},
	)
}

const (
	page      = "<!DOCTYPE html>\n<html><head><title>Please sign in</title></head><body><form action=\"/login\"></form></body></html>\n"
	loginPath = "/login-page"
)

// fault is the junk as the answer to request i, in the place of the server or after it.
func (j junk) fault(i int, after bool, before *tape) faults.Fault {
	return faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		instead := &reply{status: j.status, body: []byte(j.body), header: http.Header{}}
		if j.of != nil {
			if instead = j.of(i, r, before); instead == nil {
				before.serve(w, r, next)
				return
			}
		} else if j.contentType != "" {
			instead.header.Set("Content-Type", j.contentType)
		}
		if j.location != "" {
			instead.header.Set("Location", j.location)
		}
		if after {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		instead.write(w)
	}}
}

// hit is a kind of junk in one of the two phases.
type hit struct {
	junk
	after bool
}

func (h hit) String() string {
	if h.after {
		return h.name + " after"
	}
	return h.name + " before"
}

// junkWays returns each kind of junk before and after the change, and two of them.
func junkWays(v verb, requests int, mine, others *tape, known map[string]string) []disturbance {
	kinds := slices.DeleteFunc(junkKinds(others), func(j junk) bool { return known[v.name+": "+j.name] != "" })
	random := v.random(testsize.Seed())
	var hits []hit
	for _, j := range kinds {
		hits = append(hits, hit{j, false})
		if !v.reads || testsize.Full() { // to a read, both phases are the same
			hits = append(hits, hit{j, true})
		}
	}
	one := func(name string, first, second hit, gap int) disturbance {
		d := armed(name, first.after, func(in *faults.Injector, i int) {
			before := &tape{}
			in.At(i, first.fault(i, first.after, before))
			if gap > 0 {
				in.At(i+gap, second.fault(i+gap, second.after, before))
			}
			in.When(func(r *http.Request) bool { return r.URL.Path == loginPath }, 0, junk{status: http.StatusOK, contentType: "text/html", body: page}.fault(0, false, before))
			in.When(nil, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) { before.serve(w, r, next) }})
		})
		try := d.try
		d.try = func(c *probe, v verb, i int, row *row) {
			tried, healed := row.tried, row.healed
			try(c, v, i, row)
			row.met(first.name, row.tried-tried, row.healed-healed)
		}
		d.applies = func(i int) bool {
			switch first.name {
			case "another's":
				return others.another(i, mine.request(i)) != nil
			case "previous":
				return i > 0
			}
			return true
		}
		return d
	}
	var all []disturbance
	for _, h := range hits {
		all = append(all, one(h.String(), h, h, 0))
	}
	var pairs []disturbance
	for gap := 1; gap <= 3 && gap < requests+2; gap++ {
		for _, first := range hits {
			for _, second := range []hit{first, hits[random.IntN(len(hits))]} {
				pairs = append(pairs, one(fmt.Sprintf("%s and, %d behind it, %s", first, gap, second), first, second, gap))
			}
		}
	}
	random.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	return append(all, pairs[:testsize.Pick(min(len(pairs), 1), len(pairs))]...)
}
