package vendorprograms

// A licensed desktop program and the panel's own pages, as the vendor's "V2-Docker API Reference" has
// them speak (shared/seeds/licenseserver.md, by heading; shared/api/licenseserver.md section 5), with
// what the vendor's public repositories IntelSight/Hetzner-Backup and v2-Docker add (section 11: heartbeat,
// time-out, the answers about versions).

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

// licensed is a program on one machine.
type licensed struct {
	*program
	hardware, machine string
}

func (l *licensed) send(t *testing.T, method, path string, body any) (int, map[string]any) {
	t.Helper()
	sent, contentType := "", ""
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		sent, contentType = string(encoded), "application/json"
	}
	a := l.program.send(t, method, path, contentType, sent)
	var got map[string]any
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatalf("API reference: all answers of %s %s are JSON objects, not HTTP %d with %q", method, path, a.status, a.body)
	}
	return a.status, got
}

func (l *licensed) call(t *testing.T, heading string, of kind, method, path string, body any) map[string]any {
	t.Helper()
	status, got := l.send(t, method, path, body)
	if status != http.StatusOK && status != http.StatusCreated {
		t.Fatalf("API reference, %s: HTTP %d: %v", heading, status, got)
	}
	for _, wrong := range of.wrong("answer", got) {
		t.Errorf("API reference, %s: %s", heading, wrong)
	}
	return got
}

// refused is an error: error, code and status, which is the HTTP status.
func (l *licensed) refused(t *testing.T, heading string, method, path string, body any, statuses ...int) map[string]any {
	t.Helper()
	status, got := l.send(t, method, path, body)
	if !slices.Contains(statuses, status) && (len(statuses) > 0 || status < 400) {
		t.Errorf("API reference, %s: HTTP %d, want %v: %v", heading, status, statuses, got)
	}
	for _, wrong := range (shape{"error": text, "code": text, "status": is(float64(status))}).wrong("answer", got) {
		t.Errorf("API reference, error responses (%s): %s", heading, wrong)
	}
	return got
}

