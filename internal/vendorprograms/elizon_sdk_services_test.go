package vendorprograms

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
)

func sdkServices(t *testing.T, w *elizonWorld) {
	s := w.api
	path := func(id, rest string) string { return "/api/services/" + url.PathEscape(id) + rest }
	t.Run("list", func(t *testing.T) {
		for _, q := range []string{query("limit", "50"), query("limit", "20", "view", "compact")} {
			got := s.call(t, serviceListing, "GET", "/api/services"+q, nil)
			// README.md reads services, examples/services.ts one of both, ignite-mobile servers first.
			for _, name := range []string{"services", "servers"} {
				if row(got, name, "id", w.vps) == nil {
					t.Errorf("%s does not list %s: %v", name, w.vps, got[name])
				}
			}
		}
		newSDK(w.srv.URL, "api", "").throws(t, "GET", "/api/services"+query("limit", "50"), nil, "unauthenticated")
	})
	t.Run("find", func(t *testing.T) {
		got := s.call(t, serviceDetail, "GET", "/api/services/"+w.vps, nil)
		if server, _ := got["server"].(map[string]any); server["id"] != w.vps {
			t.Errorf("server is %v, not that of %s", server, w.vps)
		}
		s.throws(t, "GET", "/api/services/none", nil, "serviceNotFound")
	})
	keys := func(t *testing.T, id string) (found []string) {
		got := s.call(t, providerView, "GET", path(id, "/view"), nil)
		for _, action := range rows(got, "actions") {
			found = append(found, str(action["key"]))
		}
		return found
	}
	t.Run("view", func(t *testing.T) {
		found := keys(t, w.vps)
		for _, key := range []string{"start", "stop", "restart", "reset", "suspend", "resume"} {
			if !slices.Contains(found, key) {
				t.Errorf("elizon.md section 13: view lists the keys of a service's actions, and %s is not among %v", key, found)
			}
		}
		keys(t, w.web)
		s.throws(t, "GET", path("none", "/view"), nil, "serviceNotFound")
	})
	status := func(t *testing.T) (state string, suspended bool) {
		got := s.call(t, serviceDetail, "GET", "/api/services/"+w.vps, nil)
		server, _ := got["server"].(map[string]any)
		return strings.ToUpper(str(server["status"])), server["suspendedAt"] != nil
	}
	act := func(t *testing.T, key string) {
		s.call(t, actionDispatch, "POST", path(w.vps, "/actions/"+key), fields{})
	}
	t.Run("action", func(t *testing.T) {
		act(t, "stop")
		w.srv.Advance(time.Minute)
		if state, _ := status(t); state == "RUNNING" || state == "ACTIVE" {
			t.Errorf("a minute after stop the status is %s", state)
		}
		for _, key := range []string{"start", "restart", "reset"} {
			act(t, key)
			w.srv.Advance(time.Minute)
			if state, _ := status(t); state != "RUNNING" && state != "ACTIVE" {
				t.Errorf("a minute after %s the status is %s", key, state)
			}
		}
		act(t, "suspend")
		if _, suspended := status(t); !suspended {
			t.Error("after suspend there is no suspendedAt")
		}
		s.throws(t, "POST", path(w.vps, "/actions/start"), fields{}, "serviceSuspended",
			"serviceIsSuspendedResumeFirstToPerformOtherActions")
		act(t, "resume")
		if _, suspended := status(t); suspended {
			t.Error("after resume there still is suspendedAt")
		}
		s.throws(t, "POST", path(w.vps, "/actions/fly"), fields{}, "invalidAction")
		s.throws(t, "POST", path("none", "/actions/start"), fields{}, "serviceNotFound")
		newSDK(w.srv.URL, "api", "").throws(t, "POST", path(w.vps, "/actions/start"), fields{}, "unauthenticated")
	})
	t.Run("statusBatch", func(t *testing.T) {
		got := s.call(t, serviceStatuses, "POST", "/api/services/status-batch", fields{"ids": []string{w.vps, w.web}})
		statuses, _ := got["statuses"].(map[string]any)
		if statuses[w.vps] == nil || statuses[w.web] == nil {
			t.Errorf("examples/services.ts counts one status for each ID: %v", statuses)
		}
		s.throws(t, "POST", "/api/services/status-batch", fields{}, "invalidRequest")
	})
	t.Run("hostingCredentials", func(t *testing.T) {
		got := s.call(t, credentials, "GET", path(w.web, "/plesk/credentials"), nil)
		if got["password"] != nil {
			t.Error("services.ts: the password is only there with reveal")
		}
		got = s.call(t, credentials, "GET", path(w.web, "/plesk/credentials")+query("reveal", "1"), nil)
		if got["hasPassword"] == true && str(got["password"]) == "" {
			t.Errorf("services.ts: no password with reveal=1: %v", got)
		}
	})
	t.Run("rotateHostingCredentials", func(t *testing.T) {
		got := s.call(t, rotated, "POST", path(w.web, "/plesk/credentials"), fields{})
		shown := s.call(t, credentials, "GET", path(w.web, "/plesk/credentials")+query("reveal", "1"), nil)
		if shown["password"] != got["password"] {
			t.Errorf("the password is %v after it was rotated to %v", shown["password"], got["password"])
		}
	})
	t.Run("hostingDomains", func(t *testing.T) { s.call(t, hostingDomains, "GET", path(w.web, "/plesk/domains"), nil) })
	t.Run("refreshHostingDomains", func(t *testing.T) {
		s.call(t, hostingDomainsRefreshed, "POST", path(w.web, "/plesk/domains"), fields{})
	})
	ploi := func(t *testing.T) string {
		product := w.product("PLOI")
		if product == "" {
			t.Fatal("the catalogue has no website hosting, which a provider of the type PLOI runs (elizon.md section 8)")
		}
		return w.srv.AddService(elizontest.Service{ProductID: product}).ID
	}
	t.Run("storageHistory", func(t *testing.T) {
		s.call(t, storageHistory, "GET", path(ploi(t), "/ploi/storage-history")+query("hours", "72"), nil)
	})
	t.Run("siteDns", func(t *testing.T) {
		id := ploi(t)
		s.call(t, object, "GET", path(id, "/ploi/dns"), nil)
		s.call(t, object, "POST", path(id, "/ploi/dns"), fields{"apply": true})
	})
}

