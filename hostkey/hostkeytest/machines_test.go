package hostkeytest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

func TestShow(t *testing.T) {
	s := signedIn(t)
	m := s.AddMachine(hostkeytest.Machine{Hostname: "web1", RootPass: "Root-Passw0rd"})
	s.want(fmt.Sprintf(`{"result":"OK","module":"eq","action":"show","account_id":%[2]d,"type_billing":"whmcs_com",
		"server_data":{"id":%[1]d,"Condition_Component":"rent","status":"rent","ref_tableName":"VPS","type":"VPS","account_id":%[2]d,"type_billing":"whmcs_com",
			"limit_bands":1000,"power_status":"on","OS":"Debian 12","preset":"vm.pico"},
		"hardware":[],"IP":[{"ip":"198.18.0.2","main_ip":1,"MAC":"00:00:5e:00:53:0e","vlan":100}],
		"interfaces":[{"mac":"00:00:5e:00:53:0e","IsMain":1}],"location":{"dc_location":"NL"},"ipmi":{"model":"openstack"},
		"tags":[{"id":%[3]d,"tag":"hostname","value":"web1","extra":"","internal":0,"component":"eq","component_id":%[1]d},
			{"id":%[4]d,"tag":"OS","value":"Debian 12","extra":"","internal":0,"component":"eq","component_id":%[1]d},
			{"id":%[5]d,"tag":"password","value":"Root-Passw0rd","extra":"","internal":0,"component":"eq","component_id":%[1]d}]}`,
		m.ID, m.ServiceID, m.Tags[0].ID, m.Tags[1].ID, m.Tags[2].ID), "eq/show", "id", text(m.ID))

	listed := signedIn(t, hostkeytest.WithMachines(1), hostkeytest.WithShapes(hostkeytest.ShapeServerDataList, hostkeytest.ShapeTextIDs))
	id := text(listed.Machines()[0].ID)
	show := listed.call("eq/show", "id", id)
	require.Equal(t, id, show["server_data"].([]any)[0].(map[string]any)["id"])
	require.Equal(t, []any{id}, listed.call("eq/list")["servers"])
}

func TestList(t *testing.T) {
	s := signedIn(t)
	s.want(`{"result":"OK","module":"eq","action":"list","servers":[]}`, "eq/list")
	a, b := s.AddMachine(hostkeytest.Machine{Hostname: "a"}), s.AddMachine(hostkeytest.Machine{Hostname: "b", Location: "US", Status: "power_off"})
	ids := func(pairs ...string) any { t.Helper(); return s.call("eq/list", pairs...)["servers"] }
	require.Equal(t, []any{float64(a.ID), float64(b.ID)}, ids())
	require.Equal(t, []any{float64(b.ID)}, ids("status", "power_off"))
	require.Equal(t, []any{float64(a.ID)}, ids("location", "NL"))
	require.Equal(t, []any{float64(b.ID)}, ids("ip", b.IPs[0]))
	s.fails("eq/list: invalid status", "eq/list", "status", "off")
	s.want(fmt.Sprintf(`{"result":"OK","module":"eq","action":"list","servers":[{"id":%d,"status":"rent","hostname":"a","name":"vm.pico",
		"type":"VPS","IP":%q,"due_date":"2026-04-04","days_left":31,"price_EUR":"4.00","is_prebill":0,"location":"NL"}]}`, a.ID, a.IPs[0]),
		"eq/list", "full", "1", "location", "NL")
	require.True(t, s.RemoveMachine(a.ID))
	require.False(t, s.RemoveMachine(a.ID))
	require.Equal(t, []any{float64(b.ID)}, ids())
	c := s.AddForeign("c")
	require.Equal(t, []any{float64(b.ID), float64(c)}, ids())
}

func TestHideServers(t *testing.T) {
	s := signedIn(t)
	id := s.AddForeign("web1")
	s.HideServers(true)
	s.want(permissionDenied, "eq/list")
	s.want(permissionDenied, "eq/update_servers")
	s.fails("EQ/show: server not exist", "eq/show", "id", text(id))
	s.fails("TAGS/list: server not exist", "tags/list", "id", text(id))
	require.Equal(t, []any{}, field(s.call("auth/info"), "result", "servers"))
	require.Equal(t, "Active", s.call("whmcs/get_billing_data", "id", text(id))["billing_status"])
	require.Len(t, s.Machines(), 1)
	s.HideServers(false)
	require.Len(t, s.call("eq/list")["servers"], 1)
}

