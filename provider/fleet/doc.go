// Package fleet is many servers as one: opened from a plain configuration, asked and
// filled together.
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
// The configuration holds no secret, only where each of them is (a relative PATH begins
// at the working directory):
//
//	{"servers": [
//	  {"name": "web1", "kind": "keyhelp", "url": "https://web1.example.com",
//	   "secret": "env:WEB1_KEY", "capacity": 500},
//	  {"name": "web2", "kind": "hestia", "url": "https://web2.example.com:8083",
//	   "username": "env:WEB2_ID", "secret": "file:/run/secrets/web2"}
//	]}
//
// Usage reads what all accounts of all servers use, Reconcile holds a list of wanted
// accounts against what the servers have, and package bulk changes many at once.
package fleet
