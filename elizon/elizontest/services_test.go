package elizontest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestSuspension(t *testing.T) {
	s := newServer(t)
	truth := s.running("prod-vps-s")
	path := "/services/" + truth.ServiceID
	newer := false
	act := func(action string) { // by both routes in turn
		t.Helper()
		if newer = !newer; newer {
			s.post(path+"/actions/"+action, "")
		} else {
			s.post(path+"/action", `{"action":"`+action+`"}`)
		}
	}
	act("suspend")
	now := s.Now()
	require.Equal(t, now, s.Truths()[0].SuspendedAt)
	s.Advance(time.Hour)
	act("suspend")
	require.Equal(t, now, s.Truths()[0].SuspendedAt, "the first time stays")
	require.Equal(t, "RUNNING", s.get(path).text("server", "status"), "status does not show a suspension")
	require.Equal(t, "2026-03-04T10:31:30.000Z", s.get("/services").text("services", 0, "suspendedAt"))
	for _, call := range []struct{ path, body string }{
		{"/action", `{"action":"start"}`}, {"/actions/reset", ""}, {"/reinstall", `{"templateId":101}`},
		{"/apply-downgrade", `{"resourceChanges":{"vcores":-1}}`},
	} {
		s.fails(400, "serviceIsSuspendedResumeFirstToPerformOtherActions", "POST", path+call.path, call.body)
	}
	act("resume")
	act("resume")
	require.True(t, s.Truths()[0].SuspendedAt.IsZero())
	act("stop")
	require.Equal(t, "STOPPED", s.Truths()[0].Status)
	act("start")
	require.Equal(t, "RUNNING", s.Truths()[0].Status)
	s.fails(400, "invalidAction", "POST", path+"/action", `{"action":"explode"}`)
	s.fails(400, "invalidAction", "POST", path+"/action", `{"action":"terminate"}`)
	s.fails(400, "invalidAction", "POST", path+"/actions/explode", "")
	s.fails(404, "serviceNotFound", "POST", "/services/no/actions/start", "{}")
	s.fails(400, "invalidRequest", "POST", path+"/action", `{"action":1}`)
	s.fails(404, "serviceNotFound", "POST", "/services/no/action", `{"action":"start"}`)

	s.IgnoreSuspension(true)
	act("suspend")
	require.True(t, s.Truths()[0].SuspendedAt.IsZero())
	s.IgnoreSuspension(false)
	act("suspend")
	s.IgnoreSuspension(true)
	act("resume")
	require.False(t, s.Truths()[0].SuspendedAt.IsZero())
}

func TestRename(t *testing.T) {
	s := newServer(t)
	truth := s.order("prod-vps-s")
	path := "/services/" + truth.ServiceID
	answer := s.call("PATCH", path, `{"name":"order-17","userNotes":"secret plan"}`)
	require.Equal(t, "order-17", answer.text("server", "name"))
	require.Equal(t, "order-17", answer.text("server", "userDisplayName"))
	require.Equal(t, "order-17", s.get("/user/subscriptions").text("subscriptions", 0, "service", "name"))
	_, text := s.do("GET", path, "")
	require.NotContains(t, text, "secret plan")
	require.Equal(t, "secret plan", s.Truths()[0].Notes)
	s.call("PUT", path, `{"name":"again"}`)
	require.Equal(t, "again", s.Truths()[0].Name)
	s.fails(400, "invalidRequest", "PATCH", path, `{"name":" "}`)
	s.fails(400, "invalidRequest", "PATCH", path, `{"name":"`+strings.Repeat("x", 101)+`"}`)

	s = newServer(t, elizontest.WithDisplayNames())
	truth = s.order("prod-vps-s")
	answer = s.call("PATCH", "/services/"+truth.ServiceID, `{"name":"order-17"}`)
	require.Equal(t, "VPS S 1", answer.text("server", "name"))
	require.Equal(t, "order-17", answer.text("server", "userDisplayName"))
	require.Equal(t, "order-17", s.Truths()[0].Name)
}

