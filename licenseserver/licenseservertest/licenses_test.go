package licenseservertest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

const (
	activatePath = "/api/license/activate"
	verifyPath   = "/api/license/verify"
)

func machineBody(key, machine string) string {
	return at(`{"license_key":%q,"hardware_hash":"hash-%s","machine_name":%q,"app_version":"2.3.9"}`, key, machine, machine)
}

func TestPublic(t *testing.T) {
	s := newServer(t)
	s.get(`{"status":"ok","service":"V2 License Server","timestamp":"2026-03-04T10:30:00Z"}`, "/")
	s.get(`{"status":"healthy","timestamp":"2026-03-04T10:30:00Z"}`, "/health")
}

func TestLicenseFromKeyToMachine(t *testing.T) {
	s := newServer(t)
	key := s.field("license_key", "POST", "/api/generate-license-key", "")
	require.Regexp(t, `^[A-Z2-9]{4}(-[A-Z2-9]{4}){3}$`, key)
	require.NotEqual(t, key, s.field("license_key", "POST", "/api/generate-license-key", `{"customer_id":1}`))
	l := s.Licenses()[0]
	require.Equal(t, key, l.Key)
	record := func(until string, activations, users int, active bool) string {
		return at(`{"id":%d,"key":%q,"customer_name":"","type":"perpetual","valid_from":"2026-03-04","valid_until":%s,
			"max_activations":%d,"max_users":%d,"is_active":%t}`, l.ID, key, until, activations, users, active)
	}
	info := "/api/license/info/" + key
	s.get(`{"license":`+record(`"2027-03-04"`, 1, 1, true)+`,"activations":[]}`, info)

	edit := at("/api/license/%d/quick-edit", l.ID)
	edited := `{"success":true,"message":"License updated successfully"}`
	s.post(edited, edit, `{"valid_until":"2026-12-31","max_activations":2,"max_users":50}`)
	s.get(`{"license":`+record(`"2026-12-31"`, 2, 50, true)+`,"activations":[]}`, info)
	s.post(edited, edit, `{"valid_until":null,"max_users":7,"max_activations":null}`)
	s.get(`{"license":`+record(`null`, 2, 7, true)+`,"activations":[]}`, info)
	s.post(edited, edit, `{}`)
	for body, text := range map[string]string{
		`{"valid_until":"31.12.2026"}`:          "valid_until must be a date (YYYY-MM-DD)",
		`{"valid_until":5}`:                     "valid_until must be of type string",
		`{"max_activations":0}`:                 "max_activations must be at least 1",
		`{"max_users":-1,"max_activations":99}`: "max_users must be at least 1",
		`{"max_users":"5"}`:                     "max_users must be of type integer",
	} {
		s.fails(400, "VALIDATION_ERROR", text, "POST", edit, body)
	}
	s.get(`{"license":`+record(`null`, 2, 7, true)+`,"activations":[]}`, info)

	activation := func(id int64, machine, beat string) string {
		return at(`{"id":%d,"hardware_hash":"hash-%s","machine_name":%q,"activated_at":"2026-03-04T10:30:00Z","last_heartbeat":%q,
			"is_active":true`, id, machine, machine, beat)
	}
	_, text := s.do("POST", activatePath, machineBody(key, "PC-1"))
	d := s.Devices(l.ID)[0]
	one := activation(d.ID, "PC-1", "2026-03-04T10:30:00Z")
	require.JSONEq(t, `{"message":"License activated successfully","activation":`+one+at(`,"license_key":%q}}`, key), text)
	s.get(`{"license":`+record(`null`, 2, 7, true)+`,"activations":[`+one+`}]}`, info)

	verified := func(valid bool, text string) string {
		return at(`{"valid":%t,"message":%q,"license":{"key":%q,"valid_until":null,"max_users":7},"update_available":true,"latest_version":"2.4.0"}`,
			valid, text, key)
	}
	s.post(verified(true, "License is valid"), verifyPath, machineBody(key, "PC-1"))
	s.post(verified(false, "License is not activated on this machine"), verifyPath, machineBody(key, "PC-2"))

	s.now = s.now.Add(time.Minute)
	_, token := s.start(key, "PC-1")
	s.now = s.now.Add(30 * time.Second)
	s.post(`{"last_heartbeat":"2026-03-04T10:31:30Z"}`, beatPath, beatBody(key, token))
	s.get(`{"license":`+record(`null`, 2, 7, true)+`,"activations":[`+activation(d.ID, "PC-1", "2026-03-04T10:31:30Z")+`}]}`, info)

	toggle := at("/api/license/%d/toggle", l.ID)
	s.post(`{"success":true,"is_active":false,"message":"License deactivated"}`, toggle, "")
	s.post(verified(false, "License is not active"), verifyPath, machineBody(key, "PC-1"))
	s.fails(403, "LICENSE_INACTIVE", "License is not active", "POST", activatePath, machineBody(key, "PC-1"))
	s.post(`{"success":true,"is_active":true,"message":"License activated"}`, toggle, "{}")
	s.post(verified(true, "License is valid"), verifyPath, machineBody(key, "PC-1"))
}

