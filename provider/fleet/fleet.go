package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Server is one server of a fleet.
type Server struct {
	Name     string
	Provider provider.Provider
	Config   ServerEntry

	mu     sync.Mutex
	count  count
	asking chan struct{} // closed when the count under way is done; nil if none is under way
}

// Fleet is many servers. It is safe for concurrent use.
type Fleet struct {
	servers []*Server
	byName  map[string]*Server
}

// New makes a fleet of servers that were opened elsewhere. Name and Provider are required; Config
// is as in a file. Errors match provider.ErrInvalid.
func New(servers ...*Server) (*Fleet, error) {
	f := &Fleet{byName: make(map[string]*Server)}
	var problems provider.Problems
	for i, s := range servers {
		field := fmt.Sprintf("servers[%d]", i)
		switch {
		case s == nil || s.Provider == nil:
			problems.Add(field, "has no Provider")
			continue
		case s.Name == "":
			problems.Add(field, "has no Name")
		case f.byName[s.Name] != nil:
			problems.Add(field, "%q is the name of another server", s.Name)
		}
		f.byName[s.Name] = s
		f.servers = append(f.servers, s)
	}
	if err := problems.Err("fleet", "New", "new fleet"); err != nil {
		return nil, err
	}
	return f, nil
}

// Servers returns all servers, in the order of the configuration.
func (f *Fleet) Servers() []*Server { return append([]*Server(nil), f.servers...) }

// Server returns the server with a name.
func (f *Fleet) Server(name string) (*Server, bool) {
	s, ok := f.byName[name]
	return s, ok
}

// Provider returns the provider of the server with a name, or ErrNotFound. Use it as bulk.Job.Open.
func (f *Fleet) Provider(name string) (provider.Provider, error) {
	if s, ok := f.byName[name]; ok {
		return s.Provider, nil
	}
	return nil, &provider.Error{
		Provider: "fleet", Action: fmt.Sprintf("find server %q", name), Kind: provider.ErrNotFound, Message: "no server has that name",
	}
}

// ServerError is an error of one server, while the others went on.
type ServerError struct {
	Server string
	Err    error
}

func (e *ServerError) Error() string {
	return words.Line(e.Server, words.MaxCode) + ": " + words.Line(e.Err.Error(), words.MaxError-words.MaxCode-2)
}

// MarshalJSON writes the server's name and the text of its error.
func (e *ServerError) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"Server": words.Line(e.Server, words.MaxCode), "Err": words.Line(e.Err.Error(), words.MaxError)})
}

func (e *ServerError) Unwrap() error { return e.Err }

// Found is an account and its server.
type Found struct {
	Server  *Server
	Account *provider.Account
}

// Find looks for an account on all servers at once. The error matches ErrNotFound if no server has
// it, and ErrConflict if several do. If no server has it and one could not be asked, the error is
// that server's and does not match ErrNotFound, since the account may be there.
//
// Call Find before you place an order again and do not know where it went.
func (f *Fleet) Find(ctx context.Context, q provider.Query) (*Found, error) {
	found := make([]*Found, len(f.servers))
	errs := make([]error, len(f.servers))
	var wg sync.WaitGroup
	for i, s := range f.servers {
		wg.Go(func() {
			account, err := s.Provider.Find(ctx, q)
			switch {
			case err == nil:
				found[i] = &Found{s, account}
			case !errors.Is(err, provider.ErrNotFound):
				errs[i] = &ServerError{s.Name, err}
			}
		})
	}
	wg.Wait()
	var one *Found
	for _, x := range found {
		switch {
		case x == nil:
		case one != nil:
			return nil, &provider.Error{
				Provider: "fleet", Action: "find account", Kind: provider.ErrConflict,
				Message: words.Say("account %s of %s and account %s of %s both match",
					one.Account.ID, one.Server.Name, x.Account.ID, x.Server.Name),
			}
		default:
			one = x
		}
	}
	if err := unasked(errs); err != nil && one == nil {
		return nil, err
	}
	if one == nil {
		return nil, &provider.Error{
			Provider: "fleet", Action: "find account", Kind: provider.ErrNotFound, Message: "no server has the account",
		}
	}
	return one, nil
}

// unasked is the error for servers that could not be asked; nil if there is none.
func unasked(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	err := &provider.Error{Provider: "fleet", Action: "find account", Err: errors.Join(errs...)}
	err.Message = fmt.Sprintf("%d servers could not be asked", len(errs))
	for _, one := range errs {
		err.Message += words.Say("; %v", one)
	}
	return err
}
