package elizontest

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// row is a JSON object in an answer.
type row = map[string]any

// reply is what an endpoint answers: JSON, bytes of another type, or a stream.
type reply struct {
	status      int
	body        row
	data        []byte
	contentType string // of data; "" for JSON
	fileName    string
	stream      http.HandlerFunc
}

func ok(body row) reply      { return success(http.StatusOK, body) }
func created(body row) reply { return success(http.StatusCreated, body) }

func success(status int, body row) reply {
	body["success"] = true
	return reply{status: status, body: body}
}

// succeeded says no more than that.
func succeeded() reply { return ok(row{}) }

func done(message string) reply { return ok(row{"message": message}) }

func document(contentType, fileName string, data []byte) reply {
	return reply{status: http.StatusOK, data: data, contentType: contentType, fileName: fileName}
}

// fail returns a failure in the format of newer servers.
func fail(status int, code errorCode, text string) reply {
	a := reply{status: status, body: row{"success": false, "error": text}}
	if code != (errorCode{}) {
		a.body["errorCode"] = code.name
	}
	return a
}

// with adds parameters of the error's text.
func (a reply) with(params row) reply {
	a.body["errorParams"] = params
	return a
}

func bad(code errorCode, text string) reply { return fail(http.StatusBadRequest, code, text) }

func notFound(code errorCode, what string) reply {
	return fail(http.StatusNotFound, code, what+" not found")
}

func noService() reply { return notFound(codeNoService, "Service") }

func badBody(wrong *emulator.BodyError) reply {
	if wrong.Problem == emulator.BodyWrongType || wrong.Problem == emulator.BodyUnreadable {
		return bad(codeInvalidRequest, "Invalid request: "+wrong.Error())
	}
	return bad(codeBadJSON, "Invalid JSON body: "+wrong.Error())
}

// write sends the reply, with failures in the format that the options choose.
func (s *Server) write(w http.ResponseWriter, r *http.Request, a reply) {
	switch {
	case a.stream != nil:
		a.stream(w, r)
		return
	case a.contentType != "":
		w.Header().Set("Content-Type", a.contentType)
		if a.fileName != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+a.fileName+`"`)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(a.data)))
		w.WriteHeader(a.status)
		_, _ = bytes.NewReader(a.data).WriteTo(w)
		return
	}
	if a.body["success"] == false && s.cfg.noCodes {
		delete(a.body, "errorCode")
		delete(a.body, "errorParams")
	}
	emulator.WriteJSON(w, a.status, a.body)
}

// call is one request at an endpoint, under the server's lock.
type call struct {
	*Server
	st       *state
	r        *http.Request
	files    []upload
	body     *emulator.Object
	now      time.Time
	who      credential
	problems []string
}

func (c *call) blame(text string) { c.problems = append(c.problems, text) }

// refused answers 400 if anything is wrong with the body. Values of the wrong type are reported
// first: they would otherwise also count as missing.
func (c *call) refused() (reply, bool) { return c.refusedAs(codeInvalidRequest) }

func (c *call) refusedAs(code errorCode) (reply, bool) {
	problems := c.problems
	if wrong := c.body.Wrong(); len(wrong) > 0 {
		problems = nil
		for _, w := range wrong {
			problems = append(problems, w.Field+" must be of type "+w.Want)
		}
	}
	if len(problems) == 0 {
		return reply{}, false
	}
	a := bad(code, problems[0])
	if len(problems) > 1 {
		a.body["error"] = "Validation failed"
	}
	a.body["validationErrors"] = problems
	return a, true
}

// required reads a string that must not be absent or empty.
func (c *call) required(field string) string {
	text, _ := c.body.String(field)
	if text == "" {
		c.blame(field + " is required")
	}
	return text
}

// text reads a string that may be absent.
func (c *call) text(field string) string {
	text, _ := c.body.String(field)
	return text
}

// texts reads strings that may be absent, in the order of their names, so that the first error is
// always the same.
func (c *call) texts(fields map[string]*string) {
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if text, there := c.body.String(field); there {
			*fields[field] = text
		}
	}
}

// oneOf reads one of the allowed strings; an absent field gives missing, which must be allowed too.
func (c *call) oneOf(field, missing string, allowed ...string) string {
	text, there := c.body.String(field)
	if !there {
		text = missing
	}
	if !slices.Contains(allowed, text) {
		c.blame(field + " is invalid")
	}
	return text
}

// flag reads a boolean that may be absent.
func (c *call) flag(field string) bool {
	on, _ := c.body.Bool(field)
	return on
}

// euros reads an amount of euros, a number or a string.
func (c *call) euros(field string) (Cents, bool) {
	text, there := c.body.Text(field)
	if !there {
		return 0, false
	}
	amount, valid := parseEuro(text)
	if !valid {
		c.blame(field + " is no valid amount")
	}
	return amount, valid
}

// query reads a number from the query; missing if it is absent or below minimum.
func (c *call) query(name string, minimum, missing int) int {
	n, err := strconv.Atoi(c.r.URL.Query().Get(name))
	if err != nil || n < minimum {
		return missing
	}
	return n
}

// stamp formats a time as the server does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// stampOrNil formats a time; nil, which is null in JSON, for the zero time.
func stampOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// orNil returns the text; nil, which is null in JSON, if it is empty.
func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// rows maps a list to JSON objects, never nil.
func rows[T any](all []T, each func(T) row) []row {
	list := make([]row, len(all))
	for i, v := range all {
		list[i] = each(v)
	}
	return list
}
