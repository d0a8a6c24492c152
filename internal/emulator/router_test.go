package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

func answer(rt http.Handler, method, target string) (int, string) {
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Code, w.Body.String()
}

// table registers each route with a handler that answers with the route and its values.
func table(routes ...[2]string) *emulator.Router {
	rt := new(emulator.Router)
	for _, r := range routes {
		rt.HandleFunc(r[0], r[1], func(w http.ResponseWriter, req *http.Request) {
			_, _ = fmt.Fprintf(w, "%s id=%q name=%q", r[1], req.PathValue("id"), req.PathValue("name"))
		})
	}
	return rt
}

func TestRouterFindsTheBestRoute(t *testing.T) {
	rt := table(
		[2]string{"GET", "/clients/{id}/stats"}, [2]string{"GET", "/clients/name/{name}"}, [2]string{"GET", "/clients/{id}"},
		[2]string{"PUT", "/clients/{id}"}, [2]string{"GET", "/clients/self"}, [2]string{"GET", "/clients"}, [2]string{"GET", "/"},
		[2]string{"POST", "/{id}/{name}"},
	)
	for target, want := range map[string]string{
		"/clients":             `/clients id="" name=""`,
		"/clients/12":          `/clients/{id} id="12" name=""`,
		"/clients/self":        `/clients/self id="" name=""`,
		"/clients/name/stats":  `/clients/name/{name} id="" name="stats"`,
		"/clients/12/stats":    `/clients/{id}/stats id="12" name=""`,
		"/clients/a%2Fb%20c":   `/clients/{id} id="a/b c" name=""`,
		"/clients/%2e%2e":      `/clients/{id} id=".." name=""`,
		"/clients/name/%7Bx%7": "",
		"/":                    `/ id="" name=""`,
	} {
		if want == "" {
			continue // not a URL at all
		}
		status, text := answer(rt, "GET", target)
		require.Equal(t, 200, status, target)
		require.Equal(t, want, text, target)
	}
	_, text := answer(rt, "PUT", "/clients/self")
	require.Equal(t, `/clients/{id} id="self" name=""`, text, "a route that has the method wins")
	for _, target := range []string{"/clients/", "/client", "/clients/1/2/3", "/clients//stats", "//"} {
		status, _ := answer(rt, "GET", target)
		require.Equal(t, 404, status, target)
	}
	require.Equal(t, []string{
		"GET /", "GET /clients", "GET /clients/name/{name}", "GET /clients/self", "GET /clients/{id}",
		"PUT /clients/{id}", "GET /clients/{id}/stats", "POST /{id}/{name}",
	}, rt.Routes())
}

func TestRouterHooks(t *testing.T) {
	rt := table([2]string{"GET", "/a"}, [2]string{"PUT", "/{id}"}, [2]string{"DELETE", "/a"})
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest(http.MethodPatch, "/a", nil))
	require.Equal(t, 405, w.Code)
	require.Equal(t, "DELETE, GET, PUT", w.Header().Get("Allow"))

	var allowed []string
	rt.MethodNotAllowed = func(w http.ResponseWriter, _ *http.Request, methods []string) {
		allowed = methods
		w.WriteHeader(404)
	}
	rt.NotFound = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }
	status, _ := answer(rt, "PATCH", "/a")
	require.Equal(t, 404, status)
	require.Equal(t, []string{"DELETE", "GET", "PUT"}, allowed)
	status, _ = answer(rt, "GET", "/a/b")
	require.Equal(t, 410, status)
}

func TestRouterTrailingSlash(t *testing.T) {
	rt := table([2]string{"GET", "/clients"}, [2]string{"GET", "/clients/{id}"})
	rt.TrailingSlash = true
	_, text := answer(rt, "GET", "/clients/")
	require.Equal(t, `/clients id="" name=""`, text)
	status, _ := answer(rt, "GET", "/clients//")
	require.Equal(t, 404, status)
}

func TestRouterRefusesMistakes(t *testing.T) {
	h := http.NotFoundHandler()
	for _, template := range []string{"", "clients", "/{", "/{}", "/a{b}", "/{a}b", "/{a"} {
		require.Panics(t, func() { new(emulator.Router).Handle("GET", template, h) }, template)
	}
	rt := table([2]string{"GET", "/{id}"})
	require.Panics(t, func() { rt.Handle("GET", "/{name}", h) })
	require.NotPanics(t, func() { rt.Handle("PUT", "/{name}", h) })
	require.Panics(t, func() { rt.Handle("", "/x", h) })
	require.Panics(t, func() { rt.Handle("GET", "/x", nil) })
}
