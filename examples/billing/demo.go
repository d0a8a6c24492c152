package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/provkit/provkit/provider"
)

// day is a day of the billing system. The panels are emulated in this process; the program runs as another one, as
// it does on real servers, and is killed at work.
type day struct {
	*panels

	out           io.Writer
	folder        string // of its files
	secret, token string
	program       *exec.Cmd
	log           *json.Decoder
	logged        bytes.Buffer
	url           string
	failed        int
}

func demo(ctx context.Context, out io.Writer) error {
	folder, err := os.MkdirTemp("", "billing-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	return newDay(folder, out).play(ctx)
}

func newDay(folder string, out io.Writer) *day {
	return &day{panels: startPanels(), out: out, folder: folder, secret: key(), token: key()}
}

// key returns a secret for one run, as Standard Webhooks writes them.
func key() string { return "whsec_" + (&provider.PasswordPolicy{MinLength: 32}).Generate().Reveal() }

// play takes the steps and compares what is on the servers at the end.
func (d *day) play(ctx context.Context) error {
	defer d.panels.stop()
	if err := d.open(ctx); err != nil {
		return err
	}
	defer func() { d.kill() }()
	const row = "%-6s %-20s %-8s %-7v %s\n"
	fmt.Fprintf(d.out, row, "TIME", "EVENT", "SERVICE", "ANSWER", "WHAT CAME OF IT")
	steps := d.steps()
	for _, s := range steps {
		status, err := s.send(ctx, s)
		came, good := s.note, status == s.answer
		if err == nil && s.told != "" {
			came, err = d.outcome(s)
			good = good && strings.HasPrefix(came, s.told)
			came = cmp.Or(s.note, came)
		}
		if err != nil {
			return err
		}
		if !good {
			d.failed++
			came += " (NOT AS EXPECTED)"
		}
		fmt.Fprintf(d.out, row, s.at, s.event, s.service, status, came)
	}
	holds := strings.Join(d.holds(), "; ")
	fmt.Fprintf(d.out, "\nOn the servers: %s.\n", holds)
	if want := "1001 active on web1; 1004 active on web1; 1002 suspended on web2"; holds != want {
		d.failed++
		fmt.Fprintf(d.out, "Wanted: %s.\n", want)
	}
	fmt.Fprintf(d.out, "%d of %d steps as expected: no event lost, no account made twice.\n", len(steps)+1-d.failed, len(steps)+1)
	if d.failed > 0 {
		return fmt.Errorf("%d steps did not go as expected", d.failed)
	}
	return nil
}

// open starts the program, which logs where it serves.
func (d *day) open(ctx context.Context) error {
	self, err := os.Executable()
	if err == nil {
		err = os.WriteFile(d.folder+"/servers.json", d.config(), 0o600)
	}
	if err != nil {
		return err
	}
	d.program = exec.CommandContext(ctx, self, "-servers", d.folder+"/servers.json", "-database", d.folder+"/billing.db", "-listen", "127.0.0.1:0", "-poll", "50ms", "-fast")
	d.program.Env = append(append(os.Environ(), d.secrets()...), "BILLING_SECRET="+d.secret, "BILLING_TOKEN="+d.token)
	log, err := d.program.StderrPipe()
	if err == nil {
		err = d.program.Start()
	}
	if err != nil {
		return err
	}
	d.log = json.NewDecoder(io.TeeReader(log, &d.logged))
	line, err := d.until("serving", step{})
	d.url = line.URL
	return err
}

// kill ends the program as a kill -9 does.
func (d *day) kill() {
	_ = d.program.Process.Kill()
	_ = d.program.Wait()
}

// line is one of the program's log.
type line struct {
	Msg, URL, Service, State, Told string
	Sequence                       int64
}

// until reads the log until it has a line about a step.
func (d *day) until(msg string, s step) (l line, err error) {
	for err == nil && (l.Msg != msg || l.Service != s.service || l.Sequence != s.sequence()) {
		l = line{}
		err = d.log.Decode(&l)
	}
	return l, err
}

// outcome waits until something has come of a step for good: "done: create: absent -> active".
func (d *day) outcome(s step) (string, error) {
	l, err := d.until("outcome", s)
	after := ""
	for err == nil && l.State == "waiting" {
		after = " (after an error)"
		l, err = d.until("outcome", s)
	}
	return l.State + ": " + l.Told + after, err
}

// request returns the status of the program's answer, and its Location.
func (d *day) request(ctx context.Context, method, path string, header http.Header, body []byte) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, d.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header = header
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	return resp.StatusCode, resp.Header.Get("Location"), resp.Body.Close()
}

// sign is what a billing system does for a webhook, and for a link.
func sign(secret, id string, message []byte, at time.Time) http.Header {
	webhook, _ := standardwebhooks.NewWebhook(secret)
	signature, _ := webhook.Sign(id, at, message)
	return signedBy(id, strconv.FormatInt(at.Unix(), 10), signature)
}

// signed returns what sends a step's event as a webhook.
func (d *day) signed(secret string, shift time.Duration) func(context.Context, step) (int, error) {
	return func(ctx context.Context, s step) (int, error) {
		body, err := json.Marshal(Event{s.event, s.service, s.sequence(), s.order})
		if err != nil {
			return 0, err
		}
		status, _, err := d.request(ctx, http.MethodPost, "/events", sign(secret, s.event+s.at, body, time.Now().Add(shift)), body)
		return status, err
	}
}

// signOn is a customer's click in the client area.
func (d *day) signOn(ctx context.Context, s step) (int, error) {
	h := sign(d.secret, "sign-on", []byte(s.service), time.Now())
	link := url.Values{"service": {s.service}, "time": {h.Get(standardwebhooks.HeaderWebhookTimestamp)}, "signature": {h.Get(standardwebhooks.HeaderWebhookSignature)}}
	status, location, err := d.request(ctx, http.MethodGet, "/sign-on?"+link.Encode(), http.Header{}, nil)
	if err == nil && !strings.HasPrefix(location, d.keyhelp.URL+"/") {
		err = fmt.Errorf("the customer is not sent to %s", d.keyhelp.URL)
	}
	return status, err
}

// killed sends an order and kills the program while the panel works on it.
func (d *day) killed(ctx context.Context, s step) (int, error) {
	arrived := d.keyhelpHangs()
	status, err := d.signed(d.secret, 0)(ctx, s)
	if err == nil {
		<-arrived
		d.kill()
		err = d.open(ctx)
	}
	return status, err
}
