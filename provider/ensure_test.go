package provider_test

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

func order() *provider.CreateRequest {
	return &provider.CreateRequest{
		Reference: "order-1", Username: "example_com", Password: provider.NewSecret("pass-word-1"), Email: "max@example.com", Domain: "example.com", Plan: "small",
	}
}

var refused = faults.Fault{Kind: faults.Status, StatusCode: http.StatusUnprocessableEntity, Body: `{"problem":"no"}`}

// starts are the states from which Ensure begins.
var starts = map[string]func(t *testing.T, m *providertest.Memory){
	"missing": func(*testing.T, *providertest.Memory) {},
	"active": func(t *testing.T, m *providertest.Memory) {
		_, err := m.Create(t.Context(), order())
		require.NoError(t, err)
	},
	"suspended": func(t *testing.T, m *providertest.Memory) {
		made, err := m.Create(t.Context(), order())
		require.NoError(t, err)
		_, err = m.Suspend(t.Context(), made.Account.ID)
		require.NoError(t, err)
	},
	"half made": func(t *testing.T, m *providertest.Memory) {
		m.Faults().At(2, refused) // the domain
		_, err := m.Create(t.Context(), order())
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.False(t, m.Accounts()[0].Complete)
	},
	"foreign": func(_ *testing.T, m *providertest.Memory) { m.AddForeign("example_com") },
	"another order": func(t *testing.T, m *providertest.Memory) {
		req := order()
		req.Reference = "order-2"
		_, err := m.Create(t.Context(), req)
		require.NoError(t, err)
	},
}

func changes(c *provider.EnsureResult) string {
	var all []string
	for _, change := range c.Changes {
		all = append(all, change.String())
	}
	return strings.Join(all, ", ")
}

