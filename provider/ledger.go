package provider

import (
	"context"
	"errors"
	"time"
)

// Ledger remembers what is ordered, before it is sent and across programs. No vendor has idempotency
// keys: whoever forgets an order that is under way pays for it twice. Create, Renew and ChangePlan of
// systems that cost money need one; see WithLedger.
//
// Package ledger has one in memory and one in a file, module sqlledger one for SQLite and PostgreSQL,
// and ledgertest proves yours. A ledger is safe for concurrent use by many goroutines, and, unless it
// says otherwise, by many programs. It holds no secrets.
//
//   - Durable: what a method has stored is there after a crash of the program or the machine as soon as
//     the method has returned nil. After an error it may be stored or not. There is no third state: an
//     entry is stored whole or not at all.
//   - Seen: a method that begins after another has returned, in whatever program, sees what that stored.
//   - Expiry: leases end by the ledger's own clock, which is the same for all programs, and not by those
//     of the programs; or as soon as their program has, if the ledger can tell. A lease is for the
//     Ledger that acquired it: others, also of the same storage, may refuse its token. If the clock is set
//     back, a lease that would last longer than twice its time has ended.
//   - Errors: ErrLeaseHeld, ErrStale, ErrNotFound and ErrInvalid are answers, after which nothing was
//     stored. ErrInvalid is what LedgerKey.Check, LedgerEntry.Check and CheckLease say. If the context has
//     ended before, nothing is done, and the error matches the context's. Any other error is a failure,
//     after which the caller knows nothing.
//   - Copies: what is given and what is returned shares no memory with what is kept.
type Ledger interface {
	// Now returns the time by the ledger's clock. That may be set, and so may go back.
	Now(ctx context.Context) (time.Time, error)

	// Acquire takes the lease of a name for a while if nobody holds it. It does not wait: while somebody
	// else holds the lease, also in the same program, the error matches ErrLeaseHeld. The token is larger
	// than 0 and than every token of that name before, also after the lease was released, expired, or the
	// program has ended. A while is 1 ms to 24 h; names are as the parts of a LedgerKey.
	Acquire(ctx context.Context, name string, ttl time.Duration) (token int64, err error)
	// Extend makes a lease end a while from now. The error matches ErrStale if it has ended.
	Extend(ctx context.Context, name string, token int64, ttl time.Duration) error
	// Release ends a lease. It does nothing if that has ended, whoever has the next one.
	Release(ctx context.Context, name string, token int64) error

	// Entry returns what is known under a key. The error matches ErrNotFound if that is nothing.
	Entry(ctx context.Context, key LedgerKey) (*LedgerEntry, error)
	// Open returns the entries of an account that are not LedgerDone, in the order of their keys, which
	// are compared byte by byte.
	Open(ctx context.Context, account string) ([]*LedgerEntry, error)
	// Put stores an entry in place of the one that has its Revision, 0 for none, and sets Revision and
	// Stored of the given one, or with an error leaves it as it is. If the stored entry has another
	// revision, by now or since ever, or was removed, the error matches ErrStale, and nothing is stored. It
	// does, too, if token is not 0 and the lease that has the name of the entry's account has another holder
	// by now, or none.
	Put(ctx context.Context, entry *LedgerEntry, token int64) error
	// Remove forgets an entry of this revision. If it has another, the error matches ErrStale; if there
	// is none, Remove does nothing.
	Remove(ctx context.Context, key LedgerKey, revision int64) error
}

// ErrLeaseHeld is the error of Ledger.Acquire while somebody else holds the lease.
var ErrLeaseHeld = errors.New("the lease is held by another program")

// ErrStale is the error of a Ledger when somebody else was faster: a lease has ended, or an entry is
// not any more what the caller has read.
var ErrStale = errors.New("the ledger has changed meanwhile")

// LedgerKey names an entry. All three are required, of at most 300 bytes each, valid UTF-8 and without
// control characters. Keys are the same if all their bytes are.
type LedgerKey struct {
	// Account is the account with the vendor that pays, such as "hostkey https://invapi.hostkey.com".
	Account string
	// Verb is what is done: "create", "renew" or "change plan".
	Verb string
	// Subject is whom it is done for: the reference of a Create, the ID of an account for other verbs.
	Subject string
}

// LedgerState is how far an order is.
type LedgerState string

// The states of an entry.
const (
	// LedgerSent: it is about to be sent, or was, and nobody knows what became of it.
	LedgerSent LedgerState = "sent"
	// LedgerPlaced: the vendor has it, and it is not finished.
	LedgerPlaced LedgerState = "placed"
	// LedgerDone: there is nothing left to do. Learnt says what it led to.
	LedgerDone LedgerState = "done"
)

// LedgerEntry is what is known of an order. Stores keep all of it, without looking into Asked, Handle
// and Learnt, which are valid UTF-8 without NUL and have at most 1 MiB together. An empty map comes back
// as nil. Times come back in UTC and without what is shorter than a microsecond; years are 1 to 9999.
type LedgerEntry struct {
	LedgerKey
	State LedgerState
	// Asked is what was asked for, as far as it is no secret: "plan", "username".
	Asked map[string]string
	// Handle is from where the adapter goes on; see Creation.Handle.
	Handle string
	// Learnt is what the vendor calls it: "invoice", "account".
	Learnt map[string]string
	// SentAt is when it was sent, by the vendor's clock if that is known, or else by the ledger's.
	SentAt time.Time
	// Stored is when the entry was stored, by the ledger's clock, and Revision is larger with each Put,
	// also after a Remove. The ledger sets both.
	Stored   time.Time
	Revision int64
}
