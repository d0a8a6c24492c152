package faults

import "net/http"

// decided marks requests whose fault Transport has chosen, so that Handler does not choose another.
type decided struct{ in *Injector }

// Handler returns middleware for a real server: it serves next under the faults of the Injector.
//
// The client of net/http repeats a GET by itself if a connection that it had used before is cut:
// over TCP, a test that counts requests should switch keep-alives off or use [Injector.Transport].
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
		in.noteBody(e, body)
		defer in.over(e) // also after a cut

		watched := &statusWriter{ResponseWriter: w, sent: func(status int) {
			in.note(e, func(logged *Request) { logged.Status = status })
		}}
		inner := r.WithContext(r.Context())
		if r.Body != nil && r.Body != http.NoBody {
			inner.Body = body
		}
		in.serve(f, watched, inner, next)
		watched.answered(http.StatusOK) // which net/http sends if the handler wrote nothing
	})
}

// statusWriter reports the status before it sends it, so that a client with its answer finds it in
// the log.
type statusWriter struct {
	http.ResponseWriter
	sent func(status int)
	done bool
}

func (w *statusWriter) answered(status int) {
	if !w.done {
		w.done = true
		w.sent(status)
	}
}

// Unwrap gives http.ResponseController access to the server's writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.answered(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.answered(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Flush is for handlers that use an http.Flusher.
func (w *statusWriter) Flush() {
	w.answered(http.StatusOK)
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}
