package hestia

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// The panel passes on what restic prints, and adds nothing. restic documents its fields in its chapter on scripting, and may add
// more at any time.

// ResticSnapshot is a snapshot of a user.
type ResticSnapshot struct {
	// ID is what the methods that restore call a snapshot.
	ID      string    `wire:"id|short_id,required,strict"`
	Created time.Time `wire:"time"`
	// Parent is the ID of the snapshot before it, Tree that of its root.
	Parent string `wire:"parent"`
	Tree   string `wire:"tree"`
	// Paths are what it contains, without what Excludes match.
	Paths    []string `wire:"paths"`
	Excludes []string `wire:"excludes"`
	Tags     []string `wire:"tags"`
	Hostname string   `wire:"hostname"`
	Username string   `wire:"username"`
	// Version of the program that made it.
	Version string        `wire:"program_version"`
	Summary ResticSummary `wire:"summary"`
	// More contains the other fields.
	More map[string]provider.Payload `wire:",extra"`
}

// ResticSummary is what a snapshot came to when it was made. Snapshots of older versions of restic have none.
type ResticSummary struct {
	Started  time.Time `wire:"backup_start"`
	Finished time.Time `wire:"backup_end"`
	// Files and Bytes are all that was looked at, AddedBytes what was new.
	Files      int64 `wire:"total_files_processed"`
	Bytes      int64 `wire:"total_bytes_processed"`
	AddedBytes int64 `wire:"data_added"`
}

// ResticFile is a file or directory in a snapshot.
type ResticFile struct {
	Name string `wire:"name"`
	Path string `wire:"path,required,strict"`
	// Type is "file", "dir", "symlink", ...
	Type string `wire:"type"`
	// Size is in bytes.
	Size int64 `wire:"size"`
	// Permissions as ls prints them: "-rw-r--r--".
	Permissions string    `wire:"permissions"`
	Modified    time.Time `wire:"mtime"`
	UID         int64     `wire:"uid"`
	GID         int64     `wire:"gid"`
	// More contains the other fields.
	More map[string]provider.Payload `wire:",extra"`
}

// ListUserBackupsRestic returns a user's snapshots: v-list-user-backups-restic. The panel passes restic's exit codes through,
// so that ExitForbidden also means that there is no repository.
func (s *BackupsService) ListUserBackupsRestic(ctx context.Context, user string) iter.Seq2[*ResticSnapshot, error] {
	return listRestic(ctx, s.c, backupsListUserBackupsRestic, func(printed []byte, each func(snapshot []byte) error) error {
		switch {
		case string(printed) == "null": // none
			return nil
		case printed[0] != '[':
			return errors.New("not a list")
		}
		return wire.Options{}.Walk(printed, func(_, snapshot []byte) error { return each(snapshot) })
	}, func(snapshot []byte) (*ResticSnapshot, error) {
		read := new(ResticSnapshot)
		return read, wire.Unmarshal(snapshot, read)
	}, user)
}

// ListUserFilesRestic returns what a directory of a snapshot contains: v-list-user-files-restic. The panel passes restic's exit
// codes through.
func (s *BackupsService) ListUserFilesRestic(ctx context.Context, user, snapshot, folder string) iter.Seq2[*ResticFile, error] {
	return listRestic(ctx, s.c, backupsListUserFilesRestic, func(printed []byte, each func(line []byte) error) error {
		for line := range bytes.Lines(printed) {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			if !json.Valid(line) {
				return errors.New("a line is not JSON")
			}
			if err := each(line); err != nil {
				return err
			}
		}
		return nil
	}, func(line []byte) (*ResticFile, error) {
		var about struct {
			Kind string `wire:"message_type|struct_type,required"`
		}
		if err := wire.Unmarshal(line, &about); err != nil || about.Kind != "node" { // the snapshot, in the first line
			return nil, err
		}
		file := new(ResticFile)
		err := wire.Unmarshal(line, file)
		delete(file.More, "message_type")
		delete(file.More, "struct_type")
		return file, err
	}, user, snapshot, folder)
}

// listRestic reads what restic printed as list reads the panel's own lists. split finds the rows, and read returns nil for one
// that is none of them.
func listRestic[T any](
	ctx context.Context, c *Client, cmd *command, split func(printed []byte, each func(row []byte) error) error,
	read func(row []byte) (*T, error), values ...any,
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		more := true
		var ended error
		err := c.loadList(ctx, cmd, func(printed []byte) error {
			if printed = rest.Content(printed); len(printed) == 0 {
				return errNothing
			}
			if err := split(printed, func([]byte) error { return nil }); err != nil { // before any row is passed on
				return err
			}
			number := 0
			err := split(printed, func(row []byte) error {
				number++
				if ended = cmd.endpoint.Ended(ctx); ended != nil {
					return errStop
				}
				thing, err := read(row)
				if err != nil {
					err = c.oddRow(cmd, strconv.Itoa(number), err)
				} else if thing == nil {
					return nil
				}
				if more = yield(thing, err); !more {
					return errStop
				}
				return nil
			})
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}, values...)
		if err = cmp.Or(err, ended); err != nil && more {
			yield(nil, err)
		}
	}
}
