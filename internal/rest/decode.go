package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// decode reads the answer of a successful attempt into the call's Out, and compares what it is about
// with what was asked.
func (x *exchange) decode() error {
	if x.call.Sink != nil {
		return nil
	}
	if err := x.decodeInto(x.call.Out); err != nil {
		return x.unreadable(err)
	}
	if told, ok := x.call.Out.(Identified); ok {
		if err := x.call.About.differs(told.Identity(), x.call.Endpoint.Sensitive); err != nil {
			return x.unreadable(err)
		}
	}
	return nil
}

func (x *exchange) decodeInto(out any) error {
	if decoder, ok := out.(AnswerDecoder); ok {
		return decoder.DecodeAnswer(x.answer())
	}
	body := Content(x.body.Bytes())
	switch {
	case len(body) == 0:
		if out == nil || x.call.EmptyOK {
			return nil
		}
		return errors.New("no body")
	case out == nil:
		if !json.Valid(body) {
			return errors.New("not JSON")
		}
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return err
	}
	if string(body) == "null" && isObject(out) {
		return errors.New("null")
	}
	return nil
}

// differs returns an error if an answer is about something else than what was asked. IDs are equal or
// not; names may differ in case, since all vendors store some in lower case. Of an answer that must not
// be shown the error has numbers only: names there may be keys.
func (asked Identity) differs(told Identity, sensitive bool) error {
	shown := func(text string) string {
		if _, err := strconv.ParseInt(text, 10, 64); err != nil && sensitive {
			return "something else"
		}
		return shown(text)
	}
	different := func(asked, told string) bool { return asked != "" && told != "" && asked != told }
	switch {
	case different(asked.ID, told.ID):
		return &provider.Error{Kind: provider.ErrProtocol, Message: "the answer is about " + shown(told.ID) + ", not " + shown(asked.ID)}
	case different(strings.ToLower(asked.Name), strings.ToLower(told.Name)) && !strings.EqualFold(asked.Name, told.Alias):
		return &provider.Error{Kind: provider.ErrProtocol, Message: "the answer is about " + shown(told.Name) + ", not " + shown(asked.Name)}
	}
	return nil
}

// Only yields the elements of a list whose answer is about one thing. An element of another one ends it
// with an error.
func Only[T any](list iter.Seq2[*T, error], e *Endpoint, asked Identity, told func(element any) Identity) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for element, err := range list {
			if err == nil {
				if err = asked.differs(told(element), e.Sensitive); err != nil {
					failed, _ := errors.AsType[*provider.Error](err)
					failed.Provider, failed.Op, failed.Action = e.Provider, e.Op, e.action(shown(asked.ID))
					yield(nil, failed)
					return
				}
			}
			if !yield(element, err) {
				return
			}
		}
	}
}

// shown returns an ID or a name for an error.
func shown(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return strconv.Quote(words.Line(text, 80))
}

// Content removes what may surround JSON: white space, and the byte order mark that a PHP file
// saved by some editors sends first (RFC 8259, section 8.1, allows ignoring it).
// Each file that a PHP program includes may send one.
func Content(body []byte) []byte {
	return bytes.TrimRight(bytes.TrimLeft(body, "\ufeff \t\r\n"), " \t\r\n")
}

// encoding returns the encoding in which the answer still is: all that net/http undoes is one gzip. ""
// is none.
func (x *exchange) encoding() string {
	switch names := strings.Join(x.header.Values("Content-Encoding"), ", "); {
	case names != "" && !strings.EqualFold(names, "identity"):
		return x.cleaner().Line(names, 40)
	case bytes.HasPrefix(x.body.Bytes(), []byte{0x1f, 0x8b}): // twice, or without the header
		return "gzip"
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
	if failed := x.known(cause); failed != nil { // the vendor found an error inside
		if failed.Kind == nil {
			failed.Kind = provider.ErrProtocol
		}
		// A change may have been made, whatever the answer to it is about.
		x.maybe = x.maybe || x.call.Endpoint.Effect != Read && errors.Is(failed.Kind, provider.ErrProtocol)
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
	var told interface{ Reason() string } // why, without any value
	switch {
	case errors.As(err, &told):
		return words.Line(x.scrub(told.Reason()), 80)
	case errors.As(err, &wrong):
		return fmt.Sprintf("field %q has the wrong type", x.cleaner().Line(wrong.Field, 80))
	case errors.As(err, &syntax):
		return "not JSON"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "JSON breaks off"
	}
	if x.call.Endpoint.Sensitive { // strconv and time quote what they cannot parse
		return "a value cannot be read"
	}
	return x.cleaner().Line(err.Error(), 80)
}
