package keyhelptest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

const noLimits = `{"disk_space":-1,"traffic":-1,"domains":-1,"subdomains":-1,"email_accounts":-1,"email_addresses":-1,
	"email_forwardings":-1,"databases":-1,"ftp_users":-1,"scheduled_tasks":-1}`

func TestLiveClient(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	p.want(201, `{"id":1207}`, "POST", "/clients", `{"username":"mustershop","email":"post@shop.example","password":"first"}`)
	minimal := `{"id":1207,"username":"mustershop","language":"en","email":"post@shop.example","notes":"","is_suspended":false,
		"suspend_on":null,"delete_on":null,"created_at":"2025-03-04T10:15:00+02:00","contact_data":{"first_name":"","last_name":"",
		"company":"","telephone":"","address":"","city":"","zip":"","state":"","country":"","client_id":""},"id_hosting_plan":null,
		"resource_limits":` + noLimits + `,"permissions":{},"php":{},"php_fpm":{}}`
	p.want(200, minimal, "GET", "/clients/1207", "")
	p.want(200, minimal, "GET", "/clients/name/MusterShop", "")
	p.want(200, "["+minimal+"]", "GET", "/clients", "")

	p.want(200, `{"id":1207}`, "PUT", "/clients/1207", path(`{"language":"de","notes":"order-1042","is_suspended":true,
		"suspend_on":"2025-04-01","delete_on":"2025-05-01T23:00:00+0000","id_hosting_plan":%d,"username":"mustershop","password":"pw",
		"contact_data":{"first_name":"Erika","last_name":"Muster","client_id":1204,"country":"DE"},"unknown":{"key":[1]}}`, p.Plans()[0].ID))
	p.want(200, `{"id":1207}`, "PUT", "/clients/name/mustershop", `{"contact_data":{"city":"Jena"}}`)
	got := p.get("/clients/1207")
	limits := got["resource_limits"].(map[string]any)
	require.EqualValues(t, 6<<30, limits["disk_space"])
	require.EqualValues(t, 2, limits["domains"])
	require.Equal(t, map[string]any{"ftp": true, "php": true, "panel_access": true, "ssh": false}, got["permissions"])
	require.Equal(t, map[string]any{"memory_limit": "256M", "max_execution_time": 60.0}, got["php"])
	require.Equal(t, map[string]any{"pm": "ondemand", "max_children": 3.0}, got["php_fpm"])
	for _, key := range []string{"resource_limits", "permissions", "php", "php_fpm"} {
		delete(got, key)
	}
	require.Equal(t, map[string]any{
		"id": 1207.0, "username": "mustershop", "language": "de", "email": "post@shop.example", "notes": "order-1042",
		"is_suspended": true, "suspend_on": "2025-04-01T00:00:00+0000", "delete_on": "2025-05-01T00:00:00+0000",
		"created_at": "2025-03-04T10:15:00+02:00", "id_hosting_plan": float64(p.Plans()[0].ID),
		"contact_data": map[string]any{
			"first_name": "Erika", "last_name": "Muster", "company": "", "telephone": "", "address": "", "city": "Jena", "zip": "",
			"state": "", "country": "DE", "client_id": "1204",
		},
	}, got)
	require.Equal(t, "Erika Muster", p.Clients()[0].DisplayName)
	require.Equal(t, "pw", p.Clients()[0].Password)
	p.want(400, liveError(400, "username: Cannot be changed."), "PUT", "/clients/1207", `{"username":"renamed"}`)

	p.want(200, `{"id":1207}`, "PUT", "/clients/1207", `{"suspend_on":null,"delete_on":"","id_hosting_plan":null}`)
	got = p.get("/clients/1207")
	require.Nil(t, got["suspend_on"])
	require.Nil(t, got["delete_on"])
	require.Nil(t, got["id_hosting_plan"])

	p.want(204, "", "DELETE", "/clients/name/mustershop", "")
	p.want(404, liveError(404, "Client not found."), "DELETE", "/clients/1207", "")
	p.want(404, liveError(404, "Client not found."), "GET", "/clients/name/mustershop", "")
	p.want(200, "[]", "GET", "/clients", "")
}

