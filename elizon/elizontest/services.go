package elizontest

import (
	"net/http"
	"strings"
	"time"
)

// Service is a server, a web space or something else that was ordered.
type Service struct {
	ID, SubscriptionID, ProductID string
	// Name is the platform's name for it, DisplayName its owner's.
	Name, DisplayName, Notes string
	LocationID, DomainName   string
	TemplateID               int64
	// Status is PROVISIONING, RUNNING, STOPPED or, at the end, DELETED.
	Status    string
	CreatedAt time.Time
	// SuspendedAt is zero for a service that is not suspended.
	SuspendedAt        time.Time
	SuspendReason      string
	TerminationPending bool
	ReinstallPending   bool
	EndedAt            time.Time
	// VCores, MemoryMB, StorageGB and BandwidthGB are those of the product, with additions.
	VCores, MemoryMB, StorageGB, BandwidthGB int64
	IPv4, IPv6, Hostname, Reverse            string
	// SharedBy is who shares it with the account; "" for one of the account's own.
	SharedBy string
	Usage    Usage

	knownAt       time.Time
	console       []string
	panelPassword string
}

// Usage is what a service uses now.
type Usage struct {
	CPU                             float64 // 0 to 1
	MemoryBytes, DiskBytes          int64
	InBytes, OutBytes, MonthlyBytes int64
	Uptime                          time.Duration
}

// known reports whether the API shows the service already.
func (s *Service) known(now time.Time) bool { return !now.Before(s.knownAt) }

func (s *Service) resume() { s.SuspendedAt, s.SuspendReason = time.Time{}, "" }

// provision creates a subscription and its service.
func (st *state) provision(l *line, o *order, paid Cents, now time.Time) *Service {
	sub := &Subscription{
		ProductID: l.product.ID, CycleDays: l.days, PeriodStart: now, PeriodEnd: now.AddDate(0, 0, int(l.days)), Monthly: l.monthly,
		Contract: l.contract, AutoPay: o.method == payBalance || o.method == paySaved, AddressID: o.address, LineID: l.id, Charged: paid,
	}
	if o.invoice != nil {
		sub.Charges, sub.Periods = 1, 1
	}
	if l.contract {
		sub.BindingEndsAt = now.AddDate(0, int(l.months), 0)
	}
	s := &Service{
		ProductID: l.product.ID, Name: st.nextName(l.product), LocationID: l.location, TemplateID: l.template, DomainName: l.domain,
		Status: statusProvisioning, knownAt: now.Add(st.cfg.serviceDelay),
	}
	st.addSpecs(s, l.product, l.additions)
	st.store(s, sub, now)
	ready := func(time.Time) {
		if s.Status == statusProvisioning {
			s.Status = statusRunning
		}
	}
	if at := now.Add(st.cfg.provisioning); at.After(now) {
		st.events.plan(at, ready)
	} else {
		ready(now)
	}
	return s
}

// store gives both their IDs and addresses, and adds them to the state.
func (st *state) store(s *Service, sub *Subscription, now time.Time) {
	n := len(st.services.Rows) + len(st.gone) + 1
	s.ID, sub.ID = st.newID(), st.newID()
	s.SubscriptionID, sub.ServiceID = sub.ID, s.ID
	sub.Status = subscriptionActive
	if s.CreatedAt.IsZero() {
		s.CreatedAt = now
	}
	if s.IPv4 == "" {
		s.IPv4, s.IPv6, s.Hostname = serviceIPv4(n), serviceIPv6(n), serviceHost(n)
	}
	st.services.Add(s)
	st.subscriptions.Add(sub)
	st.planEnd(sub)
}

func (st *state) addSpecs(s *Service, p *Product, additions map[string]int64) {
	s.VCores += p.VCores + additions["vcores"]
	s.MemoryMB += p.MemoryMB + additions["memory"]
	s.StorageGB += p.StorageGB + additions["storage"]
	s.BandwidthGB += p.BandwidthGB + additions["bandwidth"]
}

