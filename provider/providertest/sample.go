package providertest

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/provkit/provkit/internal/testsize"
)

// sampledCase is one case of the fault matrix: a disturbance at a request.
type sampledCase struct {
	disturbance
	request int
}

// casesOf returns the cases of a verb that sends so many requests: all of them in the full run,
// otherwise a sample.
func casesOf(v verb, requests int) []sampledCase {
	if !testsize.Full() {
		return sampled(v, requests, testsize.Seed())
	}
	var all []sampledCase
	for i := range requests {
		for _, d := range disturbances(v) {
			all = append(all, sampledCase{d, i})
		}
	}
	return all
}

// sampled draws the cases of the default run, which depend on the seed. Every disturbance meets the
// verb at least once, and every request meets at least two disturbances: a lost answer, which the
// contract is about, and another.
func sampled(v verb, requests int, seed uint64) []sampledCase {
	if requests == 0 {
		return nil
	}
	name := fnv.New64a()
	_, _ = name.Write([]byte(v.name))
	random := rand.New(rand.NewPCG(seed, name.Sum64()))
	var chosen []sampledCase
	var lost, other []disturbance
	for _, d := range disturbances(v) {
		if d.lost {
			lost = append(lost, d)
		} else {
			other = append(other, d)
		}
	}
	for _, of := range [][]disturbance{lost, other} {
		random.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		at := random.Perm(requests)
		for n := range max(len(of), requests) {
			chosen = append(chosen, sampledCase{of[n%len(of)], at[n%requests]})
		}
	}
	return chosen
}