func TestLiveClientExtras(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	id := p.create("/clients", `{"username":"with_extras","email":"a@b.example","password":"pw","create_system_domain":true,
		"send_login_credentials":true,"skeleton":"empty","is_suspended":true}`)
	client := p.Clients()[0]
	require.True(t, client.CredentialsSent)
	require.True(t, client.Suspended)
	require.Equal(t, "empty", client.Skeleton)
	domains := p.Domains()
	require.Len(t, domains, 1)
	require.Equal(t, "with-extras.srv1.keyhelp.test", domains[0].Name)
	require.True(t, domains[0].System)
	require.Equal(t, id, domains[0].ClientID)
	require.Equal(t, map[string]any{"value": 0.0, "max": -1.0}, p.get(path("/clients/%d/stats", id))["domains"], "not the client's own")
}

// A client without a password gets one, in the answer and nowhere else.
func TestLiveClientPasswords(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	status, text := p.send("POST", "/clients", `{"username":"first","email":"a@b.example"}`)
	require.Equal(t, 201, status)
	made := p.Clients()[0].Password
	require.Regexp(t, `^[a-zA-Z2-9]{16}$`, made)
	require.JSONEq(t, path(`{"id":1207,"password":%q}`, made), text)
	_, text = p.send("GET", "/clients/1207", "")
	require.NotContains(t, text, "password")

	hashes := `"password_hash":"$2y$10$placeholder","password_hash_os":"$6$placeholder"`
	p.want(201, `{"id":1210}`, "POST", "/clients", `{"username":"second","email":"a@b.example",`+hashes+`}`)
	second := p.Clients()[1]
	require.Equal(t, []string{"", "$2y$10$placeholder", "$6$placeholder"}, []string{second.Password, second.PasswordHash, second.PasswordHashOS})
	p.want(200, `{"id":1207}`, "PUT", "/clients/1207", `{`+hashes+`}`)
	require.Equal(t, "$6$placeholder", p.Clients()[0].PasswordHashOS)
	p.want(200, `{"id":1207}`, "PUT", "/clients/1207", `{"password":"pw"}`)
	require.Equal(t, []string{"pw", "", ""}, []string{p.Clients()[0].Password, p.Clients()[0].PasswordHash, p.Clients()[0].PasswordHashOS})
	for body, want := range map[string]string{
		`"password_hash":"x"`:      "password_hash_os: This field is required.",
		`"password_hash_os":"x"`:   "password_hash: This field is required.",
		hashes + `,"password":"x"`: "password_hash: Only one of password and password_hash.",
		`"password":""`:            "password: This field is required.",
	} {
		p.want(400, liveError(400, want), "POST", "/clients", `{"username":"third","email":"a@b.example",`+body+`}`)
		p.want(400, liveError(400, want), "PUT", "/clients/1207", `{`+body+`}`)
	}
}

// Programs send a plan as a text, and "" for false.
func TestLiveClientLooseTypes(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	id := p.create("/clients", path(`{"username":"a","email":"a@b.example","id_hosting_plan":"%d","is_suspended":""}`, p.Plans()[1].ID))
	require.Equal(t, p.Plans()[1].ID, p.Clients()[0].PlanID)
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/clients/%d", id), `{"is_suspended":true}`)
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/clients/%d", id), `{"is_suspended":""}`)
	require.False(t, p.Clients()[0].Suspended)
	p.want(400, liveError(400, "id_hosting_plan: Invalid type (integer)."), "PUT", path("/clients/%d", id), `{"id_hosting_plan":"two"}`)
}

// Programs of /api/v1 send and read older names; v2 does not know them.
func TestVersion1(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithSeedClients(1))
	id := p.create("/domains", path(`{"id_user":%d,"domain":"a.example"}`, p.Clients()[0].ID))
	prefers := func(version string) bool {
		req, err := http.NewRequest("PUT", p.URL+path("/api/%s/domains/%d", version, id), strings.NewReader(`{"security":{"force_https":false}}`))
		require.NoError(t, err)
		req.Header.Set("X-API-Key", p.Key)
		resp, err := p.Client().Do(req)
		require.NoError(t, err)
		require.Equal(t, 200, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
		return p.Domains()[0].Security.PreferHTTPS
	}
	require.True(t, prefers("v2"))
	require.False(t, prefers("v1"))
	for version, field := range map[string]string{"v1": "dkim_txt_record", "v2": "dkim_record"} {
		for _, target := range []string{"domains", "dns"} {
			req, err := http.NewRequest("GET", p.URL+path("/api/%s/%s/%d", version, target, id), nil)
			require.NoError(t, err)
			req.Header.Set("X-API-Key", p.Key)
			resp, err := p.Client().Do(req)
			require.NoError(t, err)
			var got map[string]any
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&got))
			require.NoError(t, resp.Body.Close())
			require.Contains(t, got, field, "%s of %s", target, version)
		}
	}
}

