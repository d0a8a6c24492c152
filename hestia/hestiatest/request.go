package hestiatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

// field is one value of a request. PHP also gets arrays, which make the panel's code crash.
type field struct {
	text  string
	array bool
}

// form is the data of a request, without fields that are absent or null.
type form map[string]field

// errCrash is the error of a request that makes PHP crash: the answer comes from the web server,
// not from the API.
var errCrash = errors.New("PHP crashed")

// text returns a field as text; "" if it is absent.
func (f form) text(name string) (string, error) {
	v := f[name]
	if v.array {
		return "", errCrash
	}
	return v.text, nil
}

func (f form) has(names ...string) bool {
	for _, name := range names {
		if _, there := f[name]; there {
			return true
		}
	}
	return false
}

// arguments returns arg1 to arg13 as the script gets them: trimmed, and without gaps.
func (f form) arguments() ([]string, error) {
	var args []string
	for i := 1; i <= maxArguments; i++ {
		v, there := f["arg"+strconv.Itoa(i)]
		if !there {
			continue
		}
		if v.array {
			return nil, errCrash
		}
		args = append(args, trim(v.text))
	}
	return args, nil
}

// readForm reads what PHP reads: the form of a POST or, if that has none of the fields for sign-in,
// the raw body as JSON, whatever the content type and the method.
func readForm(r *http.Request) (form, bool) {
	body, err := emulator.ReadBody(r)
	if err != nil {
		return nil, false
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost {
		var posted form
		switch kind {
		case "application/x-www-form-urlencoded":
			posted = parseURLEncoded(string(body))
		case "multipart/form-data":
			posted = parseMultipart(body, params["boundary"])
			body = nil // PHP keeps no raw copy of these
		}
		if posted.has("access_key", "user", "hash") {
			return posted, true
		}
	}
	return parseJSON(body)
}

func parseURLEncoded(body string) form {
	f := form{}
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		f.put(decode(name), decode(value))
	}
	return f
}

func parseMultipart(body []byte, boundary string) form {
	f := form{}
	if boundary == "" {
		return f
	}
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextPart()
		if err != nil {
			return f
		}
		value, err := io.ReadAll(part)
		if err == nil && part.FileName() == "" {
			f.put(part.FormName(), string(value))
		}
	}
}

// put adds a posted field. The last one of a name wins; name[] makes an array.
func (f form) put(name, value string) {
	name = strings.TrimLeft(name, " ")
	if base, _, array := strings.Cut(name, "["); array && base != "" && strings.Contains(name, "]") {
		f[base] = field{array: true}
		return
	}
	if name != "" {
		f[strings.NewReplacer(".", "_", " ", "_").Replace(name)] = field{text: value}
	}
}

// decode decodes a form value. Invalid escapes stay as they are.
func decode(text string) string {
	if !strings.ContainsAny(text, "+%") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '+':
			b.WriteByte(' ')
		case text[i] == '%' && i+2 < len(text):
			n, err := strconv.ParseUint(text[i+1:i+3], 16, 8)
			if err != nil {
				b.WriteByte('%')
				continue
			}
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

func parseJSON(body []byte) (form, bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var values map[string]any
	if !json.Valid(body) || decoder.Decode(&values) != nil || len(values) == 0 {
		return nil, false
	}
	f := form{}
	for name, value := range values {
		switch v := value.(type) {
		case string:
			f[name] = field{text: v}
		case json.Number:
			f[name] = field{text: v.String()}
		case bool:
			f[name] = field{text: map[bool]string{true: "1", false: ""}[v]}
		case nil: // null counts as absent
		default:
			f[name] = field{array: true}
		}
	}
	return f, true
}
