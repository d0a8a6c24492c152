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

// Why a Session is over.
var (
	// ErrLicenseLost: the server takes the license away from this program, or the
	// grace period is over. The error says which, and holds the last failure.
	ErrLicenseLost = errors.New("license lost")
	// ErrGraceOver: the server could not be reached for longer than Grace. It stands
	// beside ErrLicenseLost.
	ErrGraceOver = errors.New("the server was out of reach for longer than the grace period")
	// ErrSessionClosed is Session.Err after Close.
	ErrSessionClosed = errors.New("session closed")
)

// Defaults of SessionOptions.
const (
	DefaultInterval   = time.Minute
	DefaultEndTimeout = 5 * time.Second
)

// SessionOptions shape a Session.
type SessionOptions struct {
	// LicenseKey and MachineID are required.
	LicenseKey   provider.Secret
	MachineID    string
	HardwareHash string
	Version      string
	// Extra fields of the start, sent as they are.
	Extra map[string]any

	// Interval is the longest time between two heartbeats; 0 is DefaultInterval. It
	// must be shorter than the server's time-out, which is undocumented.
	Interval time.Duration
	// Jitter is by how much a heartbeat may be early, at random, so that machines
	// that were switched on together do not beat together; 0 is a tenth of Interval.
	Jitter time.Duration
	// Grace is how long the program may go on while the server cannot be reached,
	// counted from the last answer that confirmed the session. 0 is no grace: the
	// first heartbeat that fails, retries included, loses the license. A negative
	// one never ends.
	Grace time.Duration
	// EndTimeout is how long Close and the end of the context wait for the server; 0
	// is DefaultEndTimeout.
	EndTimeout time.Duration
	// OnLost is called once when the license is lost for good, with Session.Err; not
	// when Close or the end of the context came first. It runs in the session's own
	// goroutine, when Done is already closed, and may call any method.
	OnLost func(error)
}

// Session holds a license for a running program: it sends heartbeats in the
// background, rides out the loss of the network, and starts a new session if the
// server has let the old one go meanwhile. It ends with Close, with its context, or
// when the license is lost. It is safe for concurrent use.
//
// The license is lost when the server itself refuses to go on (a session of another
// machine, a license that is not valid any more, a key that is not good), or when it
// stays out of reach beyond the grace period. Answers that are not the server's own (a
// proxy's error page, a login page of a hotel) count as out of reach.
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

	// Of the goroutine only:
	// ghost: a start was sent and its answer lost. The session that it may have
	// opened stands in our own way until it times out.
	ghost bool
}

// StartSession opens a session of a license and keeps it. An error means that there is
// none: ErrSessionActive if another machine has it. (One that matches
// provider.ErrOutcomeUnknown may have opened a session all the same, which will end by
// the server's time-out.) The session ends with ctx.
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

// String names the session without its token.
func (s *Session) String() string { return "session of " + s.c.String() }

// GoString is String, so that %#v shows no more.
func (s *Session) GoString() string { return s.String() }

// Done is closed when the session is over, for whatever reason; see Err.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err is nil while the session goes on. Then it matches ErrLicenseLost,
// ErrSessionClosed, or the error of the context.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Confirmed is when the server last confirmed the session, by the local clock.
func (s *Session) Confirmed() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.confirmed
}

// Token of the session, which changes when a new one was started; "" if there is none
// just now.
func (s *Session) Token() provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// More contains what the server said at the start beside the token: data about an update
// may be among it, whose names are undocumented.
func (s *Session) More() map[string]provider.Payload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.more
}

// Close ends the session, here and at the server, and waits until that is done, for
// EndTimeout at the most. The error is that of ending it at the server, where it then
// ends by time-out; calling Close again returns the same. After the license was lost
// there is nothing to end.
func (s *Session) Close() error {
	s.stop(ErrSessionClosed)
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endErr
}

// run is the session's goroutine.
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
	s.token = ""
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
			return nil
		case last == nil:
			failures = -1
		case s.final(last):
			return fmt.Errorf("%w: %w", ErrLicenseLost, last)
		case s.graceOver():
			return fmt.Errorf("%w: %w: %w", ErrLicenseLost, ErrGraceOver, last)
		}
	}
}

// pause is how long to wait for the next attempt: while the server is out of reach
// shorter than the interval, and longer from failure to failure, but never past the end
// of the grace period.
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

// retryDoublings is how often the wait doubles until it is the interval.
const retryDoublings = 4

func spread(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

func (s *Session) graceLeft() time.Duration { return time.Until(s.Confirmed().Add(s.options.Grace)) }

func (s *Session) graceOver() bool { return s.options.Grace >= 0 && s.graceLeft() <= 0 }

// beat confirms the session: with a heartbeat, or with a new start if the server does
// not know it any more. It ends with the grace period; a grace shorter than the
// interval leaves the first attempt the time of one.
func (s *Session) beat(ctx context.Context, failures int) error {
	limit := time.Duration(0)
	if s.options.Grace >= 0 {
		if limit = s.graceLeft(); limit <= 0 && failures == 0 {
			limit = s.options.Interval
		}
		limit = max(limit, 1) // 0 is none
	}
	if token := s.Token(); token != "" {
		err := s.heartbeat(ctx, token, limit)
		if err == nil || !spoken(err) || errors.Is(err, provider.ErrUnauthorized) || errors.Is(err, provider.ErrForbidden) {
			return err
		}
		// The server does not know the session, or not any more.
		s.mu.Lock()
		s.token = ""
		s.mu.Unlock()
	}
	// When the context ends now, the start goes on for EndTimeout: without the token of
	// the answer nobody could end the session.
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

// outlive is a context that ends some time after another one.
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

// final reports whether a failure loses the license at once: the server's own word.
func (s *Session) final(err error) bool {
	if s.ghost && errors.Is(err, ErrSessionActive) {
		return false // it may be ours, and will time out
	}
	return spoken(err)
}

// spoken reports whether an error is the server's own refusal, and not that of the
// network, a proxy or an outage.
func spoken(err error) bool {
	var e *provider.Error
	if !errors.As(err, &e) || !errors.Is(e.Err, ErrSessionActive) && !errors.Is(e.Err, errSpoken) {
		return false
	}
	switch e.Kind {
	case nil, provider.ErrRateLimited, provider.ErrUnavailable, provider.ErrOutcomeUnknown, provider.ErrProtocol:
		return false
	}
	return true
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

// confirm counts the grace period from when the request was sent: the server has
// counted from then at the latest.
func (s *Session) confirm(sent time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.confirmed = sent
}

// end closes the session at the server, although the context is over.
func (s *Session) end(ctx context.Context) error {
	token := s.Token()
	if token == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.EndTimeout)
	defer cancel()
	_, err := s.c.Sessions.End(ctx, token)
	if errors.Is(err, provider.ErrNotFound) && spoken(err) {
		return nil // it is over
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
