// Package elizon is a client for the elizon platform API.
//
//	client, err := elizon.New(elizon.DefaultBaseURL, apiKey)
//	for service, err := range client.Services.List(ctx, nil) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(service.ID, service.Name)
//	}
//
// # Credentials
//
// An API key reaches most endpoints. Some refuse it and want the token of a session, as
// Auth.Login returns it: give that with WithSessionToken. Without it such calls fail with
// provider.ErrForbidden and send nothing. WithoutKey makes a client for public endpoints
// and for signing in.
//
// # Money
//
// Amounts are EUR, exact decimals, but for a few endpoints that count Cents: the types
// keep them apart. Cart.Calculate prices an order; Checkout.Order places it and spends
// money. It is never retried, and the platform knows no idempotency keys: after
// provider.ErrOutcomeUnknown look before ordering again.
//
// NewProvider puts the account behind the portable contract, whose Create does the looking:
// it buys one service for one reference, over lost answers and restarts of the program, and
// not above the price that the order allows. provider.WithHandles keeps the handle of an
// order before anything is bought.
//
// # Facts
//
// Every method names its endpoint. The vendor's reference lost the HTTP methods: where
// they are not shown by an example or by the vendor's own programs, comments say "method
// inferred", and the error of a wrong guess says so too. Where a comment says
// "undocumented", no document tells; such answers come as a Payload for the caller to
// decode, and requests take Extra fields. CaptureResponse and Client.Do reach what the
// types do not cover.
package elizon
