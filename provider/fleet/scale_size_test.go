//go:build !race

package fleet_test

// perServer is how many accounts each of the servers in the tests of scale holds.
const perServer = 5000
