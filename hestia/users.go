package hestia

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/netip"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// UsersService manages accounts of customers and administrators.
type UsersService struct{ c *Client }

var (
	usersAcknowledgeNotification = sets("Users.AcknowledgeNotification", "v-acknowledge-user-notification USER NOTIFICATION")
	usersAdd                     = adds("Users.Add", "v-add-user USER PASSWORD! EMAIL [PACKAGE=default] [NAME] [LASTNAME]")
	usersAddTwoFactor            = adds("Users.AddTwoFactor", "v-add-user-2fa USER")
	usersAddComposer             = sets("Users.AddComposer", "v-add-user-composer USER [VERSION=2] [UPDATE]").slowly()
	usersAddNotification         = adds("Users.AddNotification", "v-add-user-notification USER TOPIC [NOTICE&] [TYPE] [PRIORITY]")
	usersAddSFTPJail             = adds("Users.AddSFTPJail", "v-add-user-sftp-jail USER [RESTART]")
	usersAddSFTPKey              = adds("Users.AddSFTPKey", "v-add-user-sftp-key USER [TTL]")
	usersAddSSHKey               = adds("Users.AddSSHKey", "v-add-user-ssh-key USER KEY").meaning(ExitParsing, provider.ErrInvalid)
	usersAddWPCLI                = sets("Users.AddWPCLI", "v-add-user-wp-cli USER [UPDATE]").slowly()
	usersChangeConfigValue       = sets("Users.ChangeConfigValue", "v-change-user-config-value USER KEY VALUE?")
	usersChangeContact           = sets("Users.ChangeContact", "v-change-user-contact USER EMAIL")
	usersChangeLanguage          = sets("Users.ChangeLanguage", "v-change-user-language USER LANGUAGE")
	usersChangeName              = sets("Users.ChangeName", "v-change-user-name USER NAME [LAST_NAME]")
	usersChangeNS                = sets("Users.ChangeNS", "v-change-user-ns USER NS1 NS2 [NS3] [NS4] [NS5] [NS6] [NS7] [NS8]")
	usersChangePassword          = sets("Users.ChangePassword", "v-change-user-password USER PASSWORD!")
	usersChangePHPCLI            = sets("Users.ChangePHPCLI", "v-change-user-php-cli USER VERSION")
	usersChangeRKey              = sets("Users.ChangeRKey", "v-change-user-rkey USER [HASH!]")
	usersChangeRole              = sets("Users.ChangeRole", "v-change-user-role USER ROLE")
	usersChangeShell             = sets("Users.ChangeShell", "v-change-user-shell USER SHELL")
	usersChangeSortOrder         = sets("Users.ChangeSortOrder", "v-change-user-sort-order USER SORT_ORDER")
	usersChangeTemplate          = sets("Users.ChangeTemplate", "v-change-user-template USER TYPE TEMPLATE")
	usersChangeTheme             = sets("Users.ChangeTheme", "v-change-user-theme USER THEME")
	usersCheckTwoFactor          = checks("Users.CheckTwoFactor", "v-check-user-2fa USER TOKEN!")
	usersCheckHash               = checks("Users.CheckHash", "v-check-user-hash USER HASH! [IP=127.0.0.1]")
	usersCheckPassword           = checks("Users.CheckPassword", "v-check-user-password USER PASSWORD! [IP=127.0.0.1] [RETURN_HASH]")
	usersDelete                  = removes("Users.Delete", "v-delete-user USER [RESTART]").slowly()
	usersDeleteTwoFactor         = removes("Users.DeleteTwoFactor", "v-delete-user-2fa USER")
	usersDeleteNotification      = removes("Users.DeleteNotification", "v-delete-user-notification USER NOTIFICATION")
	usersDeleteSFTPJail          = removes("Users.DeleteSFTPJail", "v-delete-user-sftp-jail USER")
	usersDeleteSSHKey            = removes("Users.DeleteSSHKey", "v-delete-user-ssh-key USER KEY")
	usersGeneratePasswordHash    = reads("Users.GeneratePasswordHash", "v-generate-password-hash HASH_METHOD SALT! PASSWORD!").secretly()
	usersGetSalt                 = reads("Users.GetSalt", "v-get-user-salt USER [IP=127.0.0.1] json").secretly()
	usersGetValue                = reads("Users.GetValue", "v-get-user-value USER KEY").secretly().orNothing()
	usersGet                     = reads("Users.Get", "v-list-user USER json").secretly()
	usersListNotifications       = reads("Users.ListNotifications", "v-list-user-notifications USER json").orNothing()
	usersListNS                  = reads("Users.ListNS", "v-list-user-ns USER json").orNothing()
	usersListSSHKeys             = reads("Users.ListSSHKeys", "v-list-user-ssh-key USER json").orNothing()
	usersList                    = reads("Users.List", "v-list-users json").secretly()
	usersRebuildAll              = sets("Users.RebuildAll", "v-rebuild-all USER [RESTART]").slowly()
	usersRebuild                 = sets("Users.Rebuild", "v-rebuild-user USER [RESTART]").slowly()
	usersRebuildUsers            = sets("Users.RebuildUsers", "v-rebuild-users [RESTART]").slowly()
	usersRunCLI                  = adds("Users.RunCLI", "v-run-cli-cmd USER CMD [ARG...]").slowly().printing()
	usersSuspend                 = suspends("Users.Suspend", "v-suspend-user USER [RESTART]").slowly()
	usersUnsuspend               = adds("Users.Unsuspend", "v-unsuspend-user USER [RESTART]").slowly()
	usersUpdateCgroup            = sets("Users.UpdateCgroup", "v-update-user-cgroup USER")
	usersUpdateCounters          = sets("Users.UpdateCounters", "v-update-user-counters [USER]").slowly()
	usersUpdateDisk              = sets("Users.UpdateDisk", "v-update-user-disk USER").slowly()
	usersUpdateQuota             = sets("Users.UpdateQuota", "v-update-user-quota USER")
)

