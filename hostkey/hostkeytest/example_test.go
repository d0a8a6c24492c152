package hostkeytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

func ExampleNewServer() {
	srv := hostkeytest.NewServer()
	defer srv.Close()
	srv.AddForeign("web1")

	resp, err := http.PostForm(srv.URL+"/auth.php", map[string][]string{"action": {"login"}, "key": {srv.Key}})
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Result struct {
			Role    string  `json:"role"`
			Servers []int64 `json:"servers"`
		} `json:"result"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	fmt.Println(answer.Result.Role, len(answer.Result.Servers))
	// Output: Customer 1
}
