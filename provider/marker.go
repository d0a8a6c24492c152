package provider

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const referenceMax = 64

// A marker is how an adapter recognizes our accounts: the reference in a form that fits into any
// text field, and a signature that only the holder of a marker key can make:
// "[ref:order-1042~k7q2mzzu5xw3rq4f]". Without a key it is "[ref:order-1042]".
var (
	referenceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:#/-]*$`)
	markerForm    = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_.:#/-]*)(?:~([a-z2-7]{16}))?$`)
	garbledForm   = regexp.MustCompile(`\[ref:[^\]]*\x{fffd}`)
	signatures    = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// signatureBytes are 80 bits, which nobody finds by trying; they are 16 characters.
const signatureBytes = 10

// ReferenceProblem is for authors of adapters: it returns why a reference cannot be used, or "".
func ReferenceProblem(reference string) string {
	switch {
	case reference == "":
		return "required"
	case len(reference) > referenceMax:
		return "longer than 64 characters"
	case !referenceForm.MatchString(reference):
		return "must consist of letters, digits and _ . : # / -, and begin with a letter or digit"
	}
	return ""
}

// Marker tells what Account.Reference does not.
type Marker struct {
	// Tampered says why what stands in the place of the marker proves nothing: there are two, one is
	// not signed for this account by a known key, or one has bytes that are not UTF-8. "" if nothing is wrong. The account's reference is ""
	// then, and nobody knows whose it is but the one who has stored its ID.
	Tampered string
	// Claims are the references that a tampered marker names. They prove nothing.
	Claims []string
	// Outdated: the marker is signed with an old key, or not signed. Adopt and Ensure write it anew.
	Outdated bool
}

// Claim reports whether a tampered marker names the reference.
func (m Marker) Claim(reference string) bool { return slices.Contains(m.Claims, reference) }

// Markers is for authors of adapters: it writes and reads the markers of one kind of system. The
// zero value signs nothing, and believes every marker.
type Markers struct {
	kind string
	keys []Secret
}

// Markers is for authors of adapters: it returns the markers of a kind of system.
func (o *Options) Markers(kind string) Markers { return Markers{kind, o.MarkerKeys} }

// Signed reports whether there is a key: without one, whoever can write into the field of the marker
// can write a marker.
func (m Markers) Signed() bool { return len(m.keys) > 0 }

// Unsigned reports whether a marker without a signature is believed.
func (m Markers) Unsigned() bool { return !m.Signed() || slices.Contains(m.keys, Secret{}) }

// Signatures returns the signatures of a reference and an account's unchangeable name, by the current
// key and by those before it. Each is 16 lower-case letters and digits.
func (m Markers) Signatures(reference, name string) []string {
	var all []string
	for _, key := range m.keys {
		if key.IsZero() {
			continue
		}
		mac := hmac.New(sha256.New, []byte(key.Reveal()))
		_, _ = fmt.Fprintf(mac, "provkit marker\x00%s\x00%s\x00%s", m.kind, reference, strings.ToLower(name))
		all = append(all, signatures.EncodeToString(mac.Sum(nil)[:signatureBytes]))
	}
	return all
}

// Sign returns what stands in a marker: the reference and, with a key, "~" and its signature. name is
// what the account is called for ever, in any case of letters: a marker that is copied to another
// account is no marker.
func (m Markers) Sign(reference, name string) string {
	if all := m.Signatures(reference, name); len(all) > 0 {
		return reference + "~" + all[0]
	}
	return reference
}

// Prove returns the reference that what stands in the markers of an account proves, "" if there is none,
// and what is wrong with them.
func (m Markers) Prove(name string, found ...string) (reference string, marker Marker) {
	for _, inner := range found[:min(len(found), maxMarkers)] {
		marker.Claims = append(marker.Claims, claimOf(inner))
	}
	switch {
	case len(found) == 0:
		return "", Marker{}
	case len(found) > 1:
		marker.Tampered = "it has several markers"
		return "", marker
	}
	claimed, signature, _ := strings.Cut(found[0], "~")
	valid, current := m.verify(claimed, name, signature)
	if !valid || !referenceForm.MatchString(claimed) {
		marker.Tampered = "its marker was not made for this account by the holder of a marker key"
		return "", marker
	}
	return marker.Claims[0], Marker{Outdated: !current}
}

// Mark returns text with the marker of the reference, in place of any other: "Max Muster
// [ref:order-1042~k7q2mzzu5xw3rq4f]".
func (m Markers) Mark(text, reference, name string) string {
	text, _ = unmark(text)
	return strings.TrimPrefix(text+" [ref:"+m.Sign(reference, name)+"]", " ")
}

// Read splits text into what people wrote and the reference that the marker in it proves.
func (m Markers) Read(text, name string) (plain, reference string, marker Marker) {
	plain, found := unmark(text)
	reference, marker = m.Prove(name, found...)
	if len(found) == 0 && strings.ContainsRune(plain, utf8.RuneError) && garbledForm.MatchString(plain) {
		marker.Tampered = "what stands in the place of its marker is not UTF-8"
	}
	return plain, reference, marker
}

// verify reports whether a signature is valid, and whether it is by the current key. The empty
// signature is that of a marker without one.
func (m Markers) verify(reference, name, signature string) (valid, current bool) {
	if signature == "" || !m.Signed() {
		return m.Unsigned(), !m.Signed()
	}
	for i, good := range m.Signatures(reference, name) {
		if hmac.Equal([]byte(good), []byte(signature)) {
			return true, i == 0
		}
	}
	return false, false
}

// isMarker reports whether what stands between the brackets is a marker, or was one before somebody put
// something into it: what is signed, or a reference with white space in it, though not what people write.
func isMarker(inner string) bool {
	switch {
	case markerForm.MatchString(inner):
		return true
	case strings.Contains(inner, "~"):
		return claimOf(inner) != ""
	}
	return !strings.Contains(inner, " ") && referenceForm.MatchString(strings.Join(strings.Fields(inner), ""))
}

// claimOf returns the reference in a marker, without what cannot be in one.
func claimOf(inner string) string {
	claimed, _, _ := strings.Cut(inner, "~")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(referenceLetters, r) {
			return r
		}
		return -1
	}, claimed)
}

// referenceLetters are what referenceForm consists of.
const referenceLetters = Lower + Upper + Digits + "_.:#/-"

// maxMarkers is how many markers of one text are looked at: two are too many.
const maxMarkers = 4

// unmark splits text into what people wrote and what stands in its markers.
func unmark(text string) (plain string, found []string) {
	// Removing one marker may join the halves of another: a customer named "[ref:[ref:x]order-7]"
	// must not get the marker of order-7. So a marker is removed where it ends, with the white space
	// before it, and what follows continues what is left. Text is not looked at twice.
	kept := make([]byte, 0, len(text))
	var open []int // the brackets in kept at which a marker may begin
	for i := range len(text) {
		kept = append(kept, text[i])
		switch {
		case text[i] == '[':
			open = append(open, len(kept)-1)
		case text[i] == ']' && len(open) > 0:
			last := len(open) - 1
			inner, is := bytes.CutPrefix(kept[open[last]:len(kept)-1], []byte("[ref:"))
			if !is || !isMarker(string(inner)) {
				open = open[:0] // no marker contains this bracket
				continue
			}
			if len(found) < maxMarkers {
				found = append(found, string(inner))
			}
			kept = bytes.TrimRight(kept[:open[last]], " \t\r\n\f")
			open = open[:last]
		}
	}
	return strings.TrimSpace(string(kept)), found
}
