package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/provkit/provkit/provider"
)

// CallOf returns the call for a request that has no method yet. op is the client's method that
// takes such requests: "Do". The error for a bad request names its fields.
func CallOf(kind, op string, req *provider.Request, out any) (*Call, error) {
	var problems provider.Problems
	if req == nil {
		problems.Add("request", "nil")
		return nil, problems.Err(kind, op, "call")
	}
	if req.Method == "" {
		problems.Add("Method", "required")
	}
	if !strings.HasPrefix(req.Route, "/") {
		problems.Add("Route", `must begin with "/"`)
	}
	if err := problems.Err(kind, op, "call"); err != nil {
		return nil, err
	}
	endpoint := &Endpoint{Provider: kind, Op: op, Verb: req.Method + " " + req.Route, Method: req.Method, Route: req.Route, Sensitive: req.Sensitive}
	switch {
	case req.Method == http.MethodGet, req.Method == http.MethodHead:
		endpoint.Effect = Read
	case req.Retryable:
		endpoint.Effect = Idempotent
	}
	call := &Call{Endpoint: endpoint, Args: req.Args, Body: req.Body, Out: out}
	if req.Query != nil {
		call.Query = req.Query
	}
	return call, nil
}

// Structure returns the body of an answer that must be an object or a list, and about which nothing
// else is known, without what may surround JSON.
func (a *Answer) Structure() (provider.Payload, error) {
	body := Content(a.Body)
	switch {
	case len(body) == 0:
		return provider.Payload{}, errors.New("no body")
	case !json.Valid(body):
		return provider.Payload{}, errors.New("not JSON")
	case body[0] != '{' && body[0] != '[':
		return provider.Payload{}, errors.New("neither an object nor a list")
	}
	return provider.NewPayload(string(body)), nil
}
