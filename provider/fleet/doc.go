// Package fleet treats many servers as one: it opens them from a plain configuration, searches
// them, places accounts on them, and compares them with your records.
//
//	config, err := fleet.Load("servers.json")
//	if err != nil {
//		return err
//	}
//	servers, err := config.Open(provider.Drivers{keyhelp.Driver, hestia.Driver}, nil)
//	if err != nil {
//		return err
//	}
//	place, err := servers.Place(ctx, &fleet.PlaceRequest{Plan: "basic"})
//	if err != nil {
//		return err
//	}
//	created, err := place.Server.Provider.Create(ctx, order)
//
// The configuration contains no secret, only where each secret is (a relative path begins at the
// working directory):
//
//	{"servers": [
//	  {"name": "web1", "kind": "keyhelp", "url": "https://web1.example.com",
//	   "secret": "env:WEB1_KEY", "capacity": 500},
//	  {"name": "web2", "kind": "hestia", "url": "https://web2.example.com:8083",
//	   "username": "env:WEB2_ID", "secret": "file:/run/secrets/web2"}
//	]}
//
// Usage reports what all accounts of all servers use, Reconcile compares a list of wanted accounts
// with the servers, and package bulk changes many accounts at once.
package fleet
