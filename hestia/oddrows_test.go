package hestia_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// odd are values that one user's record may have, each with the field that the error names.
var odd = map[string]struct{ field, row string }{
	"a zero date":         {"DATE", userRow("odd", "DATE=0000-00-00")},
	"a fraction":          {"U_DISK", userRow("odd", "U_DISK=12.5")},
	"an unlimited usage":  {"U_DISK", userRow("odd", "U_DISK=Unlimited")},
	"a flag":              {"SUSPENDED", userRow("odd", "SUSPENDED=perhaps")},
	"a limit":             {"DISK_QUOTA", userRow("odd", "DISK_QUOTA=much")},
	"a half-made record":  {"DISK_QUOTA", userRow("odd", "DISK_QUOTA=no")},
	"a name twice":        {"SUSPENDED", strings.Replace(userRow("odd"), "{", `{"SUSPENDED": "no",`, 1)},
	"a list":              {"U_DISK", strings.Replace(userRow("odd"), `"U_DISK": "17"`, `"U_DISK": ["17"]`, 1)},
	"an object":           {"SUSPENDED", strings.Replace(userRow("odd"), `"SUSPENDED": "no"`, `"SUSPENDED": {"x": "y"}`, 1)},
	"not UTF-8":           {"ROLE", userRow("odd", "ROLE=m\xfcller")},
	"no object":           {"", `"odd": []`},
	"null":                {"", `"odd": null`},
	"an unknown object":   {"", `"odd": {"error": "x"}`},
	"more than an int64":  {"U_DISK", userRow("odd", "U_DISK=99999999999999999999")},
	"a list inside a row": {"NS", strings.Replace(userRow("odd"), `"ns1.example.com,ns2.example.com"`, `[["x"]]`, 1)},
}

// withOdd is a panel whose second customer is odd. It also answers v-list-user and v-list-users plain.
func withOdd(row string) *commandPanel {
	return &commandPanel{
		users: []string{"admin", "before", "odd", "after"},
		rows:  map[string]string{"admin": userRow("admin", "ROLE=admin"), "before": userRow("before", "NAME=B@M [ref:order-1]"), "odd": row, "after": userRow("after", "NAME=A@M [ref:order-2]", "CONTACT=after@example.com")},
	}
}

// commandPanel answers the commands about users from rows of JSON.
type commandPanel struct {
	users []string
	rows  map[string]string
	sent  []string
}

func (p *commandPanel) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.ParseForm(); err != nil {
		return nil, err
	}
	cmd, user := req.PostForm.Get("cmd"), req.PostForm.Get("arg1")
	p.sent = append(p.sent, strings.TrimSpace(cmd+" "+user))
	var all []string
	for _, login := range p.users {
		all = append(all, p.rows[login])
	}
	row, there := p.rows[user]
	answer := exit(10, http.StatusUnauthorized, "Error: Key can not use the API to perform this operation")
	switch {
	case cmd == "v-list-users" && user == "json":
		answer = exit(0, http.StatusOK, "{\n"+strings.Join(all, ",\n")+"\n}")
	case cmd == "v-list-users" && user == "plain":
		answer = exit(0, http.StatusOK, strings.Join(p.users, strings.Repeat("\tx", 56)+"\n")+strings.Repeat("\tx", 56))
	case cmd == "v-list-user" && there:
		answer = exit(0, http.StatusOK, "{\n"+row+"\n}")
	case cmd == "v-delete-user" && there:
		delete(p.rows, user)
		p.users = []string{"admin", "before", "odd"}
		answer = done()
	case cmd == "v-suspend-user" && there:
		p.rows[user] = strings.NewReplacer(`"SUSPENDED": "no"`, `"SUSPENDED": "yes"`, `"SUSPENDED_WEB": "0"`, `"SUSPENDED_WEB": "1"`).Replace(row)
		answer = done()
	case cmd == "v-list-user", cmd == "v-delete-user":
		answer = exit(3, http.StatusBadRequest, "Error: user doesn't exist")
	}
	return newPanel(answer).RoundTrip(httpRequest(req))
}

// httpRequest is a request whose body has not been read.
func httpRequest(req *http.Request) *http.Request {
	again := req.Clone(req.Context())
	again.Body = http.NoBody
	return again
}

// row is what a sequence yields.
type seen struct {
	name string
	err  error
}

