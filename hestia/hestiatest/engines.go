package hestiatest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const tmpFileCommand = "v-make-tmp-file"

// accessKey is the engine for access keys: every answer has the exit code in a header.
func (s *Server) accessKey(f form, ip string) (reply, error) {
	codeOnly := f["returncode"] == field{text: "yes"}
	if level := number(s.st.config["API_SYSTEM"]); level == 0 {
		return refuse(eDisabled, "API has been disabled", codeOnly), nil
	}
	if !s.allowed(ip, "0.0.0.0") {
		return refuse(eForbidden, "IP is not allowed to connect with API", codeOnly), nil
	}
	id, err := f.text("access_key")
	if err != nil {
		return reply{}, err
	}
	secret, err := f.text("secret_key")
	if err != nil {
		return reply{}, err
	}
	q, refusal, err := readCommand(f)
	if err != nil {
		return reply{}, err
	}
	if refusal != nil {
		return *refusal, nil
	}
	id, secret = trim(id), trim(secret)
	if isEmpty(id) || isEmpty(secret) {
		return refuse(ePassword, "Authentication failed", codeOnly), nil
	}
	owner, position, code, text := s.checkKey(id, secret, q.cmd, ip)
	if code != 0 {
		return refuse(code, text, codeOnly), nil
	}
	if owner != s.st.root() && number(s.st.config["API_SYSTEM"]) < 2 {
		return refuse(eAPIDisabled, "API has been disabled", codeOnly), nil
	}
	if owner != s.st.root() && position > 0 && trim(f["arg"+strconv.Itoa(position)].text) != owner {
		// The panel really sends the backslashes: its code escapes for the wrong kind of quotes.
		return refuse(eForbidden, "Key "+id+` - the "user" argument doesn\'t match the key\'s user`, codeOnly), nil
	}
	return s.launch(q, f, owner)
}

// launch runs the command and returns its answer.
func (s *Server) launch(q request, f form, owner string) (reply, error) {
	var lines []string
	var code int
	var err error
	if q.cmd == tmpFileCommand {
		err = s.makeTmpFile(f)
	} else {
		lines, code, err = s.execute(q, owner)
	}
	if err != nil {
		return reply{}, err
	}
	body := trim(strings.Join(lines, "\n"))
	answer := reply{status: http.StatusOK, code: code, header: true, body: body}
	switch {
	case q.codeOnly:
		answer.body = strconv.Itoa(code)
	case code > 0:
		answer.status = httpStatus(code)
	case isEmpty(body):
		// A body of just "0" counts as empty, too; net/http sends none with this status.
		answer.status, answer.body = http.StatusNoContent, ""
	default:
		answer.json = isTruthyJSON(body)
	}
	return answer, nil
}

// checkKey returns the owner of a key, and the position of the user's name in the command's
// arguments; or a refusal.
func (s *Server) checkKey(id, secret, cmd, ip string) (owner string, position, code int, text string) {
	st := s.st
	c := &call{server: s, st: st, now: s.now()}
	if st.config.yes("DEMO_MODE") {
		return "", 0, eArgs, "ERROR: " + demoText
	}
	if code := c.format("access_key_id", baseName(id)); code != 0 {
		return "", 0, ePassword, c.text()
	}
	key := st.keys.find("ACCESS_KEY_ID", id)
	if key == nil || s.revoked {
		return "", 0, ePassword, "key " + id + " doesn't exist"
	}
	if code := c.format("secret_access_key", secret); code != 0 {
		return "", 0, ePassword, c.text()
	}
	if key["SECRET_ACCESS_KEY"] != secret {
		return "", 0, ePassword, "Invalid secret key for key " + id
	}
	script := commands[cmd]
	if script == nil && cmd != tmpFileCommand {
		return "", 0, eForbidden, "Command " + cmd + " not found"
	}
	owner = key["USER"]
	permissions := key["PERMISSIONS"]
	if (permissions != "" || owner != st.root()) && !slices.Contains(st.commandsOf(permissions), cmd) {
		return "", 0, eForbidden, "Key " + id + " don't have permission to run the command " + cmd
	}
	account := st.user(owner)
	switch {
	case account == nil:
		return "", 0, ePassword, "user " + owner + " doesn't exist"
	case account.conf.yes("SUSPENDED"):
		return "", 0, ePassword, "user " + owner + " is suspended"
	}
	if script != nil && owner != st.root() {
		position = script.userPosition
	}
	account.note(c.now, "Info", "API", "["+ip+"] Access key "+id+" successfully launched with command "+cmd)
	return owner, position, 0, ""
}

// legacy is the engine for passwords and API keys. A command that was run always answers 200
// without the header.
func (s *Server) legacy(f form, ip string) (reply, error) {
	codeOnly := f["returncode"] == field{text: "yes"}
	if !s.st.config.yes("API") {
		off := refuse(eDisabled, "Error: API Disabled", codeOnly)
		off.body = "Error: API has been disabled" + off.body // the panel prints it twice, by mistake
		return off, nil
	}
	if !s.allowed(ip, "") {
		return refuse(eForbidden, "Error: IP is not allowed to connect with API", codeOnly), nil
	}
	if code := s.signIn(f); code != 0 {
		return refuse(code, "Error: authentication failed", codeOnly), nil
	}
	q, refusal, err := readCommand(f)
	if err != nil {
		return reply{}, err
	}
	if refusal != nil {
		return *refusal, nil
	}
	if q.cmd == tmpFileCommand {
		if err := s.makeTmpFile(f); err != nil {
			return reply{}, err
		}
		if q.codeOnly {
			return reply{status: http.StatusOK}, nil // an undefined variable is printed
		}
		return reply{status: http.StatusOK, body: "OK"}, nil
	}
	lines, code, err := s.execute(q, s.st.root())
	if err != nil {
		return reply{}, err
	}
	answer := reply{status: http.StatusOK, code: code, body: strings.Join(lines, "\n") + "\n"}
	switch {
	case q.codeOnly:
		answer.body = strconv.Itoa(code)
	case len(lines) == 0:
		answer.body = "OK" // whatever the code: a silent failure looks like success
	}
	return answer, nil
}

// signIn checks a legacy key, or the root user's password.
func (s *Server) signIn(f form) int {
	st := s.st
	if hash := f["hash"]; hash.array || !isEmpty(hash.text) {
		if hash.array || s.revoked || st.config.yes("DEMO_MODE") || len(baseName(hash.text)) < minAPIKey ||
			!slices.Contains(st.apiKeys, baseName(hash.text)) {
			return ePassword
		}
		return 0
	}
	if user := f["user"]; user.array || user.text != st.root() {
		return eForbidden
	}
	password, there := f["password"]
	root := st.user(st.root())
	if !there || password.array || s.revoked || root == nil || !root.knows(password.text) {
		return ePassword
	}
	return 0
}