var (
	activation = shape{
		"id": number, "hardware_hash": text, "machine_name": text, "activated_at": text, "last_heartbeat": text,
		"is_active": boolean,
	}
	uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	day  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

func TestLicenseServerClient(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	srv := licenseservertest.NewServer(licenseservertest.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(later.Load()))
	}))
	t.Cleanup(srv.Close)
	pass := func(d time.Duration) { later.Add(int64(d)) }
	sold := srv.AddLicense(licenseservertest.License{Type: "perpetual", MaxActivations: 2, MaxUsers: 10})
	srv.AddVersion(licenseservertest.Version{Number: "99.0.0", Notes: "many things", Mandatory: true})

	on := func(name string) *licensed {
		return &licensed{newProgram(srv.URL, "X-API-Key", srv.Key), "hash-of-" + name, name}
	}
	office, laptop, third := on("DESKTOP-1"), on("LAPTOP-2"), on("DESKTOP-3")
	panel := &licensed{program: newProgram(srv.URL)}
	maps.Copy(panel.header, srv.AdminHeader)
	bad := &licensed{newProgram(srv.URL, "X-API-Key", "AF-2025-"), "x", "x"}

	t.Run("health", func(t *testing.T) {
		nobody := &licensed{program: newProgram(srv.URL)}
		nobody.call(t, "GET /health", shape{"status": is("healthy"), "timestamp": text}, "GET", "/health", nil)
		nobody.call(t, "GET /", shape{"status": is("ok"), "service": text, "timestamp": text}, "GET", "/", nil)
	})
	activate := func(l *licensed) fields {
		return fields{"license_key": sold.Key, "hardware_hash": l.hardware, "machine_name": l.machine, "app_version": "1.0.0"}
	}
	t.Run("key", func(t *testing.T) {
		got := bad.refused(t, "Error Response (401 Unauthorized)", "POST", "/api/license/activate", activate(bad), 401)
		if got["code"] != "INVALID_API_KEY" {
			t.Errorf("API reference, error response: the code is %v", got["code"])
		}
	})
	t.Run("activate", func(t *testing.T) {
		got := office.call(t, "POST /api/license/activate",
			shape{"message": text, "activation": activation.with(shape{"license_key": is(sold.Key)})},
			"POST", "/api/license/activate", activate(office))
		if at(got, "activation", "is_active") != true || at(got, "activation", "hardware_hash") != office.hardware || got["message"] == "" {
			t.Errorf("API reference, POST /api/license/activate: %v", got)
		}
		again := office.call(t, "POST /api/license/activate", shape{"activation": activation}, "POST", "/api/license/activate", activate(office))
		if at(again, "activation", "id") != at(got, "activation", "id") {
			t.Errorf("API reference, POST /api/license/activate: the same machine takes a second place: %v", again)
		}
	})
	verify := func(t *testing.T, l *licensed) map[string]any {
		return l.call(t, "POST /api/license/verify", shape{"valid": boolean, "message": text, "update_available": boolean},
			"POST", "/api/license/verify", fields{"license_key": sold.Key, "hardware_hash": l.hardware, "app_version": "1.0.0"})
	}
	t.Run("verify", func(t *testing.T) {
		got := verify(t, office)
		for _, wrong := range (shape{
			"valid": yes, "license": shape{"key": is(sold.Key), "valid_until": text, "max_users": number}, "latest_version": is("99.0.0"),
			"update_available": yes,
		}).wrong("answer", got) {
			t.Errorf("API reference, POST /api/license/verify: %s", wrong)
		}
		if !day.MatchString(str(at(got, "license", "valid_until"))) {
			t.Errorf("API reference: valid_until is a day, not %v", at(got, "license", "valid_until"))
		}
	})
	t.Run("info", func(t *testing.T) {
		got := office.call(t, "GET /api/license/info/{license_key}", shape{
			"license": shape{
				"id": number, "key": is(sold.Key), "customer_name": anything, "type": is("perpetual"), "valid_from": text, "valid_until": text,
				"max_activations": number, "max_users": number, "is_active": yes,
			},
			"activations": list(activation),
		}, "GET", "/api/license/info/"+sold.Key, nil)
		if row(got, "activations", "hardware_hash", office.hardware) == nil {
			t.Errorf("API reference, GET /api/license/info: the activation is not listed: %v", got["activations"])
		}
	})
	devices := func(t *testing.T) map[string]any {
		return panel.call(t, "GET /api/license/{license_id}/devices",
			shape{"devices": list(activation.with(shape{"app_version": text}))}, "GET", fmt.Sprintf("/api/license/%d/devices", sold.ID), nil)
	}
	var device any
	t.Run("register device", func(t *testing.T) {
		got := panel.call(t, "POST /api/license/{license_id}/register-device",
			shape{"success": yes, "device_id": number, "message": text}, "POST", fmt.Sprintf("/api/license/%d/register-device", sold.ID),
			fields{"hardware_hash": laptop.hardware, "machine_name": laptop.machine, "app_version": "1.0.0"})
		device = got["device_id"]
		if row(devices(t), "devices", "id", device) == nil || str(got["message"]) == "" {
			t.Errorf("API reference, register-device: %v is not among %v", got, devices(t)["devices"])
		}
	})
	t.Run("no place left", func(t *testing.T) {
		third.refused(t, "max_activations of GET /api/license/info", "POST", "/api/license/activate", activate(third))
	})
	start := func(l *licensed) fields {
		return fields{"license_key": sold.Key, "machine_id": l.machine, "hardware_hash": l.hardware, "version": "1.0.0"}
	}
	beat := func(token string) fields { return fields{"session_token": token, "license_key": sold.Key} }
	var token string
	open := func(t *testing.T, l *licensed) string {
		got := l.call(t, "POST /api/license/session/start", shape{"session_token": text}, "POST", "/api/license/session/start", start(l))
		if !uuid.MatchString(str(got["session_token"])) {
			t.Errorf("API reference, session/start: session_token is no UUID: %v", got)
		}
		return str(got["session_token"])
	}
	t.Run("session start", func(t *testing.T) { token = open(t, office) })
	t.Run("heartbeat", func(t *testing.T) {
		need(t, token != "", "session start")
		for range 5 { // one every 30 seconds, by the vendor's repository
			pass(30 * time.Second)
			office.call(t, "POST /api/license/session/heartbeat", shape{"last_heartbeat": text}, "POST", "/api/license/session/heartbeat", beat(token))
		}
		office.refused(t, "session/heartbeat", "POST", "/api/license/session/heartbeat", beat("550e8400-e29b-41d4-a716-446655440000"))
	})
	t.Run("second session", func(t *testing.T) {
		need(t, token != "", "session start")
		laptop.refused(t, "session/start (409 Conflict, single session)", "POST", "/api/license/session/start", start(laptop), 409)
		pass(50 * time.Second)
		laptop.refused(t, "session/start, 50 s after the last heartbeat", "POST", "/api/license/session/start", start(laptop), 409)
	})
	t.Run("time-out", func(t *testing.T) {
		need(t, token != "", "session start")
		pass(70 * time.Second)    // two minutes after the last heartbeat
		second := open(t, laptop) // by the vendor's repository a session ends after 60 seconds, and is swept
		office.refused(t, "session/heartbeat of a session that has ended", "POST", "/api/license/session/heartbeat", beat(token))
		token = second
	})
	t.Run("session end", func(t *testing.T) {
		need(t, token != "", "session start")
		laptop.call(t, "POST /api/license/session/end", object, "POST", "/api/license/session/end", fields{"session_token": token})
		laptop.refused(t, "session/heartbeat after session/end", "POST", "/api/license/session/heartbeat", beat(token))
		office.call(t, "POST /api/license/session/end", object, "POST", "/api/license/session/end", fields{"session_token": open(t, office)})
	})
	t.Run("deactivate device", func(t *testing.T) {
		need(t, device != nil, "register device")
		panel.call(t, "deactivate-device", shape{"success": yes, "message": text}, "POST",
			fmt.Sprintf("/api/license/%d/deactivate-device/%.0f", sold.ID, device), nil)
		if got := row(devices(t), "devices", "id", device); got["is_active"] != false {
			t.Errorf("API reference, deactivate-device: the device is %v", got)
		}
		third.call(t, "POST /api/license/activate, on the place that is free again", shape{"activation": activation},
			"POST", "/api/license/activate", activate(third))
	})
	t.Run("version check", func(t *testing.T) {
		known := shape{
			"update_available": boolean, "latest_version": is("99.0.0"), "download_url": text, "release_notes": text, "is_mandatory": boolean,
		}
		for version, update := range map[string]bool{"1.0.0": true, "99.0.0": false} {
			got := office.call(t, "POST /api/version/check, with the answer of the vendor's repository", known, "POST", "/api/version/check",
				fields{"current_version": version, "license_key": sold.Key})
			if got["update_available"] != update {
				t.Errorf("from %s: update_available is %v", version, got["update_available"])
			}
		}
	})
	t.Run("latest version", func(t *testing.T) {
		office.call(t, "GET /api/version/latest, with the answer of the vendor's repository", shape{"version": is("99.0.0")}, "GET", "/api/version/latest", nil)
		bad.refused(t, "GET /api/version/latest", "GET", "/api/version/latest", nil, 401)
	})
	t.Run("switched off", func(t *testing.T) {
		panel.call(t, "POST /api/licenses/bulk-deactivate", object, "POST", "/api/licenses/bulk-deactivate", fields{"license_ids": []int64{sold.ID}})
		status, got := office.send(t, "POST", "/api/license/verify", fields{
			"license_key": sold.Key, "hardware_hash": office.hardware, "app_version": "1.0.0",
		})
		if status == http.StatusOK && got["valid"] != false {
			t.Errorf("API reference, POST /api/license/verify: a license that is switched off is valid: %v", got)
		}
	})
}
