package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

func TestNames(t *testing.T) {
	for want, f := range map[string]faults.Fault{
		"refuse":          {Kind: faults.Refuse, After: true},
		"drop before":     {Kind: faults.Drop},
		"drop after":      {Kind: faults.Drop, After: true},
		"500 before":      {Kind: faults.Status},
		"502 after":       {Kind: faults.Status, StatusCode: 502, After: true},
		"429":             {Kind: faults.Status, StatusCode: 429},
		"429 after":       {Kind: faults.Status, StatusCode: 429, After: true},
		"truncate":        {Kind: faults.Truncate},
		"html before":     {Kind: faults.HTML},
		"html 502 after":  {Kind: faults.HTML, StatusCode: 502, After: true},
		"garbage before":  {Kind: faults.Garbage, StatusCode: 200},
		"delay":           {Kind: faults.Delay, Delay: time.Second},
		"delay after":     {Kind: faults.Delay, After: true},
		"late":            {Kind: faults.Late, Delay: time.Hour},
		"something after": {Kind: "something", After: true},
	} {
		require.Equal(t, want, f.String())
	}
}

func TestCatalogueIsStable(t *testing.T) {
	var names []string
	for _, f := range faults.Catalogue() {
		names = append(names, f.String())
	}
	require.Equal(t, []string{
		"refuse", "drop before", "drop after", "500 before", "500 after", "502 after", "503 before", "429",
		"truncate", "html before", "html after", "garbage after",
	}, names)
	require.Equal(t, "1", faults.Catalogue()[7].RetryAfter)
}
