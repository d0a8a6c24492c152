package elizon_test

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// The account's services refuse bad values, not only missing ones, before anything is sent.
func TestBadInputOfAccount(t *testing.T) {
	type call = func(ctx context.Context, c *client) error
	register := func(password provider.Secret) call {
		return func(ctx context.Context, c *client) error {
			_, err := c.Auth.Register(ctx, &elizon.AuthRegisterRequest{
				Email: "a@b.example", Password: password, FirstName: "A", LastName: "B", Locale: "en", AccountType: elizon.AccountPrivate,
				Country: "DE", Street: "x", City: "x", ZIP: "1",
			})
			return err
		}
	}
	payout := func(req elizon.PayoutMethodSetRequest) call {
		return func(ctx context.Context, c *client) error {
			return c.Affiliates.SetPayoutMethod(ctx, &req)
		}
	}
	fund := func(req elizon.FundRequest) call {
		return func(ctx context.Context, c *client) error { _, err := c.Business.RequestFund(ctx, &req); return err }
	}
	anchor := func(day int64) call {
		return func(ctx context.Context, c *client) error {
			return c.Business.SetBilling(ctx, &elizon.BusinessBillingSetRequest{AnchorDay: day})
		}
	}
	feedback := func(req elizon.FeedbackCreateRequest) call {
		return func(ctx context.Context, c *client) error { return c.Feedback.Create(ctx, &req) }
	}
	submit := func(files ...elizon.Upload) call {
		return func(ctx context.Context, c *client) error {
			return c.Business.SubmitVerification(ctx, nil, files...)
		}
	}
	for name, test := range map[string]struct {
		fields string
		call   call
	}{
		"register": {"Email Password FirstName LastName Locale AccountType Country Street City ZIP", func(ctx context.Context, c *client) error {
			_, err := c.Auth.Register(ctx, &elizon.AuthRegisterRequest{})
			return err
		}},
		"short password": {"Password", register(provider.NewSecret("Abcde1x"))},
		"no upper case":  {"Password", register(provider.NewSecret("abcdefg1"))},
		"no lower case":  {"Password", register(provider.NewSecret("ABCDEFG1"))},
		"no digit":       {"Password", register(provider.NewSecret("Abcdefgh"))},
		"login": {"Email Password", func(ctx context.Context, c *client) error {
			_, err := c.Auth.Login(ctx, &elizon.AuthLoginRequest{})
			return err
		}},
		"no request": {"request", func(ctx context.Context, c *client) error { _, err := c.Auth.Login(ctx, nil); return err }},
		"profile": {"request", func(ctx context.Context, c *client) error {
			_, err := c.Auth.UpdateMe(ctx, &elizon.ProfileUpdateRequest{})
			return err
		}},
		"profile in part": {"fields", func(ctx context.Context, c *client) error { _, err := c.Auth.PatchMe(ctx, nil); return err }},
		"reset": {"Token Password", func(ctx context.Context, c *client) error {
			_, err := c.Auth.ResetPassword(ctx, provider.Secret{}, provider.Secret{})
			return err
		}},
		"callback":       {"provider args", func(ctx context.Context, c *client) error { _, err := c.Auth.OAuth.Callback(ctx, "", nil); return err }},
		"payout":         {"Type", payout(elizon.PayoutMethodSetRequest{})},
		"payout, PayPal": {"PayPalEmail", payout(elizon.PayoutMethodSetRequest{Type: elizon.PayoutPayPal})},
		"payout, SEPA":   {"IBAN BIC AccountHolder", payout(elizon.PayoutMethodSetRequest{Type: elizon.PayoutSEPA})},
		"commissions": {"PerPage", func(ctx context.Context, c *client) error {
			for _, err := range c.Affiliates.Commissions(ctx, -1) {
				return err
			}
			return nil
		}},
		"no anchor day":         {"AnchorDay", anchor(0)},
		"anchor day 32":         {"AnchorDay", anchor(32)},
		"anchor day below 0":    {"AnchorDay", anchor(-1)},
		"fund":                  {"Amount BindingMonths", fund(elizon.FundRequest{})},
		"fund of nothing":       {"Amount", fund(elizon.FundRequest{Amount: "0.00", BindingMonths: 12})},
		"fund of no amount":     {"Amount", fund(elizon.FundRequest{Amount: "12,50", BindingMonths: 12})},
		"fund below zero":       {"Amount BindingMonths", fund(elizon.FundRequest{Amount: "-1", BindingMonths: -1})},
		"no files":              {"files", submit()},
		"file without a name":   {"Name Body", submit(elizon.Upload{})},
		"file of no type":       {"ContentType", submit(elizon.Upload{Name: "x", ContentType: "///", Body: strings.NewReader("")})},
		"grants of no resource": {"query", func(ctx context.Context, c *client) error { _, err := c.Permissions.Remove(ctx, nil, nil); return err }},
		"grant of nothing": {"Permissions", func(ctx context.Context, c *client) error {
			_, err := c.Permissions.Grant(ctx, &elizon.PermissionGrantRequest{ResourceType: "service", ResourceID: "1", Email: "a@b.example", Permissions: []elizon.Permission{"view", " "}})
			return err
		}},
		"change to nothing": {"permissions", func(ctx context.Context, c *client) error { _, err := c.Permissions.Update(ctx, "1", nil); return err }},
		"accept":            {"permissionID", func(ctx context.Context, c *client) error { return c.Permissions.Accept(ctx, "a b") }},
		"attach": {"ServerID", func(ctx context.Context, c *client) error {
			return c.Storage.Update(ctx, "1", &elizon.VolumeUpdateRequest{Action: elizon.VolumeAttach})
		}},
		"volume": {"request", func(ctx context.Context, c *client) error {
			return c.Storage.Update(ctx, "1", &elizon.VolumeUpdateRequest{})
		}},
		"ticket": {"Subject Message ShareWithUserIDs", func(ctx context.Context, c *client) error {
			_, err := c.Tickets.Create(ctx, &elizon.TicketCreateRequest{ShareWithUserIDs: []string{""}})
			return err
		}},
		"export":              {"id w limit", func(ctx context.Context, c *client) error { _, err := c.Tickets.Export(ctx, "", nil, -1); return err }},
		"rating 0":            {"Rating", feedback(elizon.FeedbackCreateRequest{Category: "bug", TicketID: "1"})},
		"rating 6":            {"Rating", feedback(elizon.FeedbackCreateRequest{Category: "bug", Rating: 6, TicketID: "1"})},
		"feedback about two":  {"TicketID", feedback(elizon.FeedbackCreateRequest{Category: "bug", Rating: 1, TicketID: "1", ServiceID: "1"})},
		"feedback about none": {"TicketID", feedback(elizon.FeedbackCreateRequest{Category: "bug", Rating: 1})},
		"deletion by accident": {"Irrevocable", func(ctx context.Context, c *client) error {
			return c.User.DeleteAccountForGood(ctx, &elizon.AccountDeleteRequest{Password: provider.NewSecret("x")})
		}},
		"deletion, no proof": {"Password Irrevocable", func(ctx context.Context, c *client) error {
			return c.User.DeleteAccountForGood(ctx, &elizon.AccountDeleteRequest{})
		}},
		"private key": {"PublicKey", func(ctx context.Context, c *client) error {
			return c.SSHKeys.Create(ctx, &elizon.SSHKeyCreateRequest{Name: "x", PublicKey: "-----BEGIN OPENSSH PRIVATE KEY-----"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success": true}`)))
			vendor(t).Refused(t, tap, test.call(t.Context(), c), strings.Fields(test.fields)...)
		})
	}
}

// Every method of the account's services refuses wrong arguments.
func TestBadArgumentsOfAccount(t *testing.T) {
	areas := []string{
		"Auth", "Affiliates", "Business", "Permissions", "Storage", "Tickets", "Feedback", "KnowledgeBase", "User", "IPs", "SSHKeys", "Additional",
	}
	optional := moreOptional()
	count := vendor(t).CheckArguments(t, func(m clienttest.Method, place int, want reflect.Type) []any {
		area, _, _ := strings.Cut(m.Op, ".")
		switch {
		case !slices.Contains(areas, area):
			return nil
		case want.Kind() == reflect.Int64: // a size or a limit: 0 is the default
			return []any{int64(-1)}
		case slices.Contains(optional, fmt.Sprintf("%s %d", m.Op, place)):
			return nil
		case want == reflect.TypeFor[provider.Secret]():
			return []any{provider.Secret{}, provider.NewSecret(" ")}
		case want.Kind() == reflect.String:
			return []any{reflect.Zero(want).Interface(), reflect.ValueOf(" ").Convert(want).Interface()}
		}
		return []any{nil}
	})
	t.Logf("%d wrong arguments refused", count)
	require.Greater(t, count, 120)
}

// Calls that end more than one thing differ on the wire as clearly as in their names.
func TestDangerousCalls(t *testing.T) {
	c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success": true, "warnings": []}`)))
	warnings, err := c.User.DeletionWarnings(t.Context())
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.NoError(t, c.Auth.Logout(t.Context()))
	require.NoError(t, c.Auth.Sessions.Revoke(t.Context(), "ses_1"))
	require.Equal(t, []string{"DELETE /api/user/gdpr-export", "POST /api/auth/logout", "DELETE /api/auth/sessions"}, tap.Lines())
	dry := tap.Requests()[0]
	require.Empty(t, dry.Query)
	require.Empty(t, dry.Body)

	// A deletion whose answer was lost is not sent again.
	c, tap = tapped(t, clienttest.Always(clienttest.Reply{Status: 503}), provider.WithRetry(provider.Retry{Attempts: 3, MinWait: 1, MaxWait: 1}))
	err = c.User.DeleteAccountForGood(t.Context(), &elizon.AccountDeleteRequest{Password: provider.NewSecret("placeholder"), Irrevocable: true})
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Len(t, tap.Requests(), 1)
	require.Equal(t, url.Values{"confirm": {"true"}}, tap.Requests()[0].Query)
}

// The platform asks for the second factor in a success or an error; nothing else is taken for that.
func TestLoginAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		reply clienttest.Reply
		asks  bool
		kind  error
	}{
		"success":             {clienttest.OK(`{"success": true, "requiresTwoFactor": true}`), true, nil},
		"failure in success":  {clienttest.OK(`{"success": false, "error": "code", "requiresTwoFactor": true}`), true, nil},
		"error":               {clienttest.Reply{Status: 403, Body: `{"success": false, "requiresTwoFactor": true}`}, true, nil},
		"bare error":          {clienttest.Reply{Status: 401, Body: `{"requiresTwoFactor": true}`}, false, provider.ErrProtocol},
		"not asked":           {clienttest.Reply{Status: 401, Body: `{"success": false, "error": "x", "requiresTwoFactor": false}`}, false, provider.ErrUnauthorized},
		"out of order":        {clienttest.Reply{Status: 500, Body: `{"success": false, "error": "x", "requiresTwoFactor": true}`}, false, provider.ErrOutcomeUnknown},
		"text":                {clienttest.Reply{Status: 401, Body: `requiresTwoFactor`}, false, provider.ErrProtocol},
		"nothing":             {clienttest.OK(`{"success": true}`), false, provider.ErrProtocol},
		"session without one": {clienttest.OK(`{"success": true, "token": ""}`), false, provider.ErrProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			c, tap := tapped(t, clienttest.Always(test.reply))
			login, err := c.Auth.Login(t.Context(), &elizon.AuthLoginRequest{Email: "a@b.example", Password: provider.NewSecret("placeholder")})
			require.Len(t, tap.Requests(), 1)
			if test.kind != nil {
				require.ErrorIs(t, err, test.kind)
				require.Nil(t, login)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.asks, login.RequiresTwoFactor)
			require.Empty(t, login.Token)
		})
	}
}

