package hostkey_test

import (
	"net/netip"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// moreHarmless are the changes that may be sent twice, in the modules of moreSamples.
const moreHarmless = `IP.SetMain IP.UpdatePTR Net.PortOn WHMCS.UpdateClient WHMCS.UpdateContact`

// moreSamples are valid arguments for the modules about networks, catalogues, storage and billing.
func moreSamples() []any {
	secret := provider.NewSecret(canarySecret)
	ip := netip.MustParseAddr("192.0.2.10")
	return []any{
		ip, hostkey.Amount("6.47"), hostkey.GraphDay,
		&hostkey.IPGetRequest{IP: ip},
		&hostkey.ISOAddRequest{Name: "Rescue", ShortName: "rescue", ISOName: "rescue.iso"}, &hostkey.ISOListRequest{ServerID: 17},
		&hostkey.ISOMountRequest{ServerID: 17, ISOID: 7}, &hostkey.ISOUploadRequest{URL: "https://user:" + canaryPassword + "@files.example.com/a.iso"},
		&hostkey.JenkinsCallRequest{ServerID: 17, Task: "3", Params: map[string]any{"password": secret}},
		&hostkey.NATAddStaticRequest{ServerID: 17}, &hostkey.NATRemoveStaticRequest{ServerID: 17}, &hostkey.NATDropRequest{ID: 17},
		&hostkey.IPv4AddRequest{ServerID: 17, Port: "1", Amount: 1}, &hostkey.IPBlockRequest{ServerID: 17, IP: ip, Description: "attack"},
		&hostkey.PortStatusRequest{ServerID: 17}, &hostkey.PortOffRequest{ServerID: 17, Port: "1"},
		&hostkey.IPv4RemoveRequest{ServerID: 17, IP: ip}, &hostkey.IPv4ShowFreeRequest{ServerID: 17},
		&hostkey.OSListOptions{PresetID: 108}, &hostkey.SoftwareListOptions{PresetID: 108}, &hostkey.TrafficPlanListOptions{PresetID: 108},
		&hostkey.StockListOptions{Group: hostkey.StockGPU},
		&hostkey.DomainAddRequest{Name: "example.com"}, &hostkey.ZoneAddRequest{Name: "example.com"},
		&hostkey.DNSAddRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10"}},
		&hostkey.DNSDeleteRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10"}},
		&hostkey.SubdomainAddRequest{ServerID: 17, DomainID: 3, Name: "web"}, &hostkey.SubdomainEditRequest{ID: 4},
		&hostkey.PresetListOptions{Location: "NL"}, &hostkey.PresetInfoOptions{}, &hostkey.PresetSearchRequest{Name: "vm.pico", Location: "NL"},
		&hostkey.PresetShowRequest{Name: "vm.pico"},
		&hostkey.S3AccountCreateRequest{PlanID: 2, BucketName: "b"}, &hostkey.S3OrderCreateRequest{PlanID: 2}, &hostkey.S3PlanListOptions{Location: "NL"},
		&hostkey.S3UserListOptions{Location: "NL"}, &hostkey.S3AccountRequest{S3Ref: hostkey.S3Ref{AccountID: 3}},
		&hostkey.S3BucketRequest{Bucket: "b"}, &hostkey.S3BucketListRequest{}, &hostkey.S3FileListRequest{Bucket: "b"}, &hostkey.S3FileRequest{Bucket: "b", File: "f"},
		&hostkey.S3KeyRequest{Type: hostkey.S3AccessKey},
		&hostkey.TagAddRequest{ID: 17, Name: "env", Value: "prod"}, &hostkey.TagListRequest{ID: 17}, &hostkey.TagRemoveRequest{ID: 17, Name: "env"},
		&hostkey.SnapshotCreateRequest{ServerID: 17, Name: "a"}, &hostkey.SnapshotListRequest{ServerID: 17},
		&hostkey.SnapshotRequest{ServerID: 17, Name: "a"},
		&hostkey.BillingClientGetRequest{Full: true}, &hostkey.BillingClientUpdateRequest{Email: new("b@example.com")},
		&hostkey.PasswordResetRequest{Email: "a@example.com", ResetToken: secret, Extra: map[string]any{"new_pw": secret}},
		&hostkey.ContactUpdateRequest{ContactID: 8, Email: "c@example.com", Password: secret},
		&hostkey.InvoiceListOptions{}, &hostkey.InvoiceGetRequest{ID: 603548}, &hostkey.InvoiceDownloadRequest{ID: 603548},
		&hostkey.FundsAddRequest{Amount: "10.00"}, &hostkey.CreditListRequest{}, &hostkey.TransactionListRequest{},
		&hostkey.ServerCancelRequest{ServerID: 17, PIN: provider.NewSecret(canaryPIN)}, &hostkey.CancellationListRequest{ServerID: 17},
	}
}
