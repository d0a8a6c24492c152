package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
)

// relay makes an emulated system, which listens on a free port, reachable at a given one. It only
// passes on bytes, so TLS and cut connections stay as they are.
type relay struct {
	listener net.Listener
	target   string
	mu       sync.Mutex
	open     map[net.Conn]bool
	closed   bool
	running  sync.WaitGroup
}

func newRelay(address, target string) (*relay, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	r := &relay{listener: listener, target: target, open: make(map[net.Conn]bool)}
	r.running.Go(r.accept)
	return r, nil
}

func (r *relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return // closed
		}
		if r.hold(client) {
			r.running.Go(func() { r.pass(client) })
		}
	}
}

// pass serves one connection. When the system closes it, the client's end is closed, too; a client
// that has sent everything can still get its answer.
func (r *relay) pass(client net.Conn) {
	defer r.release(client)
	var dialer net.Dialer
	system, err := dialer.DialContext(context.Background(), "tcp", r.target)
	if err != nil || !r.hold(system) {
		return
	}
	defer r.release(system)
	r.running.Go(func() {
		_, _ = io.Copy(system, client)
		if tcp, ok := system.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
	})
	_, _ = io.Copy(client, system)
}

// hold registers a connection to be closed at the end. It closes it at once and returns false if
// the relay has stopped.
func (r *relay) hold(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		_ = c.Close()
		return false
	}
	r.open[c] = true
	return true
}

func (r *relay) release(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, c)
	_ = c.Close()
}

// stop closes everything and waits until no connection is served any more.
func (r *relay) stop() {
	_ = r.listener.Close()
	r.mu.Lock()
	r.closed = true
	for c := range r.open {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.running.Wait()
}
