package main

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

func TestSuspend(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.InMemory())
	id := panel.AddClient(keyhelptest.Client{Username: "example_com", Email: "max@example.com"})
	panel.Faults.At(2, faults.Fault{Kind: faults.Drop, After: true})
	server := provider.ServerConfig{Kind: "keyhelp", URL: panel.URL, Secret: provider.NewSecret(panel.Key)}
	err := suspend(t.Context(), server, strconv.FormatInt(id, 10), provider.WithHTTPClient(panel.Client()))
	if err != nil {
		t.Fatal(err)
	}
	if !panel.Clients()[0].Suspended {
		t.Fatal("not suspended")
	}
}

// TestLinksLittle keeps what a caller links small: no templates, no test code, no
// emulator, nothing beyond the listed modules.
func TestLinksLittle(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "github.com/provkit/provkit/internal/rest") {
		t.Fatal("the list of dependencies is not that of a caller")
	}
	allowed := []string{"github.com/provkit/provkit", "github.com/hashicorp/go-retryablehttp", "github.com/hashicorp/go-cleanhttp", "golang.org/x/time/rate", "github.com/google/go-querystring"}
	for _, dep := range deps {
		switch {
		case slices.Contains([]string{"testing", "text/template", "html/template", "expvar", "net/http/httptest"}, dep):
			t.Errorf("links %s", dep)
		case strings.HasPrefix(dep, "github.com/provkit/") && strings.HasSuffix(dep, "test"):
			t.Errorf("links the emulator %s", dep)
		case strings.Contains(dep, "internal/emulator"), strings.Contains(dep, "provider/faults"):
			t.Errorf("links %s", dep)
		case strings.Contains(strings.SplitN(dep, "/", 2)[0], ".") &&
			!slices.ContainsFunc(allowed, func(a string) bool { return strings.HasPrefix(dep, a) }) &&
			!strings.HasPrefix(dep, "example.com/consumer"):
			t.Errorf("links the module of %s, which nobody decided on", dep)
		}
	}
}
