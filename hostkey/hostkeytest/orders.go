package hostkeytest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const installParams = " os_id:int? soft_id:int? root_size:int? disk_mirror=hba|raid0|raid1|raid10? no_lvm=0|1? own_os=1?"

var orderActions = []action{
	{"eq", "order_instance", order, withToken, "root_pass id:server? deploy_period=hourly|monthly|quarterly|semi-annually|annually? " +
		"traffic_plan:int? ipv6=1? ipv4_amount:int? vlan:int? private_vlan:int?" + installParams, orderInstance},
	{"eq", "update_servers", read, withToken, "", updateServers},
	{"eq", "reinstall", destroy, withToken, "id:server", startReinstall},
	{"eq", "create_pxe", destroy, withToken, "id:server os_id:int root_pass hostname", createPXE},
	{"eq", "clear_pxe", write, withToken, "id:server", clearPXE},
	{"eq", "abort_reinstall", write, withToken, "id:server", abortReinstall},
	{"eq", "deploy", order, withToken, "", nil},
	{"eq", "traffic_add", order, withToken, "", nil},
	{"eq", "get_upgrade_key", read, withToken, "", nil},
}

// placed is an Order and the server that it will become.
type placed struct {
	Order
	invoice *invoice
	server  Machine // as ordered
	m       *machine
	soft    string
	fails   bool
}

// install is what an order or a reinstall installs.
type install struct {
	os   *OS // nil with own_os
	soft *Software
}

// installation checks and returns what is to be installed on a preset.
func (c *call) installation(p *Preset) (install, *reply) {
	var in install
	refuse := func(r reply) (install, *reply) { return install{}, &r }
	if !goodRootPassword(c.text("root_pass")) {
		return refuse(c.invalid("root_pass"))
	}
	if name := c.text("hostname"); name != "" && (len(name) > 253 || !hostnameForm.MatchString(name)) {
		return refuse(c.invalid("hostname"))
	}
	if len(c.text("post_install_script")) > maxPostScript {
		return refuse(c.invalid("post_install_script"))
	}
	if n, there := c.number("root_size"); there && (n < 1 || n > 100) {
		return refuse(c.invalid("root_size"))
	}
	osID, _ := c.number("os_id")
	if !c.flag("own_os") {
		if in.os = c.st.sold.os(osID, c.text("os_name")); in.os == nil {
			return refuse(fail("os/list: no OS found"))
		}
		if p != nil && !in.os.runs(p) {
			about := " is not compatible with preset " + p.Name
			if c.m != nil {
				about = " is not compatible with server eq:" + strconv.FormatInt(c.m.ID, 10)
			}
			return refuse(fail("OS " + strconv.FormatInt(in.os.ID, 10) + about))
		}
	}
	softID, _ := c.number("soft_id")
	if softID != 0 || c.has("soft_name") {
		if in.soft = c.st.sold.software(softID, c.text("soft_name")); in.soft == nil {
			return refuse(fail("soft/list: no software found"))
		}
	}
	return in, nil
}

func (in install) osName() string {
	if in.os == nil {
		return "own OS"
	}
	return in.os.Name
}

func (in install) softName() string {
	if in.soft == nil {
		return ""
	}
	return in.soft.Name
}

func orderInstance(c *call) reply {
	if c.m != nil {
		return orderReinstall(c)
	}
	p := c.st.sold.preset(c.text("preset"))
	if p == nil || p.Retired {
		return fail(textNoPreset)
	}
	location := c.text("location_name")
	if !slices.Contains(p.Locations, location) {
		return c.invalid("location_name")
	}
	in, refused := c.installation(p)
	if refused != nil {
		return *refused
	}
	total := mustAmount(p.Monthly)
	if in.os != nil {
		total += optionalAmount(in.os.Monthly)
	}
	if in.soft != nil {
		total += optionalAmount(in.soft.Monthly)
	}
	if id, there := c.number("traffic_plan"); there {
		plan := c.st.sold.trafficPlan(id)
		if plan == nil || !plan.fits(p) || !slices.Contains(plan.Locations, location) {
			return c.invalid("traffic_plan")
		}
		total += optionalAmount(plan.Monthly)
	}
	extra, _ := c.number("ipv4_amount")
	if extra > maxExtraAddresses {
		return c.invalid("ipv4_amount")
	}
	total += extra * mustAmount(extraAddress)
	period := c.text("deploy_period")
	if period == "" {
		period = defaultPeriod
	}
	if months := periods[period]; months > 0 {
		total *= int64(months)
	} else {
		total = (total + hoursOfMonth - 1) / hoursOfMonth
	}
	if !c.cfg.unpaid && c.st.credit < total {
		return orderError(textNoFunds + ": " + money(total) + " " + currency)
	}
	o := &placed{soft: in.softName(), server: Machine{
		Hostname: c.text("hostname"), Preset: p.Name, Location: location, OS: in.osName(), Software: in.softName(),
		RootPass: c.text("root_pass"), Period: period, Price: money(total),
	}}
	o.Order = Order{Hostname: o.server.Hostname, Preset: p.Name, Location: location, Total: money(total), At: c.st.now}
	for range 1 + extra {
		o.server.IPs = append(o.server.IPs, c.st.nextIP())
	}
	c.st.place(o, total)
	return c.orderReply(o)
}

