package hestia_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
)

// The pairs are RFC 3492's own, section 7.1, and some domains.
func TestSpellingsOfDomains(t *testing.T) {
	for text, code := range map[string]string{
		"bücher.example":            "xn--bcher-kva.example",
		"shop.straße.de":            "shop.xn--strae-oqa.de",
		"пример.испытание":          "xn--e1afmkfd.xn--80akhbyknj4f",
		"他们为什么不说中文.example":         "xn--ihqwcrb4cv8a8dqg056pqjye.example",
		"pročprostěnemluvíčesky.cz": "xn--proprostnemluvesky-uyb24dma41a.cz",
		"3年b組金八先生.example":          "xn--3b-ww4c5e180e575a65lsy2b.example",
		"majiでkoiする5秒前.example":     "xn--majikoi5-783gue6qz075azm5e.example",
	} {
		require.Equal(t, code, hestia.IDNASCII(text))
		require.Equal(t, []string{text, code}, hestia.IDNSpellings(text))
		require.Equal(t, []string{code, text}, hestia.IDNSpellings(code))
	}
	require.Equal(t, []string{"bücher.example", "xn--bcher-kva.example"}, hestia.IDNSpellings("BÜCHER.example"))
	for _, same := range []string{"example.com", "xn--.example", "xn--\x00.example", "xn--99999999.example", "", "xn--a-b-.example"} {
		require.Equal(t, same, hestia.IDNSpellings(same)[0])
		require.Equal(t, same, hestia.IDNASCII(same))
	}
}
