package hestia

import (
	"errors"
	"sync"

	"github.com/provkit/provkit/provider"
)

// limits remembers what the key may not do. The panel counts forbidden commands towards a ban of
// the client's address (five within minutes, for ten days at worst), so each is tried only once.
type limits struct {
	mu      sync.Mutex
	refused map[string]error
}

// try runs a command. If the command was forbidden before, try returns that refusal instead.
func (l *limits) try(command string, run func() error) error {
	l.mu.Lock()
	known := l.refused[command]
	l.mu.Unlock()
	if known != nil {
		return known
	}
	err := run()
	if errors.Is(err, provider.ErrForbidden) && errors.Is(err, ExitForbidden) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.refused == nil {
			l.refused = make(map[string]error)
		}
		l.refused[command] = err
	}
	return err
}
