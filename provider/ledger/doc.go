// Package ledger has two ledgers: one in memory, for tests and for programs that may forget, and one
// in a file, for the programs of one machine. Module sqlledger has one for many machines.
package ledger
