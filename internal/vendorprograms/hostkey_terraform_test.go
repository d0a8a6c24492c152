package vendorprograms

// The Terraform provider of HOSTKEY, hostkey-cloud/terraform-provider-hostkey, commit bc7212a of
// 2026-08-21. Its sources, by step:
//
//	every request   internal/invapi/client.go (postForm, isNonRetryableForm), errors.go (decodeAPIError)
//	sign in         internal/invapi/auth.go, types.go (LoginResponse), url.go (allowedInvAPIRewrite)
//	catalogue       internal/invapi/catalog.go; internal/provider/catalog_resolve.go, catalog_verify.go,
//	                data_source_preset.go
//	create          internal/provider/resource_server.go (Create); internal/invapi/eq.go, types.go
//	                (OrderInstanceResponse), pending.go, callback.go, pending_terminal.go
//	read, rename    resource_server.go (readServerState, ensureInvAPIHostname), types.go (ServerShowResponse)
//	tags            internal/invapi/tags.go; internal/provider/tags_sync.go
//	power           internal/invapi/eq_power.go; resource_server.go (applyPowerState)
//	reinstall       internal/provider/server_reinstall.go; callback.go (WaitForCallback, callbackTerminal)
//	IP addresses    internal/invapi/net.go; internal/provider/resource_server_ip.go
//	main address    hostkey-cloud/mcp-server src/tools/network.ts (the provider does not change it)
//	SSH keys        internal/invapi/ssh_keys.go; internal/provider/resource_ssh_key.go
//	DNS             internal/invapi/pdns.go; internal/provider/resource_dns_domain.go, resource_dns_record.go
//	destroy         resource_server.go (Delete, serverGone); errors.go (IsNotFound)

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