// AcknowledgeNotification marks one panel notification of a user as read:
// v-acknowledge-user-notification.
func (s *UsersService) AcknowledgeNotification(ctx context.Context, user, id string) error {
	return s.c.change(ctx, usersAcknowledgeNotification, user, id)
}

// UserAddOptions are the optional arguments of UsersService.Add.
type UserAddOptions struct {
	// Package defaults to "default".
	Package string
	// Name and LastName are those of the person; the panel joins them.
	Name     string
	LastName string
}

// Add creates a panel and system account: v-add-user. A lost answer is provider.ErrOutcomeUnknown:
// look the name up before repeating. ExitExists if the name is taken, ExitNotExist if the package
// is missing. ExitInvalid also means that the name is reserved, or that the server's rules refuse
// the password.
func (s *UsersService) Add(ctx context.Context, user string, password provider.Secret, email string, opts *UserAddOptions) error {
	if opts == nil {
		opts = &UserAddOptions{}
	}
	return s.c.change(ctx, usersAdd, user, password, email, opts.Package, opts.Name, opts.LastName)
}

// AddTwoFactor generates a two-factor secret for a user: v-add-user-2fa. Only the panel shows it.
func (s *UsersService) AddTwoFactor(ctx context.Context, user string) error {
	return s.c.change(ctx, usersAddTwoFactor, user)
}

// UserAddComposerOptions are the optional arguments of UsersService.AddComposer.
type UserAddComposerOptions struct {
	// Version is the major version; it defaults to "2".
	Version string
	// Update updates an existing Composer.
	Update bool
}

// AddComposer installs Composer for a user: v-add-user-composer.
func (s *UsersService) AddComposer(ctx context.Context, user string, opts *UserAddComposerOptions) error {
	if opts == nil {
		opts = &UserAddComposerOptions{}
	}
	return s.c.change(ctx, usersAddComposer, user, opts.Version, opts.Update)
}

// UserAddNotificationOptions are the optional arguments of UsersService.AddNotification.
type UserAddNotificationOptions struct {
	Notice   string
	Type     string
	Priority int64
}

// AddNotification adds a notification to a user's panel: v-add-user-notification.
func (s *UsersService) AddNotification(ctx context.Context, user, topic string, opts *UserAddNotificationOptions) error {
	if opts == nil {
		opts = &UserAddNotificationOptions{}
	}
	return s.c.change(ctx, usersAddNotification, user, topic, opts.Notice, opts.Type, opts.Priority)
}

// AddSFTPJail puts a user into the SFTP jail: v-add-user-sftp-jail. Where the jail is off (System.AddSFTPJail), and for a
// user whose shell is not nologin or rssh, the panel does nothing and reports success.
func (s *UsersService) AddSFTPJail(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersAddSFTPJail, user, opts.restart())
}

