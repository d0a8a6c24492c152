package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/provkit/provkit/provider/fleet"
)

// getHealth reports that the process serves requests. It asks no server: a panel that is down is no
// reason to restart this program.
func (a *app) getHealth(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// getReady reports whether events can be stored and carried out: 503 while the state file is
// broken, the program is ending, or no server passes its check. It stays 200 if only some servers
// are down, since the events for those wait.
func (a *app) getReady(w http.ResponseWriter, r *http.Request) {
	servers, passed := a.checks.results(r.Context(), a.fleet)
	status := http.StatusOK
	if passed == 0 || a.state.broken() != nil || a.stopping.Err() != nil {
		status = http.StatusServiceUnavailable
	}
	answer(w, status, map[string]any{"servers": servers, "waiting": len(a.state.backlog())})
}

// How long the results of checks are valid, and how long one check may take.
const (
	checkAge     = 30 * time.Second
	checkTimeout = 10 * time.Second
)

// checks caches the servers' checks, so that frequent requests do not load the panels.
type checks struct {
	mu     sync.Mutex
	at     time.Time
	states map[string]string
	passed int
}

// results returns for each server "ok" or the step that failed, and nothing that a stranger could
// use.
func (c *checks) results(ctx context.Context, f *fleet.Fleet) (states map[string]string, passed int) {
	c.mu.Lock()
	defer c.mu.Unlock() // others wait, since they would ask for the same
	if c.states != nil && time.Since(c.at) < checkAge {
		return c.states, c.passed
	}
	// The first client may hang up, but the answer is for all.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTimeout)
	defer cancel()
	servers := f.Servers()
	found := make([]string, len(servers))
	var wg sync.WaitGroup
	for i, server := range servers {
		wg.Go(func() {
			report, err := server.Provider.Check(ctx)
			switch failed := report.Failed(); {
			case failed != nil:
				found[i] = "failed: " + failed.Name
			case err != nil:
				found[i] = "failed"
			default:
				found[i] = "ok"
			}
		})
	}
	wg.Wait()
	c.at, c.passed, c.states = time.Now(), 0, make(map[string]string)
	for i, server := range servers {
		c.states[server.Name] = found[i]
		if found[i] == "ok" {
			c.passed++
		}
	}
	return c.states, c.passed
}
