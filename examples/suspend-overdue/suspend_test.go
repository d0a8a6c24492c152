package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

func TestDryRun(t *testing.T) {
	d := newDesk(t, 10)
	_, err := d.panel.Suspend(t.Context(), d.id(1))
	require.NoError(t, err)
	d.panel.Faults().Forget()
	d.list(d.id(0), strings.ToUpper(d.name(1)), d.id(0), "nobody", "web1,"+d.id(2)+",INV-9,2999-01-01", "web9,x,INV-1,1999-12-01")
	d.s.dryRun = true
	state, err := d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Equal(t, strings.Join([]string{
		"SERVER   ID       ACCOUNT          INVOICE    DUE        PLAN",
		fmt.Sprintf("web1     %-8s %-16s INV-1      1999-12-01 suspend", d.id(0), d.name(0)),
		fmt.Sprintf("web1     %-8s %-16s INV-1      1999-12-01 suspended already", d.id(1), d.name(1)),
		fmt.Sprintf("web1     %-8s %-16s INV-1      1999-12-01 as an earlier line", d.id(0), d.name(0)),
		"web1              nobody           INV-1      1999-12-01 cannot be done: no such account",
		fmt.Sprintf("web1     %-8s %-16s INV-9      2999-01-01 not due yet", d.id(2), d.name(2)),
		`web9              x                INV-1      1999-12-01 cannot be done: fleet: find server "web9": no server has that name`,
		"",
		"In the list: 6. Of these: 1 suspend, 1 suspended already, 1 as an earlier line, 1 not due yet, 2 cannot be done.",
		"",
	}, "\n"), d.out.String())
	require.Empty(t, d.writes())
	require.Equal(t, 1, len(d.panel.Faults().Requests()), "more than one list of the server")
	files, err := os.ReadDir(d.dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "a dry run has written files")
}

func TestAsks(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0), d.id(1))
	d.s.yes = false
	for _, answer := range []string{"", "no\n", "y\n", "yes please\n"} {
		state, err := d.run(t.Context(), answer)
		require.Error(t, err)
		require.Equal(t, exitDeclined, state)
		require.True(t, strings.HasSuffix(d.out.String(), "Accounts to suspend: 2. Type yes to go on: "))
	}
	require.Empty(t, d.writes())
	state, err := d.run(t.Context(), "yes\n")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Equal(t, []string{d.id(0), d.id(1)}, d.suspended())
}

// TestResult: every line of the list has a line in the result.
func TestResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 10)
		_, err := d.panel.Suspend(t.Context(), d.id(3))
		require.NoError(t, err)
		d.list(d.id(0), d.id(1), d.id(0), "nobody", d.id(3), "web1,"+d.id(2)+",INV-9,2999-01-01", "web1,"+d.id(1)+",=cmd(),1999-12-01")
		d.panel.Faults().When(func(r *http.Request) bool {
			return r.Method != http.MethodGet && strings.Contains(r.URL.Path, d.id(1))
		}, 0, faults.Fault{Kind: faults.Status, StatusCode: 403})
		state, err := d.run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, exitFailures, state)
		rows := strings.Split(strings.TrimSpace(d.result()), "\n")
		now := time.Now().UTC().Format(time.RFC3339)
		require.Equal(t, []string{
			"line,server,account,id,invoice,due,result,detail",
			fmt.Sprintf("2,web1,%[1]s,%[1]s,INV-1,1999-12-01,suspended,changed at %s", d.id(0), now),
			fmt.Sprintf("4,web1,%[1]s,%[1]s,INV-1,1999-12-01,suspended,changed at %s", d.id(0), now),
			"5,web1,nobody,,INV-1,1999-12-01,failed,no such account",
			fmt.Sprintf("6,web1,%[1]s,%[1]s,INV-1,1999-12-01,suspended,it was when this run began", d.id(3)),
			fmt.Sprintf("7,web1,%[1]s,%[1]s,INV-9,2999-01-01,left alone,not due yet", d.id(2)),
		}, append(append(rows[:2:2], rows[3:6]...), rows[6]))
		require.Contains(t, rows[2], "3,web1,"+d.id(1)+","+d.id(1)+",INV-1,1999-12-01,failed,")
		require.Contains(t, rows[2], "403")
		require.Contains(t, rows[7], ",'=cmd(),1999-12-01,failed,")

		// The next call tries what failed, and only that.
		d.panel.Faults().Clear()
		d.panel.Faults().Forget()
		state, err = d.run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, exitFailures, state, "there is still no account nobody")
		require.Len(t, d.writes(), 1)
		require.Equal(t, []string{d.id(0), d.id(1), d.id(3)}, d.suspended())
		require.Contains(t, d.out.String(), "[2/2] web1/"+d.name(1)+": changed\n")
	})
}

