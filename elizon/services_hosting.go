package elizon

import (
	"context"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// HostingService manages web spaces: the panel of Plesk, and the storage of Ploi. The vendor's SDK uses
// these endpoints; its reference does not list them.
type HostingService struct{ c *Client }

// HostingCredentials is the login to the panel of a web space.
type HostingCredentials struct {
	// PanelURL is where the panel is; "" if there is none yet.
	PanelURL string `wire:"panelUrl"`
	Login    string `wire:"login"`
	Email    string `wire:"email"`
	// HasPassword is whether there is one. Password is shown where it was asked for.
	HasPassword bool            `wire:"hasPassword,loose"`
	Password    provider.Secret `wire:"password"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// HostedDomains are the domains of a web space.
type HostedDomains struct {
	// Domains has undocumented fields.
	Domains provider.Payload `wire:"domains,required"`
	// LastSync and LastRefresh are zero if the answer has none.
	LastSync    time.Time `wire:"lastDomainSyncAt"`
	LastRefresh time.Time `wire:"lastManualRefreshAt"`
	MaxDomains  int64     `wire:"maxDomains,loose"`
	// StoragePerDomainGB and MaxMailboxesPerDomain are limits; DNSManagement is a number whose meaning is
	// undocumented.
	StoragePerDomainGB    float64 `wire:"storagePerDomainGb,loose"`
	MaxMailboxesPerDomain int64   `wire:"maxMailboxesPerDomain,loose"`
	DNSManagement         int64   `wire:"dnsManagement,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// StorageHistory is how much storage a web space has used over time.
type StorageHistory struct {
	ServiceID string         `wire:"serviceId,identity"`
	Points    []StoragePoint `wire:"points,required"`
}

// StoragePoint is how much storage was used at a time.
type StoragePoint struct {
	At    time.Time `wire:"at"`
	Bytes int64     `wire:"bytes"`
	GB    float64   `wire:"gb"`
}

// Credentials reads the login to the panel of a web space (Plesk): GET
// /api/services/{id}/plesk/credentials. Its password is only shown if reveal is set, which needs the
// permission "settings".
func (s *HostingService) Credentials(ctx context.Context, serviceID string, reveal bool) (*HostingCredentials, error) {
	r := s.c.ask(hostingCredentials, serviceID)
	if reveal {
		r.arg("reveal", "1")
	}
	return fetchHaving[HostingCredentials](ctx, r, "panelUrl", "login", "hasPassword")
}

// RotatePassword replaces the password of the panel and returns the new one: POST
// /api/services/{id}/plesk/credentials.
func (s *HostingService) RotatePassword(ctx context.Context, serviceID string) (*HostingCredentials, error) {
	answer, err := fetchHaving[HostingCredentials](ctx, s.c.ask(hostingRotate, serviceID).body(nil), "password")
	if err == nil {
		answer.HasPassword = true
	}
	return answer, err
}

// Domains reads the domains of a web space (Plesk): GET /api/services/{id}/plesk/domains.
func (s *HostingService) Domains(ctx context.Context, serviceID string) (*HostedDomains, error) {
	return fetch[HostedDomains](ctx, s.c.ask(hostingDomains, serviceID))
}

// RefreshDomains has the platform read the domains of a web space anew: POST
// /api/services/{id}/plesk/domains. The answer has the domains and no limits.
func (s *HostingService) RefreshDomains(ctx context.Context, serviceID string) (*HostedDomains, error) {
	return fetch[HostedDomains](ctx, s.c.ask(hostingRefresh, serviceID).body(nil))
}

// StorageHistory reads how much storage a web space (Ploi) has used over the last hours: GET
// /api/services/{id}/ploi/storage-history. 0 leaves the hours to the platform.
func (s *HostingService) StorageHistory(ctx context.Context, serviceID string, hours int64) (*StorageHistory, error) {
	r := s.c.ask(hostingStorage, serviceID)
	r.problems.NotNegative("hours", hours)
	if hours > 0 {
		r.arg("hours", strconv.FormatInt(hours, 10))
	}
	r.call.About = rest.Identity{ID: serviceID}
	return fetch[StorageHistory](ctx, r)
}
