package hestia

import (
	"context"
	"iter"
	"time"
)

// StatsService reads the monthly usage and the monitoring data.
type StatsService struct{ c *Client }

var (
	statsDeleteUser          = sets("Stats.DeleteUser", "v-delete-user-stats USER [MODE]")
	statsExportRRD           = reads("Stats.ExportRRD", "v-export-rrd CHART [TIMESPAN]")
	statsListRRD             = reads("Stats.ListRRD", "v-list-sys-rrd json")
	statsListUser            = reads("Stats.ListUser", "v-list-user-stats USER json")
	statsListUsers           = reads("Stats.ListUsers", "v-list-users-stats json").slowly()
	statsUpdateRRD           = sets("Stats.UpdateRRD", "v-update-sys-rrd").slowly()
	statsUpdateRRDApache2    = sets("Stats.UpdateRRDApache2", "v-update-sys-rrd-apache2 PERIOD")
	statsUpdateRRDFTP        = sets("Stats.UpdateRRDFTP", "v-update-sys-rrd-ftp PERIOD")
	statsUpdateRRDHTTPD      = sets("Stats.UpdateRRDHTTPD", "v-update-sys-rrd-httpd PERIOD")
	statsUpdateRRDLoad       = sets("Stats.UpdateRRDLoad", "v-update-sys-rrd-la PERIOD")
	statsUpdateRRDMail       = sets("Stats.UpdateRRDMail", "v-update-sys-rrd-mail PERIOD")
	statsUpdateRRDMemory     = sets("Stats.UpdateRRDMemory", "v-update-sys-rrd-mem PERIOD")
	statsUpdateRRDMySQL      = sets("Stats.UpdateRRDMySQL", "v-update-sys-rrd-mysql PERIOD")
	statsUpdateRRDNetwork    = sets("Stats.UpdateRRDNetwork", "v-update-sys-rrd-net PERIOD")
	statsUpdateRRDNginx      = sets("Stats.UpdateRRDNginx", "v-update-sys-rrd-nginx PERIOD")
	statsUpdateRRDPostgreSQL = sets("Stats.UpdateRRDPostgreSQL", "v-update-sys-rrd-pgsql PERIOD")
	statsUpdateRRDSSH        = sets("Stats.UpdateRRDSSH", "v-update-sys-rrd-ssh PERIOD")
	statsUpdateUser          = sets("Stats.UpdateUser", "v-update-user-stats [USER]").slowly()
)

// MonthlyStats is the usage of a month.
type MonthlyStats struct {
	// Month is the last day of the month, in the panel's spelling: "2026-01-31".
	Month string `hestia:",key"`
	// Time of day when the line was written.
	Time    string `hestia:"TIME"`
	Package string `hestia:"PACKAGE"`
	// DiskQuota and Bandwidth are limits in MB.
	DiskQuota Limit `hestia:"DISK_QUOTA"`
	Bandwidth Limit `hestia:"BANDWIDTH"`
	Usage     UserUsage
}

// Chart is a chart of the monitoring.
type Chart struct {
	Number string    `hestia:",key"`
	Type   string    `hestia:"TYPE"`
	RRD    string    `hestia:"RRD"`
	Title  string    `hestia:"TITLE"`
	Time   time.Time `hestia:"DATE+TIME"`
}

// StatsDeleteUserOptions are the optional arguments of StatsService.DeleteUser.
type StatsDeleteUserOptions struct {
	Mode string
}

// DeleteUser removes a user's usage data: v-delete-user-stats.
func (s *StatsService) DeleteUser(ctx context.Context, user string, opts *StatsDeleteUserOptions) error {
	if opts == nil {
		opts = &StatsDeleteUserOptions{}
	}
	return s.c.change(ctx, statsDeleteUser, user, opts.Mode)
}

// StatsExportRRDOptions are the optional arguments of StatsService.ExportRRD.
type StatsExportRRDOptions struct {
	Timespan string
}

