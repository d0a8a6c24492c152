package elizontest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/provkit/provkit/elizon/elizontest"
)

func ExampleNewServer() {
	srv := elizontest.NewServer()
	defer srv.Close()

	body := `{"items":[{"lineId":"1","productId":"prod-vps-s","productName":"VPS S","quantity":1,"billingCycle":30,"itemType":"new"}],
		"paymentMethod":"guthaben"}`
	req, err := http.NewRequest(http.MethodPost, srv.URL+"/api/checkout", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("x-api-key", srv.Key)
	req.Header.Set("X-Elizon-Client", "desktop") // as the vendor demands where money is spent
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	fmt.Println(resp.StatusCode, srv.Truths()[0].Status, srv.Charges()[0].Amount)
	srv.Advance(elizontest.ProvisioningTime)
	fmt.Println(srv.Truths()[0].Status)
	// Output:
	// 200 PROVISIONING 5.94
	// RUNNING
}
