package providertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"

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
		return junkWays(v, requests, &mine, &others, s.h)
	},
	also: func(s *suite, out tb, t *table) {
		out.Logf("%s", junkTable(s, t))
		s.excusesExist(out, t)
	},
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

// lies reports whether the junk, as the answer to a change, says the opposite of what was done: a refusal
// after the change, or a success instead of it.
func (h hit) lies() bool { return h.after == (h.status >= http.StatusBadRequest) }

// junkWays returns each kind of junk before and after the change, and two of them. The default run leaves
// out the phase in which an answer happens to be true, and has a false success meet the request that makes
// the change, and others: see places. Pairs are all of them in the full run, a few for a Variant, and one in the
// default run.
func junkWays(v verb, requests int, mine, others *tape, h Harness) []disturbance {
	random, excuses := v.random(testsize.Seed()), h.KnownJunk
	var hits []hit
	for _, j := range junkKinds(others) {
		for _, h := range []hit{{j, false}, {j, true}} {
			switch {
			case v.reads && h.after: // to a read, both phases are the same
			case v.reads, testsize.Full(), h.lies():
				hits = append(hits, h)
			}
		}
	}
	excuse := func(h hit) string { return v.name + ": " + h.name }
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
		for _, h := range []hit{second, first} {
			if excuses[excuse(h)] != "" {
				d.excuse = excuse(h)
			}
		}
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
		d := one(h.String(), h, h, 0)
		if testsize.Full() || v.reads || h.after {
			all = append(all, d)
			continue
		}
		for _, place := range places(h, requests, mine) {
			there := d
			there.applies = func(i int) bool { return d.applies(i) && place(i) }
			all = append(all, there)
		}
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
	left := pairsOf(h, len(pairs))
	for _, d := range pairs {
		if d.excuse == "" {
			left--
		}
		if d.excuse != "" || left >= 0 {
			all = append(all, d)
		}
	}
	return all
}

// places are the requests of a change that a false success meets in the default run: the one that makes the
// change, and one of the others. Another's answer meets each of them: an ID may be taken from any.
func places(h hit, requests int, mine *tape) (all []func(i int) bool) {
	if h.name == "another's" {
		for at := range requests {
			all = append(all, func(i int) bool { return i == at })
		}
		return all
	}
	return append(all, mine.changes, func(i int) bool { return !mine.changes(i) })
}

// pairsOf returns how many of the pairs are tried with each verb.
func pairsOf(h Harness, all int) int {
	switch {
	case !testsize.Full():
		return min(all, 1)
	case h.Variant != nil:
		return min(all, 3)
	case !testsize.All():
		return min(all, 40)
	}
	return all
}