func TestTermination(t *testing.T) {
	s := newServer(t)
	deleted, canceled, other := s.running("prod-vps-s"), s.running("prod-vps-s"), s.running("prod-vps-s")
	for range 2 {
		require.Equal(t, "Deletion scheduled", s.call("DELETE", "/services/"+deleted.ServiceID, "").text("message"))
	}
	s.post("/services/"+canceled.ServiceID+"/subscription/cancel", `{"immediate":true}`)
	require.Equal(t, "true", s.get("/services/"+deleted.ServiceID).text("server", "terminationPending"))
	require.True(t, s.truth(canceled.SubscriptionID).TerminationPending)
	s.fails(400, "subscriptionActionBlocked", "POST", "/services/"+deleted.ServiceID+"/subscription/reactivate", "")
	s.Advance(elizontest.TerminationTime)
	for _, gone := range []elizontest.Truth{deleted, canceled} {
		s.fails(404, "serviceNotFound", "GET", "/services/"+gone.ServiceID, "")
		s.fails(404, "serviceNotFound", "DELETE", "/services/"+gone.ServiceID, "")
		now := s.truth(gone.SubscriptionID)
		require.True(t, now.Terminated)
		require.Equal(t, "DELETED", now.Status)
	}
	require.Len(t, s.get("/user/subscriptions").at("subscriptions"), 1)
	require.Equal(t, other.ServiceID, s.get("/services").text("servers", 0, "id"))
	require.Len(t, s.Services(), 1)

	s = newServer(t, elizontest.WithTermination(0))
	s.call("DELETE", "/services/"+s.order("prod-vps-s").ServiceID, "")
	require.True(t, s.Truths()[0].Terminated)
}

func TestEndOfPeriod(t *testing.T) {
	s := newServer(t, elizontest.WithBalance(2*594))
	truth := s.running("prod-vps-s")
	path := "/services/" + truth.ServiceID
	end := "2026-04-03T10:30:00.000Z"
	s.fails(400, "notPendingCancellation", "POST", path+"/subscription/reactivate", "{}")
	s.want(200, `{"success":true,"message":"Subscription cancelled","currentPeriodEnd":"`+end+`","invoiceId":null}`,
		"POST", path+"/subscription/cancel", `{"immediate":false,"reason":"enough"}`)
	require.True(t, s.Truths()[0].CancelAtPeriodEnd)
	sub := s.get(path + "/subscription")
	require.Equal(t, "enough", sub.text("subscription", "cancellation", "reason"))
	require.Equal(t, "2026-03-04T10:31:30.000Z", sub.text("subscription", "canceledAt"))
	s.fails(400, "subscriptionActionBlocked", "PATCH", path+"/subscription/interval", `{"billingCycleDays":90}`)
	s.want(200, `{"success":true,"message":"Subscription reactivated","currentPeriodEnd":"`+end+`"}`, "POST", path+"/subscription/reactivate", "{}")
	require.False(t, s.Truths()[0].CancelAtPeriodEnd)
	s.want(200, `{"success":true,"nextBillingCycleDays":14,"currentPeriodEnd":"`+end+`"}`,
		"PATCH", path+"/subscription/interval", `{"billingCycleDays":14}`)
	s.fails(400, "invalidRequest", "PATCH", path+"/subscription/interval", `{"billingCycleDays":15}`)

	s.Advance(30 * 24 * time.Hour) // renewed from the balance, for 14 days
	now := s.Truths()[0]
	require.Equal(t, start.AddDate(0, 0, 44), now.PeriodEnd)
	require.Equal(t, []any{2, 2, elizontest.Cents(594 + 277)}, []any{now.Charges, now.Periods, now.Charged})
	require.Equal(t, elizontest.Cents(594-277), s.Balance())

	s.want(200, format(`{"success":true,"subscription":{"id":%q,"options":{"autoBillingEnabled":false,"useNetPointsFirst":false}}}`, truth.SubscriptionID),
		"PATCH", path+"/subscription/autopay", `{"autoBillingEnabled":false}`)
	s.Advance(14 * 24 * time.Hour) // not renewed
	server := s.get(path)
	require.Equal(t, "Payment overdue", server.text("server", "suspendReason"))
	s.fails(400, "subscriptionActionBlocked", "POST", path+"/action", `{"action":"resume"}`)
	invoice := s.get("/invoices?status=overdue").text("invoices", 0, "id")
	require.False(t, s.post("/invoices/"+invoice+"/pay", `{"paymentMethod":"guthaben"}`).at("alreadyPaid").(bool))
	now = s.Truths()[0]
	require.True(t, now.SuspendedAt.IsZero(), "payment lifts a suspension")
	require.Equal(t, start.AddDate(0, 0, 58), now.PeriodEnd)
	require.Equal(t, elizontest.Cents(594-2*277), s.Balance())

	s.UpdateSubscription(truth.SubscriptionID, func(sub *elizontest.Subscription) { sub.Locked, sub.CancelAtPeriodEnd = true, true })
	require.Equal(t, "admin", s.get(path+"/subscription").text("subscription", "cancellation", "source"))
	s.fails(400, "subscriptionActionBlocked", "POST", path+"/subscription/reactivate", "")
	s.Advance(14 * 24 * time.Hour)
	require.True(t, s.Truths()[0].Terminated)
}