// place bills an order, and pays it at once unless WithUnpaidOrders is set.
func (st *state) place(o *placed, total int64) {
	o.server.ServiceID, o.server.OrderID = st.services.Next(), st.orderIDs.Next()
	text := o.Preset
	if st.cfg.namedInvoices {
		text += " (" + o.Hostname + ")"
	}
	o.invoice = st.bill(total, item{kind: "Hosting", rel: o.server.ServiceID, text: text}, st.now)
	o.InvoiceID = o.invoice.ID
	if st.failing > 0 {
		st.failing--
		o.fails = true
	}
	st.orders = append(st.orders, o)
	st.awaiting[o.InvoiceID] = o
	if !st.cfg.unpaid {
		st.spend(o.invoice, total, st.now)
	}
}

// paid starts the deployment of an order.
func (st *state) paid(o *placed, at time.Time) {
	delete(st.awaiting, o.InvoiceID)
	o.Paid = true
	o.server.Registered, o.server.PaidPeriods = at, 1
	o.m = st.newMachine(o.server)
	o.m.Status = statusTT
	o.m.invoices = append(o.m.invoices, o.invoice)
	o.ServerID = o.m.ID
	if st.cfg.early {
		o.m.lag = "hostkey" + strconv.FormatInt(o.m.ID, 10)
		st.setTag(o.m, "hostname", o.m.lag, "", false)
		st.show(o.m)
	}
	st.pending[o.InvoiceID] = o
	t := st.startTask(o.m, deployTime, "deploy", at, func(at time.Time) { st.deployed(o, at) })
	o.Callback = t.key
	if o.fails {
		t.failed = "deploy cancelled"
	}
	t.scope = func() any {
		return row{
			"id": strconv.FormatInt(o.m.ID, 10), "location": o.m.Location, "preset": o.m.Preset, "ip": o.m.IPs[0], "os": o.m.OS,
			"status": "deploy_done",
		}
	}
	t.context = row{"location": o.m.Location}
	if !o.fails {
		t.context = row{
			"location": o.m.Location, "ip": o.m.IPs[0], "ip_ipmi": "", "interface_id": 1, "sw_id": 1, "port": "1", "User": "root",
			"password": "censored",
		}
	}
}

// deployed ends a deployment.
func (st *state) deployed(o *placed, at time.Time) {
	delete(st.pending, o.InvoiceID)
	if o.fails {
		o.Failed = true
		o.m.ServiceStatus = serviceTerminated
		st.end(o.m)
		return
	}
	if o.m.Gone { // removed while it was being deployed
		o.Failed = true
		return
	}
	o.Deployed = true
	o.m.lag = ""
	if st.cfg.hostnameLag > 0 {
		o.m.lag = "hostkey" + strconv.FormatInt(o.m.ID, 10)
		st.plan(at.Add(st.cfg.hostnameLag), func(time.Time) {
			if o.m.lag != "" {
				o.m.lag = ""
				st.setTag(o.m, "hostname", o.m.Hostname, "", false)
			}
		})
	}
	st.activate(o.m, at)
}

