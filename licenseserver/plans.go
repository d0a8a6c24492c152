package licenseserver

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Plan is a product as the caller sells it: the server knows licenses with limits and
// no plans. A license is on the plan whose limits it has, so no two plans may have the
// same.
type Plan struct {
	// ID and Name; an empty Name is the ID.
	ID, Name string
	// MaxActivations and MaxUsers of a license on this plan, 1 at least.
	MaxActivations, MaxUsers int64
	// Months is how long a new license is valid, from the day on which it is made;
	// 0 leaves the date that the server sets. Changing a license's plan does not
	// change its date.
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
			problems.Add("WithPlans", "plan %q: limits are 1 at least, and months not negative", plan.ID)
		case ids[plan.ID]:
			problems.Add("WithPlans", "plan %q comes twice", plan.ID)
		case limits[of]:
			problems.Add("WithPlans", "plan %q has the limits of another one: nobody could tell them apart", plan.ID)
		}
		ids[plan.ID], limits[of] = true, true
	}
}

// parsePlans reads plans from one line of configuration: "basic=1/5, pro=10/50/12" are
// activations, users and, if given, months.
func parsePlans(text string) ([]Plan, error) {
	var plans []Plan
	for entry := range strings.SplitSeq(text, ",") {
		id, limits, found := strings.Cut(strings.TrimSpace(entry), "=")
		figures := strings.Split(limits, "/")
		if !found || len(figures) < 2 || len(figures) > 3 {
			return nil, fmt.Errorf("%q is not like pro=10/50 or pro=10/50/12", strings.TrimSpace(entry))
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
