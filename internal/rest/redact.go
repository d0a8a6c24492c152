package rest

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

const redacted = words.Redacted

// sensitiveFields are names of JSON and form fields whose values are never shown, in lower case and
// without "_", "-" and spaces.
var sensitiveFields = []string{
	"pin", "pw", "pwd", "auth", "credentials", "jwt", "otp", "key", "secret", "hash", "hardwarehash", "authorization", "session", "sessionid", "signature", "backupcodes",
	"loginurl", "autologinurl", "signonurl", "ssourl", "consoleurl", "otpauthurl", "qrcode", "checkouturl", "redirecturl",
}

// sensitiveEndings are endings of such names: root_pass, X-API-Key, refreshToken.
var sensitiveEndings = []string{"pass", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "licensekey", "cookie"}

// sensitiveParts may be anywhere in such names: hiding "password_changed_at" does no harm.
var sensitiveParts = []string{"password", "passwd", "passwort", "passphrase"}

// sensitive reports whether the values of a field are never shown. Error codes are not secrets, so
// "code" is hidden only in forms.
func sensitive(name string, form bool) bool {
	name = plainName(name)
	return name == "code" && form ||
		slices.Contains(sensitiveFields, name) ||
		slices.ContainsFunc(sensitiveEndings, func(end string) bool { return strings.HasSuffix(name, end) }) ||
		slices.ContainsFunc(sensitiveParts, func(part string) bool { return strings.Contains(name, part) })
}

// plainName returns a name in lower case and without what separates its words.
func plainName(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }) { // as most are
		return name
	}
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// pairValues are the fields with the value of a pair, whose name is the value of another field:
// {"tag":"root_pass","value":"..."}.
var pairValues = []string{"value", "values", "val", "content", "text", "extra"}

func isPairValue(name string) bool { return slices.Contains(pairValues, strings.ToLower(name)) }

// namesSecret reports whether the value of a field is the name of a secret.
func namesSecret(value string) bool {
	return len(value) <= 100 && (sensitive(value, false) || strings.Contains(strings.ToLower(value), "pass"))
}

// secretPairs returns where the objects begin in a text that hold a pair with a secret. One that
// breaks off may hold one.
func secretPairs(text string) map[int]bool {
	found := make(map[int]bool)
	var open []int
	valueIsNext := false
	for i := 0; i < len(text); {
		switch text[i] {
		case '"':
			end := stringEnd(text, i)
			if valueIsNext && len(open) > 0 && namesSecret(fieldName(text[i:end])) {
				found[open[len(open)-1]] = true
			}
			i, valueIsNext = end, false
			continue
		case '{':
			open = append(open, i)
		case '}':
			open = open[:max(0, len(open)-1)]
		}
		valueIsNext = text[i] == ':' || valueIsNext && strings.IndexByte(" \t\r\n", text[i]) >= 0
		i++
	}
	for _, i := range open {
		found[i] = true
	}
	return found
}

// redactText hides the values of sensitive fields, and of pairs with a secret, in any text.
func redactText(text string) string { return redactPlain(redactJSON(text)) }

// redactJSON is redactText for JSON, complete or broken: it looks for a quoted name, a colon and a value,
// as a human reader would.
func redactJSON(text string) string {
	var out strings.Builder
	pairs := secretPairs(text)
	var open []int
	for i := 0; i < len(text); {
		if text[i] != '"' {
			switch text[i] {
			case '{':
				open = append(open, i)
			case '}':
				open = open[:max(0, len(open)-1)]
			}
			out.WriteByte(text[i])
			i++
			continue
		}
		end := stringEnd(text, i)
		literal := text[i:end]
		out.WriteString(literal)
		i = end
		colon := i
		for colon < len(text) && (text[colon] == ' ' || text[colon] == '\t' || text[colon] == '\n' || text[colon] == '\r') {
			colon++
		}
		if colon >= len(text) || text[colon] != ':' {
			continue
		}
		if name := fieldName(literal); !sensitive(name, false) && (len(open) == 0 || !pairs[open[len(open)-1]] || !isPairValue(name)) {
			continue
		}
		out.WriteString(text[i:colon])
		out.WriteString(`:"` + redacted + `"`)
		i = valueEnd(text, colon+1)
	}
	return out.String()
}

