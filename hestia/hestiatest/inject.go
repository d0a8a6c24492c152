package hestiatest

import "slices"

// Injection is an answer that a command gives in the place of its own: codes that the emulator never gets to (13, 14,
// 16 to 18), a 20 with nothing printed, a text at exit code 0, a list that breaks off.
type Injection struct {
	// Command is the name of the command. Empty: every command.
	Command string
	// Code is the exit code, and Output what is printed.
	Code   int
	Output string
	// Applied lets the command do its work first. What that prints and answers is lost.
	Applied bool
	// Times is how often. Zero: until ClearInjections.
	Times int
}

// Inject makes commands answer otherwise. Both engines wrap the answer as they wrap others. Of several that fit, the one
// that was injected first counts.
func (s *Server) Inject(i Injection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.injected = append(s.injected, i)
}

// ClearInjections lets all commands answer for themselves again.
func (s *Server) ClearInjections() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.injected = nil
}

// injection takes the next injection for a command.
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
