package licenseserver_test

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

type (
	client  = licenseserver.Client
	payload = provider.Payload
	replay  = func(t *testing.T, c *client)
)

// fails is a replay of a call that returns an error.
func fails(want provider.Error, is error, call func(ctx context.Context, c *client) error) replay {
	return func(t *testing.T, c *client) {
		err := call(t.Context(), c)
		got := *asError(t, err)
		if is != nil {
			require.ErrorIs(t, err, is)
		}
		got.Err = nil
		want.Provider = licenseserver.Kind
		require.Equal(t, want, got)
	}
}

func TestReplay(t *testing.T) {
	all := replays()
	var names []string
	for _, e := range exchanges(t) {
		names = append(names, e.Name)
		t.Run(e.Name, func(t *testing.T) {
			play := all[e.Name]
			require.NotNil(t, play, "nothing replays this exchange")
			c, err := licenseserver.New(serverURL, provider.NewSecret(serverKey), provider.WithHTTPClient(fixture.Client(t, serverURL, e)),
				provider.WithRetry(provider.Retry{Attempts: 1}), licenseserver.WithSearchPath("/api/search"),
				licenseserver.WithAdminCookie("session", provider.NewSecret(adminCookie)))
			require.NoError(t, err)
			play(t, c)
		})
	}
	slices.Sort(names)
	require.Equal(t, slices.Sorted(maps.Keys(all)), names)
}

func replays() map[string]replay {
	all := licenseReplays()
	maps.Copy(all, panelReplays())
	maps.Copy(all, leadReplays())
	return all
}

