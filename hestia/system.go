package hestia

import (
	"context"
	"iter"
	"slices"
	"time"
)

// SystemService manages the server and its configuration.
type SystemService struct{ c *Client }

var (
	systemAddCgroups            = adds("System.AddCgroups", "v-add-sys-cgroups").slowly()
	systemAddDependencies       = adds("System.AddDependencies", "v-add-sys-dependencies [MODE]").slowly()
	systemAddFileManager        = adds("System.AddFileManager", "v-add-sys-filemanager [MODE]").slowly()
	systemAddQuota              = adds("System.AddQuota", "v-add-sys-quota").slowly()
	systemAddSFTPJail           = adds("System.AddSFTPJail", "v-add-sys-sftp-jail [RESTART]")
	systemAddSSHJail            = adds("System.AddSSHJail", "v-add-sys-ssh-jail").slowly()
	systemAddWebTerminal        = adds("System.AddWebTerminal", "v-add-sys-web-terminal").slowly()
	systemChangeConfigValue     = sets("System.ChangeConfigValue", "v-change-sys-config-value KEY VALUE?")
	systemChangeDemoMode        = sets("System.ChangeDemoMode", "v-change-sys-demo-mode ACTIVE")
	systemChangeHostname        = sets("System.ChangeHostname", "v-change-sys-hostname HOSTNAME").slowly()
	systemChangeLanguage        = sets("System.ChangeLanguage", "v-change-sys-language LANGUAGE [UPDATE_USERS]")
	systemChangePHP             = sets("System.ChangePHP", "v-change-sys-php VERSION").slowly()
	systemChangePort            = adds("System.ChangePort", "v-change-sys-port PORT").slowly()
	systemChangeRelease         = sets("System.ChangeRelease", "v-change-sys-release BRANCH")
	systemChangeServiceConfig   = sets("System.ChangeServiceConfig", "v-change-sys-service-config CONFIG SERVICE [RESTART]").slowly()
	systemChangeTimezone        = sets("System.ChangeTimezone", "v-change-sys-timezone TIMEZONE").slowly()
	systemChangeWebTerminalPort = sets("System.ChangeWebTerminalPort", "v-change-sys-web-terminal-port PORT")
	systemDeleteCgroups         = adds("System.DeleteCgroups", "v-delete-sys-cgroups").slowly()
	systemDeleteFileManager     = adds("System.DeleteFileManager", "v-delete-sys-filemanager [MODE] [FORCE]")
	systemDeleteQuota           = adds("System.DeleteQuota", "v-delete-sys-quota").slowly()
	systemDeleteSFTPJail        = adds("System.DeleteSFTPJail", "v-delete-sys-sftp-jail")
	systemDeleteSSHJail         = adds("System.DeleteSSHJail", "v-delete-sys-ssh-jail")
	systemDeleteWebTerminal     = adds("System.DeleteWebTerminal", "v-delete-sys-web-terminal")
	systemGetTimezone           = reads("System.GetTimezone", "v-get-sys-timezone json")
	systemListTimezones         = reads("System.ListTimezones", "v-get-sys-timezones json").escaping()
	systemGetClamdConfig        = reads("System.GetClamdConfig", "v-list-sys-clamd-config json")
	systemGetConfig             = reads("System.GetConfig", "v-list-sys-config json").secretly()
	systemGetCPUStatus          = reads("System.GetCPUStatus", "v-list-sys-cpu-status")
	systemGetDBStatus           = reads("System.GetDBStatus", "v-list-sys-db-status").orNothing()
	systemGetDiskStatus         = reads("System.GetDiskStatus", "v-list-sys-disk-status")
	systemGetDNSStatus          = reads("System.GetDNSStatus", "v-list-sys-dns-status").orNothing()
	systemGetDovecotConfig      = reads("System.GetDovecotConfig", "v-list-sys-dovecot-config json")
	systemGetHestiaAutoupdate   = reads("System.GetHestiaAutoupdate", "v-list-sys-hestia-autoupdate json")
	systemListHestiaUpdates     = reads("System.ListHestiaUpdates", "v-list-sys-hestia-updates json")
	systemGetInfo               = reads("System.GetInfo", "v-list-sys-info json")
	systemListInterfaces        = reads("System.ListInterfaces", "v-list-sys-interfaces json")
	systemListLanguages         = reads("System.ListLanguages", "v-list-sys-languages json")
	systemGetMailStatus         = reads("System.GetMailStatus", "v-list-sys-mail-status").orNothing()
	systemGetMemoryStatus       = reads("System.GetMemoryStatus", "v-list-sys-memory-status")
	systemGetMySQLConfig        = reads("System.GetMySQLConfig", "v-list-sys-mysql-config json")
	systemGetNetworkStatus      = reads("System.GetNetworkStatus", "v-list-sys-network-status")
	systemGetNginxConfig        = reads("System.GetNginxConfig", "v-list-sys-nginx-config json")
	systemGetPostgreSQLConfig   = reads("System.GetPostgreSQLConfig", "v-list-sys-pgsql-config json")
	systemListPHP               = reads("System.ListPHP", "v-list-sys-php json")
	systemGetPHPConfig          = reads("System.GetPHPConfig", "v-list-sys-php-config json")
	systemGetProFTPDConfig      = reads("System.GetProFTPDConfig", "v-list-sys-proftpd-config json")
	systemListServices          = reads("System.ListServices", "v-list-sys-services json")
	systemListShells            = reads("System.ListShells", "v-list-sys-shells json")
	systemGetSpamdConfig        = reads("System.GetSpamdConfig", "v-list-sys-spamd-config json")
	systemListSSHDPorts         = reads("System.ListSSHDPorts", "v-list-sys-sshd-port json")
	systemListThemes            = reads("System.ListThemes", "v-list-sys-themes json")
	systemListUsers             = reads("System.ListUsers", "v-list-sys-users json")
	systemGetVsftpdConfig       = reads("System.GetVsftpdConfig", "v-list-sys-vsftpd-config json")
	systemGetWebStatus          = reads("System.GetWebStatus", "v-list-sys-web-status").orNothing()
	systemRefreshTheme          = sets("System.RefreshTheme", "v-refresh-sys-theme")
	systemRepairConfig          = sets("System.RepairConfig", "v-repair-sys-config [SYSTEM]")
	systemUpdateDefaults        = sets("System.UpdateDefaults", "v-update-sys-defaults [SYSTEM]")
	systemUpdateHestia          = adds("System.UpdateHestia", "v-update-sys-hestia PACKAGE").slowly()
	systemUpdateHestiaAll       = adds("System.UpdateHestiaAll", "v-update-sys-hestia-all").slowly()
	systemUpdateQueue           = adds("System.UpdateQueue", "v-update-sys-queue PIPE").besides()
	systemUpdateWhiteLabelLogo  = sets("System.UpdateWhiteLabelLogo", "v-update-white-label-logo [DOWNLOAD=no] [RESET=no]").slowly()
)

