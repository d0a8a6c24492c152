// Package order is what a paid order is, for vendors that cannot distinguish a repeated order
// from a new one. It spends money once by looking:
//
//	look    before anything is bought, the account is searched for the order
//	intent  the order's handle leaves the house before the order does
//	send    once in a call, whatever becomes of the answer
//	look    for an order whose answer was lost; nobody buys again before it has settled
//	claim   what was found and can be nobody else's is the order's
//	follow  until it is paid and its thing is there
//	mark    from then on anybody can see whose the thing is
//
// Desk runs these steps (desk.go). A vendor supplies each of them as a method of its Order, and the
// fields of its handle (order.go, handle.go). What is in the ledger is in book.go, who may look and send in lease.go, how
// long a lost answer is waited for in clock.go, what becomes of what goes wrong in errors.go.
//
// Renewals and upgrades have fewer steps (spend.go), and so has a Create that is no order of this kind (page.go).
package order
