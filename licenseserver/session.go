package licenseserver

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// Reasons why a Session is over.
var (
	// ErrLicenseLost means that the server took the license away from this program, or that the
	// grace period is over. The error says which, and wraps the last failure.
	ErrLicenseLost = errors.New("license lost")
	// ErrGraceOver means that the server could not be reached for longer than Grace. Such an error
	// also matches ErrLicenseLost.
	ErrGraceOver = errors.New("the server was unreachable for longer than the grace period")
	// ErrSessionClosed is what Session.Err returns after Close.
	ErrSessionClosed = errors.New("session closed")
)

// Defaults of SessionOptions.
const (
	DefaultInterval   = 30 * time.Second // the vendor's own
	DefaultEndTimeout = 5 * time.Second
)

// SessionOptions configures a Session.
type SessionOptions struct {
	// LicenseKey and MachineID are required.
	LicenseKey   provider.Secret
	MachineID    string
	HardwareHash string
	Version      string
	// Extra contains further fields of the start request, sent unchanged.
	Extra map[string]any

	// Interval is the longest time between two heartbeats; 0 means DefaultInterval. It must be
	// shorter than the server's timeout, which is 60 seconds by the vendor's repository.
	Interval time.Duration
	// Jitter is how much earlier a heartbeat may be sent, at random, so that machines that were
	// started together do not send theirs together; 0 means a tenth of Interval.
	Jitter time.Duration
	// Grace is how long the program may run while the server cannot be reached, counted from the
	// last answer that confirmed the session. 0 means no grace: the first heartbeat that fails,
	// retries included, loses the license. A negative Grace never ends.
	Grace time.Duration
	// EndTimeout limits how long Close and the end of the context wait for the server; 0 means
	// DefaultEndTimeout.
	EndTimeout time.Duration
	// OnLost is called once with Session.Err when the license is lost for good, but not after Close
	// or the end of the context. It runs in the session's own goroutine after Done is closed, and
	// may call any method.
	OnLost func(error)
}

// Session holds a license for a running program: it sends heartbeats in the background, survives
// network outages, and starts a new session if the server has dropped the old one meanwhile. It
// ends with Close, with its context, or when the license is lost. It is safe for concurrent use.
//
// The license is lost when the server itself refuses the session (other machines have all that
// it may have, the license is no longer valid, the key is invalid), or when it is unreachable for longer than the
// grace period. Answers that are not the server's own (a proxy's error page, the login page of a
// hotel) count as unreachable.
type Session struct {
	c       *Client
	options SessionOptions
	stop    context.CancelCauseFunc
	done    chan struct{}

	mu        sync.Mutex
	token     provider.Secret
	more      map[string]provider.Payload
	confirmed time.Time
	err       error
	endErr    error

	// Used by the goroutine only: ghost reports that the answer to a start was lost. The session
	// that it may have opened blocks new ones until it times out.
	ghost bool
}

// StartSession opens a session of a license and keeps it alive. The error matches ErrSessionActive
// if other machines have all the sessions that the license may have. If it matches provider.ErrOutcomeUnknown, a session may have
// been opened nevertheless, which will end by the server's timeout. The session ends with ctx.
func (c *Client) StartSession(ctx context.Context, opts SessionOptions) (*Session, error) {
	var problems provider.Problems
	problems.Credential("LicenseKey", opts.LicenseKey)
	problems.Required("MachineID", opts.MachineID)
	problems.NotNegative("Interval", int64(opts.Interval))
	if opts.Interval == 0 {
		opts.Interval = DefaultInterval
	}
	if opts.Jitter < 0 || opts.Jitter > opts.Interval {
		problems.Add("Jitter", "must be between 0 and Interval")
	}
	if opts.Jitter == 0 {
		opts.Jitter = opts.Interval / 10
	}
	problems.NotNegative("EndTimeout", int64(opts.EndTimeout))
	if opts.EndTimeout == 0 {
		opts.EndTimeout = DefaultEndTimeout
	}
	if err := sessionsStart.Refuse("", problems); err != nil {
		return nil, err
	}
	s := &Session{c: c, options: opts, done: make(chan struct{})}
	if err := s.start(ctx, 0); err != nil {
		return nil, err
	}
	ctx, s.stop = context.WithCancelCause(ctx)
	go s.run(ctx)
	return s, nil
}

// String describes the session without its token.
func (s *Session) String() string { return "session of " + s.c.String() }

// GoString returns what String does, so that %#v does not print the token.
func (s *Session) GoString() string { return s.String() }

// Done returns a channel that is closed when the session is over for any reason; see Err.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns nil while the session goes on. Afterwards the error matches ErrLicenseLost,
// ErrSessionClosed, or the error of the context.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Confirmed returns when the server last confirmed the session, by the local clock.
func (s *Session) Confirmed() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.confirmed
}

// Token returns the token of the session, which changes when a new session is started; "" if there
// is none at the moment.
func (s *Session) Token() provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// More returns the other fields of the answer to the start. They may describe an update, under
// undocumented names.
func (s *Session) More() map[string]provider.Payload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.more
}

// Close ends the session, here and at the server, and waits for that, at most for EndTimeout. If
// the server could not end it, Close returns the error, and the session ends by the server's
// timeout. Calling Close again returns the same. After the license was lost there is nothing to
// end.
func (s *Session) Close() error {
	s.stop(ErrSessionClosed)
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endErr
}

