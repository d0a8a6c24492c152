package faults

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

// memory keeps what was answered to requests that only read, and when others came.
type memory struct {
	mu    sync.Mutex
	count int // of everything that came
	wrote []moment
	seen  map[string][]sighting
}

type moment struct {
	at    time.Time
	index int
}

type sighting struct {
	moment
	answer *recorder
}

// serve answers a request as it would have been answered lag ago, as far as earlier requests like it
// tell: with the latest answer that is old enough, or else the oldest. One from before a change that
// is old enough does not count any more.
func (m *memory) serve(lag time.Duration, w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := newRecorder(r.Method)
	next.ServeHTTP(rec, r)
	rec.finish()

	key, now := r.Method+" "+r.RequestURI+" "+string(body), time.Now()
	m.mu.Lock()
	if m.seen == nil {
		m.seen = make(map[string][]sighting)
	}
	m.count++
	m.seen[key] = append(m.seen[key], sighting{moment{now, m.count}, rec})
	visible := 0
	for _, change := range m.wrote {
		if now.Sub(change.at) >= lag {
			visible = change.index
		}
	}
	var shown *recorder
	for _, s := range m.seen[key] {
		if s.index > visible && (shown == nil || now.Sub(s.at) >= lag) {
			shown = s.answer
		}
	}
	m.mu.Unlock()
	shown.replay(w)
}

// change notes a request that may change something.
func (m *memory) change() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil { // no answer is kept that this could outdate
		return
	}
	m.count++
	m.wrote = append(m.wrote, moment{time.Now(), m.count})
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen, m.wrote = nil, nil
}
