package clienttest

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Evidence returns where requests are known from by the inventory in a file, for the conformance suite: of
// reads it from a line. An operation with several endpoints has a line for each, told apart by their paths.
func Evidence(t testing.TB, path string, of func(line map[string]string) provider.Evidence) func(faults.Request) provider.Evidence {
	lines := sync.OnceValue(func() map[string][]map[string]string {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		header, _, _ := strings.Cut(string(text), "\n")
		found := map[string][]map[string]string{}
		for _, line := range Table(t, path, header) {
			for op := range strings.SplitSeq(line["operation"], ",") {
				found[op] = append(found[op], line)
			}
		}
		return found
	})
	return func(q faults.Request) provider.Evidence {
		found := lines()[q.Operation.Name]
		for _, line := range found {
			if len(found) == 1 || strings.HasSuffix(q.Operation.Route, line["path"]) {
				return of(line)
			}
		}
		return provider.EvidenceAssumed
	}
}
