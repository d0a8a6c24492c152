package licenseserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// Servers may send other spellings than the documented ones, and undocumented fields.
func TestOtherSpellings(t *testing.T) {
	c := clientOver(t, always(ok("\xef\xbb\xbf {\"license\": {\"id\": \"123\", \"key\": 5, \"is_active\": false}}")))
	_, err := c.Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
	require.ErrorIs(t, err, provider.ErrProtocol, "a key is a text")

	c = clientOver(t, always(ok("\xef\xbb\xbf {\"license\": {\"id\": \"123\", \"max_users\": 10.0, \"max_activations\": null, \"valid_until\": null, \"valid_from\": \"2025-01-02T03:04:05\", \"customer_name\": 7, \"is_active\": false, \"new\": {}}}")))
	license, err := c.Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
	require.NoError(t, err)
	require.Equal(t, &licenseserver.License{ID: 123, MaxUsers: 10, CustomerName: "7", ValidFrom: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)}, license)

	for _, body := range []string{
		`{"license": {"id": 1}}`, `{"license": {"id": 1.5, "is_active": true}}`, `{"license": {"id": 1, "is_active": true}, "activations": [{}]}`,
		`{"license": {"id": "", "is_active": true}}`, `{"license": {"id": {}, "is_active": true}}`,
	} {
		_, err := clientOver(t, always(ok(body))).Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
		require.ErrorIs(t, err, provider.ErrProtocol, body)
	}

	overview, err := clientOver(t, always(ok(`{"ipv4": {"available": 1}, "seats": {"available": 2, "total": 3, "status": "odd"}, "note": "x"}`))).Resources.Availability(t.Context())
	require.NoError(t, err)
	require.Equal(t, &licenseserver.ResourceAvailability{
		IPv4:  licenseserver.Availability{Available: 1},
		Other: map[string]licenseserver.Availability{"seats": {Available: 2, Total: 3, Status: "odd"}},
	}, overview)
	_, err = clientOver(t, always(ok(`{"ipv4": {"available": "many"}}`))).Resources.Availability(t.Context())
	require.ErrorIs(t, err, provider.ErrProtocol)
	_, err = clientOver(t, always(ok(`{"available": true, "resources": [{"id": 0}]}`))).Resources.CheckAvailability(t.Context(), "server", 1)
	require.ErrorIs(t, err, provider.ErrProtocol)
}

// The server's own text of a conflict is kept, whatever its form. Any other conflict may be a proxy's.
func TestTextOfSessionConflict(t *testing.T) {
	long := ""
	for range 100 {
		long += "Es ist nur eine Sitzung erlaubt. "
	}
	for body, want := range map[string]string{
		`"Es ist nur eine Sitzung erlaubt"`:                          "Es ist nur eine Sitzung erlaubt",
		" Es ist\n nur eine Sitzung erlaubt: PC ":                    "Es ist nur eine Sitzung erlaubt: PC",
		`{"message": "Es ist nur eine Sitzung erlaubt..."}`:          "Es ist nur eine Sitzung erlaubt...",
		`{"success": false, "error": "at the limit"}`:                "at the limit",
		`{"error": "limit", "code": "SESSION_LIMIT", "status": 409}`: "limit",
	} {
		_, err := clientOver(t, always(reply{Status: 409, Body: body})).Sessions.Start(t.Context(), &licenseserver.SessionStartRequest{LicenseKey: provider.NewSecret(sampleKey), MachineID: "pc"})
		require.ErrorIs(t, err, licenseserver.ErrSessionActive)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.Equal(t, want, asError(t, err).Message)
	}
	_, err := clientOver(t, always(reply{Status: 409, Body: long})).Sessions.Start(t.Context(), &licenseserver.SessionStartRequest{LicenseKey: provider.NewSecret(sampleKey), MachineID: "pc"})
	require.ErrorIs(t, err, licenseserver.ErrSessionActive)
	require.LessOrEqual(t, len(asError(t, err).Message), 500)
	for _, body := range []string{``, webPage, "Conflict", `{"detail": "x"}`, `{"error": "conflict"}`, `{"message": "conflict"}`} {
		_, err := clientOver(t, always(reply{Status: 409, Body: body})).Sessions.Start(t.Context(), &licenseserver.SessionStartRequest{LicenseKey: provider.NewSecret(sampleKey), MachineID: "pc"})
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, body)
		require.NotErrorIs(t, err, licenseserver.ErrSessionActive, body)
	}
}

func TestOptionalInput(t *testing.T) {
	tap := always(ok(`{"success": true}`))
	c := clientOver(t, tap)
	_, err := c.Licenses.QuickEdit(t.Context(), 1, &licenseserver.LicenseQuickEditRequest{ValidUntil: &time.Time{}, Extra: map[string]any{"note": "x"}})
	require.NoError(t, err)
	require.JSONEq(t, `{"valid_until": null, "note": "x"}`, tap.Requests()[0].Body)
	_, err = c.Leads.Delete(t.Context(), 1, nil)
	require.NoError(t, err)
	for _, err := range c.Leads.Institutions(t.Context(), &licenseserver.InstitutionListOptions{PerPage: -1}) {
		require.ErrorIs(t, err, provider.ErrInvalid)
	}
	require.Len(t, tap.Requests(), 2)
	require.Error(t, provider.Payload{}.Decode(new(any)))
	require.Equal(t, "[2 bytes of JSON]", provider.NewPayload(`{}`).String())
}

// TestEnd: a license is valid all through the day that the server names, and an end that nobody can
// read is not "no end".
func TestEnd(t *testing.T) {
	for text, want := range map[string]struct {
		end     time.Time
		unknown bool
	}{
		`"2026-01-01"`:           {end: time.Date(2026, 1, 1, 23, 59, 59, 0, time.UTC)},
		`"2026-01-01T12:00:00Z"`: {end: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)},
		`null`:                   {}, `""`: {}, `"0000-00-00"`: {}, `"never"`: {},
		`[]`: {unknown: true}, `{}`: {unknown: true}, `false`: {unknown: true}, `true`: {unknown: true},
		`"01.01.2026"`: {unknown: true}, `"2026-02-30"`: {unknown: true}, `"soon"`: {unknown: true}, `7`: {unknown: true}, `{"year": 2026}`: {unknown: true},
	} {
		body := `{"license": {"id": 123, "key": "` + sampleKey + `", "is_active": true, "valid_until": ` + text + `}}`
		license, err := clientOver(t, always(ok(body))).Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
		require.NoError(t, err, text)
		require.Equal(t, want.end, license.ValidUntil, text)
		require.Equal(t, want.unknown, license.ValidUntilUnknown, text)
	}
}
