package elizon_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// answers returns the type that each method returns: provider.Payload if the answer is
// undocumented, nil if only success counts.
func answers(client any) map[string]reflect.Type {
	all := make(map[string]reflect.Type)
	var walk func(prefix string, holder reflect.Value)
	walk = func(prefix string, holder reflect.Value) {
		for i := range holder.Elem().NumField() {
			field := holder.Elem().Type().Field(i)
			if !field.IsExported() {
				continue
			}
			service := holder.Elem().Field(i)
			for j := range service.NumMethod() {
				method := service.Type().Method(j)
				var result reflect.Type
				if out := method.Type.Out(0); out != reflect.TypeFor[error]() {
					result = out
				}
				all[prefix+field.Name+"."+method.Name] = result
			}
			walk(prefix+field.Name+".", service)
		}
	}
	walk("", reflect.ValueOf(client))
	return all
}

// Answers that claim success but lack the content are errors, except where the fields are
// undocumented.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	v := vendor(t)
	returns := answers(clientOver(t, v.Tap(v.Good())))
	replies := clienttest.Hostile()
	for name, body := range map[string]string{
		"wrong types":       wrongTypes(`{}`),
		"numbers for all":   wrongTypes(`17`),
		"nulls":             wrongTypes(`null`),
		"lists of nulls":    wrongTypes(`[null]`),
		"lists of numbers":  wrongTypes(`[1]`),
		"lists of objects":  wrongTypes(`[{}]`),
		"success is a text": `{"success":"true","id":"x"}`,
		"status is a text":  `{"status":"404"}`,
	} {
		replies[name] = clienttest.OK(body)
	}
	v.CheckHostile(t, replies, func(u clienttest.Use, name string) clienttest.Verdict {
		browser := returns[u.Op] == reflect.TypeFor[*elizon.OAuthAnswer]()
		undocumented := returns[u.Op] == reflect.TypeFor[provider.Payload]() || u.Op == "Cart.Upgrade" || browser
		onlySuccess := returns[u.Op] == nil
		page := u.Sent.Header.Get("Accept") == "text/html"
		switch name {
		case "HTML":
			if page {
				return clienttest.Takes
			}
		case "empty object", "list of nulls", "list of objects", "success is a text", "status is a text":
			if undocumented && u.Row.Reads || u.Op == "Services.Status" && name == "status is a text" {
				return clienttest.Takes
			}
		case "redirect":
			if browser {
				return clienttest.Takes
			}
		case "wrong types": // with an object where a read shows the service
			if u.Op == "Services.Action" || u.Op == "Services.Reinstall" {
				return clienttest.Fails
			}
			fallthrough
		case "numbers for all", "nulls", "lists of nulls", "lists of numbers", "lists of objects":
			if undocumented || onlySuccess {
				return clienttest.Takes
			}
			return clienttest.Either
		}
		return clienttest.Fails
	})
}

// wrongTypes returns an answer with the same value under every name that answers have.
func wrongTypes(value string) string {
	body := `{"success":true`
	for _, name := range []string{
		"servers", "server", "subscription", "console", "statuses", "usage", "notifications", "allowedBillingCycles", "price", "items", "total", "unavailable",
		"subscriptionIds", "subscriptions", "categories", "category", "product", "locations", "templates", "config", "configs", "coupon", "invoices", "invoice",
		"countries", "data", "apiKeys", "apiKey", "addresses", "address", "maxEur", "allowRegistration", "pagination", "sepaDetails", "id", "nextBillingCycleDays",
		"currentPeriodEnd", "invoiceId", "extensionDays", "user", "sessions", "permissions", "tickets", "ticket", "volumes", "feedback", "articles", "affiliate",
	} {
		body += `,"` + name + `":` + value
	}
	return body + `}`
}

