package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// summary is what the page shows: the sums of each server, and the tops of two lists.
type summary struct {
	servers []*serverSum
	byName  map[string]*serverSum
	// over contains accounts over a limit, the worst first; fullest contains those that come
	// closest to one without being over any.
	over, fullest top
	// failed are the first accounts that could not be read.
	failed []failure
	max    int
}

// serverSum is what all accounts of a server use.
type serverSum struct {
	name, kind             string
	accounts, over, failed int
	used                   map[string]int64 // by metric, of summed
	told                   map[string]bool  // whether it reports the metric at all
	err                    *fleet.ServerError
}

// summed are the metrics that are added up.
var summed = []string{provider.MetricDisk, provider.MetricTraffic}

// failure is an account that could not be read.
type failure struct{ Server, Account, Problem string }

func newSummary(servers []*fleet.Server, n int) *summary {
	s := &summary{byName: make(map[string]*serverSum), over: top{n: n}, fullest: top{n: n}, max: n}
	for _, server := range servers {
		sum := &serverSum{
			name: server.Name, kind: server.Provider.Describe().Kind, used: make(map[string]int64), told: make(map[string]bool),
		}
		s.servers, s.byName[server.Name] = append(s.servers, sum), sum
	}
	return s
}

func (s *summary) kind(server string) string { return s.byName[server].kind }

func (s *summary) add(r *fleet.AccountUsage) {
	sum := s.byName[r.Server]
	sum.accounts++
	found := entry{server: r.Server, kind: sum.kind, account: r.AccountID, username: r.Username}
	fullest := provider.Usage{}
	for _, u := range r.Values {
		if slices.Contains(summed, u.Metric) {
			sum.used[u.Metric] += u.Used
			sum.told[u.Metric] = true
		}
		part, known := share(u)
		switch {
		case u.Over():
			found.figures = append(found.figures, u)
			found.share = max(found.share, part)
		case known && len(found.figures) == 0 && part > found.share:
			found.share, fullest = part, u
		}
	}
	switch {
	case len(found.figures) > 0:
		sum.over++
		s.over.add(found)
	case found.share > 0:
		found.figures = []provider.Usage{fullest}
		s.fullest.add(found)
	}
}

func (s *summary) accountFailed(r *fleet.AccountUsage, err error) {
	s.byName[r.Server].failed++
	if len(s.failed) < s.max {
		s.failed = append(s.failed, failure{r.Server, cmp.Or(r.Username, r.AccountID), err.Error()})
	}
}

func (s *summary) serverFailed(err *fleet.ServerError) { s.byName[err.Server].err = err }

// counts returns the totals over all servers.
func (s *summary) counts() (accounts, over, failed, dead int) {
	for _, server := range s.servers {
		accounts += server.accounts
		over += server.over
		failed += server.failed
		if server.err != nil {
			dead++
		}
	}
	return accounts, over, failed, dead
}

func (s *summary) incomplete() bool {
	_, _, failed, dead := s.counts()
	return failed+dead > 0
}

// String returns the program's last line.
func (s *summary) String() string {
	accounts, over, failed, dead := s.counts()
	line := fmt.Sprintf("%s on %s, %d over a limit", number(accounts, "account"), number(len(s.servers), "server"), over)
	if failed+dead > 0 {
		line += "; " + s.missing()
	}
	return line
}

// missing says how much could not be read; "" if nothing.
func (s *summary) missing() string {
	_, _, failed, dead := s.counts()
	var parts []string
	if dead > 0 {
		parts = append(parts, number(dead, "server"))
	}
	if failed > 0 {
		parts = append(parts, number(failed, "account"))
	}
	return strings.Join(parts, " and ") + " could not be read"
}

func number(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// entry is an account in one of the lists, with the figures that brought it there.
type entry struct {
	server, kind, account, username string
	figures                         []provider.Usage
	share                           float64
}

// before orders by share, and equal shares in a way that gives the same list in every run.
func (e *entry) before(o *entry) int {
	return cmp.Or(cmp.Compare(o.share, e.share), cmp.Compare(e.server, o.server), cmp.Compare(e.account, o.account))
}

// top keeps the first n entries.
type top struct {
	n       int
	entries []entry
}

func (t *top) add(e entry) {
	at, _ := slices.BinarySearchFunc(t.entries, e, func(a, b entry) int { return a.before(&b) })
	if at == t.n {
		return
	}
	if len(t.entries) == t.n {
		t.entries = t.entries[:t.n-1]
	}
	t.entries = slices.Insert(t.entries, at, e)
}
