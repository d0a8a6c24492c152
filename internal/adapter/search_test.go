package adapter_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// sequence yields values and errors in their order.
func sequence[T any](values ...any) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for _, v := range values {
			value, _ := v.(*T)
			err, _ := v.(error)
			if !yield(value, err) {
				return
			}
		}
	}
}

var (
	ann  = &record{id: 1, name: "ann", reference: "order-1"}
	bob  = &record{id: 2, name: "bob", reference: "order-2"}
	bob2 = &record{id: 3, name: "Bob", reference: "order-2"}
)

func TestSearch(t *testing.T) {
	a := new(panel).accounts(0)
	for name, test := range map[string]struct {
		records []any
		query   provider.Query
		want    *record
		wantErr error
	}{
		"by name":          {[]any{ann, bob, errStuck}, provider.Query{Username: "BOB"}, bob, nil},
		"by reference":     {[]any{ann, bob}, provider.Query{Reference: "order-1"}, ann, nil},
		"several":          {[]any{ann, bob, bob2}, provider.Query{Reference: "order-2"}, nil, provider.ErrConflict},
		"both must match":  {[]any{ann, bob}, provider.Query{Username: "ann", Reference: "order-2"}, nil, nil},
		"none":             {[]any{ann}, provider.Query{Username: "eve"}, nil, nil},
		"broken off":       {[]any{ann, errStuck}, provider.Query{Reference: "order-1"}, nil, errStuck},
		"the list is gone": {[]any{gone}, provider.Query{Reference: "order-1"}, nil, provider.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := a.Search(sequence[record](test.records...), test.query)
			require.ErrorIs(t, err, test.wantErr)
			require.False(t, isNotFound(err))
			if test.want == nil {
				require.Nil(t, found)
				return
			}
			require.NoError(t, err)
			require.Same(t, test.want, found.Native)
		})
	}
}

// TestFind: that nothing matches is believed of a search of all accounts, and of the server's
// word only with proof.
func TestFind(t *testing.T) {
	byName := provider.Query{Username: "bob"}
	for name, test := range map[string]struct {
		query   provider.Query
		found   *record
		fails   error
		proof   error
		wantErr error
		message string
		proofs  int
	}{
		"found":                {query: byName, found: bob},
		"found another":        {query: byName, found: ann, wantErr: provider.ErrNotFound, message: `panel: find account user "bob": nothing matches`},
		"searched":             {query: byName, wantErr: provider.ErrNotFound, message: `panel: find account user "bob": nothing matches`},
		"not found":            {query: byName, fails: gone, wantErr: provider.ErrNotFound, message: `panel: find account user "bob": no such client (it lists others) (HTTP 404)`, proofs: 1},
		"not found, it says":   {query: byName, fails: gone, proof: adapter.Doubt("neither are others"), wantErr: provider.ErrForbidden, proofs: 1},
		"everything is 404":    {query: byName, fails: gone, proof: gone, wantErr: provider.ErrForbidden, proofs: 1},
		"down":                 {query: byName, fails: down, wantErr: provider.ErrUnavailable},
		"no query":             {wantErr: provider.ErrInvalid},
		"nothing to search by": {query: provider.Query{Domain: "a.example"}, wantErr: provider.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			p := &panel{evidence: "it lists others", proof: test.proof}
			a := p.accounts(0)
			a.Unsearchable = "clients have no domain"
			found, err := a.Find(t.Context(), test.query, func(context.Context) (*provider.Account, error) {
				if test.found == nil {
					return nil, test.fails
				}
				return test.found.view(), nil
			})
			require.Equal(t, test.proofs, p.proofs)
			require.ErrorIs(t, err, test.wantErr)
			require.Equal(t, errors.Is(test.wantErr, provider.ErrNotFound), isNotFound(err))
			if test.message != "" {
				require.EqualError(t, err, test.message)
			}
			if test.wantErr == nil {
				require.NoError(t, err)
				require.Same(t, test.found, found.Native)
			} else {
				require.ErrorContains(t, err, "panel: find account")
			}
		})
	}
}

