//go:build unix

package main

import (
	"os"
	"syscall"

	"github.com/provkit/provkit/internal/statefile"
)

// lock keeps a second instance away from the state file. The system releases the lock when the
// process ends, however it ends.
func lock(path string) (unlock func(), err error) {
	file, err := statefile.Open(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
