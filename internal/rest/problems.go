package rest

import (
	"errors"

	"github.com/provkit/provkit/provider"
)

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
