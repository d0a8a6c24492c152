package rest

import (
	"errors"
	"iter"

	"github.com/provkit/provkit/provider"
)

// Refuse is the error for bad input, before any I/O; nil if there are no problems. subject
// names the thing concerned, as that of a Call.
func (e *Endpoint) Refuse(subject string, problems provider.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	return problems.Err(e.Provider, e.Op, e.action(subject))
}

// RefuseNil is the error for a request that is nil.
func (e *Endpoint) RefuseNil() error {
	return e.Refuse("", provider.Problems{"request": "nil"})
}

// RefuseID is the error for what can be no ID; nil if it can be one.
func (e *Endpoint) RefuseID(field string, id int64) error {
	var problems provider.Problems
	problems.Positive(field, id)
	return e.Refuse("", problems)
}

// RefuseBlank is the error for a text that is missing; nil if there is one.
func (e *Endpoint) RefuseBlank(field, value string) error {
	var problems provider.Problems
	problems.Required(field, value)
	return e.Refuse("", problems)
}

// AddProblems adds the fields that an error of [New], or of a client's own, names. names
// has what the caller knows some of them by; nil is none.
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

// AllProblems is the error for what is wrong with a configuration: problems, and those
// that err names, as AddProblems adds them. An err that names none is returned itself if
// there are no problems.
func AllProblems(kind, op, action string, problems provider.Problems, err error, names map[string]string) error {
	AddProblems(&problems, err, names)
	if refused := problems.Err(kind, op, action); refused != nil {
		return refused
	}
	return err
}

// Failed is a list that yields nothing but an error: one that was refused.
func Failed[T any](err error) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) { yield(nil, err) }
}