func TestPower(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	status := func() any { t.Helper(); return s.wait(s.call("eq/status", "id", id))["scope"] }
	require.Equal(t, "VM is up now", status())
	off := s.call("eq/off", "id", id)
	require.True(t, s.get(m.ID).PoweredOn, "not yet")
	show := s.call("eq/show", "id", id)
	require.Equal(t, []any{"on", "power_off"}, []any{field(show, "server_data", "power_status"), field(show, "server_data", "status")})
	done := s.wait(off)
	require.Equal(t, "Post is off", done["scope"])
	require.Equal(t, map[string]any{"action": "off", "id": id}, done["context"])
	show = s.call("eq/show", "id", id)
	require.Equal(t, []any{"off", "power_off", "rent"}, []any{
		field(show, "server_data", "power_status"), field(show, "server_data", "status"), field(show, "server_data", "Condition_Component"),
	})
	require.Equal(t, "rent", s.get(m.ID).Status, "power does not change the status")
	require.Equal(t, "VM is down now", status())
	s.wait(s.call("eq/on", "id", id))
	require.True(t, s.get(m.ID).PoweredOn)
	s.wait(s.call("eq/hard_off", "id", id))
	require.False(t, s.get(m.ID).PoweredOn)
	s.wait(s.call("eq/reboot", "id", id))
	require.Equal(t, 1, s.get(m.ID).Reboots)
	s.fails("eq/boot_dev: invalid media", "eq/boot_dev", "id", id, "media", "floppy")
	require.Contains(t, s.wait(s.call("eq/sensors", "id", id))["scope"], "CPU Temp")

	s.SetPIN("4711")
	s.fails("Invalid PIN", "eq/off", "id", id)
	s.wait(s.call("eq/off", "id", id, "pin", "4711"))
	require.False(t, s.get(m.ID).PoweredOn)
	s.SetPIN("")

	// The record tells where the last request leads, and then what is.
	record := func() any { return field(s.call("eq/show", "id", id), "server_data", "status") }
	first := s.call("eq/on", "id", id)
	s.call("eq/off", "id", id)
	require.Equal(t, "power_off", record())
	last := s.call("eq/on", "id", id)
	require.Equal(t, "rent", record())
	s.wait(first)
	s.wait(last)
	s.wait(s.call("eq/off", "id", id))
	require.Equal(t, "power_off", record())
	s.wait(s.call("eq/suspend", "id", id))
	s.wait(s.call("eq/unsuspend", "id", id))
	require.Equal(t, "rent", record(), "it runs again")
	dedicated := s.machine("bm1", "preset", "bm.v1-8", "os_id", "259")
	require.Equal(t, "Chassis Power is on", s.wait(s.call("eq/status", "id", text(dedicated.ID)))["scope"])
}

func TestSuspension(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	s.wait(s.call("eq/suspend", "id", id))
	show := s.call("eq/show", "id", id)
	require.Equal(t, []any{"power_off", "off"}, []any{field(show, "server_data", "Condition_Component"), field(show, "server_data", "power_status")})
	require.Equal(t, "Suspended", s.call("whmcs/get_billing_data", "id", id)["billing_status"])
	for _, action := range []string{"eq/on", "eq/reboot", "eq/novnc", "eq/console", "eq/reinstall"} {
		s.fails("Server is locked", action, "id", id)
	}
	s.wait(s.call("eq/unsuspend", "id", id))
	got := s.get(m.ID)
	require.Equal(t, []any{"rent", true, "Active"}, []any{got.Status, got.PoweredOn, got.ServiceStatus})

	s.IgnoreSuspension(true)
	require.Equal(t, "OK", s.wait(s.call("eq/suspend", "id", id))["result"])
	s.ok("net/port_off", "id", id, "port", "1")
	require.Equal(t, got, s.get(m.ID))

	refused := signedIn(t, hostkeytest.WithSuspensionRefused(), hostkeytest.WithMachines(1))
	id = text(refused.Machines()[0].ID)
	refused.want(permissionDenied, "eq/suspend", "id", id)
	refused.want(permissionDenied, "eq/unsuspend", "id", id)
}

// TestLateTask: a task that ends after its server was suspended or removed changes nothing.
func TestLateTask(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	s.wait(s.call("eq/off", "id", text(m.ID)))
	s.call("eq/on", "id", text(m.ID))
	require.True(t, s.UpdateMachine(m.ID, func(m *hostkeytest.Machine) { m.Status = "power_off" }))
	s.Advance(hostkeytest.TaskTime)
	require.False(t, s.get(m.ID).PoweredOn)

	s.call("eq/unsuspend", "id", text(m.ID))
	require.True(t, s.RemoveMachine(m.ID))
	s.Advance(hostkeytest.TaskTime)
	require.Equal(t, "Terminated", s.get(m.ID).ServiceStatus)
}

