//go:build unix

package statefile

import (
	"errors"
	"os"
	"syscall"
)

const noFollow = syscall.O_NOFOLLOW

// syncFolder makes a rename survive a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the caller's folder
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
