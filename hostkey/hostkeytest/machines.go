package hostkeytest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Machine is a server that the account rents.
type Machine struct {
	ID       int64
	Hostname string
	Preset   string // the preset's name
	Location string
	OS       string // empty while a reinstall by eq/reinstall is under way
	Software string
	RootPass string
	// Status is rent, power_off (suspended) or TT (not ready yet).
	Status    string
	PoweredOn bool
	// PortOff is set while net/port_off keeps it off the network.
	PortOff bool
	// Canceled is when it ends, zero if it is not cancelled. CancelType is 0 for the end of the
	// paid period and 1 for at once.
	Canceled   time.Time
	CancelType int
	// Gone is set once it no longer exists.
	Gone bool
	IPs  []string // the main one first
	PTR  map[string]string
	Tags []Tag
	// ServiceID is the billing's own ID, and ServiceStatus one of Pending, Active, Suspended,
	// Terminated.
	ServiceID     int64
	ServiceStatus string
	OrderID       int64
	// Price of one period in EUR, such as "4.00".
	Price string
	// Period is hourly, monthly, quarterly, semi-annually or annually. NextDue is the end of the
	// paid period; hourly servers have none.
	Period  string
	NextDue time.Time
	// PaidPeriods counts the paid periods, including the first.
	PaidPeriods int
	Registered  time.Time
	// Reinstalls and Reboots count how often its disk was wiped and how often it was rebooted.
	Reinstalls, Reboots int
	// PXE is set from eq/create_pxe until eq/clear_pxe.
	PXE        bool
	Snapshots  []Snapshot
	ISO        int64 // the mounted image, 0 if there is none
	TrafficIn  int64 // bytes
	TrafficOut int64
	// Dedicated is taken from the preset.
	Dedicated bool
}

// machine is a Machine and what the API does not show.
type machine struct {
	Machine
	adminBlock   bool   // port_on must not lift the block
	reinstall    *task  // under way
	reinstallKey string // of the chain eq/reinstall, eq/create_pxe
	lag          string // the hostname shown until the ordered one is applied
	invoices     []*invoice
	renewal      *invoice // unpaid
	overdue      bool     // suspended for an unpaid renewal
	visible      bool
	// switches counts the requests to switch the power; goingOn and goingOff tell the last one while it
	// is not done.
	switches          int
	goingOn, goingOff bool
}

// clone returns a deep copy of the Machine.
func (m *machine) clone() Machine {
	c := m.Machine
	c.IPs, c.PTR = slices.Clone(c.IPs), maps.Clone(c.PTR)
	c.Tags, c.Snapshots = slices.Clone(c.Tags), slices.Clone(c.Snapshots)
	return c
}

// check panics on mistakes that only the author of a test can make.
func (m *Machine) check() {
	mustAmount(m.Price)
	if _, known := periods[m.Period]; !known {
		panic("hostkeytest: invalid period " + strconv.Quote(m.Period))
	}
}

// newMachine adds a server with defaults for empty fields, an ID, a service and an address. The
// server is not listed yet.
func (st *state) newMachine(m Machine) *machine {
	p := st.sold.preset(m.Preset)
	if p == nil && len(st.sold.Presets) > 0 {
		p = &st.sold.Presets[0]
	}
	if p != nil {
		m.Preset, m.Dedicated = p.Name, p.Dedicated
		if m.Location == "" && len(p.Locations) > 0 {
			m.Location = p.Locations[0]
		}
		if m.Price == "" {
			m.Price = p.Monthly
		}
	}
	if m.ID == 0 {
		m.ID = st.machines.Next()
	}
	if m.Hostname == "" {
		m.Hostname = "hostkey" + strconv.FormatInt(m.ID, 10)
	}
	if m.Period == "" {
		m.Period = defaultPeriod
	}
	if m.Price == "" {
		m.Price = money(0)
	}
	m.check()
	if m.Registered.IsZero() {
		m.Registered = st.now
	}
	if m.ServiceID == 0 {
		m.ServiceID = st.services.Next()
	} else {
		st.services.Skip(m.ServiceID)
	}
	if m.OrderID == 0 {
		m.OrderID = st.orderIDs.Next()
	}
	if m.ServiceStatus == "" {
		m.ServiceStatus = servicePending
	}
	if len(m.IPs) == 0 {
		m.IPs = []string{st.nextIP()}
	}
	m.PTR = maps.Clone(m.PTR)
	if m.PTR == nil {
		m.PTR = make(map[string]string)
	}
	added := &machine{Machine: m}
	added.IPs, added.Tags, added.Snapshots = slices.Clone(m.IPs), slices.Clone(m.Tags), slices.Clone(m.Snapshots)
	st.byService[m.ServiceID], st.all[m.ID] = added, added
	return added
}

