package ordertest

import (
	"fmt"
	"time"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

// Shop is a way in which elizon's platform and its caller may behave.
type Shop struct {
	Name    string
	Options []elizontest.Option
	Client  []provider.Option
}

// Shops are ways that have been seen.
func Shops() []Shop {
	return []Shop{
		{Name: "plain"},
		{Name: "display names", Options: []elizontest.Option{elizontest.WithDisplayNames()}},
		{Name: "service comes later", Options: []elizontest.Option{elizontest.WithServiceDelay(40 * time.Second)}},
		{Name: "failures under 200", Options: []elizontest.Option{elizontest.WithStatus200()}},
		{Name: "no error codes", Options: []elizontest.Option{elizontest.WithoutErrorCodes()}},
	}
}

// MoreShops are those, and ways that may be.
func MoreShops() []Shop {
	return append(Shops(),
		Shop{Name: "runs at once", Options: []elizontest.Option{elizontest.WithProvisioning(0)}},
		Shop{Name: "an hour to set up", Options: []elizontest.Option{elizontest.WithProvisioning(time.Hour)}},
		Shop{Name: "old list", Options: []elizontest.Option{elizontest.WithListKeys("services")}},
		Shop{Name: "service late, old", Options: []elizontest.Option{elizontest.WithServiceDelay(10 * time.Minute), elizontest.WithoutErrorCodes(), elizontest.WithStatus200()}},
		Shop{Name: "signed markers", Client: []provider.Option{provider.WithMarkerKeys(provider.NewSecret("the marker key of this test"))}},
	)
}

// Open starts the platform, in memory, with an unrelated service that is older than the order window.
func (s Shop) Open() (srv *elizontest.Server, foreign elizontest.Truth) {
	srv = elizontest.NewServer(append([]elizontest.Option{elizontest.InMemory()}, s.Options...)...)
	srv.AddService(elizontest.Service{Name: "somebody-else", CreatedAt: srv.Now().Add(-48 * time.Hour)})
	return srv, srv.Truths()[0]
}

// ElizonOrder is the n-th order at elizon.
func ElizonOrder(n int) *provider.CreateRequest {
	return &provider.CreateRequest{
		Reference: fmt.Sprintf("order-%d", n),
		Username:  fmt.Sprintf("customer%d", n),
		Email:     fmt.Sprintf("customer%d@example.com", n),
		Name:      fmt.Sprintf("Customer %d", n),
		Plan:      "prod-vps-s",
		Options:   map[string]string{"max_price": "6.00", "template": "101", "location": "loc-fra"},
	}
}
