package providertest

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/provkit/provkit/internal/testsize"
)

// sampledCase is one case of the fault matrix: something happens from a request on.
type sampledCase struct {
	disturbance
	request int
}

// casesOf lists the cases of a verb that sends so many requests: all of them in the full
// run, else a sample.
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

// sampled draws the cases of the default run, the same for the same seed. In it every
// disturbance meets the verb at least once and every request is disturbed at least twice: an
// answer that gets lost, which is what the contract is about, and anything else.
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