// addService stores a service that was not charged.
func (st *state) addService(s Service, now time.Time) *Service {
	p := st.products.Get(s.ProductID)
	if p == nil {
		p = st.products.Rows[0]
	}
	s.ProductID = p.ID
	if s.Name == "" {
		s.Name = st.nextName(p)
	}
	if s.Status == "" {
		s.Status = statusRunning
	}
	if s.MemoryMB == 0 {
		st.addSpecs(&s, p, nil)
	}
	start := now
	if !s.CreatedAt.IsZero() { // its current period is the one that contains now
		for start = s.CreatedAt; !start.AddDate(0, 0, 30).After(now); {
			start = start.AddDate(0, 0, 30)
		}
	}
	st.store(&s, &Subscription{
		ProductID: p.ID, CycleDays: 30, PeriodStart: start, PeriodEnd: start.AddDate(0, 0, 30), Monthly: p.Monthly, AutoPay: true,
	}, now)
	return &s
}

// resize applies an upgrade or a downgrade.
func (st *state) resize(s *Service, sub *Subscription, l *line) {
	if old := st.products.Get(s.ProductID); old != l.product {
		st.addSpecs(s, &Product{
			VCores: -old.VCores, MemoryMB: -old.MemoryMB, StorageGB: -old.StorageGB, BandwidthGB: -old.BandwidthGB,
		}, nil)
		st.addSpecs(s, l.product, l.additions)
	} else {
		st.addSpecs(s, &Product{}, l.additions)
	}
	s.ProductID, sub.ProductID, sub.Monthly = l.product.ID, l.product.ID, l.monthly
}

// terminate ends a service after a while.
func (st *state) terminate(s *Service, now time.Time) {
	if st.cfg.termination <= 0 {
		st.end(s, now)
		return
	}
	if !s.TerminationPending {
		s.TerminationPending = true
		st.events.plan(now.Add(st.cfg.termination), func(at time.Time) { st.end(s, at) })
	}
}

// end removes a service, and everything that belongs to it.
func (st *state) end(s *Service, now time.Time) {
	if st.services.Get(s.ID) == nil {
		return
	}
	s.Status, s.EndedAt, s.TerminationPending = statusDeleted, now, false
	sub := st.subscriptions.Get(s.SubscriptionID)
	sub.Status = subscriptionCanceled
	if sub.CanceledAt.IsZero() {
		sub.CanceledAt = now
	}
	st.services.Remove(s)
	st.gone = append(st.gone, s)
	for _, d := range st.subdomains.Where(func(d *subdomain) bool { return d.ServiceID == s.ID }) {
		st.subdomains.Remove(d)
	}
	for _, v := range st.volumes.Where(func(v *Volume) bool { return v.ServiceID == s.ID }) {
		v.ServiceID, v.Status = "", volumeDetached
	}
}

// service finds the service of the path; nil if there is none, or if it is not visible yet.
func (c *call) service() *Service {
	s := c.st.services.Get(c.r.PathValue("id"))
	if s == nil || !s.known(c.now) {
		return nil
	}
	return s
}

// onService returns a handler that finds the service first. Reads of hidden services find none.
func onService(do func(*call, *Service) reply) handler {
	return func(c *call) reply {
		s := c.service()
		if s == nil || (c.hidden != shown && c.r.Method == http.MethodGet) {
			return noService()
		}
		return do(c, s)
	}
}

// onOwn is onService for actions that only the owner may take.
func onOwn(do func(*call, *Service, *Subscription) reply) handler {
	return onService(func(c *call, s *Service) reply {
		if s.SharedBy != "" {
			return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else")
		}
		return do(c, s, c.st.subscriptions.Get(s.SubscriptionID))
	})
}

func listServices(c *call) reply {
	if c.hidden == forbidden {
		return fail(http.StatusForbidden, codeAccessDenied, "Access denied")
	}
	all := c.st.services.Rows
	if c.hidden == empty {
		all = nil
	}
	if c.cfg.serviceDelay > 0 { // only then may some be invisible
		all = c.st.services.Where(func(s *Service) bool { return c.hidden == shown && s.known(c.now) })
	}
	list, pagination := page(c, all, c.serviceRow)
	answer := row{"pagination": pagination}
	for _, key := range c.cfg.listKeys {
		answer[key] = list
	}
	return ok(answer)
}

