package keyhelptest

import "time"

// documentedTime formats a time without a zone: YYYY-MM-DD HH:MM:SS.
func documentedTime(t time.Time) string { return t.UTC().Format(time.DateTime) }

// liveTime formats created_at of the live dialect, with the offset as +02:00.
func liveTime(t time.Time) string { return t.In(panelZone).Format("2006-01-02T15:04:05-07:00") }

// liveDay formats delete_on of the live dialect, with the offset as +0000. The zero time is null.
func liveDay(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05-0700")
}

// day reads suspend_on or delete_on: a date, or a time in the form of liveDay or liveTime; null and
// "" mean never.
func (c *call) day(field string, dst *time.Time) {
	if c.body.IsNull(field) {
		*dst = time.Time{}
		return
	}
	text, there := c.body.String(field)
	if !there {
		return
	}
	if text == "" {
		*dst = time.Time{}
		return
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			*dst = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			return
		}
	}
	c.blame(field, invalidDate)
}