// SystemInfo describes the server.
type SystemInfo struct {
	Hostname string `hestia:"HOSTNAME"`
	OS       string `hestia:"OS"`
	Version  string `hestia:"VERSION"`
	Arch     string `hestia:"ARCH"`
	// Hestia is the panel's version.
	Hestia  string `hestia:"HESTIA"`
	Release string `hestia:"RELEASE"`
	// Uptime is in minutes.
	Uptime int64 `hestia:"UPTIME"`
	// LoadAverage over 1, 5 and 15 minutes: "0.50 / 0.77 / 1.23".
	LoadAverage string `hestia:"LOADAVERAGE"`
}

// HestiaUpdate is the state of a software package of the panel.
type HestiaUpdate struct {
	Package string `hestia:",key"`
	Version string `hestia:"VERSION"`
	Arch    string `hestia:"ARCH"`
	// Updated is set if there is no newer version.
	Updated     bool      `hestia:"UPDATED"`
	Description string    `hestia:"DESCR"`
	Time        time.Time `hestia:"DATE+TIME"`
}

// ServiceStatus is the state of a daemon.
type ServiceStatus struct {
	Name string `hestia:",key"`
	// System is its purpose: "web server".
	System string `hestia:"SYSTEM"`
	// State is "running" or "stopped".
	State string `hestia:"STATE"`
	// CPU is in percent, Memory in MB, RunTime in minutes.
	CPU     float64 `hestia:"CPU"`
	Memory  float64 `hestia:"MEM"`
	RunTime int64   `hestia:"RTIME"`
}

