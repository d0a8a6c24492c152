package keyhelp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

func liveOver(t *testing.T, body string) *keyhelp.Client {
	t.Helper()
	return clientOver(t, always(ok(body)), keyhelp.WithDialect(keyhelp.DialectLive))
}

// TestSpellingsOfFields: PHP encodes the same value in several ways, and a caller gets one.
func TestSpellingsOfFields(t *testing.T) {
	type account = keyhelp.ClientAccount
	suspended, active, planned := account{ID: 17, LoginName: "u", Locked: true}, account{ID: 17, LoginName: "u"}, account{ID: 17, LoginName: "u", HostingPlanID: 2}
	for want, spellings := range map[*account]string{
		&suspended: `"is_suspended": 1; "is_suspended": "1"; "is_suspended": true; "is_suspended": "true"; "is_suspended": "yes"; "is_suspended": "on"; "is_locked": 1`,
		&active: `"is_suspended": 0; "is_suspended": "0"; "is_suspended": ""; "is_suspended": false; "is_suspended": "false"; "is_suspended": null;
			"contact_data": []; "contact_data": {}; "contact_data": null; "contact_data": false; "contact_data": ""; "contact_data": [{}];
			"contact_data": {"city": []}; "contact_data": {"city": null}; "resource_limits": null;
			"id_hosting_plan": null; "id_hosting_plan": ""; "id_hosting_plan": 0; "id_hosting_plan": "0"; "id_hosting_plan": false;
			"created_at": null; "created_at": ""; "created_at": "0000-00-00 00:00:00"; "created_at": "soon"; "resource_limits": []; "notes": {}`,
		&planned: `"id_hosting_plan": 2; "id_hosting_plan": "2"; "id_hosting_plan": 2.0; "id_hosting_plan": "2.0"; "id_hosting_plan": " 2 "`,
	} {
		for spelled := range strings.SplitSeq(spellings, ";") {
			for _, id := range []string{`17`, `"17"`, `17.0`, `"17.0"`} {
				body := `{"id": ` + id + `, "username": "u", ` + spelled + `}`
				got, err := liveOver(t, body).Clients.Get(t.Context(), 17)
				require.NoError(t, err, body)
				require.Equal(t, want, got, body)
			}
		}
	}
	for _, wrong := range []string{
		`"is_suspended": 2`, `"is_suspended": "perhaps"`, `"is_suspended": []`, `"contact_data": "Jena"`, `"contact_data": [1]`,
		`"id_hosting_plan": 2.5`, `"id_hosting_plan": "two"`, `"id_hosting_plan": true`, `"id_hosting_plan": [2]`,
	} {
		_, err := liveOver(t, `{"id": 17, "username": "u", `+wrong+`}`).Clients.Get(t.Context(), 17)
		require.ErrorIs(t, err, provider.ErrProtocol, wrong)
	}
}

// TestSpellingsOfLists: a list is a list, also as PHP encodes one whose numbers have a hole. What may be an empty
// list is one inside an answer only: as the whole answer it may be a proxy's, and proves nothing.
func TestSpellingsOfLists(t *testing.T) {
	const a, b = `{"id": 1, "domain": "a.example"}`, `{"id": "2", "domain": "b.example"}`
	for _, test := range []struct{ spelled, names, onTop string }{
		{`[` + a + `,` + b + `]`, "a.example b.example", ""},
		{`{"0": ` + a + `, "2": ` + b + `}`, "a.example b.example", ""},
		{`{"2": ` + b + `}`, "b.example", ""},
		{a, "a.example", "not a list"},
		{`[]`, "", ""},
		{`{}`, "", "not a list"},
		{`""`, "", "not the API's own"},
		{`false`, "", "not the API's own"},
	} {
		listed, err := gather(liveOver(t, test.spelled).Domains.List(t.Context(), nil))
		if test.onTop == "" {
			require.NoError(t, err, test.spelled)
			require.Equal(t, test.names, namesOf(listed), test.spelled)
		} else {
			require.ErrorIs(t, err, provider.ErrProtocol, test.spelled)
			require.ErrorContains(t, err, test.onTop, test.spelled)
		}
		inside, err := liveOver(t, `{"domains": `+test.spelled+`}`).Clients.Resources(t.Context(), 17)
		require.NoError(t, err, test.spelled)
		require.Equal(t, test.names, namesOf(inside.Domains), test.spelled)
	}
}

