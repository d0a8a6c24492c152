package hestia

import (
	"math"
	"slices"
	"strings"
)

// An international domain has two spellings, "bücher.example" and "xn--bcher-kva.example", and the panel keeps the one
// that it was given. Both are one name: RFC 3492 (Punycode) turns one into the other, label by label.

const idnPrefix = "xn--"

// idnASCII returns a domain's spelling in ASCII, in lower case.
func idnASCII(domain string) string {
	labels := strings.Split(strings.ToLower(domain), ".")
	for i, label := range labels {
		if strings.IndexFunc(label, notASCII) >= 0 {
			labels[i] = idnPrefix + punycode([]rune(label))
		}
	}
	return strings.Join(labels, ".")
}

// idnSpellings returns the spellings of a domain, in lower case, that given first.
func idnSpellings(domain string) []string {
	domain = strings.ToLower(domain)
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		if code, coded := strings.CutPrefix(label, idnPrefix); coded {
			if text, ok := fromPunycode(code); ok {
				labels[i] = string(text)
			}
		}
	}
	all := []string{domain}
	for _, other := range []string{idnASCII(domain), strings.Join(labels, ".")} {
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

func notASCII(r rune) bool { return r > '\x7f' }

// The parameters of RFC 3492, section 5.
const (
	punyBase  = 36
	punyFirst = 128
	punyBias  = 72
)

const punyDigits = "abcdefghijklmnopqrstuvwxyz0123456789"

// punyThreshold returns the smallest digit that does not end a number at a place.
func punyThreshold(place, bias int) int { return min(max(place-bias, 1), 26) }

func punyAdapt(delta, points int, first bool) int {
	if delta /= 2; first {
		delta /= 350
	}
	delta += delta / points
	k := 0
	for ; delta > 455; k += punyBase {
		delta /= 35
	}
	return k + 36*delta/(delta+38)
}

func punycode(text []rune) string {
	var out []byte
	for _, r := range text {
		if !notASCII(r) {
			out = append(out, byte(r))
		}
	}
	plain := len(out)
	if plain > 0 {
		out = append(out, '-')
	}
	delta, bias, n := 0, punyBias, rune(punyFirst)
	for done := plain; done < len(text); {
		next := rune(math.MaxInt32)
		for _, r := range text {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range text {
			switch {
			case r < n:
				delta++
			case r == n:
				q := delta
				for place := punyBase; ; place += punyBase {
					t := punyThreshold(place, bias)
					if q < t {
						break
					}
					out = append(out, punyDigits[t+(q-t)%(punyBase-t)])
					q = (q - t) / (punyBase - t)
				}
				out = append(out, punyDigits[q])
				bias = punyAdapt(delta, done+1, done == plain)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return string(out)
}

// fromPunycode is the reverse of punycode. Nothing longer than a label is read.
func fromPunycode(code string) (text []rune, ok bool) {
	if len(code) > 63 {
		return nil, false
	}
	if end := strings.LastIndexByte(code, '-'); end >= 0 {
		text, code = []rune(code[:end]), code[end+1:]
	}
	i, bias, n, first := 0, punyBias, punyFirst, true
	for code != "" {
		before, weight := i, 1
		for place := punyBase; ; place += punyBase {
			if code == "" {
				return nil, false
			}
			digit := strings.IndexByte(punyDigits, code[0])
			if code = code[1:]; digit < 0 || weight > math.MaxInt32 || i > math.MaxInt32 {
				return nil, false
			}
			i += digit * weight
			t := punyThreshold(place, bias)
			if digit < t {
				break
			}
			weight *= punyBase - t
		}
		points := len(text) + 1
		bias = punyAdapt(i-before, points, first)
		n, i, first = n+i/points, i%points, false
		if n > '\U0010ffff' {
			return nil, false
		}
		text = slices.Insert(text, i, rune(n))
		i++
	}
	return text, true
}
