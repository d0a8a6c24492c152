// Package clienttest drives a vendor's client in tests, without sockets.
//
// A [Tap] is a transport that records every request and answers it from a function. A [Vendor]
// describes as data what is particular about a client: how to make one, good arguments by type, the
// rows of its API's inventory and the fixtures that answer them. Everything else is found by
// reflection over the client's services, so a new method is tested without being named anywhere:
//
//	func vendor(t testing.TB) *clienttest.Vendor {
//		return &clienttest.Vendor{
//			Kind: example.Kind, Base: serverURL,
//			Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
//				return clientOver(t, transport, opts...)
//			},
//			Samples: samples, Rows: rows(t), Exchanges: exchanges(t), Canaries: canaries,
//		}
//	}
//
//	func TestInventory(t *testing.T) { vendor(t).CheckInventory(t, nil) }
//
// The checks are [Vendor.CheckInventory], [Vendor.CheckExchanges], [Vendor.CheckHostile],
// [Vendor.CheckRefusals], [Vendor.CheckArguments], [Vendor.CheckSecrets] and [Vendor.CheckPrinted].
// For what they cannot know, they call a function of the vendor's test.
//
// It knows no vendor and is imported only by tests.
package clienttest
