package elizontest

import (
	"container/heap"
	"time"
)

// event is something that happens at a time. run checks for itself whether it is still due.
type event struct {
	at  time.Time
	n   int // equal times run in the order in which they were planned
	run func(at time.Time)
}

// events is a heap, so that a request costs no more for 10,000 services than for one.
type events struct {
	queue eventHeap
	n     int
}

func (e *events) plan(at time.Time, run func(at time.Time)) {
	e.n++
	heap.Push(&e.queue, event{at, e.n, run})
}

// elapse runs all events that are due. An event may plan others.
func (e *events) elapse(now time.Time) {
	for len(e.queue) > 0 && !now.Before(e.queue[0].at) {
		due := heap.Pop(&e.queue).(event)
		due.run(due.at)
	}
}

type eventHeap []event

func (h eventHeap) Len() int { return len(h) }

func (h eventHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].n < h[j].n
}

func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(event)) }

func (h *eventHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = event{}
	*h = (*h)[:last]
	return e
}
