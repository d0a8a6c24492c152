package vendorprograms

// Four programs for KeyHelp panels that their authors run against real ones:
//
//   - the examples in the vendor's wiki, wiki.keyhelp.de, books/api, chapter code-beispiele (ping, making a
//     client by the name of a plan and without a password) and page domain-anlegen-und-benutzer-zuweisen;
//   - a server manager for FOSSBilling, ModGecko/fossbilling-keyhelp-manager KeyHelp.php (v2, spec 2.13);
//   - a server module for WHMCS, file index ID 4303172492, whose repository the index does not name; it is
//     run on v2 and on v1, which Flexusma/blesta-keyhelp-integration apis/keyhelp_api.php and
//     V6Direct/keyhelp-paymenter use for the same calls;
//   - a migration, TheCry/i-mscp-keyhelp-migration _keyhelp.py and i-mscp_keyhelp_migration.py, commit 847637a
//     (v1): mail, databases, FTP, certificates, DNS.
//
// Each step says which function or page of these it is.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

// panel is a program that talks JSON to one version of the API.
type panel struct {
	*program
	version string
	// contentType is "" in a program that sends none.
	contentType string
}

// send returns the status and the decoded body, nil where it is no JSON, as json_decode does.
func (p *panel) send(t *testing.T, method, path string, body any) (int, any) {
	t.Helper()
	sent := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent = string(encoded)
	}
	a := p.program.send(t, method, "/api/"+p.version+"/"+path, p.contentType, sent)
	var got any
	_ = json.Unmarshal(a.body, &got)
	return a.status, got
}

// call is a request that has to succeed with a body of this kind.
func (p *panel) call(t *testing.T, source string, of kind, method, path string, body any) any {
	t.Helper()
	status, got := p.send(t, method, path, body)
	if status >= 400 {
		t.Fatalf("%s: %s %s/%s is refused with HTTP %d: %v", source, method, p.version, path, status, got)
	}
	for _, wrong := range of.wrong("answer", got) {
		t.Errorf("%s: %s in the answer of %s %s/%s", source, wrong, method, p.version, path)
	}
	return got
}

