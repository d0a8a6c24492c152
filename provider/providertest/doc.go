// Package providertest is the conformance suite that every adapter of provkit passes, and that
// adapters of others should pass, too.
//
// An adapter's test calls Run with a Harness, which opens fresh emulated worlds:
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Harness{Name: "mypanel", Open: func(t testing.TB) *providertest.World {
//			return providertest.NewMemory(nil).World() // yours: a fresh emulator and a new client
//		}})
//	}
//
// The heart of the suite is the fault matrix. It runs each verb once without faults and counts its
// requests; then, for each of these requests and each fault of faults.Catalogue, it runs the verb
// in a fresh world with that fault at that request. (By default it takes a sample in which each
// fault meets each verb and each request meets faults; PROVKIT_TESTS=full tries them all,
// PROVKIT_TESTS_SEED=2 draws another sample.) It compares what the adapter said with the emulator's
// state: success must be true, a plain error must mean "not done", and only ErrOutcomeUnknown may
// leave it open. Then the faults stop, the program "restarts", and the same call must bring about
// exactly what was wanted: never a second account, never a lost one.
//
// Everything runs in testing/synctest bubbles, so that back-off and Retry-After take no real time.
// Sockets do not work there: reach your emulator through faults.Injector.Transport, for example.
//
// Memory is a complete reference adapter with its own emulator. It passes the suite, and is a fake
// for unit tests of programs that use provkit.
package providertest