func licenseReplays() map[string]replay {
	when := at("2025-06-19T10:30:00Z")
	start := &licenseserver.SessionStartRequest{LicenseKey: provider.NewSecret(sampleKey), MachineID: "DESKTOP-ABC123", HardwareHash: "unique-hardware-identifier", Version: "1.0.0"}
	taken := fails(provider.Error{
		Op: "Sessions.Start", Action: "start session", Kind: provider.ErrConflict, StatusCode: 409,
		Code: "SESSION_ACTIVE", Message: "Es ist nur eine Sitzung erlaubt...",
	}, licenseserver.ErrSessionActive, func(ctx context.Context, c *client) error { _, err := c.Sessions.Start(ctx, start); return err })
	takenText := fails(provider.Error{
		Op: "Sessions.Start", Action: "start session", Kind: provider.ErrConflict, StatusCode: 409,
		Message: "Es ist nur eine Sitzung erlaubt...",
	}, licenseserver.ErrSessionActive, func(ctx context.Context, c *client) error { _, err := c.Sessions.Start(ctx, start); return err })
	return map[string]replay{
		"Status.Root": clienttest.Equal(&licenseserver.ServiceStatus{Status: "ok", Service: "V2 License Server", Timestamp: when},
			func(ctx context.Context, c *client) (*licenseserver.ServiceStatus, error) { return c.Status.Root(ctx) }),
		"Status.Health": clienttest.Equal(&licenseserver.ServiceStatus{Status: "healthy", Timestamp: when},
			func(ctx context.Context, c *client) (*licenseserver.ServiceStatus, error) {
				return c.Status.Health(ctx)
			}),
		"Status.Metrics": clienttest.Equal([]licenseserver.Sample{
			{Name: "license_requests_total", Labels: map[string]string{"route": "/verify", "code": "200"}, Value: 1027, Timestamp: at("2025-06-19T10:30:00Z"), Type: "counter"},
			{Name: "license_seconds_bucket", Labels: map[string]string{"le": "+Inf"}, Value: 3, Type: "histogram"},
			{Name: "license_seconds_sum", Value: 0.25, Type: "histogram"},
			{Name: "license_active", Value: 1200},
		}, func(ctx context.Context, c *client) ([]licenseserver.Sample, error) { return c.Status.Metrics(ctx) }),
		"Licenses.Activate": clienttest.Equal(&licenseserver.Activation{
			ID: 123, LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-ABC123",
			ActivatedAt: when, LastHeartbeat: when, Active: true, Message: "License activated successfully",
		}, activate),
		"Licenses.Activate, older manual": clienttest.Equal(&licenseserver.Activation{
			ID: 123, LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-ABC123", Active: true,
			Message: "Activated", More: map[string]payload{"expires_at": provider.NewPayload(`"2026-01-01T00:00:00Z"`), "features": provider.NewPayload(`["backup"]`)},
		}, activate),
		"Licenses.Verify": clienttest.Equal(&licenseserver.Verification{
			Valid: true, Message: "License is valid", LatestVersion: "1.0.0",
			License: &licenseserver.VerifiedLicense{Key: provider.NewSecret(sampleKey), ValidUntil: endOf("2026-01-01"), MaxUsers: 10},
		}, func(ctx context.Context, c *client) (*licenseserver.Verification, error) {
			return c.Licenses.Verify(ctx, &licenseserver.LicenseVerifyRequest{LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "unique-hardware-identifier", AppVersion: "1.0.0"})
		}),
		"Licenses.Verify, older manual": clienttest.Equal(&licenseserver.Verification{
			Valid: true, Message: "Valid", UpdateAvailable: true, UpdateURL: "https://license.example.com/1.1.0",
			More: map[string]payload{"expires_at": provider.NewPayload(`"2026-01-01T00:00:00Z"`), "features": provider.NewPayload(`["backup"]`)},
		}, func(ctx context.Context, c *client) (*licenseserver.Verification, error) {
			return c.Licenses.Verify(ctx, &licenseserver.LicenseVerifyRequest{LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "h"})
		}),
		"Licenses.Verify, not valid": clienttest.Equal(&licenseserver.Verification{Message: "License expired"},
			func(ctx context.Context, c *client) (*licenseserver.Verification, error) {
				return c.Licenses.Verify(ctx, &licenseserver.LicenseVerifyRequest{LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "h"})
			}),
		"Licenses.Info": clienttest.Equal(&licenseserver.License{
			ID: 123, Key: provider.NewSecret(sampleKey), CustomerName: "ACME Corp", Type: "perpetual", ValidFrom: day("2025-01-01"), ValidUntil: endOf("2026-01-01"),
			MaxActivations: 5, MaxUsers: 10, Active: true, Activations: []licenseserver.Activation{{
				ID: 456, HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-ABC123",
				ActivatedAt: at("2025-06-19T10:00:00Z"), LastHeartbeat: at("2025-06-19T14:30:00Z"), Active: true,
			}},
		}, func(ctx context.Context, c *client) (*licenseserver.License, error) {
			return c.Licenses.Info(ctx, provider.NewSecret(sampleKey))
		}),
		"Licenses.Info, with limits": clienttest.Equal(&licenseserver.License{
			ID: 123, Key: provider.NewSecret(sampleKey), CustomerName: "ACME Corp", Type: "perpetual", ValidFrom: day("2025-01-01"), ValidUntil: endOf("2026-01-01"),
			MaxActivations: 5, MaxUsers: 10, DeviceLimit: 5, SessionLimit: 2, Active: true, Activations: []licenseserver.Activation{},
		}, func(ctx context.Context, c *client) (*licenseserver.License, error) {
			return c.Licenses.Info(ctx, provider.NewSecret(sampleKey))
		}),
		"Licenses.Info, wrong API key": fails(provider.Error{
			Op: "Licenses.Info", Action: "get license", Kind: provider.ErrUnauthorized, StatusCode: 401,
			Code: licenseserver.CodeInvalidAPIKey, Message: "Invalid or missing API key",
		}, nil, func(ctx context.Context, c *client) error {
			_, err := c.Licenses.Info(ctx, provider.NewSecret(sampleKey))
			return err
		}),
		"Sessions.Start": clienttest.Equal(&licenseserver.StartedSession{Token: provider.NewSecret(sampleToken), More: map[string]payload{"update": provider.NewPayload(`{"version": "1.1.0"}`)}},
			func(ctx context.Context, c *client) (*licenseserver.StartedSession, error) {
				return c.Sessions.Start(ctx, start)
			}),
		"Sessions.Start, another session":       taken,
		"Sessions.Start, another session, text": takenText,
		"Sessions.Heartbeat": clienttest.Equal(&licenseserver.Heartbeat{LastHeartbeat: when},
			func(ctx context.Context, c *client) (*licenseserver.Heartbeat, error) {
				return c.Sessions.Heartbeat(ctx, provider.NewSecret(sampleKey), provider.NewSecret(sampleToken))
			}),
		"Sessions.End": clienttest.Equal(&licenseserver.Receipt{More: map[string]payload{"duration": provider.NewPayload("3600"), "reason": provider.NewPayload(`"client"`)}},
			func(ctx context.Context, c *client) (*licenseserver.Receipt, error) {
				return c.Sessions.End(ctx, provider.NewSecret(sampleToken))
			}),
		"Versions.Check": clienttest.Equal(&licenseserver.Update{
			Available: true, LatestVersion: "1.1.0", DownloadURL: "https://license.example.com/1.1.0", ReleaseNotes: "Fixes",
			More: map[string]payload{"size": provider.NewPayload("7")},
		}, func(ctx context.Context, c *client) (*licenseserver.Update, error) {
			return c.Versions.Check(ctx, provider.NewSecret(sampleKey), "1.0.0")
		}),
		"Versions.Latest": clienttest.Equal(&licenseserver.Version{Version: "1.1.0", More: map[string]payload{"size": provider.NewPayload("7")}},
			func(ctx context.Context, c *client) (*licenseserver.Version, error) { return c.Versions.Latest(ctx) }),
	}
}