func TestEnsure(t *testing.T) {
	const (
		create    = "create: absent -> active"
		complete  = "create: incomplete -> active"
		suspend   = "suspend: active -> suspended"
		unsuspend = "unsuspend: suspended -> active"
		move      = "change plan: small -> large"
		remove    = "terminate: active -> absent"
	)
	for _, tc := range []struct {
		from  string
		want  provider.Desired
		does  string
		dry   string // what a dry run says, if something else
		fails error
	}{
		{from: "missing", want: provider.Desired{Status: provider.StatusActive}, does: create},
		{from: "missing", want: provider.Desired{Status: provider.StatusActive, Plan: "large"}, does: create + ", " + move, dry: create},
		{from: "missing", want: provider.Desired{Status: provider.StatusSuspended}, does: create + ", " + suspend},
		{from: "missing", want: provider.Desired{Status: provider.StatusAbsent}},
		{from: "active", want: provider.Desired{Status: provider.StatusActive}},
		{from: "active", want: provider.Desired{Status: provider.StatusActive, Plan: "large"}, does: move},
		{from: "active", want: provider.Desired{Status: provider.StatusActive, Plan: "small"}},
		{from: "active", want: provider.Desired{Status: provider.StatusSuspended}, does: suspend},
		{from: "active", want: provider.Desired{Status: provider.StatusSuspended, Plan: "large"}, does: move + ", " + suspend},
		{from: "active", want: provider.Desired{Status: provider.StatusAbsent}, does: remove},
		{from: "suspended", want: provider.Desired{Status: provider.StatusActive}, does: unsuspend},
		{from: "suspended", want: provider.Desired{Status: provider.StatusSuspended}},
		{from: "suspended", want: provider.Desired{Status: provider.StatusAbsent}, does: "terminate: suspended -> absent"},
		{from: "half made", want: provider.Desired{Status: provider.StatusActive}, does: complete, dry: "-"},
		{from: "half made", want: provider.Desired{Status: provider.StatusSuspended}, does: complete + ", " + suspend, dry: suspend},
		{from: "half made", want: provider.Desired{Status: provider.StatusAbsent}, does: remove},
		{from: "foreign", want: provider.Desired{Status: provider.StatusActive}, fails: provider.ErrAlreadyExists},
		{from: "foreign", want: provider.Desired{Status: provider.StatusSuspended}, fails: provider.ErrAlreadyExists},
		{from: "foreign", want: provider.Desired{Status: provider.StatusAbsent}, fails: provider.ErrAlreadyExists},
		{from: "another order", want: provider.Desired{Status: provider.StatusActive}, fails: provider.ErrAlreadyExists},
		{from: "another order", want: provider.Desired{Status: provider.StatusAbsent}, fails: provider.ErrAlreadyExists},
	} {
		t.Run(tc.from+" to "+string(tc.want.Status)+" "+tc.want.Plan, func(t *testing.T) {
			m := providertest.NewMemory(nil)
			starts[tc.from](t, m)
			before := m.Accounts()
			want := tc.want
			want.Create = order()

			want.DryRun = true
			c, err := provider.Ensure(t.Context(), m, want)
			require.Equal(t, before, m.Accounts(), "a dry run changes nothing")
			if tc.fails != nil {
				require.ErrorIs(t, err, tc.fails)
				require.NotNil(t, c.Account, "the account in the way is shown")
				require.Empty(t, c.Changes)
				want.DryRun = false
				_, err = provider.Ensure(t.Context(), m, want)
				require.ErrorIs(t, err, tc.fails)
				require.Equal(t, before, m.Accounts())
				return
			}
			require.NoError(t, err)
			dry := tc.does
			if tc.dry != "" {
				dry = strings.Trim(tc.dry, "-")
			}
			require.Equal(t, dry, changes(c))
			require.Equal(t, provider.OutcomeAlready, c.Outcome(), "nothing was done")

			want.DryRun = false
			c, err = provider.Ensure(t.Context(), m, want)
			require.NoError(t, err)
			require.Equal(t, tc.does, changes(c))
			if tc.does != "" {
				require.Equal(t, provider.OutcomeChanged, c.Outcome())
			}
			requireState(t, m, c, want)

			c, err = provider.Ensure(t.Context(), m.Reopen(), want)
			require.NoError(t, err)
			require.Empty(t, c.Changes, "once is enough")
			require.Equal(t, provider.OutcomeAlready, c.Outcome())
			requireState(t, m, c, want)
		})
	}
}

func requireState(t *testing.T, m *providertest.Memory, c *provider.EnsureResult, want provider.Desired) {
	t.Helper()
	if want.Status == provider.StatusAbsent {
		require.Empty(t, m.Accounts())
		require.Nil(t, c.Account)
		return
	}
	require.Len(t, m.Accounts(), 1)
	a := m.Accounts()[0]
	require.True(t, a.Complete)
	require.Equal(t, want.Status == provider.StatusSuspended, a.Suspended)
	require.Equal(t, string(want.Status), string(c.Account.Status))
	require.Equal(t, a.Plan, c.Account.Plan)
	if want.Plan != "" {
		require.Equal(t, want.Plan, a.Plan)
	}
}

