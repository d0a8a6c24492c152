package elizon_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// asOrdered is a service as orderOf orders it.
var asOrdered = elizontest.Service{LocationID: "loc-fra", TemplateID: 101}

// TestNewcomers: an order is sent, its answer is lost, and it is not carried out. What somebody else
// ordered since is the order's only if nothing distinguishes it.
func TestNewcomers(t *testing.T) {
	const (
		taken    = "taken"
		refused  = "a person has to decide"
		anothers = "another's"
	)
	tests := map[string]struct {
		// after is how long after the order the other one was placed; asked is how long after that Create
		// is called again.
		after, asked time.Duration
		service      func(*elizontest.Service)
		subscription func(*elizontest.Subscription)
		handle       func(string) string
		skew         time.Duration
		want         string
	}{
		"the same in everything":     {want: taken},
		"the platform's clock slow":  {skew: -17 * time.Minute, want: taken},
		"the platform's clock fast":  {skew: 17 * time.Minute, want: taken},
		"after a minute":             {after: time.Minute, asked: time.Hour, want: taken},
		"after an hour":              {after: time.Hour, want: refused},
		"after two days":             {after: 48 * time.Hour, want: anothers},
		"a moment before":            {after: -10 * time.Second, want: refused},
		"two days before":            {after: -48 * time.Hour, want: anothers},
		"another operating system":   {service: func(s *elizontest.Service) { s.TemplateID = 102 }, want: anothers},
		"no operating system":        {service: func(s *elizontest.Service) { s.TemplateID = 0 }, want: refused},
		"another location":           {service: func(s *elizontest.Service) { s.LocationID = "loc-vie" }, want: anothers},
		"a location of another name": {service: func(s *elizontest.Service) { s.LocationID = "Frankfurt" }, want: taken},
		"an unknown location":        {service: func(s *elizontest.Service) { s.LocationID = "Rack 7" }, want: refused},
		"another product":            {service: func(s *elizontest.Service) { s.ProductID = "prod-vps-m" }, want: anothers},
		"a name":                     {service: func(s *elizontest.Service) { s.DisplayName = "my shop" }, want: refused},
		"a broken marker":            {service: func(s *elizontest.Service) { s.Name = "x [ref:order-7~aaaaaaaaaaaaaaaa]" }, want: refused},
		"another billing cycle":      {subscription: func(s *elizontest.Subscription) { s.CycleDays = 365 }, want: anothers},
		"another price":              {subscription: func(s *elizontest.Subscription) { s.Monthly += 1_00 }, want: refused},
		"a handle of an earlier version": {
			handle: func(handle string) string { return regexp.MustCompile("&[cdlmo]=[^&]*").ReplaceAllString(handle, "") }, want: refused,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithClock(func() time.Time { return time.Now().Add(test.skew) }))
				opt := provider.WithMarkerKeys(provider.NewSecret("the marker key of this test"))
				lost(srv, false)
				req := orderOf(1)
				made, err := serviceProvider(t, srv, opt).Create(t.Context(), req)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				if req.Handle = made.Handle; test.handle != nil {
					req.Handle = test.handle(made.Handle)
					require.Less(t, len(req.Handle), len(made.Handle))
				}

				service := asOrdered
				if time.Sleep(max(test.after, 0)); test.after < 0 {
					service.CreatedAt = srv.Now().Add(test.after)
				}
				if test.service != nil {
					test.service(&service)
				}
				other := srv.AddService(service)
				if test.subscription != nil {
					srv.UpdateSubscription(other.SubscriptionID, test.subscription)
				}
				before := srv.Truths()
				time.Sleep(test.asked)
				for range 2 {
					made, err = serviceProvider(t, srv, opt).Create(t.Context(), req)
					switch test.want {
					case taken:
						require.NoError(t, err)
						require.Equal(t, other.ID, made.Account.ID)
						require.Equal(t, req.Reference, made.Account.Reference)
						require.Empty(t, srv.Charges())
					case refused:
						require.ErrorIs(t, err, provider.ErrConflict)
						require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
						require.ErrorContains(t, err, other.ID)
						require.Empty(t, srv.Charges())
						require.Equal(t, before, srv.Truths())
						_, err = serviceProvider(t, srv, opt).Poll(t.Context(), req.Handle)
						require.ErrorIs(t, err, provider.ErrConflict)
					default:
						if err != nil {
							require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
							require.NotErrorIs(t, err, provider.ErrConflict)
						}
					}
					time.Sleep(3 * time.Minute)
				}
				if test.want == anothers {
					require.NoError(t, err)
					assert.Len(t, srv.Charges(), 1)
					assert.NotEqual(t, other.ID, made.Account.ID)
					assert.Equal(t, before[0], srv.Truths()[0], "the other one")
				}
			})
		})
	}
}

