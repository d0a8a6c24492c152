package emulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// controlPath is where a system is told what its API cannot: what an operator, a bank or time would
// do. docs/emulators.md lists it.
const controlPath = "/_emulator/"

// refusal is what is wrong with a request to the control path.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func wrong(err error) error { return &refusal{http.StatusBadRequest, err.Error()} }

// control answers a request to the control path. It meets no faults and is in no journal.
func (s *system) control(w http.ResponseWriter, r *http.Request) {
	result, err := s.command(r)
	status := http.StatusOK
	if err != nil {
		status = http.StatusInternalServerError
		if refused, ok := errors.AsType[*refusal](err); ok {
			status = refused.status
		}
		result = map[string]string{"error": err.Error()}
	}
	w.Header().Set("Cache-Control", "no-store")
	emulator.WriteJSON(w, status, result)
}

func (s *system) command(r *http.Request) (any, error) {
	body, err := emulator.ReadBody(r)
	if err != nil {
		return nil, wrong(err)
	}
	body = bytes.TrimSpace(body)
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/_emulator"), "/")
	if methods, fixed := commands[name]; fixed {
		do := methods[r.Method]
		if do == nil {
			return nil, wrongMethod(r, slices.Sorted(maps.Keys(methods))...)
		}
		return do(s, body)
	}
	server := s.emulator.Load().server
	m, reads, ok := method(server, name)
	switch {
	case !ok:
		return nil, &refusal{http.StatusNotFound, "there is no " + name + ": GET " + controlPath + " lists what there is"}
	case r.Method != http.MethodPost && (!reads || r.Method != http.MethodGet):
		return nil, wrongMethod(r, http.MethodPost)
	}
	args, err := listed(body)
	if err != nil {
		return nil, wrong(err)
	}
	results, err := call(m, args)
	if err != nil {
		return nil, wrong(fmt.Errorf("%s: %w", name, err))
	}
	return resultOf(results), nil
}

func wrongMethod(r *http.Request, allowed ...string) error {
	return &refusal{http.StatusMethodNotAllowed, r.URL.Path + " is for " + strings.Join(allowed, " and ")}
}

// listed returns the arguments in a body: a list of them, or the only one.
func listed(body []byte) ([]json.RawMessage, error) {
	switch {
	case len(body) == 0:
		return nil, nil
	case body[0] != '[':
		if !json.Valid(body) {
			return nil, errors.New("the body is not JSON")
		}
		return []json.RawMessage{body}, nil
	}
	var args []json.RawMessage
	if json.Unmarshal(body, &args) != nil {
		return nil, errors.New("the body is not JSON")
	}
	return args, nil
}

// commands are what the control path does itself. All else are methods of the emulated server.
var commands = map[string]map[string]func(s *system, body []byte) (any, error){
	"":         {http.MethodGet: (*system).describe},
	"advance":  {http.MethodPost: (*system).advance},
	"reset":    {http.MethodPost: (*system).restart},
	"faults":   {http.MethodPost: (*system).inject, http.MethodDelete: (*system).clearFaults},
	"requests": {http.MethodGet: (*system).journal, http.MethodDelete: (*system).clearJournal},
}

// describe says what this system is, and what the control path can do with it.
func (s *system) describe([]byte) (any, error) {
	var calls, options []string
	server := s.emulator.Load().server
	for i := range server.NumMethod() {
		name := server.Type().Method(i).Name
		if m, reads, ok := method(server, name); ok {
			verb := http.MethodPost
			if reads {
				verb = http.MethodGet
			}
			calls = append(calls, verb+" "+controlPath+name+" "+parameters(m.Type()))
		}
	}
	for _, f := range s.kind.options {
		options = append(options, nameOf(f)+" "+parameters(reflect.TypeOf(f)))
	}
	return struct {
		*shown
		Now     time.Time `json:"now"`
		Calls   []string  `json:"calls"`
		Options []string  `json:"options"`
	}{s.show(), s.now(), calls, options}, nil
}

// advance moves the clock forward.
func (s *system) advance(body []byte) (any, error) {
	var by struct {
		By json.RawMessage `json:"by"`
	}
	if err := decode(body, &by); err != nil {
		return nil, wrong(fmt.Errorf(`%w: send {"by": "36h"}, or {"by": 3600} for seconds`, err))
	}
	d, err := durationOf(by.By)
	if err == nil && d < 0 {
		err = errors.New("the clock goes forward only")
	}
	if err != nil {
		return nil, wrong(fmt.Errorf("by: %w", err))
	}
	s.resetting.Lock()
	defer s.resetting.Unlock()
	s.ahead.Add(int64(d))
	return map[string]time.Time{"now": s.now()}, nil
}