func TestEnsureByID(t *testing.T) {
	m := providertest.NewMemory(nil)
	id := m.AddForeign(order().Username)
	c, err := provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusSuspended, ID: id, Plan: "large"})
	require.NoError(t, err, "without a reference any account may be meant")
	require.Equal(t, "change plan: small -> large, suspend: active -> suspended", changes(c))

	// A restored panel gave the ID to another customer.
	stranger := m.AddForeign("somebody")
	for _, status := range []provider.Status{provider.StatusActive, provider.StatusSuspended, provider.StatusAbsent} {
		_, err = provider.Ensure(t.Context(), m, provider.Desired{Status: status, ID: stranger, Create: order()})
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, `is called "somebody", not "`+order().Username+`"`)
	}
	_, err = m.Terminate(t.Context(), stranger)
	require.NoError(t, err)

	// The caller's ID counts most: the marker is written anew, after the account was suspended.
	c, err = provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusActive, ID: id, Create: order(), DryRun: true})
	require.NoError(t, err)
	require.Equal(t, "unsuspend: suspended -> active, adopt: it has no marker -> order-1", changes(c))
	c, err = provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusActive, ID: id, Create: order()})
	require.NoError(t, err)
	require.Equal(t, "unsuspend: suspended -> active, adopt: it has no marker -> order-1, create: incomplete -> active", changes(c))
	require.Equal(t, "order-1", c.Account.Reference)
	require.Equal(t, "order-1", m.Accounts()[0].Reference)
	require.Empty(t, c.Unmarked)

	// A valid marker of another reference counts more.
	other := order()
	other.Reference = "order-2"
	for _, status := range []provider.Status{provider.StatusActive, provider.StatusSuspended, provider.StatusAbsent} {
		_, err = provider.Ensure(t.Context(), m, provider.Desired{Status: status, ID: id, Create: other})
		require.ErrorIs(t, err, provider.ErrAlreadyExists)
	}
	require.False(t, m.Accounts()[0].Suspended)

	_, err = provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusAbsent, ID: id})
	require.NoError(t, err)
	require.Empty(t, m.Accounts())
	for _, state := range []provider.Status{provider.StatusActive, provider.StatusSuspended} {
		_, err = provider.Ensure(t.Context(), m, provider.Desired{Status: state, ID: id, Create: order()})
		require.ErrorIs(t, err, provider.ErrNotFound, "an ID is not made again")
	}
	c, err = provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusAbsent, ID: id})
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, c.Outcome())
}

// "Not found" may mean that the credentials cannot see it: Ensure asks Poll, which demands proof.
func TestEnsureAbsentNeedsProof(t *testing.T) {
	m := providertest.NewMemory(nil)
	id := m.AddForeign("somebody")
	m.HideAccounts(true)
	c, err := provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusAbsent, ID: id})
	require.ErrorIs(t, err, provider.ErrForbidden)
	require.Empty(t, c.Changes)
	require.Len(t, m.Accounts(), 1)

	m.Faults().Forget()
	for _, want := range []provider.Desired{{ID: id}, {Create: order()}, {ID: id, Create: order()}, {ID: id, Create: &provider.CreateRequest{Reference: "order-1"}}} {
		for _, want.DryRun = range []bool{false, true} {
			want.Status = provider.StatusAbsent
			c, err := provider.Ensure(t.Context(), m, want)
			require.ErrorIs(t, err, provider.ErrForbidden)
			require.Empty(t, c.Changes)
		}
	}
	for _, r := range m.Faults().Requests() {
		require.Equal(t, http.MethodGet, r.Method)
	}
}

// doubtful is a system whose "not found" may be the answer to an attempt before.
type doubtful struct{ *providertest.Memory }

func (doubtful) Terminate(context.Context, string) (provider.Outcome, error) {
	return "", &provider.Error{Kind: provider.ErrNotFound, MaybeExecuted: true}
}

// An account that may be there still is not taken for gone.
func TestEnsureAbsentInDoubt(t *testing.T) {
	m := providertest.NewMemory(nil)
	want := provider.Desired{Status: provider.StatusAbsent, ID: m.AddForeign("somebody")}
	c, err := provider.Ensure(t.Context(), doubtful{m}, want)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.NotNil(t, c.Account)
}

