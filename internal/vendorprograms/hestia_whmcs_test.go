package vendorprograms

// A server module for Hestia panels in WHMCS, Boendestodet/hestiacp_whmcs hestiacp.php, commit 652b723: the
// legacy key, user and password at once, and the answer OK. Each step says which function it is. Commands and
// answers: shared/api/hestia.md and hestia-live.md.

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/provkit/provkit/hestia/hestiatest"
)

func TestHestiaWHMCSModule(t *testing.T) {
	t.Parallel()
	// The panel has webmail, as the vendor's installer leaves it (install/hst-install-debian.sh runs
	// v-add-sys-roundcube where there are mail and a database). Without it v-add-mail-domain prints an error
	// after its work (hestia-live.md), which the module shows although all is done.
	srv := hestiatest.NewServer()
	t.Cleanup(srv.Close)
	whmcsOnHestia(t, srv)
}

func whmcsOnHestia(t *testing.T, srv *hestiatest.Server) {
	p := newProgram(srv.URL)
	credentials := url.Values{"user": {srv.AdminUser}, "password": {""}, "hash": {srv.APIKey}}
	// run is what each function does: "success" for the answer OK, and else the answer itself.
	run := func(t *testing.T, function, cmd string, args ...string) {
		t.Helper()
		a := p.form(t, "/api/", command(credentials, cmd, args...))
		if string(a.body) != "OK" {
			t.Errorf("hestiacp.php %s shows whatever is not OK as an error, and this is HTTP %d with %q", function, a.status, a.body)
		}
	}
	user := func(t *testing.T) hestiatest.User {
		found, ok := srv.User("whmcscus")
		if !ok {
			t.Fatal("there is no user whmcscus")
		}
		return found
	}

	t.Run("CreateAccount", func(t *testing.T) {
		const function = "hestiacp_CreateAccount"
		run(t, function, "v-add-user", "whmcscus", "Secret-Passw0rd", "whmcs@example.com", "default", "Erika", "Muster")
		run(t, function, "v-change-user-shell", "whmcscus", "bash")
		run(t, function, "v-add-domain", "whmcscus", "whmcs.example.com", "") // no address is configured
		if got := user(t); len(got.WebDomains) != 1 || got.WebDomains[0] != "whmcs.example.com" || got.DisplayName != "Erika Muster" {
			t.Errorf("the user is %+v", got)
		}
	})
	t.Run("ChangePassword", func(t *testing.T) {
		run(t, "hestiacp_ChangePassword", "v-change-user-password", "whmcscus", "Other-Passw0rd")
		if got := user(t).Password; got != "Other-Passw0rd" {
			t.Errorf("the password is %s", got)
		}
	})
	t.Run("ChangePackage", func(t *testing.T) {
		srv.AddPackage(hestiatest.Package{Name: "gold"})
		run(t, "hestiacp_ChangePackage", "v-change-user-package", "whmcscus", "gold")
		if got := user(t).Package; got != "gold" {
			t.Errorf("the package is %s", got)
		}
	})
	t.Run("UsageUpdate", func(t *testing.T) {
		srv.SetUsage("whmcscus", 120, 34)
		a := p.form(t, "/api/", command(credentials, "v-list-users", "json"))
		var users map[string]map[string]any
		if err := json.Unmarshal(a.body, &users); err != nil {
			t.Fatalf("hestiacp_UsageUpdate decodes %q: %v", a.body, err)
		}
		for _, field := range []string{"U_DISK", "DISK_QUOTA", "U_BANDWIDTH", "BANDWIDTH"} {
			if str(users["whmcscus"][field]) == "" {
				t.Errorf("hestiacp_UsageUpdate stores %s, and it is %v", field, users["whmcscus"][field])
			}
		}
		if got := users["whmcscus"]; got["U_DISK"] != "120" || got["U_BANDWIDTH"] != "34" {
			t.Errorf("hestiacp_UsageUpdate: the usage is %v and %v", got["U_DISK"], got["U_BANDWIDTH"])
		}
	})
	t.Run("SuspendAccount", func(t *testing.T) {
		run(t, "hestiacp_SuspendAccount", "v-suspend-user", "whmcscus")
		if !user(t).Suspended {
			t.Error("the user is not suspended")
		}
	})
	t.Run("UnsuspendAccount", func(t *testing.T) {
		// bin/v-unsuspend-user has the zone back before v-unsuspend-mail-domain adds webmail to it.
		run(t, "hestiacp_UnsuspendAccount", "v-unsuspend-user", "whmcscus")
		if user(t).Suspended {
			t.Error("the user is still suspended")
		}
	})
	t.Run("TerminateAccount", func(t *testing.T) {
		run(t, "hestiacp_TerminateAccount", "v-delete-user", "whmcscus")
		if _, there := srv.User("whmcscus"); there {
			t.Error("the user is still there")
		}
	})
}
