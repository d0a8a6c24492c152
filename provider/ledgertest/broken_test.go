package ledgertest

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// broken is a ledger with a mistake: what is set takes the place of a method.
type broken struct {
	*ledger.Memory
	now     func(context.Context) (time.Time, error)
	acquire func(context.Context, string, time.Duration) (int64, error)
	extend  func(context.Context, string, int64, time.Duration) error
	release func(context.Context, string, int64) error
	entry   func(context.Context, provider.LedgerKey) (*provider.LedgerEntry, error)
	open    func(context.Context, string) ([]*provider.LedgerEntry, error)
	put     func(context.Context, *provider.LedgerEntry, int64) error
	remove  func(context.Context, provider.LedgerKey, int64) error
}

func (b *broken) Now(ctx context.Context) (time.Time, error) {
	if b.now != nil {
		return b.now(ctx)
	}
	return b.Memory.Now(ctx)
}

func (b *broken) Acquire(ctx context.Context, name string, ttl time.Duration) (int64, error) {
	if b.acquire != nil {
		return b.acquire(ctx, name, ttl)
	}
	return b.Memory.Acquire(ctx, name, ttl)
}

func (b *broken) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if b.extend != nil {
		return b.extend(ctx, name, token, ttl)
	}
	return b.Memory.Extend(ctx, name, token, ttl)
}

func (b *broken) Release(ctx context.Context, name string, token int64) error {
	if b.release != nil {
		return b.release(ctx, name, token)
	}
	return b.Memory.Release(ctx, name, token)
}

func (b *broken) Entry(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
	if b.entry != nil {
		return b.entry(ctx, key)
	}
	return b.Memory.Entry(ctx, key)
}

func (b *broken) Open(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
	if b.open != nil {
		return b.open(ctx, account)
	}
	return b.Memory.Open(ctx, account)
}

func (b *broken) Put(ctx context.Context, e *provider.LedgerEntry, token int64) error {
	if b.put != nil {
		return b.put(ctx, e, token)
	}
	return b.Memory.Put(ctx, e, token)
}

func (b *broken) Remove(ctx context.Context, key provider.LedgerKey, revision int64) error {
	if b.remove != nil {
		return b.remove(ctx, key, revision)
	}
	return b.Memory.Remove(ctx, key, revision)
}

// shared is what all programs of a broken ledger know.
type shared struct {
	mu      sync.Mutex
	tokens  map[string]int64 // by name: the last
	names   map[int64]string // of all tokens
	entries map[provider.LedgerKey]*provider.LedgerEntry
	count   map[provider.LedgerKey]int64
}

// mistake is a broken ledger that a check must find.
type mistake struct {
	name  string
	check string
	says  string // by the check, among others
	make  func(b *broken, s *shared)
}

// gap gives others the time to come between.
func gap() {
	for range 50 {
		runtime.Gosched()
	}
}

// reads changes what comes back.
func reads(change func(*provider.LedgerEntry)) func(*broken, *shared) {
	return func(b *broken, _ *shared) {
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			e, err := b.Memory.Entry(ctx, key)
			if err == nil {
				change(e)
			}
			return e, err
		}
	}
}

// writes changes what is stored.
func writes(change func(*provider.LedgerEntry)) func(*broken, *shared) {
	return func(b *broken, _ *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			if e == nil {
				return b.Memory.Put(ctx, e, token)
			}
			c := copyOf(e)
			change(c)
			err := b.Memory.Put(ctx, c, token)
			e.Revision, e.Stored = c.Revision, c.Stored
			return err
		}
	}
}

// puts replaces Put of what is not a mistake by itself.
func puts(put func(b *broken, s *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error) func(*broken, *shared) {
	return func(b *broken, s *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error { return put(b, s, ctx, e, token) }
	}
}

// keyed takes different keys for the same.
func keyed(change func(string) string) func(*broken, *shared) {
	fold := func(k provider.LedgerKey) provider.LedgerKey {
		return provider.LedgerKey{Account: change(k.Account), Verb: change(k.Verb), Subject: change(k.Subject)}
	}
	return func(b *broken, _ *shared) {
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			return b.Memory.Entry(ctx, fold(key))
		}
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			c := copyOf(e)
			c.LedgerKey = fold(e.LedgerKey)
			err := b.Memory.Put(ctx, c, token)
			e.Revision, e.Stored = c.Revision, c.Stored
			return err
		}
	}
}

