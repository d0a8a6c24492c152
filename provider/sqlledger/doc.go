// Package sqlledger has a provider.Ledger in a database: in SQLite for the programs of one machine, in
// PostgreSQL for those of many.
//
//	book, err := sqlledger.OpenPostgres(ctx, url) // or OpenSQLite(ctx, path), or New(ctx, db, dialect)
//	...
//	client, err := hostkey.New(hostkey.RegionCOM, apiKey, provider.WithLedger(book))
//
// The example of the package is a whole program. On both:
//
//   - What is stored is on the disk when the method returns: SQLite with WAL and synchronous=FULL,
//     PostgreSQL with synchronous_commit, whatever the default of the database.
//   - A lease ends when it is released or its time is over, not when its program ends.
//   - Tokens and revisions come from one counter, which never goes back, also after Remove. To put back
//     an older copy of the database is to forget orders: what was bought since then is bought again.
//   - The tables provkit_ledger_* are made by the first program and brought up to date by the first newer one,
//     in one transaction; older programs go on with them. A program refuses tables that are newer than it
//     is. Programs that may make no tables can use those that are there.
//   - What the database has rolled back for the sake of others is tried again for 10 seconds, and so is three times what
//     a lost connection has ended before anything can have been stored. An answer that is lost after
//     that is an error: "it may be stored or not".
//   - No error has a password in it.
//
// SQLite: the clock is that of the machine. Leases follow it if it is set: forward ends them early, and
// back late, after at most twice their time. Programs wait for each other for 10 seconds, or as long as the context lasts. The file must be
// on a disk of the machine: on network file systems SQLite's locks hold nobody off.
//
// PostgreSQL: the clock is that of the server, clock_timestamp, and those of the programs do not matter. Locks are advisory ones,
// of one entry or one name, until the transaction ends; the server ends one that has been idle for 10
// seconds, so that no program which was stopped holds up the others. Nothing is kept in a session: where a
// pooler shares out connections by the transaction, the URL needs default_query_exec_mode=exec. After a failover the new server must have what the old one
// had confirmed (synchronous replication), or orders are forgotten.
package sqlledger