// Every method returns the right error for the platform's error body, and concludes nothing from any
// other, nor from the status alone.
func TestErrorsOfEveryMethod(t *testing.T) {
	t.Parallel()
	const own = `{"success":false,"error":"the server's own text","errorCode":"someCode"}`
	// Running all methods takes time, so TestVerdicts has the other statuses.
	refusals := clienttest.Refusals(map[int]error{400: provider.ErrInvalid, 404: provider.ErrNotFound, 503: provider.ErrUnavailable}, own)
	limited := clienttest.Refusal{Reply: clienttest.Reply{Status: 429, Body: own}, Kind: provider.ErrRateLimited}
	limited.Verdict = func(u clienttest.Use) clienttest.Verdict {
		if slices.Contains(spending, u.Op) {
			return clienttest.Either // see TestSpending
		}
		return clienttest.Fails
	}
	refusals = append(refusals, limited)
	refusals = append(refusals, clienttest.Strangers(clienttest.WebPage, `{"message":"Forbidden"}`)...)
	vendor(t).CheckRefusals(t, refusals, func(_ string, r clienttest.Refusal, err error) {
		if e := clienttest.AsError(t, err); r.Reply.Body == own {
			require.Equal(t, "someCode", e.Code)
			require.Equal(t, "the server's own text", e.Message)
			require.NotNil(t, refusalOf(err))
		}
	})
}

func refusalOf(err error) *elizon.Refusal {
	var refusal *elizon.Refusal
	errors.As(err, &refusal)
	return refusal
}

// The fields of an answer count in the order in which the vendor's own programs read them.
func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		kind   error
		code   string
		says   string
	}{
		{200, `{"success":true}`, nil, "", ""},
		{200, `{"ok":true,"success":false}`, nil, "", ""},
		{200, `{"ok":true,"status":500}`, nil, "", ""},
		{200, `{"success":true,"status":"error"}`, nil, "", ""},
		{200, `{"success":true,"status":200}`, nil, "", ""},
		{200, `{"ok":false,"success":true}`, provider.ErrConflict, "", "without saying why"},
		{200, `{"success":false}`, provider.ErrConflict, "", "without saying why"},
		{200, `{"success":false,"status":404}`, provider.ErrNotFound, "", ""},
		{200, `{"status":403,"message":"no rights"}`, provider.ErrForbidden, "", "no rights"},
		{200, `{"success":true,"status":409}`, provider.ErrConflict, "", ""},
		{200, `{"success":false,"status":500}`, provider.ErrOutcomeUnknown, "", ""},
		{200, `{"success":false,"status":418}`, provider.ErrOutcomeUnknown, "", ""},
		{200, `{"success":false,"error":"x","validationErrors":["a","b"]}`, provider.ErrInvalid, "", "validationErrors[1]: b"},
		{200, `{"success":false,"errorCode":"internalError"}`, provider.ErrOutcomeUnknown, "internalError", "internalError"},
		{400, `{"success":false,"errorCode":"internalServerError","error":"x"}`, provider.ErrOutcomeUnknown, "internalServerError", "x"},
		{200, `{"success":false,"errorCode":"unauthenticated"}`, provider.ErrUnauthorized, "unauthenticated", ""},
		{400, `{"success":false,"errorCode":"apiKeyNotFound"}`, provider.ErrUnauthorized, "apiKeyNotFound", ""},
		{500, `{"success":false,"errorCode":"accessDenied","error":"x"}`, provider.ErrForbidden, "accessDenied", "x"},
		{400, `{"success":false,"errorKey":"serviceNotFound","errorCode":"accessDenied"}`, provider.ErrForbidden, "accessDenied", ""},
		{400, `{"success":false,"errorKey":"serviceNotFound","messageKey":"y","message":"m"}`, provider.ErrNotFound, "serviceNotFound", "m"},
		{400, `{"success":false,"messageKey":"cartEmpty","errorMessage":"em"}`, provider.ErrInvalid, "cartEmpty", "em"},
		{400, `{"success":false,"errorCode":"someNewCode","error":"e","message":"m"}`, provider.ErrInvalid, "someNewCode", "e"},
		{401, `{"success":false,"error":"who"}`, provider.ErrUnauthorized, "", "who"},
		{403, `{"success":false,"error":"no"}`, provider.ErrForbidden, "", "no"},
		{409, `{"success":false,"error":"busy"}`, provider.ErrConflict, "", "busy"},
		{402, `{"success":false,"error":"pay"}`, provider.ErrQuota, "", "pay"},
		{410, `{"success":false,"error":"gone"}`, provider.ErrUnsupported, "", "gone"},
		// These are not the platform's: they lack its code and its word of failure, or contradict it.
		{400, `{"ok":true}`, provider.ErrOutcomeUnknown, "", "not the API's own"},
		{400, `{"success":true}`, provider.ErrOutcomeUnknown, "", "not the API's own"},
		{400, `{"error":{"code":1},"message":["x"],"errorCode":7}`, provider.ErrOutcomeUnknown, "", "not the API's own"},
		{404, `{"error":"not found"}`, provider.ErrOutcomeUnknown, "", "not the API's own"},
		{403, `{"status":403,"message":"Forbidden"}`, provider.ErrOutcomeUnknown, "", "not the API's own"},
		{503, `{"success":false,"error":"later"}`, provider.ErrOutcomeUnknown, "", "later"},
	} {
		c, _ := tapped(t, clienttest.Always(clienttest.Reply{Status: test.status, Body: test.body}))
		_, err := c.Services.Backups.Create(t.Context(), "srv_1", nil)
		if test.kind == nil {
			require.NoError(t, err, test.body)
			continue
		}
		require.ErrorIs(t, err, test.kind, test.body)
		e := clienttest.AsError(t, err)
		require.Equal(t, test.code, e.Code, test.body)
		require.Equal(t, test.status, e.StatusCode)
		require.ErrorContains(t, err, test.says)
		require.Equal(t, errors.Is(test.kind, provider.ErrOutcomeUnknown), e.MaybeExecuted, test.body)
	}
	c, _ := tapped(t, clienttest.Always(clienttest.OK(`{"success":false,"errorCode":"apiKeyNotFound"}`)))
	require.ErrorIs(t, c.APIKeys.Delete(t.Context(), "key_1"), provider.ErrNotFound)
}