func current(b *broken, key provider.LedgerKey) int64 {
	e, err := b.Memory.Entry(context.Background(), key)
	if err != nil {
		return 0
	}
	return e.Revision
}

// forgive takes errors of some kinds for success.
func forgive(err error, kinds ...error) error {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return nil
		}
	}
	return err
}

var mistakes = []mistake{
	{"a clock for each program", "now goes on", "20ms have passed", func(b *broken, _ *shared) {
		b.now = func(context.Context) (time.Time, error) { return time.Unix(0, 0), nil }
	}},

	{"the same program may twice", "lease/held", "in the same program", func(b *broken, _ *shared) {
		var own int64
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if err != nil && own != 0 {
				return own, nil
			}
			own = token
			return token, err
		}
	}},
	{"leases hold nobody off", "lease/held", "in another program", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			if err := b.Memory.Release(ctx, name, s.tokens[name]); err != nil {
				return 0, err
			}
			token, err := b.Memory.Acquire(ctx, name, ttl)
			s.tokens[name] = token
			return token, err
		}
	}},
	{"one lease for all names", "lease/held", "Acquire", func(b *broken, _ *shared) {
		b.acquire = func(ctx context.Context, _ string, ttl time.Duration) (int64, error) {
			return b.Memory.Acquire(ctx, "all", ttl)
		}
	}},
	{"names without case", "lease/names", "Acquire", func(b *broken, _ *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			return b.Memory.Acquire(ctx, strings.ToLower(name), ttl)
		}
	}},
	{"Release does nothing", "lease/released", "Extend after Release", func(b *broken, _ *shared) {
		b.release = func(context.Context, string, int64) error { return nil }
	}},
	{"Release ends anybody's", "lease/released", "released again", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if err == nil {
				s.tokens[name] = token
			}
			return token, err
		}
		b.release = func(ctx context.Context, name string, _ int64) error {
			return b.Memory.Release(ctx, name, s.tokens[name])
		}
	}},
	{"Release of nothing fails", "lease/released", "Release of a lease that was released", func(b *broken, _ *shared) {
		b.release = func(ctx context.Context, name string, token int64) error {
			if err := b.Memory.Extend(ctx, name, token, time.Hour); err != nil {
				return err
			}
			return b.Memory.Release(ctx, name, token)
		}
	}},
	{"leases do not expire", "lease/expired", "Extend after expiry", func(b *broken, _ *shared) {
		b.acquire = func(ctx context.Context, name string, _ time.Duration) (int64, error) {
			return b.Memory.Acquire(ctx, name, 24*time.Hour)
		}
	}},
	{"a clock that is set back keeps a lease", "lease/clock set back", "Extend of a lease that would last a year", func(b *broken, _ *shared) {
		b.extend = func(ctx context.Context, name string, token int64, ttl time.Duration) error {
			if err := b.Memory.Extend(ctx, name, token, ttl); !errors.Is(err, provider.ErrStale) {
				return err
			}
			return nil
		}
	}},
	{"Extend brings back", "lease/expired", "Extend after expiry", func(b *broken, _ *shared) {
		b.extend = func(ctx context.Context, name string, token int64, ttl time.Duration) error {
			err := b.Memory.Extend(ctx, name, token, ttl)
			if errors.Is(err, provider.ErrStale) {
				_, err = b.Memory.Acquire(ctx, name, ttl)
			}
			return err
		}
	}},
	{"a token is good until the next is given", "lease/expired", "nobody has the next", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if err == nil {
				s.tokens[name] = token
			}
			return token, err
		}
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			if token != 0 && token != s.tokens[e.Account] {
				return provider.ErrStale
			}
			return b.Memory.Put(ctx, e, 0)
		}
	}},
	{"Extend does nothing", "lease/extended", "Acquire of a lease that was extended", func(b *broken, _ *shared) {
		b.extend = func(context.Context, string, int64, time.Duration) error { return nil }
	}},
	{"Extend never shortens", "lease/extended", "Acquire", func(b *broken, _ *shared) {
		b.extend = func(ctx context.Context, name string, token int64, ttl time.Duration) error {
			return b.Memory.Extend(ctx, name, token, max(ttl, time.Hour))
		}
	}},
	{"Extend by anybody", "lease/extended by others", "token of nobody", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if err == nil {
				s.tokens[name] = token
			}
			return token, err
		}
		b.extend = func(ctx context.Context, name string, _ int64, ttl time.Duration) error {
			return b.Memory.Extend(ctx, name, s.tokens[name], ttl)
		}
	}},
	{"tokens begin anew with each program", "lease/tokens", "follows", func(b *broken, _ *shared) {
		first := int64(0)
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if first == 0 {
				first = token - 1
			}
			return token - first, err
		}
		b.release = func(ctx context.Context, name string, token int64) error {
			return b.Memory.Release(ctx, name, token+first)
		}
	}},
	{"Put without the lease", "lease/needed for Put", "with the token of nobody", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, _ int64) error {
		return b.Memory.Put(ctx, e, 0)
	})},
	{"Put with any lease", "lease/needed for Put", "with the token of another name", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(ctx, name, ttl)
			if err == nil {
				s.names[token] = name
			}
			return token, err
		}
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			if token != 0 && s.names[token] == "" {
				return provider.ErrStale
			}
			return b.Memory.Put(ctx, e, 0)
		}
	}},
	{"any ttl", "lease/invalid", "bad ttl", func(b *broken, _ *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			return b.Memory.Acquire(ctx, name, min(max(ttl, time.Millisecond), time.Hour))
		}
	}},
	{"any name", "lease/invalid", "bad name", func(b *broken, _ *shared) {
		b.extend = func(ctx context.Context, name string, token int64, ttl time.Duration) error {
			if provider.CheckLease(name, time.Hour) != nil {
				return provider.ErrStale
			}
			return b.Memory.Extend(ctx, name, token, ttl)
		}
	}},

	{"State is lost", "entry/stored and replaced", "State", reads(func(e *provider.LedgerEntry) { e.State = provider.LedgerSent })},
	{"Learnt is lost", "entry/stored and replaced", "Learnt", writes(func(e *provider.LedgerEntry) { e.Learnt = nil })},
	{"Asked is kept from the first", "entry/stored and replaced", "replaced", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		c := copyOf(e)
		if old, err := b.Memory.Entry(ctx, e.LedgerKey); err == nil {
			c.Asked = old.Asked
		}
		err := b.Memory.Put(ctx, c, token)
		e.Revision, e.Stored = c.Revision, c.Stored
		return err
	})},
	{"what is empty is not replaced", "entry/stored and replaced", "replaced by less", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		c := copyOf(e)
		if old, err := b.Memory.Entry(ctx, e.LedgerKey); err == nil && c.Handle == "" {
			c.Handle = old.Handle
		}
		err := b.Memory.Put(ctx, c, token)
		e.Revision, e.Stored = c.Revision, c.Stored
		return err
	})},
	{"Put sets no Stored", "entry/stored and replaced", "Stored", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		stored := e.Stored
		err := b.Memory.Put(ctx, e, token)
		e.Stored = stored
		return err
	})},
	{"Put sets no Revision", "entry/stored and replaced", "revision 0 follows 0", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		return b.Memory.Put(ctx, copyOf(e), token)
	})},
	{"Entry of nothing is nil", "entry/stored and replaced", "at first", func(b *broken, _ *shared) {
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			e, err := b.Memory.Entry(ctx, key)
			return e, forgive(err, provider.ErrNotFound)
		}
	}},
	{"the last Put wins", "entry/stale", "a revision that it has not", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		e.Revision = current(b, e.LedgerKey)
		return b.Memory.Put(ctx, e, token)
	})},
	{"the larger revision wins", "entry/stale", "a revision that it has not", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		e.Revision = min(e.Revision, max(current(b, e.LedgerKey), 1))
		return b.Memory.Put(ctx, e, token)
	})},
	{"revision 0 replaces", "entry/stale", "a revision that it has not", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if e.Revision == 0 {
			e.Revision = current(b, e.LedgerKey)
		}
		return b.Memory.Put(ctx, e, token)
	})},
	{"Put makes what was not there", "entry/stale", "what was never there", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if current(b, e.LedgerKey) == 0 {
			e.Revision = 0
		}
		return b.Memory.Put(ctx, e, token)
	})},
	{"a failed Put changes the given entry", "entry/stale", "the given entry", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		err := b.Memory.Put(ctx, e, token)
		e.Revision = current(b, e.LedgerKey)
		return err
	})},
	{"another error than ErrStale", "entry/stale", "want an error that matches", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if b.Memory.Put(ctx, e, token) != nil {
			return provider.ErrAlreadyExists
		}
		return nil
	})},
	{"an error that matches everything", "entry/stale", "too", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		err := b.Memory.Put(ctx, e, token)
		if err != nil {
			err = errors.Join(err, provider.ErrNotFound)
		}
		return err
	})},
	{"Remove removes anything", "entry/removed", "a revision that it has not", func(b *broken, _ *shared) {
		b.remove = func(ctx context.Context, key provider.LedgerKey, _ int64) error {
			return b.Memory.Remove(ctx, key, current(b, key))
		}
	}},
	{"Remove of nothing fails", "entry/removed", "Remove of nothing", func(b *broken, _ *shared) {
		b.remove = func(ctx context.Context, key provider.LedgerKey, revision int64) error {
			if current(b, key) == 0 {
				return provider.ErrStale
			}
			return b.Memory.Remove(ctx, key, revision)
		}
	}},
	{"Remove removes nothing", "entry/removed", "removed", func(b *broken, _ *shared) {
		b.remove = func(ctx context.Context, key provider.LedgerKey, revision int64) error {
			if now := current(b, key); now != 0 && now != revision {
				return provider.ErrStale
			}
			return nil
		}
	}},
	{"revisions count for each entry", "entry/removed", "and a Remove", perEntry},
	{"revisions begin anew", "entry/revisions after Remove and a crash", "and a Remove", perEntry},
	{"Open has what is done", "entry/open", "Open returned", func(b *broken, s *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			err := b.Memory.Put(ctx, e, token)
			s.entries[e.LedgerKey] = e.Clone()
			return err
		}
		b.open = func(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
			entries, err := b.Memory.Open(ctx, account)
			for key, e := range s.entries {
				if key.Account == account && e.State == provider.LedgerDone {
					entries = append(entries, e)
				}
			}
			return entries, err
		}
	}},
	{"Open has another account's", "entry/open", "another account", func(b *broken, _ *shared) {
		b.open = func(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
			return b.Memory.Open(ctx, strings.TrimSpace(account))
		}
	}},
	{"Open is not in order", "entry/open", "has the key", opens(func(entries []*provider.LedgerEntry) []*provider.LedgerEntry {
		if len(entries) > 2 {
			entries[0], entries[1] = entries[1], entries[0]
		}
		return entries
	})},
	{"Open forgets one", "entry/open", "Open returned", opens(func(entries []*provider.LedgerEntry) []*provider.LedgerEntry {
		return entries[:min(len(entries), 20)]
	})},
	{"keys without case", "entry/keys", "Put", keyed(strings.ToLower)},
	{"keys without white space", "entry/keys", "Put", keyed(strings.TrimSpace)},
	{"keys of 255 bytes", "entry/keys", "Put", keyed(func(s string) string { return strings.ToValidUTF8(s[:min(len(s), 255)], "") })},
	{"keys that are joined", "entry/keys", "Put", func(b *broken, s *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			joined := provider.LedgerKey{Account: e.Account + "/" + e.Verb + "/" + e.Subject}
			if other, ok := s.entries[joined]; ok && other.LedgerKey != e.LedgerKey {
				return provider.ErrStale
			}
			s.entries[joined] = e.Clone()
			return b.Memory.Put(ctx, e, token)
		}
	}},
	{"Put keeps the given maps", "entry/copies", "the given entry was changed", func(b *broken, s *shared) {
		given := map[provider.LedgerKey]map[string]string{}
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			given[e.LedgerKey] = e.Asked
			return b.Memory.Put(ctx, e, token)
		}
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			e, err := b.Memory.Entry(ctx, key)
			if err == nil {
				e.Asked = maps.Clone(given[key])
			}
			return e, err
		}
	}},
	{"Entry returns what is kept", "entry/copies", "after what Entry returned was changed", func(b *broken, _ *shared) { caching(b) }},
	{"Open returns what is kept", "entry/copies", "after what Open returned was changed", func(b *broken, _ *shared) {
		kept := caching(b)
		b.open = func(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
			entries, err := b.Memory.Open(ctx, account)
			for i, e := range entries {
				if entries[i] = kept[e.LedgerKey]; entries[i] == nil {
					entries[i] = e
				}
			}
			return entries, err
		}
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			if kept[key] == nil {
				e, err := b.Memory.Entry(ctx, key)
				if err != nil {
					return nil, err
				}
				kept[key] = e
			}
			return kept[key].Clone(), nil
		}
	}},

	{"texts are trimmed", "value/texts", "Handle", writes(func(e *provider.LedgerEntry) { e.Handle = strings.TrimSpace(e.Handle) })},
	{"texts are escaped", "value/texts", "Handle", writes(func(e *provider.LedgerEntry) { e.Handle = strings.ReplaceAll(e.Handle, "<", `\u003c`) })},
	{"empty texts are lost", "value/texts", "Asked", writes(func(e *provider.LedgerEntry) {
		maps.DeleteFunc(e.Asked, func(_, value string) bool { return value == "" })
	})},
	{"empty maps come back", "value/empty maps", "Asked", reads(func(e *provider.LedgerEntry) {
		if e.Asked == nil {
			e.Asked = map[string]string{}
		}
	})},
	{"milliseconds", "value/times", "SentAt", writes(func(e *provider.LedgerEntry) { e.SentAt = e.SentAt.Truncate(time.Millisecond) })},
	{"times are rounded", "value/times", "SentAt", writes(func(e *provider.LedgerEntry) { e.SentAt = e.SentAt.Round(time.Microsecond) })},
	{"local times", "value/times", "not in UTC", reads(func(e *provider.LedgerEntry) { e.SentAt = e.SentAt.In(time.FixedZone("", 3600)) })},
	{"no time is 1970", "value/times", "SentAt", reads(func(e *provider.LedgerEntry) {
		if e.SentAt.IsZero() {
			e.SentAt = time.Unix(0, 0).UTC()
		}
	})},
	{"less than 1 MiB", "value/size", "Put", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if len(e.Handle) > 1<<16 {
			return errors.New("too large")
		}
		return b.Memory.Put(ctx, e, token)
	})},
	{"more than 1 MiB", "value/size", "too large", writes(func(e *provider.LedgerEntry) { e.Handle = e.Handle[:min(len(e.Handle), most-8)] })},
	{"bad keys are stored", "value/invalid keys", "bad Account", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		return forgive(b.Memory.Put(ctx, e, token), provider.ErrInvalid)
	})},
	{"bad keys are not found", "value/invalid keys", "Entry", func(b *broken, _ *shared) {
		b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
			if key.Check() != nil {
				return nil, provider.ErrNotFound
			}
			return b.Memory.Entry(ctx, key)
		}
	}},
	{"bad texts are mended", "value/invalid entries", "bad Handle", writes(func(e *provider.LedgerEntry) {
		e.Handle = strings.ReplaceAll(strings.ToValidUTF8(e.Handle, ""), "\x00", "")
	})},
	{"the error does not say which field", "value/invalid entries", "no provider.Error", puts(func(b *broken, _ *shared, ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if e.Check() != nil {
			return provider.ErrInvalid
		}
		return b.Memory.Put(ctx, e, token)
	})},

	{"each program has a cache", "programs/see each other", "in another program", func(b *broken, _ *shared) { caching(b) }},
	{"written with the next call", "programs/crash after every call", "in another program", behind},
	{"written with the next call", "programs/by chance", "in another program", behind},
	{"contexts are ignored", "context/ended", "in a context that has ended", func(b *broken, _ *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			return b.Memory.Put(context.WithoutCancel(ctx), e, token)
		}
	}},
	{"the context is looked at afterwards", "context/ended", "after Extend and Release in a context", func(b *broken, _ *shared) {
		b.release = func(ctx context.Context, name string, token int64) error {
			return errors.Join(b.Memory.Release(context.WithoutCancel(ctx), name, token), ctx.Err())
		}
	}},
	{"a lease is left by who has gone", "context/ended", "Acquire", func(b *broken, _ *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			token, err := b.Memory.Acquire(context.WithoutCancel(ctx), name, ttl)
			return token, errors.Join(err, ctx.Err())
		}
	}},

	{"leases: look, then take", "concurrent/one holder", "one of several programs", func(b *broken, s *shared) {
		b.acquire = func(ctx context.Context, name string, ttl time.Duration) (int64, error) {
			s.mu.Lock()
			taken := s.tokens[name]
			s.mu.Unlock()
			gap()
			if taken != 0 && ctx.Err() == nil {
				return 0, provider.ErrLeaseHeld
			}
			token, err := b.Memory.Acquire(ctx, name+provider.LedgerKey{}.String()+time.Now().Format(time.StampNano), ttl)
			s.mu.Lock()
			s.tokens[name] = token
			s.mu.Unlock()
			return token, err
		}
		b.release = func(_ context.Context, name string, _ int64) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.tokens[name] = 0
			return nil
		}
	}},
	{"look, then put", "concurrent/counter", "overwritten", lookThenPut},
	{"look, then put", "concurrent/first", "were the first", lookThenPut},
	{"all entries are written at once", "concurrent/different entries", "one of several programs", func(b *broken, s *shared) {
		b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
			before, err := b.Memory.Open(ctx, e.Account)
			if err != nil {
				return err
			}
			gap()
			known := map[provider.LedgerKey]bool{e.LedgerKey: true}
			for _, other := range before {
				known[other.LedgerKey] = true
			}
			after, err := b.Memory.Open(ctx, e.Account)
			if err != nil {
				return err
			}
			for _, other := range after {
				if !known[other.LedgerKey] {
					_ = b.Memory.Remove(ctx, other.LedgerKey, other.Revision)
				}
			}
			return b.Memory.Put(ctx, e, token)
		}
	}},
}

