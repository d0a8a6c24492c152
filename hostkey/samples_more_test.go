package hostkey_test

import (
	"net/netip"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// moreHarmless are the changes of which a second sending does no harm, of the modules
// that moreSamples is about.
const moreHarmless = `IP.SetMain IP.UpdatePTR Net.PortOn WHMCS.UpdateClient WHMCS.UpdateContact`

// moreSamples are good arguments of the modules about networks, catalogues, storage and
// billing.
func moreSamples() []any {
	secret := provider.Secret(canarySecret)
	ip := netip.MustParseAddr("192.0.2.10")
	return []any{
		ip, hostkey.Amount("6.47"), hostkey.GraphDay,
		&hostkey.IPRequest{IP: ip},
		&hostkey.ISORequest{Name: "Rescue", ShortName: "rescue", ISOName: "rescue.iso"}, &hostkey.ISOListRequest{ServerID: 17},
		&hostkey.MountRequest{ServerID: 17, ISOID: 7}, &hostkey.ISOUploadRequest{URL: "https://user:" + canaryPassword + "@files.example.com/a.iso"},
		&hostkey.JenkinsCallRequest{ServerID: 17, Task: "3", Params: map[string]any{"password": secret}},
		&hostkey.StaticNATRequest{ServerID: 17}, &hostkey.RemoveStaticNATRequest{ServerID: 17}, &hostkey.DropNATRequest{ServerID: 17},
		&hostkey.AddIPv4Request{ServerID: 17, Port: "1", Amount: 1}, &hostkey.BlockIPRequest{ServerID: 17, IP: ip, Description: "attack"},
		&hostkey.PortStatusRequest{ServerID: 17}, &hostkey.PortOffRequest{ServerID: 17, Port: "1"},
		&hostkey.RemoveIPv4Request{ServerID: 17, IP: ip}, &hostkey.FreeIPv4Request{ServerID: 17},
		&hostkey.OSListOptions{PresetID: 108}, &hostkey.SoftwareListOptions{PresetID: 108}, &hostkey.TrafficPlanListOptions{PresetID: 108},
		&hostkey.StockListOptions{Group: hostkey.StockGPU},
		&hostkey.AddDomainRequest{Name: "example.com"}, &hostkey.AddZoneRequest{Name: "example.com"},
		&hostkey.AddDNSRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10"}},
		&hostkey.DeleteDNSRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10"}},
		&hostkey.AddSubdomainRequest{ServerID: 17, DomainID: 3, Name: "web"}, &hostkey.EditSubdomainRequest{ID: 4},
		&hostkey.PresetListOptions{Location: "NL"}, &hostkey.PresetInfoOptions{}, &hostkey.PresetSearchRequest{Name: "vm.pico", Location: "NL"},
		&hostkey.PresetShowRequest{Name: "vm.pico"},
		&hostkey.S3AccountRequest{PlanID: 2, BucketName: "b"}, &hostkey.S3OrderRequest{PlanID: 2}, &hostkey.S3PlanOptions{Location: "NL"},
		&hostkey.S3UserOptions{Location: "NL"}, &hostkey.S3TrafficRequest{AccountID: 3},
		&hostkey.TagRequest{ID: 17, Name: "env", Value: "prod"}, &hostkey.TagListRequest{ID: 17}, &hostkey.TagRemoveRequest{ID: 17, Name: "env"},
		&hostkey.SnapshotCreateRequest{ServerID: 17, Name: "a"}, &hostkey.SnapshotListRequest{ServerID: 17},
		&hostkey.SnapshotRequest{ServerID: 17, Name: "a"},
		&hostkey.BillingClientRequest{Full: true}, &hostkey.ClientUpdateRequest{Email: new("b@example.com")},
		&hostkey.ResetPasswordRequest{Email: "a@example.com", ResetToken: secret, Extra: map[string]any{"new_pw": secret}},
		&hostkey.ContactUpdateRequest{ContactID: 8, Email: "c@example.com", Password: secret},
		&hostkey.InvoiceListOptions{}, &hostkey.InvoiceRequest{ID: 603548}, &hostkey.DownloadInvoiceRequest{ID: 603548},
		&hostkey.AddFundsRequest{Amount: "10.00"}, &hostkey.CreditsRequest{}, &hostkey.TransactionsRequest{},
		&hostkey.CancellationRequest{ServerID: 17, PIN: canaryPIN}, &hostkey.CancellationListRequest{ServerID: 17},
	}
}
