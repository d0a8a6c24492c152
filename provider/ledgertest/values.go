package ledgertest

import (
	"errors"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// names are all different, and some storage might take two of them for the same.
var names = []string{
	"a", "A", "á", "a\u0301", "a ", " a", "a\u00a0", "ａ", "a/", "a|b", "a b", "a_", "a%", "a*", "aa", "ab",
	`a"`, "a'", `a\`, "a`", "a;", "--", "$1", "?", "NULL", "null", "0", "00", "0.0", "ß", "ss", "i", "I", "ı", "\u202ea", "\U0001F600", "../a", "con",
	strings.Repeat("x", 299) + "1", strings.Repeat("x", 299) + "2", strings.Repeat("世", 100), strings.Repeat("x", 255),
}

var badNames = []string{"", strings.Repeat("x", 301), strings.Repeat("世", 101), "a\x00", "a\nb", "a\tb", "a\x7f", "a\u0085", "\xff", "a\xc3"}

// texts come back as they are.
var texts = []string{
	"", " ", "'; DROP TABLE ledger; --", `"quoted" \ and \u0041`, "line\nbreak\r\n\ttab", "\x01\x1f\x7f\u0085\u2028\u2029", "<a href='&amp;'>",
	"世界 \U0001F600 e\u0301 \ufeff\ufffd\uffff", "%s $1 ? :name {}", "null", "[1]", strings.Repeat("\x01", 1<<10),
}

const most = 1 << 20 // bytes of Handle, Asked and Learnt

// invalid reports an error unless an error is the refusal of a field.
func (c *probe) invalid(err error, field, what string) {
	c.Helper()
	c.answers(err, provider.ErrInvalid, what+" with a bad "+field)
	var refusal *provider.Error
	if !errors.As(err, &refusal) {
		c.Errorf("%s: %v is no provider.Error", what, err)
		return
	}
	for name := range refusal.Fields {
		if strings.Contains(name, field) {
			return
		}
	}
	c.Errorf("%s: %v names no %s", what, err, field)
}

var valueChecks = []check{
	{"value/texts", func(c *probe) {
		for _, text := range texts {
			e := bare("1")
			if old, err := c.l.Entry(c.ctx, e.LedgerKey); err == nil {
				e.Revision = old.Revision
			}
			e.Handle = text
			e.Asked, e.Learnt = map[string]string{text: "a", "b": text}, map[string]string{text: "c", "d": text}
			c.stored(c.l, c.put(c.l, e, 0), "with odd texts")
		}
		c.lists(c.open(), account, "in another program", mustEntry(c, key("1")))
	}},
	{"value/empty maps", func(c *probe) {
		e := bare("1")
		e.Asked, e.Learnt = map[string]string{}, map[string]string{}
		want := c.put(c.l, e, 0)
		c.stored(c.l, want, "with empty maps")
		c.lists(c.open(), account, "with empty maps", want)
	}},
	{"value/times", func(c *probe) {
		zone := time.FixedZone("", -5*3600-30*60)
		for _, at := range []time.Time{
			{}, time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Unix(0, 0),
			time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(2026, 3, 29, 2, 30, 0, 1_999, zone), time.Now(),
		} {
			e := bare("1")
			if old, err := c.l.Entry(c.ctx, e.LedgerKey); err == nil {
				e.Revision = old.Revision
			}
			e.SentAt = at
			want := c.put(c.l, e, 0)
			c.stored(c.l, want, "sent at "+at.String())
			if got := mustEntry(c, e.LedgerKey).SentAt; got.IsZero() != at.IsZero() {
				c.Errorf("SentAt %v has become %v", at, got)
			}
			c.lists(c.l, account, "sent at "+at.String(), want)
		}
	}},
	{"value/size", func(c *probe) {
		e := bare("1")
		e.Handle = strings.Repeat("h", most-8)
		e.Asked, e.Learnt = map[string]string{"a": "世"}, map[string]string{"b": "世"}
		want := c.put(c.l, e, 0)
		c.stored(c.open(), want, "of the largest size")
		e.Handle += "h"
		c.refused(c.l, e, 0, provider.ErrInvalid, "that is too large")
		for _, part := range []func(e *provider.LedgerEntry, text string){
			func(e *provider.LedgerEntry, text string) { e.Asked = map[string]string{"": text} },
			func(e *provider.LedgerEntry, text string) { e.Learnt = map[string]string{text: ""} },
		} {
			e := bare("2")
			part(e, strings.Repeat("\x01", most))
			c.stored(c.l, c.put(c.l, e, 0), "of the largest size")
			part(e, strings.Repeat("h", most+1))
			c.refused(c.l, e, 0, provider.ErrInvalid, "that is too large")
			c.succeeds(c.l.Remove(c.ctx, e.LedgerKey, e.Revision), "Remove")
		}
	}},
	{"value/invalid keys", func(c *probe) {
		for _, name := range badNames {
			for i, field := range []string{"Account", "Verb", "Subject"} {
				e := full("1")
				*[]*string{&e.Account, &e.Verb, &e.Subject}[i] = name
				c.invalid(c.l.Put(c.ctx, e, 0), field, "Put")
				_, err := c.l.Entry(c.ctx, e.LedgerKey)
				c.invalid(err, field, "Entry")
				c.invalid(c.l.Remove(c.ctx, e.LedgerKey, 1), field, "Remove")
			}
		}
		c.lists(c.l, account, "after all was refused")
	}},
	{"value/invalid entries", func(c *probe) {
		c.answers(c.l.Put(c.ctx, nil, 0), provider.ErrInvalid, "Put of nil")
		for _, bad := range []struct {
			field  string
			change func(*provider.LedgerEntry)
		}{
			{"State", func(e *provider.LedgerEntry) { e.State = "" }},
			{"State", func(e *provider.LedgerEntry) { e.State = "Sent" }},
			{"Handle", func(e *provider.LedgerEntry) { e.Handle = "a\x00" }},
			{"Handle", func(e *provider.LedgerEntry) { e.Handle = "\xff" }},
			{"Asked", func(e *provider.LedgerEntry) { e.Asked["a\x00"] = "" }},
			{"Asked", func(e *provider.LedgerEntry) { e.Asked["a"] = "\xff" }},
			{"Learnt", func(e *provider.LedgerEntry) { e.Learnt["\xff"] = "" }},
			{"Learnt", func(e *provider.LedgerEntry) { e.Learnt["a"] = "\x00" }},
			{"SentAt", func(e *provider.LedgerEntry) { e.SentAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
			{"SentAt", func(e *provider.LedgerEntry) {
				e.SentAt = time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
			}},
		} {
			e := full("1")
			bad.change(e)
			c.invalid(c.l.Put(c.ctx, e, 0), bad.field, "Put")
			c.refused(c.l, e, 0, provider.ErrInvalid, "with a bad "+bad.field)
		}
		c.lists(c.l, account, "after all was refused")
	}},
}

func mustEntry(c *probe, key provider.LedgerKey) *provider.LedgerEntry {
	c.Helper()
	e, err := c.l.Entry(c.ctx, key)
	c.succeeds(err, "Entry")
	return e
}
