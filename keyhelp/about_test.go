package keyhelp_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// silent are the methods that cannot tell what their answer is about, as the API is documented.
var silent = map[string][]string{
	// Status 204.
	"no body": {
		"Admins.Delete", "Admins.DeleteByName", "Clients.Delete", "Clients.DeleteByName", "DNS.Reset", "DNS.ResetByName",
		"Domains.Delete", "Domains.DeleteByName", "HostingPlans.Delete",
	},
	// They asked for a name. The adapter reads back what it makes.
	"an ID alone": {
		"Admins.Create", "Admins.UpdateByName", "Certificates.Create", "Certificates.UpdateByName", "Clients.Create", "Clients.UpdateByName",
		"DNS.UpdateByName", "Databases.Create", "DirectoryProtections.Create", "Domains.Create", "Domains.UpdateByName", "Emails.Create",
		"FTPUsers.Create", "HostingPlans.Create",
	},
	"facts without an owner": {
		"Clients.Stats", "Clients.Traffic", "DNS.Get", "DNS.GetByName", "Sessions.Create", "Sessions.CreateByName",
	},
}

// No method takes an answer that is about another thing than what was asked, but those that cannot tell.
func TestAboutWhatWasAsked(t *testing.T) {
	var all []string
	for _, ops := range silent {
		all = append(all, ops...)
	}
	slices.Sort(all)
	_, found := vendor(t, keyhelp.DialectDocumented).CheckAbout(t, nil)
	require.Equal(t, []string{"Clients.Delete", "Clients.Stats"}, found)
	_, found = vendor(t, keyhelp.DialectLive).CheckAbout(t, nil)
	require.Equal(t, all, found)
}

// A change that the panel does not confirm by the client's ID is unknown: a password cannot be read
// back, so nothing else would tell.
func TestUnconfirmedPassword(t *testing.T) {
	answers := map[string]reply{
		"empty object": ok(`{}`), "empty list": ok(`[]`), "null": ok(`null`), "empty": ok(``), "no content": {Status: 204}, "true": ok(`true`),
		"web page": clienttest.HTML(clienttest.WebPage), "another client": ok(`{"id": 99, "username": "other", "login_name": "other"}`),
		"ID twice": ok(`{"id": 17, "id": 17}`), "two spellings": ok(`{"id": 17, "ID": 99}`), "the previous answer": ok(`{"response": "pong"}`),
		"a list": ok(`[{"id": 17, "username": "u"}]`), "ID of a domain": ok(`{"domain": {"id": 17}}`),
	}
	for _, d := range bothDialects {
		for name, answer := range answers {
			p := keyhelp.NewProvider(clientOver(t, always(answer), keyhelp.WithDialect(d)))
			outcome, err := p.ChangePassword(t.Context(), "17", provider.NewSecret("Passw0rd-17"))
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "%s, %s", d, name)
			require.Empty(t, outcome, name)
		}
		p := keyhelp.NewProvider(clientOver(t, always(ok(`{"id": "17"}`)), keyhelp.WithDialect(d)))
		outcome, err := p.ChangePassword(t.Context(), "17", provider.NewSecret("Passw0rd-17"))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
	}
}

// A panel that answers with another client moves no verb to that client.
func TestAnotherClient(t *testing.T) {
	for _, d := range bothDialects {
		tap := tapping(nil)
		tap.Answer = clienttest.Always(ok(`{"id": 99, "username": "other", "login_name": "other", "email": "o@example.com", "notes": "", "is_suspended": false}`))
		p := keyhelp.NewProvider(clientOver(t, tap, keyhelp.WithDialect(d)))
		_, err := provider.Ensure(t.Context(), p, provider.Desired{ID: "17", Status: provider.StatusAbsent})
		require.ErrorIs(t, err, provider.ErrProtocol, d)
		require.ErrorContains(t, err, "the answer is about 99, not 17")
		for _, line := range tap.Lines() {
			require.NotContains(t, line, "99", d)
			require.NotContains(t, line, "DELETE", d)
		}
	}
}