// TestOldLists: what a list shows without a marker has one by now.
func TestOldLists(t *testing.T) {
	for owner, want := range map[string]error{"order-1": nil, "order-2": provider.ErrOutcomeUnknown} {
		synctest.Test(t, func(t *testing.T) {
			srv := elizontest.NewServer(elizontest.InMemory())
			lost(srv, false)
			req := orderOf(1)
			made, err := serviceProvider(t, srv).Create(t.Context(), req)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			service := asOrdered
			service.Name = "customer1 [ref:" + owner + "]"
			srv.AddService(service)
			lists := func(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.Path == "/api/services" }
			srv.Faults.When(lists, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				_, _ = w.Write(bytes.ReplaceAll(rec.Body.Bytes(), []byte(service.Name), []byte("VPS S 1")))
			}})
			req.Handle = made.Handle
			_, err = serviceProvider(t, srv).Create(t.Context(), req)
			require.ErrorIs(t, err, want)
			require.NotErrorIs(t, err, provider.ErrConflict)
		})
	}
}

// TestBrokenMarkersOfLostOrders: a marker that proves nothing does not hide what may be a lost order.
func TestBrokenMarkersOfLostOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		p := serviceProvider(t, srv, provider.WithMarkerKeys(provider.NewSecret("the marker key of this test")))
		other := srv.AddService(elizontest.Service{Name: "x [ref:order-7]"})
		_, err := p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, other.ID)
		time.Sleep(25 * time.Hour)
		_, err = p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)

		// One that claims to be the order's does not become older.
		_, err = p.Create(t.Context(), orderOf(7))
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, other.ID)
		require.Len(t, srv.Charges(), 1)
	})
}

// TestTwoForOne: of two services with the marker of a reference, none is the reference's.
func TestTwoForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithProvisioning(0))
		p, req := serviceProvider(t, srv), orderOf(1)
		made, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, made.Outcome)
		twin := srv.AddService(elizontest.Service{Name: "twin [ref:order-1]"})
		before := srv.Truths()
		for _, q := range []provider.Query{{Reference: req.Reference}, {Username: req.Username}, {Username: "twin"}} {
			_, err := p.Find(t.Context(), q)
			require.ErrorIs(t, err, provider.ErrConflict)
			require.ErrorContains(t, err, twin.ID)
			require.ErrorContains(t, err, made.Account.ID)
		}
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrConflict)
		for _, status := range []provider.Status{provider.StatusActive, provider.StatusSuspended, provider.StatusAbsent} {
			_, err = provider.Ensure(t.Context(), p, provider.Desired{Status: status, Create: req})
			require.ErrorIs(t, err, provider.ErrConflict, status)
		}
		require.Equal(t, before, srv.Truths())
	})
}

// TestMarkerOfTheShownName: what stands in the other name of a service is the vendor's, or was before it
// was renamed.
func TestMarkerOfTheShownName(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	p := serviceProvider(t, srv)
	for _, test := range []struct {
		service   elizontest.Service
		username  string
		reference string
	}{
		{elizontest.Service{Name: "web1 [ref:order-1]"}, "web1", "order-1"},
		{elizontest.Service{Name: "VPS S 1", DisplayName: "web2 [ref:order-2]"}, "web2", "order-2"},
		{elizontest.Service{Name: "web3 [ref:order-3]", DisplayName: "mine"}, "mine", ""},
		{elizontest.Service{Name: "web4 [ref:order-4]", DisplayName: "web5 [ref:order-5]"}, "web5", "order-5"},
	} {
		account, err := p.Get(t.Context(), srv.AddService(test.service).ID)
		require.NoError(t, err)
		assert.Equal(t, test.username, account.Username)
		assert.Equal(t, test.reference, account.Reference)
	}
}

// TestLongReferences: what cannot be marked is not bought.
func TestLongReferences(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	req := orderOf(1)
	req.Reference, req.Username = "order-1234567890123456789012345678901234567890123456789012345678", "customer-with-a-long-name-01"
	_, err := serviceProvider(t, srv, provider.WithMarkerKeys(provider.NewSecret("the marker key of this test"))).Create(t.Context(), req)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Contains(t, fieldsOf(err), "Reference")
	require.Zero(t, srv.Faults.Count())
	made, err := serviceProvider(t, srv, elizon.WithOrderWindow(time.Hour)).Create(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, req.Reference, made.Account.Reference)
}
