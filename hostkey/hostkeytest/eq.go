package hostkeytest

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

var eqActions = []action{
	{"eq", "list", read, withToken, "full:int? status=rent|power_off?", listMachines},
	{"eq", "show", read, withToken, "id:server", showMachine},
	{"eq", "search", read, withToken, "", nil},
	{"eq", "unified_server_search", read, withToken, "", nil},
	{"eq", "rename_server", write, withToken, "id:server hostname", renameMachine},
	{"eq", "suspend", write, withToken, "id:server", suspendMachine},
	{"eq", "unsuspend", write, withToken, "id:server", unsuspendMachine},
	{"eq", "get_traffic", read, withToken, "id:server", machineTraffic},
	{"eq", "novnc", write, withToken, "id:server", noVNC},
	{"eq", "console", read, withToken, "id:server", console},
	{"eq", "recreate_novnc", write, withToken, "", nil},
	{"eq", "stop_novnc", write, withToken, "", nil},
	{"eq", "ovirt_novnc", write, withToken, "", nil},
	{"eq", "announceip", write, withToken, "", nil},
	{"eq", "getserversforannounce", read, withToken, "", nil},
	{"eq", "groups", read, withToken, "", nil},
	{"eq", "history", read, withToken, "", nil},
	{"eq", "get_ipmi", read, withToken, "", nil},
	{"eq", "add_ipmi_admin", write, withToken, "", nil},
	{"eq", "add_ipmi_user", write, withToken, "id:server", nil},
	{"eq", "remove_ipmi_user", destroy, withToken, "id:server", nil},
	{"eq", "check_pin", read, withToken, "", nil},
	{"eq", "set_pin", write, withToken, "", nil},
	{"eq", "backup_get_schedule", read, withToken, "", nil},
	{"eq", "backup_list", read, withToken, "", nil},
	{"eq", "backup_save_schedule", write, withToken, "", nil},
	{"eq", "check_backup_lock", read, withToken, "", nil},
	{"eq", "create_backup", write, withToken, "", nil},
	{"eq", "delete_backup", destroy, withToken, "", nil},
	{"eq", "request_backup_link", write, withToken, "", nil},
	{"eq", "restore_backup", destroy, withToken, "", nil},
	{"eq_callback", "check", read, open, "key", checkTask},
	{"eq_callback", "reinstall", write, withToken, "key", nil},
}

// listed returns the IDs of all servers, as the answers list them.
func (st *state) listed() any { return json.RawMessage(st.serverIDs()) }

func listMachines(c *call) reply {
	if c.st.hidden {
		return denied()
	}
	full, status, location, ip := c.flag("full"), c.text("status"), c.text("location"), c.text("ip")
	if c.token.server == 0 && !full && status == "" && location == "" && ip == "" {
		return c.ok(row{"servers": c.st.listed()})
	}
	list := []any{}
	for _, m := range c.st.machines.Rows {
		switch {
		case c.token.server != 0 && m.ID != c.token.server,
			status != "" && m.Status != status,
			location != "" && m.Location != location,
			ip != "" && !slices.Contains(m.IPs, ip):
		case full:
			list = append(list, c.fullRow(m))
		default:
			list = append(list, c.id(m.ID))
		}
	}
	return c.ok(row{"servers": list})
}

// kind returns the type of a server as eq names it.
func (m *machine) kind() string {
	if m.Dedicated {
		return "Server"
	}
	return "VPS"
}

func (c *call) fullRow(m *machine) row {
	full := row{
		"id": c.id(m.ID), "status": m.Status, "hostname": m.shownName(), "name": m.Preset, "type": m.kind(), "IP": m.IPs[0],
		"due_date": "", "days_left": 0, "price_EUR": m.Price, "is_prebill": flag(m.Period == "hourly"), "location": m.Location,
	}
	if !m.NextDue.IsZero() {
		full["due_date"] = day(m.NextDue)
		full["days_left"] = int(m.NextDue.Sub(c.st.now) / (24 * time.Hour))
	}
	return full
}

