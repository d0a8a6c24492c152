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
func casesOf(v verb, ways []disturbance, requests int) []sampledCase {
	if !testsize.Full() {
		return sampled(v, ways, requests, testsize.Seed())
	}
	var all []sampledCase
	for i := range requests {
		for _, d := range ways {
			if d.at(i) {
				all = append(all, sampledCase{d, i})
			}
		}
	}
	return all
}

func (d disturbance) at(i int) bool { return d.applies == nil || d.applies(i) }

// sampled draws the cases of the default run, which depend on the seed. Every disturbance meets the
// verb at least once, and every request meets at least two disturbances: a lost answer, which the
// contract is about, and another.
func sampled(v verb, ways []disturbance, requests int, seed uint64) []sampledCase {
	if requests == 0 {
		return nil
	}
	random := v.random(seed)
	var chosen []sampledCase
	var lost, other []disturbance
	for _, d := range ways {
		if d.lost {
			lost = append(lost, d)
		} else {
			other = append(other, d)
		}
	}
	for _, of := range [][]disturbance{lost, other} {
		random.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
		at := random.Perm(requests)
		if len(of) == 0 {
			continue
		}
		for n := range max(len(of), requests) {
			d := of[n%len(of)]
			for shift := range requests { // to the next request that it can happen to
				if i := at[(n+shift)%requests]; d.at(i) {
					chosen = append(chosen, sampledCase{d, i})
					break
				}
			}
		}
	}
	return chosen
}

// random draws for a verb: the same with the same seed.
func (v verb) random(seed uint64) *rand.Rand {
	name := fnv.New64a()
	_, _ = name.Write([]byte(v.name))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}
