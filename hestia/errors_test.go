package hestia_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// httpOf returns the status that the panel sends with an exit code.
func httpOf(code int) int {
	switch code {
	case 0:
		return 200
	case 2:
		return 422
	case 5, 6, 9, 10, 21:
		return 401
	case 405:
		return 405
	}
	return 400
}

// Every return code becomes one portable error, in every mode and engine, whatever the status and
// the text say.
func TestEveryReturnCode(t *testing.T) {
	for code, want := range kinds {
		if code == -1 || code == 405 {
			continue
		}
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			number := strconv.Itoa(code)
			header := map[string]string{"Hestia-Exit-Code": number}
			for name, test := range map[string]struct {
				auth   hestia.Auth
				codes  bool
				answer answer
			}{
				"text":                {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), false, answer{status: httpOf(code), header: header, body: "Error: of some kind"}},
				"without a text":      {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), false, answer{status: httpOf(code), header: header}},
				"another status":      {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), false, answer{status: 418, header: header, body: "Error: user x exists"}},
				"partial list before": {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), false, answer{status: httpOf(code), header: header, body: "{\n \"a\": {\nError: broken row"}},
				"returncode=yes":      {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), true, answer{status: 200, header: header, body: number}},
				"legacy":              {hestia.APIKey(provider.NewSecret(legacyKey)), true, legacy(number)},
				"password":            {hestia.Password("admin", provider.NewSecret("secret")), true, legacy(number)},
			} {
				c := dial(t, newPanel(test.answer), test.auth, hestia.WithReturnCodes(test.codes))
				err := c.Users.Unsuspend(t.Context(), "alice", nil)
				require.ErrorIs(t, err, want, name)
				require.ErrorIs(t, err, hestia.ExitCode(code), name)
				var exit hestia.ExitCode
				require.ErrorAs(t, err, &exit)
				assert.Equal(t, hestia.ExitCode(code), exit)
				var e *provider.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, number+" "+hestia.ExitCode(code).String(), e.Code)
				assert.Equal(t, "Users.Unsuspend", e.Op)
				assert.Contains(t, err.Error(), `unsuspend user "alice"`)
			}
		})
	}
}

func TestDocumentedNames(t *testing.T) {
	names := []string{
		"OK", "E_ARGS", "E_INVALID", "E_NOTEXIST", "E_EXISTS", "E_SUSPENDED", "E_UNSUSPENDED", "E_INUSE", "E_LIMIT",
		"E_PASSWORD", "E_FORBIDEN", "E_DISABLED", "E_PARSING", "E_DISK", "E_LA", "E_CONNECT", "E_FTP", "E_DB", "E_RRD",
		"E_UPDATE", "E_RESTART", "E_API_DISABLED",
	}
	for code, name := range names {
		assert.Equal(t, name, hestia.ExitCode(code).String())
	}
	assert.Equal(t, "exit code 255", hestia.ExitCode(255).String())
	assert.Equal(t, hestia.ExitSuspended, hestia.ExitCode(5))
	assert.Equal(t, hestia.ExitRestart, hestia.ExitCode(20))
}

