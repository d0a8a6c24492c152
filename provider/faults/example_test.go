package faults_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/provkit/provkit/provider/faults"
)

// The first POST is applied, but its answer is lost: the client cannot know.
func ExampleInjector() {
	orders := 0
	shop := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		orders++
		w.WriteHeader(http.StatusCreated)
	})

	var in faults.Injector
	in.When(func(r *http.Request) bool { return r.Method == http.MethodPost }, 1, faults.Fault{Kind: faults.Drop, After: true})
	client := &http.Client{Transport: in.Transport(shop)}

	_, err := client.Post("http://shop.test/orders", "application/json", strings.NewReader("{}"))
	fmt.Println(err)
	fmt.Println("orders:", orders)
	for _, r := range in.Requests() {
		fmt.Println(r.Method, r.Path, string(r.Body), r.Fault, r.Status)
	}
	// Output:
	// Post "http://shop.test/orders": read tcp shop.test:80: connection reset by peer
	// orders: 1
	// POST /orders {} drop after 0
}
