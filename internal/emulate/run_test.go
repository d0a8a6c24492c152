package emulate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serving is the program while it runs.
type serving struct {
	out    *bufio.Reader
	notes  bytes.Buffer
	cancel context.CancelFunc
	done   chan error
}

func start(t *testing.T, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	s := &serving{out: bufio.NewReader(reader), cancel: cancel, done: make(chan error, 1)}
	go func() {
		err := Run(ctx, args, writer, &s.notes)
		_ = writer.CloseWithError(errors.Join(io.EOF, err))
		s.done <- err
	}()
	t.Cleanup(cancel)
	return s
}

// stop interrupts the program and returns what it says at the end.
func (s *serving) stop(t *testing.T) string {
	t.Helper()
	s.cancel()
	require.NoError(t, <-s.done)
	return s.notes.String()
}

// list reads what -json prints.
func (s *serving) list(t *testing.T) []shown {
	t.Helper()
	var printed struct{ Emulators []shown }
	require.NoError(t, json.NewDecoder(s.out).Decode(&printed))
	return printed.Emulators
}

// send sends a request as printed, over a connection of its own.
func send(r request, certificate string) (*http.Response, string, error) {
	transport := &http.Transport{DisableKeepAlives: true}
	if certificate != "" {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM([]byte(certificate))
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	req, err := http.NewRequest(r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return nil, "", err
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

// answers checks the answer to the printed request of each kind, with four accounts.
var answers = map[string]func(t *testing.T, body string){
	"keyhelp": func(t *testing.T, body string) {
		var plans []struct{ Name string }
		require.NoError(t, json.Unmarshal([]byte(body), &plans))
		require.Len(t, plans, 3)
		assert.Equal(t, "Starter", plans[0].Name)
	},
	"hestia": func(t *testing.T, body string) {
		var users map[string]struct{ CONTACT string }
		require.NoError(t, json.Unmarshal([]byte(body), &users))
		require.Len(t, users, 1+4, "with the root user")
		assert.Equal(t, "seed0004@clients.test", users["seed0004"].CONTACT)
	},
	"hostkey": func(t *testing.T, body string) {
		var signedIn struct {
			Result struct {
				Token   string
				Servers []int64
			}
		}
		require.NoError(t, json.Unmarshal([]byte(body), &signedIn))
		assert.NotEmpty(t, signedIn.Result.Token)
		assert.Len(t, signedIn.Result.Servers, 4)
	},
	"elizon": func(t *testing.T, body string) {
		var services struct{ Pagination struct{ Total int } }
		require.NoError(t, json.Unmarshal([]byte(body), &services))
		assert.Equal(t, 4, services.Pagination.Total)
	},
	"licenseserver": func(t *testing.T, body string) {
		var customers struct{ Results []struct{ Text string } }
		require.NoError(t, json.Unmarshal([]byte(body), &customers))
		require.Len(t, customers.Results, 1+4, "with the one that is always there")
		assert.Equal(t, "Seed Customer 0004 - seed0004@customers.test", customers.Results[4].Text)
	},
}

// refusals contains the answers to the same request with credentials other than the printed ones.
var refusals = map[string]string{
	"keyhelp":       `401 Unauthorized {"code":"401 Unauthorized","message":"API key is missing or invalid."}`,
	"hestia":        "401 Unauthorized Error: key 00000000000000000000 doesn't exist",
	"hostkey":       `200 OK {"error":"Incorrect API key format","result":-1}`,
	"elizon":        `401 Unauthorized {"error":"Authentication required","errorCode":"unauthenticated","success":false}`,
	"licenseserver": `401 Unauthorized {"code":"LOGIN_REQUIRED","error":"Authentication required","status":401}`,
}

// TestServes runs the request that is printed for each system, plain and with TLS, on ports that
// the systems choose and on given ones, and checks that the ports are closed afterwards.
func TestServes(t *testing.T) {
	chosen := []string{
		"-keyhelp", "127.0.0.1:0", "-hestia", "127.0.0.1:0", "-hostkey", "127.0.0.1:0", "-elizon", "127.0.0.1:0", "-licenseserver", "127.0.0.1:0",
	}
	for name, args := range map[string][]string{"plain": nil, "tls": {"-tls"}, "chosen ports": chosen, "chosen ports, tls": append(chosen, "-tls")} {
		t.Run(name, func(t *testing.T) {
			s := start(t, append(args, "-json", "-accounts", "4")...)
			systems := s.list(t)
			require.Len(t, systems, len(answers))
			for _, e := range systems {
				require.Equal(t, strings.Contains(name, "tls"), strings.HasPrefix(e.URL, "https://"), e.URL)
				require.True(t, strings.HasPrefix(e.Try.URL, e.URL+"/"))
				require.NotEmpty(t, e.Name)
				for range 2 { // a second connection works, too
					resp, body, err := send(e.Try, e.Certificate)
					require.NoError(t, err, e.Kind)
					require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", e.Kind, body)
					answers[e.Kind](t, body)
				}
				wrong := e.Try
				wrong.Header = map[string]string{"Content-Type": e.Try.Header["Content-Type"]}
				for _, value := range e.Credentials {
					wrong.Body = strings.ReplaceAll(wrong.Body, url.QueryEscape(value), strings.Repeat("0", len(value)))
				}
				resp, body, err := send(wrong, e.Certificate)
				require.NoError(t, err)
				assert.Equal(t, refusals[e.Kind], strings.TrimSpace(resp.Status+" "+body), e.Kind)
			}
			notes := s.stop(t)
			for _, e := range systems {
				assert.Contains(t, notes, e.Kind+": 3 requests, faults: none\n")
				at, err := url.Parse(e.URL)
				require.NoError(t, err)
				_, err = net.Dial("tcp", at.Host)
				require.Error(t, err, "%s still listens", e.Kind)
			}
		})
	}
}

// TestCurlLines runs the printed lines as a shell and curl would read them.
func TestCurlLines(t *testing.T) {
	for _, args := range [][]string{nil, {"-tls"}} {
		s := start(t, append(args, "-accounts", "4")...)
		text, err := s.out.ReadString('.') // up to the first one, which is in an address
		require.NoError(t, err)
		for !strings.HasSuffix(text, "Serving until you press Ctrl-C.") {
			more, err := s.out.ReadString('.')
			require.NoError(t, err, text)
			text += more
		}
		tried := 0
		for block := range strings.SplitSeq(text, "\n\n") {
			found := regexp.MustCompile(`(?s)^\S.*\((\w+)\)\n.*  try: (curl .*)$`).FindStringSubmatch(block)
			if found == nil {
				continue
			}
			tried++
			r := readCurl(t, found[2])
			resp, body, err := r.send()
			require.NoError(t, err, found[2])
			require.Equal(t, http.StatusOK, resp.StatusCode, body)
			answers[found[1]](t, body)
		}
		require.Equal(t, len(answers), tried, text)
		s.stop(t)
	}
}

// curl is how curl interprets its arguments.
type curl struct {
	request
	pin string
}

func readCurl(t *testing.T, line string) curl {
	t.Helper()
	var words []string
	for _, word := range regexp.MustCompile(`'((?:[^']|'\\'')*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, strings.ReplaceAll(word[1], `'\''`, "'")+word[2])
	}
	require.Equal(t, []string{"curl", "-sS"}, words[:2])
	c := curl{request: request{Method: http.MethodGet, Header: map[string]string{}}}
	insecure := false
	for i := 2; i < len(words); i++ {
		switch words[i] {
		case "-k":
			insecure = true
		case "--pinnedpubkey":
			i++
			c.pin = words[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(words[i], ": ")
			c.Header[name] = value
		case "-d":
			i++
			c.Method, c.Body = http.MethodPost, words[i]
			c.Header["Content-Type"] = "application/x-www-form-urlencoded"
		default:
			require.Equal(t, len(words)-1, i, "%q in %s", words[i], line)
			c.URL = words[i]
		}
	}
	require.Equal(t, c.pin != "", insecure, "-k is used with a pin and only then")
	return c
}

// send compares the server's key with the pin, as curl does.
func (c curl) send() (*http.Response, string, error) {
	if c.pin == "" {
		return send(c.request, "")
	}
	at, err := url.Parse(c.URL)
	if err != nil {
		return nil, "", err
	}
	conn, err := tls.Dial("tcp", at.Host, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = conn.Close() }()
	leaf := conn.ConnectionState().PeerCertificates[0]
	if pin := pinOf(leaf); pin != c.pin {
		return nil, "", errors.New("the server has the key " + pin)
	}
	return send(c.request, string(pemOf(leaf)))
}

// TestFaults: the same seed gives the same answers, another seed gives others, and cut connections
// are also cut through a given port.
func TestFaults(t *testing.T) {
	statuses := func(args ...string) (all []int) {
		s := start(t, append([]string{"-json", "-only", "keyhelp", "-keyhelp", "127.0.0.1:0"}, args...)...)
		e := s.list(t)[0]
		for range 20 {
			resp, _, err := send(e.Try, "")
			switch {
			case err != nil:
				all = append(all, 0)
			default:
				all = append(all, resp.StatusCode)
			}
		}
		notes := s.stop(t)
		require.Contains(t, notes, "keyhelp: 20 requests, faults: ")
		require.NotContains(t, notes, "none")
		return all
	}
	seven := statuses("-faults", "0.5", "-fault-kinds", "status", "-fault-seed", "7")
	require.Equal(t, seven, statuses("-faults", "0.5", "-fault-kinds", "status", "-fault-seed", "7"))
	require.NotEqual(t, seven, statuses("-faults", "0.5", "-fault-kinds", "status", "-fault-seed", "8"))
	require.Subset(t, []int{200, 429, 500, 502, 503}, seven)
	require.Contains(t, seven, 200)
	require.Contains(t, seven, 503)
	for _, status := range statuses("-faults", "1", "-fault-kinds", "drop,refuse") {
		require.Zero(t, status, "the connection was not cut")
	}
	p := people(t, "-only", "keyhelp", "-faults", "1", "-fault-kinds", "status")["keyhelp"]
	p.control(200, "DELETE", "faults", "")
	p.api(200, "GET", "/server", "")
	p.control(200, "POST", "reset", "")
	resp, _, err := send(p.Try, "")
	require.NoError(t, err)
	require.NotEqual(t, 200, resp.StatusCode, "a reset returns to the faults of the start")
}

func TestBadFlags(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = busy.Close() }()
	for want, args := range map[string][]string{
		`-only: no "plesk" (there are elizon, hestia`:                 {"-only", "hestia,plesk"},
		"-keyhelp: address a:b:80: too many colons":                   {"-keyhelp", "a:b:80"},
		`"keyhelp" is not like hostkeytest.WithCredit`:                {"-with", "keyhelp"},
		"-with: elizontest: there is no option WithFun":               {"-with", "elizontest.WithFun"},
		"-with: elizontest: there is no option WithTLS":               {"-with", "elizontest.WithTLS"},
		"WithRateLimit: the arguments are (int, duration), and not 1": {"-with", "keyhelptest.WithRateLimit=100"},
		"WithRateLimit: argument 2, duration: time: invalid duration": {"-with", "keyhelptest.WithRateLimit=100,soon"},
		"WithAPI: argument 1, bool: number is no bool":                {"-with", "hestiatest.WithAPI=5"},
		"hostkey: hostkeytest: ":                                      {"-with", "hostkeytest.WithCredit=lots"},
		"-cert: needs -key":                                           {"-cert", "cert.pem"},
		"-cert: open /no/such/folder/key.pem":                         {"-cert", "/no/such/folder/cert.pem", "-key", "/no/such/folder/key.pem"},
		"-hestia: left out by -only":                                  {"-only", "keyhelp", "-hestia", "8102"},
		"-accounts: negative":                                         {"-accounts", "-1"},
		"-dialect: neither":                                           {"-dialect", "klingon"},
		"-faults: not between":                                        {"-faults", "1.5"},
		"-faults: not between 0 and 1":                                {"-faults", "NaN"},
		`-fault-kinds: no "fire" (there are refuse,`:                  {"-faults", "0.1", "-fault-kinds", "fire"},
		"-fault-kinds: needs -faults":                                 {"-fault-kinds", "drop"},
		`"now" is not a flag`:                                         {"now"},
		"-keyhelp: cannot listen":                                     {"-keyhelp", busy.Addr().String()},
		"-accounts: negative\n-dialect: neither":                      {"-accounts", "-1", "-dialect", "klingon"},
	} {
		var out bytes.Buffer
		require.ErrorContains(t, Run(t.Context(), args, &out, io.Discard), want)
		require.Empty(t, out.String())
	}
	require.NoError(t, Run(t.Context(), []string{"-h"}, io.Discard, io.Discard))
	for given, want := range map[string]string{"": "192.0.2.7:0", "8101": "192.0.2.7:8101", "[::1]:8101": "[::1]:8101"} {
		address, err := addressOf(given, "192.0.2.7")
		require.NoError(t, err)
		require.Equal(t, want, address)
	}
	found, err := chooseFaults("delay,truncate")
	require.NoError(t, err)
	require.Equal(t, []string{"truncate", "delay"}, []string{found[0].String(), found[1].String()})
}

// TestStop: what is still being served at the end is cut, and counted.
func TestStop(t *testing.T) {
	s := start(t, "-json", "-only", "keyhelp")
	p := &person{t, s.list(t)[0]}
	p.control(200, "POST", "faults", `{"kind":"delay","delay":"1h"}`)
	cut := make(chan error)
	go func() {
		_, _, err := send(p.Try, "")
		cut <- err
	}()
	for len(p.control(200, "GET", "requests", "").([]any)) == 0 { // until it has arrived
	}
	require.Equal(t, "keyhelp: 1 requests, faults: delay x1\n", s.stop(t))
	require.Error(t, <-cut)
}

// TestListen: a system listens where it is told, and the program warns if others can reach it.
func TestListen(t *testing.T) {
	s := start(t, "-json", "-only", "keyhelp", "-listen", "0.0.0.0")
	e := s.list(t)[0]
	require.Regexp(t, `^http://127\.0\.0\.1:\d+$`, e.URL)
	require.Contains(t, s.stop(t), "Other machines can reach the emulators")
	s = start(t, "-json", "-only", "keyhelp")
	s.list(t)
	require.NotContains(t, s.stop(t), "Other machines")
}

// TestCertificate: one certificate for all, which can be kept, and is printed.
func TestCertificate(t *testing.T) {
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	args := []string{"-only", "hostkey,hestia", "-cert", cert, "-key", key, "-names", "panel,192.0.2.7"}
	s := start(t, append(args, "-json")...)
	first := s.list(t)
	s.stop(t)
	kept, err := os.ReadFile(cert)
	require.NoError(t, err)
	require.Equal(t, string(kept), first[0].Certificate)
	require.Equal(t, string(kept), first[1].Certificate)
	s = start(t, args...)
	text, err := s.out.ReadString('.')
	require.NoError(t, err)
	for !strings.HasSuffix(text, "Ctrl-C.") {
		more, err := s.out.ReadString('.')
		require.NoError(t, err)
		text += more
	}
	require.Contains(t, text, string(kept))
	require.Contains(t, text, first[0].Pin)
}

// TestFirstLine says of KeyHelp which dialect a program needs.
func TestFirstLine(t *testing.T) {
	for want, args := range map[string][]string{
		"KeyHelp, live dialect: the one that running panels speak (keyhelp)\n":                        nil,
		"KeyHelp, documented dialect: running panels speak the other one (-dialect live) (keyhelp)\n": {"-dialect", "documented"},
	} {
		line, err := start(t, append(args, "-only", "keyhelp")...).out.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want, line)
	}
}

// TestCredentials: what programs sign in with is the same in every run, and in every version.
func TestCredentials(t *testing.T) {
	got := make(map[string]map[string]string)
	for _, e := range start(t, "-json").list(t) {
		got[e.Kind] = e.Credentials
	}
	require.Equal(t, map[string]map[string]string{
		"elizon": {
			"api_key": "elz_y9mmhzvoglan1nxzwhz8lvyot2zghmgn3vt9cndo", "code": "135020", "email": "customer@example.com",
			"password": "6vqbrj328ydg4zvbqi2m", "session": "aiunfjdimf949fbjzbd033w0qm8g22938uqbbam8gatp2hu9",
		},
		"hestia": {
			"access_key": "vs9kueXCsNEYmpm5DWn4", "secret_key": "Sw23j-2DOny7qfVn7_GUXyDX6u2b-Zht=tH4b7l0",
			"api_key": "F6-MLQAMDhlW1H0ToOweommJZeykIsmi", "user": "admin", "password": "JwNumYag7qFrFc6F",
		},
		"hostkey": {"api_key": "8752c7ae486bc49d-f0fb920e8b2d33c7"},
		"keyhelp": {"api_key": "f2h1wnps.8ydzcq8dt5u9ni23qbbux8z01z9v0rnb0hcowyw7cmx7j044t94civ27xrlw68dl"},
		"licenseserver": {
			"api_key": "AF-2026-1Q374R4DLMMLBAFBK33AP2SX74ZW8JT2", "panel": "session=3i9q9oded6ae6oozxeqsz89gro79xm1g2dpsae7t",
			"license_key": "TM6V-DZRJ-7E7V-6DTV",
		},
	}, got)
}

// pinOf returns the pin of a certificate in curl's spelling.
func pinOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return "sha256//" + base64.StdEncoding.EncodeToString(sum[:])
}

func pemOf(cert *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
