package adapter_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// record is an account of the panel that these tests play.
type record struct {
	id        int64
	name      string
	reference string
	claims    string // of a marker that was changed
	on        bool
	status    provider.Status
}

func (r *record) view() *provider.Account {
	a := &provider.Account{ID: fmt.Sprint(r.id), Username: r.name, Reference: r.reference, Status: r.status, Native: r}
	if r.claims != "" {
		a.Marker = provider.Marker{Tampered: "it was changed", Claims: []string{r.claims}}
	}
	return a
}

// panel answers reads from a script: a *record or an error each, the last one for ever.
type panel struct {
	reads    []any
	evidence string
	proof    error
	// read, sent and proofs count.
	read, sent, proofs int
}

func (p *panel) next() (*record, error) {
	p.read++
	answer := p.reads[0]
	if len(p.reads) > 1 {
		p.reads = p.reads[1:]
	}
	if err, failed := answer.(error); failed {
		return nil, err
	}
	return answer.(*record), nil
}

func (p *panel) accounts(lag time.Duration) *adapter.Accounts[int64, record] {
	return &adapter.Accounts[int64, record]{
		Kind: "panel", Noun: "client", ParseID: adapter.PositiveID("client ID"), View: (*record).view, Lag: lag,
		Read: func(context.Context, int64) (*record, error) { return p.next() },
		Prove: func(context.Context, int64) (string, error) {
			p.proofs++
			return p.evidence, p.proof
		},
	}
}

func (p *panel) send(err error) func(context.Context, int64, *record) error {
	return func(context.Context, int64, *record) error { p.sent++; return err }
}

var (
	gone      = &provider.Error{Provider: "panel", Op: "Clients.Get", Action: "get client 7", Kind: provider.ErrNotFound, StatusCode: 404, Message: "no"}
	forbidden = &provider.Error{Provider: "panel", Op: "Clients.List", Action: "list clients", Kind: provider.ErrForbidden, StatusCode: 403, Message: "not yours"}
	down      = &provider.Error{Provider: "panel", Action: "list clients", Kind: provider.ErrUnavailable, StatusCode: 503, Message: "down", RetryAfter: time.Minute}
	off, on   = &record{id: 7, status: provider.StatusActive}, &record{id: 7, status: provider.StatusActive, on: true}
)

func isOn(r *record) bool { return r.on }

// TestVerb: what is wrong with the input is said before anything is sent, all of it, and every
// error names the verb and the ID.
func TestVerb(t *testing.T) {
	run := func(id string, input provider.Problems, fails error) (string, bool, error) {
		ran := false
		result, err := adapter.Verb(t.Context(), new(panel).accounts(0), "count disks of account", id, input,
			func(_ context.Context, n int64) (string, error) { ran = true; return fmt.Sprint("disk of ", n), fails })
		return result, ran, err
	}
	result, ran, err := run("7", nil, nil)
	require.NoError(t, err)
	require.Equal(t, "disk of 7", result)
	require.True(t, ran)

	result, ran, err = run("x", adapter.Input("plan", "required"), nil)
	require.EqualError(t, err, `panel: count disks of account: refused before sending: id: "x" is not a client ID (a positive number); plan: required`)
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Empty(t, result)
	require.False(t, ran)

	_, ran, err = run("7", adapter.Input("plan", "required"), nil)
	require.EqualError(t, err, `panel: count disks of account 7: refused before sending: plan: required`)
	require.False(t, ran)

	result, _, err = run("7", adapter.Input("plan", ""), gone)
	require.EqualError(t, err, "panel: count disks of account 7: no (HTTP 404)")
	require.Empty(t, result, "a verb that fails returns nothing else")
}

func TestGet(t *testing.T) {
	p := &panel{reads: []any{on, gone}}
	a := p.accounts(0)
	account, err := a.Get(t.Context(), "7")
	require.NoError(t, err)
	require.Equal(t, "7", account.ID)
	_, err = a.Get(t.Context(), "7")
	require.EqualError(t, err, "panel: get account 7: no (HTTP 404)")
	require.ErrorIs(t, err, provider.ErrNotFound)
	_, err = a.Get(t.Context(), "07")
	require.Contains(t, fieldsOf(t, err), "id")
	require.Equal(t, 2, p.read)
}

