//go:build unix

package statefile

import (
	"errors"
	"os"
	"syscall"
)

const noFollow = syscall.O_NOFOLLOW

// SyncFolder makes what was made and renamed in a folder survive a power cut.
func SyncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the caller's folder
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
