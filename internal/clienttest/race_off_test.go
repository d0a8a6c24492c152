//go:build !race

package clienttest_test

// instrumented is how many times as much memory a call may take as its users' programs let it.
const instrumented = 1
