package providertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSample: each disturbance meets a verb, each request loses an answer and meets something else,
// and a seed says which.
func TestSample(t *testing.T) {
	for _, requests := range []int{1, 2, 7, 60} {
		for _, v := range []verb{{name: "get"}, {name: "create", pairs: true}} {
			t.Run(fmt.Sprint(v.name, requests), func(t *testing.T) {
				met := make(map[string]bool)
				lost, other := make(map[int]bool), make(map[int]bool)
				cases := sampled(v, disturbances(v), requests, 1)
				for _, c := range cases {
					met[c.name] = true
					if c.lost {
						lost[c.request] = true
					} else {
						other[c.request] = true
					}
					require.Less(t, c.request, requests)
				}
				for _, d := range disturbances(v) {
					require.True(t, met[d.name], d.name)
				}
				require.Len(t, lost, requests)
				require.Len(t, other, requests)
				require.Equal(t, described(cases), described(sampled(v, disturbances(v), requests, 1)))
				require.NotEqual(t, described(cases), described(sampled(v, disturbances(v), requests, 2)))
			})
		}
	}
	require.Empty(t, sampled(verb{name: "get"}, disturbances(verb{}), 0, 1))
}

func described(cases []sampledCase) (all []string) {
	for _, c := range cases {
		all = append(all, fmt.Sprint(c.name, " at ", c.request))
	}
	return all
}

// TestFull: the full run tries everything everywhere.
func TestFull(t *testing.T) {
	t.Setenv("PROVKIT_TESTS", "full")
	v := verb{name: "create", pairs: true}
	require.Len(t, casesOf(v, disturbances(v), 7), 7*len(disturbances(v)))
}
