package providertest

import (
	"testing"

	"github.com/provkit/provkit/provider"
)

// Benchmark measures the verbs of bulk work, each in its own world. The emulator answers from
// memory, so that it measures the adapter.
func Benchmark(b *testing.B, h Harness) {
	run := func(name string, accounts int, verb func(w *World, id string, n int) error) {
		b.Run(name, func(b *testing.B) {
			w := h.Open(b)
			id := ""
			for n := range accounts {
				if _, err := w.Provider.Create(b.Context(), w.Request(n)); err != nil {
					b.Fatal(err)
				}
				id = w.Accounts()[0].ID
			}
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if err := verb(w, id, n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("create", 0, func(w *World, _ string, n int) error {
		_, err := w.Provider.Create(b.Context(), w.Request(n))
		return err
	})
	run("get", 1, func(w *World, id string, _ int) error {
		_, err := w.Provider.Get(b.Context(), id)
		return err
	})
	run("suspend and unsuspend", 1, func(w *World, id string, _ int) error {
		if _, err := w.Provider.Suspend(b.Context(), id); err != nil {
			return err
		}
		_, err := w.Provider.Unsuspend(b.Context(), id)
		return err
	})
	run("list 100", 100, func(w *World, _ string, _ int) error {
		if !(&probe{p: w.Provider, d: w.Provider.Describe()}).has(provider.CapList) {
			return nil
		}
		_, err := list(b.Context(), w.Provider, nil)
		return err
	})
}