func sdkShop(t *testing.T, w *elizonWorld) {
	for _, kind := range []string{"with a key", "without a key"} {
		s := newSDK(w.srv.URL, "api", "")
		if kind == "with a key" {
			s = w.api
		}
		t.Run("products "+kind, func(t *testing.T) {
			got := s.call(t, products, "GET", "/api/products"+query("lang", "en"), nil)
			if len(rows(got, "categories")) == 0 {
				t.Error("no category")
			}
		})
		t.Run("countries "+kind, func(t *testing.T) {
			got := s.call(t, countries, "GET", "/api/public/countries", nil)
			if row(got, "countries", "countryCode", "DE") == nil {
				t.Errorf("examples/checkout.ts calculates for DE, which is not among %v", got["countries"])
			}
		})
	}
}

func sdkDashboard(t *testing.T, w *elizonWorld) {
	s := w.api
	t.Run("services", func(t *testing.T) { s.call(t, serviceListing, "GET", "/api/services"+query("limit", "50"), nil) })
	t.Run("tickets", func(t *testing.T) {
		s.call(t, openTickets, "GET", "/api/tickets"+query("status", "open", "limit", "1"), nil)
	})
	t.Run("totalBandwidth", func(t *testing.T) { s.call(t, totalBandwidth, "GET", "/api/services/total-bandwidth", nil) })
	t.Run("maintenanceNotifications", func(t *testing.T) {
		s.call(t, maintenance, "GET", "/api/services/maintenance-notifications", nil)
	})
	t.Run("trafficSources", func(t *testing.T) { s.call(t, trafficSources, "GET", "/api/dashboard/traffic-sources", nil) })
	t.Run("monthlyOffers", func(t *testing.T) { s.call(t, monthlyOffers, "GET", "/api/user/monthly-offers", nil) })
}

