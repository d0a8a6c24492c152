//go:build race

package elizon_test

// Each request takes seven times as long: fewer orders, and the suite without its matrix
// of faults, whose cases run one after the other and have no races to show.
const (
	purchasesUnderFaults = 250
	suiteUnderFaults     = false
)