// If every expected field may be null, an object without any of them is still not an answer.
func TestAnswersOfNothing(t *testing.T) {
	c, _ := tapped(t, clienttest.Always(clienttest.OK(`{"success": true}`)))
	for name, call := range map[string]func(ctx context.Context) error{
		"fund":         func(ctx context.Context) error { _, err := c.Business.Fund(ctx); return err },
		"billing":      func(ctx context.Context) error { _, err := c.Business.Billing(ctx); return err },
		"verification": func(ctx context.Context) error { _, err := c.Business.Verification(ctx); return err },
		"eligibility":  func(ctx context.Context) error { _, err := c.Business.Eligibility(ctx); return err },
		"tax":          func(ctx context.Context) error { _, err := c.Affiliates.TaxInfo(ctx); return err },
		"PIN":          func(ctx context.Context) error { _, err := c.User.SupportPIN(ctx); return err },
		"new PIN":      func(ctx context.Context) error { _, err := c.User.NewSupportPIN(ctx); return err },
		"warnings":     func(ctx context.Context) error { _, err := c.User.DeletionWarnings(ctx); return err },
		"figures":      func(ctx context.Context) error { _, err := c.Tickets.Stats(ctx); return err },
		"backup codes": func(ctx context.Context) error {
			_, err := c.Auth.TwoFactor.Enable(ctx, provider.NewSecret("placeholder"))
			return err
		},
	} {
		require.ErrorIs(t, call(t.Context()), provider.ErrProtocol, name)
	}
}