// UserAddSFTPKeyOptions are the optional arguments of UsersService.AddSFTPKey.
type UserAddSFTPKeyOptions struct {
	// TTL is in minutes; 0 is forever.
	TTL int64
}

// AddSFTPKey creates the file manager's SSH key for a user: v-add-user-sftp-key.
func (s *UsersService) AddSFTPKey(ctx context.Context, user string, opts *UserAddSFTPKeyOptions) error {
	if opts == nil {
		opts = &UserAddSFTPKeyOptions{}
	}
	return s.c.change(ctx, usersAddSFTPKey, user, opts.TTL)
}

// AddSSHKey appends a public SSH key for a user: v-add-user-ssh-key. A key that exists already is
// no error.
func (s *UsersService) AddSSHKey(ctx context.Context, user, key string) error {
	return s.c.change(ctx, usersAddSSHKey, user, key)
}

// UserAddWPCLIOptions are the optional arguments of UsersService.AddWPCLI.
type UserAddWPCLIOptions struct {
	// Update updates an existing WP-CLI.
	Update bool
}

// AddWPCLI installs WP-CLI for a user: v-add-user-wp-cli.
func (s *UsersService) AddWPCLI(ctx context.Context, user string, opts *UserAddWPCLIOptions) error {
	if opts == nil {
		opts = &UserAddWPCLIOptions{}
	}
	return s.c.change(ctx, usersAddWPCLI, user, opts.Update)
}

// ChangeConfigValue writes one key of a user's configuration: v-change-user-config-value. The panel
// ignores keys that cannot be changed, and reports success.
func (s *UsersService) ChangeConfigValue(ctx context.Context, user, key, value string) error {
	return s.c.change(ctx, usersChangeConfigValue, user, key, value)
}

// ChangeContact sets a user's e-mail address: v-change-user-contact.
func (s *UsersService) ChangeContact(ctx context.Context, user, email string) error {
	return s.c.change(ctx, usersChangeContact, user, email)
}

// ChangeLanguage sets the language of a user's panel: v-change-user-language.
func (s *UsersService) ChangeLanguage(ctx context.Context, user, language string) error {
	return s.c.change(ctx, usersChangeLanguage, user, language)
}

// UserChangeNameOptions are the optional arguments of UsersService.ChangeName.
type UserChangeNameOptions struct {
	LastName string
}

// ChangeName sets a user's display name: v-change-user-name. The panel is stricter here than in
// Add: the name must start and end with an ASCII letter or digit.
func (s *UsersService) ChangeName(ctx context.Context, user, name string, opts *UserChangeNameOptions) error {
	if opts == nil {
		opts = &UserChangeNameOptions{}
	}
	return s.c.change(ctx, usersChangeName, user, name, opts.LastName)
}

// ChangePassword sets a user's password: v-change-user-password. ExitSuspended if the user is
// suspended.
func (s *UsersService) ChangePassword(ctx context.Context, user string, password provider.Secret) error {
	return s.c.change(ctx, usersChangePassword, user, password)
}

// ChangePHPCLI chooses the PHP version of a user's shell: v-change-user-php-cli.
func (s *UsersService) ChangePHPCLI(ctx context.Context, user, version string) error {
	return s.c.change(ctx, usersChangePHPCLI, user, version)
}

// UserChangeRKeyOptions are the optional arguments of UsersService.ChangeRKey.
type UserChangeRKeyOptions struct {
	// Hash is the bcrypt hash of the code in the link; the panel generates a code if it is not
	// given.
	Hash provider.Secret
}

// ChangeRKey stores the bcrypt hash of a new password-reset code, or a random code:
// v-change-user-rkey. For 15 minutes, whoever opens the link with the code can choose a new
// password, in a browser that has opened the login page before in the same session; a click on another website does not
// count as that, since the panel's cookie is SameSite=Strict.
func (s *UsersService) ChangeRKey(ctx context.Context, user string, opts *UserChangeRKeyOptions) error {
	if opts == nil {
		opts = &UserChangeRKeyOptions{}
	}
	return s.c.change(ctx, usersChangeRKey, user, opts.Hash)
}

