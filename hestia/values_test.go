package hestia_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func httpClient(rt http.RoundTripper) provider.Option {
	return provider.WithHTTPClient(&http.Client{Transport: rt})
}

func noWait() provider.Option {
	return provider.WithRetry(provider.Retry{MinWait: time.Microsecond, MaxWait: time.Microsecond})
}

// checkValue compares what a method returned with the recorded answer: the value must contain
// everything in it, unaltered.
func checkValue(t *testing.T, e *exchange, value any) {
	t.Helper()
	body := strings.TrimSpace(e.Response.Body)
	if _, run := value.(*hestia.Result); !run && !hestia.Definitions()[e.fields()["cmd"]].Escapes {
		body = strings.ReplaceAll(strings.ReplaceAll(body, `\`, `\\`), `\\"`, `\"`)
	}
	switch v := value.(type) {
	case nil: // a change
		return
	case *hestia.Result:
		switch {
		case e.fields()["returncode"] == "yes":
			assert.Empty(t, v.Output)
		case e.Response.Headers["Hestia-Exit-Code"] == "" && body == "OK":
			assert.Empty(t, v.Output)
		default:
			assert.Equal(t, e.Response.Body, v.Output)
		}
		return
	case string:
		switch {
		case e.fields()["cmd"] == "v-make-tmp-file":
		case strings.HasPrefix(body, "{"): // one text inside, with its line breaks spelled out
			_, rows := rowsOf(t, body)
			for _, raw := range fieldsOf(t, rows[0]) {
				assert.Equal(t, strings.ReplaceAll(textOf(t, raw), `\n`, "\n"), v)
			}
		default:
			assert.Equal(t, body, strings.TrimSpace(v))
		}
		return
	case provider.Secret:
		assert.Equal(t, body, v.Reveal())
		return
	case bool:
		assert.Equal(t, strings.Contains(body, "Enabled"), v)
		return
	case []string:
		checkTexts(t, body, v)
		return
	}
	keys, rows := rowsOf(t, body)
	if exclusions, ok := value.(*hestia.BackupExclusions); ok {
		for i, kind := range []*[]hestia.BackupExclusion{
			&exclusions.Web, &exclusions.DNS, &exclusions.Mail, &exclusions.Databases, &exclusions.Cron, &exclusions.Directories,
		} {
			assert.Len(t, *kind, len(fieldsOf(t, rows[i])), keys[i])
		}
		return
	}
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Slice {
		require.Equal(t, len(rows), v.Len())
		for i, row := range rows {
			checkThing(t, keys[i], fieldsOf(t, row), v.Index(i))
		}
		return
	}
	if v.Kind() == reflect.Map {
		require.Len(t, rows, 1)
		for _, row := range rows {
			for name, raw := range fieldsOf(t, row) {
				assert.Equal(t, textOf(t, raw), spellOne(t, v.MapIndex(reflect.ValueOf(name)), ""), name)
			}
		}
		return
	}
	if rows[0][0] != '{' { // a flat object
		checkThing(t, "", fieldsOf(t, json.RawMessage(body)), v)
		return
	}
	require.Len(t, rows, 1)
	checkThing(t, keys[0], fieldsOf(t, rows[0]), v)
}

func checkTexts(t *testing.T, body string, got []string) {
	t.Helper()
	var want []string
	text := string(repaired([]byte(body)))
	if text != "" {
		require.NoError(t, json.Unmarshal([]byte(text), &want))
	}
	assert.Equal(t, len(want), len(got))
	for i := range got {
		assert.Equal(t, want[i], got[i])
	}
}

func fieldsOf(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &fields))
	return fields
}

// rowsOf returns the elements of an object or an array, in order, since names may occur twice.
func rowsOf(t *testing.T, body string) (keys []string, rows []json.RawMessage) {
	t.Helper()
	if body == "" || body == "OK" {
		return nil, nil
	}
	decoder := json.NewDecoder(strings.NewReader(string(repaired([]byte(body)))))
	open, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		key := ""
		if open == json.Delim('{') {
			token, err := decoder.Token()
			require.NoError(t, err)
			key = token.(string)
		}
		var row json.RawMessage
		require.NoError(t, decoder.Decode(&row))
		keys, rows = append(keys, key), append(rows, row)
	}
	return keys, rows
}

func textOf(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	if raw[0] == '[' {
		var list []string
		require.NoError(t, json.Unmarshal(raw, &list))
		return strings.Join(list, ",")
	}
	var text string
	require.NoError(t, json.Unmarshal(raw, &text))
	return text
}

// checkThing compares every field that the panel sent with the Go value that it became, in the
// panel's spelling. A field that has no place in the type fails the test.
func checkThing(t *testing.T, key string, fields map[string]json.RawMessage, thing reflect.Value) {
	t.Helper()
	spelled := make(map[string]string)
	spell(t, thing.Elem(), spelled)
	if name, ok := spelled["#key"]; ok && key != "" {
		assert.Equal(t, key, name, "the name")
	}
	for name, raw := range fields {
		want := strings.TrimSpace(textOf(t, raw))
		got, there := spelled[name]
		if !assert.True(t, there, "%v has no field for %s (%q)", thing.Type(), name, want) {
			continue
		}
		switch {
		case want == "" && (got == "0" || got == "no"), want == got:
		case want == "true" && got == "yes", want == "false" && got == "no":
		case strings.Trim(want, "'") == got: // DKIM records are quoted for a zone file
		case strings.ReplaceAll(want, " ", "") == strings.ReplaceAll(got, " ", ""):
		default:
			t.Errorf("%v.%s: the panel sent %q, the value says %q", thing.Type(), name, want, got)
		}
	}
}

func spell(t *testing.T, v reflect.Value, out map[string]string) {
	t.Helper()
	for i := range v.NumField() {
		field, f := v.Type().Field(i), v.Field(i)
		name, mode, _ := strings.Cut(field.Tag.Get("hestia"), ",")
		if field.Tag == "" {
			switch f.Kind() {
			case reflect.Struct:
				spell(t, f, out)
			case reflect.Map: // settings that have no field of their own
				for key, value := range f.Seq2() {
					if _, there := out[key.String()]; !there {
						out[key.String()] = spellOne(t, value, "")
					}
				}
			}
			continue
		}
		text := spellOne(t, f, mode)
		if mode == "key" {
			out["#key"] = text
		}
		if name == "" {
			continue
		}
		date, clock, both := strings.Cut(name, "+")
		if both {
			out[date], out[clock] = "", ""
			if at := f.Interface().(time.Time); !at.IsZero() {
				out[date], out[clock] = at.Format(time.DateOnly), at.Format(time.TimeOnly)
			}
			continue
		}
		out[name] = text
	}
}

func spellOne(t *testing.T, f reflect.Value, mode string) string {
	t.Helper()
	switch v := f.Interface().(type) {
	case provider.Secret:
		return v.Reveal()
	case hestia.Limit:
		return v.String()
	case time.Time:
		switch {
		case v.IsZero():
			return ""
		case mode == "date":
			return v.Format(time.DateOnly)
		case mode == "openssl":
			return v.Format("Jan _2 15:04:05 2006 GMT")
		}
		return v.Format(time.DateTime)
	case []string:
		if mode == "colon" {
			return strings.Join(v, ":")
		}
		return strings.Join(v, ",")
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return v
	case interface {
		IsValid() bool
		String() string
	}:
		if !v.IsValid() {
			return ""
		}
		return v.String()
	}
	t.Errorf("a field of type %v", f.Type())
	return ""
}