func namesOf(domains []*keyhelp.Domain) string {
	var all []string
	for _, d := range domains {
		all = append(all, d.Name)
	}
	return strings.Join(all, " ")
}

// TestSpellingsOfLimits: a limit is a number, none, or unknown, and never a number that nobody sent; a figure
// that is not told is not reported.
func TestSpellingsOfLimits(t *testing.T) {
	type figure = provider.Usage
	known, none, unknown := figure{Limit: 1234}, figure{Unlimited: true}, figure{LimitUnknown: true}
	for spelled, want := range map[string]figure{
		`1234`: known, `1234.0`: known, `"1234"`: known, `"1234.00"`: known, `0`: {}, `"0"`: {}, `0.0`: {},
		`-1`: none, `"-1"`: none, `-1.0`: none, `-1048576`: none, `"unlimited"`: none, `"Unlimited"`: none, `"∞"`: none, `"\u221e"`: none,
		`""`: unknown, `null`: unknown, `false`: unknown, `" "`: unknown,
	} {
		for _, body := range []string{
			`{"id": 3, "name": "p", "resources": {"disk_space": ` + spelled + `, "databases": ` + spelled + `}}`,
			`{"id": 3, "name": "p", "disk_quota": ` + spelled + `, "max_databases": ` + spelled + `}`,
		} {
			plans, err := keyhelp.NewProvider(liveOver(t, `[`+body+`]`)).Plans(t.Context())
			require.NoError(t, err, body)
			var limits []figure
			if !want.LimitUnknown { // what is unknown is left out
				for metric, unit := range map[string]provider.Unit{provider.MetricDisk: provider.UnitBytes, provider.MetricDatabases: provider.UnitCount} {
					limit := want
					limit.Metric, limit.Unit = metric, unit
					limits = append(limits, limit)
				}
			}
			require.ElementsMatch(t, limits, plans[0].Limits, body)
		}
		for _, body := range []string{
			`{"disk_space": {"value": "7", "max": ` + spelled + `}, "traffic": {"value": 7.0, "max": ` + spelled + `}}`,
			`{"disk_usage": 7, "disk_quota": ` + spelled + `, "traffic_usage": "7", "traffic_quota": ` + spelled + `}`,
		} {
			report, err := keyhelp.NewProvider(liveOver(t, body)).Usage(t.Context(), "17")
			require.NoError(t, err, body)
			require.Len(t, report.Values, 2)
			for _, got := range report.Values {
				used := want
				used.Metric, used.Unit, used.Used = got.Metric, provider.UnitBytes, 7
				require.Equal(t, used, got, body)
			}
		}
	}

	const unreported = -1
	for spelled, want := range map[string]int64{
		`7`: 7, `"7"`: 7, `7.0`: 7, `" 7.00 "`: 7, `0`: 0, `"0"`: 0, `null`: unreported, `""`: unreported, `false`: unreported,
	} {
		for metric, bodies := range map[string][]string{
			provider.MetricDisk:      {`{"disk_space": {"value": ` + spelled + `, "max": 9}}`, `{"disk_usage": ` + spelled + `, "disk_quota": 9}`},
			provider.MetricDatabases: {`{"disk_space": null, "databases": {"value": ` + spelled + `, "max": 9}}`, `{"disk_usage": null, "database_count": ` + spelled + `}`},
		} {
			for _, body := range bodies {
				report, err := keyhelp.NewProvider(liveOver(t, body)).Usage(t.Context(), "17")
				require.NoError(t, err, body)
				got, reported := report.Value(metric)
				require.Equal(t, want != unreported, reported, body)
				require.Equal(t, max(want, 0), got.Used, body)
			}
		}
	}
	for _, wrong := range []string{`"unlimited"`, `"∞"`, `7.5`, `[]`, `true`} { // nobody uses that many
		_, err := liveOver(t, `{"disk_space": 1, "databases": `+wrong+`}`).Clients.Stats(t.Context(), 17)
		require.ErrorIs(t, err, provider.ErrProtocol, wrong)
	}
	report, err := keyhelp.NewProvider(liveOver(t, `{"disk_space": 1, "databases": {"max": 9}}`)).Usage(t.Context(), "17")
	require.NoError(t, err)
	_, reported := report.Value(provider.MetricDatabases)
	require.False(t, reported, "the limit alone is no figure")
	_, err = liveOver(t, `{"databases": 3}`).Clients.Stats(t.Context(), 17)
	require.ErrorContains(t, err, `lacks "disk_usage"`)
}
