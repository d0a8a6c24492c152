package hestiatest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTruthyJSON: what PHP decodes to something empty is not served as JSON.
func TestTruthyJSON(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a": {}}`: true, " {\n \"a\": {} }\n": true, "[ [] ]": true, `"a"`: true, "-1.5": true, "true": true,
		"{ }": false, "\n{\n}\n": false, "[]": false, `""`: false, `"0"`: false, `"\u0030"`: false, "0.0": false, "false": false, "null": false,
		"": false, " ": false, "{": false, `{"a": 1}}`: false, "a": false, "[\"\xff\"]": false,
	} {
		require.Equal(t, want, isTruthyJSON(text), "%q", text)
	}
}
