package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/provkit/provkit/provider"
)

// table holds entries, which nobody else has a pointer to.
type table struct {
	entries map[provider.LedgerKey]*provider.LedgerEntry
	open    map[string]map[provider.LedgerKey]bool // by account: what is not done
}

func newTable() table {
	return table{
		entries: map[provider.LedgerKey]*provider.LedgerEntry{},
		open:    map[string]map[provider.LedgerKey]bool{},
	}
}

// get returns a copy.
func (t *table) get(key provider.LedgerKey) (*provider.LedgerEntry, error) {
	e := t.entries[key]
	if e == nil {
		return nil, fmt.Errorf("ledger: nothing is known of %s: %w", key, provider.ErrNotFound)
	}
	return e.Clone(), nil
}

// unfinished returns copies of what is open of an account.
func (t *table) unfinished(account string) []*provider.LedgerEntry {
	var entries []*provider.LedgerEntry
	for key := range t.open[account] {
		entries = append(entries, t.entries[key].Clone())
	}
	slices.SortFunc(entries, func(a, b *provider.LedgerEntry) int {
		return cmp.Or(cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.Subject, b.Subject))
	})
	return entries
}

// stale returns an error unless the entry under a key has a revision; 0 is none.
func (t *table) stale(key provider.LedgerKey, revision int64) error {
	switch e := t.entries[key]; {
	case e == nil && revision != 0:
		return fmt.Errorf("ledger: %s is not there, and had revision %d when it was read: %w", key, revision, provider.ErrStale)
	case e != nil && e.Revision != revision:
		return fmt.Errorf("ledger: %s has revision %d, not %d: %w", key, e.Revision, revision, provider.ErrStale)
	}
	return nil
}

// put keeps the entry itself.
func (t *table) put(e *provider.LedgerEntry) {
	t.remove(e.LedgerKey)
	t.entries[e.LedgerKey] = e
	if e.State == provider.LedgerDone {
		return
	}
	if t.open[e.Account] == nil {
		t.open[e.Account] = map[provider.LedgerKey]bool{}
	}
	t.open[e.Account][e.LedgerKey] = true
}

func (t *table) remove(key provider.LedgerKey) {
	delete(t.entries, key)
	delete(t.open[key.Account], key)
	if len(t.open[key.Account]) == 0 {
		delete(t.open, key.Account)
	}
}

// keys returns all keys in their order.
func (t *table) keys() []provider.LedgerKey {
	return slices.SortedFunc(maps.Keys(t.entries), func(a, b provider.LedgerKey) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.Subject, b.Subject))
	})
}
