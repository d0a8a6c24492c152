package vendorprograms

// The server manager for Hestia panels in FOSSBilling, FOSSBilling/FOSSBilling
// src/library/Server/Manager/Hestia.php, commit 00f59d8: an access key in the field hash, and codes
// (returncode=yes). Each step says which function it is. Commands and codes: shared/api/hestia.md and
// hestia-live.md.

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/provkit/provkit/hestia/hestiatest"
)

// command is a request for one script.
func command(credentials url.Values, cmd string, args ...string) url.Values {
	form := url.Values{"cmd": {cmd}}
	maps.Copy(form, credentials)
	for i, arg := range args {
		form.Set("arg"+strconv.Itoa(i+1), arg)
	}
	return form
}

func TestHestiaFOSSBillingManager(t *testing.T) {
	t.Parallel()
	srv := hestiatest.NewServer()
	t.Cleanup(srv.Close)
	p := newProgram(srv.URL)
	request := func(t *testing.T, hash, cmd string, args ...string) (code int, failed string) {
		t.Helper()
		a := p.form(t, "/api/", command(url.Values{"hash": {hash}, "returncode": {"yes"}}, cmd, args...))
		body := strings.TrimSpace(string(a.body))
		if a.status >= 300 {
			return 0, "getContent() throws at HTTP " + strconv.Itoa(a.status) + ": " + body
		}
		if strings.Contains(body, "Error") {
			return 0, "request() takes Error in the answer for a lost connection: " + body
		}
		number, err := strconv.Atoi(body)
		if err != nil {
			t.Errorf("Hestia.php request(): intval(%q) is 0, success, whatever it means", body)
		}
		return number, ""
	}
	own := srv.AccessKey + ":" + srv.SecretKey
	run := func(t *testing.T, function string, accepted []int, cmd string, args ...string) {
		t.Helper()
		code, failed := request(t, own, cmd, args...)
		if failed != "" {
			t.Fatalf("Hestia.php %s: %s", function, failed)
		}
		if !slices.Contains(accepted, code) {
			t.Errorf("Hestia.php %s takes %v of %s for success, not %d", function, accepted, cmd, code)
		}
	}
	user := func(t *testing.T, name string) hestiatest.User {
		found, ok := srv.User(name)
		if !ok {
			t.Fatalf("there is no user %s", name)
		}
		return found
	}
	zero := []int{0}

	t.Run("testConnection", func(t *testing.T) {
		// It sends its credentials as arguments: the second is no format, of which the panel prints nothing.
		run(t, "testConnection", zero, "v-list-users", srv.AccessKey, "")
		if _, failed := request(t, srv.AccessKey+":"+strings.Repeat("x", 40), "v-list-users"); failed == "" {
			t.Error("Hestia.php testConnection: a wrong key is not refused")
		}
	})
	t.Run("createAccount", func(t *testing.T) {
		run(t, "createAccount", zero, "v-add-user", "fosscus1", "Secret-Passw0rd", "foss@example.com", "default", "Erika Muster")
		run(t, "createAccount", zero, "v-add-domain", "fosscus1", "foss.example.com")
		if got := user(t, "fosscus1"); len(got.WebDomains) != 1 || got.WebDomains[0] != "foss.example.com" || got.Email != "foss@example.com" {
			t.Errorf("the user is %+v", got)
		}
	})
	t.Run("createAccount of a domain that cannot be", func(t *testing.T) {
		run(t, "createAccount", zero, "v-add-user", "fosscus2", "Secret-Passw0rd", "foss@example.com", "default", "Erika Muster")
		if code, failed := request(t, own, "v-add-domain", "fosscus2", "foss.example.com"); failed != "" || code == 0 {
			t.Errorf("Hestia.php createAccount: the domain of another user gives code %d %s", code, failed)
		}
		run(t, "createAccount (undone)", zero, "v-delete-user", "fosscus2")
		if _, there := srv.User("fosscus2"); there {
			t.Error("Hestia.php createAccount: the user is still there")
		}
	})
	t.Run("a name that is taken", func(t *testing.T) {
		if code, failed := request(t, own, "v-add-user", "fosscus1", "Secret-Passw0rd", "foss@example.com", "default", "Erika Muster"); code != 4 {
			t.Errorf("hestia.md section 2: E_EXISTS is 4, not %d %s", code, failed)
		}
	})
	t.Run("suspendAccount", func(t *testing.T) {
		run(t, "suspendAccount", []int{0, 6}, "v-suspend-user", "fosscus1", "no")
		if !user(t, "fosscus1").Suspended {
			t.Error("the user is not suspended")
		}
		if code, failed := request(t, own, "v-suspend-user", "fosscus1", "no"); code != 5 {
			t.Errorf("hestia.md section 2: E_SUSPENDED is 5, not %d %s", code, failed)
		}
	})
	t.Run("unsuspendAccount", func(t *testing.T) {
		run(t, "unsuspendAccount", zero, "v-unsuspend-user", "fosscus1", "no")
		run(t, "unsuspendAccount, of a user that is not suspended", zero, "v-unsuspend-user", "fosscus1", "no")
		if user(t, "fosscus1").Suspended {
			t.Error("the user is still suspended")
		}
	})
	t.Run("changeAccountPackage", func(t *testing.T) {
		srv.AddPackage(hestiatest.Package{Name: "gold"})
		run(t, "changeAccountPackage", zero, "v-change-user-package", "fosscus1", "gold", "no")
		if got := user(t, "fosscus1").Package; got != "gold" {
			t.Errorf("the package is %s", got)
		}
	})
	t.Run("changeAccountPassword", func(t *testing.T) {
		run(t, "changeAccountPassword", zero, "v-change-user-password", "fosscus1", "Other-Passw0rd")
		if got := user(t, "fosscus1").Password; got != "Other-Passw0rd" {
			t.Errorf("the password is %s", got)
		}
	})
	t.Run("cancelAccount", func(t *testing.T) {
		run(t, "cancelAccount", []int{0, 3}, "v-delete-user", "fosscus1", "no")
		run(t, "cancelAccount, again", []int{3}, "v-delete-user", "fosscus1", "no")
		if _, there := srv.User("fosscus1"); there {
			t.Error("the user is still there")
		}
	})
}
