package licenseserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// settings are the options that only license servers have.
type settings struct {
	adminURL, searchPath *string
	sign                 *adminAuth
	plans                []Plan
	scan                 Scan
}

// WithAdminURL sets the URL of the admin panel. The default is that of the license server. With it,
// the rate limit applies to each of the two separately.
func WithAdminURL(adminURL string) provider.Option {
	return provider.VendorOption(Kind, "WithAdminURL", adminURL)
}

// WithSearchPath sets the path of the panel's search, such as "/api/search". The documents do not
// contain it; without this option the error of Search.Query matches provider.ErrUnsupported.
func WithSearchPath(path string) provider.Option {
	return provider.VendorOption(Kind, "WithSearchPath", path)
}

// WithAdminAuth adds the caller's credentials to each request to the admin panel. How to sign in
// there is undocumented, including the login route, the cookie name and the protection from forged
// requests, so the caller must find out. The function is called for each attempt, possibly from
// several goroutines; it sets header fields or cookies and must not send the request itself. If it
// returns an error, that of the call matches provider.ErrUnauthorized.
//
// Of WithAdminAuth, WithAdminCookie and WithAdminHeader the last one counts. Without any of them
// admin requests carry no credentials, unless provider.WithHTTPClient has a cookie jar that adds
// them.
func WithAdminAuth(sign func(*http.Request) error) provider.Option {
	auth := &adminAuth{sign: sign}
	if sign == nil {
		auth.problem = "nil"
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminCookie signs in to the admin panel with a cookie, such as that of a browser session. Its
// name is undocumented; see WithAdminAuth.
func WithAdminCookie(name string, value provider.Secret) provider.Option {
	cookie := &http.Cookie{Name: name, Value: value.Reveal()} //nolint:gosec // sent, not set: a request's cookie has no attributes
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.AddCookie(cookie)
		return nil
	}}
	switch {
	case value.IsZero():
		auth.problem = "the cookie has no value"
	case cookie.Valid() != nil:
		auth.problem = "not a cookie" // the reason would quote the value
	default:
		auth.problem = rest.HeaderProblem(value)
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminHeader signs in to the admin panel with a header field, such as "Authorization" or
// "X-API-Key". Which one the panel accepts is undocumented; see WithAdminAuth.
func WithAdminHeader(name string, value provider.Secret) provider.Option {
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.Header.Set(name, value.Reveal())
		return nil
	}}
	switch {
	case !isToken(name):
		auth.problem = "the header field has no valid name"
	case value.IsZero():
		auth.problem = "the header field has no value"
	default:
		auth.problem = rest.HeaderProblem(value)
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithPlans sets the plans of the Provider. Without it there are none: limits are then options of
// Create, and plans cannot be changed.
func WithPlans(plans ...Plan) provider.Option {
	return provider.VendorOption(Kind, "WithPlans", plans)
}

// Scan limits the Provider's search through IDs. No documented route lists licenses: to find one by
// name, the devices of each ID are read upwards from where IDs begin, or from the lowest one that
// was seen. A license with a marker is read once in the life of a Provider; other licenses are read
// each time, since they may get one.
type Scan struct {
	// From is the lowest license ID that matters, 1 by default. Give the lowest ID in your own
	// records: on a server whose IDs begin high, nothing is found without it, and accounts below it
	// are never found.
	From int64
	// Gap is how many missing IDs in a row end the search, 50 by default. It must exceed the
	// longest run of removed licenses.
	Gap int64
	// Max limits how many IDs are tried, 100,000 by default.
	Max int64
}

// WithScan limits the search through license IDs.
func WithScan(s Scan) provider.Option {
	return provider.VendorOption(Kind, "WithScan", s)
}

func (s Scan) withDefaults() Scan { return Scan(adapter.Scan(s).OrDefaults(50)) }

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	var s settings
	if adminURL, given := rest.VendorOption(options, Kind, "WithAdminURL").(string); given {
		s.adminURL = &adminURL
	}
	if path, given := rest.VendorOption(options, Kind, "WithSearchPath").(string); given {
		s.searchPath = &path
		problems.Note("WithSearchPath", searchPathProblem(path))
	}
	if s.sign, _ = rest.VendorOption(options, Kind, "WithAdminAuth").(*adminAuth); s.sign != nil {
		problems.Note("WithAdminAuth", s.sign.problem)
	}
	plans, _ := rest.VendorOption(options, Kind, "WithPlans").([]Plan)
	checkPlans(problems, plans)
	s.plans = slices.Clone(plans)
	scan, _ := rest.VendorOption(options, Kind, "WithScan").(Scan)
	problems.NotNegative("WithScan", min(scan.From, scan.Gap, scan.Max))
	s.scan = scan.withDefaults()
	return s
}

func searchPathProblem(path string) string {
	u, err := url.Parse(path)
	switch {
	case err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return `must be a path below the panel's URL that begins with "/"`
	case u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(path, "{}?#"):
		return "must not have a query, a fragment or braces"
	}
	return ""
}
