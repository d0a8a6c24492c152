// Package provider is the portable contract of provkit: create, suspend, unsuspend, terminate and
// sign on to customers' services, whatever system they are on.
//
//	created, err := p.Create(ctx, &provider.CreateRequest{
//		Reference: "order-1042",
//		Username:  "example_com",
//		Password:  password,
//		Email:     "max@example.com",
//		Domain:    "example.com",
//	})
//	if errors.Is(err, provider.ErrAlreadyExists) {
//		fmt.Println("an account of that name is somebody else's:", err)
//	}
//
// A Provider comes from a vendor's package (keyhelp.NewProvider(client)) or from a row of plain
// configuration (Drivers). Optional interfaces are for what only some systems can do: As finds
// them, and Describe declares them.
//
// # Promises
//
// Every adapter keeps these promises, and the conformance suite in providertest proves them with a
// fault at every single request:
//
//  1. Create is idempotent per Reference and Username. An account of that name
//     that is not ours is ErrAlreadyExists.
//  2. A Create of several steps that stopped half-way is finished by calling it
//     again. Undoing is the caller's choice, and removes only what this call
//     made. No step's error is lost.
//  3. Suspend of a suspended account and Unsuspend of an active one succeed with
//     OutcomeAlready. A flag that the server ignored is an error.
//  4. Terminate needs proof of absence. An account that never existed is
//     ErrNotFound; one that a lost attempt of this call removed is success.
//  5. When the answer to a change was lost, the adapter looks before it repeats
//     the change. If the look fails too, the error matches ErrOutcomeUnknown, and
//     calling the verb again is safe.
//  6. Work that takes minutes returns at once with OutcomePending and a handle
//     that survives a restart of the program.
//  7. Ensure brings an account to the wanted state and reports each change.
//  8. Errors are distinguished by code, field and status, never by their text.
//
// # Answers have three values
//
// Done (nil), not done (an error), and unknown (an error that matches ErrOutcomeUnknown). When the
// caller's context ends while a change is under way, the adapter no longer looks: the error matches
// both ErrOutcomeUnknown and the context's error.
package provider