func activate(ctx context.Context, c *client) (*licenseserver.Activation, error) {
	return c.Licenses.Activate(ctx, &licenseserver.LicenseActivateRequest{
		LicenseKey: provider.NewSecret(sampleKey), HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-ABC123", AppVersion: "1.0.0",
	})
}

// receipt has pairs of names and JSON.
func receipt(more ...string) *licenseserver.Receipt {
	r := &licenseserver.Receipt{More: map[string]payload{}}
	for i := 0; i < len(more); i += 2 {
		r.More[more[i]] = provider.NewPayload(more[i+1])
	}
	return r
}

func panelReplays() map[string]replay {
	until := day("2027-01-01")
	done := receipt("success", "true", "count", "2")
	return map[string]replay{
		"Customers.Search": clienttest.Listed([]*licenseserver.Customer{{ID: 123, Text: "ACME Corp - admin@example.com"}},
			func(ctx context.Context, c *client) iter.Seq2[*licenseserver.Customer, error] {
				return c.Customers.Search(ctx, "acme")
			}),
		"Customers.Licenses": clienttest.Decoded(map[string]any{"licenses": []any{map[string]any{"id": 123.0}}},
			func(ctx context.Context, c *client) (payload, error) { return c.Customers.Licenses(ctx, 17) }),
		"Customers.QuickStats": clienttest.Decoded(map[string]any{"licenses": 2.0, "activations": 3.0},
			func(ctx context.Context, c *client) (payload, error) { return c.Customers.QuickStats(ctx, 17) }),
		"Licenses.Toggle": clienttest.Equal(receipt("success", "true", "is_active", "false"),
			func(ctx context.Context, c *client) (*licenseserver.Receipt, error) {
				return c.Licenses.Toggle(ctx, 17)
			}),
		"Licenses.BulkActivate": clienttest.Equal(done, func(ctx context.Context, c *client) (*licenseserver.Receipt, error) {
			return c.Licenses.BulkActivate(ctx, 17, 18)
		}),
		"Licenses.BulkDeactivate": clienttest.Equal(done, func(ctx context.Context, c *client) (*licenseserver.Receipt, error) {
			return c.Licenses.BulkDeactivate(ctx, 17, 18)
		}),
		"Licenses.BulkDelete": clienttest.Equal(done, func(ctx context.Context, c *client) (*licenseserver.Receipt, error) {
			return c.Licenses.BulkDelete(ctx, 17, 18)
		}),
		"Licenses.BulkActivate, refused": fails(provider.Error{
			Op: "Licenses.BulkActivate", Action: "activate licenses 17", Kind: provider.ErrConflict, StatusCode: 200, Message: "License expired",
		}, nil, func(ctx context.Context, c *client) error { _, err := c.Licenses.BulkActivate(ctx, 17); return err }),
		"Licenses.QuickEdit": clienttest.Equal("License updated successfully", func(ctx context.Context, c *client) (string, error) {
			return c.Licenses.QuickEdit(ctx, 17, &licenseserver.LicenseQuickEditRequest{ValidUntil: &until, MaxActivations: new(int64(10)), MaxUsers: new(int64(50))})
		}),
		"Licenses.GenerateKey": clienttest.Equal(provider.NewSecret(sampleKey), func(ctx context.Context, c *client) (provider.Secret, error) {
			return c.Licenses.GenerateKey(ctx, nil)
		}),
		"Devices.List": clienttest.Listed([]*licenseserver.Device{{
			ID: 123, HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-ABC123", AppVersion: "1.0.0",
			ActivatedAt: at("2025-01-01T10:00:00Z"), LastHeartbeat: at("2025-06-19T14:30:00Z"), Active: true,
		}}, func(ctx context.Context, c *client) iter.Seq2[*licenseserver.Device, error] {
			return c.Devices.List(ctx, 17)
		}),
		"Devices.Register": clienttest.Equal(&licenseserver.Registration{DeviceID: 456, Message: "Device registered successfully"}, func(ctx context.Context, c *client) (*licenseserver.Registration, error) {
			return c.Devices.Register(ctx, 17, &licenseserver.DeviceRegisterRequest{HardwareHash: "unique-hardware-identifier", MachineName: "DESKTOP-XYZ789", AppVersion: "1.0.0"})
		}),
		"Devices.Deactivate": clienttest.Equal("Device deactivated successfully", func(ctx context.Context, c *client) (string, error) {
			return c.Devices.Deactivate(ctx, 17, 456)
		}),
		"Resources.List": clienttest.Listed([]*licenseserver.Resource{{ID: 789, Type: "server", Identifier: "SRV-001", Status: "allocated", AllocatedAt: at("2025-06-01T10:00:00Z")}},
			func(ctx context.Context, c *client) iter.Seq2[*licenseserver.Resource, error] {
				return c.Resources.List(ctx, 17)
			}),
		"Resources.Allocate": clienttest.Equal(&licenseserver.Allocation{Allocated: 2, Message: "2 resources allocated successfully"},
			func(ctx context.Context, c *client) (*licenseserver.Allocation, error) {
				return c.Resources.Allocate(ctx, &licenseserver.ResourceAllocateRequest{LicenseID: 123, ResourceIDs: []int64{789, 790}})
			}),
		"Resources.Allocate, with a type": clienttest.Equal(&licenseserver.Allocation{Allocated: 3, Message: "3 resources allocated successfully"},
			func(ctx context.Context, c *client) (*licenseserver.Allocation, error) {
				return c.Resources.Allocate(ctx, &licenseserver.ResourceAllocateRequest{LicenseID: 123, ResourceType: "domain", ResourceIDs: []int64{45, 46, 47}})
			}),
		"Resources.CheckAvailability": clienttest.Equal(&licenseserver.ResourceCheck{
			Available: true, Count: 5, Resources: []licenseserver.Resource{{ID: 791, Type: "server", Identifier: "SRV-002"}},
		}, func(ctx context.Context, c *client) (*licenseserver.ResourceCheck, error) {
			return c.Resources.CheckAvailability(ctx, "server", 5)
		}),
		"Resources.Availability": clienttest.Equal(&licenseserver.ResourceAvailability{
			Domains: licenseserver.Availability{Available: 150, Total: 200, Status: "ok"}, IPv4: licenseserver.Availability{Available: 45, Total: 100, Status: "low"},
			PhoneNumbers: licenseserver.Availability{Available: 5, Total: 50, Status: "critical"},
		}, func(ctx context.Context, c *client) (*licenseserver.ResourceAvailability, error) {
			return c.Resources.Availability(ctx)
		}),
		"Resources.Stats": clienttest.Equal(&licenseserver.ResourceStats{
			ResourceCount: licenseserver.ResourceCount{Total: 100, Allocated: 75, Available: 25},
			ByType: map[string]licenseserver.ResourceCount{
				"server": {Total: 50, Allocated: 40, Available: 10}, "workstation": {Total: 50, Allocated: 35, Available: 15},
			},
		}, func(ctx context.Context, c *client) (*licenseserver.ResourceStats, error) {
			return c.Resources.Stats(ctx)
		}),
		"Search.Query": clienttest.Equal(&licenseserver.SearchResults{Total: 15, Results: []licenseserver.SearchResult{
			{Type: "customer", ID: 123, Title: provider.NewSecret("ACME Corp"), Subtitle: "admin@example.com", URL: "/customer/edit/123"},
			{Type: "license", ID: 456, Title: provider.NewSecret(sampleKey), Subtitle: "ACME Corp - Active", URL: "/license/edit/456"},
		}}, func(ctx context.Context, c *client) (*licenseserver.SearchResults, error) {
			return c.Search.Query(ctx, &licenseserver.SearchRequest{Query: "acme", Type: "customer", Limit: 5})
		}),
		"Monitoring.Dashboard": clienttest.Equal(&licenseserver.Dashboard{
			TotalLicenses: 1500, ActiveLicenses: 1200, TotalCustomers: 250, ActiveSessions: 890,
			Alerts: []licenseserver.Alert{{Level: "warning", Message: "High CPU usage on license server", Timestamp: at("2025-06-19T14:00:00Z")}},
		}, func(ctx context.Context, c *client) (*licenseserver.Dashboard, error) {
			return c.Monitoring.Dashboard(ctx)
		}),
		"Monitoring.ActiveSessions": clienttest.Equal(int64(42), func(ctx context.Context, c *client) (int64, error) { return c.Monitoring.ActiveSessions(ctx) }),
		"Monitoring.LiveStats": clienttest.Equal(&licenseserver.LiveStats{
			Timestamp: at("2025-06-19T14:30:00Z"), ActiveLicenses: 850, TotalActivations: 2500, ActiveSessions: 1200, HeartbeatsPerMinute: 450,
			Alerts: []licenseserver.Alert{{Level: "warning", Message: "High CPU usage detected", Timestamp: at("2025-06-19T14:25:00Z")}},
		}, func(ctx context.Context, c *client) (*licenseserver.LiveStats, error) {
			return c.Monitoring.LiveStats(ctx)
		}),
		"Monitoring.AnomalyStats": clienttest.Equal(&licenseserver.AnomalyStats{Total: 15, Unresolved: 3, ByType: map[string]int64{
			"unusual_activation_pattern": 5, "excessive_heartbeats": 3, "license_hopping": 7,
		}}, func(ctx context.Context, c *client) (*licenseserver.AnomalyStats, error) {
			return c.Monitoring.AnomalyStats(ctx)
		}),
		"Auth.Token": clienttest.Equal(&licenseserver.Token{Token: provider.NewSecret("placeholder.jwt.token"), ExpiresAt: at("2025-06-19T15:30:00Z")},
			func(ctx context.Context, c *client) (*licenseserver.Token, error) { return c.Auth.Token(ctx) }),
	}
}

