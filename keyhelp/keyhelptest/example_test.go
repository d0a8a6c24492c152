package keyhelptest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func ExampleNewServer() {
	srv := keyhelptest.NewServer()
	defer srv.Close()

	req, err := http.NewRequest(http.MethodPost, srv.URL+"/api/v2/clients", strings.NewReader(`{"username":"shop","email":"post@shop.example","password":"s3cret-Pw"}`))
	if err != nil {
		panic(err)
	}
	req.Header.Set("X-API-Key", srv.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body))
	fmt.Println(srv.Clients()[0].Username)
	// Output:
	// 201 {"id":1207}
	// shop
}
