// Package riverprovider carries out intents as jobs of River (riverqueue.com): with SQLite inside one
// process, with PostgreSQL on many machines, with the same code.
//
//	driver := riverdatabasesql.New(db) // or riversqlite.New(db), after db.SetMaxOpenConns(1)
//	migrator, err := rivermigrate.New(driver, nil) // River's own tables
//	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
//
//	queue, err := riverprovider.New(db, riverprovider.Config{
//		Servers: []riverprovider.Server{{Name: "web1", Workers: 4}},
//		Open:    servers.Provider, // of a fleet.Fleet
//		Secrets: vault,
//		OnEvent: func(ctx context.Context, tx *sql.Tx, e *riverprovider.Event) error {
//			_, err := tx.ExecContext(ctx, "UPDATE services SET state = $1 WHERE reference = $2", e.State, e.Intent.Reference)
//			return err
//		},
//	})
//	err = queue.Migrate(ctx) // the table of this package
//	workers := river.NewWorkers()
//	config := &river.Config{Workers: workers}
//	err = queue.Configure(config)
//	client, err := river.NewClient(driver, config)
//	err = client.Start(ctx)
//
//	tx, err := db.BeginTx(ctx, nil) // with your own tables
//	fresh, err := queue.Enqueue(ctx, client, tx, &provider.Intent{
//		Server: "web1", Reference: "order-1042", Status: provider.StatusActive, Sequence: 3,
//		Order: &provider.Order{Username: "example_com", Email: "max@example.com", PasswordName: "order-1042"}, // a name in the vault
//	})
//	err = tx.Commit()
//
// There is one job a reference at most, however many intents arrive: what counts is the newest by its
// Sequence, which stands in a table of this package, and a job that carried out an older one goes on with it
// before it ends. A job converges (provider.Intent.Ensure): it may be killed at any moment and run again. It
// is snoozed while work is pending or where Retryable says how long to wait, tried again by River's own
// growing waits after other errors that may heal, and cancelled by what no repetition heals. A person is asked
// after a week of the former, or MaxAttempts of the latter. A job that is cancelled or removed in River's own
// tables comes back: what ends an intent is a newer one. No job row holds a secret.
//
// What costs money needs a provider.Ledger besides (provider/sqlledger, in the same database if you like),
// which River's rows do not replace: they say what is wanted, the ledger what was sent.
package riverprovider
