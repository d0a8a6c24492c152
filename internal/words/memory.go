package words

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Memory keeps the secrets that the calls of one verb have sent: a server may quote them in its answer to a
// later call, which knows nothing of them.
type Memory struct {
	mu      sync.Mutex
	secrets []string
}

type memoryKey struct{}

// In returns a context whose calls share m, unless they share another one already.
func (m *Memory) In(ctx context.Context) context.Context {
	if ctx.Value(memoryKey{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, memoryKey{}, m)
}

// Remember keeps secrets for all calls that share a context's memory. Without one they are not asked for.
func Remember(ctx context.Context, secrets func() []string) {
	m, _ := ctx.Value(memoryKey{}).(*Memory)
	if m == nil {
		return
	}
	sent := secrets()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, secret := range sent {
		if !slices.Contains(m.secrets, secret) {
			m.secrets = append(m.secrets, secret)
		}
	}
}

// Remembered returns the secrets that were kept for a context.
func Remembered(ctx context.Context) []string {
	m, _ := ctx.Value(memoryKey{}).(*Memory)
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clip(m.secrets)
}

// Format keeps fmt from showing the secrets.
func (m *Memory) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "words.Memory") }
