// Package doctest holds the documentation against the module: every Go block compiles,
// every program prints what stands below it, every relative link, anchor and named file
// is there, and every command names packages and tests that exist. It has tests only.
//
// # What a Go block may be
//
// A fence with the language "go" is one of three things:
//
//   - A program or a file, if it begins with "package". It is taken as it is, and must
//     have its imports and no unused variable. A program (package main) is also run, from
//     a module outside of this one.
//   - Declarations, if it begins with "func" or "import".
//   - A fragment otherwise: the inside of a function that returns an error. What packages
//     it names are imported for it, and it may leave variables unused.
//
// A fragment finds these variables declared, and may declare them itself instead:
//
//	ctx context.Context, p provider.Provider, order *provider.CreateRequest,
//	apiKey provider.Secret, id string
//
// Others are declared in a comment right above the fence, in the form of parameters:
//
//	<!-- go: client *keyhelp.Client, servers *fleet.Fleet -->
//
// Above the fence that holds what the program before it prints stands
//
//	<!-- output -->
//
// Every fence names its language, so that no code goes unseen.
package doctest
