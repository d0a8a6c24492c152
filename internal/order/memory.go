package order

import (
	"maps"
	"slices"
	"sync"
)

// memory is what a client remembers of the orders that it works on. It ends with the program;
// what must outlive that is in the handles, which their callers keep.
//
// This is the seam for the ledger: keep is called before an order is sent and whenever more
// is known of it, resume before anything is done.
type memory struct {
	mu sync.Mutex
	// owners are the keys of these orders by what belongs to them.
	owners map[string]string
	// open are the handles of the orders that are not marked yet, by key.
	open map[string]string
}

// Owner returns the key of the order that a trace belongs to, "" if that is unknown.
func (m *memory) Owner(trace string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.owners[trace]
}

// Traces returns what is known to belong to orders that are not marked yet.
func (m *memory) Traces() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Keys(m.owners))
}

// keep remembers how far an order is, and gives its handle to whoever keeps it, if that is
// news.
func (m *memory) keep(o Order) error {
	r, handle := o.record(), o.Handle()
	nothing := !r.Sent() && !o.Located()
	m.note(r.Key, handle, o.Trace(), r.Marked || r.ended || nothing)
	if r.OnHandle == nil || handle == r.Told {
		return nil
	}
	err := r.OnHandle(handle)
	r.Told = handle
	return err
}

func (m *memory) note(key, handle, trace string, over bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == nil {
		m.owners, m.open = make(map[string]string), make(map[string]string)
	}
	if over {
		delete(m.open, key)
		maps.DeleteFunc(m.owners, func(_, owner string) bool { return owner == key })
		return
	}
	m.open[key] = handle
	if trace != "" {
		m.owners[trace] = key
	}
}

// resume goes on with the order whose handle is remembered, if the caller's says nothing
// more.
func (m *memory) resume(o Order) error {
	again, ok := o.(Resumer)
	if !ok || o.Located() {
		return nil
	}
	r := o.record()
	m.mu.Lock()
	handle := m.open[r.Key]
	m.mu.Unlock()
	if handle == "" {
		return nil
	}
	if err := again.Resume(handle); err != nil {
		return err
	}
	r.Told = handle
	return nil
}
