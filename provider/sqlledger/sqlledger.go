package sqlledger

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Ledger is a provider.Ledger in a database. Any of its programs may extend, release and use a lease
// of which it knows the token.
type Ledger struct {
	// Functions, since fmt prints what fields lead to, at times, and these know the password.
	db    func() *sql.DB
	clean func(text string, most int) string

	ours    bool // we have opened the database, and close it
	dialect *dialect
	prefix  string
	text    texts
}

var _ provider.Ledger = (*Ledger)(nil)

// Option is an option of New, OpenSQLite and OpenPostgres.
type Option func(*Ledger)

// WithPrefix sets how the names of the ledger's tables begin, "provkit_ledger_" by default: small
// letters, digits and underscores. Ledgers with different prefixes know nothing of each other.
func WithPrefix(prefix string) Option {
	return func(l *Ledger) { l.prefix = prefix }
}

// prefixes are good ones: PostgreSQL cuts off names of more than 63 bytes.
var prefixes = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,40}$`)

// New returns a ledger in a database that the program uses already, through modernc.org/sqlite or
// through pgx. It makes the tables if they are not there, and brings older ones up to date. The
// database stays the caller's to close.
//
// Of SQLite it wants journal_mode WAL and synchronous FULL on every connection, which the caller sets
// in the data source name; of PostgreSQL the encoding UTF8.
func New(ctx context.Context, db *sql.DB, dialect Dialect, opts ...Option) (*Ledger, error) {
	if dialects[dialect] == nil {
		return nil, fmt.Errorf("sqlledger: open: dialect %d is neither SQLite nor PostgreSQL: %w", dialect, provider.ErrInvalid)
	}
	return open(ctx, db, &Ledger{clean: words.Line, dialect: dialects[dialect]}, opts)
}

func open(ctx context.Context, db *sql.DB, l *Ledger, opts []Option) (*Ledger, error) {
	l.db = func() *sql.DB { return db }
	l.prefix = "provkit_ledger_"
	for _, opt := range opts {
		opt(l)
	}
	if !prefixes.MatchString(l.prefix) {
		return nil, fmt.Errorf("sqlledger: open: the prefix %q is not 1 to 41 small letters, digits and underscores: %w", l.prefix, provider.ErrInvalid)
	}
	l.text = textsOf(l.names())
	err := l.again(ctx, "open", func() error { return l.dialect.check(ctx, db) })
	if err == nil {
		err = l.migrate(ctx)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// names puts the names and types of this ledger's database into statements.
func (l *Ledger) names() *strings.Replacer {
	return strings.NewReplacer("{p}", l.prefix, "{text}", l.dialect.text)
}

// Close closes the database if the ledger has opened it. Leases go on until they are released or over.
func (l *Ledger) Close() error {
	if !l.ours {
		return nil
	}
	return l.db().Close()
}

// Now returns the time by the ledger's clock: the server's of PostgreSQL, the machine's of SQLite.
func (l *Ledger) Now(ctx context.Context) (now time.Time, err error) {
	err = l.again(ctx, "read the clock", func() error {
		now, err = l.dialect.now(ctx, l.db())
		return err
	})
	return now, err
}
