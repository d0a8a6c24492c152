package emulator

import "time"

// Clock returns the current time. A nil Clock is the real one.
type Clock func() time.Time

// Now returns the clock's time.
func (c Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return c()
}
