package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test binary act as the program, for the test that interrupts it.
func TestMain(m *testing.M) {
	if os.Getenv("EMULATORS_TEST_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestInterrupt: the program serves until Ctrl-C, and then ends without an error.
func TestInterrupt(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-only", "hestia", "-json")
	cmd.Env = append(os.Environ(), "EMULATORS_TEST_MAIN=1")
	var notes strings.Builder
	cmd.Stderr = &notes
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var printed struct{ Emulators []struct{ URL string } }
	require.NoError(t, json.NewDecoder(out).Decode(&printed))
	resp, err := http.Get(printed.Emulators[0].URL + "/api/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait(), "status 0")
	require.Equal(t, "hestia: 1 requests, faults: none\n", notes.String())
}