// What comes before the commands: the refusals of both engines.
func TestFrontDoor(t *testing.T) {
	key, hash := hestia.AccessKey(keyID, provider.NewSecret(keySecret)), hestia.APIKey(provider.NewSecret(legacyKey))
	password := hestia.Password("admin", provider.NewSecret("secret"))
	html := "<html><body>Not Found</body></html>"
	for name, test := range map[string]struct {
		auth   hestia.Auth
		codes  bool
		answer answer
		want   error
	}{
		"API off":                       {key, false, exit(11, 400, "Error: API has been disabled"), provider.ErrUnsupported},
		"address":                       {key, false, exit(10, 401, "Error: IP is not allowed to connect with API"), provider.ErrIPNotAllowed},
		"bad key":                       {key, false, exit(9, 401, "Error: key X doesn't exist"), provider.ErrUnauthorized},
		"demo mode":                     {key, false, exit(1, 400, "Error: ERROR: Unable to perform operation"), provider.ErrInvalid},
		"no such command":               {key, false, exit(10, 401, "Error: Command v-add-user not found"), provider.ErrUnsupported},
		"another command is not found":  {key, false, exit(10, 401, "Error: Command v-x not found"), provider.ErrForbidden},
		"not in the profile":            {key, false, exit(10, 401, "Error: Key X don't have permission to run the command v-add-user"), provider.ErrForbidden},
		"somebody else's object":        {key, false, exit(10, 401, `Error: Key X - the "user" argument doesn\'t match the key\'s user`), provider.ErrForbidden},
		"the command's own":             {key, false, exit(10, 401, "Error: alice user can't use IP 192.0.2.1"), provider.ErrForbidden},
		"user keys off":                 {key, false, exit(21, 401, "Error: API has been disabled"), provider.ErrForbidden},
		"owner suspended":               {key, false, exit(9, 401, "Error: user alice is suspended"), provider.ErrUnauthorized},
		"nothing usable":                {key, false, exit(405, 405, "Error: data received is null or invalid"), provider.ErrProtocol},
		"address, codes":                {key, true, exit(10, 401, "10"), provider.ErrForbidden},
		"legacy API off":                {hash, true, exit(11, 400, "Error: API has been disabled11"), provider.ErrUnsupported},
		"legacy address":                {hash, false, exit(10, 401, "Error: IP is not allowed to connect with API"), provider.ErrIPNotAllowed},
		"legacy address, codes":         {hash, true, exit(10, 401, "10"), provider.ErrIPNotAllowed},
		"legacy key":                    {hash, true, exit(9, 401, "9"), provider.ErrUnauthorized},
		"not the root user":             {password, false, exit(10, 401, "Error: authentication failed"), provider.ErrUnauthorized},
		"not the root user, or address": {password, true, exit(10, 401, "10"), provider.ErrForbidden},
		"the legacy command's own":      {hash, true, legacy("10"), provider.ErrForbidden},
		"switched off":                  {key, false, answer{status: 200, body: "Error: Disabled"}, provider.ErrUnsupported},
		"switched off, legacy":          {hash, true, answer{status: 200, body: "Error: Disabled"}, provider.ErrUnsupported},
		"libraries":                     {key, false, answer{status: 200, body: "Unable to load required libraries. Please run"}, provider.ErrUnavailable},
		// The web server's page, or a firewall's: it is no proof that there is no API.
		"removed":                    {key, false, answer{status: 404, body: html}, provider.ErrOutcomeUnknown},
		"removed, legacy":            {hash, true, answer{status: 404, body: html}, provider.ErrOutcomeUnknown},
		"a page instead":             {key, false, answer{status: 200, body: html}, provider.ErrOutcomeUnknown},
		"a page instead, legacy":     {hash, true, answer{status: 200, body: html}, provider.ErrOutcomeUnknown},
		"OK instead of a code":       {hash, true, answer{status: 200, body: "OK"}, provider.ErrOutcomeUnknown},
		"another's 401":              {key, false, answer{status: 401, body: html}, provider.ErrOutcomeUnknown},
		"panel down":                 {key, false, answer{status: 502, body: html}, provider.ErrOutcomeUnknown},
		"panel crashed":              {key, false, answer{status: 500, body: html}, provider.ErrOutcomeUnknown},
		"rate limit of a proxy":      {key, false, answer{status: 429}, provider.ErrRateLimited},
		"header without a number":    {key, false, answer{status: 200, header: map[string]string{"Hestia-Exit-Code": "x"}}, provider.ErrOutcomeUnknown},
		"0 with a status of failure": {key, false, exit(0, 500, ""), provider.ErrOutcomeUnknown},
		"not started":                {key, false, exit(-1, 204, ""), provider.ErrInvalid},
		"a tool's own code":          {key, false, exit(255, 400, "PHP Fatal error"), provider.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, newPanel(test.answer), test.auth, hestia.WithReturnCodes(test.codes))
			err := c.Users.Add(t.Context(), "alice", provider.NewSecret("password"), "alice@example.com", nil)
			require.ErrorIs(t, err, test.want)
			assert.NotContains(t, err.Error(), keySecret)
		})
	}
	t.Run("a redirect names the target", func(t *testing.T) {
		p := newPanel(answer{status: 301, header: map[string]string{"Location": "https://other.example.com/api/"}})
		err := withKey(t, p).Users.Delete(t.Context(), "alice", nil)
		require.ErrorIs(t, err, provider.ErrProtocol)
		assert.Contains(t, err.Error(), "other.example.com")
		assert.Equal(t, 1, p.calls())
	})
}