func leadReplays() map[string]replay {
	page := &licenseserver.Page{StatusCode: 200, ContentType: "text/html; charset=utf-8", HTML: provider.NewSecret("<!DOCTYPE html><html><body>Leads</body></html>")}
	moved := &licenseserver.Page{StatusCode: 302, Location: provider.NewSecret("/leads/")}
	form := url.Values{"name": {"New lead"}}
	pageOf := func(want *licenseserver.Page, call func(context.Context, *licenseserver.LeadsService) (*licenseserver.Page, error)) replay {
		return clienttest.Equal(want, func(ctx context.Context, c *client) (*licenseserver.Page, error) { return call(ctx, c.Leads) })
	}
	return map[string]replay{
		"Leads.Institutions": clienttest.Listed([]*licenseserver.Institution{{ID: 1, Name: "Tech University", ContactCount: 5, CreatedAt: at("2025-06-19T10:00:00Z")}},
			func(ctx context.Context, c *client) iter.Seq2[*licenseserver.Institution, error] {
				return c.Leads.Institutions(ctx, &licenseserver.InstitutionListOptions{Search: "uni", PerPage: 20})
			}),
		"Leads.CreateInstitution": clienttest.Equal(&licenseserver.Institution{ID: 101, Name: "New University", CreatedAt: at("2025-06-19T15:00:00Z")},
			func(ctx context.Context, c *client) (*licenseserver.Institution, error) {
				return c.Leads.CreateInstitution(ctx, "New University", nil)
			}),
		"Leads.Contact": clienttest.Equal(&licenseserver.Contact{
			ID: 1, FirstName: "John", LastName: "Doe", Position: "IT Manager", InstitutionID: 1,
			Details: []licenseserver.ContactDetail{
				{ID: 1, Type: "email", Value: "john.doe@example.com", Label: "Work"}, {ID: 2, Type: "phone", Value: "+49 123 456789", Label: "Mobile"},
			},
			Notes: []licenseserver.ContactNote{{ID: 1, Content: "Initial contact", Version: 1, CreatedAt: at("2025-06-19T10:00:00Z"), CreatedBy: "admin"}},
		}, func(ctx context.Context, c *client) (*licenseserver.Contact, error) { return c.Leads.Contact(ctx, 1) }),
		"Leads.AddDetail": clienttest.Equal(&licenseserver.ContactDetail{ID: 3, Type: "email", Value: "secondary@example.com", Label: "Secondary"},
			func(ctx context.Context, c *client) (*licenseserver.ContactDetail, error) {
				return c.Leads.AddDetail(ctx, 17, &licenseserver.ContactDetailAddRequest{Type: "email", Value: "secondary@example.com", Label: "Secondary"})
			}),
		"Leads.Stats": clienttest.Equal(&licenseserver.LeadStats{
			TotalInstitutions: 150, TotalContacts: 450, RecentActivities: 25, ConversionRate: 12.5,
			ByType: map[string]int64{"university": 50, "company": 75, "government": 25},
		}, func(ctx context.Context, c *client) (*licenseserver.LeadStats, error) { return c.Leads.Stats(ctx) }),
		"Leads.OverviewPage": pageOf(page, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.OverviewPage(ctx)
		}),
		"Leads.CreatePage": pageOf(page, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.CreatePage(ctx)
		}),
		"Leads.EditPage": pageOf(page, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.EditPage(ctx, 17)
		}),
		"Leads.Create": pageOf(moved, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.Create(ctx, form)
		}),
		"Leads.Update": pageOf(moved, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.Update(ctx, 17, form)
		}),
		"Leads.Delete": pageOf(moved, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.Delete(ctx, 17, form)
		}),
		"Leads.Import": pageOf(moved, func(ctx context.Context, s *licenseserver.LeadsService) (*licenseserver.Page, error) {
			return s.Import(ctx, "application/json", strings.NewReader(`[{"name": "New lead"}]`))
		}),
		"Leads.Export": func(t *testing.T, c *client) {
			var file bytes.Buffer
			got, err := c.Leads.Export(t.Context(), &file, 0)
			require.NoError(t, err)
			require.Equal(t, &licenseserver.ExportedFile{ContentType: "text/csv", Name: "leads.csv", Bytes: 26}, got)
			require.Equal(t, "id,name\n1,Tech University\n", file.String())
		},
	}
}
