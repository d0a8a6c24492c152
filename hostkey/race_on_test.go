//go:build race

package hostkey_test

// ordersUnderFaults is fewer where each takes ten times as long.
const ordersUnderFaults = 1_600