func TestLicenseRequests(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(1))
	key := s.Licenses()[0].Key
	for _, path := range []string{activatePath, verifyPath} {
		s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", path, machineBody("NONE", "PC"))
		s.fails(400, "VALIDATION_ERROR", "hardware_hash is required", "POST", path, at(`{"license_key":%q,"machine_name":"x"}`, key))
		s.fails(400, "VALIDATION_ERROR", "license_key is required", "POST", path, `{"hardware_hash":"x","machine_name":"x"}`)
	}
	s.fails(400, "VALIDATION_ERROR", "machine_name is required", "POST", activatePath, at(`{"license_key":%q,"hardware_hash":"x"}`, key))
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "GET", "/api/license/info/NONE", "")
	for _, path := range []string{"toggle", "quick-edit", "register-device", "deactivate-device/1"} {
		for _, id := range []string{"1", "x", "99999999999999999999"} {
			s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", "/api/license/"+id+"/"+path, "{}")
		}
	}
	for _, path := range []string{"devices", "resources"} {
		s.fails(404, "LICENSE_NOT_FOUND", "License not found", "GET", "/api/license/1/"+path, "")
	}
}

func TestValidity(t *testing.T) {
	s := newServer(t)
	l := s.AddLicense(licenseservertest.License{ValidFrom: start.AddDate(0, 0, 1), ValidUntil: start.AddDate(0, 0, 2).Truncate(24 * time.Hour)})
	valid := func() string { return s.field("message", "POST", verifyPath, machineBody(l.Key, "PC")) }
	require.Equal(t, "License is not valid yet", valid())
	s.fails(403, "LICENSE_NOT_YET_VALID", "License is not valid yet", "POST", activatePath, machineBody(l.Key, "PC"))
	s.now = start.AddDate(0, 0, 1)
	require.Equal(t, "License is not activated on this machine", valid())
	resp, _ := s.do("POST", activatePath, machineBody(l.Key, "PC"))
	require.Equal(t, 200, resp.StatusCode)
	s.now = time.Date(2026, 3, 6, 23, 59, 59, 0, time.UTC)
	require.Equal(t, "License is valid", valid(), "its last day")
	s.now = s.now.Add(time.Second)
	require.Equal(t, "License has expired", valid())
	s.fails(403, "LICENSE_EXPIRED", "License has expired", "POST", activatePath, machineBody(l.Key, "PC"))
	s.fails(403, "LICENSE_EXPIRED", "License has expired", "POST", startPath, startBody(l.Key, "PC"))
}

func TestMaxActivations(t *testing.T) {
	s := newServer(t)
	l := s.AddLicense(licenseservertest.License{MaxActivations: 2})
	full := "Maximum number of activations reached (2)"
	activate := func(machine string) int {
		resp, _ := s.do("POST", activatePath, machineBody(l.Key, machine))
		return resp.StatusCode
	}
	require.Equal(t, 200, activate("A"))
	require.Equal(t, 200, activate("B"))
	require.Equal(t, 200, activate("A"), "again")
	s.fails(409, "MAX_ACTIVATIONS_REACHED", full, "POST", activatePath, machineBody(l.Key, "C"))
	register := at("/api/license/%d/register-device", l.ID)
	s.fails(409, "MAX_ACTIVATIONS_REACHED", full, "POST", register, `{"hardware_hash":"c","machine_name":"C"}`)
	s.fails(400, "VALIDATION_ERROR", "machine_name is required", "POST", register, `{"hardware_hash":"c"}`)

	a := s.Devices(l.ID)[0]
	off := at("/api/license/%d/deactivate-device/%d", l.ID, a.ID)
	for range 2 {
		s.post(`{"success":true,"message":"Device deactivated successfully"}`, off, "")
	}
	require.Equal(t, 200, activate("C"))
	require.Equal(t, 409, activate("A"), "its place is taken")
	s.post(`{"success":true,"message":"License updated successfully"}`, at("/api/license/%d/quick-edit", l.ID), `{"max_activations":3}`)
	s.now = s.now.Add(time.Hour)
	s.post(at(`{"success":true,"device_id":%d,"message":"Device registered successfully"}`, a.ID), register,
		`{"hardware_hash":"hash-A","machine_name":"NEW","app_version":"2.4.0"}`)
	devices := s.Devices(l.ID)
	require.Len(t, devices, 3)
	require.Equal(t, licenseservertest.Device{
		ID: a.ID, LicenseID: l.ID, HardwareHash: "hash-A", MachineName: "NEW", AppVersion: "2.4.0",
		ActivatedAt: s.now, LastHeartbeat: s.now, Active: true,
	}, devices[0])

	other := s.AddLicense(licenseservertest.License{})
	s.fails(404, "NOT_FOUND", "Device not found", "POST", at("/api/license/%d/deactivate-device/%d", other.ID, a.ID), "")
	s.get(`{"devices":[]}`, at("/api/license/%d/devices", other.ID))
	s.post(`{"success":true,"message":"License updated successfully"}`, at("/api/license/%d/quick-edit", l.ID), `{"max_activations":1}`)
	require.Equal(t, 200, activate("B"), "a lower limit switches nothing off")
	require.Equal(t, 409, activate("D"))
}

