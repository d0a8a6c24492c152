package emulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// setting is an option of a test package, by its name, and its arguments as JSON.
type setting struct {
	name string
	args []json.RawMessage
}

// jsonOf returns arguments as JSON.
func jsonOf(args ...any) []json.RawMessage {
	all := make([]json.RawMessage, len(args))
	for i, arg := range args {
		all[i], _ = json.Marshal(arg)
	}
	return all
}

// nameOf returns the name of a function, without its package.
func nameOf(function any) string {
	name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

// option returns the option that a setting means, as a value of the test package's type.
func (k *kind) option(s setting) (reflect.Value, error) {
	i := slices.IndexFunc(k.options, func(f any) bool { return nameOf(f) == s.name })
	if i < 0 {
		return reflect.Value{}, fmt.Errorf("there is no option %s", s.name)
	}
	results, err := call(reflect.ValueOf(k.options[i]), s.args)
	if err != nil {
		return reflect.Value{}, fmt.Errorf("%s: %w", s.name, err)
	}
	return results[0], nil
}

// values returns the options of a start: in memory, with a clock of ours, and these.
func (k *kind) values(settings []setting, now func() time.Time) ([]reflect.Value, error) {
	all := []reflect.Value{
		reflect.ValueOf(k.memory).Call(nil)[0], reflect.ValueOf(k.clock).Call([]reflect.Value{reflect.ValueOf(now)})[0],
	}
	var problems []error
	for _, s := range settings {
		option, err := k.option(s)
		problems = append(problems, err)
		all = append(all, option)
	}
	return all, errors.Join(problems...)
}

// uncallable are the methods of servers that the control path does not offer: it has a way of its own
// for what they do.
var uncallable = []string{"Advance", "Client", "Close", "Handler", "Now"}

// changing are the methods without arguments that change something although they return a result.
var changing = []string{"OfferFund", "RegenerateKey", "SaveMandate"}

// method returns a method of a server that the control path offers.
func method(server reflect.Value, name string) (m reflect.Value, reads, ok bool) {
	m = server.MethodByName(name)
	if !m.IsValid() || slices.Contains(uncallable, name) {
		return m, false, false
	}
	return m, m.Type().NumIn() == 0 && m.Type().NumOut() > 0 && !slices.Contains(changing, name), true
}

// call calls a function with arguments in JSON. A panic of the function is its way to refuse them.
func call(f reflect.Value, args []json.RawMessage) (results []reflect.Value, err error) {
	in, err := arguments(f.Type(), args)
	if err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil {
			results, err = nil, fmt.Errorf("%v", v)
		}
	}()
	return f.Call(in), nil
}

// arguments decodes the arguments of a function.
func arguments(f reflect.Type, args []json.RawMessage) ([]reflect.Value, error) {
	least := f.NumIn()
	if f.IsVariadic() {
		least--
	}
	if len(args) < least || (len(args) > least && !f.IsVariadic()) {
		return nil, fmt.Errorf("the arguments are %s, and not %d", parameters(f), len(args))
	}
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		want := f.In(min(i, f.NumIn()-1))
		if i >= least {
			want = want.Elem()
		}
		var err error
		if in[i], err = argument(want, arg); err != nil {
			return nil, fmt.Errorf("argument %d, %s: %w", i+1, typeName(want), err)
		}
	}
	return in, nil
}

var duration = reflect.TypeFor[time.Duration]()

// argument decodes one argument. A duration is a text such as "36h", or a number of seconds. A
// function that changes a record is an object with what to change.
func argument(want reflect.Type, arg json.RawMessage) (reflect.Value, error) {
	value := reflect.New(want).Elem()
	switch {
	case want == duration:
		d, err := durationOf(arg)
		value.SetInt(int64(d))
		return value, err
	case want.Kind() == reflect.String && len(arg) > 0 && arg[0] != '"':
		value.SetString(string(arg)) // 150.50 for "150.50"
		return value, nil
	case want.Kind() == reflect.Func:
		record := want.In(0)
		if err := decode(arg, reflect.New(record.Elem()).Interface()); err != nil {
			return value, err
		}
		return reflect.MakeFunc(want, func(in []reflect.Value) []reflect.Value {
			_ = decode(arg, in[0].Interface()) // which it could above
			return nil
		}), nil
	}
	return value, decode(arg, value.Addr().Interface())
}

func durationOf(arg json.RawMessage) (time.Duration, error) {
	var text string
	if json.Unmarshal(arg, &text) == nil {
		return time.ParseDuration(text)
	}
	var seconds float64
	if json.Unmarshal(arg, &seconds) != nil {
		return 0, errors.New(`want a text such as "36h", or a number of seconds`)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// kindsInJSON are Go's kinds as who writes JSON calls them.
var kindsInJSON = map[reflect.Kind]string{
	reflect.Struct: "object", reflect.Map: "object", reflect.Slice: "array", reflect.Array: "array", reflect.String: "string", reflect.Bool: "bool",
	reflect.Int: "number", reflect.Int8: "number", reflect.Int16: "number", reflect.Int32: "number", reflect.Int64: "number",
	reflect.Uint: "number", reflect.Uint8: "number", reflect.Uint16: "number", reflect.Uint32: "number", reflect.Uint64: "number",
	reflect.Float32: "number", reflect.Float64: "number",
}

// decode reads one JSON value. A name that its type lacks is a mistake.
func decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s is no %s", mismatch.Value, kindsInJSON[mismatch.Type.Kind()])
	}
	return err
}

// resultOf returns what a call returned, for JSON: nothing, one value, or a list of several. A list
// without elements is a list, too.
func resultOf(results []reflect.Value) any {
	all := make([]any, len(results))
	for i, r := range results {
		if r.Kind() == reflect.Slice && r.IsNil() {
			r = reflect.MakeSlice(r.Type(), 0, 0)
		}
		all[i] = r.Interface()
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// parameters describes the arguments of a function.
func parameters(f reflect.Type) string {
	names := make([]string, f.NumIn())
	for i := range names {
		names[i] = typeName(f.In(i))
		if f.IsVariadic() && i == len(names)-1 {
			names[i] = typeName(f.In(i).Elem()) + "..."
		}
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// typeName returns the name of a type as docs/emulators.md has it.
func typeName(t reflect.Type) string {
	switch {
	case t == duration:
		return "duration"
	case t.Kind() == reflect.Func:
		return "changes of " + typeName(t.In(0).Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem())
	case t.Name() != "" && t.PkgPath() != "" && t.Kind() != reflect.Struct && t.Kind() != reflect.Slice:
		return t.Name() + " (" + t.Kind().String() + ")"
	case t.Name() != "":
		return t.Name()
	}
	return t.String()
}