// at follows the names into nested objects.
func at(v any, names ...string) any {
	for _, name := range names {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// id is a JSON number as it stands in a path.
func id(t *testing.T, source string, v any) string {
	t.Helper()
	n, ok := v.(float64)
	if !ok || n == 0 {
		t.Fatalf("%s: the ID is %v, not a number", source, v)
	}
	return fmt.Sprintf("%.0f", n)
}

// phpDate reports whether PHP's DateTime reads it; of what it reads, panels are known to send these.
func phpDate(v any) bool {
	s, _ := v.(string)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateTime} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// opens follows a link as a browser does, and has to end at a page that names who has signed in.
func opens(t *testing.T, source string, link any, name string) {
	t.Helper()
	address, _ := link.(string)
	if u, err := url.Parse(address); err != nil || !u.IsAbs() {
		t.Fatalf("%s: the browser goes to url as it is, and it is %v", source, link)
	}
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Get(address)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	defer func() { _ = resp.Body.Close() }()
	page := new(strings.Builder)
	if err := resp.Write(page); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 400 || !strings.Contains(page.String(), name) {
		t.Errorf("%s: %s leads to HTTP %d and not to a page that names %s", source, address, resp.StatusCode, name)
	}
}

// hostingPlan is a hosting plan as the wiki shows it.
var hostingPlan = shape{"id": number, "name": text, "resources": object, "permissions": object, "php": object, "php_fpm": object}

func TestKeyHelpWikiExamples(t *testing.T) {
	t.Parallel()
	srv := keyhelptest.NewServer()
	t.Cleanup(srv.Close)
	p := &panel{newProgram(srv.URL, "X-API-KEY", srv.Key, "Accept", "application/json"), "v2", "application/json"}
	const examples, domain = "wiki, code-beispiele", "wiki, domain-anlegen-und-benutzer-zuweisen"
	var plan, client map[string]any

	t.Run("ping", func(t *testing.T) {
		p.call(t, examples, shape{"response": is("pong")}, "GET", "ping", nil)
	})
	t.Run("plans", func(t *testing.T) {
		plans, _ := p.call(t, examples, list(hostingPlan), "GET", "hosting-plans", nil).([]any)
		if len(plans) == 0 {
			t.Fatalf("%s: no plan to make a client with", examples)
		}
		plan, _ = plans[0].(map[string]any)
	})
	t.Run("plan by name", func(t *testing.T) {
		need(t, plan != nil, "plans")
		got := p.call(t, examples, hostingPlan, "GET", "hosting-plans/name/"+url.PathEscape(str(plan["name"])), nil)
		if at(got, "id") != plan["id"] {
			t.Errorf("%s: plan %v has the ID %v, want %v", examples, plan["name"], at(got, "id"), plan["id"])
		}
	})
	t.Run("client without a password", func(t *testing.T) {
		need(t, plan != nil, "plans")
		// The answer has the ID, and the password that the panel has made.
		got := p.call(t, examples, shape{"id": number, "password": text}, "POST", "clients",
			fields{"username": "webhosting-001", "email": "webhosting-001@example.com", "id_hosting_plan": plan["id"]})
		if str(at(got, "password")) == "" {
			t.Errorf("%s: the password that was made is part of the answer: %v", examples, got)
		}
		client, _ = got.(map[string]any)
	})
	t.Run("client by name", func(t *testing.T) {
		need(t, client != nil, "client without a password")
		got := p.call(t, domain, shape{"id": number, "username": is("webhosting-001")}, "GET", "clients/name/webhosting-001", nil)
		if at(got, "id") != client["id"] {
			t.Errorf("%s: webhosting-001 has the ID %v, want %v", domain, at(got, "id"), client["id"])
		}
		clients, _ := p.call(t, domain, list(shape{"id": number, "username": text}), "GET", "clients", nil).([]any)
		if len(clients) != 1 {
			t.Errorf("%s: one client, and the list is %v", domain, clients)
		}
	})
	t.Run("domain", func(t *testing.T) {
		need(t, client != nil, "client without a password")
		p.call(t, domain, shape{"id": number}, "POST", "domains", fields{"id_user": client["id"], "domain": "example.com"})
		got := p.call(t, "go-acme/lego internal/types.go", shape{"id": number, "domain": is("example.com"), "id_user": number},
			"GET", "domains/name/example.com", nil)
		if at(got, "id_user") != client["id"] {
			t.Errorf("%s: the domain is that of %v, want %v", domain, at(got, "id_user"), client["id"])
		}
	})
	t.Run("wrong key", func(t *testing.T) {
		other := &panel{newProgram(srv.URL, "X-API-KEY", "wrong"), "v2", "application/json"}
		if status, got := other.send(t, "GET", "ping", nil); status != http.StatusUnauthorized {
			t.Errorf("keyhelp.md section 5: ping needs a valid key, and answers HTTP %d: %v", status, got)
		}
	})
}

func TestKeyHelpFOSSBillingManager(t *testing.T) {
	t.Parallel()
	srv := keyhelptest.NewServer()
	t.Cleanup(srv.Close)
	p := &panel{newProgram(srv.URL, "X-API-Key", srv.Key, "Accept", "application/json"), "v2", "application/json"}
	plans, _ := p.call(t, "a person who sets up the product", list(shape{"id": number}), "GET", "hosting-plans", nil).([]any)
	if len(plans) < 2 {
		t.Fatalf("two plans are needed: %v", plans)
	}

	t.Run("testConnection", func(t *testing.T) {
		p.call(t, "KeyHelp.php testConnection", object, "GET", "ping", nil)
		other := &panel{newProgram(srv.URL, "X-API-Key", "wrong"), "v2", "application/json"}
		status, got := other.send(t, "GET", "ping", nil)
		if status < 400 || str(at(got, "message")) == "" {
			t.Errorf("KeyHelp.php _call shows message of an answer of 400 and more, not HTTP %d: %v", status, got)
		}
	})
	// userID is _getUserId: false for whatever is refused.
	userID := func(t *testing.T) string {
		status, got := p.send(t, "GET", "clients/name/fosscust", nil)
		if status >= 400 {
			return ""
		}
		return id(t, "KeyHelp.php _getUserId", at(got, "id"))
	}
	t.Run("createAccount", func(t *testing.T) {
		p.call(t, "KeyHelp.php createAccount", object, "POST", "clients", fields{
			"username": "fosscust", "email": "foss@example.com", "password": "Secret-Passw0rd", "language": "en",
			"id_hosting_plan": at(plans[0], "id"), "is_suspended": false, "send_login_credentials": true,
			"create_system_domain": true,
			"contact_data": fields{
				"first_name": "Erika", "last_name": "User", "company": "", "address": "", "city": "", "zip": "", "country": "US",
			},
		})
	})
	change := func(t *testing.T, source string, body fields) any {
		client := userID(t)
		need(t, client != "", "createAccount")
		p.call(t, source, object, "PUT", "clients/"+client, body)
		_, got := p.send(t, "GET", "clients/"+client, nil)
		return got
	}
	t.Run("suspendAccount", func(t *testing.T) {
		if got := change(t, "KeyHelp.php suspendAccount", fields{"is_suspended": true}); at(got, "is_suspended") != true {
			t.Errorf("the client is %v", got)
		}
	})
	t.Run("unsuspendAccount", func(t *testing.T) {
		if got := change(t, "KeyHelp.php unsuspendAccount", fields{"is_suspended": false}); at(got, "is_suspended") != false {
			t.Errorf("the client is %v", got)
		}
	})
	t.Run("changeAccountPassword", func(t *testing.T) {
		change(t, "KeyHelp.php changeAccountPassword", fields{"password": "Other-Passw0rd"})
	})
	t.Run("changeAccountPackage", func(t *testing.T) {
		change(t, "KeyHelp.php changeAccountPackage", fields{"id_hosting_plan": at(plans[1], "id")})
	})
	t.Run("getLoginUrl", func(t *testing.T) {
		got := p.call(t, "KeyHelp.php getLoginUrl", shape{"url": text}, "GET", "login/name/fosscust", nil)
		opens(t, "KeyHelp.php getLoginUrl", at(got, "url"), "fosscust")
	})
	t.Run("cancelAccount", func(t *testing.T) {
		client := userID(t)
		need(t, client != "", "createAccount")
		if status, got := p.send(t, "DELETE", "clients/"+client, nil); status >= 400 {
			t.Errorf("KeyHelp.php cancelAccount: HTTP %d: %v", status, got)
		}
		if userID(t) != "" {
			t.Error("KeyHelp.php _getUserId still finds the client")
		}
	})
}

func TestKeyHelpWHMCSModule(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"v2", "v1"} {
		t.Run(version, func(t *testing.T) { whmcsOnKeyHelp(t, version) })
	}
}

// usage is a figure of stats.
var usage = shape{"value": number, "max": number}

func whmcsOnKeyHelp(t *testing.T, version string) {
	srv := keyhelptest.NewServer()
	t.Cleanup(srv.Close)
	p := &panel{newProgram(srv.URL, "X-API-Key", srv.Key, "Accept", "application/json"), version, "application/json"}
	var plans []any
	var client string

	t.Run("TestConnection", func(t *testing.T) {
		p.call(t, "keyhelp_TestConnection", object, "GET", "ping", nil)
		p.call(t, "keyhelp_TestConnection", object, "GET", "server", nil)
	})
	t.Run("HostingPlanLoader", func(t *testing.T) {
		plans, _ = p.call(t, "keyhelp_HostingPlanLoader", list(shape{"id": number, "name": text}), "GET", "hosting-plans", nil).([]any)
		if len(plans) < 2 {
			t.Fatalf("two plans are needed: %v", plans)
		}
	})
	t.Run("CreateAccount", func(t *testing.T) {
		need(t, len(plans) > 1, "HostingPlanLoader")
		got := p.call(t, "keyhelp_CreateAccount", shape{"id": number}, "POST", "clients", fields{
			"username": "a42bc", "password": "Secret-Passw0rd", "email": "whmcs@example.com", "language": "en",
			// configoption1 is a text, as all options of a product are in WHMCS.
			"id_hosting_plan": id(t, "keyhelp_HostingPlanLoader", at(plans[0], "id")), "create_system_domain": true,
			"send_login_credentials": true,
			"contact_data": fields{
				"first_name": "Erika", "last_name": "Muster", "company": "", "email": "whmcs@example.com", "telephone": "",
				"address": "Weg 1", "city": "Jena", "zip": "07743", "state": "", "country": "DE", "client_id": 1204,
			},
		})
		client = id(t, "keyhelp_CreateAccount", at(got, "id"))
	})
	t.Run("CreateDomain", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		p.call(t, "keyhelp_CreateAccount (createDomain)", object, "POST", "domains", fields{
			"id_user": json.Number(client), "domain": "whmcs.example", "target": fields{"target": "/"},
			"security": fields{"lets_encrypt": true, "is_prefer_https": true},
		})
	})
	// byName is getClientByUsername, with what AdminServicesTabFields and ListAccounts read of a client.
	byName := func(t *testing.T) any {
		got := p.call(t, "keyhelp_AdminServicesTabFields", shape{
			"id": number, "username": text, "email": text, "is_suspended": boolean, "created_at": text,
		}, "GET", "clients/name/a42bc", nil)
		if !phpDate(at(got, "created_at")) {
			t.Errorf("keyhelp_ListAccounts reads created_at with DateTime, which cannot read %v", at(got, "created_at"))
		}
		return got
	}
	update := func(t *testing.T, source string, body fields) {
		need(t, client != "", "CreateAccount")
		p.call(t, source, anything, "PUT", "clients/"+id(t, source, at(byName(t), "id")), body)
	}
	t.Run("SuspendAccount", func(t *testing.T) {
		update(t, "keyhelp_SuspendAccount", fields{"is_suspended": true})
		if at(byName(t), "is_suspended") != true {
			t.Error("keyhelp_ListAccounts shows the account as active")
		}
	})
	t.Run("UnsuspendAccount", func(t *testing.T) {
		update(t, "keyhelp_UnsuspendAccount", fields{"is_suspended": false})
		if at(byName(t), "is_suspended") != false {
			t.Error("keyhelp_ListAccounts shows the account as suspended")
		}
	})
	t.Run("ChangePassword", func(t *testing.T) {
		update(t, "keyhelp_ChangePassword", fields{"password": "Other-Passw0rd"})
	})
	t.Run("ChangePackage", func(t *testing.T) {
		need(t, len(plans) > 1, "HostingPlanLoader")
		update(t, "keyhelp_ChangePackage", fields{"id_hosting_plan": id(t, "keyhelp_HostingPlanLoader", at(plans[1], "id"))})
	})
	t.Run("ServiceSingleSignOn", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		got := p.call(t, "keyhelp_ServiceSingleSignOn", shape{"url": text}, "GET", "login/"+client, nil)
		opens(t, "keyhelp_ServiceSingleSignOn", at(got, "url"), "a42bc")
	})
	t.Run("AdminServicesTabFields", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		p.call(t, "keyhelp_AdminServicesTabFields", shape{
			"disk_space": usage, "domains": usage, "email_accounts": usage, "databases": usage, "traffic": usage,
		}, "GET", "clients/"+client+"/stats", nil)
	})
	t.Run("UsageUpdate", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		direction := shape{"in": number, "out": number}
		p.call(t, "keyhelp_UsageUpdate", shape{
			"http?": direction, "ftp?": direction, "smtp?": direction, "pop3?": direction, "imap?": direction,
		}, "GET", "clients/"+client+"/traffic", nil)
	})
	t.Run("ListAccounts", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		p.call(t, "keyhelp_ListAccounts", list(shape{"id": number, "username": text, "email": text}), "GET", "clients", nil)
		got := p.call(t, "keyhelp_ListAccounts", shape{"domains": list(shape{"domain": text, "is_system_domain": boolean})},
			"GET", "clients/"+client+"/resources", nil)
		resources, _ := got.(map[string]any)
		if found := row(resources, "domains", "domain", "whmcs.example"); found == nil || found["is_system_domain"] != false {
			t.Errorf("keyhelp_ListAccounts takes the first domain that is none of the system's, of %v", resources["domains"])
		}
	})
	t.Run("TerminateAccount", func(t *testing.T) {
		need(t, client != "", "CreateAccount")
		if status, got := p.send(t, "DELETE", "clients/"+client, nil); status >= 400 {
			t.Errorf("keyhelp_TerminateAccount: HTTP %d: %v", status, got)
		}
		if status, _ := p.send(t, "GET", "clients/name/a42bc", nil); status != http.StatusNotFound {
			t.Errorf("keyhelp_TerminateAccount: afterwards the client answers HTTP %d", status)
		}
	})
}

