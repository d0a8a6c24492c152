package provider_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

// panel stands for any system: keyhelp.NewProvider(client), or Drivers.Open.
func panel() provider.Provider { return providertest.NewMemory(nil) }

func Example() {
	ctx, p := context.Background(), panel()
	req := &provider.CreateRequest{
		Reference: "order-1042",
		Username:  "example_com",
		Password:  p.Describe().Password.Generate(),
		Email:     "max@example.com",
		Domain:    "example.com",
	}
	for range 2 { // the second time, perhaps after a crash, makes no second account
		created, err := p.Create(ctx, req)
		switch {
		case errors.Is(err, provider.ErrAlreadyExists):
			fmt.Println("choose another name")
		case errors.Is(err, provider.ErrOutcomeUnknown):
			fmt.Println("call Create again")
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(created.Outcome, created.Account.Username, created.Account.Status)
		}
	}
	fmt.Println(req.Password)
	// Output:
	// changed example_com active
	// already example_com active
	// [redacted]
}

func ExampleAs() {
	ctx, p := context.Background(), panel()
	if lister, ok := provider.As[provider.PlanLister](p); ok {
		plans, err := lister.Plans(ctx)
		if err != nil {
			fmt.Println(err)
		}
		for _, plan := range plans {
			fmt.Println(plan.ID, plan.Name)
		}
	}
	// Output:
	// small Small
	// large Large
}

func ExampleEnsure() {
	ctx, p := context.Background(), panel()
	want := provider.Desired{
		Status: provider.StatusSuspended,
		Create: &provider.CreateRequest{
			Reference: "order-1042", Username: "example_com", Password: provider.NewSecret("first-password-1"), Email: "max@example.com",
		},
	}
	for range 2 {
		done, err := provider.Ensure(ctx, p, want)
		for _, change := range done.Changes { // also beside an error
			fmt.Println(change)
		}
		fmt.Println(done.Outcome(), err)
	}
	// Output:
	// create: absent -> active
	// suspend: active -> suspended
	// changed <nil>
	// already <nil>
}

func ExampleWait() {
	p := providertest.NewMemory(&providertest.MemoryOptions{Pending: 3 * time.Minute})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	created, err := p.Create(ctx, &provider.CreateRequest{
		Reference: "order-1042", Username: "example_com", Password: provider.NewSecret("first-password-1"), Email: "max@example.com",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(created.Outcome)
	// Keep created.Handle: after a restart of the program, go on from here.
	done, err := provider.Wait(ctx, p, created.Handle, &provider.WaitOptions{
		Interval:   time.Millisecond,
		OnProgress: func(*provider.Progress) { p.Advance(time.Minute) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(done.Account.Username, done.Message)
	// Output:
	// pending
	// example_com active
}

func ExampleNamePolicy_Username() {
	policy := panel().Describe().Username
	fmt.Println(policy.Username("www.example.com", ""))
	fmt.Println(policy.Problem("Example.COM") != "")
	// Output:
	// www_example_com
	// true
}
