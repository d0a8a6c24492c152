package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
)

// lease is one as it is stored. A lease that was released is not.
type lease struct {
	token int64
	until int64 // in microseconds since 1970
	lasts int64 // for how many microseconds it was acquired or extended
}

// lease returns the lease of a name, or the zero value.
func (tx *transaction) lease(ctx context.Context, name string) (found lease, err error) {
	err = tx.QueryRowContext(ctx, tx.text.lease, name).Scan(&found.token, &found.until, &found.lasts)
	if errors.Is(err, sql.ErrNoRows) {
		return lease{}, nil
	}
	return found, err
}

// over reports whether the time of a lease is over. It is, too, if much more than that is left: the clock
// was set back, and a holder that has died must not keep everybody waiting for a year.
func (tx *transaction) over(of lease) bool {
	left := of.until - tx.now.UnixMicro()
	return left <= 0 || left > 2*of.lasts
}

// holds returns an error unless a token is that of a lease that has not ended.
func (tx *transaction) holds(ctx context.Context, name string, token int64) error {
	found, err := tx.lease(ctx, name)
	if err == nil && (found.token != token || tx.over(found)) {
		err = fmt.Errorf("lease %d of %q has ended: %w", token, name, provider.ErrStale)
	}
	return err
}

// Acquire implements provider.Ledger.
func (l *Ledger) Acquire(ctx context.Context, name string, ttl time.Duration) (token int64, err error) {
	if err := provider.CheckLease(name, ttl); err != nil {
		return 0, err
	}
	err = l.write(ctx, fmt.Sprintf("acquire %q", name), locks{owns: lockOfLease(name)}, func(tx *transaction) error {
		found, err := tx.lease(ctx, name)
		if err == nil && !tx.over(found) {
			return provider.ErrLeaseHeld
		}
		if err == nil {
			token = tx.number
			_, err = tx.ExecContext(ctx, tx.text.acquire, name, token, tx.now.Add(ttl).UnixMicro(), ttl.Microseconds())
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return token, nil
}

// Extend implements provider.Ledger.
func (l *Ledger) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if err := provider.CheckLease(name, ttl); err != nil {
		return err
	}
	return l.write(ctx, "extend a lease", locks{owns: lockOfLease(name)}, func(tx *transaction) error {
		err := tx.holds(ctx, name, token)
		if err == nil {
			_, err = tx.ExecContext(ctx, tx.text.extend, tx.now.Add(ttl).UnixMicro(), ttl.Microseconds(), name)
		}
		return err
	})
}

// Release implements provider.Ledger.
func (l *Ledger) Release(ctx context.Context, name string, token int64) error {
	if provider.CheckLease(name, time.Hour) != nil {
		return ctx.Err() // nobody can have a lease of such a name, and a server may refuse to look
	}
	return l.write(ctx, fmt.Sprintf("release %q", name), locks{owns: lockOfLease(name)}, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, tx.text.release, name, token)
		return err
	})
}
