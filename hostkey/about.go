package hostkey

import (
	"cmp"
	"errors"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/words"
)

// aboutOf returns what a call is about, by the fields that say so in one module or another: the server,
// invoice, key or task, and the zone, address or name.
func aboutOf(form url.Values) rest.Identity {
	return rest.Identity{
		ID:   cmp.Or(form.Get("key"), form.Get("id"), form.Get("params[id]"), form.Get("invoice_id")),
		Name: cmp.Or(form.Get("params[zone]"), form.Get("ip"), form.Get("params[name]"), form.Get("tag")),
	}
}

// reply decodes the answer to one action. Most modules repeat the module and the action in it: then an
// answer to another call, such as one that a proxy kept, is not taken for this one's.
type reply struct {
	action
	out rest.AnswerDecoder
}

func (r *reply) DecodeAnswer(a *rest.Answer) error {
	e := openEnvelope(a.Body)
	for name, want := range map[string]string{"module": r.module, "action": r.name} {
		if told := e.word(name); told != "" && told != want {
			return errors.New("it is the answer to the " + name + " " + words.Line(told, 40) + ", not " + want)
		}
	}
	return r.out.DecodeAnswer(a)
}

// Identity implements rest.Identified.
func (r *reply) Identity() rest.Identity {
	if told, ok := r.out.(rest.Identified); ok {
		return told.Identity()
	}
	return rest.Identity{}
}