func showMachine(c *call) reply {
	m := c.m
	var system any = m.OS
	if m.OS == "" {
		system = nil
	}
	data := row{
		"id": c.id(m.ID), "Condition_Component": m.Status, "ref_tableName": m.kind(), "type": m.kind(), "account_id": m.ServiceID,
		"type_billing": billing, "limit_bands": bandwidthMbit, "power_status": power(m), "OS": system, "preset": m.Preset,
	}
	if !c.cfg.shapes[ShapeNoStatus] {
		data["status"] = m.record()
	}
	addresses := make([]row, len(m.IPs))
	for i, ip := range m.IPs {
		addresses[i] = row{"ip": ip, "main_ip": flag(i == 0), "MAC": m.mac(), "vlan": 100}
	}
	model := "openstack"
	if m.Dedicated {
		model = "ipmi"
	}
	fields := row{
		"server_data": data, "hardware": []any{}, "IP": addresses, "interfaces": []row{{"mac": m.mac(), "IsMain": 1}},
		"location": row{"dc_location": m.Location}, "ipmi": row{"model": model}, "tags": rows(m.Tags, m.tagRow),
	}
	if c.cfg.shapes[ShapeNoPowerStatus] {
		delete(data, "power_status")
	}
	if !c.cfg.shapes[ShapeBillingInServerData] { // a reseller's module reads them here
		fields["account_id"], fields["type_billing"] = data["account_id"], data["type_billing"]
	}
	if c.cfg.shapes[ShapeServerDataList] {
		fields["server_data"] = []row{data}
	}
	return c.ok(fields)
}

func power(m *machine) string {
	if m.PoweredOn {
		return "on"
	}
	return "off"
}

// mac returns an address in the range for documentation.
func (m *machine) mac() string {
	digits := hexadecimal[m.ID>>4&15:m.ID>>4&15+1] + hexadecimal[m.ID&15:m.ID&15+1]
	return "00:00:5e:00:53:" + digits
}

func renameMachine(c *call) reply {
	name := c.text("hostname")
	if len(name) > 253 || !hostnameForm.MatchString(name) {
		return c.invalid("hostname")
	}
	c.m.Hostname, c.m.lag = name, ""
	c.st.setTag(c.m, "hostname", name, "", false)
	return c.ok(nil)
}

func suspendMachine(c *call) reply   { return c.suspension("suspend", c.st.suspend) }
func unsuspendMachine(c *call) reply { return c.suspension("unsuspend", c.st.unsuspend) }

func (c *call) suspension(name string, change func(*machine)) reply {
	if c.cfg.refuseSuspension {
		return denied()
	}
	m, ignored := c.m, c.st.ignore
	return c.accepted(c.start(m, taskTime, name, func(time.Time) {
		if !ignored && !m.Gone && m.Status != statusTT {
			change(m)
		}
	}))
}

func machineTraffic(c *call) reply {
	return c.ok(row{"id": c.id(c.m.ID), "traffic": row{"in": c.m.TrafficIn, "out": c.m.TrafficOut}})
}

// consoleReady checks what both consoles, and a reset of the management interface, require.
func (c *call) consoleReady() (reply, bool) {
	if r, bad := c.wrongPIN(); bad {
		return r, true
	}
	if c.m.Status != statusRent {
		return fail(textLocked), true
	}
	return reply{}, false
}

func noVNC(c *call) reply {
	if r, bad := c.consoleReady(); bad {
		return r
	}
	t := c.start(c.m, taskTime, "novnc", nil)
	link := c.consoleLink(c.m)
	t.scope = func() any { return link }
	return c.accepted(t)
}

func console(c *call) reply {
	if r, bad := c.consoleReady(); bad {
		return r
	}
	file := strings.Join([]string{"[virt-viewer]", "type=vnc", "password=" + c.st.tokens.Next(12, hexadecimal), ""}, "\n")
	return c.ok(row{"console": base64.StdEncoding.EncodeToString([]byte(file))})
}
