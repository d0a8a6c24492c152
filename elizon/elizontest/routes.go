package elizontest

import "slices"

type handler func(*call) reply

// access is which credentials a route needs.
type access int

const (
	public      access = iota
	keyless            // public, but an API key is refused
	sessionOnly        // a session, no API key
	withKey            // an API key or a session
)

// intake is what a route does with a request's body.
type intake int

const (
	noBody   intake = iota
	object          // a JSON object is required
	optional        // a JSON object is optional
	files           // a multipart form with files
)

// route is a row of the API's inventory.
type route struct {
	method, path string
	// also are the other methods of a row whose method is a guess between several.
	also   []string
	access access
	intake intake
	// permission is what a key must have; "" for none, or for one that depends on the body.
	permission string
	// platform is set if X-Elizon-Client matters.
	platform bool
	// beyond is set for a row that the vendor's programs use and its reference does not list.
	beyond bool
	// handler is nil for a row without modelled state.
	handler handler
}

// routes is the whole API: the rows of testdata/operations.tsv, and those beyond the reference.
func routes() []route { return slices.Concat(accountRoutes, serviceRoutes, beyondRoutes) }

// Routes returns all rows of the API's inventory as "METHOD /path", sorted. Where the method is a
// guess between several, it is the likeliest one; the server accepts the others too.
func Routes() []string {
	return routesWhere(func(rt route) bool { return !rt.beyond })
}

// BeyondRoutes returns the rows that the vendor's programs use and its reference does not list, as
// [Routes] does. [WithReferenceOnly] switches them off.
func BeyondRoutes() []string { return routesWhere(func(rt route) bool { return rt.beyond }) }

func routesWhere(so func(route) bool) []string {
	var all []string
	for _, rt := range routes() {
		if so(rt) {
			all = append(all, rt.method+" "+rt.path)
		}
	}
	slices.Sort(all)
	return all
}

// UnmodelledRoutes returns those of [Routes] that only answer the error [Unmodelled].
func UnmodelledRoutes() []string {
	return routesWhere(func(rt route) bool { return rt.handler == nil })
}