func TestPort(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	s.fails("Missing required keys: port", "net/port_off", "id", id)
	s.ok("net/port_off", "id", id, "port", "1", "reason", "unpaid")
	require.Equal(t, "unpaid", tag(s, m.ID, "block"))
	require.Equal(t, "down", s.call("net/get_status", "id", id)["status"])
	s.ok("net/port_on", "id", id, "port", "1")
	require.Empty(t, tag(s, m.ID, "block"))
	require.False(t, s.get(m.ID).PortOff)
	require.True(t, s.BlockPort(m.ID, "abuse"))
	s.want(permissionDenied, "net/port_on", "id", id, "port", "1")
	require.True(t, s.get(m.ID).PortOff)
}

func TestConsole(t *testing.T) {
	s := signedIn(t)
	id := text(s.machine("web1").ID)
	require.Regexp(t, "^"+regexp.QuoteMeta(s.URL)+`/console\.html\?token=[0-9a-f]{32}$`, s.wait(s.call("eq/novnc", "id", id))["scope"])
	file, err := base64.StdEncoding.DecodeString(s.call("eq/console", "id", id)["console"].(string))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(file), "[virt-viewer]\n"))
	s.SetPIN("4711")
	s.fails("Invalid PIN", "eq/novnc", "id", id)
}

func TestTags(t *testing.T) {
	s := signedIn(t)
	a, b := s.AddForeign("a"), s.AddForeign("b")
	added := s.call("tags/add", "id", text(a), "tag", "env", "value", "prod")
	s.want(fmt.Sprintf(`{"result":"OK","module":"tags","action":"add","id":%v,"component":"eq","component_id":%d,"tag":"env","value":"prod","extra":"","internal":0}`,
		added["id"], a), "tags/add", "id", text(a), "tag", "env", "value", "prod")
	require.Equal(t, "prod", tag(s, a, "env"))
	s.call("tags/add", "id_list[]", text(a), "id_list[]", text(b), "tag", "team", "value", "x", "internal", "1")
	require.Equal(t, "x", tag(s, b, "team"))
	internal := s.call("tags/list", "id", text(b), "internal", "1")["tags"].([]any)
	require.Len(t, internal, 1)
	s.ok("tags/remove", "id_list", text(a)+","+text(b), "tag", "team")
	require.Empty(t, tag(s, a, "team"))
	require.Equal(t, "prod", tag(s, a, "env"))
	s.fails("tag/add: invalid token data, too long", "tags/add", "id", text(a), "tag", strings.Repeat("a", 33))
	s.fails("tag/add: invalid token data, too long", "tags/add", "id", text(a), "tag", "a", "value", strings.Repeat("a", 257))
	s.fails("Missing required keys: id", "tags/add", "tag", "a")
	s.fails("TAGS/add: server not exist", "tags/add", "id_list[0]", text(a), "id_list[1]", "1", "tag", "a")
	require.Empty(t, tag(s, a, "a"), "all or nothing")

	s.ok("eq/rename_server", "id", text(a), "hostname", "renamed")
	require.Equal(t, "renamed", tag(s, a, "hostname"))
	s.call("tags/add", "id", text(a), "tag", "hostname", "value", "again")
	require.Equal(t, "again", s.get(a).Hostname)
}

func TestAddresses(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id, ip := text(m.ID), m.IPs[0]
	s.want(`{"result":"OK","module":"ip","action":"get_ip","data":{"ip":"`+ip+`","network":"198.18.0.0","netmask":"255.254.0.0","location":"NL","status":"rent"}}`,
		"ip/get_ip", "ip", ip)
	s.ok("ip/update_ptr", "id", id, "ip", ip, "ptr", "web1.example.com")
	require.Equal(t, "web1.example.com", field(s.call("ip/get_ptr", "id", id, "ip", ip), "data", "ptr"))
	s.fails("malformed IP=192.0.2.9 for token", "ip/update_ptr", "id", id, "ip", "192.0.2.9", "ptr", "x.example.com")
	s.fails("ip/update_ptr: invalid ptr", "ip/update_ptr", "id", id, "ip", ip, "ptr", "no name")

	s.fails("IPv4 amount must be specified", "net/add_ipv4", "id", id, "port", "1")
	added := s.call("net/add_ipv4", "id", id, "amount", "2") // the vendor's Terraform provider sends no port
	require.Len(t, added["ips"], 2)
	s.call("net/add_ipv4", "id", id, "port", "1", "ips[]", "203.0.113.8")
	require.Len(t, s.get(m.ID).IPs, 4)
	s.ok("ip/set_main", "id", id, "ip", "203.0.113.8", "main", "1")
	require.Equal(t, "203.0.113.8", s.get(m.ID).IPs[0])
	s.ok("ip/set_main", "id", id, "ip", ip, "main", ip)
	require.Equal(t, ip, s.get(m.ID).IPs[0])
	s.fails("ip/set_main: invalid main", "ip/set_main", "id", id, "ip", "203.0.113.8", "main", "2")
	s.ok("ip/set_main", "id", id, "ip", "203.0.113.8", "main", "203.0.113.8")
	s.fails("malformed IP=203.0.113.8 for token", "net/remove_ipv4", "id", id, "ip", "203.0.113.8")
	s.ok("net/remove_ipv4", "id", id, "ip", ip)
	s.ok("net/remove_ipv4", "id", id, "remove_all", "1")
	require.Equal(t, []string{"203.0.113.8"}, s.get(m.ID).IPs)
	s.ok("net/block_ip", "id", id, "ip", "203.0.113.8", "description", "x")
	require.Equal(t, "blocked", field(s.call("ip/get_ip", "ip", "203.0.113.8"), "data", "status"))
	s.ok("net/unblock_ip", "id", id, "ip", "203.0.113.8")
	require.Equal(t, "rent", field(s.call("ip/get_ip", "ip", "203.0.113.8"), "data", "status"))
	require.Equal(t, "OK", s.wait(s.call("nat/add_static_nat", "id", id))["result"])
	s.fails("nat/add_static_nat: invalid ttl", "nat/add_static_nat", "id", id, "ttl", "25")
	s.fails("NAT/add_static_nat: invalid server id", "nat/add_static_nat", "id", "1")
	require.Equal(t, "OK", s.wait(s.call("nat/remove_static_nat", "white_ip", "192.0.2.1"))["result"])
}

