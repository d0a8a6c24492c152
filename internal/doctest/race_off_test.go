//go:build !race

package doctest

// buildFlags let the go command take from its cache what it has just compiled for this
// very test.
var buildFlags []string
