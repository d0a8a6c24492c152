// Package testsize decides how much a run of the tests tries. It is the one place that
// reads the switch.
//
// Without it every promise is proven once on every adapter, with a sample of the faults:
// that is what a newcomer runs, in under two minutes. PROVKIT_TESTS=full brings the whole
// fault matrix and the full scale: that is what .ci/run does.
package testsize

import (
	"fmt"
	"os"
	"strconv"
)

// The environment variables.
const (
	// Variable is the switch: "full", "all" (also every pair of what the full run samples, which takes
	// half an hour), or empty for the default run.
	Variable = "PROVKIT_TESTS"
	// SeedVariable chooses another sample of the default run: a number.
	SeedVariable = "PROVKIT_TESTS_SEED"
)

// Full reports whether everything is tried. It panics if the switch says something that
// nobody knows: a misspelt campaign must not look like a passed one.
func Full() bool {
	switch value := os.Getenv(Variable); value {
	case "":
		return false
	case "full", "all":
		return true
	default:
		panic(fmt.Sprintf("%s=%q: only %q and %q are known", Variable, value, "full", "all"))
	}
}

// All reports whether nothing is sampled.
func All() bool { return Full() && os.Getenv(Variable) == "all" }

// Pick returns what the default run or the full run uses.
func Pick[T any](sample, full T) T {
	if Full() {
		return full
	}
	return sample
}

// Seed returns what samples are drawn with: the same in every run unless SeedVariable
// says otherwise. Tests that draw print it.
func Seed() uint64 {
	value := os.Getenv(SeedVariable)
	if value == "" {
		return 1
	}
	seed, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s=%q: not a number", SeedVariable, value))
	}
	return seed
}