func all[T any](seq iter.Seq2[*T, error], name func(*T) string) (rows []seen) {
	for thing, err := range seq {
		s := seen{err: err}
		if thing != nil {
			s.name = name(thing)
		}
		rows = append(rows, s)
	}
	return rows
}

// checkOdd checks that only the row of the odd user has an error, which names user and field, and no value.
func checkOdd(t *testing.T, rows []seen, kind error, field string, names ...string) {
	t.Helper()
	require.Len(t, rows, len(names))
	for i, row := range rows {
		assert.Equal(t, names[i], row.name)
		if names[i] != "odd" {
			require.NoError(t, row.err)
			continue
		}
		require.ErrorIs(t, row.err, kind)
		require.ErrorContains(t, row.err, `"odd"`)
		require.ErrorContains(t, row.err, field)
		for _, value := range []string{"0000", "12.5", "nlimited", "perhaps", "much", "-2", "ller", "999"} {
			require.NotContains(t, row.err.Error(), value)
		}
	}
}

// TestOddRow checks that one user whose record cannot be read hides no other user and keeps no verb on others from
// working, and that it is not taken for a sound one.
func TestOddRow(t *testing.T) {
	for name, test := range odd {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			panel := withOdd(test.row)
			client := withKey(t, panel, provider.WithReadLag(0))
			p := hestia.NewProvider(client)
			kind := provider.ErrProtocol
			if name == "a half-made record" { // which passes
				kind = provider.ErrUnavailable
			}

			checkOdd(t, all(client.Users.List(ctx), func(u *hestia.User) string { return u.Login }), kind, test.field, "admin", "before", "odd", "after")
			checkOdd(t, all(p.List(ctx, nil), func(a *provider.Account) string { return a.ID }), kind, test.field, "before", "odd", "after")
			checkOdd(t, all(p.FleetUsage(ctx), func(u *provider.UsageReport) string { return u.AccountID }), kind, test.field, "before", "odd", "after")
			for used, err := range p.FleetUsage(ctx) {
				require.Equal(t, err != nil, len(used.Values) == 0, "half a record has no figures")
			}
			report, err := p.Check(ctx)
			require.NoError(t, err)
			require.Contains(t, report.Step(provider.CheckCredentials).Detail, "4 users")

			for _, q := range []provider.Query{{Username: "after"}, {Reference: "order-2"}, {Email: "after@example.com"}} {
				found, err := p.Find(ctx, q)
				require.NoError(t, err, "%+v", q)
				require.Equal(t, "after", found.ID)
			}
			_, err = p.Find(ctx, provider.Query{Username: "nobody"})
			require.ErrorIs(t, err, provider.ErrNotFound)
			_, err = p.Get(ctx, "nobody")
			require.ErrorIs(t, err, provider.ErrNotFound)
			_, err = p.Terminate(ctx, "nobody")
			require.ErrorIs(t, err, provider.ErrNotFound)
			outcome, err := p.Terminate(ctx, "after")
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeChanged, outcome)

			for verb, do := range map[string]func(context.Context) error{
				"get":       func(ctx context.Context) error { _, err := p.Get(ctx, "odd"); return err },
				"usage":     func(ctx context.Context) error { _, err := p.Usage(ctx, "odd"); return err },
				"find":      func(ctx context.Context) error { _, err := p.Find(ctx, provider.Query{Username: "odd"}); return err },
				"terminate": func(ctx context.Context) error { _, err := p.Terminate(ctx, "odd"); return err },
			} {
				err := do(ctx)
				require.ErrorIs(t, err, kind, verb)
				require.NotErrorIs(t, err, provider.ErrNotFound, verb)
			}
			require.NotContains(t, panel.sent, "v-delete-user odd")
		})
	}
}

// The name of a row is the server's text.
func TestOddRowNames(t *testing.T) {
	for _, name := range []string{keySecret, keyID + keySecret, "\x1b]52;c;x\a\u202e", strings.Repeat("x", 5000), ""} {
		client := withKey(t, withOdd(strings.Replace(userRow("odd", "DATE=0000-00-00"), "odd", name, 1)))
		failed := 0
		for user, err := range client.Users.List(t.Context()) {
			if err == nil {
				continue
			}
			failed++
			require.Equal(t, name, user.Login)
			require.Less(t, len(err.Error()), 250)
			for _, bad := range []string{keySecret, "\x1b", "\a", "\u202e"} {
				require.NotContains(t, err.Error(), bad)
			}
		}
		require.Equal(t, 1, failed)
	}
}

