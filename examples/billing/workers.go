package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// workers carry out events, a limited number at once, and one at a time for each service.
type workers struct {
	state     *state
	queue     *queue
	fleet     *fleet.Fleet
	passwords passwords
	backoff   backoff
	log       *slog.Logger

	waits sync.WaitGroup
}

// run fills the queue from the state, runs count workers until stop ends, and returns when they
// have finished their work in progress. The end of kill cuts that short.
func (w *workers) run(stop, kill context.Context, count int) {
	for _, r := range w.state.backlog() {
		w.queue.push(r.Service)
	}
	var all sync.WaitGroup
	for range count {
		all.Go(func() {
			for {
				service, ok := w.queue.take(stop)
				if !ok {
					return
				}
				w.serve(stop, kill, service)
			}
		})
	}
	all.Wait()
	w.waits.Wait()
}

// serve brings a service into the state that its newest event asks for.
func (w *workers) serve(stop, kill context.Context, id string) {
	record, service, ok, err := w.state.begin(id)
	if err != nil || !ok {
		w.stored(err)
		w.queue.release(id)
		return
	}
	if early := time.Until(record.Next); early > 0 {
		w.queue.pushAfter(id, early)
		w.queue.release(id)
		return
	}
	if service.Pending == "" {
		var changes []string
		service, changes, err = w.attempt(kill, record, service)
		record.Changes = append(record.Changes, changes...)
		if err != nil && kill.Err() != nil {
			w.queue.release(id) // the next start checks what became of it
			return
		}
		record, service = w.settle(record, service, err)
	}
	if service.Pending == "" {
		w.queue.release(id)
		return
	}
	// The wait may be long. It holds back newer events of the service, but occupies no worker.
	w.waits.Go(func() {
		defer w.queue.release(id)
		w.wait(stop, record, service)
	})
}

// wait continues pending work, including that of an earlier run of the program.
func (w *workers) wait(stop context.Context, record Record, service Service) {
	p, err := w.fleet.Provider(service.Server)
	if err == nil {
		_, err = provider.Wait(stop, p, service.Pending, nil)
	}
	if stop.Err() != nil {
		return // the handle is stored
	}
	service.Pending = ""
	if err != nil {
		w.settle(record, service, err)
		return
	}
	w.stored(w.state.progress(record, service))
	w.queue.push(service.ID) // Ensure does what is left
}

// settle stores how an attempt ended.
func (w *workers) settle(record Record, service Service, err error) (Record, Service) {
	log := w.log.With("event", record.ID, "type", record.Type, "service", service.ID, "server", service.Server)
	if err == nil && service.Pending == "" {
		record = record.finish(Done, "")
		log.Info("event done", "changes", record.Changes)
	}
	if err != nil {
		record.Attempts++
		if hopeless(err) || record.Attempts >= w.backoff.Attempts {
			record = record.finish(Dead, err.Error())
			log.Error("event given up", "attempts", record.Attempts, "error", err)
		} else {
			wait := w.backoff.after(record.Attempts, err)
			record.Error, record.Next = err.Error(), time.Now().Add(wait).UTC()
			w.queue.pushAfter(service.ID, wait)
			log.Warn("event to be tried again", "attempts", record.Attempts, "wait", wait, "error", err)
		}
	}
	w.stored(w.state.progress(record, service))
	return record, service
}

// stored logs that the state could not be stored. Nothing is lost then: the next start looks again
// at what is not stored as done.
func (w *workers) stored(err error) {
	if err != nil {
		w.log.Error("state not stored", "error", err)
	}
}
