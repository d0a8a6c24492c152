package emulatortest_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/internal/emulatortest"
)

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	text string
}

func (*recorder) Helper()                             {}
func (r *recorder) Errorf(format string, args ...any) { r.text += fmt.Sprintf(format, args...) }
func (*recorder) FailNow()                            { runtime.Goexit() }

func TestCheckImports(t *testing.T) {
	emulatortest.CheckImports(t, "internal/emulatortest")
	t.Chdir(t.TempDir())
	for source, want := range map[string]string{
		"import _ \"net/http\"": "", "import _ \"example.com/keyhelp\"": "",
		"import _ \"github.com/provkit/provkit/provider/faults\"":           "",
		"import _ \"github.com/provkit/provkit/keyhelp/keyhelptest\"":       "",
		"import _ \"github.com/provkit/provkit/internal/fixture\"":          "",
		"import client \"github.com/provkit/provkit/keyhelp\"":              "a.go imports keyhelp",
		"import _ \"github.com/provkit/provkit/internal/rest\"":             "a.go imports internal/rest",
		"import _ \"github.com/provkit/provkit/licenseserver/licensetest\"": "a.go imports licenseserver/licensetest",
	} {
		require.NoError(t, os.WriteFile("a.go", []byte("package keyhelptest\n"+source+"\n"), 0o600))
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			emulatortest.CheckImports(r, "keyhelp/keyhelptest", "internal/fixture")
		}()
		<-done
		if want == "" {
			require.Empty(t, r.text, source)
		}
		require.Contains(t, r.text, want)
	}
}

func TestSend(t *testing.T) {
	host := emulator.NewHost(emulator.HostConfig{InMemory: true, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("X-A"), string(body)}, " "))
	})})
	defer host.Close()
	resp, data, sent := emulatortest.Send(t, host.Client(), "PUT", host.URL+"/x", http.Header{"X-A": {"1"}}, "body")
	require.True(t, sent)
	require.Equal(t, http.StatusTeapot, resp.StatusCode)
	require.Equal(t, "PUT /x 1 body", string(data))
	for _, bad := range [][2]string{{"GET", "://"}, {"no method", host.URL}, {"GET", "https://elsewhere.example/"}} {
		_, _, sent := emulatortest.Send(t, host.Client(), bad[0], bad[1], nil, "")
		require.False(t, sent, bad)
	}
}
