// Package statefile opens and makes the files in which programs keep what must outlive them: logs of
// jobs, journals, results. It follows no links, makes files with mode 0600, opens regular files only,
// and tells a file of one's own from any other before it is changed.
package statefile

import (
	"errors"
	"io/fs"
	"os"
)

// Open opens a file with the flags of os.OpenFile, of which it knows O_RDONLY, O_WRONLY, O_RDWR,
// O_APPEND and O_CREATE. It refuses, and does not wait for, all that is not a regular file. Links
// among the folders of the path are followed: only the owner of a folder can make one of a file in it.
func Open(path string, flag int) (*os.File, error) {
	for tries := 0; ; tries++ {
		file, err := open(path, flag)
		// Another program has made or removed the file between our look and our opening.
		raced := errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist)
		if !raced || flag&os.O_CREATE == 0 || tries == 10 {
			return file, err
		}
	}
}

func open(path string, flag int) (*os.File, error) {
	found, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0 {
		// With O_EXCL no system follows a link that was made meanwhile.
		return os.OpenFile(path, flag|os.O_EXCL|noFollow, 0o600) //nolint:gosec // the caller names the file
	}
	if err != nil {
		return nil, err
	}
	if err := Regular(path, found); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, flag&^os.O_CREATE|noFollow, 0) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(found, opened) { // where the system has no O_NOFOLLOW
		err = refused(path, "was replaced while it was opened")
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// Regular returns why a file is not to be opened or replaced.
func Regular(path string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return refused(path, "is a symbolic link, which is not followed: name the file itself")
	case mode.IsDir():
		return refused(path, "is a directory")
	case mode&fs.ModeNamedPipe != 0:
		return refused(path, "is a named pipe, not a regular file")
	}
	return refused(path, "is not a regular file")
}

func refused(path, why string) error {
	return &fs.PathError{Op: "open", Path: path, Err: errors.New(why)}
}