// run is the body of the session's goroutine.
func (s *Session) run(ctx context.Context) {
	defer s.stop(nil)
	lost := s.keep(ctx)
	var endErr error
	if lost == nil {
		endErr = s.end(ctx)
	}
	s.mu.Lock()
	s.endErr = endErr
	if s.err = lost; lost == nil {
		s.err = context.Cause(ctx)
	}
	s.token = provider.Secret{}
	s.mu.Unlock()
	close(s.done)
	if lost != nil && s.options.OnLost != nil {
		s.options.OnLost(lost)
	}
}

// keep sends heartbeats until the context ends (nil) or the license is lost.
func (s *Session) keep(ctx context.Context) error {
	var last error
	for failures := 0; ; failures++ {
		if !s.sleep(ctx, s.pause(failures)) {
			return nil
		}
		if failures == 0 || !s.graceOver() {
			last = s.beat(ctx, failures)
		}
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the context ended: that is how the caller stops a session
		case last == nil:
			failures = -1
		case s.final(last):
			return fmt.Errorf("%w: %w", ErrLicenseLost, last)
		case s.graceOver():
			return fmt.Errorf("%w: %w: %w", ErrLicenseLost, ErrGraceOver, last)
		}
	}
}

// pause returns how long to wait for the next attempt. While the server is unreachable that is less
// than the interval, and more with each failure, but never past the end of the grace period.
func (s *Session) pause(failures int) time.Duration {
	o := s.options
	if failures == 0 {
		return o.Interval - spread(o.Jitter)
	}
	wait := o.Interval
	if failures <= retryDoublings {
		wait = o.Interval >> (retryDoublings + 1 - failures)
	}
	wait -= spread(wait / 2)
	if left := s.graceLeft(); o.Grace >= 0 && left < wait {
		wait = max(left, 0)
	}
	return wait
}

// retryDoublings is how often the pause doubles until it is the interval.
const retryDoublings = 4

func spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

func (s *Session) graceLeft() time.Duration { return time.Until(s.Confirmed().Add(s.options.Grace)) }

func (s *Session) graceOver() bool { return s.options.Grace >= 0 && s.graceLeft() <= 0 }

// beat confirms the session with a heartbeat, or with a new start if the server no longer knows it.
// It ends with the grace period; if that is shorter than the interval, the first attempt gets a
// whole interval.
func (s *Session) beat(ctx context.Context, failures int) error {
	limit := time.Duration(0)
	if s.options.Grace >= 0 {
		if limit = s.graceLeft(); limit <= 0 && failures == 0 {
			limit = s.options.Interval
		}
		limit = max(limit, 1) // 0 would mean no limit
	}
	if token := s.Token(); !token.IsZero() {
		err := s.heartbeat(ctx, token, limit)
		if err == nil || !spoken(err) || errors.Is(err, provider.ErrUnauthorized) || errors.Is(err, provider.ErrForbidden) {
			return err
		}
		// The server does not know the session, or no longer does.
		s.mu.Lock()
		s.token = provider.Secret{}
		s.mu.Unlock()
	}
	// If the context ends now, the start continues for EndTimeout: without the token in the answer
	// the session could not be ended.
	patient, cancel := outlive(ctx, s.options.EndTimeout)
	defer cancel()
	return s.start(patient, limit)
}

func (s *Session) heartbeat(ctx context.Context, token provider.Secret, limit time.Duration) error {
	ctx, cancel := within(ctx, limit)
	defer cancel()
	sent := time.Now()
	_, err := s.c.Sessions.Heartbeat(ctx, s.options.LicenseKey, token)
	if err == nil {
		s.confirm(sent)
	}
	return err
}

// within limits a context, unless the limit is 0.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}

// outlive returns a context that ends some time after another one.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var mu sync.Mutex
	var timer *time.Timer
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(by, cancel)
	})
	return longer, func() {
		stop()
		cancel()
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
	}
}

// final reports whether a failure loses the license at once: a refusal by the server itself.
func (s *Session) final(err error) bool {
	if s.ghost && errors.Is(err, ErrSessionActive) {
		return false // it may be our own session, which will time out
	}
	return spoken(err)
}

// spoken reports whether an error is the server's own refusal, and not that of the network, a proxy
// or an outage.
func spoken(err error) bool {
	var e *provider.Error
	if !errors.As(err, &e) || e.StatusCode == 0 {
		return false
	}
	for _, vague := range []error{provider.ErrRateLimited, provider.ErrUnavailable, provider.ErrOutcomeUnknown, provider.ErrProtocol} {
		if errors.Is(e.Kind, vague) {
			return false
		}
	}
	return e.Kind != nil
}

// start opens a session.
func (s *Session) start(ctx context.Context, limit time.Duration) error {
	ctx, cancel := within(ctx, limit)
	defer cancel()
	o, sent := s.options, time.Now()
	started, err := s.c.Sessions.Start(ctx, &SessionStartRequest{
		LicenseKey: o.LicenseKey, MachineID: o.MachineID, HardwareHash: o.HardwareHash, Version: o.Version, Extra: o.Extra,
	})
	if err != nil {
		s.ghost = s.ghost || errors.Is(err, provider.ErrOutcomeUnknown)
		return err
	}
	s.ghost = false
	s.mu.Lock()
	s.token, s.more = started.Token, started.More
	s.mu.Unlock()
	s.confirm(sent)
	return nil
}

// confirm starts the grace period when the request was sent: the server's timeout started no
// earlier.
func (s *Session) confirm(sent time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.confirmed = sent
}

// end closes the session at the server, although the context has ended.
func (s *Session) end(ctx context.Context) error {
	token := s.Token()
	if token.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.EndTimeout)
	defer cancel()
	_, err := s.c.Sessions.End(ctx, token)
	if errors.Is(err, provider.ErrNotFound) && spoken(err) {
		return nil // the session is over already
	}
	return err
}

func (s *Session) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
