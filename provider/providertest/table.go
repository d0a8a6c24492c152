package providertest

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// table sums up the fault matrix. While the subtests run, each row belongs to one of them.
type table struct {
	rows []*row
}

type row struct {
	verb                    string
	requests, tried         int
	ok, notDone, unknown    int
	healed                  int
	duplicates, lost, wrong int
	// junk answers that were tried and healed, by kind.
	junk map[string]*[2]int
}

// The kinds of things that must not happen.
const (
	isDuplicate = "duplicate"
	isLost      = "lost"
	isWrong     = "wrong"
)

func (t *table) row(verb string) *row {
	r := &row{verb: verb}
	t.rows = append(t.rows, r)
	return r
}

func (r *row) count(kind string) {
	switch kind {
	case isDuplicate:
		r.duplicates++
	case isLost:
		r.lost++
	default:
		r.wrong++
	}
}

// met counts the cases of a kind of junk answer.
func (r *row) met(kind string, tried, healed int) {
	if r.junk == nil {
		r.junk = make(map[string]*[2]int)
	}
	sum := r.junk[kind]
	if sum == nil {
		sum = new([2]int)
		r.junk[kind] = sum
	}
	sum[0] += tried
	sum[1] += healed
}

// junkTable shows how many of the cases healed, by verb and kind of junk answer.
func junkTable(s *suite, t *table) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	kinds := junkKinds(nil)
	_, _ = fmt.Fprint(w, "healed/tried\t")
	for _, j := range kinds {
		_, _ = fmt.Fprint(w, j.name, "\t")
	}
	for _, r := range t.rows {
		_, _ = fmt.Fprint(w, "\n", r.verb, "\t")
		for _, j := range kinds {
			if sum := r.junk[j.name]; sum != nil {
				_, _ = fmt.Fprint(w, sum[1], "/", sum[0], "\t")
			} else {
				_, _ = fmt.Fprint(w, "-\t")
			}
		}
	}
	_, _ = fmt.Fprintln(w)
	_ = w.Flush()
	if n := pairsOf(s.h, math.MaxInt); n < math.MaxInt {
		_, _ = fmt.Fprintf(&b, "of the pairs, %d a verb, drawn with %s=%d\n", n, testsize.SeedVariable, testsize.Seed())
	}
	for _, what := range slices.Sorted(maps.Keys(s.h.KnownJunk)) {
		_, _ = fmt.Fprintf(&b, "not tried: %s (%s)\n", what, s.h.KnownJunk[what])
	}
	return b.String()
}

func (r *row) answer(err error) {
	switch {
	case err == nil:
		r.ok++
	case errors.Is(err, provider.ErrOutcomeUnknown):
		r.unknown++
	default:
		r.notDone++
	}
}

// String aligns the columns.
func (t *table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "verb\trequests\tfaults\tok\tnot done\tunknown\thealed\tduplicates\tlost\twrong\t")
	sum := row{verb: "all"}
	for _, r := range t.rows {
		r.print(w)
		sum.requests += r.requests
		sum.tried += r.tried
		sum.ok += r.ok
		sum.notDone += r.notDone
		sum.unknown += r.unknown
		sum.healed += r.healed
		sum.duplicates += r.duplicates
		sum.lost += r.lost
		sum.wrong += r.wrong
	}
	sum.print(w)
	_ = w.Flush()
	return b.String()
}

func (r *row) print(w *tabwriter.Writer) {
	_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n",
		r.verb, r.requests, r.tried, r.ok, r.notDone, r.unknown, r.healed, r.duplicates, r.lost, r.wrong)
}
