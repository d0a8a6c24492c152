package provider

import (
	"encoding/json"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// MarshalJSON writes the fields under their names, with Kind and Err as texts. It bounds and cleans all
// texts as Error does, whatever the fields hold, and writes nothing of what Err may hold besides its text.
func (e Error) MarshalJSON() ([]byte, error) {
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return words.Line(err.Error(), words.MaxSaid)
	}
	undecided := e.Undecided
	if undecided != nil && !undecided.plain() {
		undecided = nil // no ledger of ours has it
	}
	return json.Marshal(struct {
		Provider      string            `json:",omitempty"`
		Op            string            `json:",omitempty"`
		Action        string            `json:",omitempty"`
		Kind          string            `json:",omitempty"`
		StatusCode    int               `json:",omitempty"`
		Code          string            `json:",omitempty"`
		Message       string            `json:",omitempty"`
		Fields        map[string]string `json:",omitempty"`
		RetryAfter    time.Duration     `json:",omitempty"`
		RequestID     string            `json:",omitempty"`
		MaybeExecuted bool              `json:",omitempty"`
		Undecided     *LedgerKey        `json:",omitempty"`
		Err           string            `json:",omitempty"`
	}{
		words.Line(e.Provider, words.MaxCode), words.Line(e.Op, words.MaxCode), words.Line(e.Action, maxAction), text(e.Kind), e.StatusCode,
		words.Line(e.Code, words.MaxCode), words.Line(e.Message, words.MaxSaid), (*words.Cleaner)(nil).Fields(e.Fields),
		e.RetryAfter, words.Line(e.RequestID, words.MaxCode), e.MaybeExecuted, undecided, text(e.Err),
	})
}
