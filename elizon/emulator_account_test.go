package elizon_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

// accountAt returns an emulated account, and a client of it with key and session.
func accountAt(t *testing.T) (*elizontest.Server, *elizon.Client) {
	t.Helper()
	srv := elizontest.NewServer(elizontest.InMemory())
	t.Cleanup(srv.Close)
	c, err := elizon.New(srv.URL, provider.NewSecret(srv.Key), elizon.WithSessionToken(provider.NewSecret(srv.SessionToken)),
		provider.WithHTTPClient(srv.Client()), provider.WithRetry(provider.Retry{Attempts: 1}))
	require.NoError(t, err)
	return srv, c
}

// The token of a login reaches endpoints that need a session, until all sessions are ended.
func TestSignInToEmulator(t *testing.T) {
	srv, owner := accountAt(t)
	guest, err := elizon.New(srv.URL, provider.Secret{}, elizon.WithoutKey(), provider.WithHTTPClient(srv.Client()), provider.WithRetry(provider.Retry{Attempts: 1}))
	require.NoError(t, err)
	request := &elizon.AuthLoginRequest{Email: srv.Email, Password: provider.NewSecret(srv.Password)}
	_, err = guest.Auth.Login(t.Context(), &elizon.AuthLoginRequest{Email: srv.Email, Password: provider.NewSecret("placeholder")})
	require.ErrorIs(t, err, provider.ErrUnauthorized)
	first, err := guest.Auth.Login(t.Context(), request)
	require.NoError(t, err)
	require.NotEmpty(t, first.Token)

	setup, err := owner.Auth.TwoFactor.Setup(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, setup.Secret)
	codes, err := owner.Auth.TwoFactor.Enable(t.Context(), provider.NewSecret(srv.Code))
	require.NoError(t, err)
	require.NotEmpty(t, codes)
	asked, err := guest.Auth.Login(t.Context(), request)
	require.NoError(t, err)
	require.True(t, asked.RequiresTwoFactor)
	require.Empty(t, asked.Token)
	request.TwoFactorCode = provider.NewSecret(srv.Code)
	second, err := guest.Auth.Login(t.Context(), request)
	require.NoError(t, err)

	member, err := elizon.New(srv.URL, provider.Secret{}, elizon.WithSessionToken(second.Token), provider.WithHTTPClient(srv.Client()), provider.WithRetry(provider.Retry{Attempts: 1}))
	require.NoError(t, err)
	me, err := member.Auth.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, srv.Email, me.Email)
	require.True(t, me.TwoFactorEnabled)
	var sessions, current []string
	for session, err := range member.Auth.Sessions.List(t.Context()) {
		require.NoError(t, err)
		sessions = append(sessions, session.ID)
		if session.Current {
			current = append(current, session.ID)
		}
	}
	require.Len(t, sessions, 3)
	require.Len(t, current, 1)
	require.NoError(t, member.Auth.EndEverySession(t.Context()))
	for _, c := range []*elizon.Client{member, owner} {
		_, err = c.Auth.Me(t.Context())
		require.ErrorIs(t, err, provider.ErrUnauthorized)
	}
}

