//go:build !race

package hostkey_test

const ordersUnderFaults = 10_000
