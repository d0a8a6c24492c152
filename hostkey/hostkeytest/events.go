package hostkeytest

import (
	"container/heap"
	"time"
)

// agenda contains the planned events, earliest first.
type agenda struct {
	queue eventQueue
	count int64
}

type event struct {
	at     time.Time
	number int64 // events of the same moment happen in the order in which they were planned
	run    func(at time.Time)
}

// plan schedules an event. What it concerns may have changed by then, so run has to check.
func (a *agenda) plan(at time.Time, run func(at time.Time)) {
	a.count++
	heap.Push(&a.queue, event{at: at, number: a.count, run: run})
}

// elapse runs every event that is due, each at its own time.
func (a *agenda) elapse(now time.Time) {
	for len(a.queue) > 0 && !now.Before(a.queue[0].at) {
		next := heap.Pop(&a.queue).(event)
		next.run(next.at)
	}
}

type eventQueue []event

func (q eventQueue) Len() int { return len(q) }

func (q eventQueue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].number < q[j].number
}

func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *eventQueue) Push(x any) { *q = append(*q, x.(event)) }

// Pop implements heap.Interface.
func (q *eventQueue) Pop() any {
	last := len(*q) - 1
	popped := (*q)[last]
	(*q)[last] = event{}
	*q = (*q)[:last]
	return popped
}
