package elizon_test

import (
	"context"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

func businessReplays() map[string]replay {
	return map[string]replay{
		"Business.Billing": clienttest.Equal(&elizon.BusinessBilling{
			AnchorDay: 15, InvoiceEnabled: true, HasActiveFund: true, OpenAmount: "12.5", NextInvoiceDate: at("2026-08-15T00:00:00Z"),
			Cycle: &elizon.BillingCycle{Start: at("2026-07-15T00:00:00Z"), End: at("2026-08-15T00:00:00Z")}, More: map[string]payload{"note": raw(`"x"`)},
		},
			func(ctx context.Context, c *client) (*elizon.BusinessBilling, error) {
				return c.Business.Billing(ctx)
			}),
		"Business.Billing, none": clienttest.Equal(nil, func(ctx context.Context, c *client) (*elizon.BusinessBilling, error) {
			return c.Business.Billing(ctx)
		}),
		"Business.SetBilling": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Business.SetBilling(ctx, &elizon.BusinessBillingSetRequest{AnchorDay: 15})
		}),
		"Business.RemoveBilling": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Business.RemoveBilling(ctx) }),
		"Business.Eligibility": clienttest.Equal(&elizon.BusinessEligibility{
			Verified: true, Reason: "account too young", More: map[string]payload{"minimumAgeDays": raw("30")},
		}, func(ctx context.Context, c *client) (*elizon.BusinessEligibility, error) {
			return c.Business.Eligibility(ctx)
		}),
		"Business.Fund": clienttest.Equal(&elizon.BusinessFund{
			Contract: &elizon.FundContract{
				FundTerms:      elizon.FundTerms{ID: "fund_1", CommitmentAmount: "500", Price: "450.00", OverchargeFeePercent: 7.5, BindingMonths: 12},
				BindingEndDate: time.Date(2027, 8, 3, 23, 59, 59, 0, time.UTC), Status: "ACTIVE", CurrentUsage: "120.4", CurrentOvercharge: "0",
				More: map[string]payload{"note": raw(`"x"`)},
			},
			PendingOffer: &elizon.FundOffer{
				FundTerms: elizon.FundTerms{ID: "fund_2", CommitmentAmount: "1000", Price: "880.5", OverchargeFeePercent: 5, BindingMonths: 24}, OfferedAt: noted,
			},
		}, func(ctx context.Context, c *client) (*elizon.BusinessFund, error) { return c.Business.Fund(ctx) }),
		"Business.Fund, none": clienttest.Equal(&elizon.BusinessFund{}, func(ctx context.Context, c *client) (*elizon.BusinessFund, error) {
			return c.Business.Fund(ctx)
		}),
		"Business.RequestFund": clienttest.Equal(&elizon.RequestedFund{ContractID: "fund_3"}, func(ctx context.Context, c *client) (*elizon.RequestedFund, error) {
			return c.Business.RequestFund(ctx, &elizon.FundRequest{Amount: "750.50", BindingMonths: 12})
		}),
		"Business.AcceptFund": clienttest.Equal(&elizon.AcceptedFund{CheckoutURL: provider.NewSecret("https://pay.example.org/placeholder")},
			func(ctx context.Context, c *client) (*elizon.AcceptedFund, error) {
				return c.Business.AcceptFund(ctx, "fund_2", "mollie")
			}),
		"Business.AcceptFund, from the balance": clienttest.Equal(&elizon.AcceptedFund{}, func(ctx context.Context, c *client) (*elizon.AcceptedFund, error) {
			return c.Business.AcceptFund(ctx, "fund_2", "guthaben")
		}),
		"Business.CancelFund": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Business.CancelFund(ctx, "fund_1")
		}),
		"Business.RejectFund": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Business.RejectFund(ctx, "fund_2")
		}),
		"Business.SpecialTerminations": tells(`{"success": true, "requests": []}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Business.SpecialTerminations(ctx)
		}),
		"Business.RequestSpecialTermination": tells(success, func(ctx context.Context, c *client) (payload, error) {
			return c.Business.RequestSpecialTermination(ctx, map[string]any{"reason": "example"})
		}),
		"Business.Verification": clienttest.Equal(&elizon.BusinessVerification{
			ID: "ver_1", Status: elizon.VerificationRejected, AdminComment: "not legible", RejectedAt: later, CreatedAt: noted,
			More: map[string]payload{"submittedAt": raw(`"2026-08-03T10:30:00.000Z"`)},
		}, func(ctx context.Context, c *client) (*elizon.BusinessVerification, error) {
			return c.Business.Verification(ctx)
		}),
		"Business.Verification, none": clienttest.Equal(nil, func(ctx context.Context, c *client) (*elizon.BusinessVerification, error) {
			return c.Business.Verification(ctx)
		}),
		"Business.SubmitVerification": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Business.SubmitVerification(ctx, map[string]string{"kind": "trade register"},
				elizon.Upload{Field: "document", Name: "register.pdf", ContentType: "application/pdf", Body: strings.NewReader("%PDF-1.7 placeholder")},
				elizon.Upload{Name: `a "b".txt`, Body: strings.NewReader("placeholder")})
		}),
		"Business.VerificationDocument": saves(elizon.Download{ContentType: "application/pdf"}, "%PDF-1.7 placeholder",
			func(ctx context.Context, c *client, w io.Writer) (*elizon.Download, error) {
				return c.Business.VerificationDocument(ctx, "doc_1", w, 0)
			}),
	}
}

func permissionReplays() map[string]replay {
	return map[string]replay{
		"Permissions.List": clienttest.Equal(&elizon.PermissionList{Permissions: []elizon.Invitation{{ID: "perm_1"}}}, func(ctx context.Context, c *client) (*elizon.PermissionList, error) {
			return c.Permissions.List(ctx, "service", "srv_1")
		}),
		"Permissions.Grant": clienttest.Equal(&elizon.PermissionChange{Permission: &elizon.Invitation{ID: "perm_1"}}, func(ctx context.Context, c *client) (*elizon.PermissionChange, error) {
			return c.Permissions.Grant(ctx, &elizon.PermissionGrantRequest{
				ResourceType: "service", ResourceID: "srv_1", Email: "bob@example.com", Permissions: []elizon.Permission{elizon.PermissionView, elizon.PermissionBackupCreate},
			})
		}),
		"Permissions.Remove": tells(`{"success": true, "removed": 1}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Permissions.Remove(ctx, url.Values{"resourceId": {"srv_1"}}, map[string]any{"reason": "x"})
		}),
		"Permissions.Update": clienttest.Equal(&elizon.PermissionChange{}, func(ctx context.Context, c *client) (*elizon.PermissionChange, error) {
			return c.Permissions.Update(ctx, "perm_1", []elizon.Permission{elizon.PermissionView})
		}),
		"Permissions.Revoke": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Permissions.Revoke(ctx, "perm_1") }),
		"Permissions.Details": clienttest.Equal(&elizon.Invitation{
			ID: "perm_1", ResourceType: "service", ResourceID: "srv_1", ResourceName: "My Server", Permissions: []elizon.Permission{"view", "start"},
			Status: "PENDING", InviterName: "Bob", CreatedAt: noted, More: map[string]payload{"language": raw(`"de"`)},
		}, func(ctx context.Context, c *client) (*elizon.Invitation, error) {
			return c.Permissions.Details(ctx, "perm_1")
		}),
		"Permissions.Accept": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Permissions.Accept(ctx, "perm_1")
		}),
		"Permissions.Decline": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Permissions.Decline(ctx, "perm_1")
		}),
		"Permissions.Mine": clienttest.Equal(&elizon.PermissionList{Permissions: []elizon.Invitation{}}, func(ctx context.Context, c *client) (*elizon.PermissionList, error) {
			return c.Permissions.Mine(ctx, "PENDING")
		}),
	}
}

