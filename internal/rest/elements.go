package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sync"
)

// Elements performs a call whose answer is a JSON array and yields its elements. The
// memory behind them is used again when the loop goes on: copy what is to be kept.
// An error comes alone: a listing that cannot be read to its end yields nothing.
//
// One Unmarshal into rows that are kept for the next call takes less time than any
// way to read element by element, and little more memory than the answer itself.
func Elements[W any, P interface {
	*W
	Identified
}](ctx context.Context, c *Client, call *Call) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		x, err := c.exchange(ctx, call)
		if err != nil {
			yield(nil, err)
			return
		}
		defer x.release()
		kept := rowsOf[W]()
		defer kept.release()
		if err := kept.read(Content(x.body.Bytes())); err != nil {
			yield(nil, x.unreadable(err))
			return
		}
		for i := range kept.rows {
			// null decodes as well, into nothing.
			if name := P(&kept.rows[i]).Missing(); name != "" {
				yield(nil, x.unreadable(fmt.Errorf("an element lacks %q", name)))
				return
			}
		}
		for i := range kept.rows {
			if !yield(&kept.rows[i], nil) {
				return
			}
		}
	}
}

// rows is a slice that serves one listing after the other.
type rows[W any] struct{ rows []W }

// maxRows keeps one huge listing from staying in memory for ever.
const maxRows = 1000

// pools holds a sync.Pool for each type of element.
var pools sync.Map

func poolOf[W any]() *sync.Pool {
	key := reflect.TypeFor[W]()
	pool, ok := pools.Load(key)
	if !ok {
		pool, _ = pools.LoadOrStore(key, &sync.Pool{New: func() any { return new(rows[W]) }})
	}
	return pool.(*sync.Pool)
}

func rowsOf[W any]() *rows[W] { return poolOf[W]().Get().(*rows[W]) }

func (r *rows[W]) read(body []byte) error {
	if len(body) == 0 || body[0] != '[' {
		return errors.New("not a list")
	}
	return json.Unmarshal(body, &r.rows)
}

// release empties the rows, since Unmarshal adds to what it finds, and so that what
// they point to can go.
func (r *rows[W]) release() {
	if cap(r.rows) > maxRows {
		return
	}
	clear(r.rows[:cap(r.rows)])
	r.rows = r.rows[:0]
	poolOf[W]().Put(r)
}
