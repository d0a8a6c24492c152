package faults

// For emulators that serve other programs for a long time.

// Keep limits the log to the newest n requests; 0 is no limit.
func (in *Injector) Keep(n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.keep = n
	in.trim()
}

// trim drops the oldest requests. It is called under the lock.
func (in *Injector) trim() {
	if over := len(in.log) - in.keep; in.keep > 0 && over > 0 {
		clear(in.log[:over]) // or the array would hold them
		in.log = in.log[over:]
	}
}

// Observe has seen called with each request when it is over, whatever its end, from the goroutine
// that served it.
func (in *Injector) Observe(seen func(Request)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.seen = seen
}

func (in *Injector) over(e *entry) {
	in.mu.Lock()
	seen, request := in.seen, e.request
	in.mu.Unlock()
	if seen != nil {
		seen(request)
	}
}