func TestSupportOfEmulator(t *testing.T) {
	_, c := accountAt(t)
	ctx := t.Context()
	opened, err := c.Tickets.Create(ctx, &elizon.TicketCreateRequest{Subject: "Help", Message: "It is down."})
	require.NoError(t, err)
	require.NoError(t, c.Tickets.Reply(ctx, opened.ID, "It is up again."))
	_, err = c.Tickets.SetStatus(ctx, opened.ID, elizon.TicketClosed)
	require.NoError(t, err)
	ticket, err := c.Tickets.Get(ctx, opened.ID)
	require.NoError(t, err)
	require.Equal(t, elizon.TicketClosed, ticket.Status)
	require.Len(t, ticket.Messages, 2)
	require.Equal(t, "It is up again.", ticket.Messages[1].Content)
	var page bytes.Buffer
	file, err := c.Tickets.Export(ctx, opened.ID, &page, 0)
	require.NoError(t, err)
	require.Equal(t, int64(page.Len()), file.Bytes)
	require.Contains(t, page.String(), "It is down.")
	listed := 0
	for ticket, err := range c.Tickets.List(ctx, &elizon.TicketListOptions{Status: elizon.TicketClosed, PerPage: 1}) {
		require.NoError(t, err)
		require.Equal(t, elizon.TicketClosed, ticket.Status)
		listed++
	}
	require.Equal(t, 1, listed)
	require.NoError(t, c.Feedback.Create(ctx, &elizon.FeedbackCreateRequest{Category: "experience", Rating: 5, TicketID: opened.ID}))
	for entry, err := range c.Feedback.List(ctx, nil) {
		require.NoError(t, err)
		require.Equal(t, opened.ID, entry.TicketID)
		require.Equal(t, int64(5), entry.Rating)
	}
}

func TestBusinessOfEmulator(t *testing.T) {
	srv, c := accountAt(t)
	ctx := t.Context()
	for _, c := range []func() (bool, error){
		func() (bool, error) {
			f, err := c.Business.Fund(ctx)
			return f.Contract == nil && f.PendingOffer == nil, err
		},
		func() (bool, error) { b, err := c.Business.Billing(ctx); return b == nil, err },
	} {
		none, err := c()
		require.NoError(t, err)
		require.True(t, none)
	}
	require.NoError(t, c.Business.SubmitVerification(ctx, nil, elizon.Upload{Name: "register.pdf", ContentType: "application/pdf", Body: bytes.NewReader([]byte("%PDF-1.7"))}))
	srv.VerifyBusiness(true)
	verification, err := c.Business.Verification(ctx)
	require.NoError(t, err)
	require.Equal(t, elizon.VerificationVerified, verification.Status)
	_, err = c.Business.RequestFund(ctx, &elizon.FundRequest{Amount: "50", BindingMonths: 12})
	require.NoError(t, err)
	offer := srv.OfferFund()
	_, err = c.Business.AcceptFund(ctx, offer, "guthaben")
	require.NoError(t, err)
	fund, err := c.Business.Fund(ctx)
	require.NoError(t, err)
	require.Nil(t, fund.PendingOffer)
	require.Zero(t, fund.Contract.CommitmentAmount.Cmp("50"))
	require.Equal(t, int64(12), fund.Contract.BindingMonths)
}

// SSH keys are added and removed. The account survives all questions about its deletion.
func TestKeysAndDeletionOfEmulator(t *testing.T) {
	_, c := accountAt(t)
	ctx := t.Context()
	pair, err := c.SSHKeys.Generate(ctx, &elizon.SSHKeyGenerateRequest{Name: "new", KeyType: elizon.SSHKeyEd25519})
	require.NoError(t, err)
	require.NotEmpty(t, pair.PrivateKey)
	require.NoError(t, c.SSHKeys.Create(ctx, &elizon.SSHKeyCreateRequest{Name: "laptop", PublicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUta2V5LWZvci10ZXN0cy0wMDAwMDAwMDAw ada"}))
	stored, err := c.SSHKeys.List(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, stored.Keys)
	require.Equal(t, int64(len(stored.Keys)), stored.Used)
	for _, key := range stored.Keys {
		require.NoError(t, c.SSHKeys.Delete(ctx, key.ID))
	}
	stored, err = c.SSHKeys.List(ctx)
	require.NoError(t, err)
	require.Empty(t, stored.Keys)
	warnings, err := c.User.DeletionWarnings(ctx)
	require.NoError(t, err)
	require.NotNil(t, warnings)
	_, err = c.Auth.Me(ctx) // the account is still there
	require.NoError(t, err)
	require.Error(t, c.User.DeleteAccountForGood(ctx, &elizon.AccountDeleteRequest{Password: provider.NewSecret("placeholder"), Irrevocable: true}))
	_, err = c.Auth.Me(ctx)
	require.NoError(t, err)
}