// TestForeignAnswers: what does not have the panel's form proves nothing, whatever its status: a read
// fails as an odd answer, and a change may have been made. The legacy engine's form is what the
// documents call it: a number, OK, or an error.
func TestForeignAnswers(t *testing.T) {
	const page = "<!DOCTYPE html><html><body>Login</body></html>"
	bodies := []string{page, `{}`, `[]`, `null`, ``, `{"message":"Forbidden"}`, "Forbidden", "OK then"}
	for _, status := range []int{200, 204, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 502} {
		for _, body := range bodies {
			for name, test := range map[string]struct {
				auth  hestia.Auth
				codes bool
			}{
				"access key":    {hestia.AccessKey(keyID, provider.NewSecret(keySecret)), false},
				"legacy, codes": {hestia.APIKey(provider.NewSecret(legacyKey)), true},
				"legacy, texts": {hestia.APIKey(provider.NewSecret(legacyKey)), false},
			} {
				name += " " + strconv.Itoa(status) + " " + body
				c := dial(t, newPanel(answer{status: status, body: body}), test.auth, hestia.WithReturnCodes(test.codes))
				err := c.Users.Delete(t.Context(), "alice", nil)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
				c = dial(t, newPanel(answer{status: status, body: body}), test.auth, hestia.WithReturnCodes(test.codes))
				_, readErr := c.Users.Get(t.Context(), "alice")
				require.Error(t, readErr, name)
				require.NotErrorIs(t, readErr, provider.ErrOutcomeUnknown, name)
				for _, verdict := range []error{
					provider.ErrForbidden, provider.ErrConflict, provider.ErrInvalid, provider.ErrUnauthorized, provider.ErrUnsupported,
				} {
					require.NotErrorIs(t, err, verdict, name)
					require.NotErrorIs(t, readErr, verdict, name)
				}
				require.NotErrorIs(t, err, provider.ErrNotFound, name)
				if name != "legacy, codes 200 {}" && name != "legacy, texts 200 {}" { // an empty list of that engine
					require.NotErrorIs(t, readErr, provider.ErrNotFound, name)
				}
			}
		}
	}
}

func TestMessages(t *testing.T) {
	for body, want := range map[string]string{
		"Error: user alice exists":        "user alice exists (",
		"Error: ERROR: no":                ": no (",
		"Usage: v-add-user USER PASSWORD": "Usage: v-add-user USER PASSWORD (",
		"Error: a\nError: a\nError: b":    "a; b (",
		"Theme does not exist":            "Theme does not exist (",
		"":                                "it exists already (",
		"<html>":                          "it exists already (",
		"{\n \"x\": {\"A\": \"secret row\"},\nError: bad row": ": bad row (",
	} {
		err := withKey(t, newPanel(exit(4, 400, body))).Users.Unsuspend(t.Context(), "alice", nil)
		require.Error(t, err)
		assert.Contains(t, err.Error(), want)
		assert.NotContains(t, err.Error(), "secret row")
	}
	err := withKey(t, newPanel(exit(4, 400, "Error: user exists"))).Web.AddDomain(t.Context(), "alice", "example.com", nil)
	assert.EqualError(t, err, `hestia: add web domain "example.com" of "alice": user exists (HTTP 400, code 4 E_EXISTS)`)
}

// A retry after a lost answer recognises what the first attempt has done.
func TestLostAnswers(t *testing.T) {
	lost := answer{err: io.ErrUnexpectedEOF}
	for name, test := range map[string]struct {
		run    func(*hestia.Client) error
		second answer
		calls  int
		want   error
	}{
		"delete: gone":    {func(c *hestia.Client) error { return c.Users.Delete(t.Context(), "a", nil) }, exit(3, 400, "Error: user a doesn't exist"), 2, nil},
		"suspend: done":   {func(c *hestia.Client) error { return c.Users.Suspend(t.Context(), "a", nil) }, exit(5, 401, "Error: user a is suspended"), 2, nil},
		"unsuspend: done": {func(c *hestia.Client) error { return c.Web.UnsuspendDomain(t.Context(), "a", "b.example", nil) }, exit(6, 401, ""), 2, nil},
		"set again":       {func(c *hestia.Client) error { return c.Users.ChangeShell(t.Context(), "a", "sh") }, done(), 2, nil},
		"set: absent":     {func(c *hestia.Client) error { return c.Users.ChangeShell(t.Context(), "a", "sh") }, exit(3, 400, ""), 2, provider.ErrNotFound},
		"add: not repeated": {func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "a", provider.NewSecret("password"), "a@example.com", nil)
		}, done(), 1, provider.ErrOutcomeUnknown},
		"unsuspend of users": {func(c *hestia.Client) error { return c.Users.Unsuspend(t.Context(), "a", nil) }, done(), 1, provider.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel(lost, test.second)
			err := test.run(withKey(t, p))
			assert.Equal(t, test.calls, p.calls())
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.want)
		})
	}
	t.Run("first answers are believed", func(t *testing.T) {
		err := withKey(t, newPanel(exit(3, 400, ""))).Users.Delete(t.Context(), "a", nil)
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	})
	t.Run("reads are repeated", func(t *testing.T) {
		p := newPanel(lost, answer{status: 502}, exit(0, 200, `["a"]`))
		names, err := withKey(t, p).System.ListUsers(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"a"}, names)
		assert.Equal(t, 3, p.calls())
	})
}

