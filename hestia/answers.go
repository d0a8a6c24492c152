package hestia

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// exitHeader carries the exit code. The engine for access keys sends it with every answer, the
// legacy engine only with its own refusals, not with the answers of commands.
const exitHeader = "Hestia-Exit-Code"

// answerReader interprets the answer to one request.
type answerReader struct {
	client  *Client
	request *request
}

// DecodeAnswer reads the output of a command that succeeded.
func (a *answerReader) DecodeAnswer(answer *rest.Answer) error {
	r := a.request
	if r.read == nil {
		return nil
	}
	var printed []byte
	if !r.codes {
		printed = a.printed(answer)
	}
	if r.literal {
		printed = escaped(printed)
	}
	if r.strict && a.client.auth.legacy && len(printed) == 0 && !r.command.mayPrintNothing && !r.command.changes() {
		return errors.New("the command printed nothing: the panel may not know it")
	}
	return r.read(printed)
}

// Identity returns what the answer is about.
func (a *answerReader) Identity() rest.Identity {
	if a.request.about.Name != "" {
		return rest.Identity{Name: stored(a.request.told)}
	}
	return rest.Identity{ID: a.request.told}
}

// printed returns the output. The legacy engine says OK if there is none, and adds a line break to
// output.
func (a *answerReader) printed(answer *rest.Answer) []byte {
	if a.client.auth.legacy && string(answer.Body) == "OK" {
		return nil
	}
	return answer.Body
}

// genuine recognises the panel's own answers. The access keys' engine sends the exit code with every
// answer, and the legacy engine with its own refusals only: a command's answer has the status 200, and
// is a number where the code was asked for, otherwise OK, an error, or what the command printed. Two
// texts replace the API: see prose.go. The pages of the panel's web server are not its answers.
func (a *answerReader) genuine(answer *rest.Answer) bool {
	if header := answer.Header.Get(exitHeader); header != "" {
		code, err := exitCode(header)
		return err == nil && (code != ExitOK || answer.Status/100 == 2 && !a.another(answer.Body))
	}
	body := top(answer.Body)
	switch {
	case answer.Status != http.StatusOK:
		return false
	case switchedOff(answer.Body), librariesMissing(answer.Body):
		return true
	case !a.client.auth.legacy:
		return false
	case a.request.codes:
		_, err := exitCode(body)
		return err == nil
	case a.request.command.prints: // where any text is printed, a page cannot be told from it
		return !strings.HasPrefix(body, "<") || !a.request.command.printsJSON()
	}
	_, _, said := verdict(a.request.name, answer.Body)
	return said
}

// top returns the beginning of an answer, where errors stand. Listings are too long for a copy.
func top(body []byte) string {
	body = bytes.TrimSpace(body)
	return strings.TrimSpace(string(body[:min(len(body), 4096)]))
}

// another reports whether a change that prints nothing was answered with JSON, which only listings print:
// it is the answer to another request.
func (a *answerReader) another(body []byte) bool {
	body = bytes.TrimSpace(body)
	return a.request.command.changes() && !a.request.command.prints && len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

func exitCode(text string) (ExitCode, error) {
	number, err := strconv.Atoi(strings.TrimSpace(text))
	return ExitCode(number), err
}

// classify returns the error that an answer stands for, by its exit code; nil for success.
func (a *answerReader) classify(answer *rest.Answer) *rest.Failure {
	switch header := answer.Header.Get(exitHeader); {
	case header != "":
		if code, _ := exitCode(header); code != ExitOK {
			return a.failed(code, said(answer.Body), answer.Status)
		}
		a.remark(answer)
		return nil
	case switchedOff(answer.Body):
		return &rest.Failure{Kind: provider.ErrUnsupported, Message: "the panel's API is switched off (v-change-sys-api)"}
	case librariesMissing(answer.Body):
		return &rest.Failure{Kind: provider.ErrUnavailable, Message: "the panel lacks its PHP libraries (v-add-sys-dependencies)"}
	case a.request.codes:
		if code, _ := exitCode(top(answer.Body)); code != ExitOK {
			return a.failed(code, "", answer.Status)
		}
		return nil
	}
	code, failed, _ := verdict(a.request.name, answer.Body)
	switch {
	case !failed:
		if string(answer.Body) != "OK" {
			a.remark(answer)
		}
		return nil
	case code == ExitOK:
		return &rest.Failure{Kind: provider.ErrProtocol, Message: said(answer.Body), MaybeExecuted: a.request.command.changes()}
	}
	return a.failed(code, said(answer.Body), answer.Status)
}

// remark logs what a command printed that should print nothing: a script that it called failed, and
// it succeeded anyway.
func (a *answerReader) remark(answer *rest.Answer) {
	if !a.request.command.prints && !a.request.codes {
		answer.Remark = said(answer.Body)
	}
}

// failed returns the error for an exit code. text is what the command said; "" if nothing.
func (a *answerReader) failed(code ExitCode, text string, status int) *rest.Failure {
	meaning := code.meaning()
	kind := meaning.kind
	if own, ok := a.request.command.kinds[code]; ok {
		kind = own
	}
	if code == ExitForbidden {
		kind = a.forbidden(text, status)
	}
	if text == "" {
		text = meaning.text
		if a.client.auth.kind == kindPassword && code == ExitForbidden && status != http.StatusOK {
			text = "the address is not on the API's allow list, or the user is not the root user"
		}
	}
	after := meaning.after && a.request.command.changes()
	if after && errors.Is(kind, provider.ErrUnavailable) {
		kind = provider.ErrOutcomeUnknown // which also keeps it from being retried
	}
	return &rest.Failure{Kind: kind, Code: code.label(), Message: text, Err: code, MaybeExecuted: after}
}

// said returns the text of an answer for people: without the prefixes, and without the list that a
// command may have begun to print before it failed.
func said(body []byte) string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] == '<' {
		return ""
	}
	const longest = 2000 // in bytes; more of a line is not shown anyway
	listing := body[0] == '{' || body[0] == '['
	var lines []string
	for line := range bytes.FieldsFuncSeq(body, func(r rune) bool { return r == '\n' || r == '\r' }) {
		text := strings.TrimSpace(string(line[:min(len(line), longest)]))
		if listing = listing && !hasErrorPrefix(text); listing {
			continue
		}
		for _, prefix := range []string{"Error:", "ERROR:"} {
			text = strings.TrimSpace(strings.TrimPrefix(text, prefix))
		}
		if lines = append(lines, strings.ToValidUTF8(text, "?")); len(lines) == 10 {
			break
		}
	}
	return strings.Join(slices.Compact(lines), "; ")
}

func hasErrorPrefix(text string) bool {
	return strings.HasPrefix(text, "Error:") || strings.HasPrefix(text, "ERROR:") || strings.HasPrefix(text, "Usage:")
}