// TestElsewhere: the account of an order is found under any name, and so is one whose marker only claims to be.
func TestElsewhere(t *testing.T) {
	a := new(panel).accounts(0)
	claiming := &record{id: 4, name: "eve", claims: "order-9"}
	odd := &provider.Error{Kind: provider.ErrProtocol, Message: "row 1 cannot be read"}
	for name, test := range map[string]struct {
		records   []any
		reference string
		want      error
		says      string
	}{
		"nowhere":            {[]any{ann, bob, claiming}, "order-3", nil, ""},
		"under another name": {[]any{ann, bob}, "order-2", provider.ErrConflict, `client 2 was made for that reference, under the name "bob"`},
		"claimed":            {[]any{ann, claiming}, "order-9", provider.ErrConflict, "client 4 may be the wanted one, but it was changed"},
		"broken off":         {[]any{ann, errStuck}, "order-3", errStuck, ""},
		"the list is gone":   {[]any{gone}, "order-3", provider.ErrForbidden, ""},
	} {
		err := a.Elsewhere(sequence[record](test.records...), test.reference)
		require.ErrorIs(t, err, test.want, name)
		if test.says != "" {
			require.ErrorContains(t, err, test.says, name)
		}
	}
	require.NoError(t, a.Elsewhere(func(yield func(*record, error) bool) {
		if yield(new(record), odd) {
			yield(ann, nil)
		}
	}, "order-3"), "a row that cannot be read keeps nobody from an account")
}

func TestList(t *testing.T) {
	list := func(opts *provider.ListOptions, fails error, values ...any) (ids []string, size int, err error) {
		size = -1
		for account, failed := range new(panel).accounts(0).List(t.Context(), opts, func(n int) (iter.Seq2[*provider.Account, error], error) {
			size = n
			return adapter.Each(sequence[record](values...), func(r *record) *provider.Account {
				if r == bob {
					return nil
				}
				return r.view()
			}), fails
		}) {
			if failed != nil {
				require.NoError(t, err, "it goes on behind an error")
				err = failed
				continue
			}
			ids = append(ids, account.ID)
		}
		return ids, size, err
	}
	ids, size, err := list(nil, nil, ann, bob, bob2)
	require.NoError(t, err)
	require.Equal(t, []string{"1", "3"}, ids)
	require.Zero(t, size)
	_, size, _ = list(&provider.ListOptions{PageSize: 5}, nil)
	require.Equal(t, 5, size)
	_, size, err = list(&provider.ListOptions{PageSize: -1}, nil)
	require.Equal(t, -1, size)
	require.Contains(t, fieldsOf(t, err), "PageSize")
	ids, _, err = list(nil, nil, ann, gone, bob2)
	require.Equal(t, []string{"1"}, ids)
	require.EqualError(t, err, "panel: list accounts: no (HTTP 404)")
	require.NotErrorIs(t, err, provider.ErrNotFound, "a list that is denied is not empty")
	_, _, err = list(nil, gone)
	require.ErrorContains(t, err, "panel: list accounts: ")
	require.NotErrorIs(t, err, provider.ErrNotFound)
}

// An error beside a value concerns that value only.
func TestSequenceGoesOn(t *testing.T) {
	var seen []error
	both := func(yield func(*record, error) bool) { _ = yield(ann, errStuck) && yield(bob, nil) }
	for _, err := range adapter.Sequence(t.Context(), "panel", "count", func() (iter.Seq2[*record, error], error) { return both, nil }) {
		seen = append(seen, err)
	}
	require.Equal(t, []error{errStuck, nil}, seen)
}

// What is in memory already ends with the context, too.
func TestSequenceEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []*record
	var last error
	for value, err := range adapter.Sequence(ctx, "panel", "count", func() (iter.Seq2[*record, error], error) { return sequence[record](ann, bob, bob2), nil }) {
		seen, last = append(seen, value), err
		cancel()
	}
	require.Equal(t, []*record{ann, nil}, seen)
	require.ErrorIs(t, last, context.Canceled)
	require.EqualError(t, last, "panel: count: the rest was not read: context canceled")
}

func TestNotListed(t *testing.T) {
	notListed := func(list iter.Seq2[*record, error]) error {
		return adapter.NotListed(list, func(r *record) int64 { return r.id }, bob.id)
	}
	require.NoError(t, notListed(sequence[record](ann)))
	require.NoError(t, notListed(sequence[record]()))
	require.ErrorIs(t, notListed(sequence[record](ann, bob)), adapter.Listed)
	require.ErrorIs(t, notListed(sequence[record](ann, gone)), gone)
	// Records that cannot be read: only that of somebody else is no obstacle.
	require.NoError(t, notListed(odd{{ann, textless}}.all))
	require.ErrorIs(t, notListed(odd{{new(record), textless}}.all), textless)
	require.ErrorIs(t, notListed(odd{{new(record), textless}, {bob, nil}}.all), adapter.Listed)
	require.ErrorIs(t, notListed(odd{{bob, textless}}.all), adapter.Listed)
}

