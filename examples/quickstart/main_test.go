package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func noEnv(string) string { return "" }

func TestEmulated(t *testing.T) {
	for _, dialect := range []string{"documented", "live"} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-dialect", dialect}, noEnv, nil, &out); err != nil { // all providers
			t.Fatalf("%s: %v\n%s", dialect, err, &out)
		}
		if table := readmeTable(t); !strings.Contains(regexp.MustCompile(" +\n").ReplaceAllString(out.String(), "\n"), table) {
			t.Errorf("README prints another table for Hestia:\n%s\n%s", table, &out)
		}
		if !strings.Contains(out.String(), "12 of 12 steps as expected") || !strings.HasSuffix(out.String(), "5 of 5 providers as expected: keyhelp, hestia, hostkey, elizon, licenseserver\n") {
			t.Errorf("%s: %s", dialect, &out)
		}
	}
}

// readmeTable is the run on Hestia that README prints.
func readmeTable(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "```text\nSTEP")
	table, _, ended := strings.Cut(table, "```")
	if !found || !ended {
		t.Fatal("README has no table of a run")
	}
	return "STEP" + table
}

// TestReal runs against a panel by its URL, as if it were real: the program asks first, leaves
// nothing behind, and shows no secret.
func TestReal(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live))
	defer panel.Close()
	env := func(string) string { return panel.Key }
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-provider", "keyhelp", "-url", panel.URL}, env, strings.NewReader("no\n"), &out); err == nil {
		t.Error("went on without a yes")
	}
	if n := panel.Faults.Count(); n != 0 {
		t.Errorf("%d requests before the yes", n)
	}
	if err := run(t.Context(), []string{"-provider", "keyhelp", "-url", panel.URL}, env, strings.NewReader("yes\n"), &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if left := panel.Clients(); len(left) != 0 {
		t.Errorf("left behind: %d clients", len(left))
	}
	for _, session := range panel.Sessions() {
		if strings.Contains(out.String(), session.Token) {
			t.Error("shows a sign-on token")
		}
	}
	if strings.Contains(out.String(), panel.Key) {
		t.Error("shows the key")
	}
}

// TestFailureIsReported: a panel that ignores suspensions must cause an error, and still be left
// clean.
func TestFailureIsReported(t *testing.T) {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live))
	defer panel.Close()
	panel.IgnoreSuspension(true)
	var out bytes.Buffer
	err := run(t.Context(), []string{"-provider", "keyhelp", "-url", panel.URL, "-yes"}, func(string) string { return panel.Key }, nil, &out)
	if err == nil || !strings.Contains(out.String(), "FAILED") {
		t.Errorf("error %v\n%s", err, &out)
	}
	if left := panel.Clients(); len(left) != 0 {
		t.Errorf("left behind: %d clients", len(left))
	}
	if err := run(t.Context(), []string{"-provider", "keyhelp", "-url", panel.URL}, noEnv, nil, &out); err == nil {
		t.Error("no key, no error")
	}
}
