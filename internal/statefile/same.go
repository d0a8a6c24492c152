package statefile

import (
	"os"
	"path/filepath"
)

// Same reports whether two paths lead to one file, which one of them would overwrite. There need not be one.
func Same(a, b string) bool {
	one, errOne := filepath.Abs(a)
	other, errOther := filepath.Abs(b)
	if errOne == nil && errOther == nil && one == other {
		return true
	}
	there, errThere := os.Stat(a)
	here, errHere := os.Stat(b)
	return errThere == nil && errHere == nil && os.SameFile(there, here)
}
