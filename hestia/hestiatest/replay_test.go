package hestiatest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRecorded replays every recorded exchange, on the state that it presupposes, and compares
// status, exit code, content type and body.
func TestRecorded(t *testing.T) {
	same, taken, out := 0, 0, 0
	for _, file := range recordings {
		t.Run(file.name, func(t *testing.T) {
			s := recordedPanel()
			s.SetConfig("WEBMAIL_SYSTEM", "")
			if file.prepare != nil {
				file.prepare(s)
			}
			seen := map[string]bool{}
			for _, e := range readExchanges(t, file.name) {
				seen[e.Name] = true
				if reason, left := file.left[e.Name]; left {
					t.Logf("left out: %s: %s", e.Name, reason)
					out++
					continue
				}
				if before := file.before[e.Name]; before != nil {
					before(s)
				}
				status, header, body := e.send(t, s)
				what := e.differs(s, status, header, body)
				if what != "" && take(s, e) {
					taken++
					status, header, body = e.send(t, s)
					what = e.differs(s, status, header, body)
				}
				if what != "" {
					want, got := apart(plain(e.Response.Body, nil), plain(body, s))
					t.Errorf("[%s] %s: %s\n want %d %s %q\n got  %d %s %q", e.Name, e.command(), what,
						e.Response.Status, e.Response.Headers["Hestia-Exit-Code"], want, status, header.Get("Hestia-Exit-Code"), got)
					continue
				}
				same++
			}
			for name := range file.left {
				require.True(t, seen[name], "no exchange %q is left out", name)
			}
			for name := range file.before {
				require.True(t, seen[name], "there is no exchange %q", name)
			}
		})
	}
	t.Logf("%d of %d recorded exchanges are the same by value (%d of them lists, on the state that they show), %d are left out",
		same, same+out, taken, out)
	require.Equal(t, 686, same+out)
	require.Equal(t, 34, taken, "more lists than before cannot be reached by commands")
}

// recording is a file of exchanges and the state that they presuppose: a file is not a complete
// script, since some steps are missing or in another file.
type recording struct {
	name    string
	prepare func(*Server)
	before  map[string]func(*Server)
	left    map[string]string
}

// do runs commands as the root user, and ignores the answers.
func do(s *Server, commands ...[]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, words := range commands {
		c := &call{server: s, st: s.st, now: s.now()}
		c.run(words[0], words[1:]...)
	}
}

// cmd returns one command for do.
func cmd(words ...string) []string { return words }

// doing returns do as a step before an exchange.
func doing(commands ...[]string) func(*Server) {
	return func(s *Server) { do(s, commands...) }
}

// conf returns a step that sets values of a user.
func conf(user string, pairs ...string) func(*Server) {
	return func(s *Server) {
		for i := 0; i < len(pairs); i += 2 {
			s.st.user(user).conf[pairs[i]] = pairs[i+1]
		}
	}
}

// steps joins steps.
func steps(list ...func(*Server)) func(*Server) {
	return func(s *Server) {
		for _, step := range list {
			step(s)
		}
	}
}

func configure(pairs ...string) func(*Server) {
	return func(s *Server) {
		for i := 0; i < len(pairs); i += 2 {
			s.SetConfig(pairs[i], pairs[i+1])
		}
	}
}

// apart cuts off the common beginning of two texts, to show where they differ.
func apart(want, got string) (string, string) {
	i := 0
	for i < len(want) && i < len(got) && want[i] == got[i] {
		i++
	}
	i = max(0, i-40)
	return short(want[i:]), short(got[i:])
}

func short(text string) string { return text[:min(len(text), 400)] }
