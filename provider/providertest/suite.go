package providertest

import (
	"os"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/provkit/provkit/internal/testsize"
)

// Run runs the suite. Its subtests have stable names: the group, then the check.
func Run(t *testing.T, h Harness) {
	t.Helper()
	s := &suite{h: h, tb: func(t *testing.T, _ string) tb { return t }}
	s.run(t)
}

// tb is what the checks need of a testing.T. The suite's own tests have another implementation, to
// see whether it fails where it should.
type tb interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

type suite struct {
	h  Harness
	tb func(t *testing.T, check string) tb
	// only, if set, selects the checks by "group/name".
	only func(check string) bool
}

type group struct {
	name   string
	checks []check
}

// check is one promise of the contract. It runs in its own bubble and world.
type check struct {
	name string
	// applies returns why the check does not apply to a world; "" if it does.
	applies func(*World) string
	run     func(*probe)
}

// stop ends a check from within a tb that cannot use runtime.Goexit.
type stop struct{}

func (s *suite) run(t *testing.T) {
	defer collectLess()()
	if problem := s.complete(t); problem != "" {
		s.tb(t, "harness").Errorf("the harness of %s is not complete: %s", s.h.Name, problem)
		return
	}
	for _, g := range []group{
		{"describe", describeChecks}, {"input", inputChecks}, {"check", connectionChecks}, {"read", readChecks},
		{"create", createChecks}, {"resume", resumeChecks}, {"concurrent", concurrencyChecks}, {"state", stateChecks},
		{"terminate", terminateChecks}, {"optional", optionalChecks}, {"pending", pendingChecks}, {"ensure", ensureChecks}, {"lag", lagChecks}, {"last", lastChecks},
		{"context", contextChecks}, {"credentials", credentialChecks}, {"forge", forgeChecks}, {"missing", missingChecks}, {"denied", deniedChecks},
		{"voice", voiceChecks}, {"secrets", secretChecks},
	} {
		t.Run(g.name, func(t *testing.T) {
			if g.name == "forge" && s.h.Variant != nil && !testsize.Full() {
				return // a matter of the record, which a variant has in common with the first harness
			}
			for _, c := range g.checks {
				if s.only != nil && !s.only(g.name+"/"+c.name) {
					continue
				}
				t.Run(c.name, func(t *testing.T) { s.one(t, g.name+"/"+c.name, c) })
			}
		})
	}
	s.try(t, matrix)
	s.try(t, junkAnswers)
}

// collectLess has garbage collected more rarely until the returned function is called, unless GOGC says when. A
// world keeps little and throws away much: to collect it at every few megabytes is a fifth of the suite's time.
func collectLess() (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	usual := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(usual) }
}

// complete returns what a harness lacks that every check needs.
func (s *suite) complete(t *testing.T) (problem string) {
	if s.h.Open == nil {
		return "no Open"
	}
	synctest.Test(t, func(t *testing.T) {
		w := s.h.Open(t)
		switch {
		case w == nil:
			problem = "Open gives no world"
		case w.Provider == nil, w.Reopen == nil, w.BadKey == nil, w.Request == nil, w.Accounts == nil:
			problem = "Provider, Reopen, BadKey, Request and Accounts are required"
		case len(w.Accounts()) > 0:
			problem = "a fresh world must be empty"
		}
	})
	return problem
}

func (s *suite) one(t *testing.T, name string, c check) {
	synctest.Test(t, func(t *testing.T) {
		p := s.probe(t, s.tb(t, name))
		if c.applies != nil {
			if why := c.applies(p.w); why != "" {
				t.Logf("does not apply to %s: %s", s.h.Name, why)
				return
			}
		}
		p.guard(func() {
			c.run(p)
			p.logs()
		})
	})
}

// probe opens a world for a check.
func (s *suite) probe(t *testing.T, out tb) *probe {
	p := &probe{tb: out, t: t, open: func() *World { return s.h.Open(t) }}
	return p.another()
}

// guard runs a part of a check, which Fatalf of a recording tb may end.
func (c *probe) guard(run func()) {
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(stop); !ok {
				panic(v)
			}
		}
	}()
	run()
}

// Conditions for checks.

func needFaults(w *World) string {
	if w.Faults == nil {
		return "its requests cannot be disturbed"
	}
	return ""
}

func needForeign(w *World) string {
	if w.AddForeign == nil {
		return "it cannot have foreign accounts"
	}
	return ""
}
