package hestia

import (
	"context"
	"iter"
	"time"
)

// PackagesService manages hosting packages, which define the limits of users.
type PackagesService struct{ c *Client }

var (
	packagesAdd        = adds("Packages.Add", "v-add-user-package TMPFILE PACKAGE [REWRITE]")
	packagesChangeUser = sets("Packages.ChangeUser", "v-change-user-package USER PACKAGE [FORCE]").slowly()
	packagesCopy       = adds("Packages.Copy", "v-copy-user-package PACKAGE NEW_PACKAGE")
	packagesDelete     = removes("Packages.Delete", "v-delete-user-package PACKAGE").slowly()
	packagesGet        = reads("Packages.Get", "v-list-user-package PACKAGE json")
	packagesList       = reads("Packages.List", "v-list-user-packages json")
	packagesRename     = adds("Packages.Rename", "v-rename-user-package OLD_NAME NEW_NAME [MODE]")
	packagesUpdate     = sets("Packages.Update", "v-update-user-package PACKAGE").slowly()
)

// Package is a hosting package.
type Package struct {
	Name        string   `hestia:",key"`
	NameServers []string `hestia:"NS"`
	Shell       string   `hestia:"SHELL"`
	Templates   UserTemplates
	Limits      UserLimits
	// RateLimit is how many mails an hour an account may send. Only Get sets it.
	RateLimit Limit     `hestia:"RATE_LIMIT"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// PackageAddOptions are the optional arguments of PackagesService.Add.
type PackageAddOptions struct {
	// Rewrite replaces an existing package of that name.
	Rewrite bool
}

// Add creates a hosting package from a file on the server, of lines KEY='value' (PackageFile
// returns the content, Files.MakeTemp writes it to the server): v-add-user-package. ExitExists if
// there is a package of that name, unless Rewrite is set; its users get the new limits only with
// Update.
func (s *PackagesService) Add(ctx context.Context, file, name string, opts *PackageAddOptions) error {
	if opts == nil {
		opts = &PackageAddOptions{}
	}
	return s.c.change(ctx, packagesAdd, file, name, opts.Rewrite)
}

// PackageChangeUserOptions are the optional arguments of PackagesService.ChangeUser.
type PackageChangeUserOptions struct {
	// Force assigns the package even if it does not cover the user's usage.
	Force bool
}

// ChangeUser assigns another hosting package to a user: v-change-user-package. If it does not cover
// the usage, the panel refuses with ExitLimit, unless Force is set.
func (s *PackagesService) ChangeUser(ctx context.Context, user, name string, opts *PackageChangeUserOptions) error {
	if opts == nil {
		opts = &PackageChangeUserOptions{}
	}
	return s.c.change(ctx, packagesChangeUser, user, name, opts.Force)
}

// Copy duplicates a hosting package: v-copy-user-package.
func (s *PackagesService) Copy(ctx context.Context, name, newName string) error {
	return s.c.change(ctx, packagesCopy, name, newName)
}

// Delete removes a hosting package: v-delete-user-package. Its users move to "default", and so do
// the users of all packages whose names begin with its name.
func (s *PackagesService) Delete(ctx context.Context, name string) error {
	return s.c.change(ctx, packagesDelete, name)
}

// Get returns one hosting package: v-list-user-package.
func (s *PackagesService) Get(ctx context.Context, name string) (*Package, error) {
	return get[Package](ctx, s.c, packagesGet, name)
}

// List returns all hosting packages: v-list-user-packages. Fields that only Get sets are zero.
func (s *PackagesService) List(ctx context.Context) iter.Seq2[*Package, error] {
	return list[Package](ctx, s.c, packagesList)
}

// PackageRenameOptions are the optional arguments of PackagesService.Rename.
type PackageRenameOptions struct {
	Mode string
}

// Rename renames a hosting package: v-rename-user-package. Its users stay on the old name: assign
// them again with ChangeUser. If there is a package of the new name, the code is ExitNotExist, not
// ExitExists.
func (s *PackagesService) Rename(ctx context.Context, oldName, newName string, opts *PackageRenameOptions) error {
	if opts == nil {
		opts = &PackageRenameOptions{}
	}
	return s.c.change(ctx, packagesRename, oldName, newName, opts.Mode)
}

// Update applies a package again to its users: v-update-user-package.
func (s *PackagesService) Update(ctx context.Context, name string) error {
	return s.c.change(ctx, packagesUpdate, name)
}