// oddError is the error of a record of which something cannot be read.
type oddError bool

func (e oddError) Error() string   { return "odd" }
func (e oddError) HidesText() bool { return bool(e) }

const numberless, textless = oddError(false), oddError(true)

// odd are records, and what is wrong with them.
type odd []struct {
	record *record
	err    error
}

func (o odd) all(yield func(*record, error) bool) {
	for _, r := range o {
		if !yield(r.record, r.err) {
			return
		}
	}
}

// A record that cannot be read does not keep others from being found, or from being known to be
// absent, unless it may be the one.
func TestSearchPastOddRecords(t *testing.T) {
	a := new(panel).accounts(0)
	byName, byReference := provider.Query{Username: "bob"}, provider.Query{Reference: "order-2"}
	for name, test := range map[string]struct {
		records odd
		query   provider.Query
		want    *record
		wantErr error
	}{
		"before it":                   {odd{{ann, textless}, {bob, nil}}, byName, bob, nil},
		"nameless before it":          {odd{{new(record), textless}, {bob, nil}}, byReference, bob, nil},
		"somebody else":               {odd{{ann, textless}}, byName, nil, nil},
		"somebody else's number":      {odd{{new(record), numberless}}, byReference, nil, nil},
		"another reference":           {odd{{ann, textless}}, byReference, nil, nil},
		"it may be the one":           {odd{{&record{id: 7}, textless}, {ann, nil}}, byReference, nil, textless},
		"without a name":              {odd{{&record{id: 7, reference: "order-7"}, textless}}, byName, nil, textless},
		"it is the one, and odd":      {odd{{bob, numberless}}, byName, nil, numberless},
		"it is the one, by reference": {odd{{bob, numberless}}, byReference, nil, numberless},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := a.Search(test.records.all, test.query)
			require.ErrorIs(t, err, test.wantErr)
			if test.want == nil {
				require.Nil(t, found)
				return
			}
			require.NoError(t, err)
			require.Same(t, test.want, found.Native)
		})
	}
}

// Legible records come without an error; what may hide somebody is an error at the end.
func TestLegible(t *testing.T) {
	var seen []*record
	var failed error
	for r, err := range adapter.Legible(odd{{ann, numberless}, {new(record), textless}, {bob, nil}}.all) {
		if r == nil {
			failed = err
			continue
		}
		require.NoError(t, err)
		require.NoError(t, failed, "the error is last")
		seen = append(seen, r)
	}
	require.Equal(t, []*record{ann, bob}, seen)
	require.ErrorIs(t, failed, textless)
	for r, err := range adapter.Legible(odd{{ann, nil}, {nil, errStuck}, {bob, nil}}.all) {
		require.Equal(t, r == nil, err != nil)
		require.NotEqual(t, bob, r, "an error alone ends the list")
	}
}

// The view of an odd record keeps its error.
func TestEachOddRecord(t *testing.T) {
	var errs []error
	for name, err := range adapter.Each(odd{{ann, numberless}, {bob, nil}, {nil, errStuck}, {bob2, nil}}.all, func(r *record) *string { return &r.name }) {
		require.Equal(t, name == nil, errors.Is(err, errStuck))
		errs = append(errs, err)
	}
	require.Equal(t, []error{numberless, nil, errStuck}, errs)
}

func TestCheckQuery(t *testing.T) {
	const without = "clients have no domain"
	for _, test := range []struct {
		query   provider.Query
		without words.Own
		action  string
		want    error
	}{
		{provider.Query{}, "", "find account", provider.ErrInvalid},
		{provider.Query{}, without, "find account", provider.ErrInvalid},
		{provider.Query{Domain: "a.example"}, "", `find account domain "a.example"`, nil},
		{provider.Query{Domain: "a.example"}, without, `find account domain "a.example"`, provider.ErrUnsupported},
		{provider.Query{Username: "u", Email: "a@b.example"}, without, `find account user "u", e-mail "a@b.example"`, provider.ErrUnsupported},
		{provider.Query{Username: "u"}, without, `find account user "u"`, nil},
	} {
		action, err := adapter.CheckQuery("panel", test.query, test.without)
		require.Equal(t, test.action, action)
		require.ErrorIs(t, err, test.want)
		require.Equal(t, test.want == nil, err == nil)
	}
}
