package elizon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing/iotest"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
)

// behind is a server as a handler, so that each program has faults of its own.
func behind(srv *elizontest.Server) http.Handler {
	inner := srv.Client().Transport
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := r.Clone(r.Context())
		out.URL.Scheme, out.URL.Host, out.RequestURI = "https", strings.TrimPrefix(srv.URL, "https://"), ""
		resp, err := inner.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
}

// deliver has the server carry out a checkout later, and loses its answer.
func (w *world) deliver(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	late := r.Clone(context.WithoutCancel(r.Context()))
	late.Body = io.NopCloser(bytes.NewReader(body))
	w.tally.late.Add(1)
	time.AfterFunc(w.between(5*time.Second, 10*time.Minute), func() {
		w.tell("a checkout is carried out")
		next.ServeHTTP(httptest.NewRecorder(), late)
	})
	panic(http.ErrAbortHandler)
}

// byPage has a person pay on a page, whatever way to pay was asked for.
func byPage(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	body = bytes.Replace(body, []byte(`"guthaben"`), []byte(`"mollie"`), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	next.ServeHTTP(w, r)
}

// beside has a person order much the same in this moment.
func (w *world) beside(r *http.Request) bool {
	if !isCheckout(r) || !w.chance(w.person) {
		return false
	}
	service, cycle := asOrdered, int64(30)
	switch int(w.between(0, 4)) {
	case 0:
		service.TemplateID = 102
	case 1:
		service.LocationID = "loc-vie"
	case 2:
		service.ProductID = "prod-vps-m"
	case 3:
		cycle = 90
	}
	added := w.srv.AddService(service)
	w.srv.UpdateSubscription(added.SubscriptionID, func(s *elizontest.Subscription) { s.CycleDays = cycle })
	his := w.truth(added.ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.foreign = append(w.foreign, his)
	w.tally.beside.Add(1)
	return false
}

// past is what the platform has answered to reads.
type past struct {
	mu      sync.Mutex
	answers map[string][]kept
}

type kept struct {
	at   time.Time
	resp http.Response
	body []byte
}

func (k kept) response(r *http.Request) *http.Response {
	resp := k.resp
	resp.Header, resp.Body, resp.Request = resp.Header.Clone(), io.NopCloser(bytes.NewReader(k.body)), r
	return &resp
}

// keep notes what was answered, and returns what was within the last 30 s, the newest last, or the last of all.
func (p *past) keep(path string, now *kept) []kept {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.answers[path]
	for len(old) > 1 && time.Since(old[0].at) > 30*time.Second {
		old = old[1:]
	}
	if p.answers == nil {
		p.answers = make(map[string][]kept)
	}
	if p.answers[path] = old; now != nil {
		p.answers[path] = append(slices.Clip(old), *now)
	}
	return old
}

// view is how one life of a program sees the platform: some reads show what was before.
type view struct {
	w     *world
	inner http.RoundTripper
	wrong [2]int // the reads with the previous answer
	reads int
}

func (v *view) RoundTrip(r *http.Request) (*http.Response, error) {
	v.w.jump()
	resp, err := v.inner.RoundTrip(r)
	if r.Method != http.MethodGet || err != nil {
		return resp, err
	}
	v.w.mu.Lock()
	n := v.reads
	v.reads++
	v.w.mu.Unlock()
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), iotest.ErrReader(err)))
		return resp, nil
	}
	var own *kept
	if resp.StatusCode == http.StatusOK && json.Valid(body) {
		own = &kept{time.Now(), *resp, body}
	}
	old := v.w.past.keep(r.URL.RequestURI(), own)
	if len(old) > 0 {
		last := old[len(old)-1]
		switch recent := slices.DeleteFunc(slices.Clone(old), func(k kept) bool { return time.Since(k.at) > 30*time.Second }); {
		case slices.Contains(v.wrong[:], n):
			v.w.tally.old.Add(1)
			return last.response(r), nil
		case len(recent) > 0 && v.w.chance(v.w.stale):
			v.w.tally.old.Add(1)
			return recent[v.w.between(0, time.Duration(len(recent)))].response(r), nil
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
