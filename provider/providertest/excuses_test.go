package providertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// TestExcuses: an exception hides what it names, and must be needed.
func TestExcuses(t *testing.T) {
	t.Setenv(testsize.Variable, "full")
	for name, test := range map[string]struct {
		harness Harness
		excuse  string
		want    string
	}{
		"needed":     {broken(func(m *Memory) provider.Provider { return misled{m} })(), "get: HTML 404", ""},
		"not needed": {MemoryHarness(nil), "get: HTML 404", `KnownJunk "get: HTML 404": nothing fails any more: remove it`},
	} {
		t.Run(name, func(t *testing.T) {
			test.harness.KnownJunk = map[string]string{test.excuse: "a reason"}
			failed := record(t, test.harness, "junk/get")
			if test.want == "" {
				require.Empty(t, failed)
			} else {
				require.Equal(t, map[string][]string{"junk/get": {test.want}}, failed)
			}
		})
	}
}

func TestExcusesExist(t *testing.T) {
	untried := &recorder{failed: map[string][]string{}}
	(&suite{h: Harness{KnownJunk: map[string]string{"get: HTML 404": "a reason"}}}).excusesExist(untried.of("junk"), &table{})
	require.Empty(t, untried.failed, "nothing was tried")
	sums := &table{}
	sums.row("get")
	for excuse, wrong := range map[string]bool{"get: HTML 404": false, "gets: HTML 404": true, "get: HTML 404 before": true, "get": true} {
		r := &recorder{failed: map[string][]string{}}
		s := &suite{h: Harness{KnownJunk: map[string]string{excuse: "a reason"}}}
		s.excusesExist(r.of("junk"), sums)
		require.Equal(t, wrong, len(r.failed) > 0, fmt.Sprint(excuse, r.failed))
	}
}