// orderReply is the reply to an order, in one of the forms that have been seen.
func (c *call) orderReply(o *placed) reply {
	var fields row
	if !o.Paid {
		fields = row{
			"invoice": c.id(o.InvoiceID), "status": invoiceUnpaid, "deploy_status": orderAwaitsPayment, "redirect": c.payLink(o.invoice),
		}
	} else {
		fields = row{
			"id": c.id(o.ServerID), "invoice": c.id(o.InvoiceID), "status": invoicePaid, "deploy_status": orderDeploysForReal,
			"callback": o.Callback, "os_name": o.server.OS, "soft_name": o.soft,
		}
	}
	only := func(names ...string) {
		for name := range fields {
			if !slices.Contains(names, name) {
				delete(fields, name)
			}
		}
	}
	rename := func(name string) {
		fields[name] = fields["invoice"]
		delete(fields, "invoice")
	}
	switch c.cfg.answer {
	case AnswerNoID:
		if !o.Paid || !o.m.visible {
			delete(fields, "id")
		}
	case AnswerFull:
	case AnswerTextID:
		fields["id"] = strconv.FormatInt(o.ServerID, 10)
	case AnswerInvoiceID:
		rename("invoiceid")
	case AnswerInvoiceSnake:
		rename("invoice_id")
	case AnswerUnderData:
		return c.data(fields)
	case AnswerIDAlone:
		only("id")
	case AnswerInvoiceAlone:
		only("invoice")
	case AnswerNoReference:
		only()
	case AnswerErrorInvoice:
		only("invoice", "callback")
		fields["result"], fields["code"], fields["message"] = "ERROR", -1, "deploy request failed"
		return jsonReply(fields)
	case AnswerPending:
		if !o.Paid {
			fields["status"] = invoicePending
		}
	}
	return c.ok(fields)
}

// deployKeys returns an empty array instead of an object if there are none, as PHP does.
func (st *state) deployKeys() any {
	if len(st.pending) == 0 || st.hidden || st.cfg.shapes[ShapeNoDeployKeys] {
		return []any{}
	}
	keys := make(map[string]string, len(st.pending))
	for id, o := range st.pending {
		keys[strconv.FormatInt(id, 10)] = o.Callback
	}
	return keys
}

// prebill lists the servers that are paid by the hour.
func (st *state) prebill() []row {
	list := []row{}
	for _, m := range st.hourly {
		if !m.Gone && m.visible && !st.hidden {
			list = append(list, row{"id": st.id(m.ID), "name": m.Preset, "status": m.ServiceStatus})
		}
	}
	return list
}

func updateServers(c *call) reply {
	if c.st.hidden {
		return denied()
	}
	if c.token.server != 0 {
		return c.ok(row{"servers": []any{c.id(c.token.server)}, "deploy_keys": []any{}, "billing_servers": []any{}})
	}
	return c.ok(row{"servers": c.st.listed(), "deploy_keys": c.st.deployKeys(), "billing_servers": c.st.prebill()})
}

// orderReinstall is order_instance with the ID of a server, which wipes its disk.
func orderReinstall(c *call) reply {
	if c.has("preset") {
		return c.invalid("preset")
	}
	in, refused := c.installation(c.st.sold.preset(c.m.Preset))
	if refused != nil {
		return *refused
	}
	if r, busy := c.mayReinstall(); busy {
		return r
	}
	c.st.setTag(c.m, "autodeploy_start", stamp(c.st.now), "", true)
	t := c.reinstallTask("deploy", in.osName(), in.softName())
	t.pendingOK = !c.cfg.shapes[ShapeReinstallNotReady]
	return c.ok(row{"id": c.id(c.m.ID), "callback": t.key, "os_name": in.osName(), "soft_name": in.softName()})
}

func (c *call) mayReinstall() (reply, bool) {
	switch {
	case c.m.Status != statusRent:
		return fail(textLocked), true
	case c.m.reinstall != nil:
		return fail(textReinstall), true
	}
	return reply{}, false
}

// reinstallTask starts a task that wipes the disk at its end.
func (c *call) reinstallTask(name, system, soft string) *task {
	m, st := c.m, c.st
	password, hostname := c.text("root_pass"), strings.TrimSpace(c.text("hostname"))
	fails := st.failing > 0
	if fails {
		st.failing--
	}
	var t *task
	finished := false
	t = c.start(m, deployTime, name, func(time.Time) {
		finished = true
		if m.reinstall == t {
			m.reinstall = nil
		}
		st.dropTag(m, "reinstall_start")
		st.dropTag(m, "autodeploy_start")
		if fails || m.Gone {
			return
		}
		m.OS, m.Software, m.RootPass = system, soft, password
		m.Reinstalls++
		if hostname != "" {
			m.Hostname, m.lag = hostname, ""
			st.setTag(m, "hostname", hostname, "", false)
		}
		st.setTag(m, "OS", system, "", false)
		st.setTag(m, "password", password, "", false)
		m.reinstallKey = ""
	})
	if !finished {
		m.reinstall = t
	}
	if fails {
		t.failed = "reinstall cancelled"
	}
	t.context = row{"location": m.Location, "ip": m.IPs[0], "User": "root", "password": "censored"}
	return t
}
