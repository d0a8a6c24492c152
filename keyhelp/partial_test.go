package keyhelp_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// updateMethods are the methods that take an *UpdateRequest, with its type.
func updateMethods(t *testing.T) map[string]reflect.Type {
	t.Helper()
	found := make(map[string]reflect.Type)
	for _, m := range vendor(t, keyhelp.DialectLive).Methods(t, always(pong)) {
		for i := range m.NumArgs() {
			if in := m.Arg(i); in.Kind() == reflect.Pointer && strings.HasSuffix(in.Elem().Name(), "UpdateRequest") {
				found[m.Op] = in.Elem()
			}
		}
	}
	return found
}

// In all partial updates a nil field stays as it is, so every field must have a type that can be
// nil.
func TestUpdateFieldsAreNilable(t *testing.T) {
	methods := updateMethods(t)
	require.Len(t, methods, 10)
	for op, request := range methods {
		extra := false
		for field := range request.Fields() {
			require.True(t, field.IsExported(), "%v.%s", request, field.Name)
			if field.Name == "Extra" {
				extra = true
				require.Equal(t, reflect.TypeFor[map[string]any](), field.Type)
				continue
			}
			require.Equal(t, reflect.Pointer, field.Type.Kind(), "%s: %v.%s cannot distinguish unset from zero", op, request, field.Name)
		}
		require.True(t, extra, "%v has no Extra", request)
	}
}

// zeroSends is what a pointer to the zero value sends, for every field of every update. nil means
// that the zero value is refused, since it would make no sense.
var zeroSends = map[string]map[string]any{
	"ClientUpdateRequest": {
		"Password": nil, "PasswordHash": nil, "PasswordHashOS": nil, "Email": nil, "LoginName": nil,
		"DisplayName":   map[string]any{"contact_data": map[string]any{"first_name": "", "last_name": ""}},
		"Locked":        map[string]any{"is_suspended": false},
		"HostingPlanID": map[string]any{"id_hosting_plan": 0.0},
		"Language":      map[string]any{"language": ""},
		"Notes":         map[string]any{"notes": ""},
		"SuspendOn":     map[string]any{"suspend_on": nil},
		"DeleteOn":      map[string]any{"delete_on": nil},
		"Contact":       map[string]any{"contact_data": map[string]any{}},
	},
	"DomainUpdateRequest": {
		"PHPVersion": map[string]any{"php_version": ""}, "Disabled": map[string]any{"is_disabled": false},
		"DeleteOn": map[string]any{"delete_on": nil}, "DNSDisabled": map[string]any{"is_dns_disabled": false},
		"EmailDomain": map[string]any{"is_email_domain": false},
		"Target":      map[string]any{"target": map[string]any{"target": "", "is_forwarding": false}},
		"Security": map[string]any{"security": map[string]any{
			"id_certificate": 0.0, "lets_encrypt": false, "is_prefer_https": false, "is_hsts": false,
			"hsts_max_age": 0.0, "hsts_include": false, "hsts_preload": false,
		}},
	},
	"ZoneUpdateRequest": {
		"Records": map[string]any{"records": map[string]any{
			"soa": map[string]any{
				"ttl": 0.0, "primary_ns": "", "rname": "", "refresh": 0.0, "retry": 0.0, "expire": 0.0, "minimum": 0.0,
			},
			"other": []any{},
		}},
		"DKIMRecord": nil, // an update of a zone replaces its records, and requires them
	},
	"CertificateUpdateRequest": {
		"Name": nil, "PrivateKey": nil, "Certificate": nil,
		"CACertificate": map[string]any{"components": map[string]any{"ca_certificate": ""}},
	},
	"HostingPlanUpdateRequest": {
		"Name": nil, "Resources": map[string]any{"resources": map[string]any{}}, "Permissions": map[string]any{"permissions": map[string]any{}},
		"PHP": map[string]any{"php": map[string]any{}}, "PHPFPM": map[string]any{"php_fpm": map[string]any{}},
	},
	"AdminUpdateRequest": {"Language": map[string]any{"language": ""}, "Email": nil, "Password": nil},
}