// A search by what an odd record may contain is not over until that is known.
func TestOddRowMayBeTheOne(t *testing.T) {
	p := hestia.NewProvider(withKey(t, withOdd(`"odd": null`)))
	for _, q := range []provider.Query{{Reference: "order-3"}, {Email: "odd@example.com"}} {
		_, err := p.Find(t.Context(), q)
		require.ErrorIs(t, err, provider.ErrProtocol, "%+v", q)
		require.NotErrorIs(t, err, provider.ErrNotFound)
	}
	p = hestia.NewProvider(withKey(t, withOdd(userRow("odd", "NAME=O@M [ref:order-3]", "DATE=0000-00-00"))))
	_, err := p.Find(t.Context(), provider.Query{Reference: "order-3"})
	require.ErrorIs(t, err, provider.ErrProtocol)
}

// A list in which nothing is a user proves nothing.
func TestNoListProvesNothing(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "{}", "other objects": `{"a": {"x": "1"}, "b": {"x": "2"}}`, "an error": `{"error": "x"}`, "null": "null", "a word": "admin",
		"words": "admin\nbefore\n", "HTML": "<html></html>", "nothing": "", "a list": "[]", "flat": `{"ROLE": "user"}`, "no names": `[{"ROLE": "user"}]`,
	} {
		for kind, auth := range map[string]hestia.Auth{
			"access key": hestia.AccessKey(keyID, provider.NewSecret(keySecret)), "API key": hestia.APIKey(provider.NewSecret(legacyKey)),
		} {
			missing, list := exit(3, http.StatusBadRequest, "Error: user alice doesn't exist"), exit(0, http.StatusOK, body)
			if kind == "API key" {
				missing, list = legacy("Error: user alice doesn't exist"), legacy(body)
			}
			panel := newPanel(missing, list)
			_, err := hestia.NewProvider(dial(t, panel, auth)).Terminate(t.Context(), "alice")
			require.Error(t, err, "%s, %s", name, kind)
			require.NotErrorIs(t, err, provider.ErrNotFound, "%s, %s", name, kind)
			// Nothing shows whether a plain list of the legacy engine is whole: an array of names does, or else the whole list.
			require.Equal(t, map[string]string{"access key": "plain", "API key": "json"}[kind], panel.sent().Get("arg1"))
		}
	}
}

// An object of texts is an error of the whole list, and no list of odd rows.
func TestNoList(t *testing.T) {
	for _, body := range []string{`{"error": "x", "code": 3}`, `[1, 2]`, `{"ROLE": "user"}`, `[[]]`, `[null]`} {
		rows := all(withKey(t, newPanel(exit(0, http.StatusOK, body))).Users.List(t.Context()), func(u *hestia.User) string { return "user" })
		require.Len(t, rows, 1, body)
		require.ErrorIs(t, rows[0].err, provider.ErrProtocol)
		require.Empty(t, rows[0].name, body)
	}
}

// Limits that are none are never numbers.
func TestLimitsThatAreNone(t *testing.T) {
	for value, want := range map[string]hestia.Limit{
		`"unlimited"`: hestia.NoLimit(), `"Unlimited"`: hestia.NoLimit(), `"UNLIMITED"`: hestia.NoLimit(), `"∞"`: hestia.NoLimit(),
		`"-1"`: hestia.NoLimit(), `-1`: hestia.NoLimit(), `"-1048576"`: hestia.NoLimit(), `""`: {Unknown: true}, `null`: {Unknown: true},
		`"0"`: hestia.LimitOf(0), `"5.0"`: hestia.LimitOf(5), `7`: hestia.LimitOf(7), "absent": {Unknown: true},
	} {
		row := strings.Replace(userRow("odd"), `"DISK_QUOTA": "unlimited"`, `"DISK_QUOTA": `+value, 1)
		row = strings.Replace(row, `"BANDWIDTH": "unlimited"`, `"BANDWIDTH": `+value, 1)
		if value == "absent" {
			row = strings.NewReplacer(`"DISK_QUOTA": "unlimited",`, "", `"BANDWIDTH": "unlimited",`, "").Replace(userRow("odd"))
		}
		client := withKey(t, withOdd(row))
		user, err := client.Users.Get(t.Context(), "odd")
		require.NoError(t, err, value)
		require.Equal(t, want, user.Limits.DiskQuota, value)
		usage, err := hestia.NewProvider(client).Usage(t.Context(), "odd")
		require.NoError(t, err)
		disk, there := usage.Value(provider.MetricDisk)
		require.True(t, there)
		require.Equal(t, want.Unlimited, disk.Unlimited, value)
		require.Equal(t, want.Unknown, disk.LimitUnknown, value)
		require.Equal(t, want.N<<20, disk.Limit, value)
		require.EqualValues(t, 17<<20, disk.Used)
	}
	_, err := hestia.PackageFile(&hestia.Package{Limits: hestia.UserLimits{WebDomains: hestia.Limit{Unknown: true}}})
	require.ErrorIs(t, err, provider.ErrInvalid, "an unknown limit cannot be written")
	err = withKey(t, newPanel(done())).Mail.ChangeAccountQuota(t.Context(), "alice", "example.com", "info", hestia.Limit{Unknown: true})
	require.ErrorIs(t, err, provider.ErrInvalid)
}

