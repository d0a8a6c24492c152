package providertest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

func needEvidence(w *World) string {
	if w.Evidence == nil || w.Faults == nil {
		return "the harness does not tell where its requests are known from"
	}
	return ""
}

// evidenceIsThatOfTheRequests: nothing is declared better known than the least known of the requests
// that it takes, the looks before and after the change among them, and nothing less known either.
func evidenceIsThatOfTheRequests(c *probe) {
	weakest := map[provider.Capability]string{}
	found := map[provider.Capability]provider.Evidence{}
	for _, v := range c.verbs() {
		fresh := c.another()
		k := fresh.prepare(v)
		fresh.w.Faults.Forget()
		r := v.run(fresh.context(), fresh.p, k)
		fresh.ok(r.err, "%s", v.name)
		_ = fresh.pend(k, r)
		if v.capability == provider.CapFind { // there is more than one way
			_, _ = fresh.p.Find(fresh.context(), provider.Query{Domain: fresh.w.Request(0).Domain})
		}
		for _, q := range fresh.w.Faults.Requests() {
			e := fresh.w.Evidence(q)
			if old, seen := found[v.capability]; !seen || rank(e) > rank(old) {
				found[v.capability], weakest[v.capability] = e, line(q)
			}
		}
	}
	for _, capability := range slices.Sorted(maps.Keys(found)) {
		e := found[capability]
		declared := cmp.Or(c.d.Capabilities[capability].Evidence, provider.EvidenceAssumed)
		if declared != e {
			c.Errorf("%q is declared %q, and the least known of its requests, %s, is %q", capability, declared, weakest[capability], e)
		}
	}
}

// line names a request for messages.
func line(q faults.Request) string { return q.Method + " " + q.Path }

// rank is 0 for the strongest evidence.
func rank(e provider.Evidence) int { return slices.Index(provider.AllEvidence(), e) }
