package licenseserver

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Plan is a product that the caller sells: the server has licenses with limits, but no plans. A
// license is on the plan whose limits it has, so no two plans may have the same limits.
type Plan struct {
	// ID is required; an empty Name defaults to it.
	ID, Name string
	// MaxActivations and MaxUsers are the limits of a license on this plan, at least 1.
	MaxActivations, MaxUsers int64
	// Months is how long a new license is valid, from the day of its creation; 0 keeps the date
	// that the server sets. A change of plan does not change the date.
	Months int
}

func checkPlans(problems *provider.Problems, plans []Plan) {
	ids, limits := make(map[string]bool), make(map[[2]int64]bool)
	for _, plan := range plans {
		of := [2]int64{plan.MaxActivations, plan.MaxUsers}
		switch {
		case strings.TrimSpace(plan.ID) == "":
			problems.Add("WithPlans", "a plan needs an ID")
		case plan.MaxActivations < 1 || plan.MaxUsers < 1 || plan.Months < 0:
			problems.Add("WithPlans", "plan %q: limits must be at least 1, and months not negative", plan.ID)
		case ids[plan.ID]:
			problems.Add("WithPlans", "plan %q is listed twice", plan.ID)
		case limits[of]:
			problems.Add("WithPlans", "plan %q has the same limits as another one", plan.ID)
		}
		ids[plan.ID], limits[of] = true, true
	}
}

// parsePlans parses plans in one line of configuration: in "basic=1/5, pro=10/50/12" the numbers
// are activations, users and, if given, months.
func parsePlans(text string) ([]Plan, error) {
	var plans []Plan
	for entry := range strings.SplitSeq(text, ",") {
		id, limits, found := strings.Cut(strings.TrimSpace(entry), "=")
		figures := strings.Split(limits, "/")
		if !found || len(figures) < 2 || len(figures) > 3 {
			return nil, fmt.Errorf("%q must have the form pro=10/50 or pro=10/50/12", strings.TrimSpace(entry))
		}
		var numbers [3]int64
		for i, figure := range figures {
			n, err := strconv.ParseInt(strings.TrimSpace(figure), 10, 32)
			if err != nil {
				return nil, fmt.Errorf("%q is not a number", strings.TrimSpace(figure))
			}
			numbers[i] = n
		}
		plans = append(plans, Plan{ID: strings.TrimSpace(id), MaxActivations: numbers[0], MaxUsers: numbers[1], Months: int(numbers[2])})
	}
	return plans, nil
}