// An account that is gone is absent by proof of the search: one that shows nothing, or another
// account of that name. One that shows the account itself contradicts the read.
func TestEnsureAbsentBySearch(t *testing.T) {
	m := providertest.NewMemory(nil)
	want := provider.Desired{Status: provider.StatusAbsent, ID: "987", Create: order()}
	_, err := provider.Ensure(t.Context(), m, want)
	require.NoError(t, err)

	id := m.AddForeign(order().Username)
	c, err := provider.Ensure(t.Context(), m, want)
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, c.Outcome())
	require.Len(t, m.Accounts(), 1, "it was not asked for")

	m.Faults().When(func(r *http.Request) bool { return r.URL.Path == "/accounts/"+id }, 0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound})
	want.ID = id
	_, err = provider.Ensure(t.Context(), m, want)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	require.Error(t, err)

	// One stray answer does not hide the account, which Ensure then finds to be somebody else's.
	m.Faults().Clear()
	_, err = m.Adopt(t.Context(), id, "order-of-another")
	require.NoError(t, err)
	m.Faults().At(0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound})
	c, err = provider.Ensure(t.Context(), m, want)
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.Equal(t, id, c.Account.ID)
	require.Len(t, m.Accounts(), 1)

	want.Create = nil
	m.Faults().At(0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound})
	c, err = provider.Ensure(t.Context(), m, want)
	require.NoError(t, err)
	require.Equal(t, "terminate: active -> absent", changes(c))
	require.Empty(t, m.Accounts())

	_, err = provider.Ensure(t.Context(), opaque{m}, want)
	require.ErrorIs(t, err, provider.ErrUnsupported, "it cannot be proven")
}

// marked is a system whose accounts have the marker that it says, and which may be unable to mark them.
type marked struct {
	*providertest.Memory
	marker provider.Marker
}

func (m marked) with(a *provider.Account, err error) (*provider.Account, error) {
	if a != nil {
		a.Marker = m.marker
		if m.marker.Tampered != "" {
			a.Reference = ""
		}
	}
	return a, err
}

func (m marked) Get(ctx context.Context, id string) (*provider.Account, error) {
	return m.with(m.Memory.Get(ctx, id))
}

func (m marked) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return m.with(m.Memory.Find(ctx, q))
}

func (m marked) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	progress, err := m.Memory.Poll(ctx, handle)
	if progress != nil {
		progress.Account, _ = m.with(progress.Account, nil)
	}
	return progress, err
}

// unmarkable cannot adopt.
type unmarkable struct{ provider.Provider }

// A tampered marker stops whoever knows the account by its name only; with the ID the customer is
// suspended, and the marker is written anew where that is possible.
func TestEnsureTampered(t *testing.T) {
	memory := providertest.NewMemory(nil)
	created, err := memory.Create(t.Context(), order())
	require.NoError(t, err)
	tampered := marked{memory, provider.Marker{Tampered: "it has several markers", Claims: []string{"order-1", "order-2"}}}
	for _, status := range []provider.Status{provider.StatusActive, provider.StatusSuspended, provider.StatusAbsent} {
		_, err := provider.Ensure(t.Context(), tampered, provider.Desired{Status: status, Create: order()})
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "account "+created.Account.ID+" may be it, but it has several markers")
	}
	require.Len(t, memory.Accounts(), 1)
	require.False(t, memory.Accounts()[0].Suspended)

	byID := provider.Desired{Status: provider.StatusSuspended, ID: created.Account.ID, Create: order()}
	c, err := provider.Ensure(t.Context(), unmarkable{tampered}, byID)
	require.NoError(t, err)
	require.Equal(t, "suspend: active -> suspended", changes(c))
	require.Equal(t, "it has several markers, and this system cannot mark an account that exists", c.Unmarked)

	_, err = memory.Unsuspend(t.Context(), created.Account.ID)
	require.NoError(t, err)
	c, err = provider.Ensure(t.Context(), tampered, byID)
	require.NoError(t, err)
	require.Equal(t, "suspend: active -> suspended, adopt: it has several markers -> order-1", changes(c))
	require.Zero(t, c.Account.Marker)

	byID.Status = provider.StatusAbsent
	c, err = provider.Ensure(t.Context(), tampered, byID)
	require.NoError(t, err)
	require.Equal(t, "terminate: suspended -> absent", changes(c))
}

