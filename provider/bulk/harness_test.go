package bulk_test

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/providertest"
)

// servers are emulated ones, by name.
type servers map[string]*providertest.Memory

// newServers makes servers web1, web2, ... with so many accounts each.
func newServers(t testing.TB, count, accounts int) servers {
	t.Helper()
	all := make(servers)
	for i := range count {
		m := providertest.NewMemory(nil)
		for n := range accounts {
			_, err := m.Create(t.Context(), m.World().Request(n))
			require.NoError(t, err)
		}
		all[fmt.Sprintf("web%d", i+1)] = m
	}
	return all
}

func (s servers) open(name string) (provider.Provider, error) {
	m, ok := s[name]
	if !ok {
		return nil, fmt.Errorf("no server %q", name)
	}
	return m, nil
}

// targets are the first n accounts of each server.
func (s servers) targets(n int) []bulk.Target {
	var all []bulk.Target
	for i := range len(s) {
		name := fmt.Sprintf("web%d", i+1)
		for _, a := range s[name].Accounts()[:n] {
			all = append(all, bulk.Target{Server: name, ID: a.ID})
		}
	}
	return all
}

// suspended counts accounts out of service.
func (s servers) suspended() int {
	n := 0
	for _, m := range s {
		for _, a := range m.Accounts() {
			if a.Suspended {
				n++
			}
		}
	}
	return n
}

// requests counts what all servers were sent.
func (s servers) requests() int {
	n := 0
	for _, m := range s {
		n += m.Faults().Count()
	}
	return n
}

func (s servers) forget() {
	for _, m := range s {
		m.Faults().Forget()
	}
}

// collect runs a job to its end.
func collect(ctx context.Context, j *bulk.Job) (results []*bulk.Result, err error) {
	for r, e := range j.Run(ctx) {
		if e != nil {
			return results, e
		}
		results = append(results, r)
	}
	return results, nil
}

func failures(results []*bulk.Result) int {
	n := 0
	for _, r := range results {
		if r.Err != nil {
			n++
		}
	}
	return n
}

func openLog(t testing.TB, path string) *bulk.Log {
	t.Helper()
	l, err := bulk.OpenLog(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func logPath(t testing.TB) string { return filepath.Join(t.TempDir(), "job.jsonl") }

// gauge notes how many calls are under way.
type gauge struct{ now, most atomic.Int64 }

func (g *gauge) enter() {
	n := g.now.Add(1)
	for {
		most := g.most.Load()
		if n <= most || g.most.CompareAndSwap(most, n) {
			return
		}
	}
}

func (g *gauge) leave() { g.now.Add(-1) }

// endless yields targets for ever, and counts them.
func endless(server string, count *atomic.Int64) iter.Seq2[bulk.Target, error] {
	return func(yield func(bulk.Target, error) bool) {
		for i := 1; ; i++ {
			count.Add(1)
			if !yield(bulk.Target{Server: server, ID: fmt.Sprint(i)}, nil) {
				return
			}
		}
	}
}
