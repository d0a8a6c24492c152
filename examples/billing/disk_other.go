//go:build !unix

package main

// lock does nothing here: see to it that only one instance uses a state file.
func lock(string) (unlock func(), err error) { return func() {}, nil }

// syncDirectory does nothing: there are no directories here that could be synced.
func syncDirectory(string) error { return nil }