// Whatever has a limit tells when there is none, and when a level above decides: neither is a limit of 0.
func TestLimitsOfOtherThings(t *testing.T) {
	for what, limit := range map[string]func(c *hestia.Client) (hestia.Limit, error){
		`"RATE_LIMIT": VALUE`: func(c *hestia.Client) (hestia.Limit, error) {
			domain, err := c.Mail.GetDomain(t.Context(), "alice", "it")
			require.NoError(t, err)
			account, err := c.Mail.GetAccount(t.Context(), "alice", "example.com", "it")
			require.NoError(t, err)
			require.Equal(t, domain.RateLimit, account.RateLimit)
			pack, err := c.Packages.Get(t.Context(), "it")
			require.NoError(t, err)
			require.Equal(t, domain.RateLimit, pack.RateLimit)
			return domain.RateLimit, err
		},
		`"QUOTA": VALUE`: func(c *hestia.Client) (hestia.Limit, error) {
			account, err := c.Mail.GetAccount(t.Context(), "alice", "example.com", "it")
			require.NoError(t, err)
			return account.Quota, err
		},
		`"HOST": "it", "MAX_DB": VALUE`: func(c *hestia.Client) (hestia.Limit, error) {
			host, err := c.Databases.GetHost(t.Context(), "mysql", "it")
			require.NoError(t, err)
			return host.MaxDatabases, err
		},
	} {
		for value, want := range map[string]hestia.Limit{
			`"unlimited"`: hestia.NoLimit(), `"-1"`: hestia.NoLimit(), `""`: {Unknown: true}, `"0"`: hestia.LimitOf(0), `"500"`: hestia.LimitOf(500),
		} {
			got, err := limit(withKey(t, page(`{"it": {`+strings.Replace(what, "VALUE", value, 1)+`}}`)))
			require.NoError(t, err)
			require.Equal(t, want, got, "%s %s", what, value)
		}
	}
}

// Bytes that are not UTF-8 stay readable in a name of a person, and never identify: whoever can write his
// name must not get out of reach by it.
func TestLatin1(t *testing.T) {
	row := userRow("odd", "NAME=J\xf6rg@M\xfcller [ref:order-\xfc]") // no reference has such bytes
	p := hestia.NewProvider(withKey(t, withOdd(row)))
	account, err := p.Get(t.Context(), "odd")
	require.NoError(t, err)
	require.Equal(t, "J\ufffdrg M\ufffdller [ref:order-\ufffd]", account.Name)
	require.Empty(t, account.Reference)

	client := withKey(t, withOdd(strings.Replace(userRow("odd"), `"odd"`, "\"od\xfc\"", 1)))
	for user, err := range client.Users.List(t.Context()) {
		if err != nil {
			require.ErrorContains(t, err, "the name")
			require.Empty(t, user.Login)
			continue
		}
		require.Contains(t, []string{"admin", "before", "after"}, user.Login)
	}
	_, err = withKey(t, withOdd(userRow("odd", "ROLE=x\xfc"))).Users.Get(t.Context(), "odd")
	require.ErrorIs(t, err, provider.ErrProtocol, "it may be an administrator")
}

