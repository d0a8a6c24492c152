package hostkey

import (
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// payload receives an undocumented answer, which is an object or a list.
type payload struct{ data provider.Payload }

func (p *payload) DecodeAnswer(a *rest.Answer) error {
	var err error
	p.data, err = a.Structure()
	return err
}
