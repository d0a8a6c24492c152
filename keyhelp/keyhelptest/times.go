package keyhelptest

import "time"

// documentedTime has no zone: YYYY-MM-DD HH:MM:SS.
func documentedTime(t time.Time) string { return t.UTC().Format(time.DateTime) }

// liveTime is how the live dialect writes created_at: +02:00.
func liveTime(t time.Time) string { return t.In(panelZone).Format("2006-01-02T15:04:05-07:00") }

// liveDay is how the live dialect writes delete_on: +0000. The zero time is null.
func liveDay(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05-0700")
}

// day reads suspend_on or delete_on: a date, or what liveDay and liveTime write; null and "" mean never.
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
