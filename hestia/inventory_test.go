package hestia_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// inventory reads the panel's commands and their arguments.
func inventory(t testing.TB) map[string][]string {
	t.Helper()
	file, err := os.Open("../testdata/hestia/operations.tsv")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	rows := make(map[string][]string)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if !strings.HasPrefix(cells[0], "v-") {
			continue // a heading or a comment
		}
		rows[cells[0]] = nil
		if cells[1] != "-" {
			rows[cells[0]] = strings.Fields(cells[1])
		}
	}
	require.NoError(t, lines.Err())
	return rows
}

// outside are commands of the API that are not scripts of the panel.
var outside = map[string][]string{"v-make-tmp-file": {"CONTENT", "NAME"}}

// spread are methods with a list that becomes several arguments, at most that many.
var spread = map[string]int{"Users.ChangeNS": 8, "DNS.AddDomain": 8}

// swapped are methods whose parameters are in another order than the command's.
var swapped = map[string]bool{"Files.MakeTemp": true}

// elsewhere are commands with arguments that another method has.
var elsewhere = map[string]string{"v-dump-database": "Databases.DumpToFile"}

// Every method is called with a transport that records what is sent: each command of the inventory
// is reached by one, or listed as excluded; no method sends a command that is not in the inventory;
// the arguments are in its order.
func TestInventory(t *testing.T) {
	rows := inventory(t)
	require.NotEmpty(t, rows)
	p := newPanel(done())
	c := withKey(t, p)
	reached := make(map[string]string)
	for op, method := range methodsOf(c) {
		want := []string(nil)
		marker := 0
		in := build(t.Context(), method.Type(), func(goType reflect.Type) reflect.Value {
			marker++
			v, texts := markers(goType, marker)
			if spread[op] > 0 && goType.Kind() == reflect.Slice {
				texts = nil
				for n := range spread[op] {
					texts = append(texts, fmt.Sprintf("ns%d.example.net", n+1))
				}
				v = reflect.ValueOf(texts)
			}
			want = append(want, texts...)
			return v
		})
		if method.Type().IsVariadic() {
			last := strings.Split(want[len(want)-1], ",")
			want = append(want[:len(want)-1], last...)
		}
		if swapped[op] {
			slices.Reverse(want)
		}
		before := p.calls()
		_, _ = call(method, in)
		if !assert.Equal(t, before+1, p.calls(), "%s sends one request", op) {
			continue
		}
		form := p.sent()
		command := form.Get("cmd")
		defined := hestia.Definitions()[command]
		signature, known := rows[command]
		if !known {
			signature, known = outside[command]
		}
		if !assert.True(t, known, "%s sends %s, which the inventory does not have", op, command) {
			continue
		}
		if op == defined.Op {
			reached[command] = op
			checkSignature(t, command, signature, defined.Params)
		}
		var got []string
		for i, arg := range args(form) {
			if i >= len(defined.Params) || defined.Params[i].Word == "" {
				got = append(got, arg)
			}
		}
		if op == defined.Op {
			assert.Equal(t, want, got, "%s (%s)", op, command)
		}
	}
	methods, excluded := 0, 0
	var missing []string
	for command := range rows {
		_, excludedToo := hestia.Excluded[command]
		switch op := reached[command]; {
		case op != "" && excludedToo:
			t.Errorf("%s is excluded and has the method %s", command, op)
		case op != "":
			methods++
		case excludedToo:
			excluded++
		default:
			missing = append(missing, command)
		}
	}
	for command, reason := range hestia.Excluded {
		assert.Contains(t, rows, command, "excluded, but not in the inventory")
		assert.NotEmpty(t, reason, command)
	}
	for command := range hestia.Definitions() {
		assert.NotEmpty(t, reached[command], "%s is defined, but no method sends it", command)
	}
	slices.Sort(missing)
	t.Logf("%d of %d commands: %d by methods, %d excluded with a reason", methods+excluded, len(rows), methods, excluded)
	assert.Empty(t, missing, "%d commands without a method or a reason", len(missing))
}

// checkSignature compares our signature with that of the inventory: the same arguments in the same
// order. Ours may require what the panel does not, and names the format.
func checkSignature(t *testing.T, command string, row []string, params []hestia.DefinedParam) {
	t.Helper()
	var ours, theirs []string
	for _, p := range params {
		name := strings.ToUpper(p.Name)
		switch {
		case p.Word != "":
			name = "FORMAT"
		case p.Many:
			name += "..."
		}
		ours = append(ours, name)
	}
	for i, word := range row {
		optional := strings.HasPrefix(word, "[")
		name := strings.Trim(word, "[]")
		theirs = append(theirs, name)
		if i < len(params) && params[i].Optional {
			assert.True(t, optional, "%s requires %s", command, name)
		}
	}
	if n := len(ours); n < len(theirs) {
		// Arguments that are left out at the end must be optional.
		for _, word := range row[n:] {
			assert.True(t, strings.HasPrefix(word, "["), "%s requires %s", command, word)
		}
		if other := elsewhere[command]; assert.NotEmpty(t, other, "%s lacks the arguments %v", command, theirs[n:]) {
			assert.True(t, methodsOf(withKey(t, newPanel(done())))[other].IsValid(), other)
			theirs = theirs[:n]
		}
	}
	assert.Equal(t, theirs, ours, command)
}

// markers returns a value that differs from all others, and the arguments that it becomes.
func markers(t reflect.Type, n int) (reflect.Value, []string) {
	text := fmt.Sprintf("marker%d", n)
	switch t {
	case typeAddr:
		a := netip.AddrFrom4([4]byte{192, 0, 2, byte(n)})
		return reflect.ValueOf(a), []string{a.String()}
	case typeLimit:
		return reflect.ValueOf(hestia.LimitOf(int64(n))), []string{fmt.Sprint(n)}
	case typeSecret:
		return reflect.ValueOf(provider.NewSecret(text)), []string{text}
	case typeTime:
		day := time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)
		return reflect.ValueOf(day), []string{day.Format(time.DateOnly)}
	}
	switch t.Kind() {
	case reflect.String:
		return reflect.ValueOf(text).Convert(t), []string{text}
	case reflect.Bool:
		return reflect.ValueOf(true), []string{"yes"}
	case reflect.Int64, reflect.Int:
		return reflect.ValueOf(n).Convert(t), []string{fmt.Sprint(n)}
	case reflect.Slice:
		return reflect.ValueOf([]string{text + "a", text + "b"}), []string{text + "a," + text + "b"}
	case reflect.Pointer:
		inner, texts := markers(t.Elem(), n)
		v := reflect.New(t.Elem())
		v.Elem().Set(inner)
		return v, texts
	}
	panic("no marker of type " + t.String())
}

// Arguments that contain a secret are marked as such: by their Go type, and for Run by their name.
func TestSecretArgumentsAreMarked(t *testing.T) {
	for command, d := range hestia.Definitions() {
		for _, p := range d.Params {
			for _, word := range []string{"password", "dbpass", "hash", "secret", "token", "salt", "session"} {
				name := strings.ToLower(p.Name)
				if strings.Contains(name, word) && name != "hash_method" && name != "return_hash" {
					assert.True(t, p.Secret, "%s: %s", command, p.Name)
				}
			}
		}
	}
}
