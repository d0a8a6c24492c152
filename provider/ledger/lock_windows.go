package ledger

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"unsafe"
)

var (
	kernel       = syscall.NewLazyDLL("kernel32.dll")
	lockFileEx   = kernel.NewProc("LockFileEx")
	unlockFileEx = kernel.NewProc("UnlockFileEx")
)

// The flags and the error of LockFileEx.
const (
	failImmediately = 1
	exclusive       = 2
	lockViolation   = syscall.Errno(33)
	all             = 1<<32 - 1
)

// flock locks an open file until unlock. Without wait it reports false if somebody else has
// the lock.
func flock(file *os.File, wait bool) (bool, error) {
	how := uintptr(exclusive)
	if !wait {
		how |= failImmediately
	}
	done, _, err := lockFileEx.Call(file.Fd(), how, 0, all, all, uintptr(unsafe.Pointer(new(syscall.Overlapped)))) //nolint:gosec // the system's interface
	switch {
	case done != 0:
		return true, nil
	case errors.Is(err, lockViolation):
		return false, nil
	}
	return false, &fs.PathError{Op: "lock", Path: file.Name(), Err: err}
}

// unlock ends a lock and closes its file. By closing alone Windows would end it some time later.
func unlock(file *os.File) error {
	done, _, err := unlockFileEx.Call(file.Fd(), 0, all, all, uintptr(unsafe.Pointer(new(syscall.Overlapped)))) //nolint:gosec // the system's interface
	if done != 0 {
		err = nil
	}
	return errors.Join(err, file.Close())
}
