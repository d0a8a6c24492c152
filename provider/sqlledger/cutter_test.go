//go:build unix

package sqlledger_test

import (
	"net"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// cutter stands between programs and the server, and breaks a connection.
type cutter struct {
	folder string
	server string

	mu    sync.Mutex
	after int // as many writes of programs, from now on; below 0 never
	late  bool
	cuts  int
}

// cutting returns one that breaks nothing yet.
func cutting(t *testing.T, s *server) *cutter {
	t.Helper()
	c := &cutter{folder: folder(t), server: filepath.Join(s.Folder, socket), after: -1}
	listener, err := net.Listen("unix", filepath.Join(c.folder, socket))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	go func() {
		for {
			program, err := listener.Accept()
			if err != nil {
				return
			}
			go c.pass(program)
		}
	}()
	return c
}

const socket = ".s.PGSQL.5432"

// next sets when a connection is broken: instead of a write, or late, when that was answered.
func (c *cutter) next(after int, late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after, c.late, c.cuts = after, late, 0
}

// cut reports whether a connection was broken.
func (c *cutter) cut() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts > 0
}

// now reports whether this write is the one, and how.
func (c *cutter) now() (cut, late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after--
	if c.after != -1 {
		return false, false
	}
	c.cuts++
	return true, c.late
}

// pass passes on what a program and the server say to each other.
func (c *cutter) pass(program net.Conn) {
	defer func() { _ = program.Close() }()
	server, err := net.Dial("unix", c.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	answered, last := make(chan bool), make(chan bool)
	go func() {
		defer close(answered)
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			select {
			case <-last:
				return
			default:
			}
			if err == nil {
				_, err = program.Write(buffer[:n])
			}
			if err != nil {
				_ = program.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 1<<16)
	for {
		n, err := program.Read(buffer)
		if err != nil {
			return
		}
		cut, late := c.now()
		if cut && !late {
			return
		}
		if cut {
			close(last)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if cut {
			<-answered
			return
		}
	}
}