// AddCgroups switches on resource limits per user: v-add-sys-cgroups.
func (s *SystemService) AddCgroups(ctx context.Context) error {
	return s.c.change(ctx, systemAddCgroups)
}

// SystemAddDependenciesOptions are the optional arguments of SystemService.AddDependencies.
type SystemAddDependenciesOptions struct {
	Mode string
}

// AddDependencies installs the PHP libraries that the panel needs: v-add-sys-dependencies.
func (s *SystemService) AddDependencies(ctx context.Context, opts *SystemAddDependenciesOptions) error {
	if opts == nil {
		opts = &SystemAddDependenciesOptions{}
	}
	return s.c.change(ctx, systemAddDependencies, opts.Mode)
}

// SystemAddFileManagerOptions are the optional arguments of SystemService.AddFileManager.
type SystemAddFileManagerOptions struct {
	Mode string
}

// AddFileManager installs the file manager: v-add-sys-filemanager.
func (s *SystemService) AddFileManager(ctx context.Context, opts *SystemAddFileManagerOptions) error {
	if opts == nil {
		opts = &SystemAddFileManagerOptions{}
	}
	return s.c.change(ctx, systemAddFileManager, opts.Mode)
}

// AddQuota switches on disk quotas: v-add-sys-quota.
func (s *SystemService) AddQuota(ctx context.Context) error {
	return s.c.change(ctx, systemAddQuota)
}

// AddSFTPJail switches on the SFTP jail: v-add-sys-sftp-jail.
func (s *SystemService) AddSFTPJail(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, systemAddSFTPJail, opts.restart())
}

// AddSSHJail switches on the SSH jail: v-add-sys-ssh-jail.
func (s *SystemService) AddSSHJail(ctx context.Context) error {
	return s.c.change(ctx, systemAddSSHJail)
}

// AddWebTerminal switches on the browser terminal: v-add-sys-web-terminal.
func (s *SystemService) AddWebTerminal(ctx context.Context) error {
	return s.c.change(ctx, systemAddWebTerminal)
}

// ChangeConfigValue writes one key of the server's configuration: v-change-sys-config-value.
func (s *SystemService) ChangeConfigValue(ctx context.Context, key, value string) error {
	return s.c.change(ctx, systemChangeConfigValue, key, value)
}

// ChangeDemoMode switches the read-only demo mode: v-change-sys-demo-mode. Once it is on, the API
// cannot switch it off.
func (s *SystemService) ChangeDemoMode(ctx context.Context, active bool) error {
	return s.c.change(ctx, systemChangeDemoMode, active)
}

// ChangeHostname sets the server's host name: v-change-sys-hostname.
func (s *SystemService) ChangeHostname(ctx context.Context, hostname string) error {
	return s.c.change(ctx, systemChangeHostname, hostname)
}

// SystemChangeLanguageOptions are the optional arguments of SystemService.ChangeLanguage.
type SystemChangeLanguageOptions struct {
	UpdateUsers bool
}

