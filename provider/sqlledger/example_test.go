package sqlledger_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/sqlledger"
)

// A server is bought, and not once more by a program that starts again with the same ledger: on many
// machines with that of a PostgreSQL database, which DATABASE_URL names, or else with a SQLite file.
func Example() {
	portal := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithDeployTime(0))
	folder, err := os.MkdirTemp("", "shop-")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for range 2 {
		if err := buy(context.Background(), portal, filepath.Join(folder, "orders")); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(portal.Machines()), "server, credit", portal.Credit())
	// Output:
	// order-1042: pending
	// order-1042: already
	// 1 server, credit 996.00
}

func buy(ctx context.Context, portal *hostkeytest.Server, path string) (err error) {
	var book *sqlledger.Ledger
	if url := os.Getenv("DATABASE_URL"); url != "" {
		book, err = sqlledger.OpenPostgres(ctx, provider.NewSecret(url))
	} else {
		book, err = sqlledger.OpenSQLite(ctx, path)
	}
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	client, err := hostkey.New(portal.URL, provider.NewSecret(portal.Key), provider.WithHTTPClient(portal.Client()), provider.WithLedger(book))
	if err != nil {
		return err
	}
	p := hostkey.NewProvider(client)
	created, err := p.Create(ctx, &provider.CreateRequest{
		Reference: "order-1042", Username: "web1", Email: "max@example.com", Password: p.Describe().Password.Generate(),
		Plan: "vm.pico", Options: map[string]string{"location": "NL", "os": "Debian 12"},
	})
	if err != nil {
		return err
	}
	fmt.Println("order-1042:", created.Outcome)
	if created.Outcome == provider.OutcomePending {
		_, err = provider.Wait(ctx, p, created.Handle, nil)
	}
	return err
}