func TestLiveClientRefused(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	p.create("/clients", `{"username":"mustershop","email":"post@shop.example"}`)
	for body, want := range map[string]string{
		`{}`:                                     "username: This field is required.",
		`{"username":"a"}`:                       "email: This field is required.",
		`{"username":"a","email":null}`:          "email: This field is required.",
		`{"username":"a","email":"a"}`:           "email: Invalid email format.",
		`{"username":"A","email":"a@b.example"}`: "username: Invalid name.",
		`{"username":"Mustershop","email":"a@b.example"}`:                                        "username: This value is already in use.",
		`{"username":"keyhelp","email":"a@b.example"}`:                                           "username: This value is already in use.",
		`{"username":"a","email":"a@b.example","language":"xx"}`:                                 "language: Invalid value.",
		`{"username":"a","email":"a@b.example","delete_on":"01.02.2025"}`:                        "delete_on: Invalid date.",
		`{"username":"a","email":"a@b.example","id_hosting_plan":1}`:                             "id_hosting_plan: Unknown ID.",
		`{"username":"a","email":"a@b.example","contact_data":{"zip":true,"city":[]}}`:           "contact_data.city: Invalid type (string).",
		`{"username":"a","email":"a@b.example","contact_data":[]}`:                               "contact_data: Invalid type (object).",
		`{"username":"a","email":"a@b.example","send_login_credentials":"yes","password":false}`: "send_login_credentials: Invalid type (boolean).",
	} {
		p.want(400, liveError(400, want), "POST", "/clients", body)
	}
	require.Len(t, p.Clients(), 1)
}

func TestListsAreSorted(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	b := p.AddClient(keyhelptest.Client{Username: "b", Email: "1@x.test"})
	a := p.AddClient(keyhelptest.Client{Username: "a", Email: "2@x.test", Suspended: true})
	c := p.AddClient(keyhelptest.Client{ID: 5, Username: "c", Email: "1@x.test"})
	require.EqualValues(t, 5, c)
	for query, want := range map[string][]int64{
		"":                                    {c, b, a},
		"?sort=username":                      {a, b, c},
		"?sort=username&order=asc":            {a, b, c},
		"?sort=username&order=desc":           {c, b, a},
		"?sort=email":                         {c, b, a},
		"?sort=is_suspended&order=desc":       {a, b, c},
		"?sort=id&order=desc":                 {a, b, c},
		"?sort=nonsense&order=sideways&x=y%z": {c, b, a},
		"?sort=contact_data":                  {c, b, a},
	} {
		require.Equal(t, want, p.ids("/clients"+query), query)
	}
}

func TestSchedules(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	id := p.create("/clients", `{"username":"a","email":"a@b.example","suspend_on":"2025-03-10","delete_on":"2025-03-20"}`)
	domain := p.create("/domains", path(`{"id_user":%d,"domain":"a.example","delete_on":"2025-03-15"}`, id))
	target := path("/clients/%d", id)
	p.now = time.Date(2025, 3, 9, 23, 59, 59, 0, time.UTC)
	require.Equal(t, false, p.get(target)["is_suspended"])
	p.now = p.now.Add(time.Second)
	require.True(t, p.Clients()[0].Suspended)
	require.Equal(t, true, p.get(target)["is_suspended"])
	p.want(200, path(`{"id":%d}`, id), "PUT", target, `{"is_suspended":false}`)
	require.Equal(t, false, p.get(target)["is_suspended"], "done once")
	p.get(path("/domains/%d", domain))
	p.now = time.Date(2025, 3, 15, 0, 0, 0, 0, time.UTC)
	p.want(404, liveError(404, "Domain not found."), "GET", path("/domains/%d", domain), "")
	p.get(target)
	p.now = time.Date(2025, 3, 20, 0, 0, 0, 0, time.UTC)
	require.Empty(t, p.Clients())
	p.want(404, liveError(404, "Client not found."), "GET", target, "")
}