func TestDevices(t *testing.T) {
	s := newServer(t)
	l := s.AddLicense(licenseservertest.License{Inactive: true})
	id := s.field("device_id", "POST", at("/api/license/%d/register-device", l.ID), `{"hardware_hash":"h","machine_name":"PC","app_version":"1.0"}`)
	require.NotEmpty(t, id)
	s.get(at(`{"devices":[{"id":%d,"hardware_hash":"h","machine_name":"PC","activated_at":"2026-03-04T10:30:00Z",
		"last_heartbeat":"2026-03-04T10:30:00Z","is_active":true,"app_version":"1.0"}]}`, s.Devices(l.ID)[0].ID), at("/api/license/%d/devices", l.ID))
}

func TestBulk(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(3))
	ls := s.Licenses()
	ids := at(`{"license_ids":[%d, %d, 1]}`, ls[0].ID, ls[2].ID)
	states := func() (inactive []bool) {
		for _, l := range s.Licenses() {
			inactive = append(inactive, l.Inactive)
		}
		return inactive
	}
	for range 2 {
		s.post(`{"success":true,"affected":2,"message":"2 licenses deactivated"}`, "/api/licenses/bulk-deactivate", ids)
		require.Equal(t, []bool{true, false, true}, states())
	}
	s.IgnoreSuspension(true)
	s.post(`{"success":true,"affected":2,"message":"2 licenses activated"}`, "/api/licenses/bulk-activate", ids)
	s.post(`{"success":true,"is_active":true,"message":"License activated"}`, at("/api/license/%d/toggle", ls[0].ID), "")
	require.Equal(t, []bool{true, false, true}, states())
	s.IgnoreSuspension(false)
	s.post(`{"success":true,"affected":2,"message":"2 licenses activated"}`, "/api/licenses/bulk-activate", ids)
	require.Equal(t, []bool{false, false, false}, states())

	free := s.Resources()[0].ID
	s.field("allocated", "POST", "/api/resources/allocate", at(`{"license_id":%d,"resource_ids":[%d]}`, ls[0].ID, free))
	s.field("activation", "POST", activatePath, machineBody(ls[0].Key, "PC"))
	s.post(`{"success":true,"affected":2,"message":"2 licenses deleted"}`, "/api/licenses/bulk-delete", ids)
	require.Equal(t, []licenseservertest.License{ls[1]}, s.Licenses())
	require.Empty(t, s.Devices(ls[0].ID))
	require.Zero(t, s.Resources()[0].LicenseID)
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "GET", "/api/license/info/"+ls[0].Key, "")
	s.post(`{"success":true,"affected":0,"message":"0 licenses deleted"}`, "/api/licenses/bulk-delete", ids)

	for _, path := range []string{"bulk-activate", "bulk-deactivate", "bulk-delete"} {
		for body, text := range map[string]string{
			`{}`:                       "license_ids must be an array of numbers",
			`{"license_ids":[]}`:       "license_ids must be an array of numbers",
			`{"license_ids":7}`:        "license_ids must be an array of numbers",
			`{"license_ids":null}`:     "license_ids must be an array of numbers",
			`{"license_ids":["1"]}`:    "license_ids.0 must be of type integer",
			`{"license_ids":[1,1.5]}`:  "license_ids.1 must be of type integer",
			`{"license_ids":[1,null]}`: "license_ids.1 must be of type integer",
		} {
			s.fails(400, "VALIDATION_ERROR", text, "POST", "/api/licenses/"+path, body)
		}
	}
	require.Len(t, s.Licenses(), 1)
}

