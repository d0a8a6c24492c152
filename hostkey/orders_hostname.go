package hostkey

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
)

var (
	ourName    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?)-([a-z2-7]{13}|[a-z2-7]{16})$`)
	hashLetter = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// Hostname returns the host name that Place gives the server of an order: the name, "-", and 16 letters
// and digits that only the holder of the marker key can make. Without a key they are 13, and anybody can
// make them.
//
// It proves only what the server was ordered for: who rents a server can rename it. What was made with an
// earlier key is recognized as long as provider.WithMarkerKeys names that key.
func (s *OrdersService) Hostname(name, reference string) string {
	return name + "-" + s.suffixes(reference)[0]
}

// suffixes returns the ends of the host names that were ever made from a reference, today's first.
func (s *OrdersService) suffixes(reference string) []string {
	markers := s.c.rest.Markers()
	all := markers.Signatures(reference, "hostname")
	if markers.Unsigned() {
		sum := sha256.Sum256([]byte("provkit order " + reference))
		all = append(all, hashLetter.EncodeToString(sum[:])[:13])
	}
	return all
}

// orderedFor reports whether a host name ends in one of a reference's suffixes.
func orderedFor(hostname string, suffixes []string) bool {
	_, suffix, ok := splitHostname(strings.ToLower(hostname))
	return ok && slices.Contains(suffixes, suffix)
}

// splitHostname splits a host name that Hostname made, or that has that form.
func splitHostname(hostname string) (name, suffix string, ok bool) {
	m := ourName.FindStringSubmatch(hostname)
	if m == nil {
		return "", "", false
	}
	return m[1], m[3], true
}
