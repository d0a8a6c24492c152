package licenseserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// exampleServer answers the calls of the examples.
func exampleServer() *httptest.Server {
	answers := map[string]string{
		"/api/license/info/TEST-TEST-TEST-0001": `{"license": {"id": 123, "key": "TEST-TEST-TEST-0001", "customer_name": "ACME Corp", "valid_until": "2026-01-01", "max_users": 10, "is_active": true}}`,
		"/api/license/session/start":            `{"session_token": "placeholder-session-token"}`,
		"/api/license/session/end":              `{"reason": "client"}`,
		"/api/licenses/bulk-deactivate":         `{"success": true}`,
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch body, _ := io.ReadAll(r.Body); {
		case strings.Contains(string(body), "TEST-TEST-TEST-0002"):
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"error": "Es ist nur eine Sitzung erlaubt...", "code": "SESSION_ACTIVE", "status": 409}`)
		default:
			_, _ = io.WriteString(w, answers[r.URL.Path])
		}
	}))
}

// A client uses an API key for the license server, and the caller's own sign-in for the admin
// panel.
func ExampleNew() {
	server := exampleServer()
	defer server.Close()
	ctx := context.Background()

	client, err := licenseserver.New(server.URL, provider.NewSecret("AF-2000-placeholder-placeholder-00000000"),
		licenseserver.WithAdminCookie("session", provider.NewSecret("placeholder-cookie")))
	if err != nil {
		fmt.Println(err)
		return
	}
	license, err := client.Licenses.Info(ctx, provider.NewSecret("TEST-TEST-TEST-0001"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(license.ID, license.Key, license.CustomerName, license.ValidUntil.Format(time.DateOnly), license.Active)
	_, err = client.Licenses.BulkDeactivate(ctx, license.ID)
	fmt.Println("suspended:", err == nil)
	// Output:
	// 123 [redacted] ACME Corp 2026-01-01 true
	// suspended: true
}

// A licensed program keeps a session open while it runs.
func ExampleClient_StartSession() {
	server := exampleServer()
	defer server.Close()
	ctx := context.Background()

	client, err := licenseserver.New(server.URL, provider.NewSecret("AF-2000-placeholder-placeholder-00000000"))
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := client.StartSession(ctx, licenseserver.SessionOptions{
		LicenseKey: provider.NewSecret("TEST-TEST-TEST-0001"), MachineID: "pc-1",
		Interval: time.Minute, Grace: 2 * time.Hour,
		OnLost: func(err error) { fmt.Println("save your work:", err) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("running:", session.Err() == nil)
	fmt.Println("closed:", session.Close() == nil)

	_, err = client.StartSession(ctx, licenseserver.SessionOptions{LicenseKey: provider.NewSecret("TEST-TEST-TEST-0002"), MachineID: "pc-1"})
	var e *provider.Error
	if errors.Is(err, licenseserver.ErrSessionActive) && errors.As(err, &e) {
		fmt.Println(e.Message)
	}
	// Output:
	// running: true
	// closed: true
	// Es ist nur eine Sitzung erlaubt...
}