// Whatever text of an account is not UTF-8, it can be suspended by its ID. What its bytes were decides
// nothing, and neither does that nobody knows them.
func TestLatin1InReach(t *testing.T) {
	for name, test := range map[string]struct {
		set   string
		shown func(*provider.Account) string
		want  string
	}{
		"e-mail address": {"CONTACT=m\xfcller@example.com", func(a *provider.Account) string { return a.Email }, "m\ufffdller@example.com"},
		"package":        {"PACKAGE=gro\xdf", func(a *provider.Account) string { return a.Plan }, "gro\ufffd"},
		"name":           {"NAME=M\xfcller", func(a *provider.Account) string { return a.Name }, "M\ufffdller"},
		"language":       {"LANGUAGE=\xfc", func(a *provider.Account) string { return a.Native.(*hestia.User).Language }, "\ufffd"},
		"marker":         {"NAME=[ref:order-\xfc]", func(a *provider.Account) string { return a.Marker.Tampered }, "what stands in the place of its marker is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			panel := withOdd(userRow("odd", test.set))
			p := hestia.NewProvider(withKey(t, panel))
			outcome, err := p.Suspend(t.Context(), "odd")
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeChanged, outcome)
			listed := 0
			for account, err := range p.List(t.Context(), nil) {
				require.NoError(t, err)
				if listed++; account.ID == "odd" {
					require.Equal(t, test.want, test.shown(account))
					require.Equal(t, provider.StatusSuspended, account.Status)
					require.Empty(t, account.Reference)
				}
			}
			require.Equal(t, 3, listed)
			_, err = p.ChangePlan(t.Context(), "odd", "gro\ufffd")
			require.ErrorIs(t, err, provider.ErrInvalid)
		})
	}

	p := hestia.NewProvider(withKey(t, withOdd(userRow("odd", "CONTACT=m\xfcller@example.com"))))
	for email, kind := range map[string]error{
		"müller@example.com": provider.ErrConflict, "m\ufffdller@EXAMPLE.com": provider.ErrConflict, "meier@example.com": provider.ErrNotFound, "after@example.com": nil,
	} {
		found, err := p.Find(t.Context(), provider.Query{Email: email})
		require.ErrorIs(t, err, kind, email)
		if kind == nil {
			require.Equal(t, "after", found.ID)
		}
	}
	_, err := p.Find(t.Context(), provider.Query{Email: "müller@example.com"})
	require.EqualError(t, err, `hestia: find account e-mail "müller@example.com": user odd may be the wanted one, but its e-mail address is not UTF-8: find out whose it is, and name it by its ID, since this system cannot mark it anew`)
}

// A name that occurs twice is nobody's.
func TestNameTwice(t *testing.T) {
	body := `{"alice": {"ROLE": "user"}, "bob": {"ROLE": "user"}, "alice": {"ROLE": "admin"}, "Alice": {"ROLE": "user"}}`
	var bad []string
	for user, err := range withKey(t, newPanel(exit(0, http.StatusOK, body))).Users.List(t.Context()) {
		if err != nil {
			require.ErrorIs(t, err, provider.ErrProtocol)
			bad = append(bad, user.Login)
		}
	}
	require.Equal(t, []string{"alice", "alice"}, bad)
	for name, body := range map[string]string{
		"two objects": `{"alice": {"ROLE": "user"}, "alice": {"ROLE": "admin"}}`, "a field": `{"alice": {"ROLE": "user", "ROLE": "admin"}}`,
		"no name": `{"ROLE": "user"}`,
	} {
		_, err := withKey(t, newPanel(exit(0, http.StatusOK, body))).Users.Get(t.Context(), "alice")
		require.ErrorIs(t, err, provider.ErrProtocol, name)
	}
	for _, body := range []string{`{"ACCESS_KEY_ID": "KEY1", "ACCESS_KEY_ID": "KEY2"}`, `{"ACCESS_KEY_ID": "KEY1", "access_key_id": "KEY2"}`} {
		_, err := withKey(t, newPanel(exit(0, http.StatusOK, body))).Keys.GetAccessKey(t.Context(), "KEY1")
		require.ErrorIs(t, err, provider.ErrProtocol, body)
	}
	_, err := withKey(t, newPanel(exit(0, http.StatusOK, `{"config": {"A": "1", "A": "2"}}`))).System.GetNginxConfig(t.Context())
	require.ErrorIs(t, err, provider.ErrProtocol)
}

