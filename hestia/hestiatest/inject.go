package hestiatest

import "slices"

// Injection is an answer that replaces a command's own: codes that the emulator never produces (13,
// 14, 16 to 18), a 20 with no output, a text with exit code 0, a list that breaks off.
type Injection struct {
	// Command is the name of the command; "" is every command.
	Command string
	// Code is the exit code, and Output what is printed.
	Code   int
	Output string
	// Applied lets the command do its work first. Its own output and exit code are lost.
	Applied bool
	// Times is how often to inject it; 0 is until ClearInjections.
	Times int
}

// Inject replaces answers of commands. Both engines treat them like other answers. If several
// injections match, the first one is used.
func (s *Server) Inject(i Injection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.injected = append(s.injected, i)
}

// ClearInjections removes all injections.
func (s *Server) ClearInjections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.injected = nil
}

// injection returns the next injection for a command, and counts it.
func (s *Server) injection(command string) (Injection, bool) {
	i := slices.IndexFunc(s.injected, func(i Injection) bool { return i.Command == "" || i.Command == command })
	if i < 0 {
		return Injection{}, false
	}
	found := s.injected[i]
	if found.Times == 1 {
		s.injected = slices.Delete(s.injected, i, i+1)
	} else if found.Times > 1 {
		s.injected[i].Times--
	}
	return found, true
}
