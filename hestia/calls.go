package hestia

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// change runs a command that prints nothing.
func (c *Client) change(ctx context.Context, cmd *command, values ...any) error {
	r, err := cmd.with(values...)
	if err != nil {
		return err
	}
	r.codes = c.codesFor(cmd)
	return c.perform(ctx, r)
}

// load runs a command and reads what it printed.
func (c *Client) load(ctx context.Context, cmd *command, read func(printed []byte) error, values ...any) error {
	r, err := cmd.with(values...)
	if err != nil {
		return err
	}
	r.read, r.strict = read, true
	return c.perform(ctx, r)
}

// loadList is load for a command that lists what a server may have thousands of.
func (c *Client) loadList(ctx context.Context, cmd *command, read func(printed []byte) error, values ...any) error {
	r, err := cmd.with(values...)
	if err != nil {
		return err
	}
	r.read, r.strict, r.lists = read, true, true
	return c.perform(ctx, r)
}

func get[T any](ctx context.Context, c *Client, cmd *command, values ...any) (*T, error) {
	r, err := cmd.with(values...)
	if err != nil {
		return nil, err
	}
	var thing *T
	r.strict, r.about = true, cmd.about(values)
	r.read = func(printed []byte) (err error) {
		if len(printed) == 0 && cmd.mayPrintNothing {
			return nothing()
		}
		thing, r.told, err = decodeOne[T](printed, c.settings.location)
		if errors.Is(err, errUnfinished) {
			return &rest.Failure{Kind: provider.ErrUnavailable, Message: err.Error() + ": " + unfinished, Err: err}
		}
		return err
	}
	if err := c.perform(ctx, r); err != nil {
		if e, ok := errors.AsType[*provider.Error](err); ok && e.Err == nil && r.about.Name != "" && r.told != "" && stored(r.told) != stored(r.about.Name) {
			e.Err = errNeighbour
		}
		return nil, err
	}
	return thing, nil
}

// errNeighbour says that the panel showed another domain than it was asked for: it searches with grep, where a dot is
// any character, and shows the first hit. The one that was asked for may be there, too.
var errNeighbour = errors.New("another domain's record")

// exactly reads one domain, and where the panel shows a neighbour, finds it in the list of all.
func exactly[T any](thing *T, err error, all iter.Seq2[*T, error], name func(*T) string, wanted string) (*T, error) {
	if !errors.Is(err, errNeighbour) {
		return thing, err
	}
	for thing, err := range all {
		switch {
		case thing == nil:
			return nil, err
		case stored(name(thing)) == stored(wanted):
			return thing, err
		}
	}
	return nil, &provider.Error{Provider: Kind, Kind: provider.ErrNotFound, Message: "the panel has only domains whose names are like it", Err: err}
}

// list reads all things of a kind, in the panel's order. The panel has no paging, so a listing is one call, which is
// made when the iteration begins. The things are read from its answer one by one. One that cannot be read comes with
// what could be read of it, at least its name, beside an error that names it and its first unreadable field; the
// others follow. An error without a thing is that of the whole list, and ends it.
func list[T any](ctx context.Context, c *Client, cmd *command, values ...any) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		more := true
		var ended error
		err := c.loadList(ctx, cmd, func(printed []byte) error {
			return decodeRows(printed, c.settings.location, func(thing *T, name string, err error) bool {
				if ended = cmd.endpoint.Ended(ctx); ended != nil {
					return false
				}
				if err != nil {
					err = c.oddRow(cmd, name, err)
				}
				more = yield(thing, err)
				return more
			})
		}, values...)
		if err = cmp.Or(err, ended); err != nil && more {
			yield(nil, err)
		}
	}
}

// names reads an array of texts.
func (c *Client) names(ctx context.Context, cmd *command, values ...any) ([]string, error) {
	var texts []string
	err := c.load(ctx, cmd, func(printed []byte) (err error) {
		texts, err = decodeTexts(printed)
		return err
	}, values...)
	return texts, err
}

// text returns what a command printed, as it is.
func (c *Client) text(ctx context.Context, cmd *command, values ...any) (string, error) {
	var text string
	err := c.load(ctx, cmd, func(printed []byte) error {
		text = string(printed)
		return nil
	}, values...)
	return text, err
}

// codesFor reports whether a command is sent with returncode=yes.
func (c *Client) codesFor(cmd *command) bool {
	if given := c.settings.returnCodes; given != nil {
		return *given && !cmd.prints
	}
	return c.auth.legacy && !cmd.prints
}

// perform sends a request and returns the error that the answer stands for.
func (c *Client) perform(ctx context.Context, r *request) error {
	cmd := r.command
	if cmd.changes() && !cmd.concurrent {
		release, err := c.writing.Take(ctx)
		if e, ended := errors.AsType[*provider.Error](err); ended {
			e.Provider, e.Op, e.Action = Kind, cmd.endpoint.Op, cmd.action(r.subject)
			return e
		}
		defer release()
	}
	return c.rest.Do(ctx, c.callOf(r))
}

// callOf encodes a request as the form that the panel expects.
func (c *Client) callOf(r *request) *rest.Call {
	cmd := r.command
	form := make(url.Values, len(r.args)+4)
	c.auth.fields(form)
	form.Set("cmd", r.name)
	for i, arg := range r.args {
		form.Set(field(i), arg)
	}
	if r.codes {
		form.Set("returncode", "yes")
	}
	call := &rest.Call{Endpoint: &cmd.endpoint, Subject: r.subject, Body: form, About: r.about}
	for _, i := range r.secrets {
		call.Secrets = append(call.Secrets, provider.NewSecret(r.args[i]))
		call.HiddenFields = append(call.HiddenFields, field(i))
	}
	// A loaded panel takes longer than 30 seconds even to add a cron job, and goes on with what nobody waits for.
	if cmd.slow || cmd.changes() || r.lists {
		call.Timeout, call.Lasting = c.settings.slow, true
	}
	if r.lists {
		call.MaxBody = c.settings.listing
	}
	reader := &answerReader{client: c, request: r}
	call.Genuine, call.Classify, call.Out = reader.genuine, reader.classify, reader
	return call
}

func field(i int) string { return "arg" + strconv.Itoa(i+1) }

// word reads a single word; no output means that there is no such thing.
func (c *Client) word(ctx context.Context, cmd *command, values ...any) (string, error) {
	var word string
	err := c.load(ctx, cmd, func(printed []byte) error {
		word = strings.TrimSpace(string(printed))
		switch {
		case word == "" && cmd.mayPrintNothing:
			return nothing()
		case word == "" || strings.ContainsAny(word, " \t\r\n<>{}"):
			return errors.New("not a single word")
		}
		return nil
	}, values...)
	if err != nil {
		return "", err
	}
	return word, nil
}

// secret reads a text that must not appear in errors or logs.
func (c *Client) secret(ctx context.Context, cmd *command, values ...any) (provider.Secret, error) {
	word, err := c.word(ctx, cmd, values...)
	return provider.NewSecret(word), err
}

// settingsOf reads an object of names and texts.
func (c *Client) settingsOf(ctx context.Context, cmd *command, values ...any) (map[string]string, error) {
	var texts map[string]string
	err := c.load(ctx, cmd, func(printed []byte) (err error) {
		texts, err = decodeMap(printed)
		return err
	}, values...)
	return texts, err
}
