package emulate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider/faults"
)

// Run serves the emulators that the arguments of a command line name until the context ends, which is
// no error. out gets the addresses and credentials, notes everything else.
func Run(ctx context.Context, args []string, out, notes io.Writer) error {
	notes = &oneAtATime{out: notes}
	f, err := readFlags(args, notes)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	var systems []*system
	defer func() {
		for _, s := range systems {
			s.stop()
		}
	}()
	var all []*shown
	for _, name := range f.kinds {
		s := f.system(name, notes)
		if err := s.reset(nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.serve(ctx, f.addresses[name]); err != nil {
			return fmt.Errorf("-%s: %w", name, err)
		}
		systems = append(systems, s)
		all = append(all, s.show())
	}
	if f.open {
		fmt.Fprintln(notes, "Other machines can reach the emulators, with credentials that everybody knows: send them nothing that is secret.")
	}
	if err := f.print(all, out); err != nil {
		return err
	}
	<-ctx.Done()
	for _, s := range systems {
		s.stop()
		fmt.Fprintf(notes, "%s: %s\n", s.name, s.tally())
	}
	return nil
}

// oneAtATime lets several goroutines write lines.
type oneAtATime struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// system returns a system that is not served yet.
func (f *flags) system(name string, notes io.Writer) *system {
	s := &system{name: name, kind: kinds[name], settings: f.settings(name), certificate: f.certificate, met: make(map[string]int)}
	if f.share > 0 {
		s.trouble = func(in *faults.Injector) { in.Random(f.seed, f.share, f.faults...) }
	}
	if f.log {
		s.log = &requestLog{out: notes}
	}
	return s
}

func (f *flags) print(all []*shown, out io.Writer) error {
	if f.json {
		return printJSON(out, all)
	}
	for _, s := range all {
		s.print(out)
	}
	if f.certificate != nil {
		fmt.Fprintf(out, "The certificate of all of them:\n%s\n", f.certificate.PEM)
	}
	if f.share > 0 {
		names := make([]string, len(f.faults))
		for i, fault := range f.faults {
			names[i] = fault.String()
		}
		fmt.Fprintf(out, "%g %% of the requests meet a fault (seed %d): %s\n", 100*f.share, f.seed, strings.Join(names, ", "))
	}
	_, err := fmt.Fprintln(out, "Serving until you press Ctrl-C.")
	return err
}
