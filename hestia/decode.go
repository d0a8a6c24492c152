package hestia

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// The panel prints objects by name, each a flat object of texts:
//
//	{"alice": {"PACKAGE": "default", "SUSPENDED": "no", "TIME": "10:11:12", "DATE": "2026-01-02"}}
//
// Tags say which of the panel's fields belongs to a Go field: `hestia:"PACKAGE"`. Tags with a mode:
//
//	",key"              the name of the object
//	"API,key"           the same, or this field if the object has no name
//	"DATE+TIME"         a date and a time in two fields
//	"EXP,date"          a date alone
//	"NOT_AFTER,openssl" a date as OpenSSL prints it
//	"FTP_USER,colon"    a list separated by colons instead of commas

var (
	errNoObject = errors.New("not an object")
	errNothing  = errors.New("no output")
)

// decodeOne reads one named object, or a flat one.
func decodeOne[T any](printed []byte, location *time.Location) (*T, error) {
	printed = tidy(printed)
	if len(printed) == 0 {
		return nil, errNothing
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(printed, &fields); err != nil {
		return nil, err
	}
	thing := new(T)
	p := planOf(reflect.TypeFor[T]())
	if flat(fields) {
		return thing, p.fill(reflect.ValueOf(thing).Elem(), "", printed, location)
	}
	if len(fields) != 1 {
		return nil, fmt.Errorf("%d objects instead of one", len(fields))
	}
	for key, raw := range fields {
		if err := p.fill(reflect.ValueOf(thing).Elem(), key, raw, location); err != nil {
			return nil, err
		}
	}
	return thing, nil
}

// flat reports whether fields belong to one object, rather than being named objects.
func flat(fields map[string]json.RawMessage) bool {
	for _, raw := range fields {
		if raw[0] != '{' {
			return true
		}
	}
	return false
}

// nothing returns the error for a command that should print one thing and printed nothing, which
// some do instead of reporting that it does not exist.
func nothing() error {
	return &provider.Error{Kind: provider.ErrNotFound, Message: "the panel has nothing to show"}
}

// decodeRows reads objects by name, or an array of objects, in their order.
func decodeRows[T any](printed []byte, location *time.Location) ([]*T, error) {
	printed = tidy(printed)
	if len(printed) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(printed))
	open, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('{') && open != json.Delim('[') {
		return nil, errNoObject
	}
	p := planOf(reflect.TypeFor[T]())
	var things []*T
	for decoder.More() {
		key := ""
		if open == json.Delim('{') {
			token, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			key, _ = token.(string)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, err
		}
		thing := new(T)
		if err := p.fill(reflect.ValueOf(thing).Elem(), key, raw, location); err != nil {
			return nil, err
		}
		things = append(things, thing)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("text after the list")
	}
	return things, nil
}

// decodeTexts reads an array of texts. An empty object is an empty list, too.
func decodeTexts(printed []byte) ([]string, error) {
	printed = tidy(printed)
	if len(printed) == 0 || string(bytes.Join(bytes.Fields(printed), nil)) == "{}" {
		return nil, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(printed, &raw); err != nil {
		return nil, err
	}
	if raw == nil {
		return nil, errors.New("null instead of a list")
	}
	texts := make([]string, len(raw))
	for i := range raw {
		v, err := valueOf(raw[i])
		if err != nil || v.list != nil || raw[i][0] == '{' {
			return nil, errors.New("an element is not a text")
		}
		texts[i] = v.text
	}
	return texts, nil
}

// decodeMap reads the only object inside an object, as names and texts.
func decodeMap(printed []byte) (map[string]string, error) {
	printed = tidy(printed)
	var outer map[string]map[string]json.RawMessage
	if len(printed) == 0 {
		return nil, errNothing
	}
	if err := json.Unmarshal(printed, &outer); err != nil {
		return nil, err
	}
	if len(outer) != 1 {
		return nil, fmt.Errorf("%d objects instead of one", len(outer))
	}
	texts := make(map[string]string)
	for _, inner := range outer {
		for name, raw := range inner {
			v, err := valueOf(raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			texts[name] = strings.Join(append(v.list, v.text), "")
		}
	}
	return texts, nil
}

// plan says where the panel's fields go in a type.
type plan struct {
	key    []int
	fields map[string][]target
}

type target struct {
	index []int
	mode  string
	with  string // the second field: TIME
}

var plans sync.Map // reflect.Type -> *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{fields: make(map[string][]target)}
	p.add(t, nil)
	plans.Store(t, p)
	return p
}

// add adds the fields of a type, and those of embedded and nested structs.
func (p *plan) add(t reflect.Type, above []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(above), i)
		name, mode, _ := strings.Cut(f.Tag.Get("hestia"), ",")
		if mode == "key" {
			p.key, mode = index, ""
		}
		switch {
		case name != "":
			name, with, _ := strings.Cut(name, "+")
			p.fields[name] = append(p.fields[name], target{index: index, mode: mode, with: with})
		case f.Type.Kind() == reflect.Struct && f.Tag == "":
			p.add(f.Type, index)
		}
	}
}

