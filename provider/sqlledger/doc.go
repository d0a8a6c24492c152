// Package sqlledger has a provider.Ledger in SQLite, for the programs of one machine, and in
// PostgreSQL, for those of many.
package sqlledger
