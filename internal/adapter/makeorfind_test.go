package adapter_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// TestMakeOrFind plays every order of answers. A thing that exists belongs to whom it says:
// "ours", "theirs".
func TestMakeOrFind(t *testing.T) {
	const changed, already = provider.OutcomeChanged, provider.OutcomeAlready
	taken := &provider.Error{Kind: provider.ErrAlreadyExists, Message: "theirs"}
	exists := &provider.Error{Kind: provider.ErrInvalid, Message: "name taken"}
	for name, test := range map[string]struct {
		first, readBack bool
		finds           []any // what each look finds: "" is nothing, an error fails
		makes           []any // what each try answers
		want            string
		outcome         provider.Outcome
		wantErr         error
		not             error
		certain         bool
	}{
		"made":                             {makes: []any{"ours"}, want: "ours", outcome: changed, certain: true},
		"looked, and made":                 {first: true, finds: []any{""}, makes: []any{"ours"}, want: "ours", outcome: changed, certain: true},
		"there, ours":                      {first: true, finds: []any{"ours"}, want: "ours", outcome: already},
		"there, theirs":                    {first: true, finds: []any{"theirs"}, wantErr: taken},
		"cannot look first":                {first: true, finds: []any{down}, wantErr: provider.ErrUnavailable},
		"lost, and made":                   {finds: []any{"ours"}, makes: []any{lost}, want: "ours", outcome: changed},
		"lost, and theirs":                 {finds: []any{"theirs"}, makes: []any{lost}, wantErr: taken},
		"lost, not made, made":             {finds: []any{""}, makes: []any{lost, "ours"}, want: "ours", outcome: changed, certain: true},
		"lost, cannot look":                {finds: []any{down}, makes: []any{lost}, wantErr: provider.ErrOutcomeUnknown, not: provider.ErrUnavailable},
		"lost twice, made at last":         {finds: []any{"", "ours"}, makes: []any{lost, lost}, want: "ours", outcome: changed},
		"lost twice, not seen":             {finds: []any{"", ""}, makes: []any{lost, lost}, wantErr: provider.ErrOutcomeUnknown},
		"lost, not seen, refused, there":   {finds: []any{"", "ours"}, makes: []any{lost, exists}, want: "ours", outcome: changed},
		"lost, not seen, refused, theirs":  {finds: []any{"", "theirs"}, makes: []any{lost, exists}, wantErr: taken},
		"lost, not seen, refused, nothing": {finds: []any{"", ""}, makes: []any{lost, exists}, wantErr: provider.ErrOutcomeUnknown, not: provider.ErrInvalid},
		"refused, ours":                    {finds: []any{"ours"}, makes: []any{exists}, want: "ours", outcome: already},
		"refused, theirs":                  {finds: []any{"theirs"}, makes: []any{exists}, wantErr: taken},
		"refused, nothing there":           {finds: []any{""}, makes: []any{exists}, wantErr: errStuck},
		"refused, cannot look":             {finds: []any{down}, makes: []any{exists}, wantErr: provider.ErrUnavailable, not: provider.ErrOutcomeUnknown},
		"down":                             {makes: []any{down}, wantErr: provider.ErrUnavailable},
		"denied, and made":                 {first: true, finds: []any{"", "ours"}, makes: []any{gone}, want: "ours", outcome: changed},
		"denied, and theirs":               {first: true, finds: []any{"", "theirs"}, makes: []any{gone}, wantErr: taken},
		"denied, not seen, made":           {first: true, finds: []any{"", ""}, makes: []any{gone, "ours"}, want: "ours", outcome: changed, certain: true},
		"denied, not seen, refused, there": {finds: []any{"", "ours"}, makes: []any{gone, exists}, want: "ours", outcome: changed},
		"denied twice":                     {finds: []any{"", ""}, makes: []any{gone, gone}, wantErr: errStuck, not: provider.ErrOutcomeUnknown},
		"denied twice, there at last":      {finds: []any{"", "ours"}, makes: []any{gone, gone}, want: "ours", outcome: changed},
		"denied, cannot look":              {finds: []any{down}, makes: []any{gone}, wantErr: provider.ErrOutcomeUnknown, not: provider.ErrUnavailable},
		"denied, may not look":             {finds: []any{forbidden}, makes: []any{gone}, wantErr: provider.ErrForbidden, not: provider.ErrOutcomeUnknown},
		"denied, not seen, lost, not seen": {finds: []any{"", "", ""}, makes: []any{gone, lost, lost}, wantErr: provider.ErrOutcomeUnknown},
		"read back, ours":                  {readBack: true, finds: []any{"ours"}, makes: []any{"unread"}, want: "ours", outcome: changed, certain: true},
		"read back, theirs":                {readBack: true, finds: []any{"theirs"}, makes: []any{"unread"}, wantErr: taken},
		"read back, nothing":               {readBack: true, finds: []any{""}, makes: []any{"unread"}, wantErr: provider.ErrConflict},
		"read back fails":                  {readBack: true, finds: []any{down}, makes: []any{"unread"}, wantErr: provider.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			finds, makes := test.finds, test.makes
			next := func(script *[]any) (*string, error) {
				require.NotEmpty(t, *script, "one call too many")
				answer := (*script)[0]
				*script = (*script)[1:]
				if err, failed := answer.(error); failed {
					return nil, err
				}
				thing := answer.(string)
				if thing == "" {
					return nil, gone
				}
				return &thing, nil
			}
			certain := !test.certain
			thing, outcome, err := adapter.MakeOrFind[string]{
				LookFirst: test.first, ReadBack: test.readBack, Certain: &certain,
				Find: func(_ context.Context, why error) (*string, error) {
					if len(makes) == 0 && len(finds) == 1 && test.makes != nil && test.makes[len(test.makes)-1] == any(exists) {
						require.Same(t, exists, why, "the refusal is evidence")
					} else {
						require.True(t, why == nil || test.readBack || errors.Is(why, gone), "there was no refusal")
					}
					return next(&finds)
				},
				Make: func(context.Context) (*string, error) { return next(&makes) },
				Ours: func(thing *string) error {
					if *thing == "ours" {
						return nil
					}
					return taken
				},
				WhyNot: func(context.Context, error) error { return errStuck },
			}.Run(t.Context())
			require.Empty(t, finds, "a look that was not taken")
			require.Empty(t, makes, "a try that was not made")
			if test.wantErr != nil {
				require.ErrorIs(t, err, test.wantErr)
				if test.not != nil {
					require.NotErrorIs(t, err, test.not)
				}
				require.Nil(t, thing)
				require.Empty(t, outcome)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, *thing)
			require.Equal(t, test.certain, certain)
			require.Equal(t, test.outcome, outcome)
		})
	}
}