// Redirects of the login through other providers are returned, not followed.
func TestOAuthRedirects(t *testing.T) {
	redirect := clienttest.Reply{Status: 302, Header: map[string][]string{"Location": {serverURL + "/api/ping"}}}
	c, tap := tapped(t, clienttest.Always(redirect))
	got, err := c.Auth.OAuth.Start(t.Context(), "a/b")
	require.NoError(t, err)
	require.Equal(t, provider.NewSecret(serverURL+"/api/ping"), got.Location)
	require.Equal(t, []string{"GET /api/auth/oauth/a%2Fb"}, tap.Lines())
	c, _ = tapped(t, clienttest.Always(clienttest.Reply{Status: 302}))
	_, err = c.Auth.OAuth.Start(t.Context(), "example")
	require.ErrorIs(t, err, provider.ErrProtocol)
	_, err = c.Auth.OAuth.Callback(t.Context(), "example", url.Values{"code": {"placeholder"}})
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
}

// Secrets in free maps and queries are protected like all others.
func TestSecretsOfFreeFields(t *testing.T) {
	c, _ := tapped(t, func(_ context.Context, r clienttest.Request) clienttest.Reply {
		return clienttest.Reply{Status: 400, Body: clienttest.JSON(map[string]any{"success": false, "error": "wrong: " + clienttest.Said(r)})}
	})
	fields := map[string]any{"anything": provider.NewSecret(canarySecret)}
	for name, call := range map[string]func(ctx context.Context) error{
		"fields": func(ctx context.Context) error { _, err := c.User.ChangeEmail(ctx, fields); return err },
		"extra": func(ctx context.Context) error {
			_, err := c.Auth.Activate(ctx, provider.NewSecret("placeholder"), fields)
			return err
		},
		"query": func(ctx context.Context) error {
			_, err := c.Auth.CheckResetToken(ctx, provider.NewSecret(canarySecret))
			return err
		},
		"callback": func(ctx context.Context) error {
			_, err := c.Auth.OAuth.Callback(ctx, "x", url.Values{"state": {canarySecret}})
			return err
		},
		"IBAN": func(ctx context.Context) error {
			return c.Affiliates.SetPayoutMethod(ctx, &elizon.PayoutMethodSetRequest{Type: elizon.PayoutSEPA, IBAN: canarySecret, BIC: "x", AccountHolder: "x"})
		},
	} {
		err := call(t.Context())
		require.ErrorIs(t, err, provider.ErrInvalid, name)
		require.ErrorContains(t, err, "wrong: ", name)
		for _, spelling := range clienttest.Spellings(canarySecret) {
			require.NotContains(t, err.Error(), spelling, name)
		}
	}
	require.Equal(t, map[string]any{"anything": provider.NewSecret(canarySecret)}, fields, "the caller's map was changed")
}