func TestRenewal(t *testing.T) {
	s := newServer(t)
	truth := s.running("prod-vps-s")
	path := "/services/" + truth.ServiceID
	s.want(200, `{"success":true,"allowedBillingCycles":[7,14,30,60,90,120,365]}`, "GET", path+"/billing-cycles", "")
	s.want(200, format(`{"success":true,"price":5.94,"currentPeriodEnd":"2026-04-03T10:30:00.000Z","newPeriodEnd":"2026-05-03T10:30:00.000Z",
		"maxDate":"2029-03-03T10:31:30.000Z","subscriptionId":%q}`, truth.SubscriptionID), "POST", path+"/renew", `{"billingCycleDays":30}`)
	require.Len(t, s.Charges(), 1, "a preview")
	line := `{"items":[{"lineId":"r","productId":"prod-vps-s","billingCycle":30,"daysExtension":60,"itemType":"renewal","serviceId":"` + truth.ServiceID + `"}],"paymentMethod":"guthaben"}`
	s.post("/checkout", line)
	now := s.Truths()[0]
	require.Equal(t, start.AddDate(0, 0, 90), now.PeriodEnd)
	require.Equal(t, []any{2, 2, elizontest.Cents(594 + 1188)}, []any{now.Charges, now.Periods, now.Charged})
	require.Equal(t, "renewal", s.Charges()[1].Kind)

	require.Nil(t, s.post(path+"/subscription/extend", `{"withBonus":true}`).at("invoiceId"))
	s.fails(400, "e7DayBonusAlreadyUsedForThisService", "POST", path+"/subscription/extend", `{"withBonus":true}`)
	require.Equal(t, start.AddDate(0, 0, 97), s.Truths()[0].PeriodEnd)
	s.post(path+"/subscription/extend", `{"withLoyaltyOffer":true}`)
	require.Equal(t, 5.34, s.post(path+"/renew", `{"billingCycleDays":30}`).at("price"), "10 percent off for good")
	invoice := s.post(path+"/subscription/extend", `{"extensionDays":30}`).text("invoiceId")
	require.Equal(t, start.AddDate(0, 0, 104), s.Truths()[0].PeriodEnd, "not before it is paid")
	s.post("/invoices/"+invoice+"/pay", `{"paymentMethod":"guthaben"}`)
	require.Equal(t, start.AddDate(0, 0, 134), s.Truths()[0].PeriodEnd)
	require.Len(t, s.get("/invoices?serviceId="+truth.ServiceID).at("invoices"), 3)

	for range 2 {
		s.post("/checkout", strings.Replace(line, `"daysExtension":60`, `"daysExtension":365`, 1))
	}
	s.fails(400, "renewalExceedsMaxRuntime", "POST", path+"/renew", `{"billingCycleDays":365}`)
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", strings.Replace(line, `"daysExtension":60`, `"daysExtension":365`, 1))
}

