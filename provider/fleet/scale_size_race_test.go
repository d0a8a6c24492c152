//go:build race

package fleet_test

// perServer is smaller under the race detector, which makes the tests of scale some ten
// times slower.
const perServer = 500
