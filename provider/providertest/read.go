package providertest

import (
	"errors"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var connectionChecks = []check{
	{name: "good", run: checkGood},
	{name: "server down", applies: needFaults, run: checkServerDown},
	{name: "wrong credentials", run: checkCredentials},
}

func checkGood(c *probe) {
	if !c.has(provider.CapCheck) {
		return
	}
	report, err := c.p.Check(c.context())
	c.ok(err, "Check")
	if report == nil {
		c.Fatalf("Check returns no report")
	}
	if !report.OK() {
		c.Errorf("no error, but step %q failed", report.Failed().Name)
	}
	var names []string
	for _, s := range report.Steps {
		names = append(names, s.Name)
		if s.Err != nil {
			c.Errorf("step %q is %s and has an error: %v", s.Name, s.State, s.Err)
		}
	}
	common := []string{
		provider.CheckDNS, provider.CheckTCP, provider.CheckTLS, provider.CheckAPI,
		provider.CheckCredentials, provider.CheckRights, provider.CheckVersion,
	}
	if len(names) < len(common) || !slices.Equal(names[:len(common)], common) {
		c.Errorf("the steps are %q, they should begin with %q", names, common)
	}
	for _, name := range []string{provider.CheckAPI, provider.CheckCredentials} {
		if s := report.Step(name); s != nil && s.State != provider.CheckOK && s.State != provider.CheckWarning {
			c.Errorf("step %q is %s on a good connection", name, s.State)
		}
	}
	c.unchanged(nil, "after Check")
}

func checkServerDown(c *probe) {
	if !c.has(provider.CapCheck) {
		return
	}
	c.w.Faults.When(nil, 0, faults.Fault{Kind: faults.Refuse})
	report, err := c.p.Check(c.context())
	c.is(err, provider.ErrUnavailable, "Check of a server that is down")
	c.failed(report, err, provider.CheckDNS, provider.CheckTCP, provider.CheckTLS, provider.CheckAPI)
}

func checkCredentials(c *probe) {
	if !c.has(provider.CapCheck) {
		return
	}
	report, err := c.w.BadKey().Check(c.context())
	c.is(err, provider.ErrUnauthorized, "Check with wrong credentials")
	c.failed(report, err, provider.CheckCredentials)
}

// failed fails unless the first step that failed is one of these.
func (c *probe) failed(report *provider.CheckReport, err error, steps ...string) {
	c.Helper()
	switch {
	case report == nil:
		c.Errorf("Check returns no report")
	case report.OK():
		c.Errorf("an error (%v), but no step failed", err)
	case !slices.Contains(steps, report.Failed().Name):
		c.Errorf("step %q failed, want one of %q", report.Failed().Name, steps)
	case report.Failed().Err == nil:
		c.Errorf("step %q failed without an error", report.Failed().Name)
	}
}

var readChecks = []check{
	{name: "get", run: readGet},
	{name: "find", run: readFind},
	{name: "list", run: readList},
	{name: "list in pages", run: readPages},
	{name: "plans", run: readPlans},
	{name: "usage", run: readUsage},
	{name: "fleet usage", run: readFleet},
}

func readGet(c *probe) {
	for n := range 3 {
		a := c.create(n)
		got, err := c.p.Get(c.context(), a.ID)
		c.ok(err, "Get")
		if diff := shows(got, a); diff != "" {
			c.Errorf("Get: %s", diff)
		}
		if req := c.w.Request(n); got.Email != "" && !strings.EqualFold(got.Email, req.Email) {
			c.Errorf("Get: Email %q, want %q", got.Email, req.Email)
		} else if got.Domain != "" && !strings.EqualFold(got.Domain, req.Domain) {
			c.Errorf("Get: Domain %q, want %q", got.Domain, req.Domain)
		}
	}
}

func readFind(c *probe) {
	if !c.has(provider.CapFind) {
		return
	}
	for n := range 3 {
		c.create(n)
	}
	a, req := c.only(c.w.Request(1)), c.w.Request(1)
	supported := 0
	for _, q := range []provider.Query{
		{Username: req.Username}, {Username: strings.ToUpper(req.Username)}, {Reference: req.Reference}, {Email: req.Email},
		{Domain: req.Domain}, {Domain: strings.ToUpper(req.Domain)},
		{Username: req.Username, Reference: req.Reference}, {Username: req.Username, Email: req.Email},
	} {
		if q.IsZero() {
			continue
		}
		got, err := c.p.Find(c.context(), q)
		if errors.Is(err, provider.ErrUnsupported) {
			continue
		}
		supported++
		c.ok(err, "Find %+v", q)
		if diff := shows(got, a); diff != "" {
			c.Errorf("Find %+v: %s", q, diff)
		}
	}
	if supported == 0 {
		c.Errorf("find is declared, but it can search by nothing")
	}
	other := c.w.Request(3)
	for _, q := range []provider.Query{
		{Username: other.Username}, {Reference: other.Reference}, {Email: other.Email}, {Domain: other.Domain},
		{Username: req.Username, Reference: other.Reference}, {Username: req.Username, Email: other.Email},
		{Username: req.Username[:len(req.Username)-1]},
	} {
		if q.IsZero() {
			continue
		}
		got, err := c.p.Find(c.context(), q)
		if !errors.Is(err, provider.ErrUnsupported) {
			c.is(err, provider.ErrNotFound, "Find %+v, which matches nobody", q)
		}
		if err != nil && got != nil {
			c.Errorf("Find %+v: an account beside an error", q)
		}
	}
}

func readList(c *probe) {
	if !c.has(provider.CapList) {
		return
	}
	none, err := list(c.context(), c.p, nil)
	c.ok(err, "List of an empty system")
	if len(none) > 0 {
		c.Errorf("List of an empty system returns %d accounts", len(none))
	}
	for n := range 3 {
		c.create(n)
	}
	if c.w.AddForeign != nil {
		c.w.AddForeign(c.w.Request(7).Username)
	}
	seq := optional[provider.Lister](c.p).List(c.context(), nil)
	for range 2 { // a sequence can be walked again
		var got []*provider.Account
		for a, err := range seq {
			c.ok(err, "List")
			got = append(got, a)
		}
		if diff := listed(got, c.w.Accounts()); diff != "" {
			c.Errorf("List: %s", diff)
		}
	}
}

// listed returns how a list differs from the truth; "" if it does not.
func listed(got []*provider.Account, all []Truth) string {
	seen := map[string]bool{}
	for _, a := range got {
		if a == nil {
			return "a nil account"
		}
		if seen[a.ID] {
			return "account " + a.ID + " appears twice"
		}
		seen[a.ID] = true
		truth, there := find(all, a.ID)
		if !there {
			return "account " + a.ID + " does not exist"
		}
		if diff := shows(a, truth); diff != "" {
			return "account " + a.ID + ": " + diff
		}
	}
	for _, truth := range all {
		if truth.Complete && !seen[truth.ID] {
			return "account " + truth.ID + " is missing"
		}
	}
	return ""
}

func readPages(c *probe) {
	if !c.has(provider.CapList) {
		return
	}
	for n := range 5 {
		c.create(n)
	}
	for _, size := range []int{1, 2, 5, 1000} {
		got, err := list(c.context(), c.p, &provider.ListOptions{PageSize: size})
		c.ok(err, "List by %d", size)
		if diff := listed(got, c.w.Accounts()); diff != "" {
			c.Errorf("List by %d: %s", size, diff)
		}
	}
	if c.w.Faults == nil {
		return
	}
	c.w.Faults.Forget()
	_, err := list(c.context(), c.p, &provider.ListOptions{PageSize: 1})
	c.ok(err, "List by 1")
	whole := c.w.Faults.Count()
	c.w.Faults.Forget()
	for _, err := range optional[provider.Lister](c.p).List(c.context(), &provider.ListOptions{PageSize: 1}) {
		c.ok(err, "List by 1")
		break
	}
	if part := c.w.Faults.Count(); part > whole || (whole > 2 && part == whole) {
		c.Errorf("a loop that breaks at once took %d requests of %d", part, whole)
	}
}

func readPlans(c *probe) {
	if !c.has(provider.CapPlans) {
		return
	}
	plans, err := optional[provider.PlanLister](c.p).Plans(c.context())
	c.ok(err, "Plans")
	var ids []string
	for _, plan := range plans {
		if plan.ID == "" || slices.Contains(ids, plan.ID) {
			c.Errorf("plan %q: the ID is empty or appears twice", plan.ID)
		}
		ids = append(ids, plan.ID)
	}
	for _, id := range []string{c.w.Request(0).Plan, c.w.OtherPlan} {
		if id != "" && !slices.Contains(ids, id) {
			c.Errorf("the plans %q lack %q", ids, id)
		}
	}
}

func readUsage(c *probe) {
	if !c.has(provider.CapUsage) {
		return
	}
	a := c.create(0)
	report, err := optional[provider.UsageReader](c.p).Usage(c.context(), a.ID)
	c.ok(err, "Usage")
	c.report(report)
	if report.AccountID != a.ID {
		c.Errorf("Usage of account %s reports %q", a.ID, report.AccountID)
	}
}

func (c *probe) report(r *provider.UsageReport) {
	c.Helper()
	if r == nil {
		c.Fatalf("no report and no error")
	}
	seen := map[string]bool{}
	for _, u := range r.Values {
		if u.Metric == "" || u.Unit == "" || seen[u.Metric] {
			c.Errorf("usage of %s: metric %q in %q comes without a name or unit, or twice", r.AccountID, u.Metric, u.Unit)
		}
		if u.Used < 0 || (u.Limit < 0 && !u.Unlimited && !u.LimitUnknown) {
			c.Errorf("usage of %s: %q is negative", r.AccountID, u.Metric)
		}
		seen[u.Metric] = true
	}
	if len(r.Values) == 0 || r.AsOf.IsZero() {
		c.Errorf("usage of %s: no figures, or no time", r.AccountID)
	}
}

func readFleet(c *probe) {
	if !c.has(provider.CapFleetUsage) {
		return
	}
	for n := range 3 {
		c.create(n)
	}
	reports, err := fleetUsage(c.context(), c.p)
	c.ok(err, "FleetUsage")
	for _, r := range reports {
		c.report(r)
	}
	if diff := fleetListed(reports, c.w.Accounts()); diff != "" {
		c.Errorf("FleetUsage: %s", diff)
	}
}

func fleetListed(reports []*provider.UsageReport, all []Truth) string {
	seen := map[string]bool{}
	for _, r := range reports {
		switch _, there := find(all, r.AccountID); {
		case !there:
			return "account " + r.AccountID + " does not exist"
		case seen[r.AccountID]:
			return "account " + r.AccountID + " appears twice"
		}
		seen[r.AccountID] = true
	}
	for _, a := range all {
		if a.Complete && !seen[a.ID] {
			return "account " + a.ID + " is missing"
		}
	}
	return ""
}