func TestUpgradeAndDowngrade(t *testing.T) {
	s := newServer(t)
	truth := s.running("prod-vps-s")
	path := "/services/" + truth.ServiceID
	answer := s.post("/cart/upgrade", `{"serviceId":"`+truth.ServiceID+`","resourceChanges":{"productId":"prod-vps-m"}}`)
	require.Equal(t, "upgrade", answer.text("item", "itemType"))
	require.Equal(t, 5.0, answer.at("item", "total"), "5 euros more, for all of the 30 days")
	require.Equal(t, "prod-vps-s", s.Truths()[0].ProductID)
	line := format(`{"items":[{"lineId":%q,"productId":"prod-vps-m","billingCycle":30,"itemType":"upgrade","serviceId":%q,"customization":{}}],"paymentMethod":"guthaben"}`,
		answer.text("item", "lineId"), truth.ServiceID)
	s.post("/checkout", line)
	now := s.Truths()[0]
	require.Equal(t, "prod-vps-m", now.ProductID)
	require.Equal(t, []any{2, 1, elizontest.Cents(594 + 595)}, []any{now.Charges, now.Periods, now.Charged})
	server := s.get(path)
	require.Equal(t, []any{2.0, 4096.0, 80.0}, []any{server.at("server", "specs", "cpu"), server.at("server", "specs", "ram"), server.at("server", "specs", "disk")})
	require.Equal(t, 9.99, server.at("server", "billing", "monthlyPrice"))

	changes := `{"serviceId":"` + truth.ServiceID + `","resourceChanges":{"vcores":2}}`
	require.Equal(t, 3.0, s.post("/cart/upgrade", changes).at("item", "total"))
	s.post("/checkout", strings.Replace(line, `"customization":{}`, `"customization":{"vcores":2}`, 1))
	require.Equal(t, 4.0, s.get(path).at("server", "specs", "cpu"))
	s.fails(400, "checkoutValidationFailed", "POST", "/checkout", strings.Replace(line, "vps-m", "vps-s", 1))
	s.fails(400, "downgradeNotApplicable", "POST", path+"/apply-downgrade", `{"resourceChanges":{"productId":"prod-vps-l"}}`)
	s.fails(400, "downgradeNotApplicable", "POST", path+"/apply-downgrade", `{"resourceChanges":{"vcores":-3}}`)
	s.fails(400, "upgradeNotAllowed", "POST", "/cart/upgrade", `{"serviceId":"`+truth.ServiceID+`","resourceChanges":{"productId":"prod-web-s"}}`)
	s.fails(400, "invalidRequest", "POST", "/cart/upgrade", `{"serviceId":"`+truth.ServiceID+`","resourceChanges":{}}`)
	s.fails(400, "invalidRequest", "POST", path+"/apply-downgrade", `{}`)

	s.post(path+"/apply-downgrade", `{"resourceChanges":{"vcores":-2}}`)
	require.Equal(t, 2.0, s.get(path).at("server", "specs", "cpu"))
	s.post(path+"/apply-downgrade", `{"resourceChanges":{},"productId":"prod-vps-s"}`)
	now = s.Truths()[0]
	require.Equal(t, "prod-vps-s", now.ProductID)
	require.Equal(t, 4.99, s.get(path).at("server", "billing", "monthlyPrice"))
	require.True(t, now.PeriodEnd.After(start.AddDate(0, 0, 70)), "the period is longer instead: %s", now.PeriodEnd)
	require.Len(t, s.Charges(), 3)
}

func TestReinstall(t *testing.T) {
	s := newServer(t)
	path := "/services/" + s.running("prod-vps-s").ServiceID
	require.Len(t, s.get(path+"/templates").at("templates"), 3)
	s.fails(400, "invalidRequest", "POST", path+"/reinstall", `{}`)
	s.fails(400, "invalidRequest", "POST", path+"/reinstall", `{"templateId":7}`)
	s.post(path+"/reinstall", `{"templateId":102}`)
	require.Equal(t, "true", s.get(path).text("server", "reinstallPending"))
	s.fails(400, "subscriptionActionBlocked", "POST", path+"/reinstall", `{"templateId":102}`)
	s.Advance(elizontest.ReinstallTime)
	require.False(t, s.Truths()[0].ReinstallPending)
	require.Equal(t, "Ubuntu 24.04", s.get(path).text("server", "os", "template"))
}

func TestStatusAndUsage(t *testing.T) {
	s := newServer(t)
	vps, game := s.running("prod-vps-s"), s.running("prod-game-s")
	s.UpdateService(vps.ServiceID, func(v *elizontest.Service) {
		v.Usage = elizontest.Usage{CPU: 0.5, MemoryBytes: 1 << 30, DiskBytes: 5, InBytes: 1, OutBytes: 2, MonthlyBytes: 3 << 30, Uptime: time.Hour}
	})
	inner := `{"status":"running","cpu":{"usage":0.5},"memory":{"used":1073741824,"total":2147483648},"disk":{"used":5,"total":42949672960},
		"network":{"in":1,"out":2},"uptime":3600,"bandwidthUsage":{"monthlyTotalBytes":3221225472}}`
	s.want(200, `{"success":true,"status":`+inner+`}`, "GET", "/services/"+vps.ServiceID+"/status", "")
	s.want(200, format(`{"success":true,"statuses":{%q:{"status":%s,"source":"provider"},%q:{"status":"running","cpu":{"usage":0},
		"memory":{"used":0,"total":4294967296},"disk":{"used":0,"total":21474836480},"network":{"in":0,"out":0},"uptime":0,
		"bandwidthUsage":{"monthlyTotalBytes":0}}}}`, vps.ServiceID, inner, game.ServiceID),
		"POST", "/services/status-batch", format(`{"ids":[%q,%q,"no"]}`, vps.ServiceID, game.ServiceID))
	s.want(200, `{"success":true,"usage":{"totalGb":3}}`, "GET", "/services/total-bandwidth?month=2026-03", "")
	s.fails(400, "invalidRequest", "GET", "/services/total-bandwidth?month=March", "")
	require.Equal(t, 3.0, s.get("/services/"+vps.ServiceID+"/bandwidth-usage").at("usage", "totalGb"))
	s.fails(400, "invalidRequest", "POST", "/services/status-batch", `{"ids":["`+strings.Repeat(`x","`, 100)+`"]}`)
}