// The later rule: limits of devices and of sessions at a time, which licenses show.
func TestDeviceLimits(t *testing.T) {
	s := newServer(t, licenseservertest.WithDeviceLimits())
	l := s.AddLicense(licenseservertest.License{MaxActivations: 9, DeviceLimit: 3, SessionLimit: 2})
	for _, machine := range []string{"A", "B", "C", "A"} {
		s.field("activation", "POST", activatePath, machineBody(l.Key, machine))
	}
	s.fails(409, "DEVICE_LIMIT_REACHED", "Device limit reached (3)", "POST", activatePath, machineBody(l.Key, "D"))
	var info struct {
		License map[string]any
	}
	_, text := s.do("GET", "/api/license/info/"+l.Key, "")
	require.NoError(t, json.Unmarshal([]byte(text), &info))
	require.EqualValues(t, 3, info.License["device_limit"])
	require.EqualValues(t, 2, info.License["concurrent_sessions_limit"])
	require.Contains(t, s.field("license", "POST", "/api/license/verify", machineBody(l.Key, "A")), "concurrent_sessions_limit:2")

	var tokens []string
	for _, machine := range []string{"A", "B"} {
		tokens = append(tokens, s.field("session_token", "POST", startPath, startBody(l.Key, machine)))
	}
	s.fails(409, "SESSION_CONFLICT", "Es sind nur 2 Sitzungen gleichzeitig erlaubt.", "POST", startPath, startBody(l.Key, "C"))
	s.field("session_token", "POST", startPath, startBody(l.Key, "A"))
	require.Len(t, s.OpenSessions(), 2, "a restart takes the place of its own session")
	s.field("end_reason", "POST", endPath, endBody(tokens[1]))
	s.field("session_token", "POST", startPath, startBody(l.Key, "C"))
	require.True(t, s.UpdateLicense(l.ID, func(l *licenseservertest.License) { l.Inactive = true }))
	require.Empty(t, s.OpenSessions(), "all sessions of the license end")

	plain := newServer(t, licenseservertest.WithSeedLicenses(1))
	require.NotContains(t, plain.field("license", "GET", "/api/license/info/"+plain.Licenses()[0].Key, ""), "limit")
}

func TestHideLicenses(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(1))
	l := s.Licenses()[0]
	hidden := []string{
		"/api/license/info/" + l.Key, at("/api/license/%d/devices", l.ID), at("/api/license/%d/resources", l.ID),
		at("/api/customer/%d/licenses", l.CustomerID),
	}
	s.HideLicenses(true)
	for _, path := range hidden {
		s.fails(404, "LICENSE_NOT_FOUND", "License not found", "GET", path, "")
	}
	require.Equal(t, "0", s.field("total", "GET", "/api/search?type=license", ""))
	s.field("success", "POST", at("/api/license/%d/quick-edit", l.ID), `{"max_users":9}`)
	s.field("version", "GET", "/api/version/latest", "")
	require.EqualValues(t, 9, s.Licenses()[0].MaxUsers)
	s.HideLicenses(false)
	for _, path := range hidden {
		resp, _ := s.do("GET", path, "")
		require.Equal(t, 200, resp.StatusCode)
	}
}

func TestVersions(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(1))
	key := s.Licenses()[0].Key
	s.get(`{"version":"2.4.0","release_date":"2026-01-15","release_notes":"Maintenance release",
		"download_url":"https://license.v2.test/downloads/2.4.0"}`, "/api/version/latest")
	s.AddVersion(licenseservertest.Version{Number: "2.10", Released: start, Notes: "New", Mandatory: true})
	s.AddVersion(licenseservertest.Version{Number: "2.9.9"})
	s.get(`{"version":"2.10","release_date":"2026-03-04","release_notes":"New","download_url":"https://license.v2.test/downloads/2.10"}`,
		"/api/version/latest")
	for path, want := range map[string]string{"2.10": "Version 2.10.", "2.4.0": "Version 2.4.0.", "2.11": "There is no such version."} {
		resp, page := s.do("GET", "/downloads/"+path, "")
		require.Equal(t, path == "2.11", resp.StatusCode == 404)
		require.Contains(t, page, "<h1>"+want+"</h1>")
	}
	for current, update := range map[string]bool{"2.9": true, "2.10": false, "2.10.0": false, "2.10.1": false, "x": true, "2.10-rc": true} {
		s.post(at(`{"update_available":%t,"latest_version":"2.10","download_url":"https://license.v2.test/downloads/2.10",
			"release_notes":"New","is_mandatory":true}`, update),
			"/api/version/check", at(`{"license_key":%q,"current_version":%q}`, key, current))
	}
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", "/api/version/check", `{"license_key":"x","current_version":"1"}`)
	s.fails(400, "VALIDATION_ERROR", "current_version is required", "POST", "/api/version/check", at(`{"license_key":%q}`, key))
}
