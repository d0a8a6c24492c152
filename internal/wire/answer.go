package wire

import "github.com/provkit/provkit/internal/rest"

// One decodes an answer that is a single value.
type One[T any] struct {
	Options
	Value T
}

// DecodeAnswer implements rest.AnswerDecoder.
func (o *One[T]) DecodeAnswer(a *rest.Answer) error {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return errNoBody
	}
	return o.Unmarshal(body, &o.Value)
}

// Rows decodes an answer that is a list. It has no rows if the list cannot be read to its end.
type Rows[T any] struct{ Rows []*T }

// DecodeAnswer implements rest.AnswerDecoder.
func (r *Rows[T]) DecodeAnswer(a *rest.Answer) (err error) {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return errNoBody
	}
	r.Rows, err = List[T](body)
	return err
}