// ownNames are the methods whose answers have a name of their own: nothing was asked for by name, or the panel does
// not print the name.
var ownNames = []string{
	"DNS.GetMailDomainDKIM", "SSL.GetHestia", "System.GetInfo", "System.GetConfig", "System.GetNginxConfig", "System.GetPHPConfig",
	"System.GetMySQLConfig", "System.GetDovecotConfig",
}

// TestAboutAnother gives each method that reads one thing the recorded answer about another.
func TestAboutAnother(t *testing.T) {
	definitions := hestia.Definitions()
	refused := make(map[string]bool)
	for _, e := range recorded(t) {
		d, known := definitions[e.fields()["cmd"]]
		if e.notSendable() != "" || notTyped(&e, d, known) != "" || !d.Reads {
			continue
		}
		auth, _ := e.auth()
		body, renamed := anothers(e.Response.Body)
		if !renamed {
			continue
		}
		answer := e.answer()
		answer.body = body
		client, err := hestia.New(panelURL, auth, replayOptions(newPanel(answer), false)...)
		if err != nil {
			continue
		}
		method := methodsOf(client)[d.Op].Type()
		if method.Out(0).Kind() == reflect.Func {
			continue
		}
		_, reason, err := typed(t, client, &e, d)
		if reason != "" {
			continue
		}
		if slices.Contains(ownNames, d.Op) {
			require.NoError(t, err, d.Op)
			continue
		}
		refused[d.Op] = true
		require.ErrorIs(t, err, provider.ErrProtocol, "%s: %s", d.Op, e.Name)
		require.ErrorContains(t, err, "the answer is about", "%s: %s", d.Op, e.Name)
	}
	require.GreaterOrEqual(t, len(refused), 14, "%v", refused)
	t.Log(len(refused), "methods that read one thing refuse another's")
}

// anothers gives the only object in an answer another name.
func anothers(body string) (string, bool) {
	var objects map[string]map[string]json.RawMessage
	if json.Unmarshal(repaired([]byte(body)), &objects) != nil || len(objects) != 1 {
		return "", false
	}
	for name := range objects {
		return strings.Replace(body, `"`+name+`"`, `"`+name+`9"`, 1), true
	}
	return "", false
}

// Names that the panel stores in another way than they were asked for are the same.
func TestAboutTheSame(t *testing.T) {
	for asked, told := range map[string]string{
		"example.com": "example.com", "Example.COM": "example.com", "www.example.com": "example.com", "example.com.": "example.com",
		"bücher.example": "xn--bcher-kva.example", "XN--bcher-kva.example": "bücher.example",
	} {
		_, err := withKey(t, newPanel(exit(0, http.StatusOK, `{"`+told+`": {"IP": "192.0.2.1"}}`))).Web.GetDomain(t.Context(), "alice", asked)
		require.NoError(t, err, asked)
	}
	for asked, told := range map[string]string{"shop.co.uk": "shop-co.uk", "example.com": "www2.example.com"} {
		_, err := withKey(t, newPanel(exit(0, http.StatusOK, `{"`+told+`": {"IP": "192.0.2.1"}}`))).Web.GetDomain(t.Context(), "alice", asked)
		require.ErrorIs(t, err, provider.ErrProtocol, asked)
		require.ErrorContains(t, err, told)
	}
	_, err := withKey(t, newPanel(exit(0, http.StatusOK, `{"Alice": {"ROLE": "user"}}`))).Users.Get(t.Context(), "alice")
	require.ErrorIs(t, err, provider.ErrProtocol, "Alice can exist beside alice")
}

// The caller may stop a listing wherever it likes.
func TestListStops(t *testing.T) {
	client := withKey(t, withOdd(userRow("odd", "DATE=0000-00-00")))
	for stop := range 4 {
		n := 0
		for range client.Users.List(t.Context()) {
			if n++; n > stop {
				break
			}
		}
		require.Equal(t, stop+1, n)
	}
	require.Panics(t, func() {
		for range client.Users.List(t.Context()) {
			panic(errors.New("the caller's"))
		}
	})
	users, err := collect(withKey(t, withOdd(userRow("odd"))).Users.List(t.Context()))
	require.NoError(t, err)
	require.Len(t, users, 4)
}