// fieldName returns the name in a string literal, which may be broken.
func fieldName(literal string) string {
	var name string
	if strings.Contains(literal, `\`) && json.Unmarshal([]byte(literal), &name) == nil {
		return name
	}
	return strings.Trim(literal, `"`)
}

// stringEnd returns the index after the string literal that begins at i.
func stringEnd(text string, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return len(text)
}

// valueEnd returns the index after the JSON value that begins at or after i.
func valueEnd(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch text[i] {
		case '"':
			i = stringEnd(text, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			if depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(text)
}

// redactForm hides the values of sensitive fields in a form, of a pair with a secret, and of the
// fields in hidden.
func redactForm(text string, hidden []string) string {
	pairs := strings.Split(text, "&")
	pair := slices.ContainsFunc(pairs, func(pair string) bool {
		_, value, _ := strings.Cut(pair, "=")
		return namesSecret(unescaped(value))
	})
	for i, field := range pairs {
		name, _, found := strings.Cut(field, "=")
		if found && (hiddenInForm(name, pair) || slices.Contains(hidden, unescaped(name))) {
			pairs[i] = name + "=" + redacted
		}
	}
	return strings.Join(pairs, "&")
}

// hiddenInForm reports whether a field of a form is hidden. pair says that a value in it is the name
// of a secret.
func hiddenInForm(name string, pair bool) bool {
	name = formField(name)
	return sensitive(name, true) || pair && isPairValue(name)
}

// formField returns the field in a form's name: params[root_pass] is root_pass.
func formField(name string) string {
	name = unescaped(name)
	if open := strings.LastIndexByte(name, '['); open >= 0 && strings.HasSuffix(name, "]") && len(name)-open > 2 {
		name = name[open+1 : len(name)-1]
	}
	return name
}

func unescaped(name string) string {
	if plain, err := url.QueryUnescape(name); err == nil {
		return plain
	}
	return name
}

// scrub makes a server's text fit for an error or a log: one short line, without the secrets of the
// client and the call. It is the second line after redaction by field.
func (x *exchange) scrub(text string) string { return x.cleaner().Text(text) }

// cleaner knows the secrets of the client, the call, and those before it in the same verb.
func (x *exchange) cleaner() *words.Cleaner {
	own := x.client.ownCleaner()
	if x.hider == nil || x.hiderOf != own {
		x.hider, x.hiderOf = with(own.Cleaner, x.secrets()).With(words.Remembered(x.ctx)...), own
	}
	return x.hider
}

// ownCleaner is the cleaner that knows the secrets of a client and nothing more.
type ownCleaner struct {
	*words.Cleaner
	knows []provider.Secret
}

// ownCleaner returns the client's, which is made anew when the credentials change: finding out how a
// secret may be spelled takes longer than cleaning a text.
func (c *Client) ownCleaner() *ownCleaner {
	var secrets []provider.Secret
	if c.config.Secrets != nil {
		secrets = c.config.Secrets()
	}
	kept := c.clean.Load()
	if kept == nil || !slices.Equal(kept.knows, secrets) {
		kept = &ownCleaner{with(words.NewCleaner(), secrets), secrets}
		c.clean.Store(kept)
	}
	return kept
}

func with(c *words.Cleaner, secrets []provider.Secret) *words.Cleaner {
	return c.With(revealed(secrets)...)
}

func revealed(secrets []provider.Secret) []string {
	values := make([]string, len(secrets))
	for i, secret := range secrets {
		values[i] = secret.Reveal()
	}
	return values
}

// Clean makes a text that came in an answer fit for an error or a report that an adapter writes: one
// short line, without the client's secrets and these.
func (c *Client) Clean(text string, secrets ...provider.Secret) string {
	return c.cleaner(secrets...).Text(text)
}

// Say is fmt.Sprintf for such a text: our words, and quotations that are made fit for it.
func (c *Client) Say(format words.Own, args ...any) string { return c.cleaner().Say(format, args...) }

func (c *Client) cleaner(secrets ...provider.Secret) *words.Cleaner {
	return with(c.ownCleaner().Cleaner, secrets)
}

// remember keeps what the call sends as a secret for later calls of the same verb.
func (x *exchange) remember() {
	words.Remember(x.ctx, func() []string { return revealed(x.secrets()) })
}

// secrets returns the secrets of the call, and what it sends in fields with the name of a secret:
// servers quote a bad password when they refuse it.
func (x *exchange) secrets() []provider.Secret {
	if !x.searched {
		x.searched = true
		x.hidden = slices.Concat(x.call.Secrets, x.revealed, secretsIn(x.sent, x.call))
	}
	return x.hidden
}

// minFound is the shortest value of such a field that is searched for: hiding "true" or "none"
// would make texts unreadable.
const minFound = 6

func secretsIn(sent []byte, call *Call) (found []provider.Secret) {
	add := func(value string) {
		if len(value) >= minFound {
			found = append(found, provider.NewSecret(value))
		}
	}
	if form, ok := call.Body.(url.Values); ok {
		pair := slices.ContainsFunc(slices.Concat(slices.Collect(maps.Values(form))...), namesSecret)
		for name, values := range form {
			if hiddenInForm(name, pair) || slices.Contains(call.HiddenFields, name) {
				for _, value := range values {
					add(value)
				}
			}
		}
		return found
	}
	var tree any
	if len(sent) == 0 || json.Unmarshal(sent, &tree) != nil {
		return nil
	}
	var walk func(node any, hide bool)
	walk = func(node any, hide bool) {
		switch n := node.(type) {
		case map[string]any:
			pair := false
			for _, value := range n {
				text, _ := value.(string)
				pair = pair || namesSecret(text)
			}
			for name, value := range n {
				walk(value, hide || sensitive(name, false) || pair && isPairValue(name))
			}
		case []any:
			for _, value := range n {
				walk(value, hide)
			}
		case string:
			if hide {
				add(n)
			}
		}
	}
	walk(tree, false)
	return found
}

// excerpt describes an answer that cannot be understood, by quoting its beginning.
func (x *exchange) excerpt(prefix string) string {
	body := x.body.String()
	if strings.TrimSpace(body) == "" {
		return prefix + " without a body"
	}
	if encoding := x.encoding(); encoding != "" {
		return prefix + " in the encoding " + encoding + ", which was not asked for and cannot be read"
	}
	if x.call.Endpoint.Sensitive {
		return prefix + " with a body that is withheld, since it may contain a secret"
	}
	kind := "text"
	trimmed := strings.TrimSpace(body)
	switch {
	case strings.HasPrefix(trimmed, "<"):
		kind = "HTML"
	case trimmed[0] == '{' || trimmed[0] == '[':
		kind = "JSON"
	}
	// Cut generously first: it is a waste to redact megabytes for one line.
	return prefix + " " + kind + ": " + x.cleaner().Line(redactText(words.Cut(trimmed, 4000)), 160)
}
