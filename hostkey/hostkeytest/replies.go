package hostkeytest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// row is a JSON object of an answer.
type row = map[string]any

// reply is the answer to an action: JSON, and status 200 even for an error.
type reply struct {
	status int
	body   any
}

func jsonReply(body any) reply { return reply{status: http.StatusOK, body: body} }

func (a reply) write(w http.ResponseWriter) { emulator.WriteJSON(w, a.status, a.body) }

// ok is a success that does not name module and action.
func ok(fields row) reply {
	fields["result"] = "OK"
	return jsonReply(fields)
}

// success is a success in the words of the billing software, WHMCS.
func success(fields row) reply {
	fields["result"] = "success"
	return jsonReply(fields)
}

// changed is the answer to a change in billing.
func (c *call) changed(fields row) reply {
	if c.cfg.shapes[ShapeBillingSuccess] {
		return success(fields)
	}
	return ok(fields)
}

// ok is a success in the form of most modules.
func (c *call) ok(fields row) reply {
	all := row{"result": "OK", "module": c.action.module, "action": c.action.name}
	maps.Copy(all, fields)
	return jsonReply(all)
}

// data is a success in the form of the modules that nest their answer.
func (c *call) data(payload any) reply { return c.ok(row{"data": payload}) }

// accepted is a success that names a task.
func (c *call) accepted(t *task) reply {
	return c.ok(row{"callback": t.key})
}

// The shapes of errors.
func fail(text string) reply { return jsonReply(row{"result": -1, "error": text}) }

func failNamed(text, code string) reply {
	return jsonReply(row{"result": -1, "error": text, "code": code})
}

func message(text string) reply { return jsonReply(row{"code": -1, "message": text}) }

func denied() reply { return jsonReply(row{"code": -2, "message": textDenied}) }

func billingError(text string) reply { return jsonReply(row{"result": "error", "message": text}) }

func orderError(text string) reply {
	return jsonReply(row{"result": "ERROR", "code": -1, "message": text})
}

// invalid is the error about an invalid parameter.
func (c *call) invalid(name string) reply {
	return fail(c.action.module + "/" + c.action.name + ": invalid " + name)
}

// noServer is the error about a server that the token does not reach.
func (c *call) noServer() reply {
	text := "server not exist" // one of the wordings that the vendor's Terraform provider knows
	if c.cfg.shapes[ShapeInvalidServerID] || (c.action.module == "nat" && c.action.name == "add_static_nat") {
		text = "invalid server id"
	}
	return fail(strings.ToUpper(c.action.module) + "/" + c.action.name + ": " + text)
}

// id returns an ID as a number, or as a string with ShapeTextIDs.
func (c *call) id(n int64) any { return c.st.id(n) }

func (st *state) id(n int64) any {
	if st.cfg.shapes[ShapeTextIDs] {
		return strconv.FormatInt(n, 10)
	}
	return n
}

// number returns an amount as a JSON number.
func number(amount string) json.Number {
	if amount == "" {
		return "0"
	}
	return json.Number(money(mustAmount(amount)))
}

// list returns a list, or with ShapeSingleObject the only entry of one.
func (c *call) list(all []row) any {
	if len(all) == 1 && c.cfg.shapes[ShapeSingleObject] {
		return all[0]
	}
	return all
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func stamp(t time.Time) string { return t.UTC().Format(time.DateTime) }

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// rows maps a list to JSON objects, never nil.
func rows[T any](all []T, each func(T) row) []row {
	list := make([]row, len(all))
	for i, v := range all {
		list[i] = each(v)
	}
	return list
}
