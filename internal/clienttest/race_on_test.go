//go:build race

package clienttest_test

// instrumented is how many times as much memory a call may take as its users' programs let it: the race
// detector's code allocates more, and its sync.Pool forgets one buffer in four.
const instrumented = 2
