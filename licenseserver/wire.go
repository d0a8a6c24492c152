package licenseserver

import (
	"encoding/json"
	"errors"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// payload decodes an undocumented answer: for a read an object or a list, for a change any JSON or
// nothing.
type payload struct{ data provider.Payload }

func (p *payload) DecodeAnswer(a *rest.Answer) error {
	if a.Endpoint.Effect == rest.Read || a.Endpoint == sessionsEnd.Endpoint {
		var err error
		p.data, err = a.Structure()
		return err
	}
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return nil
	}
	if !json.Valid(body) {
		return errors.New("not JSON")
	}
	p.data = provider.NewPayload(string(body))
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
