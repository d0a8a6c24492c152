package adapter

import (
	"cmp"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/provider"
)

// IsOdd reports whether an error is that of an element of a list.
func IsOdd(err error) bool {
	var odd oddRow
	return errors.As(err, &odd)
}

// oddRow is the cause of an error beside an element of a list that cannot be read.
type oddRow interface {
	error
	HidesText() bool
}

// HidesText reports whether a text or an identity of a record may be unknown because of the error
// that came with it. A number or a flag that cannot be read does not hide whose a record is.
func HidesText(err error) bool {
	var odd oddRow
	return !errors.As(err, &odd) || odd.HidesText()
}

// mayMatch reports whether an account of which something is unknown may match a query: nothing that
// is known contradicts.
func mayMatch(a *provider.Account, q provider.Query) bool {
	other := func(known, want string) bool { return want != "" && known != "" && !strings.EqualFold(known, want) }
	return !other(a.Username, q.Username) && !other(a.Email, q.Email) && !other(a.Reference, q.Reference)
}

// Legible yields records of which all texts are known, also those that come with an error about
// something else; they come without it. An error of any other record is yielded last, since what is
// looked for may be hidden in that record.
func Legible[R any](records iter.Seq2[*R, error]) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		var unread error
		for record, err := range records {
			switch {
			case record == nil:
				yield(nil, err)
				return
			case err != nil && HidesText(err):
				unread = cmp.Or(unread, err)
			case !yield(record, nil):
				return
			}
		}
		if unread != nil {
			yield(nil, unread)
		}
	}
}
