// Package emulate serves the emulators of all vendors to programs that are not written in Go: each on
// a port of its own, with a control path beside the API. examples/emulators is its command line.
//
// Nothing of this is in the emulators themselves: the control path is in front of them, and calls the
// options and methods of the test packages by their names.
package emulate
