// Package ordertest is where orders are placed while everything goes wrong at once: requests are lost,
// refused, answered with what was true a while ago or with the answer to another question, orders are
// carried out minutes after they were sent, programs die, several of them share one ledger, and its clock
// jumps. In the end every order must have been paid for once.
//
// A Network is what happens to requests, whoever the vendor is. Hostkey is the campaign for HOSTKEY. It
// takes the ledger from its caller, so that the tests of a ledger in another module can run it:
//
//	ordertest.Hostkey(t, ordertest.Campaign{Orders: 200, Books: func(t *testing.T, clock func() time.Time) func() provider.Ledger {
//		path := filepath.Join(t.TempDir(), "orders.db")
//		return func() provider.Ledger { return open(t, path, clock) }
//	}})
//
// A world runs in a bubble of testing/synctest. What a ledger opens there has to be closed by t.Cleanup,
// and its leases should end by the clock that it is given, or by time.Now, which is the bubble's: a clock
// outside, such as a database's, stands still while the programs wait for the lease of one that has died.
package ordertest
