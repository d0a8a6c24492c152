package hestia

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// This file is the only place that distinguishes errors by their wording, because the API has
// nothing else: for the refusals that share code 10, for the API that is switched off, and for the
// legacy engine, which hides the code when it is asked for output.

// forbidden returns the meaning of code 10, which the API itself uses for four things.
func (a *answerReader) forbidden(text string, status int) error {
	auth := &a.client.auth
	refused := status != http.StatusOK // with returncode=yes, a command's own code comes with 200
	switch {
	case strings.HasPrefix(text, "IP is not allowed"):
		return provider.ErrIPNotAllowed
	case text == "Command "+a.request.name+" not found":
		return provider.ErrUnsupported
	case auth.legacy && refused && text == "authentication failed": // the user is not the root user
		return provider.ErrUnauthorized
	case auth.legacy && refused && a.request.codes && auth.kind == kindAPIKey:
		return provider.ErrIPNotAllowed // the only refusal with that code for keys
	}
	return provider.ErrForbidden
}

// namesUser reports whether it is a user that a command did not find. Code 3 does not say what is missing.
func namesUser(text string) bool { return strings.HasPrefix(text, "user ") }

// switchedOff recognises the page that replaces the API after v-change-sys-api.
func switchedOff(body []byte) bool {
	return string(bytes.TrimSpace(body)) == "Error: Disabled"
}

func librariesMissing(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("Unable to load required libraries"))
}

// texts maps parts of the legacy engine's error texts to exit codes. The first that occurs decides.
var texts = []struct {
	part string
	code ExitCode
}{
	{"is not suspended", ExitUnsuspended},
	{"is suspended", ExitSuspended},
	{"limit is reached", ExitLimit},
	{"doesn't cover", ExitLimit},
	{"doesn't exist", ExitNotExist},
	{"does not exist", ExitNotExist},
	{"not found", ExitNotExist},
	{"already exist", ExitExists},
	{" exists", ExitExists},
	{"is already scheduled", ExitExists},
	{"is used", ExitInUse},
	{"missmatch", ExitPassword},
	{"can't use", ExitForbidden},
	{"is not enabled", ExitDisabled},
	{"is disabled", ExitDisabled},
	{"restart failed", ExitRestart},
	{"update failed", ExitUpdate},
	{"onnection to", ExitConnect},
	{"Validating", ExitParsing},
	{"not accepted", ExitInvalid},
	{"is reserved", ExitInvalid},
	{"nvalid", ExitInvalid},
	{"is not valid", ExitInvalid},
	{"validation failed", ExitInvalid},
	{"not allowed", ExitInvalid},
}

type ownText struct {
	line *regexp.Regexp
	code ExitCode
}

// ownTexts are lines of single commands, whose meaning the table above would miss. ExitOK is a remark of a command that
// is done: what it called for something else failed.
var ownTexts = map[string][]ownText{
	"v-run-cli-cmd": {
		{regexp.MustCompile(`^Error: Error: Cli command not enabled$`), ExitForbidden},
		{regexp.MustCompile(`^Error: cmd exited with errors$`), ExitNotExist}, // below what the tool printed
	},
	"v-change-sys-port": {
		{regexp.MustCompile(`^Port is already used`), ExitInUse},
		{regexp.MustCompile(`^Port should contain`), ExitInvalid},
	},
	"v-suspend-user": {
		{regexp.MustCompile(`^Error: (web|dns|mail|db|cron) .* is suspended$`), ExitOK},
		{regexp.MustCompile(`^Error: Connection to .* failed$`), ExitOK},
	},
	"v-delete-user":               {{regexp.MustCompile(`^Error: Connection to .* failed$`), ExitOK}},
	"v-change-user-package":       {{regexp.MustCompile(`^Error: user .* is suspended$`), ExitOK}},
	"v-add-mail-domain":           {{regexp.MustCompile(`^Error:  type is invalid$`), ExitOK}}, // no webmail is installed
	"v-add-web-domain-httpauth":   {{regexp.MustCompile(`^Error: .* restart failed$`), ExitOK}},
	"v-change-web-domain-docroot": {{regexp.MustCompile(`^Error: .* restart failed$`), ExitOK}},
}

// verdict guesses the code of what the legacy engine reports as text only. said is false for output that says nothing
// about success or failure, and ExitOK with failed set is a failure of an unknown kind.
func verdict(command string, body []byte) (code ExitCode, failed, said bool) {
	text := top(body)
	if last := bytes.LastIndexByte(bytes.TrimSpace(body), '\n'); last >= 0 {
		text += "\n" + top(body[last:])
	}
	remarks, others := 0, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		own := slices.IndexFunc(ownTexts[command], func(own ownText) bool { return own.line.MatchString(line) })
		switch {
		case own < 0:
			others += line + "\n"
		case ownTexts[command][own].code != ExitOK:
			return ownTexts[command][own].code, true, true
		default:
			remarks++
		}
	}
	if remarks > 0 && others == "" {
		return ExitOK, false, true
	}
	code, failed = codeInText(others)
	return code, failed, failed || text == "OK"
}

// codeInText guesses the code of an error that any command may print.
func codeInText(body string) (code ExitCode, failed bool) {
	switch {
	case strings.HasPrefix(body, "Usage:"):
		return ExitArgs, true
	case !hasErrorPrefix(body):
		return ExitOK, false
	}
	first, _, _ := strings.Cut(body, "\n")
	for _, t := range texts {
		if strings.Contains(first, t.part) {
			return t.code, true
		}
	}
	return ExitOK, true
}
