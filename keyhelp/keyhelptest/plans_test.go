package keyhelptest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func TestDocumentedPlans(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented, keyhelptest.WithPlans(
		keyhelptest.Plan{ID: 2, Name: "Starter", Resources: keyhelptest.Resources{
			DiskSpace: 10737418240, Traffic: -1, Domains: 2, Databases: 3, EmailAccounts: 5,
		}},
		keyhelptest.Plan{Name: "None"},
	))
	p.want(200, path(`[{"id":2,"name":"Starter","disk_quota":10737418240,"traffic_quota":-1,"max_domains":2,"max_databases":3,
		"max_email_accounts":5},{"id":%d,"name":"None","disk_quota":0,"traffic_quota":0,"max_domains":0,"max_databases":0,
		"max_email_accounts":0}]`, p.Plans()[1].ID), "GET", "/hosting-plans", "")
	newPanel(t, keyhelptest.Documented, keyhelptest.WithPlans()).want(200, "[]", "GET", "/hosting-plans", "")
}

func TestDefaultPlans(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	var names []string
	for _, plan := range p.Plans() {
		names = append(names, plan.Name)
		require.Positive(t, plan.ID)
	}
	require.Equal(t, []string{"Starter", "Business", "Unlimited"}, names)
}

func TestWithoutPlans(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented, keyhelptest.WithoutPlans())
	p.want(404, `{"error":"Endpoint not found"}`, "GET", "/hosting-plans", "")
	id := p.create("/clients", path(`{"login_name":"a","password":"x","email":"a@b.example","id_hosting_plan":%d}`, p.Plans()[0].ID))
	require.EqualValues(t, p.Plans()[0].ID, p.get(path("/clients/%d", id))["id_hosting_plan"], "an ID that the operator knows works")
	live := newPanel(t, keyhelptest.Live, keyhelptest.WithoutPlans())
	live.want(404, liveError(404, "The requested endpoint does not exist."), "POST", "/hosting-plans", "not JSON")
}

func TestLivePlans(t *testing.T) {
	p := newPanel(t, keyhelptest.Live, keyhelptest.WithPlans(), keyhelptest.WithSeedClients(1))
	p.want(200, "[]", "GET", "/hosting-plans", "")
	id := p.create("/hosting-plans", `{"name":"Custom","resources":{"disk_space":1099511627776,"domains":2,"scheduled_tasks":0,"other":"x"},
		"permissions":{"ssh":true,"delete_main_domain":false,"unheard_of":true},
		"php":{"memory_limit":"64M","max_execution_time":30,"sendmail_from":null},
		"php_fpm":{"pm":"dynamic","max_spare_servers":null,"status":false}}`)
	want := func(name, pm string) string {
		return path(`{"id":%d,"name":"%s","resources":{"disk_space":1099511627776,"traffic":-1,"domains":2,"subdomains":-1,
			"email_accounts":-1,"email_addresses":-1,"email_forwardings":-1,"databases":-1,"ftp_users":-1,"scheduled_tasks":0},
			"permissions":{"ssh":true,"delete_main_domain":false},
			"php":{"memory_limit":"64M","max_execution_time":30,"sendmail_from":null},
			"php_fpm":{"pm":"%s","max_spare_servers":null,"status":false}}`, id, name, pm)
	}
	p.want(200, want("Custom", "dynamic"), "GET", path("/hosting-plans/%d", id), "")
	p.want(200, want("Custom", "dynamic"), "GET", "/hosting-plans/name/custom", "")
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/hosting-plans/%d", id), `{"name":"Custom 2","php_fpm":{"pm":"static"}}`)
	p.want(200, "["+want("Custom 2", "static")+"]", "GET", "/hosting-plans?sort=name", "")
	p.want(404, liveError(404, "Hosting plan not found."), "GET", "/hosting-plans/name/Custom", "")
	p.want(200, want("Custom 2", "static"), "GET", "/hosting-plans/name/Custom%202", "")

	for body, text := range map[string]string{
		`{}`:                  "name: This field is required.",
		`{"name":"CUSTOM 2"}`: "name: This value is already in use.",
		`{"name":"x","resources":{"domains":-2}}`:     "resources.domains: Invalid value.",
		`{"name":"x","resources":{"domains":"2"}}`:    "resources.domains: Invalid type (integer).",
		`{"name":"x","php_fpm":{"pm":"sometimes"}}`:   "php_fpm.pm: Invalid value.",
		`{"name":"x","php_fpm":{"status":0,"pm":{}}}`: "php_fpm.pm: Invalid type (string).",
		`{"name":"x","permissions":{"ftp":"on"}}`:     "permissions.ftp: Invalid type (boolean).",
	} {
		p.want(400, liveError(400, text), "POST", "/hosting-plans", body)
	}
	other := p.create("/hosting-plans", `{"name":"Other"}`)
	p.want(400, liveError(400, "name: This value is already in use."), "PUT", path("/hosting-plans/%d", other), `{"name":"custom 2"}`)
	p.want(200, path(`{"id":%d}`, id), "PUT", path("/hosting-plans/%d", id), `{"name":"CUSTOM 2"}`)

	client := p.Clients()[0].ID
	p.want(200, path(`{"id":%d}`, client), "PUT", path("/clients/%d", client), path(`{"id_hosting_plan":%d}`, id))
	p.want(204, "", "DELETE", path("/hosting-plans/%d", id), "")
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		p.want(404, liveError(404, "Hosting plan not found."), method, path("/hosting-plans/%d", id), "{}")
	}
	got := p.get(path("/clients/%d", client))
	require.Nil(t, got["id_hosting_plan"])
	require.EqualValues(t, 2, got["resource_limits"].(map[string]any)["domains"], "a client keeps its limits")
}