// Without an explanation the refusal is the error, and without Ours everything is ours.
func TestMakeOrFindPlain(t *testing.T) {
	find := func(context.Context, error) (*string, error) { return nil, gone }
	_, _, err := adapter.MakeOrFind[string]{Find: find, Make: func(context.Context) (*string, error) { return nil, refused }}.Run(t.Context())
	require.Same(t, refused, err)
	there := "anybody's"
	found, outcome, err := adapter.MakeOrFind[string]{LookFirst: true, Find: func(context.Context, error) (*string, error) { return &there, nil }}.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, &there, found)
	require.Equal(t, provider.OutcomeAlready, outcome)
}

// TestMakeOrFindElsewhere: what keeps a thing from being made is looked for once, after the first look found
// nothing and before anything is made.
func TestMakeOrFindElsewhere(t *testing.T) {
	for name, test := range map[string]struct {
		first   bool
		found   error
		asked   int
		want    error
		written int
	}{
		"nothing is found":      {first: true, found: gone, asked: 1, written: 2},
		"it is there":           {first: true},
		"the look fails":        {first: true, found: down, want: provider.ErrUnavailable},
		"there is no such look": {found: gone, written: 2},
		"it is elsewhere":       {first: true, found: gone, asked: 1, want: errStuck},
	} {
		asked, written := 0, 0
		thing := "ours"
		m := adapter.MakeOrFind[string]{
			LookFirst: test.first,
			Find: func(context.Context, error) (*string, error) {
				if test.found != nil {
					return nil, test.found
				}
				return &thing, nil
			},
			Elsewhere: func(context.Context) error {
				asked++
				return test.want
			},
			Make: func(context.Context) (*string, error) {
				if written++; written == 1 {
					return nil, lost
				}
				return &thing, nil
			},
		}
		_, _, err := m.Run(t.Context())
		require.ErrorIs(t, err, test.want, name)
		require.Equal(t, test.asked, asked, name)
		require.Equal(t, test.written, written, name)
	}
}
