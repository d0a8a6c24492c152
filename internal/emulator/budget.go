package emulator

import "time"

// Budget counts requests in a fixed window. Its zero value is a window that has not begun. It is
// not safe for concurrent use.
type Budget struct {
	// Until is the end of the window, and Spent how many requests were made in it.
	Until time.Time
	Spent int
}

// Spend counts one request in the window, or in a new one if that is over, and reports whether it
// is above the limit. A limit of 0 means no limit.
func (b *Budget) Spend(now time.Time, limit int, window time.Duration) (over bool) {
	if limit <= 0 {
		return false
	}
	if !now.Before(b.Until) {
		*b = Budget{Until: now.Add(window)}
	}
	b.Spent++
	return b.Spent > limit
}
