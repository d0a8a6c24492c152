package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Router finds the handler of a request by method and path template, such as GET
// /clients/{id}/stats. It compares segment by segment; if several templates match, literal segments
// win over wildcards from left to right, and a template with the method wins over one without it.
// (net/http's ServeMux refuses such tables as conflicting: /clients/name/{username} and
// /clients/{id}/stats.)
//
// Handlers read the wildcards with http.Request.PathValue, unescaped. A wildcard matches one
// non-empty segment.
type Router struct {
	// NotFound answers paths that no template matches; nil is http.NotFound.
	NotFound http.HandlerFunc
	// MethodNotAllowed answers paths that match only with other methods; nil is 405 with an Allow
	// header.
	MethodNotAllowed func(w http.ResponseWriter, r *http.Request, allowed []string)
	// TrailingSlash lets a path match with or without one slash at its end.
	TrailingSlash bool

	routes []route
	// known finds duplicate routes; sorted orders routes at the first request.
	known  map[string]string
	sorted sync.Once
}

type route struct {
	method   string
	template string
	segments []segment
	handler  http.Handler
}

type segment struct {
	text string // the literal, or the wildcard's name
	wild bool
}

// Handle registers a handler, before the first request. It panics on a template that does not begin
// with a slash, on a malformed wildcard, and on a duplicate, since these are bugs.
func (rt *Router) Handle(method, template string, h http.Handler) {
	if method == "" || h == nil || !strings.HasPrefix(template, "/") {
		panic("emulator: bad route " + method + " " + template)
	}
	added := route{method: method, template: template, segments: parseTemplate(template), handler: h}
	key := added.key()
	if other, there := rt.known[key]; there {
		panic("emulator: " + method + " " + template + " is the same route as " + other)
	}
	if rt.known == nil {
		rt.known = make(map[string]string)
	}
	rt.known[key] = template
	rt.routes = append(rt.routes, added)
}

// key returns a key that is the same for routes that match the same requests, whatever the names of
// their wildcards.
func (r route) key() string {
	var key strings.Builder
	key.WriteString(r.method)
	for _, s := range r.segments {
		if s.wild {
			key.WriteString("/{}") // literals have no braces
		} else {
			key.WriteString("/" + s.text)
		}
	}
	return key.String()
}

// sort orders routes that match the same path by preference.
func (rt *Router) sort() {
	slices.SortStableFunc(rt.routes, func(a, b route) int { return compareSegments(a.segments, b.segments) })
}

// HandleFunc registers a function, as Handle does.
func (rt *Router) HandleFunc(method, template string, h http.HandlerFunc) {
	rt.Handle(method, template, h)
}

// Routes returns all routes as "METHOD /template", sorted by template and method.
func (rt *Router) Routes() []string {
	all := slices.Clone(rt.routes)
	slices.SortFunc(all, func(a, b route) int {
		if c := strings.Compare(a.template, b.template); c != 0 {
			return c
		}
		return strings.Compare(a.method, b.method)
	})
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.method + " " + r.template
	}
	return names
}

// ServeHTTP calls the handler of the route that fits best.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt.sorted.Do(rt.sort)
	path, ok := splitPath(r.URL.EscapedPath(), rt.TrailingSlash)
	var allowed []string
	for _, candidate := range rt.routes {
		if !ok || !candidate.matches(path) {
			continue
		}
		if candidate.method != r.Method {
			allowed = append(allowed, candidate.method)
			continue
		}
		for i, s := range candidate.segments {
			if s.wild {
				r.SetPathValue(s.text, path[i])
			}
		}
		candidate.handler.ServeHTTP(w, r)
		return
	}
	rt.miss(w, r, allowed)
}

func (rt *Router) miss(w http.ResponseWriter, r *http.Request, allowed []string) {
	slices.Sort(allowed)
	allowed = slices.Compact(allowed)
	switch {
	case len(allowed) > 0 && rt.MethodNotAllowed != nil:
		rt.MethodNotAllowed(w, r, allowed)
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
	case rt.NotFound != nil:
		rt.NotFound(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (r route) matches(path []string) bool {
	if len(path) != len(r.segments) {
		return false
	}
	for i, s := range r.segments {
		if (s.wild && path[i] == "") || (!s.wild && path[i] != s.text) {
			return false
		}
	}
	return true
}

// compareSegments orders literal before wildcard, so that the first route that matches is the best
// one.
func compareSegments(a, b []segment) int {
	return slices.CompareFunc(a, b, func(x, y segment) int {
		switch {
		case x.wild && y.wild:
			return 0
		case x.wild:
			return 1
		case y.wild:
			return -1
		}
		return strings.Compare(x.text, y.text)
	})
}

func parseTemplate(template string) []segment {
	var segments []segment
	for part := range strings.SplitSeq(template[1:], "/") {
		name, open := strings.CutPrefix(part, "{")
		name, closed := strings.CutSuffix(name, "}")
		if open != closed || (open && name == "") || strings.ContainsAny(name, "{}") {
			panic("emulator: bad wildcard in " + template)
		}
		segments = append(segments, segment{text: name, wild: open})
	}
	return segments
}

// splitPath splits an escaped path into unescaped segments. An escaped slash stays inside its
// segment.
func splitPath(escaped string, trailingSlash bool) ([]string, bool) {
	if !strings.HasPrefix(escaped, "/") {
		return nil, false
	}
	if trailingSlash && len(escaped) > 1 {
		escaped = strings.TrimSuffix(escaped, "/")
	}
	parts := strings.Split(escaped[1:], "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = text
	}
	return parts, true
}
