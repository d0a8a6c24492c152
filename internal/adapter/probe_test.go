package adapter_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// TestProber: what is found, and how many IDs are tried for it.
func TestProber(t *testing.T) {
	there := []int64{3, 4, 9, 30}
	for _, test := range []struct {
		name   string
		prober adapter.Prober[int64]
		want   []int64
		tried  int
	}{
		{"until the gap", adapter.Prober[int64]{Segments: []adapter.Segment{{From: 1}}, Gap: 6, Max: 100}, []int64{3, 4, 9}, 15 + 2 + 4},
		{"over the gap", adapter.Prober[int64]{Segments: []adapter.Segment{{From: 1}}, Gap: 21, Max: 100}, there, 51 + 2 + 4 + 20},
		{"until the maximum", adapter.Prober[int64]{Segments: []adapter.Segment{{From: 1}}, Gap: 50, Max: 10}, []int64{3, 4, 9}, 10 + 2 + 4},
		{"two segments", adapter.Prober[int64]{Segments: []adapter.Segment{{From: 30}, {From: 1, End: 5}}, Gap: 5, Max: 100}, []int64{30, 3, 4}, 10 + 2},
		{"nothing", adapter.Prober[int64]{Segments: []adapter.Segment{{From: 50}}, Gap: 5, Max: 100, Window: 2}, nil, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			var mu sync.Mutex
			tried := 0
			test.prober.Read = func(_ context.Context, id int64) (*int64, error) {
				mu.Lock()
				defer mu.Unlock()
				tried++
				if !slices.Contains(there, id) {
					return nil, provider.ErrNotFound
				}
				return &id, nil
			}
			var found []int64
			for id, err := range test.prober.All(t.Context()) {
				require.NoError(t, err)
				found = append(found, *id)
			}
			require.Equal(t, test.want, found)
			require.Equal(t, test.tried, tried)
		})
	}
}

// TestProberEnds: an error is no gap, and a loop that breaks reads no further window.
func TestProberEnds(t *testing.T) {
	tried := 0
	prober := adapter.Prober[int64]{
		Segments: []adapter.Segment{{From: 1}}, Gap: 5, Max: 100, Window: 1,
		Read: func(_ context.Context, id int64) (*int64, error) {
			if tried++; id == 3 {
				return nil, errStuck
			}
			return &id, nil
		},
	}
	var failed error
	for _, err := range prober.All(t.Context()) {
		failed = errors.Join(failed, err)
	}
	require.ErrorIs(t, failed, errStuck)
	require.Equal(t, 3, tried)
	tried = 0
	for range prober.All(t.Context()) {
		break
	}
	require.Equal(t, 1, tried)
}

// TestProberAsksAgain: a false "not found" hides nobody who exists before another, was seen before or is near
// the last, and the rest of the gap at the end is not read twice.
func TestProberAsksAgain(t *testing.T) {
	for _, test := range []struct {
		name          string
		hidden        []int64
		highest       int64
		nearby        int64
		want          []int64
		tried, window int
	}{
		{"before another", []int64{4}, 0, 0, []int64{3, 4, 9}, 15 + 2 + 5, 3},
		{"the first", []int64{3}, 0, 0, []int64{3, 4, 9}, 15 + 3 + 4, 3},
		{"the last, seen before", []int64{9}, 9, 0, []int64{3, 4, 9}, 15 + 2 + 5, 3},
		{"the last, never seen", []int64{9}, 0, 0, []int64{3, 4}, 10 + 2, 3},
		{"the last, never seen and too far", []int64{9}, 0, 4, []int64{3, 4}, 10 + 2 + 4, 3},
		{"the last, never seen and near", []int64{9}, 0, 5, []int64{3, 4, 9}, 10 + 2 + 5 + 5 + 5, 3},
		{"all, seen before", []int64{3, 4, 9}, 9, 0, []int64{3, 4, 9}, 6 + 6 + 9 + 3, 8},
		{"none that was seen is there", []int64{3, 4, 9}, 2, 0, nil, 8 + 2, 8},
		{"behind a gap, seen before", nil, 30, 0, []int64{3, 4, 9}, 36 + 2 + 4 + 21, 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			var mu sync.Mutex
			asked := map[int64]int{}
			tried := 0
			prober := adapter.Prober[int64]{
				Segments: []adapter.Segment{{From: 1}}, Gap: 6, Max: 100, Window: test.window, Highest: test.highest, Nearby: test.nearby,
				Read: func(_ context.Context, id int64) (*int64, error) {
					mu.Lock()
					defer mu.Unlock()
					tried++
					asked[id]++
					if !slices.Contains([]int64{3, 4, 9}, id) || asked[id] == 1 && slices.Contains(test.hidden, id) {
						return nil, provider.ErrNotFound
					}
					return &id, nil
				},
			}
			var found []int64
			for id, err := range prober.All(t.Context()) {
				require.NoError(t, err)
				found = append(found, *id)
			}
			require.Equal(t, test.want, found)
			require.Equal(t, test.tried, tried)
		})
	}
}

func TestScan(t *testing.T) {
	require.Equal(t, adapter.Scan{From: 1, Gap: 50, Max: 100_000}, adapter.Scan{}.OrDefaults(50))
	scan := adapter.Scan{From: 7, Gap: 3, Max: 9}
	require.Equal(t, scan, scan.OrDefaults(50))
	var seen adapter.Sightings
	seen.Add(20)
	probe := adapter.Probe(scan, &seen, func(_ context.Context, id int64) (*int64, error) { return &id, nil })
	require.Equal(t, []int64{3, 9}, []int64{probe.Gap, probe.Max})
	require.Equal(t, seen.Segments(7), probe.Segments)
}

func TestSightings(t *testing.T) {
	var s adapter.Sightings
	require.Equal(t, []adapter.Segment{{From: 7}}, s.Segments(7))
	for _, id := range []int64{20, 30, 30, 40, 50, 60} {
		s.Add(id)
	}
	require.Equal(t, []int64{30, 40, 50, 60}, s.List(), "the newest four")
	require.Equal(t, []adapter.Segment{{From: 20}, {From: 7, End: 20}}, s.Segments(7))
	require.Equal(t, []adapter.Segment{{From: 20}}, s.Segments(25))
	s.Drop(50)
	require.Equal(t, []int64{30, 40, 60}, s.List())
}
