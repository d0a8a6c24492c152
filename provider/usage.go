package provider

import "time"

// Unit is what a Usage counts.
type Unit string

// The units in use.
const (
	UnitBytes Unit = "bytes"
	UnitCount Unit = "count"
)

// Names of the metrics that several systems have. Other metrics have the vendor's name.
const (
	MetricDisk          = "disk"
	MetricTraffic       = "traffic"
	MetricDomains       = "domains"
	MetricSubdomains    = "subdomains"
	MetricEmailAccounts = "email_accounts"
	MetricDatabases     = "databases"
	MetricFTPUsers      = "ftp_users"
)

// Usage is one figure of an account.
type Usage struct {
	// Metric is one of the Metric constants or the vendor's name.
	Metric string
	Unit   Unit
	// Used so far, in Unit.
	Used int64
	// Limit in Unit; meaningless when Unlimited or LimitUnknown.
	Limit int64
	// Unlimited: the plan sets no limit.
	Unlimited bool
	// LimitUnknown: there may be a limit, but this API call does not report it.
	LimitUnknown bool
}

// Over reports whether a known limit is exceeded.
func (u Usage) Over() bool { return !u.Unlimited && !u.LimitUnknown && u.Used > u.Limit }

// UsageReport contains the figures of one account at one moment.
type UsageReport struct {
	AccountID string
	Username  string
	// AsOf is when the figures were read. The system's own figures may be older.
	AsOf   time.Time
	Values []Usage
}

// Value returns the figure of one metric.
func (r *UsageReport) Value(metric string) (Usage, bool) {
	for _, u := range r.Values {
		if u.Metric == metric {
			return u, true
		}
	}
	return Usage{}, false
}
