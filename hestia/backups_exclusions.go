package hestia

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	printed = tidy(printed)
	if len(printed) == 0 {
		return nil, errNothing
	}
	var kinds map[string]json.RawMessage
	if err := json.Unmarshal(printed, &kinds); err != nil {
		return nil, err
	}
	exclusions := new(BackupExclusions)
	known := 0
	for kind, field := range map[string]*[]BackupExclusion{
		"WEB": &exclusions.Web, "DNS": &exclusions.DNS, "MAIL": &exclusions.Mail, "DB": &exclusions.Databases,
		"CRON": &exclusions.Cron, "USER": &exclusions.Directories,
	} {
		raw, there := kinds[kind]
		if !there {
			continue
		}
		known++
		things, err := decodeExcluded(raw)
		if err != nil {
			return nil, err
		}
		*field = things
	}
	if known == 0 {
		return nil, errors.New("an object without any known field")
	}
	return exclusions, nil
}

// decodeExcluded reads names and parts in their order.
func decodeExcluded(raw json.RawMessage) ([]BackupExclusion, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, errNoObject
	}
	var things []BackupExclusion
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var parts string
		if err := decoder.Decode(&parts); err != nil {
			return nil, err
		}
		text, _ := name.(string)
		things = append(things, BackupExclusion{Name: text, Parts: splitList(parts, ",")})
	}
	return things, nil
}
