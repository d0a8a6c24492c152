package fleet_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

// oneByOne can list and read usage, but not of all accounts at once.
type oneByOne struct {
	provider.Provider
	provider.Lister
	provider.UsageReader
}

func TestUsage(t *testing.T) {
	f, panels := memories(t, 7, 0, 5)
	f.Servers()[2].Provider = oneByOne{panels[2], panels[2], panels[2]}
	seen := map[string]int{}
	for u, err := range f.Usage(t.Context(), &fleet.UsageOptions{Servers: 2}) {
		require.NoError(t, err)
		require.NotEmpty(t, u.AccountID)
		require.False(t, u.AsOf.IsZero())
		require.NotEmpty(t, u.Values)
		seen[u.Server]++
	}
	require.Equal(t, map[string]int{"web1": 7, "web3": 5}, seen)
}

// TestUsageDeadServer: one dead server is told of and does not stop the others, nor does an account
// that cannot be read.
func TestUsageDeadServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, panels := memories(t, 4, 4, 4, 1)
		panels[1].Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		f.Servers()[3].Provider = limited{panels[3]}
		f.Servers()[2].Provider = oneByOne{panels[2], panels[2], refusing{panels[2].Accounts()[1].ID, panels[2]}}
		good, dead, single := 0, map[string]error{}, 0
		for u, err := range f.Usage(t.Context(), nil) {
			var server *fleet.ServerError
			switch {
			case err == nil:
				good++
			case u != nil:
				single++
				require.Equal(t, panels[2].Accounts()[1].ID, u.AccountID)
				require.ErrorIs(t, err, provider.ErrForbidden)
			default:
				require.ErrorAs(t, err, &server)
				dead[server.Server] = err
			}
		}
		require.Equal(t, 7, good)
		require.Equal(t, 1, single)
		require.Len(t, dead, 2)
		require.ErrorIs(t, dead["web2"], provider.ErrUnavailable)
		require.ErrorIs(t, dead["web4"], provider.ErrUnsupported)
	})
}

// refusing refuses one account.
type refusing struct {
	id string
	*providertest.Memory
}

func (r refusing) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	if id == r.id {
		return nil, &provider.Error{Kind: provider.ErrForbidden}
	}
	return r.Memory.Usage(ctx, id)
}

// dying lists its accounts and cannot be reached for any of them.
type dying struct {
	*providertest.Memory
	kind  error
	calls int
}

func (d *dying) Usage(context.Context, string) (*provider.UsageReport, error) {
	d.calls++
	return nil, &provider.Error{Kind: d.kind}
}

// TestUsageGivesUp: a server that dies on the way, or takes our key no more, is not asked for every account.
func TestUsageGivesUp(t *testing.T) {
	for kind, want := range map[error][]int{
		provider.ErrUnavailable: {10, 10, 1}, provider.ErrUnauthorized: {10, 10, 1}, provider.ErrForbidden: {50, 50, 0},
	} {
		f, panels := memories(t, 50)
		d := &dying{Memory: panels[0], kind: kind}
		f.Servers()[0].Provider = oneByOne{panels[0], panels[0], d}
		single, whole := 0, 0
		for u, err := range f.Usage(t.Context(), nil) {
			require.ErrorIs(t, err, kind)
			if u != nil {
				single++
			} else if _, ok := errors.AsType[*fleet.ServerError](err); ok {
				whole++
			}
		}
		require.Equal(t, want, []int{d.calls, single, whole})
	}
}

// counting notes how many servers of one kind are read at once.
type counting struct {
	*providertest.Memory
	now, most *atomic.Int64
}

func (c counting) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return func(yield func(*provider.UsageReport, error) bool) {
		if n := c.now.Add(1); n > c.most.Load() {
			c.most.Store(n)
		}
		defer c.now.Add(-1)
		time.Sleep(time.Second)
		c.Memory.FleetUsage(ctx)(yield)
	}
}

// TestUsageWhole: answers for a whole server are in memory for few servers at a time.
func TestUsageWhole(t *testing.T) {
	for whole, want := range map[int]int64{0: 2, 3: 3} {
		synctest.Test(t, func(t *testing.T) {
			f, panels := memories(t, 3, 3, 3, 3, 3, 3)
			var now, most atomic.Int64
			for i, s := range f.Servers() {
				s.Provider = counting{panels[i], &now, &most}
			}
			n := 0
			for _, err := range f.Usage(t.Context(), &fleet.UsageOptions{Whole: whole}) {
				require.NoError(t, err)
				n++
			}
			require.Equal(t, 18, n)
			require.Equal(t, want, most.Load())
		})
	}
	f, _ := memories(t, 1)
	for _, err := range f.Usage(t.Context(), &fleet.UsageOptions{Whole: -1}) {
		require.ErrorIs(t, err, provider.ErrInvalid)
	}
}

// TestUsageEnds: leaving the loop or ending the context leaves no goroutine behind (the bubble
// would not end) and reads no further.
func TestUsageEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := memories(t, 20, 20, 20)
		n := 0
		for _, err := range f.Usage(t.Context(), nil) {
			require.NoError(t, err)
			if n++; n == 5 {
				break
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		n = 0
		for _, err := range f.Usage(ctx, nil) {
			if n++; n == 5 {
				cancel()
			}
			last = err
		}
		require.ErrorIs(t, last, context.Canceled)
		require.False(t, errors.As(last, new(*fleet.ServerError)))
		require.Less(t, n, 20)
	})
	f, _ := memories(t, 1)
	for _, err := range f.Usage(t.Context(), &fleet.UsageOptions{Servers: -1}) {
		require.ErrorIs(t, err, provider.ErrInvalid)
	}
}
