package licenseserver_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestSpellings: PHP encodes the same value in several ways, and a caller gets one.
func TestSpellings(t *testing.T) {
	activation := func(id, active string) string { return `{"id": ` + id + `, "is_active": ` + active + `}` }
	for spelled, want := range map[string]int64{
		`1234`: 1234, `1234.0`: 1234, `"1234"`: 1234, `-1`: -1, `"-1"`: -1, `-1048576`: -1, `"unlimited"`: -1, `"∞"`: -1, `""`: 0, `null`: 0, `false`: 0,
	} {
		license, err := clientOver(t, always(ok(`{"license": {"id": 1, "is_active": 1, "max_users": `+spelled+`, "max_activations": `+spelled+`}}`))).
			Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
		require.NoError(t, err, spelled)
		require.Equal(t, &licenseserver.License{ID: 1, Active: true, MaxUsers: want, MaxActivations: want}, license, spelled)
	}
	for want, spellings := range map[bool][]string{
		true: {`1`, `"1"`, `true`, `"true"`}, false: {`0`, `"0"`, `false`, `"false"`},
	} {
		for _, flag := range spellings {
			for _, id := range []string{`7`, `"7"`, `7.0`} {
				for _, list := range []string{`[` + activation(id, flag) + `]`, `{"0": ` + activation(id, flag) + `}`, activation(id, flag)} {
					license, err := clientOver(t, always(ok(`{"license": {"id": `+id+`, "is_active": `+flag+`}, "activations": `+list+`}`))).
						Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
					require.NoError(t, err, list)
					require.Equal(t, &licenseserver.License{ID: 7, Active: want, Activations: []licenseserver.Activation{{ID: 7, Active: want}}}, license, list)
				}
			}
		}
	}
	for _, none := range []string{`[]`, `{}`, `null`, `""`, `false`} {
		license, err := clientOver(t, always(ok(`{"license": {"id": 1, "is_active": true}, "activations": `+none+`}`))).
			Licenses.Info(t.Context(), provider.NewSecret(sampleKey))
		require.NoError(t, err, none)
		require.Empty(t, license.Activations, none)
	}
}

// TestSpellingsOfUsage: a limit is a number, none or unknown, and so is what the report makes of it.
func TestSpellingsOfUsage(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	created, err := p.Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	spelled := ""
	figure := regexp.MustCompile(`"(max_users|max_activations)":\d+`)
	srv.Faults.When(func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/license/info/") }, 0, faults.Fault{
		Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(figure.ReplaceAll(answer.Body.Bytes(), []byte(`"$1":`+spelled)))
		},
	})
	const users = "max_users"
	for spelling, want := range map[string][]provider.Usage{
		`"1234"`:      {{Metric: "activations", Limit: 1234}, {Metric: users, Used: 1234, LimitUnknown: true}},
		`-1048576`:    {{Metric: "activations", Unlimited: true}, {Metric: users, Unlimited: true}},
		`"unlimited"`: {{Metric: "activations", Unlimited: true}, {Metric: users, Unlimited: true}},
		`null`:        {{Metric: "activations", LimitUnknown: true}},
		`""`:          {{Metric: "activations", LimitUnknown: true}},
	} {
		spelled = spelling
		report, err := p.Usage(t.Context(), created.Account.ID)
		require.NoError(t, err, spelling)
		want = append(want, provider.Usage{Metric: "resources", LimitUnknown: true})
		for i := range want {
			want[i].Unit = provider.UnitCount
		}
		require.Equal(t, want, report.Values, spelling)
	}
}
