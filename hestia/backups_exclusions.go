package hestia

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
)

// BackupExclusions is what backups of a user leave out.
type BackupExclusions struct {
	Web       []BackupExclusion
	DNS       []BackupExclusion
	Mail      []BackupExclusion
	Databases []BackupExclusion
	Cron      []BackupExclusion
	// Directories are relative to the user's home.
	Directories []BackupExclusion
}

// BackupExclusion is one thing that is left out, in whole or in part.
type BackupExclusion struct {
	// Name is a domain, a database or a directory, or "*" for all.
	Name string
	// Parts are directories of a website or mailboxes of a mail domain; none means the whole thing.
	Parts []string
}

// ListUserBackupExclusions returns what backups of a user leave out: v-list-user-backup-exclusions.
func (s *BackupsService) ListUserBackupExclusions(ctx context.Context, user string) (*BackupExclusions, error) {
	var exclusions *BackupExclusions
	err := s.c.load(ctx, backupsListUserBackupExclusions, func(printed []byte) (err error) {
		exclusions, err = decodeExclusions(printed)
		return err
	}, user)
	if err != nil {
		return nil, err
	}
	return exclusions, nil
}

// UpdateUserBackupExclusions replaces what backups of a user leave out with the content of a file
// on the server, which has lines like WEB='example.com:cache:logs,example.net' with the names WEB,
// DNS, MAIL, DB, CRON and USER: v-update-user-backup-exclusions. Files.MakeTemp writes such a file.
func (s *BackupsService) UpdateUserBackupExclusions(ctx context.Context, user, file string) error {
	return s.c.change(ctx, backupsUpdateUserBackupExclusions, user, file)
}

// decodeExclusions reads an object that has, for each kind, a flat object of names and parts.
func decodeExclusions(printed []byte) (*BackupExclusions, error) {
	printed = rest.Content(printed)
	if len(printed) == 0 {
		return nil, errNothing
	}
	exclusions := new(BackupExclusions)
	kinds := map[string]*[]BackupExclusion{
		"WEB": &exclusions.Web, "DNS": &exclusions.DNS, "MAIL": &exclusions.Mail, "DB": &exclusions.Databases,
		"CRON": &exclusions.Cron, "USER": &exclusions.Directories,
	}
	known := make(map[string]bool)
	err := shell.Walk(printed, func(kind, value []byte) (err error) {
		field, name := kinds[string(kind)], string(kind)
		switch {
		case field == nil:
			return nil
		case known[name]:
			return errTwice
		}
		known[name] = true
		*field, err = decodeExcluded(value)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(known) == 0:
		return nil, errors.New("an object without any known field")
	}
	return exclusions, nil
}

// decodeExcluded reads names and parts in their order.
func decodeExcluded(object []byte) (things []BackupExclusion, err error) {
	if object[0] != '{' {
		return nil, errNoObject
	}
	n, err := count(object, 3)
	if n == 0 {
		return nil, err
	}
	things = make([]BackupExclusion, 0, n)
	err = shell.Walk(object, func(name, value []byte) error {
		text, _ := wire.Text(name)
		parts, _, _ := wire.Scalar(value)
		list, err := splitList(parts, ",")
		things = append(things, BackupExclusion{Name: text, Parts: list})
		if value[0] != '"' {
			return errWrongType
		}
		return err
	})
	return things, err
}
