package keyhelp_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// probedPanel is a panel of the documented dialect with three clients and three domains, the second of each odd.
func probedPanel(t *testing.T, client, domain string) *keyhelp.Provider {
	t.Helper()
	records := map[string]string{"clients/2": client, "domains/2": domain}
	for _, n := range []int{1, 3} {
		records[fmt.Sprintf("clients/%d", n)] = fmt.Sprintf(`{"id": %d, "login_name": "w%[1]d", "email": "w%[1]d@example.com", "display_name": "W [ref:order-%[1]d]"}`, n)
		records[fmt.Sprintf("domains/%d", n)] = fmt.Sprintf(`{"id": %d, "domain_name": "w%[1]d.example", "id_user": %[1]d}`, n)
	}
	return keyhelp.NewProvider(clientOver(t, tapping(func(_ context.Context, sent clienttest.Request) clienttest.Reply {
		place := strings.TrimPrefix(sent.Path, "/")
		switch record, there := records[place]; {
		case sent.Method == "DELETE":
			delete(records, place)
			return reply{Status: 204}
		case there:
			return ok(record)
		case path.Base(place) == "statistics":
			return ok(`{"disk_usage": 1}`)
		}
		return reply{Status: 404, Body: `{"error": "not found"}`}
	}), keyhelp.WithDialect(keyhelp.DialectDocumented), keyhelp.WithScan(keyhelp.Scan{Gap: 4}), provider.WithReadLag(0)))
}