func TestHOSTKEYTerraformProvider(t *testing.T) {
	t.Parallel()
	srv := hostkeytest.NewServer()
	t.Cleanup(srv.Close)
	tf := &terraform{program: newProgram(srv.URL, "User-Agent", "terraform-provider-hostkey/dev"), srv: srv}

	const hostname = "tf-web-1"
	var preset, os, software, plan int
	var presetName, location, id, ip string
	var server int
	var known []int
	var ordered terraformOrder

	t.Run("sign in", func(t *testing.T) { tf.signIn(t) })

	t.Run("presets", func(t *testing.T) {
		var listed struct {
			Presets []struct {
				ID          int             `json:"id"`
				Name        string          `json:"name"`
				Location    string          `json:"location"`
				Description string          `json:"description"`
				Locations   string          `json:"locations"`
				HDD         json.RawMessage `json:"hdd"`
				Virtual     int             `json:"virtual"`
				ServerType  string          `json:"server_type"`
				Active      int             `json:"active"`
			} `json:"presets"`
		}
		tf.call(t, "types.go (PresetListResponse)", "presets", "list", &listed)
		for _, p := range listed.Presets {
			if p.Active == 1 && p.Virtual == 1 && presetName == "" {
				presetName, preset = p.Name, p.ID
				location = strings.TrimSpace(strings.Split(p.Locations, ",")[0])
			}
			var text string
			var number json.Number
			if json.Unmarshal(p.HDD, &text) != nil && json.Unmarshal(p.HDD, &number) != nil {
				t.Errorf("types.go (FlexString): hdd of %s is %s, neither a text nor a number", p.Name, p.HDD)
			}
		}
		if preset == 0 || location == "" {
			t.Fatalf("catalog_verify.go finds no active virtual preset with a location in %+v", listed)
		}
		preset = 0
		tf.call(t, "catalog.go (PresetsList)", "presets", "list", &listed, "location", location)
		for _, p := range listed.Presets {
			if strings.EqualFold(p.Name, presetName) && p.Active != 0 {
				preset = p.ID
			}
		}
		if preset == 0 {
			t.Errorf("catalog_resolve.go (resolvePresetID): %s is not listed for its own location %s", presetName, location)
		}
	})

	t.Run("preset by ID", func(t *testing.T) {
		need(t, preset != 0, "presets")
		type detail struct {
			ID          int    `json:"id"`
			Name        string `json:"name"`
			Description string `json:"description"`
			Locations   string `json:"locations"`
		}
		var shown struct {
			Preset  *detail  `json:"preset"`
			Presets []detail `json:"presets"`
		}
		tf.call(t, "data_source_preset.go", "presets", "show", &shown, "id", strconv.Itoa(preset))
		if shown.Preset != nil {
			shown.Presets = append(shown.Presets, *shown.Preset)
		}
		if len(shown.Presets) == 0 || shown.Presets[0].ID != preset || shown.Presets[0].Name != presetName {
			t.Errorf("data_source_preset.go (decodePreset) finds preset %d neither in preset nor in presets: %+v", preset, shown)
		}
	})

	filter := func(t *testing.T, instance string) []string {
		need(t, preset != 0, "presets")
		return []string{"location", location, instance, strconv.Itoa(preset)}
	}
	type row struct {
		ID     int    `json:"id"`
		Name   string `json:"name"`
		Active int    `json:"active"`
	}
	first := func(t *testing.T, source string, rows []row) int {
		for _, r := range rows {
			if r.Active != 0 && r.ID != 0 && r.Name != "" {
				return r.ID
			}
		}
		t.Errorf("%s finds no active row for the preset: %+v", source, rows)
		return 0
	}

	t.Run("operating systems", func(t *testing.T) {
		var listed struct {
			OSList     []row           `json:"os_list"`
			OSExcluded json.RawMessage `json:"os_excluded"`
		}
		tf.call(t, "catalog.go (OSListResponse)", "os", "list", &listed, filter(t, "instance_id")...)
		os = first(t, "catalog_verify.go (verifyActiveOSID)", listed.OSList)
	})

	t.Run("software", func(t *testing.T) {
		var listed struct {
			Software []row `json:"software"`
		}
		tf.call(t, "catalog.go (SoftwareListResponse)", "software", "list", &listed, filter(t, "instance_id")...)
		software = first(t, "catalog_verify.go (verifyActiveSoftID)", listed.Software)
	})

	t.Run("traffic plans", func(t *testing.T) {
		var listed struct {
			Result       string `json:"result"`
			TrafficPlans []struct {
				row
				Location  string  `json:"location"`
				Locations string  `json:"locations"`
				Price     float64 `json:"price"`
				MainPlan  int     `json:"main_plan"`
			} `json:"traffic_plans"`
		}
		tf.call(t, "catalog.go (TrafficPlansListResponse)", "traffic_plans", "list", &listed, filter(t, "instance")...)
		var rows []row
		for _, p := range listed.TrafficPlans {
			rows = append(rows, p.row)
		}
		plan = first(t, "catalog_verify.go (verifyActiveTrafficID)", rows)
	})

	t.Run("create", func(t *testing.T) {
		need(t, preset != 0 && os != 0 && software != 0 && plan != 0, "catalogue")
		known, _ = tf.updateServers(t)
		known = append(known, tf.list(t)...)
		tf.call(t, "types.go (OrderInstanceResponse), after the money is spent,", "eq", "order_instance", &ordered,
			"preset", presetName, "location_name", location, "os_id", strconv.Itoa(os), "soft_id", strconv.Itoa(software),
			"traffic_plan", strconv.Itoa(plan), "root_pass", "Abcdef-12345", "hostname", hostname,
			"ssh_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm6 tf", "deploy_period", "monthly", "deploy_notify", "true")
		if ordered.Invoice <= 0 {
			t.Fatalf("resource_server.go (Create) keeps an interrupted order as pending:<invoice>, and there is none: %+v", ordered)
		}
		if server = ordered.ID; server == 0 {
			server = tf.deployed(t, ordered, known, hostname)
		}
		if slices.Contains(known, server) {
			t.Errorf("server_create_guard.go (acceptNewServerID): server %d was there before the order", server)
		}
		id = strconv.Itoa(server)
	})

	t.Run("read after create", func(t *testing.T) {
		need(t, server != 0, "create")
		shown := tf.show(t, server)
		if got := shown.hostname(); got != hostname {
			t.Errorf("resource_server.go (shouldSelfHealHostname): eq/show tells the hostname %q, not %q", got, hostname)
		}
		if ip = shown.mainIP(); ip == "" {
			t.Errorf("eq.go (MainIPv4) finds no address in %+v", shown.IP)
		}
		if got := shown.status(); got != "rent" {
			t.Errorf("tags_sync.go (serverStatus): %q, want rent", got)
		}
		if !slices.Contains(tf.list(t), server) {
			t.Errorf("eq.go (EQList): %d is not listed", server)
		}
	})

	t.Run("tags", func(t *testing.T) {
		need(t, server != 0, "create")
		var listed struct {
			Tags []terraformTag `json:"tags"`
		}
		tags := func() map[string]string {
			listed.Tags = nil
			tf.call(t, "tags.go (TagsListResponse)", "tags", "list", &listed, "id", id, "component", "eq")
			found := map[string]string{}
			for _, tag := range listed.Tags {
				if tag.Internal == 0 {
					found[tag.Tag] = tag.Value
				}
			}
			return found
		}
		tags()
		tf.call(t, "tags.go (TagsAdd)", "tags", "add", nil, "id", id, "tag", "env", "value", "test")
		if got := tags()["env"]; got != "test" {
			t.Errorf("tags_sync.go (readUserTags): env is %q after tags/add", got)
		}
		tf.call(t, "tags_sync.go (syncTags) adds again to change a value; tags.go (TagsAdd)", "tags", "add", nil,
			"id", id, "tag", "env", "value", "prod")
		if got := tags()["env"]; got != "prod" {
			t.Errorf("tags_sync.go (syncTags): env is %q after a second tags/add", got)
		}
		tf.call(t, "tags.go (TagsRemove)", "tags", "remove", nil, "id", id, "tag", "env", "component", "eq", "component_id", id)
		if got, there := tags()["env"]; there {
			t.Errorf("tags_sync.go (readUserTags): env is still %q after tags/remove", got)
		}
	})

	t.Run("rename", func(t *testing.T) {
		need(t, server != 0, "create")
		tf.rename(t, server, "tf-web-2")
	})

	for _, action := range []string{"off", "hard_off"} {
		t.Run("power "+action, func(t *testing.T) {
			need(t, server != 0, "create")
			tf.call(t, "eq_power.go", "eq", action, nil, "id", id)
			// Update reads once, right after the answer, and Terraform refuses a state that is not the planned one.
			if got := tf.show(t, server).power(); got != "off" {
				t.Errorf("resource_server.go (Update, readServerState): right after eq/%s, status says %q, not power_off", action, got)
			}
			srv.Advance(time.Minute)
			if got := tf.show(t, server).power(); got != "off" {
				t.Errorf("eq_power.go (PowerStateFromStatus): a minute after eq/%s, status says %q, not power_off", action, got)
			}
			tf.call(t, "eq_power.go", "eq", "on", nil, "id", id)
			srv.Advance(time.Minute)
			if got := tf.show(t, server).power(); got != "on" {
				t.Errorf("eq_power.go (PowerStateFromStatus): after eq/on, status says %q", got)
			}
		})
	}

	t.Run("reboot", func(t *testing.T) {
		need(t, server != 0, "create")
		tf.call(t, "eq_power.go", "eq", "reboot", nil, "id", id)
		srv.Advance(time.Minute)
		if got := tf.show(t, server).power(); got != "on" {
			t.Errorf("eq_power.go (PowerStateFromStatus): after eq/reboot, status says %q", got)
		}
	})

	t.Run("reinstall", func(t *testing.T) {
		need(t, server != 0, "create")
		tf.updateServers(t)
		var again terraformOrder
		tf.call(t, "types.go (OrderInstanceResponse)", "eq", "order_instance", &again,
			"id", id, "os_id", strconv.Itoa(os), "root_pass", "Abcdef-67890")
		if again.ID != 0 && again.ID != server {
			t.Errorf("server_reinstall.go (applyReinstall): id is %d, want %d or none", again.ID, server)
		}
		if again.Callback != "" {
			tf.wait(t, again.Callback)
		}
		tf.show(t, server)
	})

	var added string
	t.Run("add an address", func(t *testing.T) {
		need(t, server != 0, "create")
		var answered struct {
			ID   int             `json:"id"`
			IPs  json.RawMessage `json:"ips"`
			Keys json.RawMessage `json:"keys"`
		}
		// resource_server_ip.go: port is optional and not sent unless it is set.
		tf.call(t, "net.go (NetAddIPv4)", "net", "add_ipv4", &answered, "id", id, "amount", "1")
		var objects []struct {
			IP   string `json:"ip"`
			VLAN int    `json:"vlan"`
		}
		var texts []string
		if json.Unmarshal(answered.IPs, &objects) == nil && len(objects) > 0 {
			added = objects[0].IP
		} else if json.Unmarshal(answered.IPs, &texts) == nil && len(texts) > 0 {
			added = texts[0]
		}
		if added == "" {
			t.Fatalf("net.go (ParsedIPs) finds no address in ips %s", answered.IPs)
		}
		srv.Advance(time.Minute)
		if !tf.show(t, server).has(added) {
			t.Errorf("net.go (ServerHasIPv4): eq/show does not list %s", added)
		}
	})

	t.Run("make it the main address", func(t *testing.T) {
		need(t, added != "", "add an address")
		tf.call(t, "mcp-server src/tools/network.ts (main is the address)", "ip", "set_main", nil, "id", id, "ip", added, "main", added)
		srv.Advance(time.Minute)
		if got := tf.show(t, server).mainIP(); got != added {
			t.Errorf("eq.go (MainIPv4): the main address is %s, want %s", got, added)
		}
		tf.call(t, "mcp-server src/tools/network.ts (main is the address)", "ip", "set_main", nil, "id", id, "ip", ip, "main", ip)
		srv.Advance(time.Minute)
	})

	t.Run("remove the address", func(t *testing.T) {
		need(t, added != "", "add an address")
		tf.call(t, "net.go (NetRemoveIPv4)", "net", "remove_ipv4", nil, "id", id, "ip", added)
		srv.Advance(time.Minute)
		if tf.show(t, server).has(added) {
			t.Errorf("resource_server_ip.go (Read): eq/show still lists %s after net/remove_ipv4", added)
		}
	})

	t.Run("SSH keys", func(t *testing.T) {
		type key struct {
			ID         int    `json:"id"`
			CustomerID int    `json:"customer_id"`
			Name       string `json:"name"`
			Key        string `json:"key"`
			Default    int    `json:"default"`
			Created    string `json:"created"`
		}
		var made struct {
			SSHKey key `json:"sshkey"`
		}
		const public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm7 tf"
		tf.call(t, "ssh_keys.go (SSHKeyMutateResponse)", "ssh_keys", "add", &made,
			"params[name]", "tf", "params[key]", public, "params[default]", "0")
		if made.SSHKey.ID == 0 || made.SSHKey.Name != "tf" {
			t.Fatalf("ssh_keys.go (SSHKeyAdd) finds no key in sshkey: %+v", made)
		}
		find := func() (found key) {
			var listed struct {
				SSHKeys []key `json:"sshkeys"`
			}
			tf.call(t, "ssh_keys.go (SSHKeysListResponse)", "ssh_keys", "list", &listed)
			for _, k := range listed.SSHKeys {
				if k.ID == made.SSHKey.ID {
					found = k
				}
			}
			return found
		}
		if got := find(); got.Key != public {
			t.Errorf("resource_ssh_key.go (Read): %+v", got)
		}
		tf.call(t, "ssh_keys.go (SSHKeyDelete)", "ssh_keys", "delete", nil, "id", strconv.Itoa(made.SSHKey.ID))
		if got := find(); got.ID != 0 {
			t.Errorf("resource_ssh_key.go (Read): the key is still listed after ssh_keys/delete: %+v", got)
		}
	})

	t.Run("DNS", func(t *testing.T) {
		const zone = "tf.example"
		var made struct {
			Data struct {
				ID int `json:"id"`
			} `json:"data"`
		}
		tf.call(t, "pdns.go (PDNSAddDomain)", "pdns", "add_domain", &made, "params[name]", zone)
		if made.Data.ID == 0 {
			t.Fatal("pdns.go (PDNSAddDomain) finds no id in data")
		}
		domains := func() (found bool) {
			var listed struct {
				Data []struct {
					ID   int    `json:"id"`
					Name string `json:"name"`
				} `json:"data"`
			}
			tf.call(t, "pdns.go (PDNSListDomains)", "pdns", "list_domains", &listed)
			for _, d := range listed.Data {
				found = found || d.ID == made.Data.ID && d.Name == zone
			}
			return found
		}
		if !domains() {
			t.Errorf("resource_dns_domain.go (Read): %s is not listed", zone)
		}
		record := func(name string) (found bool) {
			var viewed struct {
				Data struct {
					ID      int    `json:"id"`
					Name    string `json:"name"`
					Records []struct {
						ID       int    `json:"id"`
						Name     string `json:"name"`
						Type     string `json:"type"`
						Content  string `json:"content"`
						TTL      int    `json:"ttl"`
						Priority int    `json:"priority"`
					} `json:"records"`
				} `json:"data"`
			}
			tf.call(t, "pdns.go (PDNSViewZone)", "pdns", "view_zone", &viewed, "params[zone]", zone)
			for _, r := range viewed.Data.Records {
				// resource_dns_record.go (Read) looks for the name as it was configured, without the zone.
				found = found || strings.EqualFold(strings.TrimSuffix(r.Name, "."), name) && r.Type == "A" &&
					r.Content == "192.0.2.10" && r.TTL == 600
			}
			return found
		}
		tf.call(t, "pdns.go (PDNSAddDNS)", "pdns", "add_dns", nil, "params[zone]", zone, "params[name]", "www",
			"params[type]", "A", "params[content][]", "192.0.2.10", "params[ttl]", "600")
		if !record("www") {
			t.Error("resource_dns_record.go (Read) does not find the record that it has added, and would add it again")
		}
		tf.call(t, "pdns.go (PDNSDeleteDNS)", "pdns", "delete_dns", nil, "params[zone]", zone, "params[name]", "www",
			"params[type]", "A", "params[content][]", "192.0.2.10")
		if record("www") {
			t.Error("resource_dns_record.go (Read): the record is still there after pdns/delete_dns")
		}
		tf.call(t, "pdns.go (PDNSDeleteDomain)", "pdns", "delete_domain", nil,
			"params[id]", strconv.Itoa(made.Data.ID), "params[zone]", zone)
		if domains() {
			t.Errorf("resource_dns_domain.go (Read): %s is still listed after pdns/delete_domain", zone)
		}
	})

	// destroy is Delete of resource_server.go, and the read of the next plan.
	destroy := func(t *testing.T, server int, cancellation ...string) {
		id := strconv.Itoa(server)
		tf.call(t, "eq.go (WHMCSRequestCancellation)", "whmcs", "request_cancellation", nil,
			append([]string{"id", id, "cancellation_reason", "Cancelled via Terraform"}, cancellation...)...)
		if len(cancellation) == 0 {
			return // until when the server then stays is the panel's default
		}
		for range 120 {
			var shown terraformServer
			var refused *refusal
			err := tf.try(t, "eq", "show", &shown, "id", id)
			if errors.As(err, &refused) && refused.gone() {
				return
			}
			if err != nil {
				t.Fatalf("resource_server.go (serverGone) cannot tell that the server is gone: %v", err)
			}
			srv.Advance(15 * time.Second)
		}
		t.Error("resource_server.go (Delete): the server is still there after the delete timeout of 30 minutes")
	}

	t.Run("destroy", func(t *testing.T) {
		need(t, server != 0, "create")
		destroy(t, server, "cancellation_type", "1")
		if slices.Contains(tf.list(t), server) {
			t.Errorf("eq.go (EQList): %d is still listed", server)
		}
	})

	t.Run("a server that never was", func(t *testing.T) {
		var refused *refusal
		if err := tf.try(t, "eq", "show", nil, "id", "99999999"); !errors.As(err, &refused) || !refused.gone() {
			t.Errorf("errors.go (IsNotFound) does not know it for gone: %v", err)
		}
	})

	t.Run("create after the task's answer was lost", func(t *testing.T) {
		need(t, preset != 0 && os != 0 && plan != 0, "catalogue")
		tf.token = "" // another run of Terraform
		known, _ = tf.updateServers(t)
		var second terraformOrder
		tf.call(t, "types.go (OrderInstanceResponse)", "eq", "order_instance", &second,
			"preset", presetName, "location_name", location, "os_id", strconv.Itoa(os), "root_pass", "Abcdef-12345",
			"hostname", "tf-web-3", "deploy_period", "hourly", "traffic_plan", strconv.Itoa(plan))
		callback := second.Callback
		if callback == "" {
			_, deployments := tf.updateServers(t)
			callback = deployments[strconv.Itoa(second.Invoice)]
		}
		srv.Advance(30 * time.Minute)
		_ = tf.try(t, "eq_callback", "check", nil, "key", callback) // read by nobody
		second.Callback = callback
		server := tf.deployed(t, second, known, "tf-web-3")
		destroy(t, server)
	})

	t.Run("a deployment that fails", func(t *testing.T) {
		need(t, preset != 0 && os != 0 && plan != 0, "catalogue")
		tf.token = ""
		srv.FailDeploys(1)
		var failing terraformOrder
		tf.call(t, "types.go (OrderInstanceResponse)", "eq", "order_instance", &failing,
			"preset", presetName, "location_name", location, "os_id", strconv.Itoa(os), "root_pass", "Abcdef-12345",
			"hostname", "tf-web-4", "deploy_period", "hourly", "traffic_plan", strconv.Itoa(plan))
		callback := failing.Callback
		if callback == "" {
			_, deployments := tf.updateServers(t)
			callback = deployments[strconv.Itoa(failing.Invoice)]
		}
		for range 90 {
			var task terraformTask
			var refused *refusal
			err := tf.try(t, "eq_callback", "check", &task, "key", callback)
			if errors.As(err, &refused) && (refused.gone() || (terraformTask{Debug: refused.result + refused.body}).failed() != "") {
				return
			}
			if err == nil && (task.done() || task.server() != 0) {
				t.Fatalf("callback.go takes this for a server: %+v", task)
			}
			if err == nil && task.failed() != "" {
				return
			}
			srv.Advance(time.Minute)
		}
		t.Error("callback.go, pending_terminal.go: nothing tells that the deployment has failed, and Terraform waits for 90 minutes")
	})
}
