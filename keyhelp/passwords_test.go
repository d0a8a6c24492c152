package keyhelp_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// A panel that was sent no password answers the one that it made up. Nothing but the result has it.
func TestMadeUpPassword(t *testing.T) {
	const answered = "canary-Made-Up-77"
	request := &keyhelp.ClientCreateRequest{LoginName: "name", Email: "a@b.example"}
	for _, body := range []string{
		`{"id": 17, "password": "` + answered + `"}`,
		`{"id": 0, "password": "` + answered + `"}`,
		`{"id": 17, "password": ["` + answered + `"]}`,
		`{"id": 17, "password": "` + answered,
		`The password of name is ` + answered,
	} {
		logs := new(providertest.Log)
		tap := always(ok(body))
		client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive), logs.Dumps(t),
			provider.WithLogger(slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		made, err := client.Clients.Create(t.Context(), request)
		if body == `{"id": 17, "password": "`+answered+`"}` {
			require.NoError(t, err)
			require.Equal(t, &keyhelp.ClientAccount{ID: 17, LoginName: "name", Email: "a@b.example", Password: provider.NewSecret(answered)}, made)
			require.Equal(t, map[string]any{"username": "name", "email": "a@b.example"}, bodyOf(t, tap))
		} else {
			require.ErrorIs(t, err, provider.ErrProtocol)
		}
		require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, made, made), answered)
		require.Contains(t, logs.String(), "Clients.Create")
		require.NotContains(t, logs.String(), answered)
	}
}

// The documented dialect knows neither clients without a password nor hashes.
func TestDocumentedPasswords(t *testing.T) {
	tap := always(ok(`{"id": 17}`))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectDocumented))
	request := &keyhelp.ClientCreateRequest{LoginName: "name", Email: "a@b.example"}
	_, err := client.Clients.Create(t.Context(), request)
	refused(t, tap, err, "Password")
	request.PasswordHash, request.PasswordHashOS = provider.NewSecret("placeholder"), provider.NewSecret("placeholder")
	_, err = client.Clients.Create(t.Context(), request)
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.Empty(t, tap.Requests())
}

// Clients can be made and changed with the hashes of their passwords.
func TestPasswordHashes(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.InMemory())
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), provider.WithHTTPClient(panel.Client()))
	require.NoError(t, err)
	hash, system := provider.NewSecret("$2y$10$placeholder"), provider.NewSecret("$6$placeholder")
	made, err := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{
		LoginName: "name", Email: "a@b.example", PasswordHash: hash, PasswordHashOS: system,
	})
	require.NoError(t, err)
	require.Zero(t, made.Password)
	got := panel.Clients()[0]
	require.Equal(t, []string{"", hash.Reveal(), system.Reveal()}, []string{got.Password, got.PasswordHash, got.PasswordHashOS})
	other := provider.NewSecret("$6$another")
	require.NoError(t, client.Clients.Update(t.Context(), made.ID, &keyhelp.ClientUpdateRequest{PasswordHash: &hash, PasswordHashOS: &other}))
	require.Equal(t, other.Reveal(), panel.Clients()[0].PasswordHashOS)
}

// The answer with the password is lost, or it may be about another client: the account is there, nobody
// knows its password, and another one is set.
func TestLostPassword(t *testing.T) {
	for name, fault := range map[string]faults.Fault{
		"lost":             {Kind: faults.Drop, After: true},
		"another client's": {Kind: faults.Status, StatusCode: http.StatusCreated, Body: `{"id": 1, "password": "another's-Passw0rd"}`, After: true},
	} {
		t.Run(name, func(t *testing.T) {
			panel := keyhelptest.NewServer(keyhelptest.InMemory())
			client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), provider.WithHTTPClient(panel.Client()), provider.WithReadLag(0))
			require.NoError(t, err)
			p := keyhelp.NewProvider(client)
			panel.Faults.When(func(r *http.Request) bool {
				return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/clients")
			}, 1, fault)
			order := &provider.CreateRequest{Reference: "order-1042", Username: "example_com", Email: "max@example.com"}
			made, err := p.Create(t.Context(), order)
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeChanged, made.Outcome)
			require.Zero(t, made.Password)
			require.Len(t, panel.Clients(), 1)
			fresh := p.Describe().Password.Generate()
			_, err = p.ChangePassword(t.Context(), strconv.FormatInt(panel.Clients()[0].ID, 10), fresh)
			require.NoError(t, err)
			require.Equal(t, fresh.Reveal(), panel.Clients()[0].Password)
		})
	}
}

// Ensure hands out what Create does, and nothing once the account is there.
func TestEnsureHandsOutThePassword(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.InMemory())
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), provider.WithHTTPClient(panel.Client()))
	require.NoError(t, err)
	want := provider.Desired{Status: provider.StatusActive, Create: &provider.CreateRequest{
		Reference: "order-1042", Username: "example_com", Email: "max@example.com", Domain: "example.com",
	}}
	done, err := provider.Ensure(t.Context(), keyhelp.NewProvider(client), want)
	require.NoError(t, err)
	require.Equal(t, panel.Clients()[0].Password, done.Password.Reveal())
	done, err = provider.Ensure(t.Context(), keyhelp.NewProvider(client), want)
	require.NoError(t, err)
	require.Zero(t, done.Password)
}

// What was made is removed again, and its password is nobody's.
func TestUndoneCreateHasNoPassword(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.InMemory())
	taken := panel.AddClient(keyhelptest.Client{Username: "other", Email: "other@example.com"})
	panel.AddDomain(keyhelptest.Domain{ClientID: taken, Name: "example.com"})
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), provider.WithHTTPClient(panel.Client()))
	require.NoError(t, err)
	made, err := keyhelp.NewProvider(client).Create(t.Context(), &provider.CreateRequest{
		Reference: "order-1042", Username: "example_com", Email: "max@example.com", Domain: "example.com", OnFailure: provider.OnFailureUndo,
	})
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.Zero(t, made.Password)
	require.Len(t, panel.Clients(), 1)
}
