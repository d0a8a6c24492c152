package hestia

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/provkit/provkit/provider"
)

// This is the one place where errors are told apart by their wording, because the
// API has nothing else: the refusals that share code 10, the API that is switched
// off, and the legacy engine, which hides the code when it is asked for output.

// forbidden places code 10: the front door uses it for four things.
func (a *answerReader) forbidden(text string, status int) error {
	auth := &a.client.auth
	refused := status != http.StatusOK // with returncode=yes, a command's own code comes with 200
	switch {
	case strings.HasPrefix(text, "IP is not allowed"):
		return provider.ErrIPNotAllowed
	case text == "Command "+a.request.name+" not found":
		return provider.ErrUnsupported
	case auth.legacy && refused && text == "authentication failed": // not the root user's name
		return provider.ErrUnauthorized
	case auth.legacy && refused && a.request.codes && auth.kind == kindAPIKey:
		return provider.ErrIPNotAllowed // the only refusal of that code for keys
	}
	return provider.ErrForbidden
}

// switchedOff recognises what stands in place of the API after v-change-sys-api.
func switchedOff(body []byte) bool {
	return string(bytes.TrimSpace(body)) == "Error: Disabled"
}

func librariesMissing(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("Unable to load required libraries"))
}

// texts are beginnings of wisdom about the legacy engine's output: the first that
// occurs decides.
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

// codeInText guesses the code of a failure that the legacy engine shows as text
// only. ExitOK with failed set means that it is one, but nobody knows which.
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