func sdkDomains(t *testing.T, w *elizonWorld) {
	s := w.api
	var id string
	t.Run("list", func(t *testing.T) { s.call(t, domains, "GET", "/api/domains", nil) })
	t.Run("add", func(t *testing.T) {
		s.call(t, done, "POST", "/api/domains/add", fields{"domain": "sdk.example"})
		found := row(s.call(t, domains, "GET", "/api/domains", nil), "data", "name", "sdk.example")
		if id = str(found["id"]); id == "" {
			t.Error("the domain is not listed under its name")
		}
		if found["domain"] != "sdk.example" {
			t.Errorf("ignite-mobile src/api/domains.ts reads domain where the SDK reads name: %v", found)
		}
	})
	var record string
	t.Run("createRecord", func(t *testing.T) {
		need(t, id != "", "add")
		s.call(t, done, "POST", "/api/domains/"+id+"/records", fields{"type": "A", "name": "www", "content": "192.0.2.10", "ttl": 3600})
	})
	t.Run("records", func(t *testing.T) {
		need(t, id != "", "add")
		found := row(s.call(t, dnsRecords, "GET", "/api/domains/"+id+"/records", nil), "data", "content", "192.0.2.10")
		if record = str(found["id"]); record == "" {
			t.Error("the record is not listed")
		}
	})
	t.Run("deleteRecord", func(t *testing.T) {
		need(t, record != "", "records")
		s.call(t, done, "DELETE", "/api/domains/"+id+"/records/"+record, nil)
		if found := row(s.call(t, dnsRecords, "GET", "/api/domains/"+id+"/records", nil), "data", "id", record); found != nil {
			t.Errorf("the record is still listed: %v", found)
		}
	})
}

func sdkSubdomains(t *testing.T, w *elizonWorld) {
	s := w.api
	var domain map[string]any
	t.Run("allowedDomains", func(t *testing.T) {
		if found := rows(s.call(t, allowedDomains, "GET", "/api/subdomains/domains", nil), "data"); len(found) > 0 {
			domain = found[0]
		}
	})
	var id string
	t.Run("create", func(t *testing.T) {
		need(t, domain != nil, "allowedDomains")
		s.call(t, done, "POST", "/api/subdomains",
			fields{"domainId": domain["id"], "subdomain": "sdk", "type": "A", "serviceId": w.vps, "comment": "made by the SDK"})
		s.throws(t, "POST", "/api/subdomains", fields{"domainId": domain["id"]}, "invalidRequest")
	})
	t.Run("list", func(t *testing.T) {
		got := s.call(t, subdomains, "GET", "/api/subdomains", nil)
		id = str(row(got, "data", "subdomain", "sdk")["id"])
		if id == "" || got["limitUsed"] != 1.0 {
			t.Errorf("one subdomain, and the list is %v", got)
		}
	})
	t.Run("delete", func(t *testing.T) {
		need(t, id != "", "list")
		s.call(t, done, "DELETE", "/api/subdomains/"+id, nil)
		if got := s.call(t, subdomains, "GET", "/api/subdomains", nil); row(got, "data", "id", id) != nil {
			t.Errorf("%s is still listed", id)
		}
	})
}

