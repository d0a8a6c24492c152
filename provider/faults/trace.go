package faults

import (
	"net"
	"net/http/httptrace"
)

// tracer reports the stages of a connection to a trace, which may be nil and may lack any hook.
type tracer struct{ hooks *httptrace.ClientTrace }

func (t tracer) getConn(addr string) {
	if t.hooks != nil && t.hooks.GetConn != nil {
		t.hooks.GetConn(addr)
	}
}

func (t tracer) connectStart(addr string) {
	if t.hooks != nil && t.hooks.ConnectStart != nil {
		t.hooks.ConnectStart("tcp", addr)
	}
}

func (t tracer) connectDone(addr string, err error) {
	if t.hooks != nil && t.hooks.ConnectDone != nil {
		t.hooks.ConnectDone("tcp", addr, err)
	}
}

func (t tracer) gotConn() {
	if t.hooks != nil && t.hooks.GotConn != nil {
		conn, _ := net.Pipe() // hooks may ask the connection for its addresses
		t.hooks.GotConn(httptrace.GotConnInfo{Conn: conn})
	}
}

func (t tracer) wroteHeaders() {
	if t.hooks != nil && t.hooks.WroteHeaders != nil {
		t.hooks.WroteHeaders()
	}
}

func (t tracer) wroteRequest(err error) {
	if t.hooks != nil && t.hooks.WroteRequest != nil {
		t.hooks.WroteRequest(httptrace.WroteRequestInfo{Err: err})
	}
}

func (t tracer) gotFirstResponseByte() {
	if t.hooks != nil && t.hooks.GotFirstResponseByte != nil {
		t.hooks.GotFirstResponseByte()
	}
}
