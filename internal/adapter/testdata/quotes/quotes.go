// Package quotes makes errors in all ways that the test of errors' texts refuses and accepts.
package quotes

import (
	"cmp"
	"fmt"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

type state string

const ours = "ours"

func all(c *rest.Client, told string, n int, s state, own words.Own, err error) (all []error) {
	add := func(e *provider.Error) { all = append(all, e) }
	add(&provider.Error{Message: told})                          // refused
	add(&provider.Error{Message: ours + ": " + told})            // refused
	add(&provider.Error{Message: fmt.Sprintf("it is %q", told)}) // refused
	add(&provider.Error{Code: string(s)})                        // refused
	add(&provider.Error{Message: err.Error()})                   // refused
	add(&provider.Error{Message: cmp.Or(ours, told)})            // refused
	add(&provider.Error{Fields: map[string]string{told: ours}})  // refused
	add(&provider.Error{Message: words.Say(words.Own(told))})    // refused
	add(&provider.Error{Message: passes(told)})                  // refused
	e := &provider.Error{Action: told}
	e.Message += told                    // refused
	e.Fields["field"] = fmt.Sprint(told) // refused
	add(&provider.Error{Message: ours + ": " + c.Clean(told)})
	add(&provider.Error{Message: words.Say("it is %q", told), Code: c.Say("%s", s)})
	add(&provider.Error{Message: fmt.Sprintf("%d of %d", n, 2*n) + names(n), Fields: map[string]string{ours: "taken"}})
	add(&provider.Error{Message: string(own), Fields: e.Fields})
	e.Message += ": " + e.Code
	return all
}

func passes(told string) string { return told }

func names(n int) string { return words.Say("%d", n) }
