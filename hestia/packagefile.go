package hestia

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// PackageFile returns the content of the file that Packages.Add reads:
//
//	gold := &hestia.Package{RateLimit: hestia.LimitOf(100), Limits: hestia.UserLimits{Backups: hestia.LimitOf(3)}}
//	file, err := hestia.PackageFile(gold)
//	path, err := client.Files.MakeTemp(ctx, "gold.pkg", provider.NewSecret(file))
//	err = client.Packages.Add(ctx, path, "gold", nil)
//
// RateLimit and Limits.Backups must be numbers. An empty shell becomes "nologin", empty limits of
// resources become "unlimited". The panel runs the file as a shell script, so values with quotation
// marks are refused.
func PackageFile(p *Package) (string, error) {
	if p == nil {
		return "", provider.Problems{"package": "nil"}.Err(Kind, "PackageFile", "write package file")
	}
	created := p.Created
	if created.IsZero() {
		created = time.Unix(0, 0).UTC()
	}
	l := &p.Limits
	lines := [...][2]string{
		{"WEB_TEMPLATE", cmp.Or(p.Templates.Web, "default")},
		{"BACKEND_TEMPLATE", p.Templates.Backend},
		{"PROXY_TEMPLATE", p.Templates.Proxy},
		{"DNS_TEMPLATE", cmp.Or(p.Templates.DNS, "default")},
		{"WEB_DOMAINS", l.WebDomains.String()},
		{"WEB_ALIASES", l.WebAliases.String()},
		{"DNS_DOMAINS", l.DNSDomains.String()},
		{"DNS_RECORDS", l.DNSRecords.String()},
		{"MAIL_DOMAINS", l.MailDomains.String()},
		{"MAIL_ACCOUNTS", l.MailAccounts.String()},
		{"RATE_LIMIT", p.RateLimit.String()},
		{"DATABASES", l.Databases.String()},
		{"CRON_JOBS", l.CronJobs.String()},
		{"DISK_QUOTA", l.DiskQuota.String()},
		{"CPU_QUOTA", cmp.Or(l.CPUQuota, "unlimited")},
		{"CPU_QUOTA_PERIOD", cmp.Or(l.CPUQuotaPeriod, "unlimited")},
		{"MEMORY_LIMIT", cmp.Or(l.MemoryLimit, "unlimited")},
		{"SWAP_LIMIT", cmp.Or(l.SwapLimit, "unlimited")},
		{"BANDWIDTH", l.Bandwidth.String()},
		{"NS", strings.Join(p.NameServers, ",")},
		{"SHELL", cmp.Or(p.Shell, "nologin")},
		{"BACKUPS", l.Backups.String()},
		{"BACKUPS_INCREMENTAL", yesNo(l.BackupsIncremental)},
		{"TIME", created.Format(time.TimeOnly)},
		{"DATE", created.Format(time.DateOnly)},
	}
	var problems provider.Problems
	if p.RateLimit.Unlimited {
		problems.Add("RateLimit", "must be a number")
	}
	if l.Backups.Unlimited {
		problems.Add("Limits.Backups", "must be a number")
	}
	for _, limit := range [...]Limit{
		l.WebDomains, l.WebAliases, l.DNSDomains, l.DNSRecords, l.MailDomains, l.MailAccounts, p.RateLimit, l.Databases, l.CronJobs,
		l.DiskQuota, l.Bandwidth, l.Backups,
	} {
		if problem := limit.problem(); problem != "" {
			problems.Add("Limits", "one is %s", problem)
		}
	}
	var b strings.Builder
	for _, line := range lines {
		if strings.ContainsAny(line[1], "'\"`$\\\r\n\x00") {
			problems.Add(line[0], "contains a character that means something to a shell")
		}
		fmt.Fprintf(&b, "%s='%s'\n", line[0], line[1])
	}
	if err := problems.Err(Kind, "PackageFile", "write package file"); err != nil {
		return "", err
	}
	return b.String(), nil
}
