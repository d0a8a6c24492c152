package hostkey

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks for a server by reference or user name. The API knows neither e-mail addresses nor
// domains.
//
// A server whose host name was made for the reference counts while it has no tag, since it may be new.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		if problem := provider.ReferenceProblem(q.Reference); q.Reference != "" && problem != "" {
			return nil, provider.Problems{"Reference": problem}.Err(Kind, "", "")
		}
		s := &search{p: p, q: q, read: make(map[int64]bool)}
		return s.run(ctx)
	})
}

// search is a Find under way.
type search struct {
	p       *Provider
	q       provider.Query
	servers []*ListedServer
	read    map[int64]bool
	// found is the server, and tampered one that may be it and whose tag proves nothing.
	found, tampered *provider.Account
	// unread is about servers that cannot be read. They do not matter if another one is found.
	unread error
}

// run reads, since the list has no references: first the servers that match judging by their names; if
// none does, those with the names of other references' orders, which may have been renamed; and if one
// does, those that may carry the same reference.
func (s *search) run(ctx context.Context) (*provider.Account, error) {
	for server, err := range adapter.Legible(s.p.list(ctx)) {
		if adapter.IsOdd(err) {
			s.unread = err
			break
		}
		if err != nil {
			return nil, err
		}
		s.servers = append(s.servers, server)
	}
	wanted := s.suffixes(s.q.Reference)
	err := s.each(ctx, func(name string) bool { return s.called(name) && (s.q.Reference == "" || !foreign(name, wanted)) }, s.compare)
	switch {
	case err != nil:
	case s.found == nil && s.q.Reference != "":
		err = s.each(ctx, s.called, s.compare)
	case s.found != nil && s.found.Reference != "":
		wanted := s.suffixes(s.found.Reference)
		err = s.each(ctx, func(name string) bool { return !foreign(name, wanted) }, s.twin)
	}
	switch {
	case err != nil:
		return nil, err
	case s.found != nil:
		return s.found, nil
	case s.tampered != nil:
		return nil, adapter.Tampered(Kind, "server", s.tampered)
	}
	return nil, s.unread
}

func (s *search) suffixes(reference string) []string {
	if reference == "" {
		return nil
	}
	return s.p.client.Orders.suffixes(reference)
}

// called reports whether a host name has the wanted user name.
func (s *search) called(hostname string) bool {
	return s.q.Username == "" || strings.EqualFold(userOf(hostname), s.q.Username)
}

// foreign reports whether a host name is that of an order of another reference.
func foreign(hostname string, suffixes []string) bool {
	_, _, ordered := splitHostname(hostname)
	return ordered && !orderedFor(hostname, suffixes)
}

// each reads the servers with certain names that were not read yet.
func (s *search) each(ctx context.Context, which func(hostname string) bool, do func(*Server) error) error {
	for _, listed := range s.servers {
		id := listed.ID
		if s.read[id] || !which(listed.Hostname) {
			continue
		}
		s.read[id] = true
		server, err := s.p.read(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			if _, err = s.p.accounts.ProveAbsent(ctx, id); err == nil {
				continue // it disappeared between the two calls
			}
		}
		if err == nil {
			err = do(server)
		} else if errors.Is(err, provider.ErrProtocol) || errors.Is(err, adapter.Listed) {
			s.unread, err = cmp.Or(s.unread, err), nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compare compares a server with the query.
func (s *search) compare(server *Server) error {
	account := s.p.account(server)
	named := orderedFor(server.Hostname(), s.suffixes(s.q.Reference))
	if named && account.Reference == "" && account.Marker.Tampered == "" {
		account.Reference = s.q.Reference // bought, but not marked yet
	}
	switch {
	case adapter.Matches(account, s.q) && s.found != nil:
		return adapter.BothMatch(Kind, "", "servers", s.found.ID, account.ID)
	case adapter.Matches(account, s.q):
		s.found = account
	case account.Marker.Tampered != "" && (named || account.Marker.Claim(s.q.Reference)):
		s.tampered = cmp.Or(s.tampered, account)
	}
	return nil
}

// twin refuses a second server with the reference of the one that was found.
func (s *search) twin(server *Server) error {
	if reference, _ := s.p.client.reference(server); reference == s.found.Reference {
		return adapter.BothMatch(Kind, "", "servers", s.found.ID, server.ID)
	}
	return nil
}

// List lists all servers, without their references.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(int) (iter.Seq2[*provider.Account, error], error) {
		return adapter.Each(p.list(ctx), listedAccount), nil
	})
}
