package hestia

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up: by user name in one call, by domain in three, otherwise by listing the
// users.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		login := q.Username
		if q.Domain != "" {
			owner, err := p.owner(ctx, strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(q.Domain), "www."), "."))
			if err != nil || owner == "" {
				return nil, err
			}
			login = owner
		}
		if login == "" {
			return p.accounts.Search(p.customers(ctx), q)
		}
		return p.byLogin(ctx, login)
	})
}

// owner returns the user who has a domain, "" if none has it. The panel's search takes a dot for any
// character and names the first hit, such as the owner of shop-co.uk for shop.co.uk, and knows one spelling of an
// international domain. So it is asked for each, what it says is checked, and if it named somebody else all users' objects
// are searched, or all users asked.
func (p *Provider) owner(ctx context.Context, domain string) (login string, err error) {
	var hits []string
	for _, spelling := range idnSpellings(domain) {
		hit, missing := p.client.Domains.SearchOwner(ctx, spelling, nil)
		if errors.Is(missing, provider.ErrNotFound) {
			err = missing
			continue
		}
		if missing != nil {
			return "", missing
		}
		if has, err := p.has(ctx, hit, domain); err != nil || has {
			return hit, err
		}
		hits = append(hits, hit)
	}
	if len(hits) == 0 {
		return "", err
	}
	if login, told := p.searched(ctx, domain); told {
		return login, nil
	}
	var logins []string
	if err := p.client.logins(ctx, func(login string) bool { logins = append(logins, login); return true }); err != nil {
		return "", err
	}
	for _, login := range logins {
		if slices.Contains(hits, login) {
			continue
		}
		if has, err := p.has(ctx, login, domain); err != nil || has {
			return login, err
		}
	}
	return "", nil
}

// searched looks for the owner of a domain among all users in one call, where asking each takes three. told is false if
// the search says nothing: it takes words of ASCII with up to 50 characters, may be forbidden, and finds at least the
// neighbour that brought us here.
func (p *Provider) searched(ctx context.Context, domain string) (login string, told bool) {
	for _, spelling := range idnSpellings(domain) {
		err := p.limits.try("v-search-object", func() error {
			for found, err := range p.client.Search.Objects(ctx, spelling) {
				if found == nil {
					return err
				}
				if told = true; found.Key == "DOMAIN" && found.Parent == "" && stored(found.Result) == stored(domain) {
					login = found.User
				}
			}
			return nil
		})
		if err != nil || login != "" {
			return login, login != ""
		}
	}
	return "", told
}

// has reports whether a user has a website, a mail domain or a zone of that very name, in either spelling. A kind that the key
// may not list is passed over, unless the name is in none of the others.
func (p *Provider) has(ctx context.Context, login, domain string) (has bool, err error) {
	var denied error
	for _, kind := range []struct {
		command string
		look    func() (bool, error)
	}{
		{"v-list-web-domains", func() (bool, error) {
			return lists(p.client.Web.ListDomains(ctx, login), func(d *WebDomain) string { return d.Name }, domain)
		}},
		{"v-list-mail-domains", func() (bool, error) {
			return lists(p.client.Mail.ListDomains(ctx, login), func(d *MailDomain) string { return d.Name }, domain)
		}},
		{"v-list-dns-domains", func() (bool, error) {
			return lists(p.client.DNS.ListDomains(ctx, login), func(d *DNSDomain) string { return d.Name }, domain)
		}},
	} {
		err := p.limits.try(kind.command, func() (err error) {
			has, err = kind.look()
			return err
		})
		switch {
		case errors.Is(err, provider.ErrForbidden):
			denied = err
		case err != nil || has:
			return has, err
		}
	}
	return false, denied
}

func lists[T any](all iter.Seq2[*T, error], name func(*T) string, wanted string) (bool, error) {
	for thing, err := range all {
		switch {
		case thing == nil:
			return false, err
		case stored(name(thing)) == stored(wanted):
			return true, nil
		}
	}
	return false, nil
}

// byLogin returns nil if no customer has that name. If the panel does not find the name, the list of users decides: it
// proves that there is none, and shows one that is spelled with capitals.
func (p *Provider) byLogin(ctx context.Context, login string) (*provider.Account, error) {
	if _, problem := parseLogin(login); problem != "" {
		return nil, nil
	}
	user, err := p.customer(ctx, login)
	if errors.Is(err, provider.ErrNotFound) {
		var spelled string
		if spelled, err = p.listed(ctx, func(name string) bool { return strings.EqualFold(name, login) }); err != nil || spelled == "" {
			return nil, err
		}
		if user, err = p.customer(ctx, spelled); errors.Is(err, provider.ErrNotFound) {
			return nil, adapter.Unproven(Kind, p.accounts.Noun, adapter.Listed)
		}
	}
	switch {
	case errors.Is(err, errAdmin):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return p.account(user), nil
}

// listed returns the first user name for which is returns true, "" if there is none. It reads nothing but names.
func (p *Provider) listed(ctx context.Context, is func(login string) bool) (found string, err error) {
	err = p.client.logins(ctx, func(login string) bool {
		if is(login) {
			found = login
		}
		return found == ""
	})
	return found, err
}

// List lists all customers, in one call.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(int) (iter.Seq2[*provider.Account, error], error) {
		return adapter.Each(p.customers(ctx), p.account), nil
	})
}

// customers lists all users but the administrators. A user whose record cannot be read counts as a customer.
func (p *Provider) customers(ctx context.Context) iter.Seq2[*User, error] {
	return func(yield func(*User, error) bool) {
		for user, err := range inhabited(p.client.Users.List(ctx), "users") {
			if user != nil && user.Role == roleAdmin {
				continue
			}
			if !yield(user, err) {
				return
			}
		}
	}
}

// inhabited refuses an empty list of users or packages: every panel has the root user and the
// package "default". Nothing in the legacy engine's answers shows where they come from, so an empty
// object from anywhere would pass for a list, and for proof that an account is gone.
func inhabited[T any](list iter.Seq2[*T, error], what string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		empty := true
		for thing, err := range list {
			empty = false
			if !yield(thing, err) {
				return
			}
		}
		if empty {
			yield(nil, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: words.Say("the list of %s is empty, which it cannot be", what)})
		}
	}
}
