package wire

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// How servers spell a scalar, once its text is known: 17 and 17.0, 1 and "yes", a time with a zone and
// without. The values of all vendors are read here, Hestia's too, whose objects are not those of this package.
// No error quotes a text, which may be a secret.

var (
	errInteger = errors.New("not a whole number")
	errNumber  = errors.New("not a number")
	errFlag    = errors.New("neither yes nor no")
)

// Integer reads a decimal integer, even one with a fraction of zero. "" and false are 0.
func Integer(text string) (int64, error) {
	if text = strings.TrimSpace(text); silent(text) {
		return 0, nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return 0, errInteger
	}
	return n, nil
}

// Float reads a finite number. "" and false are 0.
func Float(text string) (float64, error) {
	if text = strings.TrimSpace(text); silent(text) {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, errNumber
	}
	return n, nil
}

// silent reports whether a text says nothing where a number is due.
func silent(text string) bool { return text == "" || text == "false" }

// Flag reads true and false, 1 and 0, yes and no, on and off, enabled and disabled; "" is false.
func Flag(text string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1", "yes", "on", "enabled":
		return true, nil
	case "", "false", "0", "no", "off", "disabled":
		return false, nil
	}
	return false, errFlag
}

// Unlimited is what a limit is that does not exist, in all public types.
const Unlimited = -1

// Limit reads how much is allowed with Integer or Float. A number below 0, "unlimited" and "∞" are Unlimited.
// told is false for "" and false, which do not tell the limit: it is not 0.
func Limit[N int64 | float64](text string, read func(string) (N, error)) (n N, told bool, err error) {
	switch text = strings.ToLower(strings.TrimSpace(text)); {
	case silent(text):
		return 0, false, nil
	case text == "unlimited", text == "∞":
		return Unlimited, true, nil
	}
	if n, err = read(text); n < 0 {
		n = Unlimited
	}
	return n, err == nil, err
}

// layouts has the likely ones first, since each that does not match costs an error. None of them
// can be mistaken for another, so the order matters for speed only.
var layouts = [...]string{
	time.RFC3339, time.DateTime, "2006-01-02T15:04:05-0700", time.DateOnly, "2006-01-02T15:04:05",
	"2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05-0700", time.RFC1123, "02/01/2006",
}

// parseTime reads a date or a time in the spellings of ISO 8601 or HTTP, or as seconds or
// milliseconds since 1970, which cannot be confused between 1973 and 5138. A time without a zone
// counts as UTC. It returns the zero time for what it cannot read, since an odd date must not make
// the rest of a record unreadable.
func parseTime(text string) (t time.Time, dateOnly bool) {
	if strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		switch unix, _ := strconv.ParseInt(text, 10, 64); {
		case unix >= 1e8 && unix < 1e11:
			return time.Unix(unix, 0).UTC(), false
		case unix >= 1e11 && unix < 1e14:
			return time.UnixMilli(unix).UTC(), false
		}
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed, !strings.Contains(layout, "15")
		}
	}
	return time.Time{}, false
}

// parseEnd is parseTime for the end of something. What is valid until a day, or due on it, is so all
// day: a date without a time is the last second of that day, in UTC.
func parseEnd(text string) time.Time {
	t, dateOnly := parseTime(text)
	if dateOnly {
		t = t.Add(24*time.Hour - time.Second)
	}
	return t
}

// noTime reports whether a text says that there is no time, as opposed to one that cannot be read:
// "", "never", or MySQL's 0000-00-00.
func noTime(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "never", "none", "unlimited", "false":
		return true
	}
	return strings.Trim(text, "0-: TZ.") == ""
}