// TestInterrupted: after Ctrl-C at any account, the same call does the rest, and suspends none
// twice.
func TestInterrupted(t *testing.T) {
	for n := 1; n <= 5; n++ {
		d := newDesk(t, 20)
		d.list(d.id(0), d.id(1), d.id(2), d.id(3), d.id(4), d.id(5))
		ctx, cancel := context.WithCancel(t.Context())
		d.out.Reset()
		state, err := suspend(ctx, d.s, d.servers, terminal{out: &interrupter{Writer: &d.out, left: n, interrupt: cancel}})
		require.ErrorContains(t, err, "the same call does the rest")
		require.Equal(t, exitInterrupted, state)
		require.Contains(t, d.result(), "not tried")
		require.GreaterOrEqual(t, len(d.suspended()), n)

		state, err = d.run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, exitDone, state, d.result())
		require.Len(t, d.suspended(), 6)
		require.Equal(t, 6, strings.Count(d.result(), ",suspended,"))
		require.Contains(t, d.out.String(), fmt.Sprintf(" %d done by an earlier run", n))
		for path, count := range d.writes() {
			require.Equal(t, 1, count, "%s was sent %d times", path, count)
		}
	}
}

// TestInterruptedWhilePlanning: nothing has been changed by then.
func TestInterruptedWhilePlanning(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	state, err := d.run(ctx, "")
	require.ErrorContains(t, err, "nothing was done")
	require.Equal(t, exitInterrupted, state)
	require.Empty(t, d.writes())
}

// TestKilled: the log ends in the middle of a line.
func TestKilled(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0), d.id(1))
	_, err := d.run(t.Context(), "")
	require.NoError(t, err)
	logs, err := filepath.Glob(filepath.Join(d.dir, "*.jsonl"))
	require.NoError(t, err)
	require.Len(t, logs, 1)
	text, err := os.ReadFile(logs[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(logs[0], text[:len(text)-10], 0o600))
	state, err := d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Equal(t, 2, strings.Count(d.result(), ",suspended,"))
	for path, count := range d.writes() {
		require.Equal(t, 1, count, path)
	}
}

// TestPaidMeanwhile: the same list does not suspend customers again who have paid since; the list
// of the next month, under the same name, does.
func TestPaidMeanwhile(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0))
	_, err := d.run(t.Context(), "")
	require.NoError(t, err)
	_, err = d.panel.Unsuspend(t.Context(), d.id(0))
	require.NoError(t, err)
	state, err := d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Contains(t, d.out.String(), "In the list: 1. Of these: 1 done by an earlier run.")
	require.Empty(t, d.suspended())

	d.list("web1," + d.id(0) + ",INV-2,1999-12-31")
	state, err = d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Equal(t, []string{d.id(0)}, d.suspended())
}

func TestSafetyStop(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0), d.id(1), d.id(2), d.id(3))
	state, err := d.run(t.Context(), "")
	require.ErrorIs(t, err, bulk.ErrSafetyStop)
	require.ErrorContains(t, err, "4 of the 10 accounts of web1")
	require.Equal(t, exitSafety, state)
	require.Empty(t, d.writes())
	d.s.maxShare = 0.4
	state, err = d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitDone, state)
	require.Len(t, d.suspended(), 4)
}

// unlisted is a provider that cannot list its accounts.
type unlisted struct{ provider.Provider }

// TestWithoutList: each account is looked up individually.
func TestWithoutList(t *testing.T) {
	d := newDesk(t, 10)
	d.serve(unlisted{d.panel})
	d.list(d.id(0), d.name(1), "nobody")
	d.s.dryRun = true
	_, err := d.run(t.Context(), "")
	require.NoError(t, err)
	require.Contains(t, d.out.String(), "In the list: 3. Of these: 2 suspend, 1 cannot be done.")
	require.Contains(t, d.out.String(), d.name(0))
	require.Contains(t, d.out.String(), d.id(1))
	require.Contains(t, d.out.String(), "nobody           INV-1      1999-12-01 cannot be done: no such account")
}

// TestAmbiguous: one user's name may be another one's ID.
func TestAmbiguous(t *testing.T) {
	a, b := &provider.Account{ID: "17", Username: "max"}, &provider.Account{ID: "18", Username: "17"}
	book := &book{byID: map[string]*provider.Account{"17": a, "18": b}, byName: map[string][]*provider.Account{"max": {a}, "17": {b}}}
	_, err := book.find(t.Context(), "17")
	require.ErrorIs(t, err, errAmbiguous)
	found, err := book.find(t.Context(), "18")
	require.NoError(t, err)
	require.Same(t, b, found)
}

// namesakes is a server that has let two accounts have one user name.
type namesakes struct {
	*providertest.Memory
	name string
}

