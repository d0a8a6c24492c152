package sqlledger

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"

	"github.com/provkit/provkit/provider"
)

// failure is an error of a database, without what may be secret in it: errors of pgx hold the
// configuration with the password. It matches the error of the context, and that of the server or of SQLite.
type failure struct {
	text   string
	causes []error
}

func (f *failure) Error() string   { return f.text }
func (f *failure) Unwrap() []error { return f.causes }

// failed says what failed.
func (l *Ledger) failed(ctx context.Context, action string, err error) error {
	f := &failure{text: "sqlledger: " + action + ": " + l.clean(err.Error(), 1000)}
	if ended := ctx.Err(); ended != nil {
		f.causes = append(f.causes, ended)
	}
	if server, ok := errors.AsType[*pgconn.PgError](err); ok {
		f.causes = append(f.causes, server)
	}
	if local, ok := errors.AsType[*driver.Error](err); ok {
		f.causes = append(f.causes, local)
	}
	return f
}

// unknown is the error of a transaction of which nobody knows whether it was stored.
type unknown struct{ err error }

func (u *unknown) Error() string { return "it may be stored or not: " + u.err.Error() }
func (u *unknown) Unwrap() error { return u.err }

// isAnswer reports whether an error is none of the database.
func isAnswer(err error) bool {
	for _, answer := range []error{provider.ErrStale, provider.ErrNotFound, provider.ErrLeaseHeld, provider.ErrInvalid, provider.ErrUnsupported} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}

// isLost reports whether a connection was lost before anything can have been stored.
func isLost(err error) bool {
	if _, maybe := errors.AsType[*unknown](err); maybe {
		return false
	}
	if server, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains(postgresLost, server.Code)
	}
	_, network := errors.AsType[net.Error](err)
	return errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, pgconn.ErrConnClosed) || network
}
