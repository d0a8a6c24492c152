package keyhelp

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Dialect is one of the two forms in which the API is described. They share most paths and differ
// in field names, formats and available endpoints; the Go types of this package serve both.
type Dialect string

const (
	// DialectAuto, the zero value, detects the dialect at the first call, with GET /ping and, if
	// that does not exist, GET /server/version.
	DialectAuto Dialect = ""
	// DialectDocumented is the reference that provkit was asked to implement: ten endpoints with
	// login_name, is_locked, /statistics, /sessions. No running panel is known to speak it.
	DialectDocumented Dialect = "documented"
	// DialectLive is what running panels speak: the vendor's wiki shows it (ping, plans and clients by
	// name, new clients and domains), public programs the rest: username, is_suspended, /stats, /login,
	// and all other resources.
	DialectLive Dialect = "live"
)

func (d Dialect) known() bool {
	return d == DialectAuto || d == DialectDocumented || d == DialectLive
}

// dialect is the data of a Dialect: its index in each operation and the names of the fields in
// requests. Answers need no table: the decoders know the names of both dialects, which never
// collide.
type dialect struct {
	name   Dialect
	index  int
	client fieldNames
	domain fieldNames
}

var documented = &dialect{
	name: DialectDocumented, index: 0,
	client: fieldNames{
		"LoginName": {name: "login_name"}, "Password": {name: "password"}, "Email": {name: "email"},
		"DisplayName": {name: "display_name"}, "HostingPlanID": {name: "id_hosting_plan"}, "Locked": {name: "is_locked"},
	},
	domain: fieldNames{"Name": {name: "domain_name"}, "ClientID": {name: "id_client"}},
}

var live = &dialect{
	name: DialectLive, index: 1,
	client: fieldNames{
		"LoginName": {name: "username"}, "Password": {name: "password"}, "Email": {name: "email"},
		"DisplayName": {name: "contact_data", put: putDisplayName}, "HostingPlanID": {name: "id_hosting_plan"},
		"PasswordHash": {name: "password_hash"}, "PasswordHashOS": {name: "password_hash_os"},
		"Locked": {name: "is_suspended"}, "Language": {name: "language"}, "Notes": {name: "notes"},
		"SuspendOn": {name: "suspend_on"}, "DeleteOn": {name: "delete_on"}, "Contact": {name: "contact_data", put: putContact},
		"SendLoginCredentials": {name: "send_login_credentials"}, "CreateSystemDomain": {name: "create_system_domain"},
		"Skeleton": {name: "skeleton"},
	},
	domain: fieldNames{
		"Name": {name: "domain"}, "ClientID": {name: "id_user"}, "ParentID": {name: "id_parent_domain"},
		"PHPVersion": {name: "php_version"}, "Disabled": {name: "is_disabled"}, "DeleteOn": {name: "delete_on"},
		"DNSDisabled": {name: "is_dns_disabled"}, "EmailDomain": {name: "is_email_domain"},
		"CreateWWW": {name: "create_www_subdomain"}, "Target": {name: "target"}, "Security": {name: "security"},
	},
}

// dialects contains the dialect in force.
type dialects struct {
	configured Dialect
	found      atomic.Pointer[dialect]
	// turn lets one caller detect the dialect while the others wait, each under its own context.
	turn adapter.Turn
}

func (s *dialects) configure(d Dialect) {
	s.configured = d
	switch d {
	case DialectDocumented:
		s.found.Store(documented)
	case DialectLive:
		s.found.Store(live)
	case DialectAuto:
	}
}

// resolve returns the dialect and detects it first if necessary. A failure is not remembered: the
// next call tries again.
func (s *dialects) resolve(ctx context.Context, c *Client) (*dialect, error) {
	if d := s.found.Load(); d != nil {
		return d, nil
	}
	release, err := s.turn.Take(ctx)
	if e, ended := errors.AsType[*provider.Error](err); ended {
		e.Provider, e.Op, e.Action = Kind, serverPing.any().Op, "find out the dialect"
		return nil, e
	}
	defer release()
	if d := s.found.Load(); d != nil {
		return d, nil
	}
	d, err := detect(ctx, c)
	if err != nil {
		return nil, err
	}
	s.found.Store(d)
	return d, nil
}

// detect calls endpoints that only one dialect has. A 401 or an outage says nothing about the
// dialect: such errors go to the caller.
func detect(ctx context.Context, c *Client) (*dialect, error) {
	var ping pong
	err := c.rest.Do(ctx, &rest.Call{Endpoint: serverPing.in(live), Out: &ping})
	if err == nil {
		return live, nil
	}
	if !errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrUnsupported) {
		return nil, err
	}
	var version wire.One[Version]
	err = c.rest.Do(ctx, &rest.Call{Endpoint: serverVersion.in(documented), Out: &version})
	if err == nil {
		return documented, nil
	}
	if errors.Is(err, provider.ErrNotFound) {
		// The cause is left out: this error comes back from every method, and must not look as if a
		// client did not exist.
		return nil, &provider.Error{
			Provider: Kind, Op: serverPing.any().Op, Action: "find out the dialect", Kind: provider.ErrProtocol, StatusCode: http.StatusNotFound,
			Message: "neither GET /ping nor GET /server/version exists: is this a KeyHelp panel with its API switched on?",
		}
	}
	return nil, err
}

// Dialect returns the dialect in force. With DialectAuto it detects it first.
func (c *Client) Dialect(ctx context.Context) (Dialect, error) {
	d, err := c.dialects.resolve(ctx, c)
	if err != nil {
		return DialectAuto, err
	}
	return d.name, nil
}