// ChangeLanguage sets the panel's default language: v-change-sys-language.
func (s *SystemService) ChangeLanguage(ctx context.Context, language string, opts *SystemChangeLanguageOptions) error {
	if opts == nil {
		opts = &SystemChangeLanguageOptions{}
	}
	return s.c.change(ctx, systemChangeLanguage, language, opts.UpdateUsers)
}

// ChangePHP sets the default PHP version: v-change-sys-php.
func (s *SystemService) ChangePHP(ctx context.Context, version string) error {
	return s.c.change(ctx, systemChangePHP, version)
}

// ChangePort moves the panel to another TCP port: v-change-sys-port. The client keeps calling the
// old one.
func (s *SystemService) ChangePort(ctx context.Context, port int64) error {
	return s.c.change(ctx, systemChangePort, port)
}

// ChangeRelease switches the release branch: v-change-sys-release.
func (s *SystemService) ChangeRelease(ctx context.Context, branch string) error {
	return s.c.change(ctx, systemChangeRelease, branch)
}

// ChangeServiceConfig replaces a service's configuration file with a file on the server:
// v-change-sys-service-config.
func (s *SystemService) ChangeServiceConfig(ctx context.Context, file, service string, opts *RestartOptions) error {
	return s.c.change(ctx, systemChangeServiceConfig, file, service, opts.restart())
}

// ChangeTimezone sets the server's time zone: v-change-sys-timezone.
func (s *SystemService) ChangeTimezone(ctx context.Context, timezone string) error {
	return s.c.change(ctx, systemChangeTimezone, timezone)
}

// ChangeWebTerminalPort moves the browser terminal's backend to another port:
// v-change-sys-web-terminal-port.
func (s *SystemService) ChangeWebTerminalPort(ctx context.Context, port int64) error {
	return s.c.change(ctx, systemChangeWebTerminalPort, port)
}

// DeleteCgroups switches off resource limits per user: v-delete-sys-cgroups.
func (s *SystemService) DeleteCgroups(ctx context.Context) error {
	return s.c.change(ctx, systemDeleteCgroups)
}

// SystemDeleteFileManagerOptions are the optional arguments of SystemService.DeleteFileManager.
type SystemDeleteFileManagerOptions struct {
	Mode  string
	Force bool
}

// DeleteFileManager uninstalls the file manager: v-delete-sys-filemanager.
func (s *SystemService) DeleteFileManager(ctx context.Context, opts *SystemDeleteFileManagerOptions) error {
	if opts == nil {
		opts = &SystemDeleteFileManagerOptions{}
	}
	return s.c.change(ctx, systemDeleteFileManager, opts.Mode, opts.Force)
}

// DeleteQuota switches off disk quotas: v-delete-sys-quota.
func (s *SystemService) DeleteQuota(ctx context.Context) error {
	return s.c.change(ctx, systemDeleteQuota)
}

// DeleteSFTPJail switches off the SFTP jail: v-delete-sys-sftp-jail.
func (s *SystemService) DeleteSFTPJail(ctx context.Context) error {
	return s.c.change(ctx, systemDeleteSFTPJail)
}

// DeleteSSHJail switches off the SSH jail: v-delete-sys-ssh-jail.
func (s *SystemService) DeleteSSHJail(ctx context.Context) error {
	return s.c.change(ctx, systemDeleteSSHJail)
}

// DeleteWebTerminal switches off the browser terminal: v-delete-sys-web-terminal.
func (s *SystemService) DeleteWebTerminal(ctx context.Context) error {
	return s.c.change(ctx, systemDeleteWebTerminal)
}

// ListTimezones returns all known time zones: v-get-sys-timezones.
func (s *SystemService) ListTimezones(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListTimezones)
}

// GetClamdConfig returns where ClamAV's settings are: v-list-sys-clamd-config.
func (s *SystemService) GetClamdConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetClamdConfig)
}

// GetCPUStatus returns the state of processors and processes as text: v-list-sys-cpu-status.
func (s *SystemService) GetCPUStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetCPUStatus)
}

