package hestiatest_test

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/provkit/provkit/hestia/hestiatest"
)

func ExampleNewServer() {
	srv := hestiatest.NewServer()
	defer srv.Close()

	resp, err := http.PostForm(srv.URL+"/api/", url.Values{
		"access_key": {srv.AccessKey}, "secret_key": {srv.SecretKey},
		"cmd": {"v-add-user"}, "arg1": {"shop"}, "arg2": {"Sesame-12345"}, "arg3": {"post@shop.example"},
	})
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Header.Get("Hestia-Exit-Code"))
	shop, _ := srv.User("shop")
	fmt.Println(shop.Email, shop.Package)
	// Output:
	// 204 0
	// post@shop.example default
}
