// Package providertest is the conformance suite that every adapter of provkit
// passes, and that adapters of third parties should pass too.
//
// An adapter's test supplies a Harness, which opens fresh emulated worlds, and
// calls Run:
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Harness{Name: "mypanel", Open: func(t testing.TB) *providertest.World {
//			return providertest.NewMemory(nil).World() // yours: a fresh emulator and a new client
//		}})
//	}
//
// The heart of the suite is the fault matrix. It runs each verb once undisturbed
// and counts its requests; then, for every one of these requests and every fault
// of faults.Catalogue, it runs the verb in a fresh world with that fault at that
// request. (By default it takes a sample in which each fault meets each verb and each
// request meets faults; PROVKIT_TESTS=full tries them all, PROVKIT_TESTS_SEED=2 draws
// another sample.) It holds what the adapter said against what the emulator really holds:
// success must be true, a plain error must mean "not done", and only
// ErrOutcomeUnknown may leave it open. Then the faults stop, the program
// "restarts", and the same call must bring about exactly what was wanted: never a
// second account, never a lost one.
//
// Everything runs in testing/synctest bubbles, so that back-off and Retry-After cost
// no real time. That is why an emulator must be reached without sockets, such as
// through faults.Injector.Transport.
//
// Memory is a complete reference adapter with an emulator of its own. It passes the
// suite, and it serves as a fake in unit tests of programs that use provkit.
package providertest