// A removal whose answer was lost, and whose retry finds nothing, is done.
func TestLostRemovals(t *testing.T) {
	removals := []string{
		"Services.Delete", "Services.Backups.Delete", "Services.Firewall.Delete", "Balance.DeleteAutoTopUp", "Subdomains.Delete", "APIKeys.Delete", "Addresses.Delete",
	}
	v := vendor(t)
	for _, op := range append(removals, "Services.Settings.Update") {
		tap := v.Tap(clienttest.InTurn(clienttest.Reply{Err: errors.New("connection reset")}, clienttest.Reply{Status: 404, Body: `{"success":false,"error":"nothing here"}`}))
		err := v.Method(t, tap, op, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1})).Run(t).Err
		if slices.Contains(removals, op) {
			require.NoError(t, err, op)
		} else {
			require.ErrorIs(t, err, provider.ErrNotFound, op)
		}
		require.Len(t, tap.Requests(), 2)
		// Something that never existed is not reported as removed.
		tap = v.Tap(clienttest.Always(clienttest.Reply{Status: 404, Body: `{"success":false,"error":"nothing here"}`}))
		require.ErrorIs(t, v.Method(t, tap, op).Run(t).Err, provider.ErrNotFound, op)
	}
}

// spending are the calls that spend or move money.
var spending = []string{
	"Services.Create", "Services.Upgrade", "Services.Subscription.Extend", "Services.Subscription.Reactivate", "Checkout.Order", "Subscriptions.Create",
	"Invoices.Pay", "Balance.CreateAutoTopUp", "Balance.TopUp", "Business.AcceptFund", "Affiliates.ConvertToCredit", "Affiliates.RequestPayout",
	"FloatingIPs.Order",
}

