package faults

import (
	"bytes"
	"io"
	"net/http"
)

// keep is how much of a request's body the log and the rules see.
const keep = 1 << 20

// intake is the body of a request on its way from the client to the handler. It only reads ahead as
// far as the log needs, so that a body of any size passes through.
type intake struct {
	src   io.ReadCloser
	again func() (io.ReadCloser, error) // the client's second copy, or nil
	peek  []byte
	head  []byte // what load read ahead
	used  int    // how much of head the handler has read
	ready bool   // load has run
	whole bool   // head is the whole body
	err   error  // what the client's body failed with, other than io.EOF
}

// load reads ahead, and returns what the log keeps.
func (b *intake) load() []byte {
	if b.ready {
		return b.head
	}
	b.ready = true
	if b.src == nil || b.src == http.NoBody {
		b.whole = true
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(b.src, keep))
	b.head, b.err = head, err
	b.whole = err == nil && len(head) < keep
	return b.head
}

// known returns what is known of the body without reading from the client.
func (b *intake) known() []byte {
	if b.ready {
		return b.head
	}
	if b.peek == nil && b.again != nil {
		second, err := b.again()
		if err != nil {
			return nil
		}
		defer func() { _ = second.Close() }()
		b.peek, _ = io.ReadAll(io.LimitReader(second, keep))
	}
	return b.peek
}

// copy returns a reader of the body for a rule. Nothing is read from the client before the rule
// reads.
func (b *intake) copy() io.ReadCloser { return &preview{body: b} }

type preview struct {
	body   *intake
	reader *bytes.Reader
}

func (p *preview) Read(buf []byte) (int, error) {
	if p.reader == nil {
		data := p.body.known()
		if data == nil {
			data = p.body.load()
		}
		p.reader = bytes.NewReader(data)
	}
	return p.reader.Read(buf)
}

func (p *preview) Close() error { return nil }

// Read returns what load has read ahead, then the rest.
func (b *intake) Read(p []byte) (int, error) {
	head := b.load()
	if b.used < len(head) {
		n := copy(p, head[b.used:])
		b.used += n
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	if b.whole {
		return 0, io.EOF
	}
	n, err := b.src.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// Close closes the client's body.
func (b *intake) Close() error {
	if b.src == nil {
		return nil
	}
	return b.src.Close()
}