func TestTraffic(t *testing.T) {
	s := signedIn(t)
	m := s.AddMachine(hostkeytest.Machine{TrafficIn: 10, TrafficOut: 1 << 40})
	s.want(fmt.Sprintf(`{"result":"OK","module":"eq","action":"get_traffic","id":%d,"traffic":{"in":10,"out":1099511627776}}`, m.ID),
		"eq/get_traffic", "id", text(m.ID))
}

func TestSnapshots(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	id := text(m.ID)
	list := func() []any {
		t.Helper()
		answer := s.call("vm/get_snapshot", "id", id)
		require.Equal(t, 2.0, field(answer, "settings", "num_max"))
		var scope map[string]any
		require.NoError(t, json.Unmarshal([]byte(s.wait(answer)["scope"].(string)), &scope))
		return scope["snapshots"].([]any)
	}
	require.Empty(t, list())
	s.wait(s.call("vm/create_snapshot", "id", id, "name", "before"))
	require.Equal(t, "before", list()[0].(map[string]any)["name"])
	refused := "failed to request snapshot creation for " + id
	s.fails(refused, "vm/create_snapshot", "id", id, "name", "before")
	s.fails("vm/create_snapshot: invalid name", "vm/create_snapshot", "id", id, "name", "a b")
	s.wait(s.call("vm/create_snapshot", "id", id, "name", "second"))
	s.fails(refused, "vm/create_snapshot", "id", id, "name", "third")
	s.wait(s.call("eq/order_instance", "id", id, "os_id", "243", "root_pass", "New-Passw0rd"))
	s.wait(s.call("vm/restore_snapshot", "id", id, "name", "before"))
	require.Equal(t, "Debian 12", s.get(m.ID).OS)
	s.wait(s.call("vm/remove_snapshot", "id", id, "name", "before"))
	require.Len(t, list(), 1)
	s.fails("Snapshot not found", "vm/remove_snapshot", "id", id, "name", "before")
	dedicated := text(s.machine("bm1", "preset", "bm.v1-8").ID)
	s.fails("failed to request snapshot creation for "+dedicated, "vm/create_snapshot", "id", dedicated, "name", "a")
}

func TestUpdateMachine(t *testing.T) {
	s := signedIn(t)
	id := s.AddForeign("web1")
	due := start.AddDate(0, 0, 3)
	require.True(t, s.UpdateMachine(id, func(m *hostkeytest.Machine) {
		m.ID, m.Hostname, m.NextDue, m.IPs, m.PTR = 1, "web2", due, nil, nil
	}))
	require.False(t, s.UpdateMachine(1, func(*hostkeytest.Machine) {}))
	require.Equal(t, "web2", tag(s, id, "hostname"))
	s.Advance(3 * 24 * time.Hour)
	require.Len(t, s.Invoices(), 1, "the renewal follows the new date")
	require.Panics(t, func() { s.AddMachine(hostkeytest.Machine{ID: id}) })
	require.Panics(t, func() { s.AddMachine(hostkeytest.Machine{Price: "free"}) })
	require.Panics(t, func() { s.AddMachine(hostkeytest.Machine{Period: "weekly"}) })
}
