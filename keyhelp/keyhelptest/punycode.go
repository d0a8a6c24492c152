package keyhelptest

import (
	"strings"
	"unicode/utf8"
)

// toUnicode decodes the labels of a domain name that are in ASCII form (RFC 3492). An invalid label
// stays as it is.
func toUnicode(domain string) string {
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		if encoded, found := strings.CutPrefix(label, "xn--"); found {
			if decoded, valid := decodePunycode(encoded); valid {
				labels[i] = decoded
			}
		}
	}
	return strings.Join(labels, ".")
}

// addressToUnicode decodes the domain of a mail address.
func addressToUnicode(address string) string {
	at := strings.LastIndexByte(address, '@')
	return address[:at+1] + toUnicode(address[at+1:])
}

// The parameters of RFC 3492, section 5.
const (
	base, tMin, tMax, skew, damp = 36, 1, 26, 38, 700
	initialBias, initialN        = 72, 128
)

func decodePunycode(encoded string) (string, bool) {
	var out []rune
	if cut := strings.LastIndexByte(encoded, '-'); cut > 0 {
		out = []rune(encoded[:cut])
		encoded = encoded[cut+1:]
	}
	n, i, bias := initialN, 0, initialBias
	for pos := 0; pos < len(encoded); {
		start, weight := i, 1
		for k := base; ; k += base {
			if pos == len(encoded) {
				return "", false
			}
			digit, valid := punycodeDigit(encoded[pos])
			pos++
			if !valid || digit > (1<<31-1-i)/weight {
				return "", false
			}
			i += digit * weight
			t := min(max(k-bias, tMin), tMax)
			if digit < t {
				break
			}
			if weight > (1<<31-1)/(base-t) {
				return "", false
			}
			weight *= base - t
		}
		bias = adapt(i-start, len(out)+1, start == 0)
		n += i / (len(out) + 1)
		i %= len(out) + 1
		if n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			return "", false
		}
		out = append(out[:i], append([]rune{rune(n)}, out[i:]...)...)
		i++
	}
	return string(out), len(out) > 0
}

func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (base-tMin)*tMax/2; k += base {
		delta /= base - tMin
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}

func punycodeDigit(c byte) (int, bool) {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a'), true
	case c >= '0' && c <= '9':
		return int(c-'0') + 26, true
	}
	return 0, false
}
