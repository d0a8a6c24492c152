// Package touched tells a verb whether a server has accepted a change on its behalf, however deep below
// the verb the request was made.
package touched

import (
	"context"
	"sync/atomic"

	"github.com/provkit/provkit/internal/words"
)

// Mark is set once a server has accepted a change.
type Mark struct {
	set   atomic.Bool
	above *Mark
}

type key struct{}

// Watch returns a context for calls, and the mark that they set. They set those above it, too, and know
// each other's secrets.
func Watch(ctx context.Context) (context.Context, *Mark) {
	m := &Mark{}
	ctx = new(words.Memory).In(ctx)
	m.above, _ = ctx.Value(key{}).(*Mark)
	return context.WithValue(ctx, key{}, m), m
}

// Note sets the marks that watch a context.
func Note(ctx context.Context) {
	for m, _ := ctx.Value(key{}).(*Mark); m != nil; m = m.above {
		m.set.Store(true)
	}
}

// Set reports whether a server has accepted a change.
func (m *Mark) Set() bool { return m.set.Load() }
