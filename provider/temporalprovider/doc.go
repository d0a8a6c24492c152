// Package temporalprovider carries out intents on Temporal (temporal.io): one workflow a service, whose
// activities converge.
//
//	temporal, err := client.Dial(client.Options{HostPort: "localhost:7233", DataConverter: temporalprovider.DataConverter()})
//	workers, err := temporalprovider.Start(temporal, temporalprovider.Config{
//		Servers: []temporalprovider.Server{{Name: "web1", Workers: 4}},
//		Open:    servers.Provider, // of a fleet.Fleet
//		Secrets: vault,
//		OnEvent: tell,
//	})
//	defer workers.Stop()
//	err = temporalprovider.Send(ctx, temporal, &provider.Intent{
//		Server: "web1", Reference: "order-1042", Status: provider.StatusActive, Sequence: 3,
//		Order: &provider.Order{Username: "example_com", Email: "max@example.com", PasswordName: "order-1042"}, // a name in the vault
//	})
//
// Dial the client with DataConverter, which refuses payloads with secrets. The signals are "paid",
// "overdue" and "cancelled" (SignalOf); the newest by Intent.Sequence counts, in whatever order they arrive,
// and ends the waiting for an older one, for 30 days after the account is gone. Work that is pending is waited for by durable timers, errors that
// may heal are tried again by Temporal as provider.Retryable says, all others have provider.Code as their
// type and are not. What costs money needs a provider.Ledger besides: an activity may run twice.
package temporalprovider