// fill reads one object. An object with none of the type's fields is an error: it must be something
// else.
func (p *plan) fill(v reflect.Value, key string, raw json.RawMessage, location *time.Location) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	if p.key != nil {
		if err := (wireValue{text: key}).store(v.FieldByIndex(p.key), "", location); err != nil {
			return fmt.Errorf("the name: %w", err)
		}
	}
	known := 0
	for name, targets := range p.fields {
		raw, there := fields[name]
		if !there {
			continue
		}
		known++
		value, err := valueOf(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, t := range targets {
			if t.with != "" {
				second, err := valueOf(fields[t.with])
				if err != nil {
					return fmt.Errorf("%s: %w", t.with, err)
				}
				value.text = strings.TrimSpace(value.text + " " + second.text)
			}
			if err := value.store(v.FieldByIndex(t.index), t.mode, location); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if known == 0 && len(p.fields) > 0 {
		return errors.New("an object without any known field")
	}
	return nil
}

// wireValue is a value of the panel's: a text, or a list of texts.
type wireValue struct {
	text string
	list []string
}

// valueOf reads a text, a number, true, false, null, or an array of these. Anything else, which
// later panels may send, stays JSON.
func valueOf(raw json.RawMessage) (wireValue, error) {
	var v wireValue
	if len(raw) == 0 || string(raw) == "null" {
		return v, nil
	}
	switch raw[0] {
	case '"':
		return v, json.Unmarshal(raw, &v.text)
	case '[':
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return v, err
		}
		v.list = make([]string, 0, len(elements))
		for _, element := range elements {
			one, err := valueOf(element)
			if err != nil || one.list != nil {
				return v, errors.New("a list of lists")
			}
			v.list = append(v.list, one.text)
		}
		return v, nil
	}
	v.text = string(raw)
	return v, nil
}

var errWrongType = errors.New("of the wrong type")

var (
	typeTime   = reflect.TypeFor[time.Time]()
	typeLimit  = reflect.TypeFor[Limit]()
	typeAddr   = reflect.TypeFor[netip.Addr]()
	typeSecret = reflect.TypeFor[provider.Secret]()
)

// store puts a value into a field of a public type. "" is the zero value for all types: it is how
// the panel says "never set".
func (v wireValue) store(field reflect.Value, mode string, location *time.Location) error {
	if v.list != nil {
		if field.Kind() != reflect.Slice {
			return errWrongType
		}
		field.Set(reflect.ValueOf(v.list))
		return nil
	}
	text := strings.TrimSpace(v.text)
	switch field.Type() {
	case typeTime:
		t, err := parseTime(text, mode, location)
		field.Set(reflect.ValueOf(t))
		return err
	case typeLimit:
		l, err := parseLimit(text)
		field.Set(reflect.ValueOf(l))
		return err
	case typeAddr:
		a, err := parseAddr(text)
		field.Set(reflect.ValueOf(a))
		return err
	case typeSecret:
		field.Set(reflect.ValueOf(provider.NewSecret(v.text)))
		return nil
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(v.text)
	case reflect.Bool:
		b, err := parseBool(text)
		field.SetBool(b)
		return err
	case reflect.Int64:
		n, err := parseInt(text)
		field.SetInt(n)
		return err
	case reflect.Float64:
		n, err := parseFloat(text)
		field.SetFloat(n)
		return err
	case reflect.Slice:
		separator := ","
		if mode == "colon" {
			separator = ":"
		}
		field.Set(reflect.ValueOf(splitList(text, separator)))
	default:
		return errWrongType
	}
	return nil
}

func splitList(text, separator string) []string {
	var list []string
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true", "on", "1", "enabled":
		return true, nil
	case "", "no", "false", "off", "0", "disabled":
		return false, nil
	}
	return false, errors.New("neither yes nor no")
}

func parseInt(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("not a whole number")
	}
	return n, nil
}

func parseFloat(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, errors.New("not a number")
	}
	return n, nil
}

func parseLimit(text string) (Limit, error) {
	if text == "unlimited" {
		return NoLimit(), nil
	}
	n, err := parseInt(text)
	return LimitOf(n), err
}

func parseAddr(text string) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}, errors.New("not an address")
	}
	return a, nil
}

// parseTime reads the server's local time, whose zone only WithLocation says, and OpenSSL's, which
// is always GMT.
func parseTime(text, mode string, location *time.Location) (time.Time, error) {
	layouts := []string{time.DateTime, time.DateOnly}
	switch mode {
	case "openssl":
		layouts, location = []string{"Jan _2 15:04:05 2006 GMT", "Jan 2 15:04:05 2006 GMT"}, time.UTC
	case "date":
		layouts = layouts[1:]
	}
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("not a date")
}
