package order

import (
	"context"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Refuse adds to the problems of a verb that it cannot spend money.
func (d *Desk) Refuse(problems *provider.Problems) {
	if !d.chosen {
		problems.Add("WithLedger", "missing: what spends money needs a ledger, which remembers what was ordered; provider.WithLedger sets one (ledger.OpenFile is for one machine), provider.WithoutLedger does without")
	}
}

// CheckStep is the step of a Check about the ledger, if there is something to say.
func (d *Desk) CheckStep(ctx context.Context) (step provider.CheckStep, ok bool) {
	step = provider.CheckStep{Name: provider.CheckLedger, State: provider.CheckWarning}
	switch _, err := d.ledger.Now(ctx); {
	case !d.chosen:
		step.Detail = "no ledger: what spends money is refused; see provider.WithLedger"
	case d.without:
		step.Detail = "no ledger: an order that a crash interrupts may be bought again; see provider.WithoutLedger"
	case err != nil:
		step.Detail = "the ledger does not answer, and without it nothing is ordered: " + words.Say("%v", err)
	default:
		return step, false
	}
	return step, true
}
