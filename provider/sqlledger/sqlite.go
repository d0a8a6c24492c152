package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// OpenSQLite opens a ledger in a SQLite database on a disk of this machine, and makes the file with
// mode 0600 if there is none. It follows no symbolic link. Keep the file in a folder that only its
// programs may write to: SQLite makes two more beside it, path-wal and path-shm, which belong to it.
func OpenSQLite(ctx context.Context, path string, opts ...Option) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		err = settle(path)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlledger: open: %w", err)
	}
	db, err := sql.Open("sqlite", sourceName(path))
	if err != nil {
		return nil, fmt.Errorf("sqlledger: open %s: %w", path, err)
	}
	// Goroutines then wait for each other in their order, and not by trying again.
	db.SetMaxOpenConns(1)
	l, err := open(ctx, db, &Ledger{clean: words.Line, ours: true, dialect: &sqlite}, opts)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return l, nil
}

// sourceName returns the data source name of a file. What is stored is on the disk when a transaction
// ends, on systems with fullfsync in its cells and not in its cache.
func sourceName(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive
		path = "/" + path
	}
	source := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(wal)", "synchronous(full)", "fullfsync(1)", "checkpoint_fullfsync(1)"},
	}.Encode()}
	return source.String()
}

// settling is held while files are looked at, so that no program finds one that it is just making.
var settling sync.Mutex

// settle makes the file, or refuses one that is not to be opened. It opens none that is there: to
// close it would end the locks that SQLite has on it for another ledger of this program.
func settle(path string) error {
	settling.Lock()
	defer settling.Unlock()
	for _, beside := range []string{"-wal", "-shm", "-journal"} {
		if err := regular(path + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	err := regular(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the caller names the file
	if errors.Is(err, fs.ErrExist) {                                       // another program was faster
		return regular(path)
	}
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), statefile.SyncFolder(filepath.Dir(path)))
}

// regular refuses what is no file, and takes from everybody else what they may do with one.
func regular(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if err := statefile.Regular(path, info); err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}

var sqlite = dialect{
	text:    "text",
	numbers: []string{"CREATE TABLE {p}numbers (last bigint NOT NULL)", "INSERT INTO {p}numbers VALUES (0)"},
	check: func(ctx context.Context, db *sql.DB) error {
		var journal string
		var synchronous int
		err := errors.Join(
			db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal),
			db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous))
		if err == nil && (journal != "wal" || synchronous < 2) {
			return fmt.Errorf("journal_mode is %s and synchronous %d: open the database with _pragma=journal_mode(wal) and _pragma=synchronous(full), or what is stored may be lost: %w",
				journal, synchronous, provider.ErrInvalid)
		}
		return err
	},
	now:     func(context.Context, *sql.DB) (time.Time, error) { return provider.LedgerTime(time.Now()), nil },
	prepare: func(context.Context, *sql.Tx, string) error { return nil }, // who writes is alone
	// Its first statement writes, so that also a transaction that was not begun with IMMEDIATE waits
	// for its turn before it reads.
	start: func(ctx context.Context, tx *sql.Tx, prefix string, _ locks) (now time.Time, number int64, err error) {
		err = tx.QueryRowContext(ctx, "UPDATE "+prefix+"numbers SET last = last + 1 RETURNING last").Scan(&number)
		return provider.LedgerTime(time.Now()), number, err
	},
	busy: func(err error) bool {
		failed, ok := errors.AsType[*driver.Error](err)
		if !ok {
			return false
		}
		code := failed.Code() & 0xff // without what it was about
		return code == codes.SQLITE_BUSY || code == codes.SQLITE_LOCKED
	},
}