func sdkIPManager(t *testing.T, w *elizonWorld) {
	s := w.api
	var entry, subnet map[string]any
	t.Run("list", func(t *testing.T) {
		got := s.call(t, addresses, "GET", "/api/ip-manager", nil)
		entry, subnet = row(got, "data", "serviceId", w.vps), row(got, "subnets", "serviceId", w.vps)
		if entry == nil || subnet == nil {
			t.Errorf("elizon.md section 9: data and subnets name the service of each: %v", got)
		}
	})
	t.Run("update", func(t *testing.T) {
		need(t, entry != nil, "list")
		s.call(t, done, "PATCH", "/api/ip-manager/"+str(entry["id"]), fields{"reverseContent": "sdk.example"})
		got := row(s.call(t, addresses, "GET", "/api/ip-manager", nil), "data", "id", entry["id"])
		if str(got["reverseContent"]) != "sdk.example" {
			t.Errorf("reverseContent is %v", got["reverseContent"])
		}
		s.throws(t, "PATCH", "/api/ip-manager/"+str(entry["id"]), fields{}, "invalidRequest")
	})
	t.Run("addIpv6 and delete", func(t *testing.T) {
		need(t, subnet != nil, "list")
		address := inSubnet(t, subnet)
		s.call(t, done, "POST", "/api/ip-manager", fields{"serviceId": w.vps, "ipv6Address": address})
		find := func() map[string]any {
			got := s.call(t, addresses, "GET", "/api/ip-manager", nil)
			for _, name := range []string{"ipAddress", "address"} {
				if found := row(got, "data", name, address); found != nil {
					return found
				}
			}
			return nil
		}
		added := find()
		if added == nil {
			t.Fatalf("%s is not listed", address)
		}
		s.throws(t, "POST", "/api/ip-manager", fields{"serviceId": w.vps}, "invalidRequest")
		s.throws(t, "POST", "/api/ip-manager", fields{"serviceId": "none", "ipv6Address": address}, "serviceNotFound")
		s.call(t, done, "DELETE", "/api/ip-manager/"+str(added["id"]), nil)
		if find() != nil {
			t.Errorf("%s is still listed", address)
		}
	})
}

// inSubnet makes an address as the vendor's app does, ignite-mobile src/screens/IpManagerScreen.tsx: the
// groups of the prefix that the length covers, and any groups after them.
func inSubnet(t *testing.T, subnet map[string]any) string {
	t.Helper()
	length, _ := amount(subnet["cidr"])
	prefix := strings.TrimSuffix(str(subnet["prefix"]), "::")
	groups := strings.FieldsFunc(prefix, func(r rune) bool { return r == ':' })
	covered := (int(length) + 15) / 16
	groups = groups[:min(len(groups), covered)]
	for len(groups) < 8 {
		if len(groups) < covered {
			groups = append(groups, "0")
		} else {
			groups = append(groups, "beef")
		}
	}
	address, err := netip.ParseAddr(strings.Join(groups, ":"))
	if err != nil || covered == 0 || covered == 8 {
		t.Fatalf("IpManagerScreen.tsx makes no address of the subnet %v: %v", subnet, err)
	}
	return address.String()
}

func sdkSSHKeys(t *testing.T, w *elizonWorld) {
	s := w.api
	var id string
	t.Run("create", func(t *testing.T) {
		s.call(t, done, "POST", "/api/ssh-keys", fields{"name": "sdk", "publicKey": publicKey(1)})
		s.throws(t, "POST", "/api/ssh-keys", fields{"name": "sdk"}, "invalidRequest")
	})
	t.Run("list", func(t *testing.T) {
		if id = str(row(s.call(t, sshKeys, "GET", "/api/ssh-keys", nil), "sshKeys", "name", "sdk")["id"]); id == "" {
			t.Error("the key is not listed")
		}
	})
	t.Run("delete", func(t *testing.T) {
		need(t, id != "", "list")
		s.call(t, done, "DELETE", "/api/ssh-keys/"+id, nil)
		if got := s.call(t, sshKeys, "GET", "/api/ssh-keys", nil); row(got, "sshKeys", "id", id) != nil {
			t.Errorf("%s is still listed", id)
		}
	})
	t.Run("generate", func(t *testing.T) {
		got := s.call(t, sshKeyPair, "POST", "/api/ssh-keys/generate", fields{"name": "made", "keyType": "ed25519"})
		if str(got["privateKey"]) == "" || str(got["publicKey"]) == "" {
			t.Errorf("schemas/shop.ts: no pair of keys: %v", got)
		}
		s.throws(t, "POST", "/api/ssh-keys/generate", fields{"name": "made"}, "invalidRequest")
	})
}