// opens changes what Open returns.
func opens(change func([]*provider.LedgerEntry) []*provider.LedgerEntry) func(*broken, *shared) {
	return func(b *broken, _ *shared) {
		b.open = func(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
			entries, err := b.Memory.Open(ctx, account)
			return change(entries), err
		}
	}
}

// perEntry counts revisions for each entry from 1, and forgets the count with the entry.
func perEntry(b *broken, s *shared) {
	b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
		e, err := b.Memory.Entry(ctx, key)
		if err == nil {
			e.Revision = s.count[key]
		}
		return e, err
	}
	b.open = func(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
		entries, err := b.Memory.Open(ctx, account)
		for _, e := range entries {
			e.Revision = s.count[e.LedgerKey]
		}
		return entries, err
	}
	b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if e.Revision != s.count[e.LedgerKey] {
			return provider.ErrStale
		}
		c := copyOf(e)
		c.Revision = current(b, e.LedgerKey)
		err := b.Memory.Put(ctx, c, token)
		if err == nil {
			s.count[e.LedgerKey]++
			e.Revision, e.Stored = s.count[e.LedgerKey], c.Stored
		}
		return err
	}
	b.remove = func(ctx context.Context, key provider.LedgerKey, revision int64) error {
		if s.count[key] == 0 {
			return nil
		}
		if revision != s.count[key] {
			return provider.ErrStale
		}
		delete(s.count, key)
		return b.Memory.Remove(ctx, key, current(b, key))
	}
}

