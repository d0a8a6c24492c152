package hestiatest

import (
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var commandName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// reply is what the front door answers.
type reply struct {
	status int
	code   int  // the exit code
	header bool // whether the code is in a header: the legacy engine does that for its own refusals only
	json   bool
	body   string
	page   bool // the web server's page, not the API's answer
}

// refuse is an answer of the front door itself.
func refuse(code int, text string, codeOnly bool) reply {
	status := httpStatus(code)
	if code >= 100 {
		status = code
	}
	if !strings.HasPrefix(text, "Error:") {
		text = "Error: " + text
	}
	if codeOnly {
		text = strconv.Itoa(code)
	}
	return reply{status: status, code: code, header: true, body: text}
}

// httpStatus is the panel's table from exit codes to statuses. It is lossy.
func httpStatus(code int) int {
	switch code {
	case 0:
		return http.StatusOK
	case eInvalid:
		return http.StatusUnprocessableEntity
	case eSuspended, eUnsuspended, ePassword, eForbidden, eAPIDisabled:
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

// answer returns the answer of the API to any request.
func (s *Server) answer(r *http.Request) reply {
	f, ok := readForm(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.st.apiFile {
	case apiDisabled:
		return reply{status: http.StatusOK, body: "Error: Disabled"}
	case apiRemoved:
		return reply{status: http.StatusNotFound, page: true}
	case apiEnabled:
	}
	unusable := refuse(http.StatusMethodNotAllowed, nullText, false)
	if !ok {
		return unusable
	}
	if err := splitHash(f); err != nil {
		return crashed()
	}
	engine := s.legacy
	switch {
	case f.has("access_key") && f.has("secret_key"):
		engine = s.accessKey
	case !f.has("user", "hash"):
		return unusable
	}
	answer, err := engine(f, clientAddress(r))
	if err != nil {
		return crashed()
	}
	return answer
}

func crashed() reply { return reply{status: http.StatusInternalServerError, page: true} }

// splitHash splits an access key in the field of a legacy key.
func splitHash(f form) error {
	if f.has("access_key") || !f.has("hash") {
		return nil
	}
	hash, err := f.text("hash")
	if err != nil {
		return err
	}
	id, secret, _ := strings.Cut(hash, ":")
	if strings.Count(hash, ":") == 1 && len(id) == keyIDLength && len(secret) == keySecretLength {
		f["access_key"], f["secret_key"] = field{text: id}, field{text: secret}
		delete(f, "hash")
	}
	return nil
}

// clientAddress returns the address of the TCP peer, or memoryAddress in memory.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || net.ParseIP(host) == nil {
		return memoryAddress
	}
	return host
}

// allowed reports whether an address is on the list. Only exact matches count.
func (s *Server) allowed(ip string, alsoAll string) bool {
	list := s.st.config["API_ALLOWED_IP"]
	if list == "allow-all" {
		return true
	}
	entries := strings.Split(list, ",")
	return slices.Contains(entries, ip) || (alsoAll != "" && slices.Contains(entries, alsoAll))
}

// request is a command that was read.
type request struct {
	cmd      string
	args     []string
	codeOnly bool
}

// readCommand reads the command and checks its name; the second result is a refusal.
func readCommand(f form) (request, *reply, error) {
	var q request
	mode := f["returncode"]
	q.codeOnly = mode.text == "yes" && !mode.array
	cmd, err := f.text("cmd")
	if err != nil {
		return q, nil, err
	}
	if q.args, err = f.arguments(); err != nil {
		return q, nil, err
	}
	q.cmd = trim(cmd)
	switch {
	case isEmpty(q.cmd):
		bad := refuse(eInvalid, "Command not provided", q.codeOnly)
		return q, &bad, nil
	case !commandName.MatchString(q.cmd):
		bad := refuse(eInvalid, q.cmd+" command invalid", q.codeOnly)
		return q, &bad, nil
	}
	return q, nil, nil
}

// execute runs a command, or fails to start it if the command line is longer than the shell allows.
func (s *Server) execute(q request, owner string) (lines []string, code int, err error) {
	for _, arg := range q.args {
		if strings.ContainsRune(arg, 0) {
			return nil, 0, errCrash
		}
	}
	if shellLength(q.cmd, q.args) >= maxCommandLine {
		return nil, -1, nil
	}
	c := &call{server: s, st: s.st, now: s.now(), owner: owner}
	code = c.run(q.cmd, q.args...)
	return output(c.lines()), code, nil
}

// makeTmpFile is the only command that is not a script.
func (s *Server) makeTmpFile(f form) error {
	name := baseName(trim(f["arg2"].text))
	if !f.has("arg2") || strings.ContainsRune(name, 0) || name == "" {
		return errCrash
	}
	s.st.files["/tmp/"+name] = trim(f["arg1"].text) + "\n"
	return nil
}
