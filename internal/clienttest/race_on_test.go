//go:build race

package clienttest_test

// instrumented is how many times as much memory a call may take as in its users' programs: for the race
// detector append(nil, make(...)...), which grows bytes.Buffer, takes its space twice, and a sync.Pool
// forgets one buffer in four.
const instrumented = 2