// ChangeRole sets a user's role: "admin", "user" or "dns-cluster": v-change-user-role.
func (s *UsersService) ChangeRole(ctx context.Context, user, role string) error {
	return s.c.change(ctx, usersChangeRole, user, role)
}

// ChangeShell sets a user's login shell, by its name in System.ListShells: v-change-user-shell.
func (s *UsersService) ChangeShell(ctx context.Context, user, shell string) error {
	return s.c.change(ctx, usersChangeShell, user, shell)
}

// ChangeSortOrder sets how lists are sorted in a user's panel: "name" or "date":
// v-change-user-sort-order.
func (s *UsersService) ChangeSortOrder(ctx context.Context, user, order string) error {
	return s.c.change(ctx, usersChangeSortOrder, user, order)
}

// ChangeTemplate sets a user's default template of a kind: "WEB", "BACKEND", "PROXY" or "DNS":
// v-change-user-template.
func (s *UsersService) ChangeTemplate(ctx context.Context, user, kind, template string) error {
	return s.c.change(ctx, usersChangeTemplate, user, kind, template)
}

// ChangeTheme sets the theme of a user's panel: v-change-user-theme.
func (s *UsersService) ChangeTheme(ctx context.Context, user, theme string) error {
	return s.c.change(ctx, usersChangeTheme, user, theme)
}

// CheckTwoFactor verifies a two-factor code: v-check-user-2fa. ExitPassword if it is wrong; the
// error then matches provider.ErrUnauthorized, as that for wrong credentials of the client does.
func (s *UsersService) CheckTwoFactor(ctx context.Context, user string, token provider.Secret) error {
	return s.c.change(ctx, usersCheckTwoFactor, user, token)
}

// UserCheckHashOptions are the optional arguments of UsersService.CheckHash.
type UserCheckHashOptions struct {
	IP netip.Addr
}

// CheckHash compares a hash with that of a user's password: v-check-user-hash. ExitPassword if they
// differ.
func (s *UsersService) CheckHash(ctx context.Context, user string, hash provider.Secret, opts *UserCheckHashOptions) error {
	if opts == nil {
		opts = &UserCheckHashOptions{}
	}
	return s.c.change(ctx, usersCheckHash, user, hash, opts.IP)
}

// Delete removes an account with everything it owns: v-delete-user. It can take minutes. For the
// root user the panel does nothing and reports success. After ExitRestart the user still exists,
// and a second Delete succeeds.
func (s *UsersService) Delete(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersDelete, user, opts.restart())
}

// DeleteTwoFactor removes a user's two-factor secret: v-delete-user-2fa.
func (s *UsersService) DeleteTwoFactor(ctx context.Context, user string) error {
	return s.c.change(ctx, usersDeleteTwoFactor, user)
}

// DeleteNotification removes one panel notification of a user: v-delete-user-notification.
func (s *UsersService) DeleteNotification(ctx context.Context, user, id string) error {
	return s.c.change(ctx, usersDeleteNotification, user, id)
}

// DeleteSFTPJail takes a user out of the SFTP jail: v-delete-user-sftp-jail.
func (s *UsersService) DeleteSFTPJail(ctx context.Context, user string) error {
	return s.c.change(ctx, usersDeleteSFTPJail, user)
}

// DeleteSSHKey removes a public SSH key of a user, by its ID: v-delete-user-ssh-key.
func (s *UsersService) DeleteSSHKey(ctx context.Context, user, key string) error {
	return s.c.change(ctx, usersDeleteSSHKey, user, key)
}

// GeneratePasswordHash computes a password hash: v-generate-password-hash. Methods: "md5",
// "sha-512", "htpasswd", "des".
func (s *UsersService) GeneratePasswordHash(ctx context.Context, method string, salt, password provider.Secret) (provider.Secret, error) {
	return s.c.secret(ctx, usersGeneratePasswordHash, method, salt, password)
}

// UserGetSaltOptions are the optional arguments of UsersService.GetSalt.
type UserGetSaltOptions struct {
	IP netip.Addr
}

// GetSalt returns the hash method and salt of a user's password: v-get-user-salt.
func (s *UsersService) GetSalt(ctx context.Context, user string, opts *UserGetSaltOptions) (*UserSalt, error) {
	if opts == nil {
		opts = &UserGetSaltOptions{}
	}
	return get[UserSalt](ctx, s.c, usersGetSalt, user, opts.IP)
}

