package provider

import "time"

// Unit is what a Usage counts.
type Unit string

// The units in use.
const (
	UnitBytes Unit = "bytes"
	UnitCount Unit = "count"
)

// Names of the metrics that several systems share. A system's own metrics come
// under the vendor's name for them.
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
	// Metric is one of the Metric names or the vendor's own.
	Metric string
	Unit   Unit
	// Used so far, in Unit.
	Used int64
	// Limit in Unit; meaningless when Unlimited or LimitUnknown.
	Limit int64
	// Unlimited: the plan sets no limit.
	Unlimited bool
	// LimitUnknown: there may be a limit, but the API does not tell it here.
	LimitUnknown bool
}

// Over reports whether a known limit is exceeded.
func (u Usage) Over() bool { return !u.Unlimited && !u.LimitUnknown && u.Used > u.Limit }

// UsageReport holds the figures of one account at one moment.
type UsageReport struct {
	AccountID string
	Username  string
	// AsOf is when the figures were read. How far the system itself lags
	// behind is the system's affair.
	AsOf   time.Time
	Values []Usage
}

// Value returns the figure of a metric.
func (r *UsageReport) Value(metric string) (Usage, bool) {
	for _, u := range r.Values {
		if u.Metric == metric {
			return u, true
		}
	}
	return Usage{}, false
}
