package licenseservertest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// row is a JSON object in an answer.
type row = map[string]any

// reply is the answer of an endpoint: JSON, or text of another type.
type reply struct {
	status      int
	body        any
	text        string
	contentType string // of text; empty for JSON
	fileName    string
}

func ok(body any) reply      { return reply{status: http.StatusOK, body: body} }
func created(body any) reply { return reply{status: createdStatus, body: body} }

func (a reply) write(w http.ResponseWriter) {
	if a.contentType == "" {
		emulator.WriteJSON(w, a.status, a.body)
		return
	}
	w.Header().Set("Content-Type", a.contentType)
	if a.fileName != "" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+a.fileName+`"`)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(a.text))
}

// refusal returns an error in the documented form.
func refusal(status int, code, text string) reply {
	return reply{status: status, body: row{"error": text, "code": code, "status": status}}
}

func badBody(bad *emulator.BodyError) reply {
	text := bad.Error()
	return refusal(http.StatusBadRequest, codeBadRequest, strings.ToUpper(text[:1])+text[1:])
}

func notFound(what string) reply {
	return refusal(http.StatusNotFound, codeNotFound, what+" not found")
}

func noLicense() reply { return refusal(http.StatusNotFound, codeNoLicense, "License not found") }

func invalid(text string) reply { return refusal(http.StatusBadRequest, codeInvalid, text) }

// call is one request to an endpoint, under the server's lock.
type call struct {
	*Server
	st       *state
	r        *http.Request
	raw      []byte
	body     *emulator.Object
	now      time.Time
	problems []string
}

// refused answers 400 if anything was wrong. Values of the wrong type come first: they would
// otherwise also count as missing.
func (c *call) refused() (reply, bool) {
	for _, wrong := range c.body.Wrong() {
		return invalid(wrong.Field + " must be of type " + wrong.Want), true
	}
	for _, text := range c.problems {
		return invalid(text), true
	}
	return reply{}, false
}

func (c *call) blame(text string) { c.problems = append(c.problems, text) }

// required reads a string that must be present and not empty.
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

// numbers reads an array of whole numbers that must be present and not empty.
func (c *call) numbers(field string) []int64 {
	var fields map[string]json.RawMessage
	var items []json.RawMessage
	if json.Unmarshal(c.raw, &fields) == nil && len(fields[field]) > 0 && fields[field][0] == '[' {
		_ = json.Unmarshal(fields[field], &items)
	}
	if len(items) == 0 {
		c.blame(field + " must be an array of numbers")
		return nil
	}
	all := make([]int64, len(items))
	for i, item := range items {
		n, err := strconv.ParseInt(string(item), 10, 64)
		if err != nil {
			c.blame(field + "." + strconv.Itoa(i) + " must be of type integer")
			return nil
		}
		all[i] = n
	}
	return all
}

// limit reads a number of at least one, if it is present.
func (c *call) limit(field string) (int64, bool) {
	n, there := c.body.Int(field)
	if there && n < 1 {
		c.blame(field + " must be at least 1")
	}
	return n, there
}

// pathID returns a number in the path, 0 if it is invalid, which matches nothing.
func (c *call) pathID(name string) int64 {
	id, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// query returns a positive number in the query, or missing.
func (c *call) query(name string, missing int) int {
	n, err := strconv.Atoi(c.r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return missing
	}
	return n
}

// window returns a page of a list and whether more follows.
func window[T any](all []T, page, size int) ([]T, bool) {
	if page > len(all)/size+1 {
		return nil, false
	}
	from := min((page-1)*size, len(all))
	to := min(from+size, len(all))
	return all[from:to], to < len(all)
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// stamp formats a time as the server does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// day formats a date as the server does. The zero time is null.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.DateOnly)
}

// rows maps a list to JSON objects; it never returns nil.
func rows[T any](all []T, each func(T) row) []row {
	list := make([]row, len(all))
	for i, v := range all {
		list[i] = each(v)
	}
	return list
}
