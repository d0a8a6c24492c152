//go:build !race

package clienttest_test

// instrumented is how many times as much memory a call may take as in its users' programs.
const instrumented = 1