// GetValue returns one field of a user by the panel's name for it, such as "PACKAGE":
// v-get-user-value. It is "" for names that the panel does not know.
func (s *UsersService) GetValue(ctx context.Context, user, key string) (string, error) {
	return s.c.text(ctx, usersGetValue, user, key)
}

// Get returns one user: v-list-user.
func (s *UsersService) Get(ctx context.Context, user string) (*User, error) {
	return get[User](ctx, s.c, usersGet, user)
}

// ListNotifications returns a user's panel notifications: v-list-user-notifications.
func (s *UsersService) ListNotifications(ctx context.Context, user string) iter.Seq2[*UserNotification, error] {
	return list[UserNotification](ctx, s.c, usersListNotifications, user)
}

// ListNS returns a user's default name servers: v-list-user-ns.
func (s *UsersService) ListNS(ctx context.Context, user string) ([]string, error) {
	return s.c.names(ctx, usersListNS, user)
}

// ListSSHKeys returns a user's public SSH keys: v-list-user-ssh-key. It refuses suspended users
// (ExitSuspended).
func (s *UsersService) ListSSHKeys(ctx context.Context, user string) iter.Seq2[*SSHKey, error] {
	return list[SSHKey](ctx, s.c, usersListSSHKeys, user)
}

// List returns all users with usage, limits and states, in one call: v-list-users. Fields that only
// Get sets are zero.
func (s *UsersService) List(ctx context.Context) iter.Seq2[*User, error] {
	return list[User](ctx, s.c, usersList)
}

// usersLogins is usersList in a format that takes a fifth of the time and space.
var usersLogins = variant("Users.List", "v-list-users plain", read).printing().secretly()

// loginColumns is how many fields a row of that format has at least; the panel prints 57.
const loginColumns = 20

// logins passes the name of each user to each, administrators included, until that returns false, and reads nothing
// else. It is an error if what the panel printed has no row of a list of users: that would prove anything absent.
func (c *Client) logins(ctx context.Context, each func(login string) bool) error {
	if c.auth.legacy { // its plain list may break off without a sign of that
		return c.loginsOfArray(ctx, each)
	}
	return c.loadList(ctx, usersLogins, func(printed []byte) error {
		rows := 0
		for line := range bytes.Lines(printed) {
			login, _, _ := bytes.Cut(line, []byte("\t"))
			if loginForm.Match(login) && bytes.Count(line, []byte("\t")) >= loginColumns {
				rows++
			}
			if !each(string(login)) {
				return nil
			}
		}
		if rows == 0 {
			return errors.New("not a list of users")
		}
		return nil
	})
}

// loginsOfArray reads the names from an array of them, which shows whether it is whole: the panel counts the users before
// it prints them, so that there is a comma too many, or too few, where some are missing, or where one came or went
// meanwhile. Then it reads the names from the whole list, which takes 170 times the space.
func (c *Client) loginsOfArray(ctx context.Context, each func(login string) bool) error {
	var logins []string
	sound := false
	err := c.loadList(ctx, systemListUsers, func(printed []byte) error {
		return wire.Options{}.Walk(rest.Content(printed), func(name, value []byte) error {
			login, _, text := wire.Scalar(value)
			if name != nil || !text {
				return errors.New("not a list of names")
			}
			logins, sound = append(logins, login), sound || loginForm.MatchString(login)
			return nil
		})
	})
	switch {
	case errors.Is(err, provider.ErrProtocol), err == nil && !sound:
		return c.loginsOfList(ctx, each)
	case err != nil:
		return err
	}
	for _, login := range logins {
		if !each(login) {
			break
		}
	}
	return nil
}

func (c *Client) loginsOfList(ctx context.Context, each func(login string) bool) error {
	sound := false
	for user, err := range c.Users.List(ctx) {
		switch {
		case user == nil:
			return err
		case user.Login == "": // it may be any user
			return err
		case !each(user.Login):
			return nil
		}
		sound = sound || err == nil
	}
	if !sound {
		return &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of users shows none"}
	}
	return nil
}

// RebuildAll regenerates everything of a user: v-rebuild-all.
func (s *UsersService) RebuildAll(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersRebuildAll, user, opts.restart())
}

// Rebuild regenerates a user's system account and settings: v-rebuild-user.
func (s *UsersService) Rebuild(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersRebuild, user, opts.restart())
}

