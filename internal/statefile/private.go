package statefile

import "os"

// Private takes from everybody else what they may do with a file that is one's own: it may be older than the
// program's care.
func Private(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return file.Chmod(0o600)
}
