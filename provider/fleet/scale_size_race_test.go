//go:build race

package fleet_test

// The race detector makes the test of scale some ten times slower.
func init() { perServer = sampleSize }
