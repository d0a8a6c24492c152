package keyhelptest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

const erika = `{"login_name":"muster_shop","password":"s3cret-Pw","email":"post@shop.example","display_name":"Erika Muster"}`

func TestDocumentedClient(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	plan := p.Plans()[0]
	p.want(201, path(`{"id":%d,"login_name":"muster_shop","email":"post@shop.example","display_name":"Erika Muster",
		"is_locked":false,"created_at":"2025-03-04 08:15:00"}`, 1207), "POST", "/clients", erika)
	client := func(locked bool, plan, updated string) string {
		return path(`{"id":1207,"login_name":"muster_shop","email":"post@shop.example","display_name":"Erika Muster",
			"is_locked":%t,"id_hosting_plan":%s,"created_at":"2025-03-04 08:15:00","updated_at":"%s"}`, locked, plan, updated)
	}
	p.want(200, client(false, "null", "2025-03-04 08:15:00"), "GET", "/clients/1207", "")

	p.now = p.now.Add(90 * time.Minute)
	for range 2 { // suspending twice is no error
		p.want(200, client(true, "null", "2025-03-04 09:45:00"), "PUT", "/clients/1207", `{"is_locked":true}`)
	}
	p.want(200, client(true, "null", "2025-03-04 09:45:00"), "GET", "/clients/1207", "")
	require.True(t, p.Clients()[0].Suspended)
	p.want(200, client(false, "null", "2025-03-04 09:45:00"), "PUT", "/clients/1207", `{"is_locked":false,"user_id":7}`)

	p.now = p.now.Add(time.Hour)
	p.want(200, client(false, path("%d", plan.ID), "2025-03-04 10:45:00"), "PUT", "/clients/1207", path(`{"id_hosting_plan":%d}`, plan.ID))
	p.want(200, client(false, path("%d", plan.ID), "2025-03-04 10:45:00"), "PUT", "/clients/1207", `{"password":"other","login_name":"muster_shop"}`)
	p.want(400, documentedError("Validation failed", "login_name", "Cannot be changed"), "PUT", "/clients/1207", `{"login_name":"renamed"}`)
	got := p.Clients()
	require.Len(t, got, 1)
	require.Equal(t, keyhelptest.Client{
		ID: 1207, Username: "muster_shop", Email: "post@shop.example", DisplayName: "Erika Muster", Language: "en", Password: "other",
		PlanID: plan.ID, Limits: plan.Resources, Permissions: plan.Permissions, PHP: plan.PHP, PHPFPM: plan.PHPFPM,
		CreatedAt: start, UpdatedAt: start.Add(150 * time.Minute),
	}, got[0])

	p.want(204, "", "DELETE", "/clients/1207", "")
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		p.want(404, `{"error":"Client not found"}`, method, "/clients/1207", "{}")
	}
	require.Empty(t, p.Clients())
}

func TestDocumentedClientWithPlan(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	plan := p.Plans()[1]
	id := p.create("/clients", path(`{"login_name":"a","password":"x","email":"a@b.example","id_hosting_plan":%d}`, plan.ID))
	require.EqualValues(t, plan.ID, p.get(path("/clients/%d", id))["id_hosting_plan"])
}

