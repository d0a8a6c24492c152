// Package ordertest is where orders are placed while everything goes wrong at once: requests are lost,
// refused, answered with what was true a while ago or with the answer to another question, orders are
// carried out minutes after they were sent, programs die, several of them share one ledger, and its clock
// jumps. In the end every order must have been paid for once.
//
// A Network is what happens to requests, whoever the vendor is. Hostkey and Elizon are the campaigns for
// these. They take the ledger from their caller, so that the tests of a ledger in another module can run them:
//
//	ordertest.Hostkey(t, ordertest.Campaign{Orders: 200, Books: func(t *testing.T, clock func() time.Time) func() provider.Ledger {
//		path := filepath.Join(t.TempDir(), "orders.db")
//		return func() provider.Ledger { return open(t, path, clock) }
//	}})
//
// A world runs in a bubble of testing/synctest. A ledger is closed at the end of each program that has opened it,
// if it has Close. Its leases should end by the clock that it is given, or by time.Now, which is the bubble's: a
// clock outside, such as a database's, stands still while the programs wait for the lease of one that has died.
//
// Buyers kills real programs.
package ordertest