func TestKeyHelpMigration(t *testing.T) {
	t.Parallel()
	srv := keyhelptest.NewServer()
	t.Cleanup(srv.Close)
	// requests.post(data=...) sends no Content-Type for a text.
	p := &panel{newProgram(srv.URL, "X-API-Key", srv.Key), "v1", ""}
	var plan, owner, domain, certificate any

	// add is addKeyHelpDataToApi: the path ends with a slash, and nothing but 201 counts.
	add := func(t *testing.T, endpoint string, body fields) any {
		t.Helper()
		status, got := p.send(t, "POST", endpoint+"/", body)
		if status != http.StatusCreated {
			t.Fatalf("_keyhelp.py addKeyHelpDataToApi takes 201 of %s/ for done, and nothing else, not HTTP %d: %v", endpoint, status, got)
		}
		made := at(got, "id")
		id(t, "_keyhelp.py addKeyHelpDataToApi", made)
		return made
	}
	t.Run("server", func(t *testing.T) {
		p.call(t, "_keyhelp.py getServerInformations", shape{"meta": shape{"ip_addresses": list(text)}}, "GET", "server/", nil)
	})
	t.Run("plan", func(t *testing.T) {
		plans, _ := p.call(t, "a person who sets up the plan", list(shape{"id": number, "name": text}), "GET", "hosting-plans", nil).([]any)
		need(t, len(plans) > 0, "plan")
		got := p.call(t, "_keyhelp.py checkExistHostingplan", shape{"id": number}, "GET",
			"hosting-plans/name/"+url.PathEscape(str(at(plans[0], "name"))), nil)
		plan = at(got, "id")
		if status, _ := p.send(t, "GET", "hosting-plans/name/none", nil); status == http.StatusOK {
			t.Error("_keyhelp.py checkExistHostingplan: a plan that is not there answers 200")
		}
	})
	t.Run("client", func(t *testing.T) {
		need(t, plan != nil, "plan")
		status, got := p.send(t, "GET", "clients/name/imscp-customer", nil)
		if _, ok := got.(map[string]any); status != http.StatusNotFound || !ok {
			t.Errorf("_keyhelp.py checkExistKeyhelpUsername takes 404 with JSON for a free name, not HTTP %d: %v", status, got)
		}
		owner = add(t, "clients", fields{
			"username": "imscp-customer", "language": "de", "email": "imscp@example.com", "password": "Secret-Passw0rd",
			"notes": "User migrated", "id_hosting_plan": plan, "is_suspended": "", "suspend_on": "",
			"send_login_credentials": false, "create_system_domain": false,
			"contact_data": fields{
				"first_name": "Erika", "last_name": "Muster", "company": "", "telephone": "", "address": "", "city": "", "zip": "",
				"state": "", "country": "", "client_id": "",
			},
		})
		p.call(t, "_keyhelp.py getAllKeyHelpUsernames", list(shape{"username": text}), "GET", "clients/", nil)
	})
	t.Run("domain", func(t *testing.T) {
		need(t, owner != nil, "client")
		wanted := func(name string, parent any, target fields) fields {
			return fields{
				"id_user": owner, "id_parent_domain": parent, "domain": name, "php_version": "", "is_disabled": false,
				"delete_on": "", "is_dns_disabled": false, "is_email_domain": true, "create_www_subdomain": true,
				"create_system_domain": false, "target": target, "security": fields{},
			}
		}
		domain = add(t, "domains", wanted("imscp.example", 0, fields{"target": "imscp.example/"}))
		add(t, "domains", wanted("shop.imscp.example", domain, fields{"target": "https://shop.example/", "forwarding_type": "301"}))
	})
	t.Run("certificate", func(t *testing.T) {
		need(t, domain != nil, "domain")
		certificate = add(t, "certificates", fields{
			"id_user": owner, "name": "Import: imscp.example", "private_key": "<PEM>", "certificate": "<PEM>", "ca_certificate": "<PEM>",
		})
		status, got := p.send(t, "PUT", "domains/"+id(t, "domain", domain), fields{"security": fields{
			"id_certificate": certificate, "force_https": true, "is_hsts": true, "hsts_max_age": 31536000, "hsts_include": false,
		}})
		if _, ok := got.(map[string]any); status != http.StatusOK || !ok {
			t.Errorf("_keyhelp.py updateKeyHelpDataToApi takes 200 with JSON for done, not HTTP %d: %v", status, got)
		}
		_, got = p.send(t, "GET", "domains/"+id(t, "domain", domain), nil)
		if at(got, "security", "id_certificate") != certificate {
			t.Errorf("_keyhelp.py updateKeyHelpDataToApi: the domain's security is %v", at(got, "security"))
		}
	})
	t.Run("DNS", func(t *testing.T) {
		need(t, domain != nil, "domain")
		path := "dns/" + id(t, "domain", domain)
		zone, _ := p.call(t, "_keyhelp.py updateKeyHelpDnsToApi appends to records.other, and deletes three keys that must be there",
			shape{
				"records": shape{"other": list(object)}, "is_custom_dns": anything, "is_dns_disabled": anything,
				"dkim_txt_record": anything,
			}, "GET", path, nil).(map[string]any)
		records, _ := zone["records"].(map[string]any)
		other, _ := records["other"].([]any)
		records["other"] = append(other, fields{"host": "mail", "ttl": "3600", "type": "A", "value": "192.0.2.10"})
		for _, key := range []string{"is_custom_dns", "is_dns_disabled", "dkim_txt_record"} {
			delete(zone, key)
		}
		if status, got := p.send(t, "PUT", path, zone); status != http.StatusOK || got == nil {
			t.Fatalf("_keyhelp.py updateKeyHelpDnsToApi takes 200 with JSON for done, not HTTP %d: %v", status, got)
		}
		_, got := p.send(t, "GET", path, nil)
		changed, _ := at(got, "records").(map[string]any)
		if row(changed, "other", "value", "192.0.2.10") == nil {
			t.Errorf("_keyhelp.py updateKeyHelpDnsToApi: the record is not in the zone: %v", changed)
		}
	})
	t.Run("mailboxes", func(t *testing.T) {
		need(t, domain != nil, "domain")
		add(t, "emails", fields{
			"id_user": owner, "email": "info@imscp.example", "password": "Secret-Passw0rd", "description": "Email migrated",
			"max_size": 1073741824, "catch_all": false, "store_forwarded_emails": false, "aliases": []string{}, "forwardings": []string{},
		})
		add(t, "emails", fields{
			"id_user": owner, "email": "all@imscp.example", "password_hash": "$6$salt$hash", "description": "Email migrated",
			"max_size": 0, "catch_all": true, "store_forwarded_emails": true, "aliases": []string{}, "forwardings": []string{"a@example.com"},
		})
	})
	t.Run("databases", func(t *testing.T) {
		need(t, owner != nil, "client")
		made := id(t, "client", owner)
		add(t, "databases", fields{
			"id_user": owner, "database_name": "db" + made + "_shop", "database_username": "dbu" + made + "_shop",
			"password": "Secret-Passw0rd", "description": "Database migrated", "remote_hosts": []string{},
		})
	})
	t.Run("FTP users", func(t *testing.T) {
		need(t, owner != nil, "client")
		add(t, "ftp-users", fields{
			"id_user": owner, "username": "imscp_ftp", "description": "FTP user migrated", "home_directory": "/www/imscp.example",
			"password": "Secret-Passw0rd",
		})
	})
	t.Run("directory protections", func(t *testing.T) {
		need(t, owner != nil, "client")
		add(t, "directory-protections", fields{
			"id_user": owner, "path": "imscp.example/", "auth_name": "Intern", "username": "team", "password_hash": "$apr1$salt$hash",
		})
	})
	t.Run("a name that is taken", func(t *testing.T) {
		need(t, owner != nil, "client")
		status, got := p.send(t, "POST", "clients/", fields{"username": "imscp-customer", "email": "other@example.com", "password": "Secret-Passw0rd"})
		if status < 400 || str(at(got, "message")) == "" {
			t.Errorf("_keyhelp.py addKeyHelpDataToApi prints message of what was refused, not HTTP %d: %v", status, got)
		}
	})
}
