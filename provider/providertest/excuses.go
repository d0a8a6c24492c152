package providertest

import (
	"maps"
	"slices"
	"strings"
)

// An exception that is no longer needed hides the next fault.

// divided returns the disturbances to try, and those that a harness excuses, by exception.
func divided(all []disturbance) (ways []disturbance, excused map[string][]disturbance) {
	excused = make(map[string][]disturbance)
	for _, d := range all {
		if d.excuse == "" {
			ways = append(ways, d)
		} else {
			excused[d.excuse] = append(excused[d.excuse], d)
		}
	}
	return ways, excused
}

// stillFail tries the cases of each exception until one fails, as it must.
func stillFail(out tb, v verb, requests int, excused map[string][]disturbance, within func(tb, func(*probe))) {
	for _, excuse := range slices.Sorted(maps.Keys(excused)) {
		watch := &quiet{}
		// Trials share a world as without the exception: what was seen before a trial may be what makes it fail.
		for cases := range slices.Chunk(casesOf(v, excused[excuse], requests), v.shared()) {
			within(watch, func(p *probe) {
				for _, c := range cases {
					p.guard(func() { c.try(p, v, c.request, &row{requests: requests}) })
				}
			})
			if watch.failed {
				break
			}
		}
		if !watch.failed {
			out.Errorf("KnownJunk %q: nothing fails any more: remove it", excuse)
		}
	}
}

// excusesExist reports exceptions for rows and kinds that there are not.
func (s *suite) excusesExist(out tb, t *table) {
	if s.only != nil || len(t.rows) == 0 { // -run has left out the group, with all of its rows
		return
	}
	for _, excuse := range slices.Sorted(maps.Keys(s.h.KnownJunk)) {
		name, kind, _ := strings.Cut(excuse, ": ")
		if !slices.ContainsFunc(t.rows, func(r *row) bool { return r.verb == name }) ||
			!slices.ContainsFunc(junkKinds(nil), func(j junk) bool { return j.name == kind }) {
			out.Errorf("KnownJunk %q names no row with a kind of junk answer: remove it", excuse)
		}
	}
}

// quiet keeps only that something failed.
type quiet struct{ failed bool }

func (q *quiet) Helper()               {}
func (q *quiet) Logf(string, ...any)   {}
func (q *quiet) Errorf(string, ...any) { q.failed = true }
func (q *quiet) Fatalf(string, ...any) {
	q.failed = true
	panic(stop{})
}
