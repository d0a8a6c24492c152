//go:build !race

package elizon_test

const (
	purchasesUnderFaults = 1_000
	suiteUnderFaults     = true
)
