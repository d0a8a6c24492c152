package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/provkit/provkit/provider"
)

// table holds entries, which nobody else has a pointer to.
type table struct {
	entries map[provider.LedgerKey]row
	open    map[string]map[provider.LedgerKey]bool // by account: what is not done
	size    int64                                  // of all entries
}

// row is an entry, and what it takes up elsewhere.
type row struct {
	entry *provider.LedgerEntry
	size  int64
}

func newTable() table {
	return table{
		entries: map[provider.LedgerKey]row{},
		open:    map[string]map[provider.LedgerKey]bool{},
	}
}

// get returns a copy.
func (t *table) get(key provider.LedgerKey) (*provider.LedgerEntry, error) {
	e := t.entries[key].entry
	if e == nil {
		return nil, fmt.Errorf("ledger: nothing is known of %s: %w", key, provider.ErrNotFound)
	}
	return e.Clone(), nil
}

// unfinished returns copies of what is open of an account.
func (t *table) unfinished(account string) []*provider.LedgerEntry {
	var entries []*provider.LedgerEntry
	for key := range t.open[account] {
		entries = append(entries, t.entries[key].entry.Clone())
	}
	slices.SortFunc(entries, func(a, b *provider.LedgerEntry) int {
		return cmp.Or(cmp.Compare(a.Verb, b.Verb), cmp.Compare(a.Subject, b.Subject))
	})
	return entries
}

// stale returns an error unless the entry under a key has a revision; 0 is none.
func (t *table) stale(key provider.LedgerKey, revision int64) error {
	switch e := t.entries[key].entry; {
	case e == nil && revision != 0:
		return fmt.Errorf("ledger: %s is not there, and had revision %d when it was read: %w", key, revision, provider.ErrStale)
	case e != nil && e.Revision != revision:
		return fmt.Errorf("ledger: %s has revision %d, not %d: %w", key, e.Revision, revision, provider.ErrStale)
	}
	return nil
}

// put keeps the entry itself.
func (t *table) put(e *provider.LedgerEntry, size int64) {
	t.remove(e.LedgerKey)
	t.entries[e.LedgerKey] = row{e, size}
	t.size += size
	if e.State == provider.LedgerDone {
		return
	}
	if t.open[e.Account] == nil {
		t.open[e.Account] = map[provider.LedgerKey]bool{}
	}
	t.open[e.Account][e.LedgerKey] = true
}

func (t *table) remove(key provider.LedgerKey) {
	t.size -= t.entries[key].size
	delete(t.entries, key)
	delete(t.open[key.Account], key)
	if len(t.open[key.Account]) == 0 {
		delete(t.open, key.Account)
	}
}
