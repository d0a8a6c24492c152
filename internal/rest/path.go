package rest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/words"
)

// fill puts escaped arguments into a route. It returns the path decoded and escaped. It refuses
// empty arguments, since they would address the collection instead of the thing, and arguments with
// a dot segment. Escaping does not help against the latter: "%2E%2E" means ".." to every server and
// proxy that normalises by RFC 3986, and many decode "%2F" before that.
func fill(route string, args []string) (path, raw string, err error) {
	if !strings.Contains(route, "{") {
		if len(args) > 0 {
			return "", "", fmt.Errorf("route %s takes no argument, got %d", route, len(args))
		}
		return route, route, nil
	}
	var p, r strings.Builder
	p.Grow(len(route) + 16) // enough for most
	escaped := false        // r is written only where it differs from p
	add := func(text string, escape func(string) string) {
		if !escaped && !plain(text, escape == nil) {
			escaped = true
			r.WriteString(p.String())
		}
		p.WriteString(text)
		switch {
		case !escaped:
		case escape == nil:
			r.WriteString(escapeLiteral(text))
		default:
			r.WriteString(escape(text))
		}
	}
	rest := route
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(rest[open:], '}')
		if end < 0 {
			return "", "", fmt.Errorf("route %s has an open brace", route)
		}
		name := rest[open+1 : open+end]
		if len(args) == 0 {
			return "", "", fmt.Errorf("route %s lacks %s", route, name)
		}
		switch {
		case args[0] == "":
			return "", "", &argumentError{name: name, problem: "required"}
		case dotSegment(args[0]):
			return "", "", &argumentError{name: name, problem: `must not contain "." or ".." as a part`}
		}
		add(rest[:open], nil)
		add(args[0], url.PathEscape)
		args, rest = args[1:], rest[open+end+1:]
	}
	if len(args) > 0 {
		return "", "", fmt.Errorf("route %s got %d arguments too many", route, len(args))
	}
	add(rest, nil)
	if !escaped {
		return p.String(), p.String(), nil
	}
	return p.String(), r.String(), nil
}

// plain reports whether a text needs no escaping. slashes is set for the fixed part of a route, in
// which slashes need none.
func plain(s string, slashes bool) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
		case c == '/' && slashes:
		default:
			return false
		}
	}
	return true
}

// escapeLiteral escapes the fixed part of a route. If it contained one character that is not
// allowed in a path, net/url would drop our spelling altogether, including the escaping of the
// arguments.
func escapeLiteral(s string) string { return (&url.URL{Path: s}).EscapedPath() }

type argumentError struct{ name, problem string }

func (e *argumentError) Error() string { return e.name + ": " + e.problem }

// dotSegment reports whether a part between slashes, of either kind, is "." or "..".
func dotSegment(s string) bool {
	if !strings.Contains(s, ".") {
		return false
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// parseBase parses and validates a base URL. The text is its problem; "" if it is fine. http is
// only for this machine, unless plainHTTP is set.
func parseBase(text string, plainHTTP bool) (*url.URL, string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, "required"
	}
	u, err := url.Parse(text)
	switch {
	case strings.ContainsFunc(text, words.Unseen):
		return nil, "contains white space, control or invisible characters"
	case bareIPv6(text):
		return nil, "has an IPv6 address without brackets: write https://[2001:db8::1]"
	case err != nil:
		// The parser's error quotes the text, which may contain a password.
		return nil, "not a URL"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "must begin with https://"
	case u.Hostname() == "":
		return nil, "has no host"
	case u.User != nil:
		return nil, "must not contain credentials"
	case u.RawQuery != "" || u.Fragment != "":
		return nil, "must not have a query or fragment"
	case strings.HasSuffix(u.Host, ":"):
		return nil, "has a colon without a port behind it"
	case !validPort(u.Port()):
		return nil, "has a port that does not exist"
	case dotSegment(u.Path):
		return nil, `must not contain "." or ".." in its path`
	case u.Scheme == "http" && !plainHTTP && !loopback(u.Hostname()):
		return nil, "is plain http: use https, or allow it with provider.WithPlainHTTP"
	}
	clean := &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}
	if u.RawPath != "" {
		clean.RawPath = strings.TrimRight(u.RawPath, "/")
	}
	return clean, ""
}

// bareIPv6 reports whether the host of a URL has colons enough for an IPv6 address, and no brackets.
func bareIPv6(text string) bool {
	_, host, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(host, "/?#\\"); end >= 0 {
		host = host[:end]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	return strings.Count(host, ":") > 1 && !strings.ContainsAny(host, "[]")
}

func validPort(text string) bool {
	if text == "" {
		return true
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// below appends a path and its escaped spelling to a base. It does not use URL.JoinPath, which
// makes the path of a base without one relative, and resolves dot segments.
func below(base *url.URL, path, raw string) *url.URL {
	u := &url.URL{Scheme: base.Scheme, Host: base.Host, Path: base.Path + path}
	if base.RawPath != "" || path != raw {
		u.RawPath = base.EscapedPath() + raw
	}
	return u
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
