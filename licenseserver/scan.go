package licenseserver

import "github.com/provkit/provkit/provider"

// Scan bounds the Provider's search through IDs. No documented route lists licenses:
// to find one by name, the devices of each ID are read upwards from where IDs begin,
// or from the lowest one that was seen. What carries a marker is read once in the life
// of a Provider; other licenses, in which a marker may appear, each time.
type Scan struct {
	// From is where the licenses begin that matter, 1 by default. Give the lowest ID
	// that your own records hold: on a server whose IDs begin high nothing is found
	// without it, and below it nobody looks for accounts.
	From int64
	// Gap is how many missing IDs in a row end the search, 50 by default: more than
	// licenses were ever removed in a row.
	Gap int64
	// Max is how many IDs are tried at most, 100,000 by default.
	Max int64
}

// WithScan bounds the search through license IDs.
func WithScan(s Scan) provider.Option {
	return provider.VendorOption(Kind, "WithScan", s)
}

func (s Scan) withDefaults() Scan {
	s.From = max(s.From, 1)
	if s.Gap == 0 {
		s.Gap = 50
	}
	if s.Max == 0 {
		s.Max = 100_000
	}
	return s
}
