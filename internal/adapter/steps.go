package adapter

import (
	"context"
	"errors"
	"fmt"

	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Steps runs the steps of a Create and keeps the record of them. The first step
// makes the account.
type Steps struct {
	// Kind and Action name the errors.
	Kind, Action string
	// Policy is the caller's, and Undo removes the account.
	Policy provider.FailurePolicy
	Undo   func(context.Context) error
	// Certain says that the first step itself made the account: nothing else may be undone.
	Certain bool

	made    provider.Creation
	changed bool
	memory  words.Memory
}

// Step runs one step and reports whether to go on.
func (c *Steps) Step(ctx context.Context, name string, do func(context.Context) (provider.Outcome, error)) bool {
	watched, mark := touched.Watch(c.memory.In(ctx))
	outcome, err := do(watched)
	c.changed = c.changed || mark.Set()
	// What a step does not find is not the account: whoever read that it is not there would order anew.
	err = InVerb(c.Kind, Interrupted(ctx, c.changed, NotOfAccount(err)), c.Action)
	c.made.Steps = append(c.made.Steps, provider.Step{Name: name, Outcome: outcome, Err: err})
	if err == nil && (c.made.Outcome == "" || outcome == provider.OutcomeChanged) {
		c.made.Outcome = outcome
	}
	return err == nil
}

// Made notes the account as it is now.
func (c *Steps) Made(a *provider.Account) { c.made.Account = a }

// MadeUp notes the password of an account that this call made and whose order had none.
func (c *Steps) MadeUp(password provider.Secret) { c.made.Password = password }

// Result is what Create returns. A first step that definitely failed leaves nothing to report.
// When a later one did, the caller's policy may have what this very call made for certain removed
// again, and nothing else; when a step's outcome is unknown nothing is undone.
func (c *Steps) Result(ctx context.Context) (*provider.Creation, error) {
	last := &c.made.Steps[len(c.made.Steps)-1]
	if last.Err == nil {
		return &c.made, nil
	}
	err := last.Err
	unknown := errors.Is(err, provider.ErrOutcomeUnknown)
	if len(c.made.Steps) == 1 {
		if unknown {
			return &c.made, err // it may exist
		}
		return nil, err
	}
	if c.Policy != provider.OnFailureUndo || !c.Certain || unknown {
		return &c.made, err
	}
	if undoErr := c.Undo(c.memory.In(ctx)); undoErr != nil {
		return &c.made, errors.Join(err, fmt.Errorf("and undoing it failed: %w", undoErr))
	}
	for i := range c.made.Steps {
		c.made.Steps[i].Undone = c.made.Steps[i].Outcome == provider.OutcomeChanged
	}
	c.made.Account, c.made.Outcome, c.made.Password = nil, "", provider.Secret{}
	return &c.made, err
}

// CreateAction names a Create in errors.
func CreateAction(req *provider.CreateRequest) string {
	return fmt.Sprintf("create account %q", Shorten(req.Username))
}

// CheckOrder is the part of checking a CreateRequest that all systems share. The adapter
// adds what only it knows to the problems.
func CheckOrder(req *provider.CreateRequest, desc *provider.Description) provider.Problems {
	var problems provider.Problems
	problems.Note("Reference", provider.ReferenceProblem(req.Reference))
	problems.Note("Username", desc.Username.Problem(req.Username))
	if desc.Password != nil && !(desc.Password.Optional && req.Password.IsZero()) {
		problems.Note("Password", desc.Password.Problem(req.Password))
	}
	problems.Email("Email", req.Email)
	problems.OneLine("Name", req.Name)
	if req.OnFailure != provider.OnFailureKeep && req.OnFailure != provider.OnFailureUndo {
		problems.Add("OnFailure", "unknown policy")
	}
	req.CheckOptions(&problems, desc.Options)
	return problems
}

// NoHandle refuses a handle where accounts are made at once.
func NoHandle(problems *provider.Problems, req *provider.CreateRequest) {
	if req.Handle != "" {
		problems.Add("Handle", "accounts here are made at once: there is no handle")
	}
}
