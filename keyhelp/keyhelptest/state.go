package keyhelptest

import (
	"maps"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// state is all data of the panel. The server's lock guards it.
type state struct {
	clients      *table[Client]
	admins       *table[Admin]
	plans        *table[Plan]
	domains      *table[Domain]
	certificates *table[Certificate]
	databases    *table[Database]
	emails       *table[Email]
	ftpUsers     *table[FTPUser]
	protections  *table[DirectoryProtection]
	tasks        *table[ScheduledTask]
	zones        map[int64]zone // by domain; changed zones only
	usage        map[int64]Usage
	sessions     []Session
	links        emulator.Links // of sessions, by token
}

func newState() *state {
	return &state{
		clients:      newTable(firstClientID, func(c *Client) *int64 { return &c.ID }, func(c *Client) string { return c.Username }),
		admins:       newTable(firstAdminID, func(a *Admin) *int64 { return &a.ID }, func(a *Admin) string { return a.Username }),
		plans:        newTable(firstPlanID, func(p *Plan) *int64 { return &p.ID }, func(p *Plan) string { return p.Name }),
		domains:      newTable(firstDomainID, func(d *Domain) *int64 { return &d.ID }, func(d *Domain) string { return d.Name }),
		certificates: newTable(firstCertificateID, func(c *Certificate) *int64 { return &c.ID }, func(c *Certificate) string { return c.Name }),
		databases:    newTable(firstDatabaseID, func(d *Database) *int64 { return &d.ID }, func(d *Database) string { return d.Name }),
		emails:       newTable(firstEmailID, func(e *Email) *int64 { return &e.ID }, func(e *Email) string { return e.Address }),
		ftpUsers:     newTable(firstFTPUserID, func(u *FTPUser) *int64 { return &u.ID }, func(u *FTPUser) string { return u.Username }),
		protections:  newTable(firstProtectionID, func(p *DirectoryProtection) *int64 { return &p.ID }, func(*DirectoryProtection) string { return "" }),
		tasks:        newTable(firstTaskID, func(t *ScheduledTask) *int64 { return &t.ID }, func(*ScheduledTask) string { return "" }),
		zones:        make(map[int64]zone),
		usage:        make(map[int64]Usage),
	}
}

// loginTaken checks clients and admins, which share one namespace.
func (st *state) loginTaken(name string) bool {
	return st.clients.has(name) || st.admins.has(name)
}

func (st *state) addPlan(p Plan) int64 {
	p = p.clone()
	return st.plans.Add(&p).ID
}

func (st *state) addClient(c Client, now time.Time) int64 {
	c = c.clone()
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now
	}
	if c.UpdatedAt.IsZero() {
		c.UpdatedAt = c.CreatedAt
	}
	if c.Language == "" {
		c.Language = defaultLanguage
	}
	if c.Limits == (Resources{}) {
		st.applyPlan(&c, c.PlanID)
	}
	return st.clients.Add(&c).ID
}

// applyPlan copies a plan's values to a client; without a plan there are no limits.
func (st *state) applyPlan(c *Client, planID int64) {
	c.PlanID = planID
	plan := st.plans.Get(planID)
	if plan == nil {
		c.Limits = unlimited()
		c.Permissions, c.PHP, c.PHPFPM = map[string]bool{}, map[string]any{}, map[string]any{}
		return
	}
	c.Limits = plan.Resources
	c.Permissions, c.PHP, c.PHPFPM = maps.Clone(plan.Permissions), maps.Clone(plan.PHP), maps.Clone(plan.PHPFPM)
}

func (st *state) addDomain(d Domain, now time.Time) int64 {
	if d.CreatedAt.IsZero() {
		d.CreatedAt = now
	}
	if d.UpdatedAt.IsZero() {
		d.UpdatedAt = d.CreatedAt
	}
	if d.Status == 0 {
		d.Status = 1
	}
	return st.domains.Add(&d).ID
}

// removeClient removes a client and everything that belongs to it, except for its certificates.
func (st *state) removeClient(c *Client) {
	id := c.ID
	for _, d := range st.domains.Where(func(d *Domain) bool { return d.ClientID == id }) {
		st.removeDomain(d)
	}
	st.databases.RemoveWhere(func(d *Database) bool { return d.ClientID == id })
	st.emails.RemoveWhere(func(e *Email) bool { return e.ClientID == id })
	st.ftpUsers.RemoveWhere(func(u *FTPUser) bool { return u.ClientID == id })
	st.protections.RemoveWhere(func(p *DirectoryProtection) bool { return p.ClientID == id })
	st.tasks.RemoveWhere(func(t *ScheduledTask) bool { return t.ClientID == id })
	var kept []Session
	for _, s := range st.sessions {
		if s.ClientID != id {
			kept = append(kept, s)
		}
	}
	st.sessions = kept
	delete(st.usage, id)
	st.clients.Remove(c)
}

// removeDomain removes a domain, its sub-domains and their zones.
func (st *state) removeDomain(d *Domain) {
	if st.domains.Get(d.ID) != d {
		return // it was removed with its parent
	}
	delete(st.zones, d.ID)
	st.domains.Remove(d)
	for _, child := range st.domains.Where(func(other *Domain) bool { return other.ParentID == d.ID }) {
		st.removeDomain(child)
	}
}

// applySchedules carries out suspend_on and delete_on.
func (st *state) applySchedules(now time.Time, suspend bool) {
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	for _, c := range st.clients.Where(func(c *Client) bool { return due(c.DeleteOn) }) {
		st.removeClient(c)
	}
	for _, d := range st.domains.Where(func(d *Domain) bool { return due(d.DeleteOn) }) {
		st.removeDomain(d)
	}
	for _, c := range st.clients.Rows {
		if suspend && due(c.SuspendOn) {
			c.Suspended, c.SuspendOn = true, time.Time{}
		}
	}
}