// restart starts again, as this program was started, but with these options.
func (s *system) restart(body []byte) (any, error) {
	var with struct {
		Options map[string]json.RawMessage `json:"options"`
	}
	if len(body) > 0 {
		if err := decode(body, &with); err != nil {
			return nil, wrong(err)
		}
	}
	var more []setting
	for _, name := range slices.Sorted(maps.Keys(with.Options)) {
		args, err := listed(with.Options[name])
		if err != nil {
			return nil, wrong(err)
		}
		more = append(more, setting{name, args})
	}
	if err := s.reset(more); err != nil {
		return nil, wrong(err)
	}
	return s.show(), nil
}

// trouble is a fault, and the requests that it is for: one by its number, or those that match, or a
// share of all.
type trouble struct {
	Kind       faults.Kind     `json:"kind"`
	After      bool            `json:"after"`
	Status     int             `json:"status"`
	Header     http.Header     `json:"header"`
	RetryAfter string          `json:"retry_after"`
	Delay      json.RawMessage `json:"delay"`
	Body       string          `json:"body"`

	At    *int     `json:"at"`
	Match string   `json:"match"`
	Times *int     `json:"times"`
	Share *float64 `json:"share"`
	Seed  uint64   `json:"seed"`
}

func (s *system) inject(body []byte) (any, error) {
	var t trouble
	if err := decode(body, &t); err != nil {
		return nil, wrong(err)
	}
	f := faults.Fault{Kind: t.Kind, After: t.After, StatusCode: t.Status, Header: t.Header, RetryAfter: t.RetryAfter, Body: t.Body}
	if t.Delay != nil {
		var err error
		if f.Delay, err = durationOf(t.Delay); err != nil {
			return nil, wrong(fmt.Errorf("delay: %w", err))
		}
	}
	if !slices.Contains(kindsOfFaults(), string(f.Kind)) {
		return nil, wrong(fmt.Errorf("kind: there is no %q (there are %s)", f.Kind, strings.Join(kindsOfFaults(), ", ")))
	}
	in := s.emulator.Load().faults
	switch {
	case t.Share != nil && (*t.Share < 0 || *t.Share > 1):
		return nil, wrong(errors.New("share: not between 0 and 1"))
	case t.At != nil && *t.At < 0:
		return nil, wrong(errors.New("at: negative; 0 is the next request"))
	case t.Share != nil:
		in.Random(t.Seed, *t.Share, f)
	case t.At != nil:
		in.At(*t.At, f)
	default:
		times := 1
		if t.Times != nil {
			times = *t.Times
		}
		in.When(matcher(t.Match), times, f)
	}
	return map[string]string{"fault": f.String()}, nil
}

// matcher finds a text in the method, path and query of a request, or in its body.
func matcher(text string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		if strings.Contains(r.Method+" "+r.URL.RequestURI(), text) {
			return true
		}
		body, err := emulator.ReadBody(r)
		return err == nil && bytes.Contains(body, []byte(text))
	}
}

func (s *system) clearFaults([]byte) (any, error) {
	s.emulator.Load().faults.Clear()
	return struct{}{}, nil
}

// entry is a request in the journal.
type entry struct {
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Query  string            `json:"query"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	Status int               `json:"status"`
	Fault  string            `json:"fault,omitempty"`
}

// journal returns the latest requests to the API, in order of arrival.
func (s *system) journal([]byte) (any, error) {
	all := []entry{}
	for _, r := range s.emulator.Load().faults.Requests() {
		e := entry{Method: r.Method, Path: r.Path, Query: r.Query, Body: string(r.Body), Status: r.Status, Header: make(map[string]string)}
		for name, values := range r.Header {
			e.Header[name] = strings.Join(values, ", ")
		}
		if r.Fault != nil {
			e.Fault = r.Fault.String()
		}
		all = append(all, e)
	}
	return all, nil
}

func (s *system) clearJournal([]byte) (any, error) {
	s.emulator.Load().faults.Forget()
	return struct{}{}, nil
}
