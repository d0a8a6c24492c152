package emulate

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// kept is how many requests the journal keeps.
const kept = 1000

// system is one emulated system while it is served.
type system struct {
	name     string
	kind     *kind
	settings []setting // of the start, which a reset returns to
	trouble  func(*faults.Injector)
	log      *requestLog

	certificate *emulator.Certificate

	// resetting is held while the emulator is replaced or the clock is moved.
	resetting sync.Mutex
	ahead     atomic.Int64
	emulator  atomic.Pointer[emulated]

	listener *emulator.Listener
	serving  sync.WaitGroup
	stopping sync.Mutex
	stopped  bool

	counting sync.Mutex
	requests int
	met      map[string]int
}

// emulated is an emulator from one reset to the next.
type emulated struct {
	server   reflect.Value
	handler  http.Handler
	faults   *faults.Injector
	settings []setting
}

// now is the emulator's time.
func (s *system) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// reset replaces the emulator by a new one: everything is as at the start, but for these options.
func (s *system) reset(more []setting) error {
	s.resetting.Lock()
	defer s.resetting.Unlock()
	before := s.ahead.Swap(0)
	fresh, err := s.start(slices.Concat(s.settings, more))
	if err != nil {
		s.ahead.Store(before)
		return err
	}
	s.emulator.Store(fresh)
	return nil
}

func (s *system) start(settings []setting) (made *emulated, err error) {
	opts, err := s.kind.values(settings, s.now)
	if err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil { // how the test packages refuse an option
			made, err = nil, fmt.Errorf("%v", v)
		}
	}()
	server := reflect.ValueOf(s.kind.start).Call(opts)[0]
	made = &emulated{
		settings: settings,
		server:   server,
		handler:  server.Interface().(interface{ Handler() http.Handler }).Handler(),
		faults:   server.Elem().FieldByName("Faults").Interface().(*faults.Injector),
	}
	made.faults.Keep(kept)
	made.faults.Observe(s.observe)
	if s.trouble != nil {
		s.trouble(made.faults)
	}
	return made, nil
}

// serve listens at an address.
func (s *system) serve(ctx context.Context, address string) error {
	listener, err := emulator.Listen(ctx, address, s.certificate, s)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	s.listener = listener
	return nil
}

// address is where the machine's own programs reach the system.
func (s *system) address() string {
	host, port, _ := net.SplitHostPort(s.listener.Address)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// ServeHTTP serves the emulated API, and the control path in front of it.
func (s *system) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.stopping.Lock()
	if s.stopped {
		s.stopping.Unlock()
		panic(http.ErrAbortHandler)
	}
	s.serving.Add(1)
	s.stopping.Unlock()
	defer s.serving.Done()

	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	if path := r.URL.EscapedPath(); path == strings.TrimSuffix(controlPath, "/") || strings.HasPrefix(path, controlPath) {
		s.control(w, r)
		return
	}
	s.emulator.Load().handler.ServeHTTP(w, r)
}

// stop closes the port, and returns when nothing is served any more.
func (s *system) stop() {
	s.stopping.Lock()
	s.stopped = true
	s.stopping.Unlock()
	if s.listener != nil {
		s.listener.Close()
	}
	s.serving.Wait()
}

// observe counts and logs a request when it is over.
func (s *system) observe(r faults.Request) {
	s.counting.Lock()
	s.requests++
	if r.Fault != nil {
		s.met[r.Fault.String()]++
	}
	s.counting.Unlock()
	if s.log != nil {
		s.log.add(s, r)
	}
}

func (s *system) tally() string {
	s.counting.Lock()
	defer s.counting.Unlock()
	var parts []string
	for name, n := range s.met {
		parts = append(parts, fmt.Sprintf("%s x%d", name, n))
	}
	slices.Sort(parts)
	return fmt.Sprintf("%d requests, faults: %s", s.requests, cmp.Or(strings.Join(parts, ", "), "none"))
}
