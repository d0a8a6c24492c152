package clienttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// named returns what a request is about, by place: the arguments of its path, and those fields of its
// query, form and body that Vendor.Names lists.
func (v *Vendor) named(r Row, path string, query, form url.Values, body []byte) map[string]string {
	all := make(map[string]string)
	if found := r.arguments().FindStringSubmatch(path); found != nil {
		for i, arg := range found[1:] {
			if text, err := url.PathUnescape(arg); err == nil {
				all["path "+strconv.Itoa(i)] = text
			}
		}
	}
	var fields map[string]any
	_ = numbers(body, &fields) // anything but an object has no names
	for _, name := range v.Names {
		switch value := fields[name].(type) {
		case string:
			all[name] = value
		case json.Number:
			all[name] = value.String()
		}
		for _, values := range []url.Values{query, form} {
			if values.Has(name) {
				all[name] = values.Get(name)
			}
		}
	}
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	return all
}

func numbers(body []byte, out any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return decoder.Decode(out)
}

func (v *Vendor) namedBy(row Row, r Request) map[string]string {
	return v.named(row, r.Path, r.Query, r.Form(), []byte(r.Body))
}

func (v *Vendor) namedIn(row Row, e fixture.Exchange) map[string]string {
	return v.named(row, e.Request.Path, url.Values(e.Request.Query), url.Values(e.Request.Form), e.Request.Body)
}

func samePlaces(a, b map[string]string) bool {
	return maps.EqualFunc(a, b, func(string, string) bool { return true })
}

// inPlaceOf returns the answer of an exchange as it is for a request that names other things.
func (v *Vendor) inPlaceOf(row Row, e fixture.Exchange, now Request) Reply {
	reply := Reply{Status: e.Response.Status}
	for name, value := range e.Response.Header {
		if reply.Header == nil {
			reply.Header = make(http.Header)
		}
		reply.Header.Set(name, value)
	}
	if reply.Header != nil && reply.Header.Get("Content-Type") == "" {
		reply.Header.Set("Content-Type", "application/json")
	}
	before := v.namedIn(row, e)
	swap := make(map[string]string)
	for place, value := range v.namedBy(row, now) {
		if old, there := before[place]; there && old != value {
			swap[old] = value
		}
	}
	body, _ := rename(e.Response.Bytes(), swap)
	reply.Body = string(body)
	return reply
}

// rename replaces texts, numbers and names of objects in JSON, and returns how many it replaced.
// Anything else is returned as it is.
func rename(body []byte, swap map[string]string) (renamed []byte, count int) {
	var value any
	if len(swap) == 0 || numbers(body, &value) != nil {
		return body, 0
	}
	var walk func(any) any
	walk = func(value any) any {
		switch value := value.(type) {
		case map[string]any:
			all := make(map[string]any, len(value))
			for name, element := range value {
				if other, there := swap[name]; there {
					name = other
					count++
				}
				all[name] = walk(element)
			}
			return all
		case []any:
			for i, element := range value {
				value[i] = walk(element)
			}
		case string:
			if other, there := swap[value]; there {
				count++
				return other
			}
		case json.Number:
			other, there := swap[value.String()]
			if !there {
				return value
			}
			count++
			if _, err := strconv.ParseInt(other, 10, 64); err == nil {
				return json.Number(other)
			}
			return other
		}
		return value
	}
	value = walk(value)
	if count == 0 {
		return body, 0
	}
	renamed, err := json.Marshal(value)
	if err != nil {
		return body, 0
	}
	return renamed, count
}

// stranger returns the ID, name or address of something else, of the same form.
func stranger(name string) string {
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Next().String()
	}
	if n, err := strconv.ParseInt(name, 10, 64); err == nil {
		return strconv.FormatInt(n+90_000, 10)
	}
	first := "q"
	if name[0] == 'q' {
		first = "z"
	}
	return first + name[1:]
}

// CheckAbout calls every method against a server whose answer, the good one in everything else, is
// about another thing. The method must not take it: the error is ErrProtocol, and that of a change
// leaves its outcome unknown. blind are the methods whose answers name something that cannot be
// compared, with the reason. CheckAbout returns the methods that compare, and those whose requests
// name a thing and whose answers do not.
func (v *Vendor) CheckAbout(t testing.TB, blind map[string]string) (compared, silent []string) {
	t.Helper()
	good := v.Good()
	var took []string
	for _, u := range v.Uses(t) {
		swap := make(map[string]string)
		for _, name := range v.namedBy(*u.Row, u.Sent) {
			swap[name] = stranger(name)
		}
		if len(swap) == 0 {
			continue
		}
		reply := good(t.Context(), u.Sent)
		body, count := rename([]byte(reply.Body), swap)
		if count == 0 {
			silent = append(silent, u.Op)
			continue
		}
		reply.Body = string(body)
		out := run(t, v.Method(t, v.Tap(v.insteadOf(&u.Op, reply, good)), u.Op), reply.Body)
		if out.Err == nil {
			took = append(took, u.Op)
			continue
		}
		require.ErrorIs(t, out.Err, provider.ErrProtocol, u.Op)
		require.ErrorContains(t, out.Err, "the answer is about", u.Op)
		require.Equal(t, !u.Row.Reads, errors.Is(out.Err, provider.ErrOutcomeUnknown), "%s: %v", u.Op, out.Err)
		compared = append(compared, u.Op)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(blind)), took, "took the answer about another thing")
	slices.Sort(compared)
	slices.Sort(silent)
	t.Logf("%d methods compare, %d answers name nothing", len(compared), len(silent))
	return compared, silent
}