// GetDBStatus returns the state of the database server as text: v-list-sys-db-status.
func (s *SystemService) GetDBStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetDBStatus)
}

// GetDiskStatus returns the state of the disks as text: v-list-sys-disk-status.
func (s *SystemService) GetDiskStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetDiskStatus)
}

// GetDNSStatus returns the state of the DNS server as text: v-list-sys-dns-status.
func (s *SystemService) GetDNSStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetDNSStatus)
}

// GetDovecotConfig returns where Dovecot's settings are: v-list-sys-dovecot-config.
func (s *SystemService) GetDovecotConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetDovecotConfig)
}

// ListHestiaUpdates returns the panel's packages and their versions: v-list-sys-hestia-updates.
func (s *SystemService) ListHestiaUpdates(ctx context.Context) iter.Seq2[*HestiaUpdate, error] {
	return list[HestiaUpdate](ctx, s.c, systemListHestiaUpdates)
}

// GetInfo returns host name, system, version and load: v-list-sys-info.
func (s *SystemService) GetInfo(ctx context.Context) (*SystemInfo, error) {
	return get[SystemInfo](ctx, s.c, systemGetInfo)
}

// ListInterfaces returns the network interfaces: v-list-sys-interfaces.
func (s *SystemService) ListInterfaces(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListInterfaces)
}

// ListLanguages returns the panel's languages: v-list-sys-languages.
func (s *SystemService) ListLanguages(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListLanguages)
}

// GetMailStatus returns the state of the mail server as text: v-list-sys-mail-status.
func (s *SystemService) GetMailStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetMailStatus)
}

// GetMemoryStatus returns the state of memory as text: v-list-sys-memory-status.
func (s *SystemService) GetMemoryStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetMemoryStatus)
}

// GetMySQLConfig returns MySQL's settings: v-list-sys-mysql-config.
func (s *SystemService) GetMySQLConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetMySQLConfig)
}

// GetNetworkStatus returns the state of the network as text: v-list-sys-network-status.
func (s *SystemService) GetNetworkStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetNetworkStatus)
}

// GetNginxConfig returns nginx's settings: v-list-sys-nginx-config.
func (s *SystemService) GetNginxConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetNginxConfig)
}

// GetPostgreSQLConfig returns where PostgreSQL's settings are: v-list-sys-pgsql-config.
func (s *SystemService) GetPostgreSQLConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetPostgreSQLConfig)
}

// ListPHP returns the installed PHP versions: v-list-sys-php.
func (s *SystemService) ListPHP(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListPHP)
}

// GetPHPConfig returns the settings of php.ini: v-list-sys-php-config.
func (s *SystemService) GetPHPConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetPHPConfig)
}

// GetProFTPDConfig returns where ProFTPD's settings are: v-list-sys-proftpd-config.
func (s *SystemService) GetProFTPDConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetProFTPDConfig)
}

// ListServices returns the services with state and usage: v-list-sys-services.
func (s *SystemService) ListServices(ctx context.Context) iter.Seq2[*ServiceStatus, error] {
	return list[ServiceStatus](ctx, s.c, systemListServices)
}

// ListShells returns the allowed login shells: v-list-sys-shells.
func (s *SystemService) ListShells(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListShells)
}

// GetSpamdConfig returns where SpamAssassin's settings are: v-list-sys-spamd-config.
func (s *SystemService) GetSpamdConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetSpamdConfig)
}

// ListSSHDPorts returns the ports of SSH: v-list-sys-sshd-port.
func (s *SystemService) ListSSHDPorts(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListSSHDPorts)
}

// ListThemes returns the panel's themes: v-list-sys-themes.
func (s *SystemService) ListThemes(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListThemes)
}

// ListUsers returns only the names of all users, which is cheaper than Users.List:
// v-list-sys-users.
func (s *SystemService) ListUsers(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, systemListUsers)
}

