// Package emulator is the plumbing that the emulated APIs share: a host that serves over TCP or in
// memory, a router for path templates, deterministic IDs and tokens, and strict reading of JSON
// bodies. What an API answers is up to its own emulator.
package emulator