// ExportRRD returns a monitoring chart's data as the panel prints it: v-export-rrd. Timespans:
// "daily", "weekly", "monthly", "yearly".
func (s *StatsService) ExportRRD(ctx context.Context, chart string, opts *StatsExportRRDOptions) (string, error) {
	if opts == nil {
		opts = &StatsExportRRDOptions{}
	}
	return s.c.text(ctx, statsExportRRD, chart, opts.Timespan)
}

// ListRRD returns the available monitoring charts: v-list-sys-rrd.
func (s *StatsService) ListRRD(ctx context.Context) iter.Seq2[*Chart, error] {
	return list[Chart](ctx, s.c, statsListRRD)
}

// ListUser returns a user's usage by month: v-list-user-stats. If there is none yet, the panel
// writes that of this month first.
func (s *StatsService) ListUser(ctx context.Context, user string) iter.Seq2[*MonthlyStats, error] {
	return list[MonthlyStats](ctx, s.c, statsListUser, user)
}

// ListUsers returns the usage of the whole server by month: v-list-users-stats.
func (s *StatsService) ListUsers(ctx context.Context) iter.Seq2[*MonthlyStats, error] {
	return list[MonthlyStats](ctx, s.c, statsListUsers)
}

// UpdateRRD refreshes all monitoring data: v-update-sys-rrd.
func (s *StatsService) UpdateRRD(ctx context.Context) error {
	return s.c.change(ctx, statsUpdateRRD)
}

// UpdateRRDApache2 refreshes the monitoring data of Apache: v-update-sys-rrd-apache2.
func (s *StatsService) UpdateRRDApache2(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDApache2, period)
}

// UpdateRRDFTP refreshes the monitoring data of FTP: v-update-sys-rrd-ftp.
func (s *StatsService) UpdateRRDFTP(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDFTP, period)
}

// UpdateRRDHTTPD refreshes the monitoring data of httpd: v-update-sys-rrd-httpd.
func (s *StatsService) UpdateRRDHTTPD(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDHTTPD, period)
}

// UpdateRRDLoad refreshes the monitoring data of the load: v-update-sys-rrd-la.
func (s *StatsService) UpdateRRDLoad(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDLoad, period)
}

// UpdateRRDMail refreshes the monitoring data of mail: v-update-sys-rrd-mail.
func (s *StatsService) UpdateRRDMail(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDMail, period)
}

// UpdateRRDMemory refreshes the monitoring data of the memory: v-update-sys-rrd-mem.
func (s *StatsService) UpdateRRDMemory(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDMemory, period)
}

// UpdateRRDMySQL refreshes the monitoring data of MySQL: v-update-sys-rrd-mysql.
func (s *StatsService) UpdateRRDMySQL(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDMySQL, period)
}

// UpdateRRDNetwork refreshes the monitoring data of the network: v-update-sys-rrd-net.
func (s *StatsService) UpdateRRDNetwork(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDNetwork, period)
}

// UpdateRRDNginx refreshes the monitoring data of nginx: v-update-sys-rrd-nginx.
func (s *StatsService) UpdateRRDNginx(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDNginx, period)
}

// UpdateRRDPostgreSQL refreshes the monitoring data of PostgreSQL: v-update-sys-rrd-pgsql.
func (s *StatsService) UpdateRRDPostgreSQL(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDPostgreSQL, period)
}

// UpdateRRDSSH refreshes the monitoring data of SSH: v-update-sys-rrd-ssh.
func (s *StatsService) UpdateRRDSSH(ctx context.Context, period string) error {
	return s.c.change(ctx, statsUpdateRRDSSH, period)
}

// StatsUpdateUserOptions are the optional arguments of StatsService.UpdateUser.
type StatsUpdateUserOptions struct {
	User string
}

// UpdateUser writes this month's usage of a user, or of all: v-update-user-stats.
func (s *StatsService) UpdateUser(ctx context.Context, opts *StatsUpdateUserOptions) error {
	if opts == nil {
		opts = &StatsUpdateUserOptions{}
	}
	return s.c.change(ctx, statsUpdateUser, opts.User)
}
