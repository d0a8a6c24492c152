package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
)

// keep is how long finished events are remembered. An event that is sent again later is still out
// of date, because its service remembers its newest one.
const keep = 90 * 24 * time.Hour

// state is everything that must survive a restart. Nothing changes in memory before it is stored:
// each change is one line of the journal, which is there or not.
type state struct {
	mu       sync.Mutex
	journal  *journal
	records  map[string]Record
	services map[string]Service
	waiting  map[string]map[string]bool // by service, the IDs of its waiting events
	seq      int64
	changed  chan struct{} // closed with the next change
	failed   chan struct{} // closed when nothing can be stored any more
}

// change is a line of the journal: values that replace those of the same ID.
type change struct {
	Records []Record `json:"events,omitempty"`
	Service *Service `json:"service,omitempty"`
}

var errConflict = errors.New("an event with that ID came before and said something else")

func newState() *state {
	return &state{
		records: make(map[string]Record), services: make(map[string]Service), waiting: make(map[string]map[string]bool),
		changed: make(chan struct{}), failed: make(chan struct{}),
	}
}

func openState(path string) (*state, error) {
	s := newState()
	var err error
	s.journal, err = openJournal(path, s.replay, s.compact)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *state) replay(line []byte) error {
	var c change
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields() // another program's line is not to be lost
	if err := d.Decode(&c); err != nil {
		return err
	}
	if len(c.Records) == 0 && c.Service == nil {
		return errors.New("it is no change")
	}
	s.apply(c)
	return nil
}

func (s *state) apply(c change) {
	for _, r := range c.Records {
		s.records[r.ID] = r
		s.seq = max(s.seq, r.Seq)
		if s.waiting[r.Service] == nil {
			s.waiting[r.Service] = make(map[string]bool)
		}
		if s.waiting[r.Service][r.ID] = true; r.Status != Waiting {
			delete(s.waiting[r.Service], r.ID)
		}
		if len(s.waiting[r.Service]) == 0 {
			delete(s.waiting, r.Service)
		}
	}
	if c.Service != nil {
		s.services[c.Service.ID] = *c.Service
	}
}

// compact drops old events and the personal data of services that ended long ago, and returns the
// rest.
func (s *state) compact() []any {
	var lines []any
	remembered := make(map[string]bool)
	for _, r := range s.records {
		if old := time.Since(r.Finished) > keep; old && (r.Status == Done || r.Status == Superseded) {
			delete(s.records, r.ID)
			continue
		}
		remembered[r.Service] = true
		lines = append(lines, change{Records: []Record{r}})
	}
	for _, service := range s.services {
		if service.Cancelled && !remembered[service.ID] {
			service.Order = nil
			s.services[service.ID] = service
		}
		lines = append(lines, change{Service: &service})
	}
	return lines
}

// commit stores a change, then applies it.
func (s *state) commit(c change) error {
	was := s.journal.broken
	if err := s.journal.append(c); err != nil {
		if was == nil {
			close(s.failed)
		}
		return err
	}
	s.apply(c)
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// accept stores an event if it is new. Once it returns nil, the event cannot be lost.
func (s *state) accept(e Event) (r Record, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.records[e.ID]; ok {
		if !known.same(e) {
			return known, false, errConflict
		}
		return known, false, nil
	}
	service := s.services[e.Service]
	service.ID = e.Service
	if service.Order == nil {
		service.Order = e.Order
	}
	r = Record{Event: e, Seq: s.seq + 1, Accepted: time.Now().UTC(), Status: Waiting}
	switch {
	case e.At.Before(service.Latest):
		r = r.finish(Superseded, "a newer event came first")
	case service.Cancelled:
		r = r.finish(Dead, "the service is cancelled; a new order needs its own number")
	default:
		service.Latest, service.Cancelled = e.At, e.Type == Cancelled
	}
	return r, true, s.commit(change{Records: []Record{r}, Service: &service})
}

// begin returns the newest event of a service and marks those before it as superseded. ok is false
// if none is waiting.
func (s *state) begin(service string) (r Record, of Service, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.waiting[service] {
		if candidate := s.records[id]; !ok || candidate.newer(r) {
			r, ok = candidate, true
		}
	}
	var c change
	for id := range s.waiting[service] {
		if id != r.ID {
			c.Records = append(c.Records, s.records[id].finish(Superseded, "event "+r.ID+" came before it was finished"))
		}
	}
	if len(c.Records) > 0 {
		err = s.commit(c)
	}
	return r, s.services[service], ok, err
}

// progress stores the progress of an event and its service. What arrived for the service in the
// meantime stays.
func (s *state) progress(r Record, of Service) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.services[of.ID]
	of.Order, of.Latest, of.Cancelled = now.Order, now.Latest, now.Cancelled
	return s.commit(change{Records: []Record{r}, Service: &of})
}

// revive lets a dead event be tried again, if it is still the newest of its service.
func (s *state) revive(id string) (r Record, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r = s.records[id]
	service := s.services[r.Service]
	if r.Status != Dead || r.At.Before(service.Latest) || service.Cancelled && r.Type != Cancelled {
		return r, false, nil
	}
	r.Status, r.Attempts, r.Error, r.Finished = Waiting, 0, "", time.Time{}
	return r, true, s.commit(change{Records: []Record{r}})
}

func (s *state) record(id string) (Record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[id]
	return r, ok
}

func (s *state) service(id string) (Service, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	service, ok := s.services[id]
	return service, ok
}

// backlog returns the waiting events in the order of their arrival.
func (s *state) backlog() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Record
	for _, ids := range s.waiting {
		for id := range ids {
			all = append(all, s.records[id])
		}
	}
	slices.SortFunc(all, func(a, b Record) int { return int(a.Seq - b.Seq) })
	return all
}

// next is closed with the next change.
func (s *state) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// broken returns why nothing can be stored any more; nil if it can.
func (s *state) broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.broken
}

func (s *state) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.close()
}
