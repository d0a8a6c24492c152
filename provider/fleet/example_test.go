package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"slices"
	"strings"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// exampleFleet is a KeyHelp panel and a Hestia panel, both emulated.
func exampleFleet() (servers *fleet.Fleet, closeAll func()) {
	web1 := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live), keyhelptest.WithSeedClients(2))
	web2 := hestiatest.NewServer(hestiatest.WithSeedUsers(1))
	text := fmt.Sprintf(`{"servers": [
	  {"name": "web1", "kind": "keyhelp", "url": %q, "secret": "env:WEB1_KEY", "capacity": 2},
	  {"name": "web2", "kind": "hestia", "url": %q, "username": "env:WEB2_ID", "secret": "env:WEB2_SECRET", "capacity": 500}
	]}`, web1.URL, web2.URL)
	config, err := fleet.Parse(strings.NewReader(text))
	if err != nil {
		log.Fatal(err)
	}
	environment := map[string]string{"WEB1_KEY": web1.Key, "WEB2_ID": web2.AccessKey, "WEB2_SECRET": web2.SecretKey}
	servers, err = config.Open(provider.Drivers{keyhelp.Driver, hestia.Driver}, &fleet.Sources{
		Getenv: func(name string) string { return environment[name] }, // nil is the environment of the process
	})
	if err != nil {
		log.Fatal(err)
	}
	return servers, func() { web1.Close(); web2.Close() }
}

// A configuration with mistakes opens nothing, and tells all of them at once.
func ExampleConfig_Open() {
	config, err := fleet.Parse(strings.NewReader(`{"servers": [
	  {"name": "web1", "kind": "keyhelp", "url": "https://web1.example.com", "secret": "this is no place for it", "capacity": -1},
	  {"name": "web2", "kind": "keyhlep", "url": "https://web2.example.com", "secret": "env:WEB2_KEY"}
	]}`))
	if err != nil {
		log.Fatal(err)
	}
	_, err = config.Open(provider.Drivers{keyhelp.Driver, hestia.Driver}, nil)
	if mistakes, ok := errors.AsType[*provider.Error](err); ok {
		for _, field := range slices.Sorted(maps.Keys(mistakes.Fields)) {
			fmt.Println(field+":", mistakes.Fields[field])
		}
	}
	// Output:
	// servers.web1.capacity: negative
	// servers.web1.secret: must be "env:NAME" or "file:PATH": the configuration itself must not contain secrets
	// servers.web2.kind: no driver "keyhlep" (known: hestia, keyhelp)
}

// A new account goes to the first server that has room for it.
func ExampleFleet_Place() {
	servers, closeAll := exampleFleet()
	defer closeAll()
	place, err := servers.Place(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("on", place.Server.Name)
	for _, skipped := range place.Skipped {
		fmt.Println("not on", skipped.Server+":", skipped.Reason)
	}
	// Output:
	// on web2
	// not on web1: full: 2 of 2 accounts
}

// A server that cannot be read is told of, and the others go on.
func ExampleFleet_Usage() {
	servers, closeAll := exampleFleet()
	defer closeAll()
	accounts := 0
	for usage, err := range servers.Usage(context.Background(), nil) {
		switch {
		case usage == nil:
			fmt.Println("a server:", err) // or the end of the context
		case err != nil:
			fmt.Println("an account:", usage.Server, usage.AccountID, err)
		default:
			if disk, ok := usage.Value(provider.MetricDisk); ok && disk.Over() {
				fmt.Println(usage.Username, "is over its limit since", usage.AsOf)
			}
			accounts++
		}
	}
	fmt.Println(accounts, "accounts")
	// Output: 3 accounts
}

// The wanted accounts come from your records. First the plan, then the repair.
func ExampleFleet_Reconcile() {
	servers, closeAll := exampleFleet()
	defer closeAll()
	ctx := context.Background()
	wanted := func(yield func(fleet.Wanted, error) bool) {
		_ = yield(fleet.Wanted{Server: "web1", Username: "seed0001", Status: provider.StatusSuspended}, nil) &&
			yield(fleet.Wanted{Server: "web1", Username: "seed0002", Status: provider.StatusActive}, nil) &&
			yield(fleet.Wanted{Server: "web2", Reference: "order-7", Username: "carol", Status: provider.StatusActive}, nil)
	}
	var drifts []*fleet.Drift
	for drift, err := range servers.Reconcile(ctx, wanted) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(drift)
		drifts = append(drifts, drift)
	}
	repair, left, err := servers.Repair(drifts, nil) // nil makes no account and removes none
	if err != nil {
		log.Fatal(err)
	}
	for result, err := range repair.Run(ctx) {
		if err != nil {
			log.Fatal(err) // the safety stop, for one
		}
		fmt.Println("repaired:", result.Target, result.Outcome, result.Err)
	}
	fmt.Println("left alone:", len(left))
	// Unordered output:
	// web2: seed0001 (seed0001): extra (foreign)
	// web2: carol: missing
	// web1: seed0001 (1207): wrong status: active, not suspended
	// repaired: web1/1207 changed <nil>
	// left alone: 2
}
