package bulk_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// BenchmarkJob is what a job costs for each target beside the call.
func BenchmarkJob(b *testing.B) {
	all := newServers(b, 8, 1)
	for name, logged := range map[string]bool{"without a log": false, "with a log": true} {
		b.Run(name, func(b *testing.B) {
			job := &bulk.Job{
				Verb: "touch", Open: all.open,
				Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
					return provider.OutcomeAlready, nil
				},
			}
			if logged {
				job.Log = openLog(b, logPath(b))
			}
			job.Targets = func(yield func(bulk.Target, error) bool) {
				for n := 0; b.Loop() && yield(bulk.Target{Server: fmt.Sprintf("web%d", n%8+1), ID: fmt.Sprint(n)}, nil); n++ {
				}
			}
			b.ReportAllocs()
			for r, err := range job.Run(b.Context()) {
				if err != nil || r.Err != nil {
					b.Fatal(r, err)
				}
			}
		})
	}
}
