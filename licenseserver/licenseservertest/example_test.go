package licenseservertest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

func ExampleNewServer() {
	srv := licenseservertest.NewServer()
	defer srv.Close()
	license := srv.AddLicense(licenseservertest.License{Key: "DEMO"})

	body := `{"license_key":"DEMO","hardware_hash":"4711","machine_name":"Desk"}`
	req, err := http.NewRequest(http.MethodPost, srv.URL+"/api/license/activate", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-API-Key", srv.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	fmt.Println(resp.StatusCode, srv.Devices(license.ID)[0].MachineName)
	// Output: 200 Desk
}