// Code 20 came after the change was stored: a read shows that.
func TestRestartFailed(t *testing.T) {
	p := newPanel(exit(20, 400, ""))
	err := withKey(t, p).Web.AddDomain(t.Context(), "alice", "example.com", nil)
	require.ErrorIs(t, err, hestia.ExitRestart)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	assert.Equal(t, 1, p.calls())
}

// The legacy engine shows failures of listings as text only.
func TestLegacyText(t *testing.T) {
	for body, want := range map[string]error{
		"Error: user nobody doesn't exist\n": provider.ErrNotFound,
		"Usage: v-list-user USER [FORMAT]\n": provider.ErrInvalid,
		"Error: something new\n":             provider.ErrProtocol,
		"<html></html>":                      provider.ErrProtocol,
		"OK":                                 provider.ErrProtocol, // what it says to unknown commands
		"":                                   provider.ErrProtocol,
		"0":                                  provider.ErrProtocol,
	} {
		c := dial(t, newPanel(legacy(body)), hestia.APIKey(provider.NewSecret(legacyKey)))
		_, err := c.Users.Get(t.Context(), "nobody")
		require.ErrorIs(t, err, want, "%q", body)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "a read")
	}
	c := dial(t, newPanel(legacy("OK")), hestia.APIKey(provider.NewSecret(legacyKey)))
	keys, err := collect(c.Users.ListSSHKeys(t.Context(), "alice"))
	require.NoError(t, err, "an empty list that is known to look like this")
	assert.Empty(t, keys)
	_, err = c.Domains.SearchOwner(t.Context(), "nope.example.com", nil)
	require.ErrorIs(t, err, provider.ErrNotFound, "OK is not an owner")

	owner, err := dial(t, newPanel(legacy("OK\n")), hestia.APIKey(provider.NewSecret(legacyKey))).Domains.SearchOwner(t.Context(), "x.example.com", nil)
	require.NoError(t, err, "but OK and a line break is output")
	assert.Equal(t, "OK", owner)

	// A change that was sent for its text, and whose answer makes no sense.
	c = dial(t, newPanel(legacy("Error: something new\n")), hestia.APIKey(provider.NewSecret(legacyKey)), hestia.WithReturnCodes(false))
	require.ErrorIs(t, c.Users.ChangeShell(t.Context(), "a", "sh"), provider.ErrOutcomeUnknown)
	c = dial(t, newPanel(legacy("something\n")), hestia.APIKey(provider.NewSecret(legacyKey)), hestia.WithReturnCodes(false))
	require.ErrorIs(t, c.Users.ChangeShell(t.Context(), "a", "sh"), provider.ErrOutcomeUnknown)
	c = dial(t, newPanel(legacy("OK")), hestia.APIKey(provider.NewSecret(legacyKey)), hestia.WithReturnCodes(false))
	require.NoError(t, c.Users.ChangeShell(t.Context(), "a", "sh"))
}

func TestExitCodeIsAnError(t *testing.T) {
	var err error = hestia.ExitSuspended
	assert.EqualError(t, err, "E_SUSPENDED: it is suspended")
	assert.False(t, errors.Is(err, hestia.ExitUnsuspended))
	assert.Equal(t, http.StatusUnauthorized, httpOf(5))
}

func TestHostileTexts(t *testing.T) {
	for name, text := range clienttest.HostileTexts() {
		t.Run(name, func(t *testing.T) {
			clienttest.CheckText(t, withKey(t, newPanel(exit(4, 400, "Error: "+text))).Users.Unsuspend(t.Context(), "alice", nil))
		})
	}
}
