package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// decode reads the answer of a successful attempt into the call's Out.
func (x *exchange) decode() error {
	if x.call.Sink != nil {
		return nil
	}
	out := x.call.Out
	if decoder, ok := out.(AnswerDecoder); ok {
		if err := decoder.DecodeAnswer(x.answer()); err != nil {
			return x.unreadable(err)
		}
		return nil
	}
	body := Content(x.body.Bytes())
	if len(body) == 0 {
		if out == nil || x.call.EmptyOK {
			return nil
		}
		return x.unreadable(errors.New("no body"))
	}
	if out == nil {
		if !json.Valid(body) {
			return x.unreadable(errors.New("not JSON"))
		}
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return x.unreadable(err)
	}
	if name := missing(out); name != "" {
		return x.unreadable(fmt.Errorf("lacks %q", name))
	}
	if string(body) == "null" && isObject(out) {
		return x.unreadable(errors.New("null"))
	}
	return nil
}

// Content removes what may surround JSON: white space, and the byte order mark that a PHP file
// saved by some editors sends first (RFC 8259, section 8.1, allows ignoring it).
func Content(body []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
}

func missing(out any) string {
	if identified, ok := out.(Identified); ok {
		return identified.Missing()
	}
	return ""
}

// isObject reports whether out expects an object, so that null is an error: encoding/json ignores
// it. Types with an UnmarshalJSON of their own decide for themselves.
func isObject(out any) bool {
	if _, ok := out.(json.Unmarshaler); ok {
		return false
	}
	t := reflect.TypeOf(out)
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

// unreadable returns the error for an answer that claims success and cannot be understood. If the
// call was a change, the change may well have been made.
func (x *exchange) unreadable(cause error) error {
	if known, ok := errors.AsType[*provider.Error](cause); ok { // the vendor found an error inside
		failed := x.clean(known)
		if failed.Kind == nil {
			failed.Kind = provider.ErrProtocol
		}
		x.complete(failed)
		return x.fail(x.weigh(failed))
	}
	err := &provider.Error{
		Kind: provider.ErrProtocol, StatusCode: x.status, RequestID: x.requestID(),
		Message: x.excerpt("the answer cannot be understood (" + x.reasonOf(cause) + "), it is"),
	}
	x.maybe = x.call.Endpoint.Effect != Read
	return x.fail(x.weigh(err))
}

// reasonOf says why decoding failed, without quoting values, which may be secrets.
func (x *exchange) reasonOf(err error) string {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return fmt.Sprintf("field %q has the wrong type", words.Line(x.scrub(wrong.Field), 80))
	case errors.As(err, &syntax):
		return "not JSON"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "JSON breaks off"
	}
	if x.call.Endpoint.Sensitive { // strconv and time quote what they cannot parse
		return "a value cannot be read"
	}
	return words.Line(x.scrub(err.Error()), 80)
}
