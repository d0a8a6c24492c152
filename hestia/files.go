package hestia

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// FilesService manages files in the users' directories, with the users' rights. Paths are absolute
// and below the user's home or /tmp. Others are ExitInvalid or ExitArgs.
//
// What the commands do is known from their source only; none has been recorded.
type FilesService struct{ c *Client }

// onFiles gives exit code 12 the meaning that it has here: the user has no home.
func onFiles(c *command) *command { return c.meaning(ExitParsing, provider.ErrNotFound) }

var (
	filesAddArchive       = onFiles(adds("Files.AddArchive", "v-add-fs-archive USER ARCHIVE SOURCE [SOURCE...]")).slowly()
	filesAddDirectory     = onFiles(sets("Files.AddDirectory", "v-add-fs-directory USER DIRECTORY"))
	filesAddFile          = onFiles(sets("Files.AddFile", "v-add-fs-file USER FILE"))
	filesChangePermission = onFiles(sets("Files.ChangeFilePermission", "v-change-fs-file-permission USER FILE PERMISSIONS"))
	filesCheckPermission  = onFiles(checks("Files.CheckPermission", "v-check-fs-permission USER FILE")).meaning(ExitArgs, provider.ErrForbidden)
	filesCopyDirectory    = onFiles(adds("Files.CopyDirectory", "v-copy-fs-directory USER SRC_DIRECTORY DST_DIRECTORY")).slowly()
	filesCopyFile         = onFiles(sets("Files.CopyFile", "v-copy-fs-file USER SRC_FILE DST_FILE")).slowly()
	filesDeleteDirectory  = onFiles(sets("Files.DeleteDirectory", "v-delete-fs-directory USER DIRECTORY")).slowly()
	filesDeleteFile       = onFiles(sets("Files.DeleteFile", "v-delete-fs-file USER FILE"))
	filesExtractArchive   = onFiles(adds("Files.ExtractArchive", "v-extract-fs-archive USER ARCHIVE DIRECTORY [SELECTED_DIR] [STRIP] [TEST]")).slowly()
	filesGetFileType      = onFiles(reads("Files.GetFileType", "v-get-fs-file-type USER FILE"))
	filesListDirectory    = onFiles(reads("Files.ListDirectory", "v-list-fs-directory USER [DIRECTORY]"))
	filesMoveDirectory    = onFiles(adds("Files.MoveDirectory", "v-move-fs-directory USER SRC_DIRECTORY DST_DIRECTORY")).slowly()
	filesMoveFile         = onFiles(adds("Files.MoveFile", "v-move-fs-file USER SRC_FILE DST_FILE")).slowly()
	filesOpenConfig       = reads("Files.OpenConfig", "v-open-fs-config CONFIG").secretly().orNothing()
	filesOpenFile         = onFiles(reads("Files.OpenFile", "v-open-fs-file USER FILE")).secretly().orNothing()
	filesSearchObject     = onFiles(reads("Files.SearchObject", "v-search-fs-object USER OBJECT [PATH]")).orNothing().slowly()
)

// AddArchive packs files and directories of a user into a tar archive, compressed if its name ends
// in .gz: v-add-fs-archive. An archive that exists already is ExitArgs.
func (s *FilesService) AddArchive(ctx context.Context, user, archive, source string, more ...string) error {
	return s.c.change(ctx, filesAddArchive, user, archive, source, more)
}

// AddDirectory makes a directory and its parents: v-add-fs-directory. ExitNotExist also means that
// it failed.
func (s *FilesService) AddDirectory(ctx context.Context, user, directory string) error {
	return s.c.change(ctx, filesAddDirectory, user, directory)
}

// AddFile makes an empty file, or updates the modification time of an existing one: v-add-fs-file.
// ExitNotExist also means that it failed.
func (s *FilesService) AddFile(ctx context.Context, user, file string) error {
	return s.c.change(ctx, filesAddFile, user, file)
}

