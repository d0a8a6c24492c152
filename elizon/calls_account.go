package elizon

import (
	"context"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
)

// listed refuses empty names in a list.
func (r *request) listed(field string, names []string) *request {
	for i, name := range names {
		if strings.TrimSpace(name) == "" {
			r.problem(field, "is empty at place %d", i)
		}
	}
	return r
}

// fetchHaving is fetch for fields next to "success" that may be null. At least one of the names
// must be present, or any object would pass.
func fetchHaving[T any](ctx context.Context, r *request, names ...string) (*T, error) {
	d := &having[T]{names: names}
	if err := r.send(ctx, func(call *rest.Call) { call.Out = d }); err != nil {
		return nil, err
	}
	return d.out, nil
}

type having[T any] struct {
	one[T]
	names []string
}

func (d *having[T]) DecodeAnswer(a *rest.Answer) error {
	o, err := readObject(a, d.names...)
	if err != nil {
		return err
	}
	for _, name := range d.names {
		if _, there := o[name]; there {
			d.out = new(T)
			return decode(rest.Content(a.Body), d.out)
		}
	}
	return wire.Lacks(d.names[0])
}