func (p namesakes) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		n := 0
		for a, err := range p.Memory.List(ctx, opts) {
			if n++; n <= 2 {
				a.Username = p.name
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// TestNamesakes: a name that two accounts have suspends neither, and both are named.
func TestNamesakes(t *testing.T) {
	d := newDesk(t, 10)
	d.serve(namesakes{d.panel, "max"})
	d.list("Max", d.id(2))
	state, err := d.run(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, exitFailures, state)
	require.Equal(t, []string{d.id(2)}, d.suspended())
	require.Contains(t, d.result(), d.id(0))
	require.Contains(t, d.result(), d.id(1))
	require.Contains(t, d.result(), "it is the user name of accounts")
}

// TestResultThroughLink: whoever can make a link where the result will be gets no other file written.
func TestResultThroughLink(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0))
	other := filepath.Join(d.dir, "other")
	require.NoError(t, os.WriteFile(other, []byte("key"), 0o600))
	if os.Symlink(other, d.s.result) != nil {
		return // on Windows only some users may make one
	}
	state, err := d.run(t.Context(), "")
	require.ErrorContains(t, err, "is a symbolic link")
	require.Equal(t, exitBroken, state)
	kept, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, "key", string(kept))
}

// TestDead: if a server does not answer, only its lines fail.
func TestDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 10)
		d.list(d.id(0))
		d.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		state, err := d.run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, exitFailures, state)
		require.Contains(t, d.result(), ",failed,")
		require.Empty(t, d.suspended())
	})
}

func TestResultCannotBeWritten(t *testing.T) {
	d := newDesk(t, 10)
	d.list(d.id(0))
	d.s.result = filepath.Join(d.dir, "missing", "result.csv")
	state, err := d.run(t.Context(), "")
	require.ErrorContains(t, err, "missing")
	require.Equal(t, exitBroken, state)
}

// unreferenced is a server whose list shows no references.
type unreferenced struct{ *providertest.Memory }

func (p unreferenced) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range p.Memory.List(ctx, opts) {
			a.Reference = ""
			if !yield(a, err) {
				return
			}
		}
	}
}

// TestExpected: with references, no account of another order is suspended, whether the server's list shows that
// or only a read of the account; nor is one without a reference, unless the list has its name.
func TestExpected(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		d := newDesk(t, 20)
		d.panel.AddForeign("named-one")
		d.panel.AddForeign("numbered-one")
		if hidden {
			d.serve(unreferenced{d.panel})
		}
		text := "server,account,invoice,due,reference\n"
		for _, l := range [][2]string{
			{d.id(0), d.panel.Accounts()[0].Reference}, {d.id(1), "order-of-another"}, {"named-one", "order-77"}, {d.id(21), "order-78"},
			{d.id(0), "order-79"}, {d.id(2), d.panel.Accounts()[0].Reference},
		} {
			text += "web1," + l[0] + ",INV-1,1999-12-01," + l[1] + "\n"
		}
		d.list()
		require.NoError(t, os.WriteFile(d.s.list, []byte(text), 0o600))
		state, err := d.run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, exitFailures, state)
		require.Equal(t, []string{d.id(0), d.id(20)}, d.suspended(), "%t\n%s", hidden, d.result())
		require.Contains(t, d.result(), `"order-of-another"`)
		require.Contains(t, d.result(), "refused: it carries no valid marker")
		require.Equal(t, 4, strings.Count(d.result(), ",failed,"))
	}
}

// TestFormulas: no text of somebody else's begins a cell as a formula, whichever separator the
// spreadsheet that opens the file expects, and whether it heeds quotes or not.
func TestFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a-b=c": "a-b=c", "a; b": "a; b", "Doe, John": "Doe, John",
		"=x": "'=x", "+x": "'+x", "-x": "'-x", "@x": "'@x", "＝x": "'＝x", "\tx": "x", "\rx": "x", "a\x1b[31m\u202eb\nc": "a [31mb c",
		"a;=x": "a;'=x", "a\t=x": "a =x", "\t=x": "'=x", " =x": "'=x", "\u00a0=x": "'=x", "\ufeff=x": "'=x",
		"a; \t-x": "a;' -x", "a\n=x": "a =x", "a\r\n=x": "a =x", `a;"=x"`: `a;'"=x"`, ";=;+": ";'=;'+", "a;;=x": "a;;'=x",
	} {
		require.Equal(t, want, harmless(text), "%q", text)
	}
	for _, before := range []string{"", "a", `a"`, "a\n", "a;", "a\t", " ", "\u200b"} {
		for _, between := range []string{"", ";", "; ", "\t;", `;"`, ";\n"} {
			for _, sign := range []string{"=", "+", "-", "@"} {
				if before == "a" && between == "" {
					continue
				}
				var file bytes.Buffer
				w := csv.NewWriter(&file)
				require.NoError(t, w.Write([]string{"web1", harmless(before + between + sign + "cmd()")}))
				w.Flush()
				for part := range strings.FieldsFuncSeq(file.String(), func(r rune) bool { return strings.ContainsRune(";\t,\n", r) }) {
					require.False(t, strings.HasPrefix(strings.Trim(part, " \u200b\""), sign), "%q", &file)
				}
			}
		}
	}
}
