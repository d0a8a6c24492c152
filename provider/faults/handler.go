package faults

import "net/http"

// decided marks requests whose fault Transport has chosen, so that Handler does not choose a second one.
type decided struct{ in *Injector }

// Handler returns middleware for a real server: it serves next under the faults of the Injector.
//
// Mind that the client of net/http repeats a GET by itself when a connection that it had used before is cut: over
// TCP, a test that counts such requests should switch keep-alives off or use [Injector.Transport].
func (in *Injector) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(decided{in}) != nil {
			next.ServeHTTP(w, r)
			return
		}
		body := &intake{src: r.Body}
		e, f := in.admit(r, body)
		if f == nil || f.Kind != Refuse {
			body.load()
		}
		in.note(e, func(logged *Request) { logged.Body = body.known() })

		watched := &statusWriter{ResponseWriter: w}
		defer func() {
			in.note(e, func(logged *Request) { logged.Status = watched.status })
		}()
		inner := r.WithContext(r.Context())
		if r.Body != nil && r.Body != http.NoBody {
			inner.Body = body
		}
		serve(f, watched, inner, next)
		if watched.status == 0 {
			watched.status = http.StatusOK // what net/http sends for a handler that wrote nothing
		}
	})
}

// statusWriter remembers the status that went out.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController reach what the server offers.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Flush serves handlers that ask for an http.Flusher the old way.
func (w *statusWriter) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}