func (c *call) serviceRow(s *Service) row {
	p := c.st.products.Get(s.ProductID)
	cat := c.st.categoryOf(p)
	system := ""
	if t := c.st.template(s.TemplateID); t != nil {
		system = t.DisplayName
	}
	return row{
		"id": s.ID, "name": s.Name, "userDisplayName": orNil(s.DisplayName), "status": s.Status, "ipv4": s.IPv4, "ipv6": s.IPv6,
		"location": s.LocationID, "os": system, "hostname": s.Hostname, "ram": s.MemoryMB, "disk": s.StorageGB,
		"bandwidth": s.BandwidthGB, "providerType": cat.ProviderType, "productName": p.Name, "isShared": s.SharedBy != "",
		"sharedByName": orNil(s.SharedBy), "suspendedAt": stampOrNil(s.SuspendedAt), "suspendReason": orNil(s.SuspendReason),
		"terminationPending": s.TerminationPending, "reinstallPending": s.ReinstallPending, "isDomainService": s.DomainName != "",
		"domainName": orNil(s.DomainName), "categoryFriendlyName": cat.Name, "providerAddress": nil,
		"dnsRecordSupport": row{
			"A": true, "AAAA": cat.ProviderType == typeProxmox, "CNAME": true, "SRV": cat.ProviderType == typePterodactyl,
		},
		"pleskStats": c.pleskStats(s, cat), "ploiStats": nil,
		"elizonThrottleActive": false, "elizonThrottledUntil": nil, "elizonPoolKey": nil, "elizonForecastTb": nil,
	}
}

// pleskStats are what a web space of Plesk has in lists; nil for others.
func (c *call) pleskStats(s *Service, cat *Category) any {
	if cat.ProviderType != typePlesk {
		return nil
	}
	return row{
		"usedDomains": len(s.hostedDomains()), "maxDomains": 1, "avgStorageUsedGb": number(float64(s.Usage.DiskBytes) / (1 << 30)),
		"storagePerDomainGb": s.StorageGB, "usedMailboxes": 0, "maxMailboxesPerDomain": hostedMailboxes, "locationLabel": s.LocationID,
	}
}

func (c *call) serviceDetail(s *Service) row {
	p, sub := c.st.products.Get(s.ProductID), c.st.subscriptions.Get(s.SubscriptionID)
	cat := c.st.categoryOf(p)
	own := s.SharedBy == ""
	detail := c.serviceRow(s)
	detail["network"] = row{
		"primaryIpv4": orNil(s.IPv4), "primaryIpv6": orNil(s.IPv6), "hostname": orNil(s.Hostname), "secondaryIps": []row{},
	}
	detail["specs"] = row{"cpu": s.VCores, "ram": s.MemoryMB, "disk": s.StorageGB}
	detail["os"] = row{"template": detail["os"]}
	detail["access"] = row{"isOwner": own, "canManageBilling": own, "canEditDetails": own, "canManageSettings": own}
	detail["billing"] = row{
		"monthlyPrice": sub.Monthly.euro(), "periodPrice": sub.price(sub.CycleDays).euro(), "billingCycleDays": sub.CycleDays,
	}
	detail["product"] = row{
		"id": p.ID, "name": p.Name, "categoryId": cat.ID, "productCategory": row{"name": cat.Name},
	}
	return detail
}

func getService(c *call, s *Service) reply { return ok(row{"server": c.serviceDetail(s)}) }

func updateService(c *call, s *Service) reply {
	name, renamed := c.body.String("name")
	if renamed && (strings.TrimSpace(name) == "" || len(name) > maxServiceName) {
		c.blame("name must have 1 to 100 characters")
	}
	notes, noted := c.body.String("userNotes")
	if a, refused := c.refused(); refused {
		return a
	}
	if renamed {
		c.st.rename(s, name)
	}
	if noted {
		s.Notes = notes
	}
	return ok(row{"server": c.serviceDetail(s)})
}

func (st *state) rename(s *Service, name string) {
	s.DisplayName = name
	if !st.cfg.displayName {
		s.Name = name
	}
}

func deleteService(c *call, s *Service, _ *Subscription) reply {
	c.st.terminate(s, c.now)
	c.note("service.delete")
	return done("Deletion scheduled")
}
