package rest

import (
	"errors"
	"iter"

	"github.com/provkit/provkit/provider"
)

// Refuse returns the error for bad input, before any I/O; nil if there are no problems. subject is
// that of a Call.
func (e *Endpoint) Refuse(subject string, problems provider.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	return problems.Err(e.Provider, e.Op, e.action(subject))
}

// RefuseNil returns the error for a request that is nil.
func (e *Endpoint) RefuseNil() error {
	return e.Refuse("", provider.Problems{"request": "nil"})
}

// RefuseID returns the error for a number that cannot be an ID; nil if it can.
func (e *Endpoint) RefuseID(field string, id int64) error {
	var problems provider.Problems
	problems.Positive(field, id)
	return e.Refuse("", problems)
}

// RefuseBlank returns the error for a text that is missing; nil if there is one.
func (e *Endpoint) RefuseBlank(field, value string) error {
	var problems provider.Problems
	problems.Required(field, value)
	return e.Refuse("", problems)
}

// OddRow returns the error for an element of a list that cannot be read, in an answer with a status.
// message must not quote the element.
func (e *Endpoint) OddRow(status int, message string, cause error) error {
	return &provider.Error{
		Provider: e.Provider, Op: e.Op, Action: e.action(""), Kind: provider.ErrProtocol, StatusCode: status, Message: message, Err: cause,
	}
}

// AddProblems adds the fields named by err, an error of [New] or of a vendor's client. names maps
// those names to the caller's; nil changes none.
func AddProblems(problems *provider.Problems, err error, names map[string]string) {
	var e *provider.Error
	if !errors.As(err, &e) {
		return
	}
	for field, problem := range e.Fields {
		if name, known := names[field]; known {
			field = name
		}
		problems.Add(field, "%s", problem)
	}
}

// AllProblems returns the error for a configuration: problems, and those that err names, as
// AddProblems adds them. If there are none, it returns err itself.
func AllProblems(kind, op, action string, problems provider.Problems, err error, names map[string]string) error {
	AddProblems(&problems, err, names)
	if refused := problems.Err(kind, op, action); refused != nil {
		return refused
	}
	return err
}

// Failed returns a list that yields only an error, for a listing that was refused.
func Failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}
