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
// An API key reaches most endpoints. Some refuse it and need the token of a session, which
// Auth.Login returns and WithSessionToken takes. Without it, such calls fail with
// provider.ErrForbidden and send nothing. WithoutKey is for a client that reaches public endpoints
// only, sign-in among them.
//
// # Money
//
// Amounts are EUR, exact decimals, except for a few endpoints that use Cents: the types keep them
// apart. Cart.Calculate prices an order; Checkout.Order places it and spends money. It is never
// retried, and the platform has no idempotency keys: after provider.ErrOutcomeUnknown, look for the
// order before ordering again.
//
// NewProvider puts the account behind the portable contract, whose Create looks for the order
// itself: it buys one service for one reference, across lost answers and restarts of the program,
// and never above the price that the order allows. It needs a ledger; see provider.WithLedger.
//
// # Facts
//
// Every method names its endpoint. Those that the vendor's SDK and app use and its reference does not
// list say so. The reference lost the HTTP methods: where neither an
// example nor the vendor's own programs show the method, comments say "method inferred", and the
// error of a wrong guess says so too. Fields that any source shows are typed, all others of an answer
// are in its field More; answers of which nothing is known are returned as a Payload for the caller to
// decode, and undocumented requests take Extra fields. Give a secret among them as a
// provider.Secret: its value is sent, and nothing prints it. CaptureResponse and Client.Do reach what
// the types do not cover.
package elizon
