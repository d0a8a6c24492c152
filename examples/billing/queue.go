package main

import (
	"context"
	"sync"
	"time"
)

// queue hands out services that have something to do, each to one worker at a time. It is not
// stored: at the start it is filled from the state.
type queue struct {
	mu      sync.Mutex
	ready   []string
	places  map[string]place
	timers  map[string]*time.Timer // at most one per service
	arrived chan struct{}
}

// place is where a service is in the queue.
type place int

const (
	nowhere place = iota
	inLine
	inHands
	inHandsAgain // and something arrived for it meanwhile
)

func newQueue() *queue {
	return &queue{places: make(map[string]place), timers: make(map[string]*time.Timer), arrived: make(chan struct{}, 1)}
}

// push adds a service to the queue, unless it is there.
func (q *queue) push(service string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch q.places[service] {
	case nowhere:
		q.places[service] = inLine
		q.ready = append(q.ready, service)
		q.wake()
	case inHands:
		q.places[service] = inHandsAgain
	case inLine, inHandsAgain:
	}
}

// pushAfter is push after a delay. It replaces an earlier pushAfter.
func (q *queue) pushAfter(service string, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if earlier := q.timers[service]; earlier != nil {
		earlier.Stop()
	}
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		q.mu.Lock()
		if q.timers[service] == timer {
			delete(q.timers, service)
		}
		q.mu.Unlock()
		q.push(service)
	})
	q.timers[service] = timer
}

func (q *queue) wake() {
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// take waits for a service; release it when it is done. ok is false if the context has ended.
func (q *queue) take(ctx context.Context) (service string, ok bool) {
	for ctx.Err() == nil {
		if service, ok := q.first(); ok {
			return service, true
		}
		select {
		case <-q.arrived:
		case <-ctx.Done():
		}
	}
	return "", false
}

func (q *queue) first() (service string, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) == 0 {
		return "", false
	}
	service, q.ready = q.ready[0], q.ready[1:]
	q.places[service] = inHands
	if len(q.ready) > 0 {
		q.wake() // another worker may be waiting
	}
	return service, true
}

// release returns a service to the queue.
func (q *queue) release(service string) {
	q.mu.Lock()
	again := q.places[service] == inHandsAgain
	delete(q.places, service)
	q.mu.Unlock()
	if again {
		q.push(service)
	}
}
