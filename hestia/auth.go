package hestia

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

const (
	kindAPIKey   = "API key"
	kindPassword = "password"
)

// Auth is a way to sign in: AccessKey, AccessKeyHash, APIKey or Password.
type Auth struct {
	kind string
	// fields puts the credentials on a request. It is a function so that printing an Auth never
	// shows them.
	fields func(form url.Values)
	// secrets returns the values of the credentials.
	secrets func() []provider.Secret
	// legacy is set for credentials that the panel's older engine serves. That engine hides exit
	// codes: see the package documentation.
	legacy   bool
	problems provider.Problems
}

// AccessKey signs in with an access key and its secret. Prefer it: any user can have one, and it
// can be limited to some commands.
func AccessKey(id string, secret provider.Secret) Auth {
	a := Auth{
		kind: "access key",
		fields: func(form url.Values) {
			form.Set("access_key", id)
			form.Set("secret_key", secret.Reveal())
		},
		secrets: func() []provider.Secret { return []provider.Secret{secret} },
	}
	a.checkAccessKey(id, secret.Reveal())
	return a
}

// AccessKeyHash signs in with an access key and its secret as one text, "ACCESS_KEY:SECRET_KEY",
// for programs that have only one field for it.
func AccessKeyHash(pair provider.Secret) Auth {
	id, secret, found := strings.Cut(pair.Reveal(), ":")
	a := Auth{
		kind:    "access key (hash)",
		fields:  func(form url.Values) { form.Set("hash", pair.Reveal()) },
		secrets: func() []provider.Secret { return []provider.Secret{pair, provider.NewSecret(secret)} },
	}
	if !found {
		a.problems.Add("accessKey", "is not of the form ACCESS_KEY:SECRET_KEY")
		return a
	}
	a.checkAccessKey(id, secret)
	return a
}

func (a *Auth) checkAccessKey(id, secret string) {
	switch {
	case id == "":
		a.problems.Add("accessKey", "required")
	case !consistsOf(id, 20, ""):
		a.problems.Add("accessKey", "must be 20 letters and digits")
	}
	switch {
	case secret == "":
		a.problems.Add("secretKey", "required")
	case !consistsOf(secret, 40, "_-="):
		a.problems.Add("secretKey", "must be 40 letters, digits or one of _ - =")
	}
}

// APIKey signs in as the root user with a legacy API key (v-generate-api-key). It may run every
// command. The vendor has deprecated it.
func APIKey(key provider.Secret) Auth {
	a := Auth{
		kind:    "API key",
		fields:  func(form url.Values) { form.Set("hash", key.Reveal()) },
		secrets: func() []provider.Secret { return []provider.Secret{key} },
		legacy:  true,
	}
	a.problems.Required("apiKey", key.Reveal())
	a.problems.Note("apiKey", rest.KeyProblem(key))
	id, secret, pair := strings.Cut(key.Reveal(), ":")
	switch {
	case pair && consistsOf(id, 20, "") && consistsOf(secret, 40, "_-="):
		a.problems.Add("apiKey", "is an access key with its secret: use AccessKeyHash")
	case len(key.Reveal()) < 16:
		a.problems.Add("apiKey", "is too short: the panel refuses keys below 16 characters")
	}
	return a
}

// Password signs in with the name and password of the root user; the panel refuses all other users.
// The name is not always "admin". The vendor has deprecated it.
func Password(user string, password provider.Secret) Auth {
	a := Auth{
		kind: kindPassword,
		fields: func(form url.Values) {
			form.Set("user", user)
			form.Set("password", password.Reveal())
		},
		secrets: func() []provider.Secret { return []provider.Secret{password} },
		legacy:  true,
	}
	a.problems.Required("user", user)
	a.problems.Note("user", altered(user, false))
	a.problems.Required("password", password.Reveal())
	a.problems.Note("password", altered(password.Reveal(), false))
	return a
}

// consistsOf reports whether a text is that long and consists of ASCII letters, digits and others.
func consistsOf(text string, length int, others string) bool {
	if len(text) != length {
		return false
	}
	for _, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(others, r) {
			return false
		}
	}
	return true
}

// String names the kind of sign-in, never the credentials.
func (a Auth) String() string {
	if a.kind == "" {
		return "no sign-in"
	}
	return a.kind
}

// Format prints what String returns, for every verb.
func (a Auth) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "hestia.Auth("+a.String()+")") }