// A file is sent once, however the server answers.
func TestUploadsAreSentOnce(t *testing.T) {
	c, tap := tapped(t, clienttest.Always(clienttest.Reply{Status: 503}), provider.WithRetry(provider.Retry{Attempts: 3, MinWait: 1, MaxWait: 1}))
	_, err := c.Storage.Upload(t.Context(), nil, elizon.Upload{Name: "x", Body: io.LimitReader(strings.NewReader("file"), 4)})
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Len(t, tap.Requests(), 1)
	require.True(t, strings.HasPrefix(tap.Requests()[0].Header.Get("Content-Type"), "multipart/form-data; boundary="))
}

// A removal whose answer was lost, and whose retry finds nothing, is done.
func TestLostRemovalsOfAccount(t *testing.T) {
	notFound := clienttest.Reply{Status: 404, Body: `{"success": false, "error": "nothing here"}`}
	for name, call := range map[string]func(ctx context.Context, c *client) error{
		"session":    func(ctx context.Context, c *client) error { return c.Auth.Sessions.Revoke(ctx, "1") },
		"passkey":    func(ctx context.Context, c *client) error { return c.Auth.Passkeys.Delete(ctx, "1") },
		"provider":   func(ctx context.Context, c *client) error { return c.Auth.OAuth.Unlink(ctx, "1") },
		"billing":    func(ctx context.Context, c *client) error { return c.Business.RemoveBilling(ctx) },
		"permission": func(ctx context.Context, c *client) error { return c.Permissions.Revoke(ctx, "1") },
		"volume":     func(ctx context.Context, c *client) error { _, err := c.Storage.Delete(ctx, "1"); return err },
		"SSH key":    func(ctx context.Context, c *client) error { return c.SSHKeys.Delete(ctx, "1") },
	} {
		c, _ := tapped(t, clienttest.InTurn(clienttest.Reply{Status: 502}, notFound), provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
		require.NoError(t, call(t.Context(), c), name)
		c, _ = tapped(t, clienttest.Always(notFound))
		require.ErrorIs(t, call(t.Context(), c), provider.ErrNotFound, name)
	}
}

// Both kinds of pages are read to their end.
func TestPagesOfAccount(t *testing.T) {
	c, tap := tapped(t, func(_ context.Context, r clienttest.Request) clienttest.Reply {
		return clienttest.OK(map[string]string{
			"page=1&status=open": `{"success": true, "tickets": [{"id": "1"}, {"id": "2"}], "pagination": {"page": 1, "pages": 2}}`,
			"page=2&status=open": `{"success": true, "tickets": [{"id": "3"}], "pagination": {"page": 2, "pages": 2}}`,
			"offset=0":           `{"success": true, "requests": [{"id": "1"}, {"id": "2"}], "total": 3}`,
			"offset=2":           `{"success": true, "requests": [{"id": "3"}], "total": 3}`,
		}[r.Query.Encode()])
	})
	var ids []string
	for ticket, err := range c.Tickets.List(t.Context(), &elizon.TicketListOptions{Status: elizon.TicketOpen}) {
		require.NoError(t, err)
		ids = append(ids, ticket.ID)
	}
	for payout, err := range c.Affiliates.PayoutRequests(t.Context(), 0) {
		require.NoError(t, err)
		ids = append(ids, payout.ID)
	}
	require.Equal(t, []string{"1", "2", "3", "1", "2", "3"}, ids)
	require.Len(t, tap.Requests(), 4)
}
