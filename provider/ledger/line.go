package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/provkit/provkit/provider"
)

// head is the first line of each file.
const head = `{"format":"provkit ledger","version":1}`

// line is what is written at once. N counts up over all lines of a ledger: it is the revision of an
// entry and the token of a lease. One of the others is set.
type line struct {
	N int64 `json:"n"`
	// File is a number by chance that no other file has. It is the second line of each: N is the
	// last one that was given away before.
	File   string     `json:"file,omitempty"`
	Put    *putLine   `json:"put,omitempty"`
	Remove *keyOfLine `json:"remove,omitempty"`
	Lease  string     `json:"lease,omitempty"`
}

type keyOfLine struct {
	Account string `json:"account"`
	Verb    string `json:"verb"`
	Subject string `json:"subject"`
}

type putLine struct {
	keyOfLine
	State  provider.LedgerState `json:"state"`
	Asked  map[string]string    `json:"asked,omitempty"`
	Handle string               `json:"handle,omitempty"`
	Learnt map[string]string    `json:"learnt,omitempty"`
	SentAt time.Time            `json:"sent_at,omitzero"`
	Stored time.Time            `json:"stored"`
}

func putOf(e *provider.LedgerEntry) line {
	return line{N: e.Revision, Put: &putLine{keyOfLine(e.LedgerKey), e.State, e.Asked, e.Handle, e.Learnt, e.SentAt, e.Stored}}
}

func (l *line) entry() *provider.LedgerEntry {
	return &provider.LedgerEntry{
		LedgerKey: provider.LedgerKey(l.Put.keyOfLine), State: l.Put.State, Asked: l.Put.Asked, Handle: l.Put.Handle,
		Learnt: l.Put.Learnt, SentAt: l.Put.SentAt, Stored: l.Put.Stored, Revision: l.N,
	}
}

// text returns the line with its line break.
func (l *line) text() []byte {
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // nothing in it can fail: provider.LedgerEntry.Check has seen it
	}
	return append(text, '\n')
}

// readLine is strict: what it does not know may be money.
func readLine(text []byte) (*line, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var l line
	if err := decoder.Decode(&l); err != nil {
		return nil, err
	}
	if decoder.InputOffset() != int64(len(text)) {
		return nil, errors.New("something follows the record")
	}
	if l.Put != nil {
		if err := l.entry().Check(); err != nil {
			return nil, err
		}
	}
	return &l, nil
}
