package provider

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// errorJSON is an Error as JSON.
type errorJSON struct {
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
	// Matches are the codes of what Err matches.
	Matches []string `json:",omitempty"`
}

// MarshalJSON writes the fields under their names, with Kind as its Code, Err as its text and, in Matches,
// the codes of what Err matches. It bounds and cleans all texts as Error does, whatever the fields hold, and
// writes nothing else of what Err may hold.
func (e Error) MarshalJSON() ([]byte, error) {
	var cause string
	var matches []string
	if e.Err != nil {
		cause = words.Line(e.Err.Error(), words.MaxSaid)
		for _, k := range kinds {
			if errors.Is(e.Err, k.err) {
				matches = append(matches, k.code)
			}
		}
	}
	undecided := e.Undecided
	if undecided != nil && !undecided.plain() {
		undecided = nil // no ledger of ours has it
	}
	return json.Marshal(errorJSON{
		words.Line(e.Provider, words.MaxCode), words.Line(e.Op, words.MaxCode), words.Line(e.Action, maxAction), Code(e.Kind), e.StatusCode,
		words.Line(e.Code, words.MaxCode), words.Line(e.Message, words.MaxSaid), (*words.Cleaner)(nil).Fields(e.Fields),
		e.RetryAfter, words.Line(e.RequestID, words.MaxCode), e.MaybeExecuted, undecided, cause, matches,
	})
}

// UnmarshalJSON reads what MarshalJSON has written, so that an error survives a queue: errors.Is works as
// before on Kind and the Err values, Retryable and Error say the same. Err is a text from then on.
func (e *Error) UnmarshalJSON(data []byte) error {
	var in errorJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*e = Error{
		Provider: in.Provider, Op: in.Op, Action: in.Action, Kind: FromCode(in.Kind), StatusCode: in.StatusCode, Code: in.Code,
		Message: in.Message, Fields: in.Fields, RetryAfter: in.RetryAfter, RequestID: in.RequestID,
		MaybeExecuted: in.MaybeExecuted, Undecided: in.Undecided,
	}
	if in.Err != "" || len(in.Matches) > 0 {
		cause := &storedError{text: in.Err}
		for _, code := range in.Matches {
			if err := FromCode(code); err != nil {
				cause.matches = append(cause.matches, err)
			}
		}
		e.Err = cause
	}
	return nil
}

// storedError is what is left of a cause.
type storedError struct {
	text    string
	matches []error
}

func (e *storedError) Error() string   { return e.text }
func (e *storedError) Unwrap() []error { return e.matches }
