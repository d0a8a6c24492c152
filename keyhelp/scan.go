package keyhelp

// Scan bounds the search through IDs. The documented dialect can read a client or a
// domain by ID only; to find one by name the adapter reads IDs upwards, from where
// they begin and from the lowest one that it has seen.
type Scan struct {
	// ClientsFrom and DomainsFrom are where the panel's IDs begin, 1 by default.
	// Give the lowest ID that your own records hold: on a panel whose IDs begin
	// high, nothing is found without it.
	ClientsFrom, DomainsFrom int64
	// Gap is how many missing IDs in a row end the search, 200 by default: more
	// than accounts were ever removed in a row on the panel.
	Gap int64
	// Max is how many IDs are tried at most, 100,000 by default.
	Max int64
}

func (s Scan) withDefaults() Scan {
	s.ClientsFrom, s.DomainsFrom = max(s.ClientsFrom, 1), max(s.DomainsFrom, 1)
	if s.Gap == 0 {
		s.Gap = 200
	}
	if s.Max == 0 {
		s.Max = 100_000
	}
	return s
}
