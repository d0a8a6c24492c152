package statefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Draft is a file that gets its name only when it is complete, so that whoever is interrupted leaves
// what had that name as it was.
type Draft struct {
	*os.File
	path string
	over bool
}

// Create begins a file. Its path must be that of a regular file, or of none.
func Create(path string) (*Draft, error) {
	if err := replaceable(path); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // with O_EXCL, mode 0600
	if err != nil {
		return nil, err
	}
	return &Draft{File: file, path: path}, nil
}

// CreateAlone is Create for callers of which only one at a time is here, by a lock of theirs. Where
// Create would leave a file more whenever one of them is killed, it overwrites what that has left.
func CreateAlone(path string) (*Draft, error) {
	if err := replaceable(path); err != nil {
		return nil, err
	}
	draft := path + ".new"
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := Open(draft, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	return &Draft{File: file, path: path}, nil
}

func replaceable(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return Regular(path, info)
}

// Keep ends the file and gives it its name. What is kept survives a power cut.
func (d *Draft) Keep() error {
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return err
	}
	if err := replaceable(d.path); err != nil {
		return err
	}
	if err := os.Rename(d.Name(), d.path); err != nil {
		return err
	}
	d.over = true
	return SyncFolder(filepath.Dir(d.path))
}

// Discard removes the file unless it was kept.
func (d *Draft) Discard() {
	if !d.over {
		_ = d.Close()
		_ = os.Remove(d.Name())
	}
}
