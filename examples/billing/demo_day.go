package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
)

const (
	row     = "%-6s %-20s %-8s %-7s %s\n"
	forever = time.Hour
)

// day is the billing system of the demo, and counts how many steps go as expected.
type day struct {
	out    io.Writer
	log    *slog.Logger
	panels *panels
	config config
	app    *app
	url    string

	steps, failed int
}

// step is one thing that happens, and its expected result.
type step struct {
	at      string
	event   Event
	prepare func()
	// send replaces the usual webhook.
	send   func(context.Context, step) (int, error)
	answer int
	want   Status
	// told is what the event's record must say; note is printed instead of it.
	told, note string
}

func (d *day) play(ctx context.Context) error {
	first := Event{ID: "evt-01", Type: OrderPaid, Service: "1001", Order: &Order{Kind: keyhelp.Kind, Plan: d.keyhelpPlan(), Domain: "example.com", Email: "max@example.com", Name: "Max Mustermann"}}
	steps := []step{
		{at: "08:00", event: first, answer: 202, want: Done, told: "create: absent -> active"},
		{at: "08:00", event: first, answer: 200, want: Done, note: "sent again: nothing is done twice"},
		{at: "08:01", event: Event{ID: "evt-02", Type: Cancelled, Service: "1001"}, send: d.forged, answer: 401, note: "forged: refused"},
		{at: "08:02", event: Event{ID: "evt-03", Type: Cancelled, Service: "1001"}, send: d.replayed, answer: 401, note: "signed an hour ago: refused"},
		{at: "08:05", event: Event{Type: "sign-on", Service: "1001"}, send: d.signOn, answer: 303, note: "the browser is sent to the panel"},
		{
			at: "09:00", event: Event{ID: "evt-04", Type: OrderPaid, Service: "1002", Order: &Order{Kind: hestia.Kind, Plan: "starter", Domain: "example.net", Email: "eva@example.net", Name: "Eva Muster"}},
			prepare: d.panels.hestiaFails, answer: 202, want: Done, told: "create: absent -> active (failed attempts before: 1)",
		},
		{at: "09:30", event: Event{ID: "evt-05", Type: OrderPaid, Service: "1003", Order: &Order{Kind: licenseserver.Kind, Plan: "basic", Email: "it@example.org"}}, answer: 202, want: Done, told: "create: absent -> active"},
		{
			at: "10:00", event: Event{ID: "evt-06", Type: OrderPaid, Service: "1004", Order: &Order{Kind: keyhelp.Kind, Plan: d.keyhelpPlan(), Domain: "example.org", Email: "it@example.org"}},
			send: d.killed, answer: 202, want: Done, note: "killed at work; the next instance finishes it",
		},
		{at: "11:00", event: Event{ID: "evt-07", Type: OrderPaid, Service: "1005", Order: &Order{Kind: keyhelp.Kind, Email: "nobody at example"}}, answer: 202, want: Dead, told: "is not an e-mail address"},
		{at: "12:00", event: Event{ID: "evt-08", Type: InvoiceOverdue, Service: "1001"}, answer: 202, want: Done, told: "suspend: active -> suspended"},
		{at: "12:00", event: Event{ID: "evt-09", Type: InvoiceOverdue, Service: "1002"}, answer: 202, want: Done, told: "suspend: active -> suspended"},
		{at: "15:00", event: Event{ID: "evt-10", Type: InvoicePaid, Service: "1001"}, answer: 202, want: Done, told: "unsuspend: suspended -> active"},
		{at: "14:00", event: Event{ID: "evt-11", Type: InvoiceOverdue, Service: "1001"}, answer: 202, want: Superseded, told: "a newer event came first"},
		{at: "16:00", event: Event{ID: "evt-12", Type: Cancelled, Service: "1003"}, answer: 202, want: Done, told: "terminate: active -> absent"},
		{at: "17:00", event: Event{ID: "evt-13", Type: InvoicePaid, Service: "1003"}, answer: 202, want: Dead, told: "the service is cancelled"},
	}
	yesterday := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	for _, s := range steps {
		clock, err := time.Parse("15:04", s.at)
		if err != nil {
			return err
		}
		s.event.At = yesterday.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
		if err := d.take(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (d *day) keyhelpPlan() string { return fmt.Sprint(d.panels.keyhelp.Plans()[0].ID) }

// take sends one event, waits until it is settled, and prints the result.
func (d *day) take(ctx context.Context, s step) error {
	if s.prepare != nil {
		s.prepare()
	}
	if s.send == nil {
		s.send = d.send
	}
	d.steps++
	status, err := s.send(ctx, s)
	if err != nil {
		return err
	}
	came, good := s.note, status == s.answer
	if s.want != "" {
		record, err := d.settled(ctx, s.event.ID)
		if err != nil {
			return err
		}
		told := cmp.Or(record.Error, strings.Join(record.Changes, ", "))
		if record.Attempts > 0 && record.Status == Done {
			told += fmt.Sprintf(" (failed attempts before: %d)", record.Attempts)
		}
		good = good && record.Status == s.want && strings.Contains(told, s.told)
		came = string(record.Status) + ": " + cmp.Or(s.note, told)
	}
	if !good {
		d.failed++
		came += " (NOT AS EXPECTED)"
	}
	fmt.Fprintf(d.out, row, s.at, s.event.Type, s.event.Service, fmt.Sprint(status), came)
	return nil
}

// killed sends an order and kills the instance while the panel works on it.
func (d *day) killed(ctx context.Context, s step) (int, error) {
	arrived := d.panels.keyhelpHangs()
	status, err := d.send(ctx, s)
	if err != nil {
		return 0, err
	}
	select {
	case <-arrived:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	d.crash()
	return status, d.open()
}

// count compares the accounts on the panels with what the day's events ask for.
func (d *day) count() error {
	holds := d.panels.holds()
	fmt.Fprintf(d.out, "\nOn the servers: %s.\n", strings.Join(holds, "; "))
	d.steps++
	if want := []string{"1001 active on web1", "1004 active on web1", "1002 suspended on web2"}; !slices.Equal(holds, want) {
		d.failed++
		fmt.Fprintf(d.out, "Wanted: %s.\n", strings.Join(want, "; "))
	}
	fmt.Fprintf(d.out, "%d of %d steps as expected: no event lost, no account made twice.\n", d.steps-d.failed, d.steps)
	if d.failed > 0 {
		return fmt.Errorf("%d of %d steps did not go as expected", d.failed, d.steps)
	}
	return nil
}