// An account whose marker is signed with an old key gets a new one, by name too.
func TestEnsureRenewsMarker(t *testing.T) {
	memory := providertest.NewMemory(nil)
	_, err := memory.Create(t.Context(), order())
	require.NoError(t, err)
	c, err := provider.Ensure(t.Context(), marked{memory, provider.Marker{Outdated: true}}, provider.Desired{Status: provider.StatusActive, Create: order()})
	require.NoError(t, err)
	require.Equal(t, "adopt: its marker is not signed with the current key -> order-1", changes(c))

	c, err = provider.Ensure(t.Context(), unmarkable{marked{memory, provider.Marker{Outdated: true}}}, provider.Desired{Status: provider.StatusActive, Create: order()})
	require.NoError(t, err)
	require.Empty(t, c.Changes)
	require.Equal(t, "its marker is not signed with the current key, and this system cannot mark an account that exists", c.Unmarked)
}

// TestEnsureOlderMarker: a customer who puts back the valid marker of an order before, for the same login name,
// is told of by the reference of that order, and nothing is changed; Suspend by ID does not read it.
func TestEnsureOlderMarker(t *testing.T) {
	memory := providertest.NewMemory(nil)
	m := memory.Signed(firstKey)
	before, err := m.Create(t.Context(), order())
	require.NoError(t, err)
	field := memory.World().Customer[0]
	older := field.Get(before.Account.ID)
	_, err = m.Terminate(t.Context(), before.Account.ID)
	require.NoError(t, err)
	now := order()
	now.Reference = "order-2"
	made, err := m.Create(t.Context(), now)
	require.NoError(t, err)
	field.Set(made.Account.ID, older)

	_, err = provider.Ensure(t.Context(), m, provider.Desired{Status: provider.StatusSuspended, ID: made.Account.ID, Create: now})
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.ErrorContains(t, err, `carries the reference "order-1", not "order-2"`)
	require.False(t, m.Accounts()[0].Suspended)
	_, err = provider.Expect(m, provider.Expected{Reference: "order-2", Username: now.Username}).Suspend(t.Context(), made.Account.ID)
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	_, err = m.Suspend(t.Context(), made.Account.ID)
	require.NoError(t, err)
}

// refusing cannot write the marker, for the reason given.
type refusing struct {
	*providertest.Memory
	err error
}

func (r refusing) Adopt(context.Context, string, string) (provider.Outcome, error) { return "", r.err }

// A marker that finds no room is told and not a failure: nobody gets out of reach by it. One that may have been
// written is a failure.
func TestEnsureWithoutRoomForMarker(t *testing.T) {
	m := providertest.NewMemory(nil)
	id := m.AddForeign(order().Username)
	full := &provider.Error{Provider: "memory", Action: "adopt account " + id, Kind: provider.ErrInvalid, Message: "the name is too long"}
	want := provider.Desired{Status: provider.StatusSuspended, ID: id, Create: order()}
	c, err := provider.Ensure(t.Context(), refusing{m, full}, want)
	require.NoError(t, err)
	require.Equal(t, "suspend: active -> suspended", changes(c))
	require.Equal(t, "it has no marker, and a new one is refused: memory: adopt account "+id+": the name is too long", c.Unmarked)
	want.Status = provider.StatusActive
	c, err = provider.Ensure(t.Context(), refusing{m, full}, want)
	require.NoError(t, err)
	require.Equal(t, "unsuspend: suspended -> active", changes(c), "Create would not find it")

	full.MaybeExecuted = true
	c, err = provider.Ensure(t.Context(), refusing{m, full}, want)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Equal(t, "adopt: it has no marker -> order-1", changes(c))
	want.Create.Reference = "no reference"
	_, err = provider.Ensure(t.Context(), m, want)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, "Create.Reference")
}

func TestEnsureTellsHowFarItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := providertest.NewMemory(nil)
		want := provider.Desired{Status: provider.StatusSuspended, Create: order(), Plan: "large"}
		// Everything up to the suspension works, then the server is gone.
		m.Faults().When(func(r *http.Request) bool { return r.Method == http.MethodPatch && m.Accounts()[0].Plan == "large" }, 0,
			faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden})
		c, err := provider.Ensure(t.Context(), m, want)
		require.ErrorIs(t, err, provider.ErrForbidden)
		require.Equal(t, "create: absent -> active, change plan: small -> large, suspend: active -> suspended", changes(c))
		require.NoError(t, c.Changes[1].Err)
		require.Equal(t, provider.OutcomeChanged, c.Changes[1].Outcome)
		require.ErrorIs(t, c.Changes[2].Err, provider.ErrForbidden)
		require.Empty(t, c.Changes[2].Outcome)
		require.Equal(t, provider.OutcomeChanged, c.Outcome())
		require.Equal(t, provider.StatusActive, c.Account.Status)

		m.Faults().Clear()
		c, err = provider.Ensure(t.Context(), m, want)
		require.NoError(t, err)
		require.Equal(t, "suspend: active -> suspended", changes(c))

		m.Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		c, err = provider.Ensure(t.Context(), m, want)
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.NotNil(t, c)
		require.Empty(t, c.Changes)
	})
}

func TestEnsurePending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := providertest.NewMemory(&providertest.MemoryOptions{Pending: time.Minute})
		want := provider.Desired{Status: provider.StatusSuspended, Create: order()}
		for range 2 {
			c, err := provider.Ensure(t.Context(), m, want)
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, c.Outcome())
			require.Equal(t, m.Accounts()[0].ID, c.Handle)
		}
		m.Advance(time.Hour)
		c, err := provider.Ensure(t.Context(), m, want)
		require.NoError(t, err)
		require.Equal(t, "suspend: active -> suspended", changes(c))
	})
}

// slow is a system on which suspensions and removals take a while.
type slow struct{ *providertest.Memory }

func (slow) Suspend(context.Context, string) (provider.Outcome, error) {
	return provider.OutcomePending, nil
}

func (slow) Terminate(context.Context, string) (provider.Outcome, error) {
	return provider.OutcomePending, nil
}

// TestEnsurePendingVerb: what Wait needs is the account's ID.
func TestEnsurePendingVerb(t *testing.T) {
	m := providertest.NewMemory(nil)
	made, err := m.Create(t.Context(), order())
	require.NoError(t, err)
	for _, want := range []provider.Desired{
		{Status: provider.StatusSuspended, Create: order()}, {Status: provider.StatusAbsent, ID: made.Account.ID},
	} {
		c, err := provider.Ensure(t.Context(), slow{m}, want)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, c.Outcome())
		require.Equal(t, cmp.Or(want.ID, made.Account.ID), c.Handle)
	}
}

func TestEnsurePlanWithoutPlanChanger(t *testing.T) {
	m := providertest.NewMemory(nil)
	starts["active"](t, m)
	_, err := provider.Ensure(t.Context(), opaque{m}, provider.Desired{Status: provider.StatusActive, Create: order(), Plan: "large"})
	require.ErrorIs(t, err, provider.ErrUnsupported)
}

func TestEnsureRefusesBadInput(t *testing.T) {
	m := providertest.NewMemory(nil)
	for field, want := range map[string]provider.Desired{
		"Status":           {ID: "1"},
		"ID":               {Status: provider.StatusActive},
		"Create.Reference": {Status: provider.StatusActive, Create: &provider.CreateRequest{Username: "u"}},
		"Create.Username":  {Status: provider.StatusActive, Create: &provider.CreateRequest{Reference: "r"}},
	} {
		c, err := provider.Ensure(t.Context(), m, want)
		require.NotNil(t, c)
		require.ErrorIs(t, err, provider.ErrInvalid)
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Fields, field)
	}
	require.Zero(t, m.Faults().Count())
}