// TestChange plays every order of answers that a change at once can meet.
func TestChange(t *testing.T) {
	for name, test := range map[string]struct {
		reads   []any
		do      error
		made    func(*record) bool
		want    provider.Outcome
		wantErr error
		sent    int
		read    int
	}{
		"already":                 {reads: []any{on}, want: provider.OutcomeAlready, read: 1},
		"changed":                 {reads: []any{off, on}, want: provider.OutcomeChanged, sent: 1, read: 2},
		"said done, did not":      {reads: []any{off}, wantErr: provider.ErrConflict, sent: 1, read: 2},
		"other proof":             {reads: []any{off}, made: func(*record) bool { return true }, want: provider.OutcomeChanged, sent: 1, read: 2},
		"not there":               {reads: []any{gone}, wantErr: provider.ErrNotFound, read: 1},
		"refused":                 {reads: []any{off}, do: refused, wantErr: provider.ErrInvalid, sent: 1, read: 1},
		"denied and made":         {reads: []any{off, on}, do: gone, want: provider.OutcomeChanged, sent: 1, read: 2},
		"denied, and as it was":   {reads: []any{off}, do: gone, wantErr: provider.ErrOutcomeUnknown, sent: 1, read: 2},
		"denied, and gone":        {reads: []any{off, gone}, do: gone, wantErr: provider.ErrOutcomeUnknown, sent: 1, read: 2},
		"lost and made":           {reads: []any{off, on}, do: lost, want: provider.OutcomeChanged, sent: 1, read: 2},
		"lost and cannot look":    {reads: []any{off, errStuck}, do: lost, wantErr: provider.ErrOutcomeUnknown, sent: 1, read: 2},
		"lost twice, and no more": {reads: []any{off}, do: lost, wantErr: provider.ErrOutcomeUnknown, sent: 2, read: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := &panel{reads: test.reads}
			outcome, err := p.accounts(0).Change(t.Context(), "7", adapter.Change[int64, record]{
				Verb: "switch on account", Already: isOn, Made: test.made, Do: p.send(test.do),
			})
			require.Equal(t, test.want, outcome)
			require.ErrorIs(t, err, test.wantErr)
			if require.Equal(t, test.wantErr == nil, err == nil); err != nil {
				require.ErrorContains(t, err, "panel: switch on account 7: ")
			}
			require.Equal(t, []int{test.sent, test.read}, []int{p.sent, p.read})
		})
	}
}

// A record that trails is looked at until it shows the change, and no longer than it may trail.
func TestChangeTrails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		p := &panel{reads: []any{off, off, off, on}}
		change := adapter.Change[int64, record]{Verb: "switch on account", Already: isOn, Do: p.send(nil)}
		outcome, err := p.accounts(5*time.Second).Change(t.Context(), "7", change)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		require.Equal(t, 300*time.Millisecond, time.Since(begun))
		require.Equal(t, 1, p.sent)

		begun, p.reads = time.Now(), []any{off}
		_, err = p.accounts(5*time.Second).Change(t.Context(), "7", change)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.Equal(t, 5*time.Second, time.Since(begun))
	})
}

// TestChangePends: a change that the system only begins is pending when it takes longer than
// the caller's patience, and Poll follows it.
func TestChangePends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			reads   []any
			do      error
			task    func() (bool, error) // nil: the system has none
			want    provider.Outcome
			wantErr error
			took    time.Duration
			sent    int
		}{
			"shown in time":                {reads: []any{off, off, on}, want: provider.OutcomeChanged, took: 100 * time.Millisecond, sent: 1},
			"not in time":                  {reads: []any{off}, want: provider.OutcomePending, took: 30 * time.Second, sent: 1},
			"lost, and shown":              {reads: []any{off, off, on}, do: lost, want: provider.OutcomeChanged, took: 100 * time.Millisecond, sent: 1},
			"lost, and never shown":        {reads: []any{off}, do: lost, wantErr: provider.ErrOutcomeUnknown, took: 60 * time.Second, sent: 2},
			"task over, shown":             {reads: []any{off, on}, task: func() (bool, error) { return true, nil }, want: provider.OutcomeChanged, sent: 1},
			"task over, trails":            {reads: []any{off, off, on}, task: func() (bool, error) { return true, nil }, want: provider.OutcomeChanged, took: 100 * time.Millisecond, sent: 1},
			"task over, nothing shows":     {reads: []any{off}, task: func() (bool, error) { return true, nil }, wantErr: provider.ErrConflict, took: 5 * time.Second, sent: 1},
			"task runs on":                 {reads: []any{off}, task: func() (bool, error) { return false, nil }, want: provider.OutcomePending, took: 30 * time.Second, sent: 1},
			"task failed":                  {reads: []any{off}, task: func() (bool, error) { return true, errStuck }, wantErr: provider.ErrOutcomeUnknown, sent: 1},
			"task, but the answer is lost": {reads: []any{off, on}, do: lost, task: func() (bool, error) { panic("there is no task") }, want: provider.OutcomeChanged, sent: 1},
		} {
			p, begun := &panel{reads: test.reads}, time.Now()
			a := p.accounts(5 * time.Second)
			change := adapter.Change[int64, record]{Verb: "switch on account", Already: isOn, Do: p.send(test.do), Patience: 30 * time.Second}
			if test.task != nil {
				change.Task = func(context.Context) (bool, error) { return test.task() }
			}
			outcome, err := a.Change(t.Context(), "7", change)
			require.ErrorIs(t, err, test.wantErr, name)
			require.Equal(t, test.wantErr == nil, err == nil, "%s: %v", name, err)
			require.Equal(t, test.want, outcome, name)
			require.Equal(t, test.took, time.Since(begun), name)
			require.Equal(t, test.sent, p.sent, name)
			require.Equal(t, test.want == provider.OutcomePending, a.Pending(7).Shows != nil, name)
		}
	})
}

