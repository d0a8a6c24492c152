package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Wanted is an account as it is in your records.
type Wanted struct {
	// Server is the name of its server. Required.
	Server string
	// ID, Reference and Username say which account it is: the first of them that is set counts. If
	// Reference is set, an account found by ID or Username must carry it, or it is somebody else's.
	ID, Reference, Username string
	// Status is active or suspended. Required. Leave out accounts that should be absent: they are
	// Extra then.
	Status provider.Status
	// Plan that it should have; "" is any.
	Plan string
}

// DriftKind is a kind of difference.
type DriftKind string

// The kinds of drift.
const (
	// Missing: wanted, but not on the server.
	Missing DriftKind = "missing"
	// Extra: on the server, but not wanted.
	Extra DriftKind = "extra"
	// Taken: the account with the wanted name is somebody else's: it carries another reference, or
	// none. One that is wanted by its ID, has the wanted name and carries none has the kinds WrongStatus
	// and WrongPlan, too: Repair repairs it, and Adopt marks it.
	Taken DriftKind = "taken"
	// Duplicate: one of several accounts with the reference of a wanted one. Only you can find out which
	// of them the customer uses.
	Duplicate DriftKind = "duplicate"
	// Tampered: the account's marker was tampered with, so that it proves nothing. Wanted is the account
	// that it claims to be, or has the name of. It is nil if there is none, or that one was found.
	Tampered DriftKind = "tampered"
	// WrongStatus: suspended and should be active, or the other way round.
	WrongStatus DriftKind = "wrong status"
	// WrongPlan: on another plan than the wanted one.
	WrongPlan DriftKind = "wrong plan"
)

// Drift is one difference between the wanted accounts and a server.
type Drift struct {
	Server string
	// Kinds are one or both of WrongStatus and WrongPlan, beside Tampered or Taken for an account that was
	// wanted by its ID, or one of the others; none beside an error.
	Kinds []DriftKind
	// Wanted is nil for Extra, Account for Missing. Of the account that came before a Duplicate, only ID,
	// Username and Reference are set.
	Wanted  *Wanted
	Account *provider.Account
	// MayBe is a wanted account that an Extra one may be under another name, as people can give it: it is
	// wanted by its user name only, and was not found. Repair leaves such extra accounts.
	MayBe *Wanted
}

// Is reports whether the drift has a kind.
func (d *Drift) Is(kind DriftKind) bool {
	return slices.Contains(d.Kinds, kind)
}

// Ours reports whether the account carries a reference: Create or Adopt of package provider wrote
// it.
func (d *Drift) Ours() bool { return d.Account != nil && d.Account.Reference != "" }

// String returns a line for people: "web1: alice (17): wrong status: active, not suspended".
func (d *Drift) String() string {
	parts := make([]string, 0, 2)
	if len(d.Kinds) == 0 {
		parts = append(parts, "cannot be compared")
	}
	for _, kind := range d.Kinds {
		switch kind {
		case WrongStatus:
			parts = append(parts, fmt.Sprintf("wrong status: %s, not %s", d.Account.Status, d.Wanted.Status))
		case WrongPlan:
			parts = append(parts, fmt.Sprintf("wrong plan: %s, not %s", d.Account.Plan, d.Wanted.Plan))
		case Taken:
			parts = append(parts, fmt.Sprintf("taken: it carries the reference %q, not %q", d.Account.Reference, d.Wanted.Reference))
		case Extra:
			whose := "foreign"
			if d.Ours() {
				whose = "ours, " + d.Account.Reference
			}
			parts = append(parts, fmt.Sprintf("extra (%s)", whose))
			if d.MayBe != nil {
				parts = append(parts, fmt.Sprintf("may be %s under another name", d.MayBe.name()))
			}
		case Tampered:
			parts = append(parts, "tampered: "+d.Account.Marker.Tampered)
		default:
			parts = append(parts, string(kind))
		}
	}
	return words.Say("%s: %s: %s", d.Server, d.subject(), strings.Join(parts, "; "))
}

func (d *Drift) subject() string {
	switch {
	case d.Account != nil && d.Account.Username != "":
		return fmt.Sprintf("%s (%s)", d.Account.Username, d.Account.ID)
	case d.Account != nil:
		return d.Account.ID
	}
	return d.Wanted.name()
}

func (w *Wanted) name() string { return cmp.Or(w.Username, w.Reference, w.ID) }