// unsettled is a system on which customers choose the names: named is what is called as the order is, and
// own what carries its reference; nil if nothing does.
type unsettled struct {
	*providertest.Memory
	service    provider.ServiceType
	named, own *provider.Account
	err        error // of the search by name
	searches   *[]provider.Query
}

func (u unsettled) Describe() *provider.Description {
	d := *u.Memory.Describe()
	d.Service = u.service
	return &d
}

func (u unsettled) Find(_ context.Context, q provider.Query) (*provider.Account, error) {
	*u.searches = append(*u.searches, q)
	found, err := u.own, error(nil)
	if q.Username != "" {
		found, err = u.named, u.err
	}
	if found == nil && err == nil {
		err = provider.ErrNotFound
	}
	return found, err
}

// Where customers choose the names, one who takes another's, or changes his own, keeps Ensure from nothing:
// the reference finds the account. It is looked for once, and only if the name does not lead to it.
func TestEnsureLooksPastNames(t *testing.T) {
	byName, byReference := provider.Query{Username: "example_com"}, provider.Query{Reference: "order-1"}
	for name, c := range map[string]struct {
		named    provider.Account
		err      error
		none     bool // carries the reference
		service  provider.ServiceType
		searches []provider.Query
		fails    error
	}{
		"the name leads to it":         {named: provider.Account{ID: "own", Reference: "order-1"}, searches: []provider.Query{byName}},
		"another customer has it":      {named: provider.Account{ID: "2", Reference: "order-2"}, searches: []provider.Query{byName, byReference}},
		"one without a reference":      {named: provider.Account{ID: "2"}, searches: []provider.Query{byName, byReference}},
		"one with a broken marker":     {named: provider.Account{ID: "2", Marker: provider.Marker{Tampered: "?"}}, searches: []provider.Query{byName, byReference}},
		"two have it":                  {err: provider.ErrConflict, searches: []provider.Query{byName, byReference}},
		"nobody has it":                {err: provider.ErrNotFound, searches: []provider.Query{byName, byReference}},
		"it cannot be searched":        {err: provider.ErrUnavailable, searches: []provider.Query{byName}, fails: provider.ErrUnavailable},
		"another, and none of its own": {named: provider.Account{ID: "2", Reference: "order-2"}, none: true, searches: []provider.Query{byName, byReference}, fails: provider.ErrAlreadyExists},
		"two, and none of its own":     {err: provider.ErrConflict, none: true, searches: []provider.Query{byName, byReference}, fails: provider.ErrConflict},
		"a login name is unique":       {named: provider.Account{ID: "2", Reference: "order-2"}, service: provider.ServiceHosting, searches: []provider.Query{byName}, fails: provider.ErrAlreadyExists},
	} {
		t.Run(name, func(t *testing.T) {
			m := providertest.NewMemory(nil)
			created, err := m.Create(t.Context(), order())
			require.NoError(t, err)
			var searches []provider.Query
			u := unsettled{Memory: m, service: cmp.Or(c.service, provider.ServiceServer), err: c.err, searches: &searches}
			own := *created.Account
			own.Username = "a-name-of-his-own"
			if c.named.ID == "own" {
				c.named.ID = own.ID
			}
			c.named.Username, c.named.Status = "example_com", provider.StatusActive
			if c.err == nil {
				u.named = &c.named
			}
			if !c.none {
				u.own = &own
			}
			_, err = provider.Ensure(t.Context(), u, provider.Desired{Status: provider.StatusSuspended, Create: order()})
			require.Equal(t, c.searches, searches)
			require.ErrorIs(t, err, c.fails)
			require.Equal(t, c.fails == nil, m.Accounts()[0].Suspended)
			if c.fails == nil { // nothing is left to complete under a name that it has no more
				m.Faults().Forget()
				_, err = provider.Ensure(t.Context(), u, provider.Desired{Status: provider.StatusAbsent, Create: order()})
				require.NoError(t, err)
				require.Empty(t, m.Accounts())
			}
		})
	}
}
