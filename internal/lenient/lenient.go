// Package lenient reads scalars that servers spell in more than one way: 17 and 17.0, 1 and "yes",
// a time with a zone and without.
package lenient

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Integer reads a decimal integer, even one with a fraction of zero. Its error does not quote the
// text, which may be a secret.
func Integer(s string) (int64, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return 0, &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[int64](), Field: "number"}
	}
	return v, nil
}

// Flag reads true and false, 1 and 0, yes and no, on and off; "" is false. ok is false for anything
// else.
func Flag(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1", "yes", "on":
		return true, true
	case "", "false", "0", "no", "off":
		return false, true
	}
	return false, false
}

// layouts has the likely ones first, since each that does not match costs an error. None of them
// can be mistaken for another, so the order matters for speed only.
var layouts = [...]string{
	time.RFC3339, time.DateTime, "2006-01-02T15:04:05-0700", time.DateOnly, "2006-01-02T15:04:05",
	"2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05-0700", time.RFC1123, "02/01/2006",
}

// ParseTime reads a date or a time in the spellings of ISO 8601 or HTTP, or as seconds or
// milliseconds since 1970, which cannot be confused between 1973 and 5138. A time without a zone
// counts as UTC. It returns the zero time for what it cannot read, since an odd date must not make
// the rest of a record unreadable.
func ParseTime(s string) time.Time {
	t, _ := parseTime(s)
	return t
}

// ParseEnd is ParseTime for the end of something. What is valid until a day, or due on it, is so all
// day: a date without a time is the last second of that day, in UTC.
func ParseEnd(s string) time.Time {
	t, dateOnly := parseTime(s)
	if dateOnly {
		t = t.Add(24*time.Hour - time.Second)
	}
	return t
}

// NoTime reports whether a text says that there is no time, as opposed to one that cannot be read:
// "", "never", or MySQL's 0000-00-00.
func NoTime(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "never", "none", "unlimited", "false":
		return true
	}
	return strings.Trim(s, "0-: TZ.") == ""
}

func parseTime(s string) (t time.Time, dateOnly bool) {
	if strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		switch unix, _ := strconv.ParseInt(s, 10, 64); {
		case unix >= 1e8 && unix < 1e11:
			return time.Unix(unix, 0).UTC(), false
		case unix >= 1e11 && unix < 1e14:
			return time.UnixMilli(unix).UTC(), false
		}
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if parsed, err := time.Parse(layout, s); err == nil {
			return parsed, !strings.Contains(layout, "15")
		}
	}
	return time.Time{}, false
}
