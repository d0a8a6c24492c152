// Consumer is a program outside of provkit's module: what it can reach, callers can
// reach, and what it links, callers link. CI builds and tests it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

func main() {
	server := provider.ServerConfig{Kind: os.Getenv("PANEL_KIND"), URL: os.Getenv("PANEL_URL"), Secret: provider.NewSecret(os.Getenv("PANEL_KEY"))}
	if err := suspend(context.Background(), server, os.Getenv("ACCOUNT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// suspend does one billing event from a row of plain configuration.
func suspend(ctx context.Context, server provider.ServerConfig, account string, opts ...provider.Option) error {
	p, err := provider.Drivers{keyhelp.Driver}.Open(server, opts...)
	if err != nil {
		return err
	}
	_, err = p.Suspend(ctx, account)
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		_, err = p.Suspend(ctx, account)
	}
	return err
}