func sdkBYOIP(t *testing.T, w *elizonWorld) {
	s := w.api
	t.Run("status", func(t *testing.T) { s.call(t, byoip, "GET", "/api/byoip/status", nil) })
	t.Run("assign", func(t *testing.T) {
		s.throws(t, "POST", "/api/byoip/assign", fields{"networkId": "none", "serviceId": w.vps, "assignedPrefix": "192.0.2.0/28"},
			"byoipNetworkNotFound", "byoipNetworkNotOwned")
	})
	t.Run("unassign", func(t *testing.T) { s.throws(t, "DELETE", "/api/byoip/assign/none", nil, "byoipAssignmentNotFound") })
	t.Run("cancel", func(t *testing.T) {
		s.throws(t, "POST", "/api/byoip/cancel", fields{"networkId": "none"}, "byoipNetworkNotFound", "byoipNetworkNotOwned")
	})
}

func sdkFloatingIPs(t *testing.T, w *elizonWorld) {
	s := w.desktop
	var location, id string
	t.Run("options", func(t *testing.T) {
		for _, offer := range rows(s.call(t, floatingIPOptions, "GET", "/api/floating-ips/options", nil), "locations") {
			if ipv4, _ := offer["ipv4"].(map[string]any); ipv4["available"] == true && location == "" {
				location = str(offer["id"])
			}
		}
		if location == "" {
			t.Error("no location offers an IPv4 address")
		}
	})
	t.Run("order", func(t *testing.T) {
		need(t, location != "", "options")
		wanted := fields{"locationId": location, "ipVersion": 4, "billingCycle": 30, "paymentMethod": "guthaben"}
		balance := w.srv.Balance()
		w.srv.SetBalance(0)
		s.throws(t, "POST", "/api/floating-ips/order", wanted, "insufficientBalance")
		w.srv.SetBalance(balance)
		s.call(t, floatingIPMade, "POST", "/api/floating-ips/order", wanted)
		if w.srv.Balance() >= balance {
			t.Errorf("floating-ips.ts: order is paid from the balance, which is %s as before", balance)
		}
		s.throws(t, "POST", "/api/floating-ips/order", fields{"locationId": location}, "invalidRequest")
	})
	find := func(t *testing.T) map[string]any {
		found := rows(s.call(t, floatingIPs, "GET", "/api/floating-ips", nil), "floatingIps")
		if len(found) != 1 {
			t.Fatalf("one was ordered, and the list is %v", found)
		}
		return found[0]
	}
	t.Run("list", func(t *testing.T) { id = str(find(t)["id"]) })
	change := func(t *testing.T, verb string, body fields) {
		need(t, id != "", "list")
		s.call(t, done, "POST", "/api/floating-ips/"+url.PathEscape(id)+"/"+verb, body)
	}
	t.Run("assign", func(t *testing.T) {
		change(t, "assign", fields{"serviceId": w.vps})
		if got := find(t)["assignedServiceId"]; got != w.vps {
			t.Errorf("assignedServiceId is %v, want %s", got, w.vps)
		}
		s.throws(t, "POST", "/api/floating-ips/"+id+"/assign", fields{"serviceId": "none"}, "serviceNotFound")
	})
	t.Run("unassign", func(t *testing.T) {
		change(t, "unassign", fields{})
		if got := find(t)["assignedServiceId"]; got != nil {
			t.Errorf("assignedServiceId is %v", got)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		change(t, "cancel", fields{})
		if got := find(t)["cancelAtPeriodEnd"]; got != true {
			t.Errorf("cancelAtPeriodEnd is %v", got)
		}
	})
}

// publicKey is an OpenSSH key that anybody accepts; seed makes it another one.
func publicKey(seed byte) string {
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+seed)), ed25519.SeedSize)))
	const algorithm = "ssh-ed25519"
	blob := binary.BigEndian.AppendUint32(nil, uint32(len(algorithm)))
	blob = append(blob, algorithm...)
	blob = binary.BigEndian.AppendUint32(blob, ed25519.PublicKeySize)
	blob = append(blob, private.Public().(ed25519.PublicKey)...)
	return algorithm + " " + base64.StdEncoding.EncodeToString(blob) + " sdk@example"
}