// GetVsftpdConfig returns where vsftpd's settings are: v-list-sys-vsftpd-config.
func (s *SystemService) GetVsftpdConfig(ctx context.Context) (map[string]string, error) {
	return s.c.settingsOf(ctx, systemGetVsftpdConfig)
}

// GetWebStatus returns the state of the web server as text: v-list-sys-web-status.
func (s *SystemService) GetWebStatus(ctx context.Context) (string, error) {
	return s.c.text(ctx, systemGetWebStatus)
}

// RefreshTheme applies the panel's theme again: v-refresh-sys-theme.
func (s *SystemService) RefreshTheme(ctx context.Context) error {
	return s.c.change(ctx, systemRefreshTheme)
}

// SystemRepairConfigOptions are the optional arguments of SystemService.RepairConfig.
type SystemRepairConfigOptions struct {
	System string
}

// RepairConfig restores missing keys of the server's configuration: v-repair-sys-config.
func (s *SystemService) RepairConfig(ctx context.Context, opts *SystemRepairConfigOptions) error {
	if opts == nil {
		opts = &SystemRepairConfigOptions{}
	}
	return s.c.change(ctx, systemRepairConfig, opts.System)
}

// SystemUpdateDefaultsOptions are the optional arguments of SystemService.UpdateDefaults.
type SystemUpdateDefaultsOptions struct {
	System string
}

// UpdateDefaults rewrites the lists of known configuration keys: v-update-sys-defaults.
func (s *SystemService) UpdateDefaults(ctx context.Context, opts *SystemUpdateDefaultsOptions) error {
	if opts == nil {
		opts = &SystemUpdateDefaultsOptions{}
	}
	return s.c.change(ctx, systemUpdateDefaults, opts.System)
}

// UpdateHestia upgrades one package of the panel: v-update-sys-hestia.
func (s *SystemService) UpdateHestia(ctx context.Context, name string) error {
	return s.c.change(ctx, systemUpdateHestia, name)
}

// UpdateHestiaAll upgrades all packages of the panel: v-update-sys-hestia-all.
func (s *SystemService) UpdateHestiaAll(ctx context.Context) error {
	return s.c.change(ctx, systemUpdateHestiaAll)
}

// UpdateQueue runs one of the background queues: "restart", "backup", "disk", "traffic",
// "webstats", "daily", "dns-cluster", "letsencrypt": v-update-sys-queue.
func (s *SystemService) UpdateQueue(ctx context.Context, queue string) error {
	return s.c.change(ctx, systemUpdateQueue, queue)
}

// SystemUpdateWhiteLabelLogoOptions are the optional arguments of
// SystemService.UpdateWhiteLabelLogo.
type SystemUpdateWhiteLabelLogoOptions struct {
	Download string
	Reset    bool
}

// UpdateWhiteLabelLogo replaces the panel's logos with your own: v-update-white-label-logo.
func (s *SystemService) UpdateWhiteLabelLogo(ctx context.Context, opts *SystemUpdateWhiteLabelLogoOptions) error {
	if opts == nil {
		opts = &SystemUpdateWhiteLabelLogoOptions{}
	}
	return s.c.change(ctx, systemUpdateWhiteLabelLogo, opts.Download, opts.Reset)
}

// GetTimezone returns the server's time zone, "Europe/Berlin": v-get-sys-timezone.
func (s *SystemService) GetTimezone(ctx context.Context) (string, error) {
	return s.c.word(ctx, systemGetTimezone)
}

// GetHestiaAutoupdate reports whether the panel updates itself: v-list-sys-hestia-autoupdate.
func (s *SystemService) GetHestiaAutoupdate(ctx context.Context) (bool, error) {
	states, err := s.c.names(ctx, systemGetHestiaAutoupdate)
	return slices.Contains(states, "Enabled"), err
}
