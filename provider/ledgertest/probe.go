package ledgertest

import (
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// account is the one that most checks use, and the name of its lease.
const account = "hostkey https://invapi.hostkey.com"

// key returns a key of account.
func key(subject string) provider.LedgerKey {
	return provider.LedgerKey{Account: account, Verb: "create", Subject: subject}
}

// full returns an entry in which every field is set.
func full(subject string) *provider.LedgerEntry {
	return &provider.LedgerEntry{
		LedgerKey: key(subject), State: provider.LedgerSent, Handle: "handle of " + subject,
		Asked:  map[string]string{"plan": "v2-mini", "username": subject},
		Learnt: map[string]string{"invoice": "4711", "": "no name", "empty": ""},
		SentAt: time.Date(2026, 11, 30, 23, 59, 59, 123_456_000, time.UTC),
	}
}

// bare returns an entry that has only what is required.
func bare(subject string) *provider.LedgerEntry {
	return &provider.LedgerEntry{LedgerKey: key(subject), State: provider.LedgerSent}
}

// succeeds ends the check if there is an error.
func (c *probe) succeeds(err error, what string) {
	c.Helper()
	if err != nil {
		c.Fatalf("%s: %v", what, err)
	}
}

// answers compares an error with what it must match, and with the other answers, which it must not.
func (c *probe) answers(err, want error, what string) {
	c.Helper()
	if !errors.Is(err, want) {
		c.Errorf("%s: got %v, want an error that matches %q", what, err, want)
	}
	for _, other := range []error{provider.ErrLeaseHeld, provider.ErrStale, provider.ErrNotFound, provider.ErrInvalid} {
		if !errors.Is(want, other) && errors.Is(err, other) {
			c.Errorf("%s: %v matches %q, too", what, err, other)
		}
	}
}

func (c *probe) acquire(l provider.Ledger, name string, ttl time.Duration) int64 {
	c.Helper()
	token, err := l.Acquire(c.ctx, name, ttl)
	c.succeeds(err, "Acquire")
	if token <= 0 {
		c.Errorf("Acquire returned token %d", token)
	}
	return token
}

// expired acquires a lease whose time is over. A ledger may be a little late in finding that out.
func (c *probe) expired(l provider.Ledger, name string, ttl time.Duration) int64 {
	c.Helper()
	for range 100 {
		if token, err := l.Acquire(c.ctx, name, ttl); !errors.Is(err, provider.ErrLeaseHeld) {
			c.succeeds(err, "Acquire")
			return token
		}
		c.storage.Pass(10 * time.Millisecond)
	}
	return c.acquire(l, name, ttl)
}

// held reports an error unless a lease is held.
func (c *probe) held(l provider.Ledger, name, what string) {
	c.Helper()
	token, err := l.Acquire(c.ctx, name, time.Hour)
	c.answers(err, provider.ErrLeaseHeld, "Acquire "+what)
	if err != nil && token != 0 {
		c.Errorf("Acquire %s: returned token %d with an error", what, token)
	}
}

// put stores an entry and returns a copy of it as it must come back.
func (c *probe) put(l provider.Ledger, e *provider.LedgerEntry, token int64) *provider.LedgerEntry {
	c.Helper()
	given := copyOf(e)
	from, err := l.Now(c.ctx)
	c.succeeds(err, "Now")
	c.succeeds(l.Put(c.ctx, e, token), "Put "+e.String())
	until, err := l.Now(c.ctx)
	c.succeeds(err, "Now")
	if e.Revision <= given.Revision {
		c.Errorf("Put %s: revision %d follows %d", e, e.Revision, given.Revision)
	}
	if e.Stored.Before(from) || e.Stored.After(until) {
		c.Errorf("Put %s: Stored is %v, but it was stored between %v and %v", e, e.Stored, from, until)
	}
	given.Revision, given.Stored = e.Revision, e.Stored
	c.same(e, given, "after Put the given entry")
	return kept(e)
}

// kept returns an entry as it must come back. It is not Clone, which most ledgers use.
func kept(e *provider.LedgerEntry) *provider.LedgerEntry {
	c := copyOf(e)
	if len(c.Asked) == 0 {
		c.Asked = nil
	}
	if len(c.Learnt) == 0 {
		c.Learnt = nil
	}
	c.SentAt = c.SentAt.Add(-time.Duration(c.SentAt.Nanosecond() % 1000)).UTC()
	return c
}

// refused puts an entry, which must fail and change neither that nor what is stored.
func (c *probe) refused(l provider.Ledger, e *provider.LedgerEntry, token int64, want error, what string) {
	c.Helper()
	before, err := l.Entry(c.ctx, e.LedgerKey)
	missing := errors.Is(err, provider.ErrNotFound)
	given := copyOf(e)
	c.answers(l.Put(c.ctx, e, token), want, "Put "+what)
	c.same(e, given, "after Put "+what+" the given entry")
	switch {
	case missing:
		c.missing(l, e.LedgerKey, "after Put "+what)
	case err == nil:
		c.stored(l, before, "after Put "+what)
	}
}

// stored compares what is stored with an entry.
func (c *probe) stored(l provider.Ledger, want *provider.LedgerEntry, what string) {
	c.Helper()
	got, err := l.Entry(c.ctx, want.LedgerKey)
	if err != nil || got == nil {
		c.Fatalf("%s: Entry %s: got %v and error %v", what, want, got, err)
	}
	c.same(got, want, what+", Entry")
	for _, t := range []time.Time{got.SentAt, got.Stored} {
		if t.Location() != time.UTC || t.Nanosecond()%1000 != 0 {
			c.Errorf("%s: Entry %s: time %v is not in UTC and to the microsecond", what, want, t)
		}
	}
}

// missing reports an error unless nothing is stored under a key.
func (c *probe) missing(l provider.Ledger, key provider.LedgerKey, what string) {
	c.Helper()
	got, err := l.Entry(c.ctx, key)
	c.answers(err, provider.ErrNotFound, what+": Entry "+key.String())
	if got != nil {
		c.Errorf("%s: Entry %s returned an entry with %v", what, key, err)
	}
}

// lists compares what is open of an account with entries in their order.
func (c *probe) lists(l provider.Ledger, account, what string, want ...*provider.LedgerEntry) {
	c.Helper()
	got, err := l.Open(c.ctx, account)
	c.succeeds(err, "Open")
	if len(got) != len(want) {
		c.Fatalf("%s: Open returned %s, want %s", what, keys(got), keys(want))
	}
	for i := range want {
		c.same(got[i], want[i], what+", Open")
	}
}

func keys(entries []*provider.LedgerEntry) string {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.String()
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func (c *probe) same(got, want *provider.LedgerEntry, what string) {
	c.Helper()
	switch {
	case got.LedgerKey != want.LedgerKey:
		c.Errorf("%s: has the key %s, want %s", what, got, want)
	case got.State != want.State, got.Handle != want.Handle:
		c.Errorf("%s %s: State and Handle are %q and %.80q, want %q and %.80q", what, want, got.State, got.Handle, want.State, want.Handle)
	case !maps.Equal(got.Asked, want.Asked), (got.Asked == nil) != (want.Asked == nil):
		c.Errorf("%s %s: Asked is %.80q, want %.80q", what, want, got.Asked, want.Asked)
	case !maps.Equal(got.Learnt, want.Learnt), (got.Learnt == nil) != (want.Learnt == nil):
		c.Errorf("%s %s: Learnt is %.80q, want %.80q", what, want, got.Learnt, want.Learnt)
	case !got.SentAt.Equal(want.SentAt), !got.Stored.Equal(want.Stored):
		c.Errorf("%s %s: SentAt and Stored are %v and %v, want %v and %v", what, want, got.SentAt, got.Stored, want.SentAt, want.Stored)
	case got.Revision != want.Revision:
		c.Errorf("%s %s: Revision is %d, want %d", what, want, got.Revision, want.Revision)
	}
}

// copyOf returns a copy that shares nothing, and else is the same.
func copyOf(e *provider.LedgerEntry) *provider.LedgerEntry {
	c := *e
	c.Asked, c.Learnt = maps.Clone(e.Asked), maps.Clone(e.Learnt)
	return &c
}