// ChangeFilePermission sets the permissions of a file, in any form that chmod accepts, such as
// "0640": v-change-fs-file-permission. ExitNotExist also means that it failed, or that the path is
// a directory.
func (s *FilesService) ChangeFilePermission(ctx context.Context, user, file, permissions string) error {
	if strings.ContainsAny(permissions, " \t*?[") {
		// The script does not quote permissions.
		return filesChangePermission.endpoint.Refuse(quoted(file)+" of "+quoted(user),
			provider.Problems{"permissions": "contains a space or a wildcard, which the panel's shell would interpret"})
	}
	return s.c.change(ctx, filesChangePermission, user, file, permissions)
}

// CheckPermission tests whether a user may read a file or directory: v-check-fs-permission. If not,
// the error matches provider.ErrForbidden; its code is ExitArgs.
func (s *FilesService) CheckPermission(ctx context.Context, user, path string) error {
	return s.c.change(ctx, filesCheckPermission, user, path)
}

// CopyDirectory copies a directory with its content, into the destination if that is a directory:
// v-copy-fs-directory. ExitNotExist also means that it failed.
func (s *FilesService) CopyDirectory(ctx context.Context, user, from, to string) error {
	return s.c.change(ctx, filesCopyDirectory, user, from, to)
}

// CopyFile copies a file, and overwrites an existing one: v-copy-fs-file. ExitNotExist also means
// that it failed.
func (s *FilesService) CopyFile(ctx context.Context, user, from, to string) error {
	return s.c.change(ctx, filesCopyFile, user, from, to)
}

// DeleteDirectory removes a directory with its content: v-delete-fs-directory. A directory that
// does not exist is no error.
func (s *FilesService) DeleteDirectory(ctx context.Context, user, directory string) error {
	return s.c.change(ctx, filesDeleteDirectory, user, directory)
}

// DeleteFile removes a file: v-delete-fs-file. A file that does not exist is no error.
func (s *FilesService) DeleteFile(ctx context.Context, user, file string) error {
	return s.c.change(ctx, filesDeleteFile, user, file)
}

// FileExtractArchiveOptions are the optional arguments of FilesService.ExtractArchive.
type FileExtractArchiveOptions struct {
	// SelectedDir is the only directory of the archive to unpack.
	SelectedDir string
	// Strip is how many leading directories to remove from the names.
	Strip int64
	// Test only checks whether the archive can be unpacked.
	Test bool
}

// ExtractArchive unpacks an archive, and overwrites existing files: v-extract-fs-archive. The
// archive's name decides which kind it is. The options apply to tar archives only. A single
// compressed file (.gz, .bz2, .zst) is moved to the directory. ExitNotExist also means that it
// failed.
func (s *FilesService) ExtractArchive(ctx context.Context, user, archive, directory string, opts *FileExtractArchiveOptions) error {
	if opts == nil {
		opts = &FileExtractArchiveOptions{}
	}
	return s.c.change(ctx, filesExtractArchive, user, archive, directory, opts.SelectedDir, opts.Strip, opts.Test)
}

// GetFileType returns the MIME type of a file: "text/plain; charset=us-ascii": v-get-fs-file-type.
// For a file that cannot be opened, it returns the tool's error message.
func (s *FilesService) GetFileType(ctx context.Context, user, file string) (string, error) {
	return s.c.text(ctx, filesGetFileType, user, file)
}

// FileEntry is a file or directory.
type FileEntry struct {
	// Name is relative to the directory that was listed; "" is that directory.
	Name string
	// Type is "f" for a file, "d" for a directory, "l" for a link, or another letter of find's.
	Type string
	// Mode is the permissions as an octal number: "644".
	Mode string
	// Changed is when it was modified, to the minute, in the server's zone (WithLocation).
	Changed time.Time
	Owner   string
	Group   string
	Size    int64 // bytes
}

// FileListDirectoryOptions are the optional arguments of FilesService.ListDirectory.
type FileListDirectoryOptions struct {
	// Directory defaults to the user's home.
	Directory string
}

// ListDirectory returns a directory and what is in it: v-list-fs-directory. The panel has no JSON
// for it, so a name with a line break can look like several entries.
func (s *FilesService) ListDirectory(ctx context.Context, user string, opts *FileListDirectoryOptions) iter.Seq2[*FileEntry, error] {
	if opts == nil {
		opts = &FileListDirectoryOptions{}
	}
	return s.entries(ctx, filesListDirectory, user, opts.Directory)
}

