//go:build !unix

package main

// lock does nothing here: make sure that only one instance uses a state file.
func lock(string) (unlock func(), err error) { return func() {}, nil }
