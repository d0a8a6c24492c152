package licenseserver

import (
	"encoding/json"
	"errors"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// payload decodes the undocumented answer to a read: an object or a list.
type payload struct{ data provider.Payload }

func (p *payload) DecodeAnswer(a *rest.Answer) (err error) {
	p.data, err = a.Structure()
	return err
}

// receipt decodes the undocumented answer to a change: any JSON or nothing, except for the end of a
// session, of which the documents say what it tells.
type receipt struct{ Receipt }

func (r *receipt) DecodeAnswer(a *rest.Answer) error {
	body := rest.Content(a.Body)
	switch {
	case len(body) > 0 && body[0] == '{':
		return wire.Unmarshal(body, &r.Receipt)
	case a.Endpoint == sessionsEnd.Endpoint:
		_, err := a.Structure()
		return err
	case len(body) > 0 && !json.Valid(body):
		return errors.New("not JSON")
	}
	return nil
}

// page is an object that contains a list under a name, and whether more pages follow.
type page[T any] struct {
	wire.Rows[T]
	total *int64
	more  bool
	// first is the first element, which shows whether a page is another one.
	first *T
}

func (p *page[T]) DecodeAnswer(a *rest.Answer) error {
	if err := p.Rows.DecodeAnswer(a); err != nil {
		return err
	}
	var about struct {
		Total *int64 `wire:"total"`
		More  bool   `wire:"pagination.more"`
	}
	err := wire.Unmarshal(rest.Content(a.Body), &about)
	p.total, p.more = about.Total, about.More
	return err
}