// caching returns from Entry what it has returned before, unless this program has changed it.
func caching(b *broken) map[provider.LedgerKey]*provider.LedgerEntry {
	kept := map[provider.LedgerKey]*provider.LedgerEntry{}
	b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
		if kept[key] == nil {
			e, err := b.Memory.Entry(ctx, key)
			if err != nil {
				return nil, err
			}
			kept[key] = e
		}
		return kept[key], nil
	}
	b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
		delete(kept, e.LedgerKey)
		return b.Memory.Put(ctx, e, token)
	}
	return kept
}

// behind writes what was put only with the next call.
func behind(b *broken, _ *shared) {
	var waiting *provider.LedgerEntry
	flush := func(ctx context.Context) {
		if waiting != nil {
			_ = b.Memory.Put(ctx, waiting, 0)
			waiting = nil
		}
	}
	b.put = func(ctx context.Context, e *provider.LedgerEntry, _ int64) error {
		flush(ctx)
		if current(b, e.LedgerKey) != e.Revision {
			return provider.ErrStale
		}
		waiting = e.Clone()
		e.Revision += 1000
		e.Stored, _ = b.Memory.Now(ctx)
		return nil
	}
	b.entry = func(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
		flush(ctx)
		return b.Memory.Entry(ctx, key)
	}
}

func lookThenPut(b *broken, _ *shared) {
	b.put = func(ctx context.Context, e *provider.LedgerEntry, token int64) error {
		if current(b, e.LedgerKey) != e.Revision {
			return provider.ErrStale
		}
		gap()
		for {
			e.Revision = current(b, e.LedgerKey)
			if err := b.Memory.Put(ctx, e, token); !errors.Is(err, provider.ErrStale) {
				return err
			}
		}
	}
}