// RebuildUsers regenerates every user: v-rebuild-users.
func (s *UsersService) RebuildUsers(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, usersRebuildUsers, opts.restart())
}

// RunCLI runs one of a fixed set of shell tools as a user (ls, tar, grep, php, wp, composer, ...)
// and returns what it prints: v-run-cli-cmd. The panel splits arguments at spaces. ExitNotExist
// also means that the tool failed.
func (s *UsersService) RunCLI(ctx context.Context, user, tool string, args ...string) (string, error) {
	return s.c.text(ctx, usersRunCLI, user, tool, args)
}

// Suspend suspends an account with everything it owns: v-suspend-user. ExitSuspended if it is
// suspended already. For the root user the panel does nothing and reports success.
func (s *UsersService) Suspend(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersSuspend, user, opts.restart())
}

// Unsuspend lifts the suspension of an account and of all its objects, including those that had
// been suspended individually: v-unsuspend-user. The panel does not check whether the account is
// suspended, and counts each call.
func (s *UsersService) Unsuspend(ctx context.Context, user string, opts *RestartOptions) error {
	return s.c.change(ctx, usersUnsuspend, user, opts.restart())
}

// UpdateCgroup applies a user's resource limits: v-update-user-cgroup.
func (s *UsersService) UpdateCgroup(ctx context.Context, user string) error {
	return s.c.change(ctx, usersUpdateCgroup, user)
}

// UserUpdateCountersOptions are the optional arguments of UsersService.UpdateCounters.
type UserUpdateCountersOptions struct {
	// User is the user to recount; "" is all users.
	User string
}

// UpdateCounters recounts the usage counters of a user, or of all: v-update-user-counters.
func (s *UsersService) UpdateCounters(ctx context.Context, opts *UserUpdateCountersOptions) error {
	if opts == nil {
		opts = &UserUpdateCountersOptions{}
	}
	return s.c.change(ctx, usersUpdateCounters, opts.User)
}

// UpdateDisk recomputes the size of a user's home: v-update-user-disk.
func (s *UsersService) UpdateDisk(ctx context.Context, user string) error {
	return s.c.change(ctx, usersUpdateDisk, user)
}

// UpdateQuota applies a user's disk quota: v-update-user-quota.
func (s *UsersService) UpdateQuota(ctx context.Context, user string) error {
	return s.c.change(ctx, usersUpdateQuota, user)
}

// ChangeNS sets a user's default name servers, two to eight: v-change-user-ns.
func (s *UsersService) ChangeNS(ctx context.Context, user string, servers []string) error {
	if len(servers) > 8 {
		return usersChangeNS.endpoint.Refuse(quoted(user), provider.Problems{"servers": "more than eight"})
	}
	values := []any{user}
	for _, server := range servers {
		values = append(values, server)
	}
	return s.c.change(ctx, usersChangeNS, values...)
}

// UserCheckPasswordOptions are the optional arguments of UsersService.CheckPassword.
type UserCheckPasswordOptions struct {
	// IP is the address for the log of logins; it defaults to 127.0.0.1.
	IP netip.Addr
}

// CheckPassword verifies a user's password: v-check-user-password. ExitPassword if it is wrong; the
// error then matches provider.ErrUnauthorized, as that for wrong credentials of the client does.
// The password of a suspended user is always wrong.
func (s *UsersService) CheckPassword(ctx context.Context, user string, password provider.Secret, opts *UserCheckPasswordOptions) error {
	if opts == nil {
		opts = &UserCheckPasswordOptions{}
	}
	return s.c.change(ctx, usersCheckPassword, user, password, opts.IP)
}

// HashOfPassword verifies a user's password as CheckPassword does, and returns its hash:
// v-check-user-password with RETURN_HASH.
func (s *UsersService) HashOfPassword(ctx context.Context, user string, password provider.Secret, opts *UserCheckPasswordOptions) (provider.Secret, error) {
	if opts == nil {
		opts = &UserCheckPasswordOptions{}
	}
	return s.c.secret(ctx, usersHashOfPassword, user, password, opts.IP)
}

// usersHashOfPassword is usersCheckPassword with RETURN_HASH.
var usersHashOfPassword = variant("Users.HashOfPassword", "v-check-user-password USER PASSWORD! [IP=127.0.0.1] yes", read).printing().secretly()
