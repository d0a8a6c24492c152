//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package ledger

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// flock fails: without locks two programs would pay twice.
func flock(*os.File, bool) (bool, error) {
	return false, fmt.Errorf("files cannot be locked on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// unlock ends a lock and closes its file.
func unlock(file *os.File) error { return file.Close() }