func TestDocumentedClientRefused(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	p.create("/clients", erika)
	const required, failed = "This field is required", "Validation failed"
	for body, want := range map[string]string{
		`{"email":"nonsense"}`:                                                                   documentedError(failed, "login_name", required, "password", required, "email", "Invalid email format"),
		`{"login_name":"","password":null,"email":""}`:                                           documentedError(failed, "login_name", required, "password", required, "email", required),
		`{"login_name":"MUSTER_shop","password":"x","email":"a@b.example"}`:                      documentedError(failed, "login_name", "This value is already in use"),
		`{"login_name":"keyhelp","password":"x","email":"a@b.example"}`:                          documentedError(failed, "login_name", "This value is already in use"),
		`{"login_name":"1st","password":"x","email":"a@b.example"}`:                              documentedError(failed, "login_name", "Invalid name"),
		`{"login_name":"new","password":"x","email":"a@b.example","id_hosting_plan":1}`:          documentedError(failed, "id_hosting_plan", "Unknown ID"),
		`{"login_name":7,"password":"x","email":"a@b.example","id_hosting_plan":"31"}`:           documentedError(failed, "login_name", "Invalid type (string)", "id_hosting_plan", "Invalid type (integer)"),
		`{"login_name":"new","password":"x","email":"Erika <a@b.example>","display_name":false}`: documentedError(failed, "email", "Invalid email format", "display_name", "Invalid type (string)"),
	} {
		p.want(400, want, "POST", "/clients", body)
	}
	require.Len(t, p.Clients(), 1, "nothing was created")
	before := p.Clients()
	for body, want := range map[string]string{
		`{"password":""}`:                      documentedError(failed, "password", required),
		`{"email":"x","is_locked":true}`:       documentedError(failed, "email", "Invalid email format"),
		`{"is_locked":1}`:                      documentedError(failed, "is_locked", "Invalid type (boolean)"),
		`{"is_locked":true,"password":["pw"]}`: documentedError(failed, "password", "Invalid type (string)"),
	} {
		p.want(400, want, "PUT", "/clients/1207", body)
	}
	require.Equal(t, before, p.Clients(), "nothing was changed")
}

func TestUnknownIDs(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	id := p.create("/clients", erika)
	for _, bad := range []string{"0", "1208", "-1207", "+1207", "abc", "1207.0", "99999999999999999999", "%2e%2e", path("%d%%2Fstatistics", id)} {
		p.want(404, `{"error":"Client not found"}`, "GET", "/clients/"+bad, "")
		p.want(404, `{"error":"Client not found"}`, "GET", "/clients/"+bad+"/statistics", "")
		p.want(404, `{"error":"Domain not found"}`, "GET", "/domains/"+bad, "")
	}
}

func TestSwitches(t *testing.T) {
	for d, flag := range map[keyhelptest.Dialect]string{keyhelptest.Documented: "is_locked", keyhelptest.Live: "is_suspended"} {
		p := newPanel(t, d, keyhelptest.WithSeedClients(1))
		target := path("/clients/%d", p.Clients()[0].ID)
		put := func(on bool) {
			status, _ := p.send("PUT", target, path(`{"%s":%t,"email":"new@clients.test"}`, flag, on))
			require.Equal(t, 200, status)
		}
		p.IgnoreSuspension(true)
		put(true)
		require.Equal(t, false, p.get(target)[flag])
		require.Equal(t, "new@clients.test", p.get(target)["email"], "only the flag is ignored")
		p.IgnoreSuspension(false)
		put(true)
		require.Equal(t, true, p.get(target)[flag])
		p.IgnoreSuspension(true)
		put(false)
		require.Equal(t, true, p.get(target)[flag])

		p.HideClients(true)
		notFound := map[keyhelptest.Dialect]string{
			keyhelptest.Documented: `{"error":"Client not found"}`, keyhelptest.Live: liveError(404, "Client not found."),
		}[d]
		for _, endpoint := range keyhelptest.Routes(d) {
			if len(endpoint) > 12 && endpoint[:12] == "GET /clients" {
				p.want(404, notFound, "GET", target, "")
			}
		}
		if d == keyhelptest.Live {
			for _, read := range []string{"/clients", "/clients/name/seed0001", target + "/stats", target + "/resources", target + "/traffic"} {
				p.want(404, notFound, "GET", read, "")
			}
		} else {
			p.want(404, notFound, "GET", target+"/statistics", "")
		}
		p.ids("/hosting-plans") // the key can still read something else
		put(true)
		p.HideClients(false)
		p.get(target)
	}
}
