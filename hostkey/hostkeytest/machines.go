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
	Preset   string // its name
	Location string
	OS       string // empty while a reinstall by eq/reinstall is open
	Software string
	RootPass string
	// Status is rent, power_off (suspended) or TT (not ready yet).
	Status    string
	PoweredOn bool
	// PortOff tells that net/port_off has cut it from the network.
	PortOff bool
	// Canceled is when it goes, zero if nobody cancelled it. CancelType is 0 for the end of the paid period and 1 for
	// at once.
	Canceled   time.Time
	CancelType int
	// Gone tells that it is not there any more.
	Gone bool
	IPs  []string // the main one first
	PTR  map[string]string
	Tags []Tag
	// ServiceID is the billing's own ID, and ServiceStatus one of Pending, Active, Suspended, Terminated.
	ServiceID     int64
	ServiceStatus string
	OrderID       int64
	// Price of one period in EUR, such as "4.00".
	Price string
	// Period is hourly, monthly, quarterly, semi-annually or annually. NextDue is the end of what is paid for; hourly
	// servers have none.
	Period  string
	NextDue time.Time
	// PaidPeriods counts the periods paid for, the first one included.
	PaidPeriods int
	Registered  time.Time
	// Reinstalls counts how often its disk was wiped, Reboots how often it was rebooted.
	Reinstalls, Reboots int
	// PXE tells that eq/create_pxe has made a configuration that nobody has cleared.
	PXE        bool
	Snapshots  []Snapshot
	ISO        int64 // that is mounted, else 0
	TrafficIn  int64 // bytes
	TrafficOut int64
	// Dedicated follows the preset.
	Dedicated bool
}

// machine is a Machine with what the API does not show.
type machine struct {
	Machine
	adminBlock   bool   // port_on must not lift the block
	reinstall    *task  // open
	reinstallKey string // of the chain eq/reinstall, eq/create_pxe
	lag          string // the hostname that is shown until the ordered one is applied
	invoices     []*invoice
	renewal      *invoice // unpaid
	overdue      bool     // suspended for an unpaid renewal
	visible      bool
}

// clone copies what a Machine refers to.
func (m *machine) clone() Machine {
	c := m.Machine
	c.IPs, c.PTR = slices.Clone(c.IPs), maps.Clone(c.PTR)
	c.Tags, c.Snapshots = slices.Clone(c.Tags), slices.Clone(c.Snapshots)
	return c
}

// check panics on what only a test's author can get wrong.
func (m *Machine) check() {
	mustAmount(m.Price)
	if _, known := periods[m.Period]; !known {
		panic("hostkeytest: no period: " + strconv.Quote(m.Period))
	}
}

// newMachine fills in what is missing, and gives it an ID, a service and an address. It is not listed yet.
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

// show lists a machine from now on.
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

// activate makes a machine work: its deploy is done.
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

// addMachine adds one that is deployed and paid for.
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

// shownName is the hostname as the tag says it.
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

// end takes a machine away. Its billing stays.
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
