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

// WithAdminURL gives the admin panel a URL of its own. The default is that of the
// license server. The rate limit then counts for each of the two.
func WithAdminURL(adminURL string) provider.Option {
	return provider.VendorOption(Kind, "WithAdminURL", adminURL)
}

// WithSearchPath says where the panel's search answers, such as "/api/search". Its
// path is missing in the documents; without this option Search.Query is
// provider.ErrUnsupported.
func WithSearchPath(path string) provider.Option {
	return provider.VendorOption(Kind, "WithSearchPath", path)
}

// WithAdminAuth puts the caller's credentials on each request to the admin panel. How
// one signs in there is undocumented: no login route, cookie name or rule against
// forged requests is told, so it is the caller's to find out. The function is called
// for each attempt and may be called from several goroutines; it sets header fields
// or cookies and must not send the request itself. An error ends the call with
// provider.ErrUnauthorized.
//
// Of WithAdminAuth, WithAdminCookie and WithAdminHeader the last one counts. Without
// any of them admin requests are sent as they are: a cookie jar in
// provider.WithHTTPClient may do the rest.
func WithAdminAuth(sign func(*http.Request) error) provider.Option {
	auth := &adminAuth{sign: sign}
	if sign == nil {
		auth.problem = "nil"
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminCookie signs in to the admin panel with a cookie, such as that of a session
// of a browser. Its name is undocumented; see WithAdminAuth.
func WithAdminCookie(name string, value provider.Secret) provider.Option {
	cookie := &http.Cookie{Name: name, Value: value.Reveal()}
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.AddCookie(cookie)
		return nil
	}}
	switch {
	case value == "":
		auth.problem = "the cookie has no value"
	case cookie.Valid() != nil:
		auth.problem = "not a cookie" // the reason would quote the value
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminHeader signs in to the admin panel with a header field, such as
// "Authorization" or "X-API-Key". Which one it takes is undocumented; see
// WithAdminAuth.
func WithAdminHeader(name string, value provider.Secret) provider.Option {
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.Header.Set(name, value.Reveal())
		return nil
	}}
	switch {
	case !isToken(name):
		auth.problem = "the header field has no valid name"
	case value == "":
		auth.problem = "the header field has no value"
	case strings.ContainsFunc(value.Reveal(), func(r rune) bool { return r < ' ' || r == 0x7f }):
		auth.problem = "the value of the header field holds a control character"
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithPlans gives the Provider its plans. Without them it has none: limits are then
// options of Create, and plans cannot be changed.
func WithPlans(plans ...Plan) provider.Option {
	return provider.VendorOption(Kind, "WithPlans", plans)
}

// Scan bounds the Provider's search through IDs. No documented route lists licenses:
// to find one by name, the devices of each ID are read upwards from where IDs begin,
// or from the lowest one that was seen. What carries a marker is read once in the life
// of a Provider; other licenses, in which a marker may appear, each time.
type Scan struct {
	// From is where the licenses begin that matter, 1 by default. Give the lowest ID
	// that your own records hold: on a server whose IDs begin high nothing is found
	// without it, and below it nobody looks for accounts.
	From int64
	// Gap is how many missing IDs in a row end the search, 50 by default: more than
	// licenses were ever removed in a row.
	Gap int64
	// Max is how many IDs are tried at most, 100,000 by default.
	Max int64
}

// WithScan bounds the search through license IDs.
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