// FileSearchObjectOptions are the optional arguments of FilesService.SearchObject.
type FileSearchObjectOptions struct {
	// Path is the directory to search; it defaults to the user's home.
	Path string
}

// SearchObject finds files by a name, in which * and ? are wildcards: v-search-fs-object. Names in
// the result are relative to Path. A name with a line break can look like several entries, as in
// ListDirectory.
func (s *FilesService) SearchObject(ctx context.Context, user, object string, opts *FileSearchObjectOptions) iter.Seq2[*FileEntry, error] {
	if opts == nil {
		opts = &FileSearchObjectOptions{}
	}
	return s.entries(ctx, filesSearchObject, user, object, opts.Path)
}

// MoveDirectory moves a directory, into the destination if that is a directory:
// v-move-fs-directory. ExitNotExist also means that it failed.
func (s *FilesService) MoveDirectory(ctx context.Context, user, from, to string) error {
	return s.c.change(ctx, filesMoveDirectory, user, from, to)
}

// MoveFile moves a file, and overwrites an existing one: v-move-fs-file. ExitNotExist also means
// that it failed.
func (s *FilesService) MoveFile(ctx context.Context, user, from, to string) error {
	return s.c.change(ctx, filesMoveFile, user, from, to)
}

// OpenConfig returns a configuration file of a service of the server: v-open-fs-config. White space
// at both ends is lost. Other files are ExitInvalid.
func (s *FilesService) OpenConfig(ctx context.Context, file string) (string, error) {
	return s.c.text(ctx, filesOpenConfig, file)
}

// OpenFile returns a file of a user: v-open-fs-file. White space at both ends is lost, and data
// that is not text may be lost. A file that does not exist is ExitInvalid.
func (s *FilesService) OpenFile(ctx context.Context, user, file string) (string, error) {
	return s.c.text(ctx, filesOpenFile, user, file)
}

// entries reads what find prints.
func (s *FilesService) entries(ctx context.Context, cmd *command, values ...any) iter.Seq2[*FileEntry, error] {
	return func(yield func(*FileEntry, error) bool) {
		var entries []*FileEntry
		err := s.c.load(ctx, cmd, func(printed []byte) (err error) {
			entries, err = decodeEntries(printed, s.c.settings.location)
			if err == nil && len(entries) == 0 && !cmd.mayPrintNothing {
				return errNothing
			}
			return err
		}, values...)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, entry := range entries {
			if !yield(entry, nil) {
				return
			}
		}
	}
}

// entryFields are type, mode, date, time, owner, group, size and name.
const entryFields = 8

// decodeEntries reads lines of fields with bars between them. Any other line continues the name in
// the line before it.
func decodeEntries(printed []byte, location *time.Location) ([]*FileEntry, error) {
	var entries []*FileEntry
	printed = bytes.TrimSuffix(printed, []byte("\n"))
	if len(bytes.TrimSpace(printed)) == 0 {
		return nil, nil
	}
	for line := range strings.SplitSeq(string(printed), "\n") {
		entry, err := decodeEntry(line, location)
		switch {
		case err == nil:
			entries = append(entries, entry)
		case len(entries) == 0:
			return nil, err
		default:
			entries[len(entries)-1].Name += "\n" + line
		}
	}
	return entries, nil
}

func decodeEntry(line string, location *time.Location) (*FileEntry, error) {
	fields := strings.SplitN(line, "|", entryFields)
	if len(fields) != entryFields || len(fields[0]) != 1 {
		return nil, fmt.Errorf("not a line of %d fields", entryFields)
	}
	changed, err := time.ParseInLocation("2006-01-02 15:04", fields[2]+" "+fields[3], location)
	if err != nil {
		return nil, errors.New("not a date")
	}
	size, err := wire.Integer(fields[6])
	if err != nil {
		return nil, err
	}
	return &FileEntry{
		Type: fields[0], Mode: fields[1], Changed: changed, Owner: fields[4], Group: fields[5], Size: size, Name: fields[7],
	}, nil
}
