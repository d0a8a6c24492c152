package bulk

import (
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// roll are the targets on one server, by everything that names them.
type roll struct {
	named map[Key]*Target
	// ids and names are set if some targets are named by their ID only, and others without one: only
	// the server's list tells whether these are the same accounts.
	ids, names bool
	// doomed are those that would go out of service; done counts the accounts that an earlier run of
	// this job removed.
	doomed map[*Target]bool
	done   int
}

func (r *run) roll(server string) *roll {
	l := r.rolls[server]
	if l == nil {
		l = &roll{named: make(map[Key]*Target), doomed: make(map[*Target]bool)}
		r.rolls[server] = l
	}
	return l
}

// enroll notes a target before the first call. fresh is false if it was listed before; the problem
// is why the whole list is refused.
func (r *run) enroll(t Target) (fresh bool, problem string) {
	l := r.roll(t.Server)
	keys := t.keys()
	for _, k := range keys {
		other := l.named[k]
		switch {
		case other == nil:
		case other.work(r.job.Verb) == t.work(r.job.Verb) && sameNames(*other, t):
			return false, ""
		case other.Key() == t.Key() && sameNames(*other, t):
			return false, fmt.Sprintf("%s should be both %q and %q", t, other.work(r.job.Verb).want, t.work(r.job.Verb).want)
		default:
			return false, fmt.Sprintf("%s and %s are named as two accounts, but both have the %s", other.names(), t.names(), k)
		}
	}
	for _, k := range keys {
		l.named[k] = &t
	}
	if len(keys) > 0 {
		l.ids = l.ids || keys[len(keys)-1].By == ByID
		l.names = l.names || keys[0].By != ByID
	}
	switch known := r.job.Log.knows(r.job.Verb, t); {
	case !r.job.destroys(t):
	case !known:
		l.doomed[&t] = true
	case !r.suspends(t): // removed, so that no list contains it any more
		l.done++
	}
	return true, ""
}

func sameNames(a, b Target) bool { return a.names() == b.names() }

// names returns everything that names the target, for people.
func (t Target) names() string {
	var all []string
	for _, k := range t.keys() {
		all = append(all, k.String())
	}
	return strings.Join(all, " with ")
}

// sighted is what a server's list says about the targets.
type sighted struct {
	*roll
	accounts map[Key]string     // the account that has a name
	targets  map[string]*Target // by the account that it is
}

func (l *roll) look() *sighted {
	return &sighted{l, make(map[Key]string), make(map[string]*Target)}
}

// meet returns the target that an account is, nil if none; the problem is why the whole list is
// refused.
func (s *sighted) meet(server string, a *provider.Account) (met *Target, problem string) {
	for _, k := range []Key{{server, ByID, a.ID}, {server, ByReference, a.Reference}, {server, ByUsername, strings.ToLower(a.Username)}} {
		t := s.named[k]
		switch {
		case t == nil, k.By != ByID && t.Key().By == ByID: // its ID counts
			continue
		case k.By == ByUsername && t.Key().By == ByReference && a.Reference != "" && a.Reference != t.Key().Account:
			// Ensure refuses it. The safety stop counts it all the same.
			if met == nil {
				met = t
			}
			continue
		}
		if other, known := s.accounts[k]; known && other != a.ID {
			return nil, fmt.Sprintf("the %s is that of two accounts, %q and %q: name one by its ID", k, other, a.ID)
		}
		s.accounts[k] = a.ID
		if other := s.targets[a.ID]; other != nil && other != t {
			return nil, fmt.Sprintf("%s and %s are one account, %q", other.names(), t.names(), a.ID)
		}
		s.targets[a.ID], met = t, t
	}
	return met, ""
}