func TestListsAndPages(t *testing.T) {
	s := newServer(t, elizontest.WithSeedServices(23))
	first := s.get("/services")
	require.Equal(t, first.at("services"), first.at("servers"))
	require.Equal(t, map[string]any{"page": 1.0, "limit": 10.0, "total": 23.0, "pages": 3.0}, first.at("pagination"))
	require.Equal(t, "seed00023", first.text("services", 0, "name"), "the newest first")
	require.Len(t, s.get("/services?page=3").at("services"), 3)
	require.Empty(t, s.get("/services?page=4").at("services"))
	require.Empty(t, s.get("/services?page=9223372036854775807&limit=1").at("services"))
	require.Len(t, s.get("/services?limit=1000&page=-1&view=compact").at("services"), 23)
	s = newServer(t, elizontest.WithListKeys("servers"), elizontest.WithSeedServices(1))
	require.Nil(t, s.get("/services").at("services"))
	require.Len(t, s.get("/services").at("servers"), 1)
}

func TestTenThousandServices(t *testing.T) {
	s := newServer(t, elizontest.WithSeedServices(10_000))
	for page := range 100 {
		require.Len(t, s.get(format("/services?limit=100&page=%d", page+1)).at("services"), 100)
	}
	require.Len(t, s.get("/user/subscriptions").at("subscriptions"), 10_000)
}

func TestHiding(t *testing.T) {
	s := newServer(t)
	truth := s.running("prod-vps-s")
	batch := `{"ids":["` + truth.ServiceID + `"]}`
	s.HideServices(true)
	s.fails(404, "serviceNotFound", "GET", "/services/"+truth.ServiceID, "")
	s.fails(404, "serviceNotFound", "GET", "/services/"+truth.ServiceID+"/subscription", "")
	s.fails(403, "accessDenied", "GET", "/services", "")
	s.fails(403, "accessDenied", "GET", "/user/subscriptions", "")
	s.fails(403, "accessDenied", "POST", "/services/status-batch", batch)
	s.post("/services/"+truth.ServiceID+"/action", `{"action":"stop"}`)
	s.HideServices(false)
	s.EmptyServices(true)
	s.fails(404, "serviceNotFound", "GET", "/services/"+truth.ServiceID, "")
	require.Empty(t, s.get("/services").at("services"))
	require.Empty(t, s.get("/user/subscriptions").at("subscriptions"))
	require.Empty(t, s.post("/services/status-batch", batch).at("statuses"))
	s.EmptyServices(false)
	require.Equal(t, "STOPPED", s.get("/services/"+truth.ServiceID).text("server", "status"))
}

func TestForeignServices(t *testing.T) {
	s := newServer(t)
	added := s.AddService(elizontest.Service{Name: "theirs", ProductID: "prod-web-s"})
	require.Equal(t, "theirs", s.get("/services/"+added.ID).text("server", "name"))
	require.Equal(t, added.SubscriptionID, s.get("/user/subscriptions").text("subscriptions", 0, "id"))
	require.Equal(t, 0, s.Truths()[0].Charges)
	require.Panics(t, func() { s.AddService(elizontest.Service{ProductID: "no"}) })
	require.True(t, s.RemoveService(added.ID))
	require.False(t, s.RemoveService(added.ID))

	id := s.Invite("Max", "shared one", "view", "start")
	require.Equal(t, "Max", s.get("/permissions/"+id+"/details").text("permission", "inviterName"))
	require.Empty(t, s.get("/services").at("services"))
	s.post("/permissions/accept", `{"permissionId":"`+id+`"}`)
	shared := s.get("/services").text("services", 0, "id")
	require.Equal(t, "Max", s.get("/services/"+shared).text("server", "sharedByName"))
	s.fails(403, "onlyServiceOwnerOrAdminCanSuspendResume", "POST", "/services/"+shared+"/action", `{"action":"suspend"}`)
	s.fails(403, "serviceNotOwned", "DELETE", "/services/"+shared, "")
	s.fails(400, "subscriptionActionBlocked", "POST", "/permissions/decline", `{"permissionId":"`+id+`"}`)
}
