package hestia

import (
	"bytes"
	"net/http"
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

// codeInText guesses the code of a failure that the legacy engine reports as text only. ExitOK with
// failed set is a failure of an unknown kind.
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
