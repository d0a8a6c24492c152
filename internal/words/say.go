package words

import (
	"fmt"
	"reflect"
)

// Own is text of this program. Constants become one by themselves, texts that came from elsewhere only by a
// conversion, which a test of internal/adapter refuses.
type Own string

const (
	// MaxSaid bounds what one error says in our words around those of others, in bytes.
	MaxSaid = 900
	// MaxError bounds the text of a whole error.
	MaxError = 2200
)

// Say is fmt.Sprintf for errors and reports that quote what others wrote: the result is one line of
// visible characters, without secrets, in which no quoted text leaves too little room for the others.
func (c *Cleaner) Say(format Own, args ...any) string {
	room := min(MaxText, MaxSaid/(len(args)+1))
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = arg
		switch v := reflect.ValueOf(arg); a := arg.(type) {
		case error:
			shown[i] = c.Line(a.Error(), room)
		case fmt.Stringer:
			if v.Kind() == reflect.String || v.Kind() == reflect.Struct {
				shown[i] = c.Line(a.String(), room)
			}
		default:
			if v.Kind() == reflect.String {
				shown[i] = c.Line(v.String(), room)
			}
		}
	}
	return c.Line(fmt.Sprintf(string(format), shown...), MaxSaid)
}

// Say is Cleaner.Say where no secrets are known.
func Say(format Own, args ...any) string { return (*Cleaner)(nil).Say(format, args...) }
