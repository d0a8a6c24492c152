package provider

import (
	"strconv"
	"time"
)

func parseInt(s string) (int64, error)      { return strconv.ParseInt(s, 10, 64) }
func parseDate(s string) (time.Time, error) { return time.Parse(time.DateOnly, s) }

// OptionValues reads options that have passed CheckOptions. A missing or malformed option has the
// zero value.
type OptionValues map[string]string

// String returns the text of an option.
func (v OptionValues) String(name string) string { return v[name] }

// Bool returns an OptionBool, and whether it was given.
func (v OptionValues) Bool(name string) (value, given bool) {
	text, given := v[name]
	return text == "true", given
}

// Int returns an OptionInt, and whether it was given.
func (v OptionValues) Int(name string) (value int64, given bool) {
	text, given := v[name]
	if !given {
		return 0, false
	}
	value, err := parseInt(text)
	return value, err == nil
}

// Date returns an OptionDate, and whether it was given.
func (v OptionValues) Date(name string) (value time.Time, given bool) {
	text, given := v[name]
	if !given {
		return time.Time{}, false
	}
	value, err := parseDate(text)
	return value, err == nil
}
