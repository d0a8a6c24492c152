package hestia_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// exchange is an exchange that was recorded from a running panel.
type exchange struct {
	File    string `json:"-"`
	Name    string `json:"name"`
	Request struct {
		Method string            `json:"method"`
		Path   string            `json:"path"`
		Form   map[string]string `json:"form"`
		JSON   map[string]string `json:"json"`
		Body   *string           `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	} `json:"response"`
}

func recorded(t testing.TB) []exchange {
	t.Helper()
	files, err := filepath.Glob("../testdata/hestia/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []exchange
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			e := exchange{File: filepath.Base(name)}
			require.NoError(t, json.Unmarshal(lines.Bytes(), &e), name)
			all = append(all, e)
		}
		require.NoError(t, lines.Err())
		require.NoError(t, file.Close())
	}
	return all
}

// fields returns the fields of the request, however they were encoded.
func (e *exchange) fields() map[string]string {
	if e.Request.Form != nil {
		return e.Request.Form
	}
	return e.Request.JSON
}

func (e *exchange) args() []string {
	form := make(url.Values)
	for name, value := range e.fields() {
		form.Set(name, value)
	}
	return args(form)
}

func (e *exchange) answer() answer {
	return answer{status: e.Response.Status, header: e.Response.Headers, body: e.Response.Body}
}

// auth returns the sign-in of the recorded fields.
func (e *exchange) auth() (auth hestia.Auth, legacy bool) {
	f := e.fields()
	switch {
	case f["access_key"] != "" && f["secret_key"] != "":
		return hestia.AccessKey(f["access_key"], provider.NewSecret(f["secret_key"])), false
	case strings.Contains(f["hash"], ":"):
		return hestia.AccessKeyHash(provider.NewSecret(f["hash"])), false
	case f["hash"] != "":
		return hestia.APIKey(provider.NewSecret(f["hash"])), true
	}
	return hestia.Password(f["user"], provider.NewSecret(f["password"])), true
}

// code returns the exit code that the exchange proves. The legacy engine hides it when it returns
// output; then another exchange of the same command proves it.
func (e *exchange) code(codes map[string]int) (int, bool) {
	if text, ok := e.Response.Headers["Hestia-Exit-Code"]; ok {
		code, err := strconv.Atoi(text)
		return code, err == nil
	}
	body := strings.TrimSpace(e.Response.Body)
	if e.fields()["returncode"] == "yes" {
		code, err := strconv.Atoi(body)
		return code, err == nil
	}
	if !strings.HasPrefix(body, "Error:") && !strings.HasPrefix(body, "Usage:") {
		return 0, e.Response.Status == 200
	}
	code, known := codes[body]
	return code, known
}

// notSendable says why no client of this package sends the request; "" if one can. The answer is
// read anyway.
func (e *exchange) notSendable() string {
	f := e.fields()
	_, both := f["user"]
	switch {
	case e.Request.Form == nil && e.Request.JSON != nil:
		return "a JSON body: the client sends forms"
	case e.Request.Form == nil:
		return "no form at all"
	case e.Request.Path != "/api/":
		return "another path than /api/"
	case both && f["access_key"] != "":
		return "two sign-ins at once"
	case f["cmd"] == "" || strings.Trim(f["cmd"], "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return "no valid command: refused before sending"
	case f["returncode"] != "" && f["returncode"] != "yes":
		return "returncode with another word than yes"
	case f["access_key"] != "" && f["secret_key"] == "", f["access_key"] == "" && f["hash"] == "" && (f["user"] == "" || f["password"] == ""):
		return "incomplete credentials: refused by New"
	}
	numbered := 0
	for name, value := range f {
		if !strings.HasPrefix(name, "arg") {
			continue
		}
		numbered++
		if strings.Trim(value, " \t\r\n") != value {
			return "an argument that the panel trims: refused before sending"
		}
	}
	if numbered != len(e.args()) {
		return "a gap between the arguments, or more than 13"
	}
	return ""
}

// notTyped says why a method cannot send what was recorded, so that Run does.
func notTyped(e *exchange, d hestia.Defined, known bool) string {
	given := e.args()
	if !known {
		return "no method has the command " + e.fields()["cmd"]
	}
	// With returncode=yes a listing answers only a code.
	if d.Loud && e.fields()["returncode"] == "yes" {
		return "returncode=yes, where a method wants the output"
	}
	if len(given) > len(d.Params) && !d.Params[len(d.Params)-1].Many {
		return "more arguments than the command takes"
	}
	for i, p := range d.Params {
		switch {
		case p.Word != "" && (i >= len(given) || given[i] != p.Word):
			return "another format than json"
		case p.Word == "" && !p.Optional && i >= len(given):
			return "a required argument is left out: the method has it as a parameter"
		case p.Word == "" && !p.Optional && given[i] == "":
			return "a required argument is empty: refused before sending"
		}
	}
	return ""
}

// typed performs the recorded request with the method of its command.
func typed(t *testing.T, c *hestia.Client, e *exchange, d hestia.Defined) (value any, reason string, err error) {
	t.Helper()
	method := methodsOf(c)[d.Op]
	require.True(t, method.IsValid(), "there is no method %s", d.Op)
	given := e.args()
	if swapped[d.Op] {
		slices.Reverse(given)
	}
	var texts []string
	for i, text := range given {
		if i >= len(d.Params) || d.Params[i].Word == "" {
			texts = append(texts, text)
		}
	}
	in := build(t.Context(), method.Type(), func(goType reflect.Type) reflect.Value {
		if len(texts) == 0 {
			return reflect.Zero(goType)
		}
		if n := min(spread[d.Op], len(texts)); n > 0 && goType.Kind() == reflect.Slice {
			list := slices.DeleteFunc(slices.Clone(texts[:n]), func(text string) bool { return text == "" })
			texts = texts[n:]
			return reflect.ValueOf(list)
		}
		v, problem := parse(goType, texts[0])
		if problem != nil {
			reason = "an argument that the method's type cannot hold: " + texts[0]
			return reflect.Zero(goType)
		}
		texts = texts[1:]
		return v
	})
	require.Empty(t, texts, "%s has no room for", d.Op)
	if reason != "" {
		return nil, reason, nil
	}
	value, err = call(method, in)
	return value, "", err
}

// TestReplay sends each recorded exchange through the client. The method of its command must send
// the recorded form by value, and return for the recorded answer what the exchange proves: a value,
// field by field, success, or an error.
func TestReplay(t *testing.T) {
	all := recorded(t)
	codes := textCodes(all)
	definitions := hestia.Definitions()
	byMethod, byRun := 0, map[string]int{}
	unsent := map[string]int{}
	tried := map[string]bool{}
	for _, e := range all {
		t.Run(e.File+"/"+e.Name, func(t *testing.T) {
			reason := e.notSendable()
			if reason != "" {
				unsent[reason]++
				replayAnswer(t, &e)
				return
			}
			auth, isLegacy := e.auth()
			p := newPanel(e.answer())
			c, err := hestia.New(panelURL, auth, replayOptions(p, e.fields()["returncode"] == "yes")...)
			if err != nil {
				unsent["credentials of another form than the panel's: refused by New"]++
				replayAnswer(t, &e)
				return
			}
			command := e.fields()["cmd"]
			d, known := definitions[command]
			why := notTyped(&e, d, known)
			var value any
			if why == "" {
				value, why, err = typed(t, c, &e, d)
			}
			loud := d.Loud && why == ""
			if why != "" {
				byRun[why]++
				value, err = c.Run(t.Context(), command, e.args()...)
			} else {
				byMethod++
				tried[command] = true
			}
			checkForm(t, &e, p, why == "")
			checkOutcome(t, &e, codes, isLegacy, loud, value, err)
		})
	}
	t.Logf("%d exchanges: %d by the methods of %d commands, %d by Run, %d read only because no client sends them",
		len(all), byMethod, len(tried), sum(byRun), sum(unsent))
	for _, reasons := range []map[string]int{byRun, unsent} {
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			t.Logf("%4d  %s", reasons[reason], reason)
		}
	}
	assert.Equal(t, len(all), byMethod+sum(byRun)+sum(unsent), "none is skipped")
}

func sum(counts map[string]int) (n int) {
	for _, count := range counts {
		n += count
	}
	return n
}

// textCodes learns from the exchanges that show text and code what a text means.
func textCodes(all []exchange) map[string]int {
	codes := map[string]int{ // for texts that were recorded only through the legacy engine
		"Error: invalid min format :: abc":                    2,
		"Error: cron 42 is suspended":                         5,
		"Error: dns record validation failed :: 192.0.2.1":    2,
		"Error: quinn.example.org jobs is not suspended":      6,
		"Error: quinn.example.org account nope doesn't exist": 3,
		"Error: user nix doesn't exist":                       3,
		"Error: package medium doesn't exist":                 3,
	}
	for _, e := range all {
		if text, ok := e.Response.Headers["Hestia-Exit-Code"]; ok && e.Response.Body != "" {
			code, _ := strconv.Atoi(text)
			body := strings.TrimSpace(e.Response.Body)
			if known, twice := codes[body]; !twice || known == 0 {
				codes[body] = code
			}
		}
	}
	return codes
}

func replayOptions(p *panel, returnCodes bool) []provider.Option {
	return []provider.Option{httpClient(p), noWait(), hestia.WithReturnCodes(returnCodes)}
}

// defaults are what the client puts into gaps where nothing was recorded.
var defaults = map[string]map[string]string{"v-add-sys-ip": {"arg5": "shared"}}

// checkForm compares forms by value. A method leaves out empty arguments and unset flags at the
// end, which is the same for scripts.
func checkForm(t *testing.T, e *exchange, p *panel, byMethod bool) {
	t.Helper()
	want := make(url.Values)
	for name, text := range e.Request.Form {
		want.Set(name, text)
	}
	got := p.sent()
	require.NotNil(t, got, "nothing was sent")
	if byMethod {
		for name, text := range defaults[e.fields()["cmd"]] {
			if got.Get(name) == text && want.Get(name) == "" {
				want.Set(name, text) // the script's default
			}
		}
		for i := 13; i > 0; i-- {
			name := fmt.Sprintf("arg%d", i)
			if text := want.Get(name); got.Has(name) || text != "" && text != "no" {
				break
			}
			want.Del(name)
		}
	}
	assert.Equal(t, want, got)
	assert.Equal(t, "POST /below"+e.Request.Path, p.paths[0])
}

// kinds are the portable errors that the issue and the documents assign to the codes.
var kinds = map[int]error{
	1: provider.ErrInvalid, 2: provider.ErrInvalid, 3: provider.ErrNotFound, 4: provider.ErrAlreadyExists,
	5: provider.ErrConflict, 6: provider.ErrConflict, 7: provider.ErrInUse, 8: provider.ErrQuota,
	9: provider.ErrUnauthorized, 10: provider.ErrForbidden, 11: provider.ErrUnsupported, 12: provider.ErrUnavailable,
	13: provider.ErrOutcomeUnknown, 14: provider.ErrUnavailable, 15: provider.ErrUnavailable, 16: provider.ErrOutcomeUnknown,
	17: provider.ErrOutcomeUnknown, 18: provider.ErrOutcomeUnknown, 19: provider.ErrOutcomeUnknown, 20: provider.ErrOutcomeUnknown,
	21: provider.ErrForbidden, 405: provider.ErrProtocol, -1: provider.ErrInvalid,
}

func checkOutcome(t *testing.T, e *exchange, codes map[string]int, isLegacy, loud bool, value any, err error) {
	t.Helper()
	if e.Response.Headers["Hestia-Exit-Code"] == "" && (e.Response.Status != 200 || !isLegacy) {
		require.Error(t, err)
		var exit hestia.ExitCode
		assert.False(t, errors.As(err, &exit), "the API did not answer this")
		return
	}
	code, known := e.code(codes)
	require.True(t, known, "the exchange proves no code")
	if code == 0 && err != nil && isLegacy && strings.HasPrefix(e.Response.Body, "Error:") {
		// What is only a remark with an access key cannot be distinguished from a failure here.
		return
	}
	if code == 0 {
		if loud && isLegacy && e.Response.Body == "OK" {
			return
		}
		require.NoError(t, err)
		checkValue(t, e, value)
		return
	}
	require.Error(t, err)
	var exit hestia.ExitCode
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, hestia.ExitCode(code), exit)
	want := kinds[code]
	body := e.Response.Body
	switch {
	case strings.Contains(body, "IP is not allowed"):
		want = provider.ErrIPNotAllowed
	case strings.HasPrefix(body, "Error: Command v-") && strings.HasSuffix(body, "not found"):
		want = provider.ErrUnsupported
	case code == 10 && isLegacy && strings.Contains(body, "authentication failed"):
		want = provider.ErrUnauthorized
	case code == 12 && e.fields()["cmd"] == "v-add-user-ssh-key":
		want = provider.ErrInvalid
	case code == 10 && isLegacy && body == "10" && e.Response.Status != 200 && e.fields()["hash"] != "":
		want = provider.ErrIPNotAllowed
	}
	require.ErrorIs(t, err, want)
	for _, secret := range []string{e.fields()["secret_key"], e.fields()["password"], e.fields()["hash"]} {
		if len(secret) > 8 {
			assert.NotContains(t, err.Error(), secret)
		}
	}
}

// replayAnswer gives a recorded answer to a client that sent something else.
func replayAnswer(t *testing.T, e *exchange) {
	t.Helper()
	p := newPanel(e.answer())
	c := withKey(t, p)
	_, isLegacy := e.auth()
	if isLegacy {
		c = dial(t, p, hestia.APIKey(provider.NewSecret(legacyKey)), hestia.WithReturnCodes(e.fields()["returncode"] == "yes"))
	}
	result, err := c.Run(t.Context(), "v-list-users", "json")
	code, hasCode := e.Response.Headers["Hestia-Exit-Code"]
	switch {
	case code == "0", !hasCode && e.Response.Status == 200:
		require.NoError(t, err)
		if e.Response.Body != "OK" {
			assert.Equal(t, e.Response.Body, result.Output)
		}
	case hasCode:
		var exit hestia.ExitCode
		require.ErrorAs(t, err, &exit)
		number, _ := strconv.Atoi(code)
		assert.Equal(t, hestia.ExitCode(number), exit)
	default:
		require.Error(t, err)
	}
}
