package riverprovider_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
	"github.com/provkit/provkit/provider/riverprovider"
)

// One process with one file: events of the billing system go in, what became of them comes out.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "queue")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "queue.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // as River wants it for SQLite
	driver := riversqlite.New(db)

	done := make(chan *riverprovider.Event)
	panel := providertest.NewMemory(nil) // keyhelp.NewProvider(client), or a fleet of many
	queue, err := riverprovider.New(db, riverprovider.Config{
		Servers: []riverprovider.Server{{Name: "web1"}},
		Open:    func(string) (provider.Provider, error) { return panel, nil },
		Secrets: provider.SecretSourceFunc(func(_ context.Context, name string) (provider.Secret, error) {
			return provider.NewSecret("from your vault: " + name), nil
		}),
		OnEvent: func(_ context.Context, _ *sql.Tx, e *riverprovider.Event) error {
			done <- e // a program writes it into its own tables with the transaction
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		log.Fatal(err)
	}
	if err := queue.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	config := &river.Config{Logger: quiet}
	if err := queue.Configure(config); err != nil {
		log.Fatal(err)
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		log.Fatal(err)
	}
	if err := queue.Recover(ctx); err != nil { // this is the only program of the file
		log.Fatal(err)
	}
	if err := client.Start(ctx); err != nil {
		log.Fatal(err)
	}
	defer func() { _ = client.Stop(ctx) }()

	intent := &provider.Intent{
		Server: "web1", Reference: "order-1042", Status: provider.StatusActive, Sequence: 1,
		Order: &provider.Order{Username: "example_com", Email: "max@example.com", Domain: "example.com", Plan: "small", PasswordName: "password of order-1042"},
	}
	for range 2 { // billing systems send events twice
		fresh, err := queue.Enqueue(ctx, client, nil, intent)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("new:", fresh)
	}
	e := <-done
	fmt.Println(e.Intent.Reference, e.State, e.Changes)
	// Output:
	// new: true
	// new: false
	// order-1042 done [create: absent -> active]
}