// TestChangeSupersedes: what an opposite verb found or brought about replaces work that the record may
// never show now, and no other verb forgets what is pending.
func TestChangeSupersedes(t *testing.T) {
	for name, test := range map[string]struct {
		concerns string
		reads    []any
		want     provider.Outcome
		done     bool
	}{
		"changed":                {"power", []any{on, off}, provider.OutcomeChanged, true},
		"not begun by now":       {"power", []any{off}, provider.OutcomeAlready, true},
		"another verb":           {"plan", []any{on, off}, provider.OutcomeChanged, false},
		"another verb, already":  {"", []any{off}, provider.OutcomeAlready, false},
		"a refusal is no change": {"power", []any{on}, "", false},
	} {
		p := &panel{reads: test.reads}
		a := p.accounts(0)
		a.Begin(7, adapter.Work[record]{Shows: func(r *record) bool { return r.on && r.id == 8 }, Concerns: "power"})
		outcome, _ := a.Change(t.Context(), "7", adapter.Change[int64, record]{
			Verb: "switch off account", Already: func(r *record) bool { return !r.on }, Do: p.send(nil), Concerns: test.concerns,
		})
		require.Equal(t, test.want, outcome, name)
		progress, err := a.Poll(t.Context(), "7")
		require.NoError(t, err, name)
		require.Equal(t, test.done, progress.Done, name)
	}
}

// TestPoll: pending work is done when its task is over, and the record shows it and is neither
// pending nor busy.
func TestPoll(t *testing.T) {
	building := &record{id: 7, status: provider.StatusPending, on: true}
	ending := &record{id: 7, status: provider.StatusEnding}
	running := func(context.Context) (bool, error) { return false, nil }
	over := func(context.Context) (bool, error) { return true, nil }
	failed := func(context.Context) (bool, error) { return true, refused }
	blind := func(context.Context) (bool, error) { return false, down }
	unknown := func(context.Context) (bool, error) { return false, gone }
	kindless := func(context.Context) (bool, error) { return false, &provider.Error{Message: "odd", Err: gone} }
	for name, test := range map[string]struct {
		read     any
		work     adapter.Work[record]
		busy     bool
		proof    error
		done     bool
		wantErr  error
		forgot   bool
		notFound bool
	}{
		"nothing begun":        {read: off, done: true, forgot: true},
		"built":                {read: building},
		"ending":               {read: ending},
		"busy":                 {read: off, busy: true},
		"not shown":            {read: off, work: adapter.Work[record]{Shows: isOn}},
		"shown":                {read: on, work: adapter.Work[record]{Shows: isOn}, done: true, forgot: true},
		"task runs":            {read: on, work: adapter.Work[record]{Task: running, Shows: isOn}},
		"task over":            {read: on, work: adapter.Work[record]{Task: over, Shows: isOn}, done: true, forgot: true},
		"task over, not shown": {read: off, work: adapter.Work[record]{Task: over, Shows: isOn}},
		"task over, built":     {read: building, work: adapter.Work[record]{Task: over, Shows: isOn}},
		"task failed":          {read: off, work: adapter.Work[record]{Task: failed, Shows: isOn}, wantErr: provider.ErrInvalid, forgot: true},
		"task cannot be seen":  {read: off, work: adapter.Work[record]{Task: blind, Shows: isOn}, wantErr: provider.ErrUnavailable},
		"task is not found":    {read: off, work: adapter.Work[record]{Task: unknown, Shows: isOn}, wantErr: provider.ErrForbidden},
		"task without a kind":  {read: off, work: adapter.Work[record]{Task: kindless, Shows: isOn}, wantErr: provider.ErrForbidden},
		"gone for sure":        {read: gone, wantErr: provider.ErrNotFound, notFound: true},
		"gone, it says":        {read: gone, proof: adapter.Doubt("so are others"), wantErr: provider.ErrForbidden},
		"the panel denies all": {read: gone, proof: gone, wantErr: provider.ErrForbidden},
		"the panel is down":    {read: down, wantErr: provider.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			p := &panel{reads: []any{test.read}, evidence: "it lists others", proof: test.proof}
			a := p.accounts(0)
			a.Busy = func(*record) bool { return test.busy }
			a.Begin(7, test.work)
			progress, err := a.Poll(t.Context(), "7")
			require.Equal(t, test.forgot, a.Pending(7).Task == nil && a.Pending(7).Shows == nil && (test.work.Shows != nil || test.done))
			if test.wantErr != nil {
				require.ErrorIs(t, err, test.wantErr)
				require.ErrorContains(t, err, "panel: poll account 7: ")
				require.Equal(t, test.notFound, isNotFound(err))
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.done, progress.Done)
			require.Equal(t, "7", progress.Account.ID)
			require.NotEmpty(t, progress.Message)
		})
	}
}