// What spends money is sent once, also if the platform answers that there were too many requests. Any
// other change is sent again then, but not if somebody else said it.
func TestSpending(t *testing.T) {
	v := vendor(t)
	for body, other := range map[string]int{`{"success":false,"error":"Too many requests","retryAfter":0}`: 2, clienttest.WebPage: 1} {
		for op, want := range map[string]int{"Subdomains.Create": other} {
			require.Equal(t, want, sentAgainst429(t, v, op, body))
		}
		for _, op := range spending {
			require.Equal(t, 1, sentAgainst429(t, v, op, body), op)
		}
	}
}

// sentAgainst429 returns how often an operation is sent to a server whose answer is always 429.
func sentAgainst429(t *testing.T, v *clienttest.Vendor, op, body string) int {
	tap := v.Tap(clienttest.Always(clienttest.Reply{Status: http.StatusTooManyRequests, Body: body}))
	err := v.Method(t, tap, op, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1, MaxRetryAfter: time.Minute})).Run(t).Err
	require.ErrorIs(t, err, provider.ErrRateLimited, op)
	require.Equal(t, len(tap.Requests()) == 1, errors.Is(err, provider.ErrOutcomeUnknown), op)
	return len(tap.Requests())
}

// Calls that would create a second object, spend money twice or undo themselves are sent once.
func TestRepeats(t *testing.T) {
	once := []string{
		"Services.Create", "Services.Reinstall", "Services.Upgrade", "Services.ApplyDowngrade", "Services.Backups.Create", "Services.Backups.Restore",
		"Services.Console.Act", "Services.Console.Command", "Services.Console.CommandTo", "Services.Files.Act", "Services.Firewall.Create", "Services.IPs.Cancel",
		"Services.Settings.Act", "Services.SFTP.RotatePassword", "Services.Subscription.Cancel", "Services.Subscription.Extend", "Services.Subscription.Reactivate",
		"Checkout.Order", "Subscriptions.Create", "Invoices.Pay", "Balance.CreateAutoTopUp", "Balance.TopUp", "Subdomains.Create", "APIKeys.Create", "Addresses.Create",
		"Services.Dispatch", "Services.Hosting.RotatePassword", "FloatingIPs.Order", "FloatingIPs.Cancel", "PaymentMethods.Add",
	}
	account := []string{"Auth", "Affiliates", "Business", "Permissions", "Storage", "Tickets", "Feedback", "KnowledgeBase", "User", "IPs", "SSHKeys", "Additional"}
	v := vendor(t)
	for _, u := range v.Uses(t) {
		tap := v.Tap(clienttest.Always(clienttest.Reply{Status: 503}))
		require.Error(t, v.Method(t, tap, u.Op, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1})).Run(t).Err)
		sent := len(tap.Requests())
		switch area, _, _ := strings.Cut(u.Op, "."); {
		case slices.Contains(once, u.Op):
			require.Equal(t, 1, sent, u.Op)
		case !slices.Contains(account, area):
			require.Equal(t, 2, sent, u.Op)
		case u.Row.Reads:
			require.Equal(t, 2, sent, u.Op)
		}
	}
	// Unlike start and stop, restart and reset are sent once.
	for action, want := range map[elizon.ServiceAction]int{
		elizon.ActionStart: 2, elizon.ActionStop: 2, elizon.ActionSuspend: 2, elizon.ActionResume: 2, elizon.ActionTerminate: 2,
		elizon.ActionRestart: 1, elizon.ActionReset: 1, "defragment": 1,
	} {
		c, tap := tapped(t, clienttest.Always(clienttest.Reply{Status: 503}), provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
		_, err := c.Services.LegacyAction(t.Context(), "srv_1", action)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.Len(t, tap.Requests(), want, action)
		tap.Forget()
		_, err = c.Services.Dispatch(t.Context(), "srv_1", string(action), nil)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.Len(t, tap.Requests(), want, action)
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	vendor(t).CheckTexts(t, func(text string) clienttest.Reply {
		quoted := clienttest.Quoted(text)
		return clienttest.Reply{Status: 422, Body: `{"success":false,"error":` + quoted + `,"errorCode":` + quoted + `,"validationErrors":[` + quoted + `]}`}
	})
}
