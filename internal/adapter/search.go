package adapter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Find frames a search: it refuses an empty query and one that the system has no search for,
// and checks what was found against all of the query.
//
// find returns nil without an error if it went through all accounts and none matches. An error
// that matches provider.ErrNotFound is only the server's word: Find asks for proof then, or
// credentials that lost their rights would make every account look absent.
func (a *Accounts[K, T]) Find(ctx context.Context, q provider.Query, find func(context.Context) (*provider.Account, error)) (*provider.Account, error) {
	action, err := CheckQuery(a.Kind, q, a.Unsearchable)
	if err != nil {
		return nil, err
	}
	found, err := Seek(ctx, a, q, find)
	switch {
	case err != nil:
		var none K
		return nil, InVerb(a.Kind, a.missing(ctx, none, err), action)
	case found != nil && claims(found, q):
		return nil, InVerb(a.Kind, a.tampered(found), action)
	case found == nil, !Matches(found, q):
		return nil, NotFound(a.Kind, action)
	case found.Domain == "":
		found.Domain = q.Domain
	}
	return found, nil
}

// Search goes through the records of all accounts and returns the one that matches everything
// in a query but the domain, nil if none does. User names are unique, so that the first match
// by user name is the one; other fields may match several accounts, which is
// provider.ErrConflict. A record that comes with an error is passed over, unless it is the one,
// or may be: then its error is returned. If none matches and one may be it (see claims), that account is returned: Find makes it
// provider.ErrConflict.
func (a *Accounts[K, T]) Search(records iter.Seq2[*T, error], q provider.Query) (*provider.Account, error) {
	var found, claimed *provider.Account
	var unread error
	for record, err := range records {
		if record == nil {
			return nil, NotOfAccount(err)
		}
		account := a.View(record)
		switch {
		case !Matches(account, q):
			if claimed == nil && claims(account, q) {
				claimed = account
			}
			if err != nil && unread == nil && HidesText(err) && mayMatch(account, q) {
				unread = err
			}
		case err != nil:
			return nil, NotOfAccount(err)
		case found != nil:
			return nil, BothMatch(a.Kind, "", a.Noun+"s", found.ID, account.ID)
		case q.Username != "":
			return account, nil
		default:
			found = account
		}
	}
	switch {
	case found != nil:
		return found, nil
	case unread != nil:
		return nil, NotOfAccount(unread)
	}
	return claimed, nil
}

// Elsewhere returns the error of an order for which there is an account under another name: records are those
// of all accounts, and one of them carries the reference, or claims it, as one does that was given another
// login name. A record that cannot be read keeps nobody's account from being made.
func (a *Accounts[K, T]) Elsewhere(records iter.Seq2[*T, error], reference string) error {
	for record, err := range records {
		if record == nil {
			return NotOfAccount(err)
		}
		switch account := a.View(record); {
		case account.Reference == reference:
			return &provider.Error{
				Provider: a.Kind, Kind: provider.ErrConflict, Fields: map[string]string{"Reference": "in use"},
				Message: words.Say("%s %s was made for that reference, under the name %q", a.Noun, account.ID, account.Username),
			}
		case account.Marker.Claim(reference):
			return a.tampered(account)
		}
	}
	return nil
}

// List frames a listing of accounts. size is how many to fetch at once; 0 leaves it to begin. Accounts
// that this program made a moment ago and the list does not show yet are read.
func (a *Accounts[K, T]) List(
	ctx context.Context, opts *provider.ListOptions, begin func(size int) (iter.Seq2[*provider.Account, error], error),
) iter.Seq2[*provider.Account, error] {
	return Sequence(ctx, a.Kind, "list accounts", func() (iter.Seq2[*provider.Account, error], error) {
		size := 0
		if opts != nil {
			size = opts.PageSize
		}
		if size < 0 {
			return nil, provider.Problems{"PageSize": "negative"}.Err(a.Kind, "", "")
		}
		listed, err := begin(size)
		if err != nil {
			return nil, err
		}
		return a.withFresh(ctx, listed), nil
	})
}

func (a *Accounts[K, T]) withFresh(ctx context.Context, listed iter.Seq2[*provider.Account, error]) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		made, _ := a.fresh()
		for account, err := range listed {
			if account != nil && len(made) > 0 {
				if id, problem := a.ParseID(account.ID); problem == "" {
					delete(made, id)
				}
			}
			if !yield(account, err) {
				return
			}
		}
		for id := range made {
			record, err := a.Record(ctx, id)
			switch {
			case errors.Is(err, provider.ErrNotFound):
				continue // it was removed meanwhile
			case err != nil:
				yield(nil, err)
				return
			case !yield(a.View(record), nil):
				return
			}
		}
	}
}