func (st *state) nextIP() string {
	n := firstIP + st.addresses%ipRange
	st.addresses++
	return fmt.Sprintf("%d.%d.%d.%d", n>>24, n>>16&255, n>>8&255, n&255)
}

// show makes a machine appear in lists from now on.
func (st *state) show(m *machine) {
	if m.visible {
		return
	}
	m.visible = true
	if len(st.machines.Rows) == 0 || st.serverList != nil {
		st.appendServerID(m.ID)
	}
	st.machines.Add(m)
	for _, ip := range m.IPs {
		st.byIP[ip] = m
	}
}

// activate puts a machine into service: its deployment is done.
func (st *state) activate(m *machine, at time.Time) {
	m.Status, m.PoweredOn, m.ServiceStatus = statusRent, true, serviceActive
	st.setTag(m, "hostname", m.shownName(), "", false)
	st.setTag(m, "OS", m.OS, "", false)
	st.setTag(m, "password", m.RootPass, "", false)
	st.show(m)
	if m.Period == "hourly" {
		st.hourly = append(st.hourly, m)
		return
	}
	if m.NextDue.IsZero() {
		m.NextDue = at.AddDate(0, periods[m.Period], 0)
	}
	st.planRenewal(m)
}

// addMachine adds a machine that is deployed and paid for.
func (st *state) addMachine(m Machine, now time.Time) *machine {
	status, service := m.Status, m.ServiceStatus
	if m.OS == "" && len(st.sold.OS) > 0 {
		m.OS = st.sold.OS[0].Name
	}
	if m.PaidPeriods == 0 {
		m.PaidPeriods = 1
	}
	added := st.newMachine(m)
	st.activate(added, now)
	if status == statusPowerOff {
		st.suspend(added)
	}
	if service != "" {
		added.ServiceStatus = service
	}
	return added
}

// shownName returns the hostname as the tag has it.
func (m *machine) shownName() string {
	if m.lag != "" {
		return m.lag
	}
	return m.Hostname
}

func (st *state) suspend(m *machine) {
	m.Status, m.ServiceStatus, m.PoweredOn = statusPowerOff, serviceSuspended, false
}

func (st *state) unsuspend(m *machine) {
	m.Status, m.ServiceStatus, m.PoweredOn, m.overdue = statusRent, serviceActive, true, false
}

// end removes a machine. Its billing records stay.
func (st *state) end(m *machine) {
	if m.Gone {
		return
	}
	m.Gone, m.PoweredOn, m.ServiceStatus = true, false, serviceTerminated
	if m.visible {
		st.machines.Remove(m)
		st.serverList = nil
	}
	for _, ip := range m.IPs {
		if st.byIP[ip] == m {
			delete(st.byIP, ip)
		}
	}
	if m.renewal != nil {
		m.renewal.status = "Cancelled"
		m.renewal = nil
	}
	for _, k := range st.keys.Where(func(k *key) bool { return k.ServerID == m.ID }) {
		st.removeKey(k)
	}
	delete(st.assisted, m.ID)
}
