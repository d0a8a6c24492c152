package hestia_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// TestRefusedInput: what the panel refuses, or accepts and spoils, is refused with its field before anything is sent,
// so that no order is made by half.
func TestRefusedInput(t *testing.T) {
	srv := newServer(t)
	p := providerOn(t, srv, rootKey(srv))
	domain := func(name string) func(*provider.CreateRequest) {
		return func(r *provider.CreateRequest) { r.Domain = name }
	}
	email := func(address string) func(*provider.CreateRequest) {
		return func(r *provider.CreateRequest) { r.Email = address }
	}
	login := func(name string) func(*provider.CreateRequest) {
		return func(r *provider.CreateRequest) { r.Username = name }
	}
	for field, changes := range map[string][]func(*provider.CreateRequest){
		"Domain": {
			domain("foo-.de"), domain("a;b.de"), domain("ex$(id).de"), domain("-rf.com"), domain("192.0.2.1"), domain("a..de"), domain("de"),
			domain("www.example.com"), domain("Example.com"), domain("a_b.de"), domain("a|b.de"), domain("b\xfccher.de"), domain("example.com."),
		},
		"Email":    {email("o'brien@example.com"), email("max@localhost"), email("max@[192.0.2.1]"), email("max@bücher.example"), email("max@example.c")},
		"Username": {login("max-"), login("max_"), login("ib_buffer"), login("ddl"), login("ddl_recovery"), login("performance"), login("games"), login("sync"), login("man")},
		"Password": {func(r *provider.CreateRequest) { r.Password = provider.NewSecret("-Secret+Passw0rd") }},
	} {
		for _, change := range changes {
			order := orderOf(1)
			change(order)
			_, err := p.Create(t.Context(), order)
			require.ErrorIs(t, err, provider.ErrInvalid, "%+v", order)
			require.Equal(t, []string{field}, slices.Collect(maps.Keys(problemsOf(t, err))), "%+v", order)
		}
	}
	_, err := p.ChangePassword(t.Context(), "customer1", provider.NewSecret("-Secret+Passw0rd"))
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Zero(t, srv.Faults.Count())
}

// TestAcceptedInput: nothing is refused that the panel accepts.
func TestAcceptedInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		p := providerOn(t, srv, rootKey(srv))
		for n, domain := range []string{"a.de", "1und1.example", "xn--bcher-kva.example", "bücher.example", "sub.domain.shop-1.co.uk", "0.example"} {
			order := orderOf(n)
			order.Domain, order.Email = domain, []string{"a.b+c@mail.example.com", "x%y_z@xn--bcher-kva.xn--p1ai"}[n%2]
			order.Username = []string{"a-b", "a_1", "ddl2", "gamesman", "performances", "zz"}[n]
			_, err := p.Create(t.Context(), order)
			require.NoError(t, err, domain)
		}
	})
}

// TestPasswordLikeAnOption: the panel sets a password that begins with "-", and recognises it no more. Every method that
// sends one refuses it. Keys may begin like that, and so do the files of certificates.
func TestPasswordLikeAnOption(t *testing.T) {
	panel := newPanel(done())
	c := withKey(t, panel)
	const bad = "-Secret+Passw0rd"
	methods := 0
	for command, d := range hestia.Definitions() {
		sends := slices.ContainsFunc(d.Params, func(p hestia.DefinedParam) bool { return p.Secret && strings.Contains(strings.ToLower(p.Name), "pass") })
		if !sends {
			continue
		}
		methods++
		method := methodsOf(c)[d.Op]
		in := []reflect.Value{reflect.ValueOf(t.Context())}
		for i := 1; i < method.Type().NumIn(); i++ {
			arg := reflect.New(method.Type().In(i)).Elem()
			fillIn(arg, provider.NewSecret(bad))
			in = append(in, arg)
		}
		out := method.Call(in)
		err, _ := reflect.TypeAssert[error](out[len(out)-1])
		require.ErrorIs(t, err, provider.ErrInvalid, command)
		require.ErrorContains(t, err, "begins with -", command)
		require.NotContains(t, err.Error(), bad, command)
	}
	require.GreaterOrEqual(t, methods, 22)
	require.Zero(t, panel.calls())
	require.NoError(t, c.Keys.RevokeAPIKey(t.Context(), provider.NewSecret("-KEYKEYKEYKEYKEYKEYKEYKEYKEYKEY0")))
	_, err := c.Files.MakeTemp(t.Context(), "example.com.crt", provider.NewSecret("-----BEGIN CERTIFICATE-----"))
	require.NoError(t, err)
}

// fillIn gives an argument of a method a value, in all of its fields.
func fillIn(v reflect.Value, secret provider.Secret) {
	switch {
	case v.Type() == reflect.TypeFor[provider.Secret]():
		v.Set(reflect.ValueOf(secret))
	case v.Kind() == reflect.String:
		v.SetString("alice")
	case v.CanInt():
		v.SetInt(1)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillIn(v.Elem(), secret)
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				fillIn(field, secret)
			}
		}
	}
}
