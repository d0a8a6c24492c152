package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/words"
)

// What a Ledger accepts.
const (
	maxLedgerName = 300
	maxLedgerText = 1 << 20
	maxLeaseTime  = 24 * time.Hour
)

// String returns the key in words, for errors and logs.
func (k LedgerKey) String() string {
	return words.Say("%s %q of %q", k.Verb, k.Subject, k.Account)
}

// plain reports whether a key may be shown as it is.
func (k LedgerKey) plain() bool {
	for _, part := range []string{k.Account, k.Verb, k.Subject} {
		if words.Line(part, maxLedgerName) != part {
			return false
		}
	}
	return true
}

// Check returns an error that matches ErrInvalid and names each field that no Ledger accepts.
func (k LedgerKey) Check() error {
	var p Problems
	k.check(&p)
	return ledgerProblems(p, "key")
}

func (k LedgerKey) check(p *Problems) {
	p.Note("Account", ledgerName(k.Account))
	p.Note("Verb", ledgerName(k.Verb))
	p.Note("Subject", ledgerName(k.Subject))
}

func ledgerName(name string) string {
	switch {
	case name == "":
		return "required"
	case len(name) > maxLedgerName:
		return fmt.Sprintf("has %d bytes, at most %d are allowed", len(name), maxLedgerName)
	case !utf8.ValidString(name):
		return "is not valid UTF-8"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "contains control characters"
	}
	return ""
}

// CheckLease returns an error that matches ErrInvalid if no Ledger gives a lease of that name for
// that while. Ledgers call it in Acquire and Extend.
func CheckLease(name string, ttl time.Duration) error {
	var p Problems
	p.Note("name", ledgerName(name))
	if ttl < time.Millisecond || ttl > maxLeaseTime {
		p.Add("ttl", "must be 1ms to %v, got %v", maxLeaseTime, ttl)
	}
	return ledgerProblems(p, "lease")
}

// Check returns an error that matches ErrInvalid and names each field that no Ledger accepts.
// Ledgers call it in Put.
func (e *LedgerEntry) Check() error {
	var p Problems
	if e == nil {
		p.Add("entry", "required")
		return ledgerProblems(p, "entry")
	}
	e.check(&p)
	if e.State == "" {
		p.Add("State", "required")
	}
	OneOf(&p, "State", e.State, LedgerSent, LedgerPlaced, LedgerDone)
	p.Note("Handle", ledgerText(e.Handle))
	size := len(e.Handle)
	for name, texts := range map[string]map[string]string{"Asked": e.Asked, "Learnt": e.Learnt} {
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			p.Note(name, ledgerText(key))
			p.Note(name, ledgerText(texts[key]))
			size += len(key) + len(texts[key])
		}
	}
	if size > maxLedgerText {
		p.Add("Handle, Asked and Learnt", "have %d bytes together, at most %d are allowed", size, maxLedgerText)
	}
	if year := e.SentAt.UTC().Year(); year < 1 || year > 9999 {
		p.Add("SentAt", "is in the year %d", year)
	}
	return ledgerProblems(p, "entry")
}

func ledgerText(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	case strings.ContainsRune(text, 0):
		return "contains a NUL"
	}
	return ""
}

func ledgerProblems(p Problems, what string) error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Provider: "ledger", Op: "Ledger", Action: "check " + what, Kind: ErrInvalid, Message: "stored nothing", Fields: p}
}

// Clone returns a copy of the entry as a Ledger gives it back: times in UTC and to the microsecond,
// maps that are empty as nil.
func (e *LedgerEntry) Clone() *LedgerEntry {
	c := *e
	c.Asked, c.Learnt = cloneTexts(e.Asked), cloneTexts(e.Learnt)
	c.SentAt, c.Stored = LedgerTime(e.SentAt), LedgerTime(e.Stored)
	return &c
}

func cloneTexts(texts map[string]string) map[string]string {
	if len(texts) == 0 {
		return nil
	}
	return maps.Clone(texts)
}

// LedgerTime returns a time as a Ledger keeps it: in UTC, and to the microsecond.
func LedgerTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
