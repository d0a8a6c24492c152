package clienttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
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

// inPlaceOf returns the answer of an exchange as it is for a request that names other things.
func (v *Vendor) inPlaceOf(row Row, e fixture.Exchange, now Request) string {
	body := e.Response.Bytes()
	before := v.named(row, e.Request.Path, url.Values(e.Request.Query), url.Values(e.Request.Form), e.Request.Body)
	swap := make(map[string]string)
	for place, value := range v.named(row, now.Path, now.Query, now.Form(), []byte(now.Body)) {
		if old, there := before[place]; there && old != value {
			swap[old] = value
		}
	}
	swapped, _ := rename(body, swap)
	return string(swapped)
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

// stranger returns the ID or name of something else, of the same form.
func stranger(name string) string {
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
// compared, with the reason. CheckAbout returns the methods whose requests name a thing, and whose
// answers do not.
func (v *Vendor) CheckAbout(t testing.TB, blind map[string]string) (silent []string) {
	t.Helper()
	blind = maps.Clone(blind)
	good := v.Good()
	compared := 0
	for _, u := range v.Uses(t) {
		swap := make(map[string]string)
		for _, name := range v.named(*u.Row, u.Sent.Path, u.Sent.Query, u.Sent.Form(), []byte(u.Sent.Body)) {
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
		if _, known := blind[u.Op]; known {
			require.NoError(t, out.Err, "%s is not blind", u.Op)
			delete(blind, u.Op)
			continue
		}
		require.Error(t, out.Err, "%s took the answer about another thing: %s", u.Op, reply.Body)
		require.ErrorIs(t, out.Err, provider.ErrProtocol, u.Op)
		require.ErrorContains(t, out.Err, "the answer is about", u.Op)
		require.Equal(t, !u.Row.Reads, errors.Is(out.Err, provider.ErrOutcomeUnknown), "%s: %v", u.Op, out.Err)
		compared++
	}
	require.Empty(t, blind, "no such methods, or their answers name nothing")
	slices.Sort(silent)
	t.Logf("%d methods compare, %d answers name nothing", compared, len(silent))
	return silent
}
