package emulator

import "time"

// Budget is a fixed window of requests. Its zero value is a window that has not begun. It is not safe for concurrent use.
type Budget struct {
	// Until is the end of the window, and Spent what was taken out of it.
	Until time.Time
	Spent int
}

// Spend takes one request out of the window, or out of a new one if that is over. It tells whether it was one too many.
// A limit of 0 is none.
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
