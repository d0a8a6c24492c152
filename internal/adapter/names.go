package adapter

import (
	"strings"
	"sync"
)

// Names remembers which ID a user name led to lately, where finding that out takes many requests. It
// is a hint: the account has to be read. The zero value is ready.
type Names[K comparable] struct {
	mu  sync.Mutex
	ids map[string]K
}

// namesMax is how many names are remembered.
const namesMax = 1000

// Add remembers where a name led to.
func (n *Names[K]) Add(name string, id K) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ids == nil || len(n.ids) >= namesMax {
		n.ids = make(map[string]K)
	}
	n.ids[strings.ToLower(name)] = id
}

// Drop forgets where a name led to.
func (n *Names[K]) Drop(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.ids, strings.ToLower(name))
}

// Get returns where a name led to lately; the zero ID if that is not known.
func (n *Names[K]) Get(name string) K {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ids[strings.ToLower(name)]
}
