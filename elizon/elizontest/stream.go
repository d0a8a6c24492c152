package elizontest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// consoleStream sends the console's lines as server-sent events.
func consoleStream(c *call, s *Service) reply {
	if !c.terminal(s) {
		return bad(codeStreamPterodactyl, "The service has no terminal")
	}
	return reply{stream: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		sendEvent(w, "connected", row{"serviceId": s.ID})
		sendEvent(w, "auth_success", row{})
		sent := 0
		for {
			lines, total, more, hold := c.consoleLines(s, sent)
			for _, text := range lines {
				sendEvent(w, "console_output", row{"output": text})
			}
			sent = total
			if !hold {
				break
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-more:
				continue
			case <-r.Context().Done():
				return
			}
		}
		sendEvent(w, "disconnected", row{})
	}}
}

// consoleLines returns the lines after the first sent ones, and a channel that is closed when there
// is another line.
func (s *Server) consoleLines(of *Service, sent int) ([]string, int, <-chan struct{}, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent = min(sent, len(of.console))
	return append([]string(nil), of.console[sent:]...), len(of.console), s.st.console, s.reads
}

func sendEvent(w io.Writer, name string, data row) {
	text, err := json.Marshal(data)
	if err != nil {
		panic("elizontest: " + err.Error())
	}
	_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, text)
}
