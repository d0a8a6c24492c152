package providertest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestMemory(t *testing.T) { Run(t, MemoryHarness(nil)) }

func TestMemoryPending(t *testing.T) {
	Run(t, MemoryHarness(&MemoryOptions{Pending: 5 * time.Minute}))
}

// TestWithoutFaults: an adapter whose requests cannot be disturbed has the rest. What the harness
// gives no means to try is not native.
func TestWithoutFaults(t *testing.T) {
	Run(t, Harness{Name: "bare", Open: func(testing.TB) *World {
		w := wrapped(NewMemory(nil), func(m *Memory) provider.Provider { return reserved{m} })
		w.Faults, w.AddForeign, w.HideAccounts, w.IgnoreSuspension, w.OtherPlan, w.Image = nil, nil, nil, nil, "", ""
		return w
	}})
}

// reserved declares nothing without reserve.
type reserved struct{ *Memory }

func (r reserved) Describe() *provider.Description {
	d := r.Memory.Describe()
	for name := range d.Capabilities {
		d.Capabilities[name] = provider.Support{Level: provider.Partial, Note: "as far as it was tried"}
	}
	return d
}

// recorder is a tb that remembers the failures of each check instead of failing.
type recorder struct {
	mu     sync.Mutex
	failed map[string][]string
}

func (r *recorder) of(check string) tb { return &recording{r, check} }

type recording struct {
	*recorder
	check string
}

func (r *recording) Helper()             {}
func (r *recording) Logf(string, ...any) {}

func (r *recording) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed[r.check] = append(r.failed[r.check], fmt.Sprintf(format, args...))
}

func (r *recording) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(stop{})
}

// record runs the suite and returns the failures by check. With only, just these checks run.
func record(t *testing.T, h Harness, only ...string) map[string][]string {
	r := &recorder{failed: map[string][]string{}}
	s := &suite{h: h, tb: func(_ *testing.T, check string) tb { return r.of(check) }}
	if len(only) > 0 {
		s.only = func(check string) bool { return slices.Contains(only, check) }
	}
	t.Run("suite", s.run)
	return r.failed
}

// TestCatches: for each broken adapter the suite fails, and where it should.
func TestCatches(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			var only []string
			for check := range v.want {
				only = append(only, check)
			}
			failed := record(t, v.harness(), only...)
			for check, text := range v.want {
				require.NotEmpty(t, failed[check], "check %q should have failed", check)
				require.Contains(t, strings.Join(failed[check], "\n"), text, "check %q", check)
			}
		})
	}
}

// TestOnlyWhatIsBroken: a single mistake does not turn everything red, or the name of the failing
// check would tell nothing.
func TestOnlyWhatIsBroken(t *testing.T) {
	for _, v := range variants {
		if v.name != "does not read the suspension back" && v.name != "believes a 404" {
			continue
		}
		var checks []string
		for check := range record(t, v.harness()) {
			checks = append(checks, check)
		}
		for _, check := range checks {
			_, expected := v.want[check]
			require.True(t, expected, "%s: also %q failed", v.name, check)
		}
	}
}

func TestRecordingIsGreenForMemory(t *testing.T) {
	require.Empty(t, record(t, MemoryHarness(nil)))
}

func TestIncompleteHarness(t *testing.T) {
	for text, open := range map[string]func(testing.TB) *World{
		"no Open":        nil,
		"no world":       func(testing.TB) *World { return nil },
		"are required":   func(testing.TB) *World { return &World{} },
		"must be empty":  func(testing.TB) *World { m := NewMemory(nil); m.AddForeign("somebody"); return m.World() },
		"MissingID":      brokenWorld(func(m *Memory) provider.Provider { return undescribed{m, provider.CapTerminate} }),
		"sends no reque": nothingIsSent,
	} {
		failed := record(t, Harness{Name: "incomplete", Open: open}, "missing/not found on every verb", "faults/get")
		require.Contains(t, fmt.Sprint(failed), text)
	}
}

// nothingIsSent is a world whose Injector sits beside the requests, not before them.
func nothingIsSent(testing.TB) *World {
	w := NewMemory(nil).World()
	w.Faults = NewMemory(nil).Faults()
	return w
}

func BenchmarkMemory(b *testing.B) { Benchmark(b, MemoryHarness(nil)) }

func TestTable(t *testing.T) {
	var sums table
	row := sums.row("create, undo")
	row.requests, row.tried, row.healed = 3, 2, 2
	row.answer(nil)
	row.answer(&provider.Error{Kind: provider.ErrUnavailable, MaybeExecuted: true})
	sums.row("get").answer(&provider.Error{Kind: provider.ErrUnavailable})
	row.count(isDuplicate)
	row.count(isLost)
	row.count(isWrong)
	lines := strings.Split(strings.TrimRight(sums.String(), "\n"), "\n")
	require.Len(t, lines, 4)
	require.Equal(t, strings.Fields("create, undo 3 2 1 0 1 2 1 1 1"), strings.Fields(lines[1]))
	require.Equal(t, strings.Fields("all 3 2 1 1 1 2 1 1 1"), strings.Fields(lines[3]))
	for _, line := range lines {
		require.Len(t, line, len(lines[0]), "the columns are aligned")
	}
}

// TestPhrasesAreDocumented: the page and the suite name the same words for every verb.
func TestPhrasesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/semantics.md")
	require.NoError(t, err)
	for verb, phrase := range Phrases() {
		require.Contains(t, string(page), "\n| `"+verb+"` | `"+phrase+"`")
	}
	Phrases()["Get"] = "another"
	require.Equal(t, "get account", Phrases()["Get"], "it is a copy")
}