// Sequence frames a sequence that begins with calls of its own. It ends at the first error
// that has no value beside it, and when the context ends, whatever is in memory already. That error
// carries the verb, and is not "not found": a server that denies a list must not make it look empty.
func Sequence[V any](ctx context.Context, kind, verb string, begin func() (iter.Seq2[*V, error], error)) iter.Seq2[*V, error] {
	return func(yield func(*V, error) bool) {
		values, err := begin()
		if err != nil {
			yield(nil, InVerb(kind, NotOfAccount(err), verb))
			return
		}
		for value, err := range values {
			if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
				value, err = nil, &provider.Error{Message: words.Say("the rest was not read: %v", ended), Err: ended}
			}
			if value == nil && err != nil {
				yield(nil, InVerb(kind, NotOfAccount(err), verb))
				return
			}
			if !yield(value, InVerb(kind, NotOfAccount(err), verb)) {
				return
			}
		}
	}
}

// Each yields what records are in view, without those of which view returns nil. An error beside a
// record stays beside its view.
func Each[R, V any](records iter.Seq2[*R, error], view func(*R) *V) iter.Seq2[*V, error] {
	return func(yield func(*V, error) bool) {
		for record, err := range records {
			if record == nil {
				yield(nil, err)
				return
			}
			if seen := view(record); seen != nil && !yield(seen, err) {
				return
			}
		}
	}
}

// NotListed proves by a list of all accounts that one is gone: the list can be read and does
// not contain it. Only the IDs must be readable.
func NotListed[R any, K comparable](list iter.Seq2[*R, error], id func(*R) K, gone K) error {
	var none K
	var unread error
	for record, err := range list {
		switch {
		case record == nil:
			return err
		case id(record) == gone:
			return Listed
		case id(record) == none:
			unread = cmp.Or(unread, err)
		}
	}
	return unread
}

// CheckQuery begins a search: it names the action for errors, and refuses an empty query.
// without says why there is no searching by e-mail address and domain; it is "" where there
// is.
func CheckQuery(kind string, q provider.Query, without words.Own) (action string, err error) {
	const verb = "find account"
	fields := "Username, Reference, Email or Domain"
	if without != "" {
		fields = "Username or Reference"
	}
	if q.IsZero() {
		return verb, provider.Problems{"query": "empty: set " + fields}.Err(kind, "", verb)
	}
	action = verb + " " + QueryText(q)
	if without != "" && (q.Email != "" || q.Domain != "") {
		return action, &provider.Error{Provider: kind, Action: action, Kind: provider.ErrUnsupported, Message: string(without)}
	}
	return action, nil
}

// QueryText describes a query for errors.
func QueryText(q provider.Query) string {
	var parts []string
	for _, part := range [][2]string{{"user", q.Username}, {"reference", q.Reference}, {"e-mail", q.Email}, {"domain", q.Domain}} {
		if part[1] != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part[0], part[1]))
		}
	}
	return strings.Join(parts, ", ")
}

// Matches compares an account with everything in a query but the domain.
func Matches(a *provider.Account, q provider.Query) bool {
	return (q.Username == "" || strings.EqualFold(a.Username, q.Username)) &&
		(q.Email == "" || strings.EqualFold(a.Email, q.Email) && !strings.ContainsRune(a.Email, utf8.RuneError)) &&
		(q.Reference == "" || a.Reference == q.Reference)
}

// claims reports whether an account would match a query if its tampered marker were believed, and the
// bytes of its e-mail address that are not UTF-8 were as the query has them.
func claims(a *provider.Account, q provider.Query) bool {
	certain := q
	if q.Reference != "" && a.Marker.Claim(q.Reference) {
		certain.Reference = ""
	}
	if mayRead(a.Email, q.Email) {
		certain.Email = ""
	}
	return certain != q && Matches(a, certain)
}

// mayRead reports whether a text with U+FFFD in place of bytes that are not UTF-8 may be the wanted one.
func mayRead(garbled, wanted string) bool {
	first, last := strings.IndexRune(garbled, utf8.RuneError), strings.LastIndex(garbled, string(utf8.RuneError))
	if first < 0 || wanted == "" {
		return false
	}
	before, after := garbled[:first], garbled[last+len(string(utf8.RuneError)):]
	end := len(wanted) - len(after)
	return end >= first && strings.EqualFold(wanted[:first], before) && strings.EqualFold(wanted[end:], after)
}

// NotFound is the error of a search that found nothing.
func NotFound(kind, action string) error {
	return &provider.Error{Provider: kind, Action: action, Kind: provider.ErrNotFound, Message: "nothing matches"}
}

// BothMatch is the error of a search that found two: "clients 1 and 2 both match".
func BothMatch(kind, action, things string, one, other any) error {
	return &provider.Error{
		Provider: kind, Action: action, Kind: provider.ErrConflict, Message: words.Say("%s %v and %v both match", things, one, other),
	}
}