func storageReplays() map[string]replay {
	return map[string]replay{
		"Storage.List": clienttest.Listed([]*elizon.Volume{
			{
				ID: "vol_1", Name: "data", Size: 100, Type: "NVME", Status: "attached", ServiceStatus: "RUNNING", MountPoint: "/mnt/data", PricePerMonth: 499,
				CreatedAt: noted, Server: &elizon.VolumeServer{ID: "srv_1", Name: "My Server"}, Subscription: &elizon.VolumeSubscription{ID: "sub_1"},
				More: map[string]payload{"node": raw(`"x"`)},
			},
			{ID: "vol_2", Name: "old", Size: 50, Type: "HDD", Status: "detached", CreatedAt: noted},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.Volume, error] {
			return c.Storage.List(ctx)
		}),
		"Storage.Upload": tells(`{"success": true, "id": "file_1"}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Storage.Upload(ctx, nil, elizon.Upload{Name: "notes.txt", ContentType: "text/plain", Body: strings.NewReader("placeholder")})
		}),
		"Storage.Get": clienttest.Equal(&elizon.VolumeDetail{Volume: &elizon.Volume{ID: "vol_1"}}, func(ctx context.Context, c *client) (*elizon.VolumeDetail, error) {
			return c.Storage.Get(ctx, "vol_1")
		}),
		"Storage.Update": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Storage.Update(ctx, "vol_1", &elizon.VolumeUpdateRequest{Name: "backup", Action: elizon.VolumeAttach, ServerID: "srv_1"})
		}),
		"Storage.Update, detach": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Storage.Update(ctx, "vol_1", &elizon.VolumeUpdateRequest{Action: elizon.VolumeDetach})
		}),
		"Storage.Delete": clienttest.Equal(&elizon.Confirmation{Message: "deleted"}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Storage.Delete(ctx, "vol_1")
		}),
		"Storage.Cancel": clienttest.Equal(&elizon.Confirmation{More: map[string]payload{"currentPeriodEnd": raw(`"2026-08-03T10:30:00.000Z"`)}}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Storage.Cancel(ctx, "vol_1", false)
		}),
		"Storage.AddToCart": tells(`{"success": true, "item": {"price": 4.99}}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Storage.AddToCart(ctx, map[string]any{"sizeGb": 100})
		}),
		"Storage.Config": tells(`{"success": true, "types": ["NVME"]}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Storage.Config(ctx, url.Values{"serverId": {"srv_1"}})
		}),
	}
}

func supportReplays() map[string]replay {
	ticket := func(messages ...elizon.TicketMessage) *elizon.Ticket {
		return &elizon.Ticket{
			ID: "tic_1", Number: "1042", Subject: "Help", Status: elizon.TicketOpen, Priority: "high", CreatedAt: noted, UpdatedAt: later,
			ViewerRole: "OWNER", Owner: true, Service: raw(`{"id": "srv_1"}`), Messages: messages, More: map[string]payload{"unread": raw("true")},
		}
	}
	return map[string]replay{
		"Tickets.List": clienttest.Listed([]*elizon.Ticket{ticket()}, func(ctx context.Context, c *client) iter.Seq2[*elizon.Ticket, error] {
			return c.Tickets.List(ctx, &elizon.TicketListOptions{Status: elizon.TicketOpen, PerPage: 10})
		}),
		"Tickets.Stats": clienttest.Equal(&elizon.TicketStats{OpenCount: 3, AvgFirstResponseMinutes: new(12.5), MedianFirstResponseMinutes: new(9.0)},
			func(ctx context.Context, c *client) (*elizon.TicketStats, error) { return c.Tickets.Stats(ctx) }),
		"Tickets.Stats, none": clienttest.Equal(nil, func(ctx context.Context, c *client) (*elizon.TicketStats, error) { return c.Tickets.Stats(ctx) }),
		"Tickets.Create": clienttest.Equal(&elizon.Ticket{ID: "tic_1", Number: "T-1042", Subject: "Help", Status: elizon.TicketOpen},
			func(ctx context.Context, c *client) (*elizon.Ticket, error) {
				return c.Tickets.Create(ctx, &elizon.TicketCreateRequest{
					Subject: "Help", Message: "It is down.", Priority: "high", ServiceID: "srv_1", ShareWithUserIDs: []string{"usr_2"}, Extra: map[string]any{"lang": "en"},
				})
			}),
		"Tickets.Get": clienttest.Equal(ticket(
			elizon.TicketMessage{ID: "msg_1", Content: "It is down.", CreatedAt: noted, Author: raw(`{"name": "Ada"}`)},
			elizon.TicketMessage{ID: "msg_2", Content: "We look.", Staff: true, CreatedAt: noted, More: map[string]payload{"edited": raw("true")}},
		), func(ctx context.Context, c *client) (*elizon.Ticket, error) {
			return c.Tickets.Get(ctx, "tic_1")
		}),
		"Tickets.Reply": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Tickets.Reply(ctx, "tic_1", "Thanks.")
		}),
		"Tickets.SetStatus": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Tickets.SetStatus(ctx, "tic_1", elizon.TicketClosed)
		}),
		"Tickets.Export": saves(elizon.Download{ContentType: "text/html; charset=utf-8", Name: "ticket.html"}, "<!DOCTYPE html><html><body>It is down.</body></html>",
			func(ctx context.Context, c *client, w io.Writer) (*elizon.Download, error) {
				return c.Tickets.Export(ctx, "tic_1", w, 0)
			}),
		"Feedback.List": clienttest.Listed([]*elizon.FeedbackEntry{{
			ID: "fb_1", Category: "bug", Rating: 2, Message: "slow", Status: "READ", TicketID: "tic_1", AdminReply: "fixed", AdminRepliedAt: later, CreatedAt: noted,
			More: map[string]payload{"public": raw("false")},
		}}, func(ctx context.Context, c *client) iter.Seq2[*elizon.FeedbackEntry, error] {
			return c.Feedback.List(ctx, &elizon.FeedbackListOptions{Status: "READ", PerPage: 5})
		}),
		"Feedback.Create": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Feedback.Create(ctx, &elizon.FeedbackCreateRequest{Category: "general", Rating: 5, Message: "fine", ServiceID: "srv_1"})
		}),
		"KnowledgeBase.Articles": clienttest.Listed([]*elizon.Article{
			{ID: "art_1", Slug: "dns", Title: "DNS", Category: raw(`"Domains"`), Content: "Text"},
			{ID: "7", Slug: "vnc", Title: "VNC", Category: raw(`{"name": "Servers"}`), More: map[string]payload{"views": raw("12")}},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.Article, error] {
			return c.KnowledgeBase.Articles(ctx, "en")
		}),
	}
}

func userReplays() map[string]replay {
	autopay := func(ctx context.Context, c *client) error { return c.User.Autopay(ctx) }
	setAutopay := func(ctx context.Context, c *client) error {
		return c.User.SetAutopay(ctx, map[string]any{"enabled": false})
	}
	gone := func(op, action, message string, call func(context.Context, *client) error) replay {
		return fails(provider.Error{Op: op, Action: action, Kind: provider.ErrUnsupported, StatusCode: 410, Message: message}, call)
	}
	return map[string]replay{
		"User.AuditLog": clienttest.Listed([]*elizon.AuditEntry{{ID: "log_1", Action: "LOGIN", CreatedAt: noted, More: map[string]payload{"ip": raw(`"192.0.2.7"`)}}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.AuditEntry, error] {
				return c.User.AuditLog(ctx, 20)
			}),
		"User.UpdateSettings": clienttest.Equal(&elizon.User{ID: "usr_1"}, func(ctx context.Context, c *client) (*elizon.User, error) {
			return c.User.UpdateSettings(ctx, &elizon.SettingsUpdateRequest{
				LoginMails: new(true), Mails: new(false), Sound: new(false), PowerActionMails: new(true),
			})
		}),
		"User.Newsletter": tells(`{"success": true, "subscribed": true}`, func(ctx context.Context, c *client) (payload, error) {
			return c.User.Newsletter(ctx)
		}),
		"User.SetNewsletter": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.User.SetNewsletter(ctx, false)
		}),
		"User.SupportPhone": tells(`{"success": true, "phone": "+49 30 000000"}`, func(ctx context.Context, c *client) (payload, error) {
			return c.User.SupportPhone(ctx)
		}),
		"User.SupportPIN": clienttest.Equal(&elizon.SupportPIN{PIN: provider.NewSecret("placeholder-pin"), ExpiresAt: noted}, func(ctx context.Context, c *client) (*elizon.SupportPIN, error) {
			return c.User.SupportPIN(ctx)
		}),
		"User.SupportPIN, none": clienttest.Equal(&elizon.SupportPIN{}, func(ctx context.Context, c *client) (*elizon.SupportPIN, error) {
			return c.User.SupportPIN(ctx)
		}),
		"User.NewSupportPIN": clienttest.Equal(&elizon.SupportPIN{
			PIN: provider.NewSecret("placeholder-pin"), ExpiresAt: noted, More: map[string]payload{"pinTimeLeft": raw("900"), "pinCooldown": raw("0")},
		}, func(ctx context.Context, c *client) (*elizon.SupportPIN, error) {
			return c.User.NewSupportPIN(ctx)
		}),
		"User.ChangeEmail": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.User.ChangeEmail(ctx, map[string]any{"newEmail": "ada@example.org", "password": provider.NewSecret("Placeholder-1")})
		}),
		"User.VerifyNewEmail": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.User.VerifyNewEmail(ctx, provider.NewSecret("placeholder-code"), nil)
		}),
		"User.VerifyOldEmail": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.User.VerifyOldEmail(ctx, provider.NewSecret("placeholder-code"), map[string]any{"lang": "en"})
		}),
		"User.ExportData": saves(elizon.Download{ContentType: "text/plain", Name: "data.txt"}, "All that is known.",
			func(ctx context.Context, c *client, w io.Writer) (*elizon.Download, error) {
				return c.User.ExportData(ctx, w, 0)
			}),
		"User.DeletionWarnings": clienttest.Equal([]string{"2 active services"}, func(ctx context.Context, c *client) ([]string, error) {
			return c.User.DeletionWarnings(ctx)
		}),
		"User.DeleteAccountForGood": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.User.DeleteAccountForGood(ctx, &elizon.AccountDeleteRequest{Password: provider.NewSecret("Placeholder-1"), Irrevocable: true})
		}),
		"User.Autopay, before it was retired":    clienttest.Succeeds(autopay),
		"User.SetAutopay, before it was retired": clienttest.Succeeds(setAutopay),
		"User.Autopay":                           gone("User.Autopay", "get autopay", "Gone", autopay),
		"User.SetAutopay":                        gone("User.SetAutopay", "set autopay", "retired: each subscription has its own autopay", setAutopay),
	}
}

func additionalReplays() map[string]replay {
	return map[string]replay{
		"IPs.List": clienttest.Equal(&elizon.IPAddresses{
			Addresses: []elizon.IPAddress{
				{
					ID: "ip_1", ServiceID: "srv_1", ServiceName: "My Server", Address: "192.0.2.10", Type: "A",
					ForwardHostname: "a.example.com", ReverseName: "b.example.com", Primary: true,
				},
				{
					ID: "ip_2", ServiceID: "srv_1", ServiceName: "My Server", Address: "2001:db8::1", Type: "AAAA",
					SubnetPrefix: "2001:db8::", SubnetCIDR: "64", More: map[string]payload{"ttl": raw("300")},
				},
			},
			Subnets: []elizon.IPv6Subnet{{ServiceID: "srv_1", ServiceName: "My Server", Prefix: "2001:db8::", CIDR: "64"}},
		}, func(ctx context.Context, c *client) (*elizon.IPAddresses, error) { return c.IPs.List(ctx) }),
		"IPs.SetReverseName": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.IPs.SetReverseName(ctx, "ip_1", "c.example.com")
		}),
		"SSHKeys.List": clienttest.Equal(&elizon.SSHKeyList{
			Keys: []elizon.SSHKey{{
				ID: "key_1", Name: "laptop", Type: "ed25519", Fingerprint: "SHA256:placeholder", CreatedAt: noted,
				More: map[string]payload{"comment": raw(`"x"`)},
			}}, Used: 1, Max: 20,
		}, func(ctx context.Context, c *client) (*elizon.SSHKeyList, error) { return c.SSHKeys.List(ctx) }),
		"SSHKeys.Create": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.SSHKeys.Create(ctx, &elizon.SSHKeyCreateRequest{Name: "laptop", PublicKey: "ssh-ed25519 placeholder ada"})
		}),
		"SSHKeys.Update": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.SSHKeys.Update(ctx, "key_1", map[string]any{"name": "desktop"})
		}),
		"SSHKeys.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.SSHKeys.Delete(ctx, "key_1") }),
		"SSHKeys.Generate": clienttest.Equal(&elizon.GeneratedSSHKey{
			PrivateKey: provider.NewSecret("placeholder-private"), PublicKey: "ssh-ed25519 placeholder",
			More: map[string]payload{"fingerprint": raw(`"SHA256:placeholder"`)},
		}, func(ctx context.Context, c *client) (*elizon.GeneratedSSHKey, error) {
			return c.SSHKeys.Generate(ctx, &elizon.SSHKeyGenerateRequest{Name: "new", KeyType: elizon.SSHKeyEd25519, Passphrase: provider.NewSecret("placeholder-phrase")})
		}),
		"Additional.Easter2026": tells(`{"success": true, "active": false}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Additional.Easter2026(ctx)
		}),
		"Additional.ActEaster2026": tells(success, func(ctx context.Context, c *client) (payload, error) {
			return c.Additional.ActEaster2026(ctx, map[string]any{"egg": 1})
		}),
		"Additional.EasterHunt": tells(`{"success": true, "found": 2}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Additional.EasterHunt(ctx)
		}),
		"Additional.SubmitEasterHunt": tells(success, func(ctx context.Context, c *client) (payload, error) {
			return c.Additional.SubmitEasterHunt(ctx, map[string]any{"code": "egg"})
		}),
		"Additional.SelfStatus": tells(`{"success": true, "up": true}`, func(ctx context.Context, c *client) (payload, error) {
			return c.Additional.SelfStatus(ctx)
		}),
	}
}