func TestAdopt(t *testing.T) {
	ours, theirs := &record{id: 7, reference: "order-1"}, &record{id: 7, reference: "order-2"}
	for name, test := range map[string]struct {
		id, reference string
		reads         []any
		want          provider.Outcome
		wantErr       error
		message       string
		sent          int
	}{
		"adopted":          {"7", "order-1", []any{off, ours}, provider.OutcomeAdopted, nil, "", 1},
		"already":          {"7", "order-1", []any{ours}, provider.OutcomeAlready, nil, "", 0},
		"somebody's":       {"7", "order-1", []any{theirs}, "", provider.ErrAlreadyExists, `panel: adopt account 7: client 7 belongs to the reference "order-2"`, 0},
		"taken at the end": {"7", "order-1", []any{off, theirs}, "", provider.ErrConflict, "panel: adopt account 7: the server accepted the change and does not show it; the change may have been applied", 1},
		"no reference":     {"7", "a]b", nil, "", provider.ErrInvalid, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := &panel{reads: test.reads}
			outcome, err := p.accounts(0).Adopt(t.Context(), test.id, test.reference, p.send(nil))
			require.Equal(t, test.want, outcome)
			require.ErrorIs(t, err, test.wantErr)
			if test.message != "" {
				require.EqualError(t, err, test.message)
			}
			require.Equal(t, test.sent, p.sent)
		})
	}
}

func TestOwned(t *testing.T) {
	owned := new(panel).accounts(0).Owned("order-1")
	require.NoError(t, owned(&record{id: 7, reference: "order-1"}))
	err := owned(&record{id: 7, reference: "order-2"})
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.Contains(t, fieldsOf(t, err), "Username")
	require.ErrorContains(t, owned(&record{id: 7}), "client 7 exists and carries no reference")
}

func TestSignOn(t *testing.T) {
	a, offered := new(panel).accounts(0), []provider.SignOnKind{provider.SignOnPlain, provider.SignOnReset}
	run := func(req *provider.SignOnRequest) error {
		_, err := a.SignOn(t.Context(), req, func(context.Context, int64) (*provider.SignOn, error) { return new(provider.SignOn), nil }, offered...)
		return err
	}
	require.ErrorIs(t, run(nil), provider.ErrInvalid)
	require.NoError(t, run(&provider.SignOnRequest{AccountID: "7"}))
	require.NoError(t, run(&provider.SignOnRequest{AccountID: "7", Kind: provider.SignOnReset}))
	err := run(&provider.SignOnRequest{AccountID: "x", Kind: provider.SignOnSession})
	require.Equal(t, `"session" is not offered here, only "`+string(provider.SignOnPlain)+`" and "`+string(provider.SignOnReset)+`"`, fieldsOf(t, err)["Kind"])
	require.Contains(t, fieldsOf(t, err), "id")
}
