//go:build !unix

package statefile

// noFollow is nothing where the system has no O_NOFOLLOW: Open compares what it found with what it
// opened.
const noFollow = 0

// SyncFolder does nothing: folders cannot be synced here.
func SyncFolder(string) error { return nil }