// all returns what a sequence yields, and its errors.
func all[T any](list iter.Seq2[*T, error], shown func(*T) string) (rows []string, failed []error) {
	for row, err := range list {
		if row != nil {
			rows = append(rows, shown(row))
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	return rows, failed
}

const soundDomain = `{"id": 2, "domain_name": "w2.example", "id_user": 2}`

// TestOddClientWhereIDsAreProbed: a client that cannot be read hides no other one, also where there is no list.
func TestOddClientWhereIDsAreProbed(t *testing.T) {
	for name, row := range map[string]struct {
		odd, problem string
		hides        bool
	}{
		"a flag":      {`{"id": 2, "login_name": "w2", "display_name": "W [ref:order-9]", "is_locked": "canary"}`, `"is_locked"`, false},
		"a plan":      {`{"id": 2, "login_name": "w2", "display_name": "W [ref:order-9]", "id_hosting_plan": {"canary": 1}}`, `"id_hosting_plan"`, false},
		"no name":     {`{"id": 2, "email": "w2@example.com"}`, `"username"`, true},
		"a number":    {`{"id": 2, "login_name": 5}`, `"login_name"`, true},
		"an odd name": {`{"id": 2, "login_name": "w2", "display_name": ["canary"]}`, `"display_name"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			p := probedPanel(t, row.odd, soundDomain)
			listed, failed := all(p.List(ctx, nil), func(a *provider.Account) string { return a.ID + " " + a.Reference })
			require.Equal(t, "1 order-1", listed[0])
			require.Equal(t, "3 order-3", listed[2])
			used, _ := all(p.FleetUsage(ctx), func(u *provider.UsageReport) string { return fmt.Sprint(u.AccountID, " ", len(u.Values)) })
			require.Equal(t, []string{"1 1", "2 0", "3 1"}, used, "half a record has no figures")
			require.Len(t, failed, 1)
			require.ErrorIs(t, failed[0], provider.ErrProtocol)
			require.ErrorContains(t, failed[0], "keyhelp: list accounts: client 2 cannot be read: ")
			require.ErrorContains(t, failed[0], row.problem)
			require.NotContains(t, failed[0].Error(), "canary")

			for _, q := range []provider.Query{{Username: "w3"}, {Reference: "order-3"}, {Email: "w3@example.com"}, {Domain: "w3.example"}} {
				found, err := p.Find(ctx, q)
				require.NoError(t, err, "%+v", q)
				require.Equal(t, "3", found.ID)
			}
			_, err := p.Find(ctx, provider.Query{Reference: "order-7"})
			if row.hides {
				require.ErrorIs(t, err, provider.ErrProtocol, "it may be the one")
				require.ErrorContains(t, err, "client 2")
			} else {
				require.ErrorIs(t, err, provider.ErrNotFound)
			}
			_, err = p.Get(ctx, "2")
			require.ErrorIs(t, err, provider.ErrProtocol)
			_, err = p.Suspend(ctx, "2")
			require.ErrorIs(t, err, provider.ErrProtocol)
			_, err = p.Find(ctx, provider.Query{Domain: "w2.example"})
			require.ErrorIs(t, err, provider.ErrProtocol)
			for _, id := range []string{"1", "3"} { // afterwards the odd one is all that proves anything
				outcome, err := p.Terminate(ctx, id)
				require.NoError(t, err)
				require.Equal(t, provider.OutcomeChanged, outcome)
			}
			_, err = keyhelp.NewProvider(p.Client()).Terminate(ctx, "7") // which has seen nobody
			require.ErrorIs(t, err, provider.ErrNotFound)
		})
	}
}

// What does not name a client may be about any: nothing follows it.
func TestProbedAnswerAboutNobody(t *testing.T) {
	for _, body := range []string{`{"login_name": "w2"}`, `{"id": {"x": 1}, "login_name": "w2"}`, `{"id": 9, "login_name": 5}`, `{"id": 2, "ID": 9, "login_name": "w2"}`, `[]`, `null`} {
		p := probedPanel(t, body, soundDomain)
		listed, failed := all(p.List(t.Context(), nil), func(a *provider.Account) string { return a.ID })
		require.Equal(t, []string{"1"}, listed, body)
		require.Len(t, failed, 1)
		require.ErrorIs(t, failed[0], provider.ErrProtocol)
		require.ErrorContains(t, failed[0], "list accounts")
	}
}

func TestOddDomainWhereIDsAreProbed(t *testing.T) {
	sound := `{"id": 2, "login_name": "w2"}`
	for odd, find := range map[string]map[string]error{
		`{"id": 2, "domain_name": "w2.example", "id_user": ["x"]}`: {"w3.example": nil, "w2.example": provider.ErrProtocol, "w9.example": provider.ErrNotFound},
		`{"id": 2, "domain_name": 5, "id_user": 2}`:                {"w3.example": nil, "w2.example": provider.ErrProtocol, "w9.example": provider.ErrProtocol},
	} {
		for name, want := range find {
			found, err := probedPanel(t, sound, odd).Find(t.Context(), provider.Query{Domain: name})
			require.ErrorIs(t, err, want, "%s: %s", odd, name)
			if want == nil {
				require.Equal(t, "3", found.ID)
			}
			if errors.Is(want, provider.ErrProtocol) {
				require.ErrorContains(t, err, "domain 2 cannot be read")
			}
		}
	}
}

// An empty list of plans has no form of its own: it counts if the panel says so twice.
func TestEmptyListOfPlans(t *testing.T) {
	for _, test := range []struct {
		answers []string
		plans   int
	}{{[]string{`[]`, `[{"id": 1, "name": "a"}]`}, 1}, {[]string{`[]`, `[]`}, 0}, {[]string{`[{"id": 1, "name": "a"}]`}, 1}} {
		asked := 0
		p := keyhelp.NewProvider(clientOver(t, tapping(func(context.Context, clienttest.Request) clienttest.Reply {
			asked++
			return ok(test.answers[asked-1])
		}), keyhelp.WithDialect(keyhelp.DialectLive)))
		plans, err := p.Plans(t.Context())
		require.NoError(t, err)
		require.Len(t, plans, test.plans)
		require.Equal(t, len(test.answers), asked)
	}
}

// A client is left out of the report of all only with proof: one "not found" of its usage is none.
func TestFleetUsageLeavesOutWithProof(t *testing.T) {
	for name, test := range map[string]struct {
		gone, always bool
		want         []string
	}{
		"gone":            {gone: true, want: []string{"1 1", "3 1"}},
		"there":           {want: []string{"1 1", "2 1", "3 1"}},
		"without figures": {always: true, want: []string{"1 1", "2 0", "3 1"}},
	} {
		var mu sync.Mutex
		asked := 0
		p := keyhelp.NewProvider(clientOver(t, tapping(func(_ context.Context, sent clienttest.Request) clienttest.Reply {
			mu.Lock()
			defer mu.Unlock()
			id, part, _ := strings.Cut(strings.TrimPrefix(sent.Path, "/clients/"), "/")
			if id == "2" && part != "" {
				asked++
			}
			switch {
			case !strings.Contains("123", id), test.gone && asked > 0 && id == "2", part != "" && id == "2" && (test.always || asked == 1):
				return reply{Status: 404, Body: `{"error": "not found"}`}
			case part != "":
				return ok(`{"disk_usage": 1}`)
			}
			return ok(`{"id": ` + id + `, "login_name": "w` + id + `"}`)
		}), keyhelp.WithDialect(keyhelp.DialectDocumented), keyhelp.WithScan(keyhelp.Scan{Gap: 4}), provider.WithReadLag(0)))
		used, failed := all(p.FleetUsage(t.Context()), func(u *provider.UsageReport) string { return fmt.Sprint(u.AccountID, " ", len(u.Values)) })
		require.Equal(t, test.want, used, name)
		require.Len(t, failed, map[bool]int{true: 1}[test.always], name)
		for _, err := range failed {
			require.ErrorContains(t, err, "read usage of account 2")
			require.NotErrorIs(t, err, provider.ErrNotFound, "it is there")
		}
	}
}