func TestUpdatesSendZeroValues(t *testing.T) {
	for op, request := range updateMethods(t) {
		expected := zeroSends[request.Name()]
		require.Len(t, expected, request.NumField()-1, "fields of %v that zeroSends knows", request)
		for i := range request.NumField() {
			field := request.Field(i)
			if field.Name == "Extra" {
				continue
			}
			value := reflect.New(request)
			value.Elem().Field(i).Set(reflect.New(field.Type.Elem()))
			tap := always(ok(`{"id": 17}`))
			err := updateWith(t, tap, op, value)
			want, known := expected[field.Name]
			require.True(t, known, "zeroSends does not know %v.%s", request, field.Name)
			if want == nil {
				require.ErrorIs(t, err, provider.ErrInvalid, "%s with a pointer to the zero %s", op, field.Name)
				require.Empty(t, tap.Requests())
				continue
			}
			require.NoError(t, err, "%s, %s", op, field.Name)
			require.Equal(t, want, bodyOf(t, tap), "%s, %s", op, field.Name)
		}
	}
}

// Unset fields are not sent. The caller's extra fields are, and override known fields.
func TestUpdatesSendNothingElse(t *testing.T) {
	for op, request := range updateMethods(t) {
		if request.Name() == "ZoneUpdateRequest" {
			continue // has a field that is always required
		}
		tap := always(ok(`{"id": 17}`))
		require.NoError(t, updateWith(t, tap, op, reflect.New(request)), op)
		require.Equal(t, map[string]any{}, bodyOf(t, tap), op)

		value := reflect.New(request)
		value.Elem().FieldByName("Extra").Set(reflect.ValueOf(map[string]any{"new_field": []int{1}}))
		require.NoError(t, updateWith(t, tap, op, value), op)
		require.Equal(t, map[string]any{"new_field": []any{1.0}}, bodyOf(t, tap), op)
	}
}

func updateWith(t *testing.T, tap *wiretap, op string, request reflect.Value) error {
	t.Helper()
	m := vendor(t, keyhelp.DialectLive).Method(t, tap, op)
	args := m.Args(t)
	args[len(args)-1] = request.Interface()
	return m.Call(t.Context(), args...).Err
}

// Every request that has Extra sends it unchanged.
func TestExtra(t *testing.T) {
	for _, m := range vendor(t, keyhelp.DialectLive).Methods(t, always(pong)) {
		if m.NumArgs() == 0 {
			continue
		}
		in := m.Arg(m.NumArgs() - 1)
		if in.Kind() != reflect.Pointer || in.Elem().Kind() != reflect.Struct {
			continue
		}
		if _, has := in.Elem().FieldByName("Extra"); !has {
			require.Equal(t, "SortOptions", in.Elem().Name(), "%s: a request without Extra", m.Op)
			continue
		}
		request := reflect.ValueOf(m.Args(t)[m.NumArgs()-1])
		extra := map[string]any{"brand_new": "x", "description": "mine"}
		request.Elem().FieldByName("Extra").Set(reflect.ValueOf(extra))
		tap := always(reply{Status: 201, Body: `{"id": 17}`})
		require.NoError(t, updateWith(t, tap, m.Op, request), m.Op)
		body := bodyOf(t, tap)
		require.Equal(t, "x", body["brand_new"], m.Op)
		require.Equal(t, "mine", body["description"], m.Op)
		require.Equal(t, map[string]any{"brand_new": "x", "description": "mine"}, extra, m.Op)
	}
}

// Requests belong to the caller: no method changes one, and the client does not keep any.
func TestRequestsStayAsTheyAre(t *testing.T) {
	for _, d := range bothDialects {
		v := vendor(t, d)
		for _, m := range v.Methods(t, v.Tap(v.Good())) {
			given, before := m.Args(t), m.Args(t)
			m.Call(t.Context(), given...)
			require.Equal(t, before, given, m.Op)
		}
	}
}

// Dates are days in the caller's time zone, whatever the time of day.
func TestDatesAreTheCallersDay(t *testing.T) {
	late := time.Date(2025, 8, 1, 23, 59, 0, 0, time.FixedZone("", -11*3600))
	tap := always(ok(`{"id": 1}`))
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	require.NoError(t, client.Clients.Update(t.Context(), 1, &keyhelp.ClientUpdateRequest{SuspendOn: &late, DeleteOn: &late}))
	require.Equal(t, map[string]any{"suspend_on": "2025-08-01", "delete_on": "2025-08-01"}, bodyOf(t, tap))
	require.Equal(t, []string{"delete_on", "suspend_on"}, slices.Sorted(maps.Keys(bodyOf(t, tap))))
}