// Reconcile compares a list of wanted accounts with the servers, and yields every difference. It
// changes nothing; Repair does. It compares all servers of the fleet: on a server for which no
// account is wanted, all accounts are Extra.
//
// It lists each server's accounts once. Where the list shows no references, it also reads each
// account, which is one call an account.
//
// An error with a Drift concerns its Account, of which something cannot be read, so that it cannot be
// compared: the drift has no Kinds, and Wanted if it is a wanted account. An account that it may be is
// not reported as Missing.
//
// The wanted list is in memory while it runs, the servers' accounts are not, but for extra ones of a server
// on which accounts are wanted by their user names only: those come last. A *ServerError
// concerns one server, about which nothing follows; the others go on. Any other error is the last
// value: mistakes in the wanted list (ErrInvalid, before any server is asked), or the end of the
// context.
func (f *Fleet) Reconcile(ctx context.Context, wanted iter.Seq2[Wanted, error]) iter.Seq2[*Drift, error] {
	return func(yield func(*Drift, error) bool) {
		lists, err := f.sort(wanted)
		if err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		drifts := spread(ctx, f.servers, defaultServers, func(ctx context.Context, s *Server, emit func(*Drift, error) bool) {
			lists[s.Name].compare(ctx, s, emit)
		})
		defer func() {
			cancel()
			for range drifts {
			}
		}()
		for d := range drifts {
			if ctx.Err() != nil {
				break
			}
			if !yield(d.value, d.err) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// wants are the wanted accounts of one server.
type wants struct {
	all                       []*Wanted
	byID, byReference, byName map[string]*Wanted
	// named: some are wanted by their user names only.
	named bool
	// seen are the accounts that were found, as far as they are needed to name them.
	seen map[*Wanted]*provider.Account
	// held are drifts of accounts that a second one with their reference would make Duplicates.
	held map[*Wanted]*Drift
	// doubled have a second account, and were reported.
	doubled map[*Wanted]bool
}

// sort splits the wanted list by server.
func (f *Fleet) sort(wanted iter.Seq2[Wanted, error]) (map[string]*wants, error) {
	lists := make(map[string]*wants)
	for _, s := range f.servers {
		lists[s.Name] = &wants{
			byID: make(map[string]*Wanted), byReference: make(map[string]*Wanted), byName: make(map[string]*Wanted),
			seen: make(map[*Wanted]*provider.Account), held: make(map[*Wanted]*Drift), doubled: make(map[*Wanted]bool),
		}
	}
	problems := make(provider.Problems)
	n := 0
	for w, err := range wanted {
		if err != nil {
			return nil, fmt.Errorf("fleet: read wanted accounts: %w", err)
		}
		field := fmt.Sprintf("wanted[%d]", n)
		n++
		list := lists[w.Server]
		switch {
		case list == nil:
			problems.Add(field+".Server", "the fleet has no server %q", w.Server)
			continue
		case w.Status != provider.StatusActive && w.Status != provider.StatusSuspended:
			problems.Add(field+".Status", "%q is neither active nor suspended", w.Status)
			continue
		}
		if problem := list.add(&w); problem != "" {
			problems.Add(field, "%s", problem)
		}
		if len(problems) >= maxProblems {
			problems.Add("wanted", "these are the first %d mistakes, and there may be more", maxProblems)
			break
		}
	}
	return lists, problems.Err("fleet", "Reconcile", "compare accounts")
}

// maxProblems limits the length of the error for a list that is wrong throughout.
const maxProblems = 20

func (l *wants) add(w *Wanted) (problem string) {
	by, key := l.byName, strings.ToLower(w.Username)
	switch {
	case w.ID != "":
		by, key = l.byID, w.ID
	case w.Reference != "":
		by, key = l.byReference, w.Reference
	case w.Username == "":
		return "does not name an account: ID, Reference or Username is required"
	}
	if by[key] != nil {
		return fmt.Sprintf("%q is wanted twice", key)
	}
	by[key] = w
	// Somebody else's account may have the name of a wanted one.
	if name := strings.ToLower(w.Username); name != "" && l.byName[name] == nil {
		l.byName[name] = w
	}
	l.all, l.named = append(l.all, w), l.named || w.named()
	return ""
}

// match returns the wanted account that an account is; nil if it is none of them.
func (l *wants) match(a *provider.Account) *Wanted {
	if w := l.byID[a.ID]; w != nil {
		return w
	}
	if w := l.byReference[a.Reference]; w != nil && a.Reference != "" {
		return w
	}
	for _, claimed := range a.Marker.Claims {
		if w := l.byReference[claimed]; w != nil {
			return w
		}
	}
	if w := l.byName[strings.ToLower(a.Username)]; w != nil && (w.ID == "" || w.ID == a.ID) {
		return w
	}
	return nil
}

func (l *wants) compare(ctx context.Context, s *Server, emit func(*Drift, error) bool) {
	lister, ok := provider.As[provider.Lister](s.Provider)
	if !ok {
		emit(nil, &ServerError{s.Name, &provider.Error{
			Provider: s.Provider.Describe().Kind, Action: "list accounts", Kind: provider.ErrUnsupported,
			Message: "the system cannot list accounts",
		}})
		return
	}
	// The list may show references, or only a read of each account does. Until the list has shown
	// one, accounts without a reference are read.
	shown := false
	var unproven, extra []*Drift
	var odd []*provider.Account // which could not be read, and are none of the wanted ones as far as is known
	for account, err := range lister.List(ctx, nil) {
		if account == nil {
			emit(nil, &ServerError{s.Name, err})
			return
		}
		if err != nil {
			w := l.match(account)
			if w != nil {
				l.see(w, account)
			} else {
				odd = append(odd, account)
			}
			if !emit(&Drift{Server: s.Name, Wanted: w, Account: account}, err) {
				return
			}
			continue
		}
		shown = shown || account.Reference != ""
		if w := l.match(account); account.Reference == "" && account.Marker.Tampered == "" && (w == nil && !shown || w != nil && w.Reference != "") {
			account, err = s.Provider.Get(ctx, account.ID)
			switch {
			case errors.Is(err, provider.ErrNotFound):
				continue // it was removed between the two calls
			case err != nil:
				emit(nil, &ServerError{s.Name, err})
				return
			}
		}
		for _, d := range l.hold(s, account) {
			switch {
			case d.Wanted != nil && d.Wanted.ID == "" && (d.Is(Taken) || d.Is(Tampered)):
				unproven = append(unproven, d) // the wanted account may follow
			case d.Is(Extra) && l.named:
				extra = append(extra, d)
			case !emit(d, nil):
				return
			}
		}
	}
	for _, w := range l.all {
		if d := l.held[w]; d != nil && !emit(d, nil) {
			return
		}
	}
	for _, d := range unproven {
		switch {
		case l.seen[d.Wanted] == nil:
			l.see(d.Wanted, d.Account)
		case d.Is(Taken):
			extra = append(extra, &Drift{Server: s.Name, Kinds: []DriftKind{Extra}, Account: d.Account})
			continue
		default:
			d.Wanted = nil
		}
		if !emit(d, nil) {
			return
		}
	}
	lost := l.lost()
	for _, d := range extra {
		if d.MayBe = lost; !emit(d, nil) {
			return
		}
	}
	for _, w := range l.all {
		if l.seen[w] != nil || slices.ContainsFunc(odd, w.mayBe) {
			continue
		}
		if !emit(&Drift{Server: s.Name, Kinds: []DriftKind{Missing}, Wanted: w}, nil) {
			return
		}
	}
}

// mayBe reports whether an account that could not be read, and that match does not take for the wanted
// one, may be it nevertheless: then the wanted account is not known to be missing.
func (w *Wanted) mayBe(a *provider.Account) bool {
	switch {
	case w.ID != "":
		return a.ID == ""
	case w.Username != "" && a.Username != "":
		return false
	case w.Reference != "":
		return a.Reference == ""
	}
	return a.Username == ""
}

// lost returns an account that is wanted by its user name only, and was not found; nil if there is none.
func (l *wants) lost() *Wanted {
	for _, w := range l.all {
		if w.named() && l.seen[w] == nil {
			return w
		}
	}
	return nil
}

// named reports whether an account is wanted by its user name only.
func (w *Wanted) named() bool { return w.ID == "" && w.Reference == "" }

func (l *wants) see(w *Wanted, a *provider.Account) {
	l.seen[w] = &provider.Account{ID: a.ID, Username: a.Username, Reference: a.Reference}
}

// hold compares one account with what is wanted. It returns nothing if it is as wanted. A drift that a
// second account with the reference would change is held back.
func (l *wants) hold(s *Server, a *provider.Account) []*Drift {
	w := l.match(a)
	d := &Drift{Server: s.Name, Wanted: w, Account: a}
	tampered := a.Marker.Tampered != ""
	switch {
	case tampered && (w == nil || w.ID == ""):
		d.Kinds = []DriftKind{Tampered}
		return []*Drift{d}
	case w == nil:
		d.Kinds = []DriftKind{Extra}
		return []*Drift{d}
	case tampered:
		d.Kinds = []DriftKind{Tampered}
	case w.Reference != "" && a.Reference != w.Reference:
		d.Kinds = []DriftKind{Taken}
		if w.ID != "" && a.Reference == "" && (w.Username == "" || strings.EqualFold(w.Username, a.Username)) {
			break // the marker is gone, and the caller knows whose it is
		}
		if w.ID != "" {
			l.see(w, a)
		}
		return []*Drift{d}
	}
	if first := l.seen[w]; first != nil {
		return l.double(s, first, d)
	}
	l.see(w, a)
	suspended, wanted := a.Status == provider.StatusSuspended, w.Status == provider.StatusSuspended
	if suspended != wanted && a.Status != provider.StatusPending {
		d.Kinds = append(d.Kinds, WrongStatus)
	}
	if w.Plan != "" && a.Plan != "" && a.Plan != w.Plan {
		d.Kinds = append(d.Kinds, WrongPlan)
	}
	switch {
	case len(d.Kinds) == 0:
		return nil
	case w.ID == "":
		l.held[w] = d
		return nil
	}
	return []*Drift{d}
}

// double returns an account of a reference as a Duplicate, and with it the first one.
func (l *wants) double(s *Server, first *provider.Account, d *Drift) []*Drift {
	d.Kinds = []DriftKind{Duplicate}
	switch held := l.held[d.Wanted]; {
	case held != nil:
		first = held.Account
		delete(l.held, d.Wanted)
	case l.doubled[d.Wanted]:
		return []*Drift{d}
	}
	l.doubled[d.Wanted] = true
	return []*Drift{{Server: s.Name, Kinds: []DriftKind{Duplicate}, Wanted: d.Wanted, Account: first}, d}
}
