package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/provider/faults"
)

// settings are the values of the flags.
type settings struct {
	kinds     []string
	addresses map[string]string // by kind; a free port if there is none
	accounts  int
	dialect   string
	tls, json bool
	share     float64
	faults    []faults.Fault
	seed      uint64
}

func readSettings(args []string, notes io.Writer) (*settings, error) {
	s := &settings{addresses: make(map[string]string)}
	flags := flag.NewFlagSet("emulators", flag.ContinueOnError)
	flags.SetOutput(notes)
	all := slices.Sorted(maps.Keys(kinds))
	given := make(map[string]*string)
	for _, kind := range all {
		given[kind] = flags.String(kind, "", "where "+kind+" listens: 127.0.0.1:8101, or the port alone; empty is a free port")
	}
	only := flags.String("only", "", "which systems, separated by commas; empty is all: "+strings.Join(all, ","))
	flags.IntVar(&s.accounts, "accounts", 3, "how many accounts each system has at the start")
	flags.StringVar(&s.dialect, "dialect", "live", "keyhelp: API dialect of the panel: live, as running panels speak it, or documented, a reference of ten endpoints")
	flags.BoolVar(&s.tls, "tls", false, "serve https, each system with a self-signed certificate of its own")
	flags.BoolVar(&s.json, "json", false, "print one JSON object instead of text")
	flags.Float64Var(&s.share, "faults", 0, "share of the requests that meet a fault, from 0 to 1")
	wanted := flags.String("fault-kinds", "", "which faults, separated by commas; empty is all but delay: "+kindList())
	flags.Uint64Var(&s.seed, "fault-seed", 1, "the same seed gives the same faults at the same requests")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}

	var problems []error
	var err error
	if s.kinds, err = choose(*only, all); err != nil {
		problems = append(problems, fmt.Errorf("-only: %w", err))
	}
	if s.faults, err = chooseFaults(*wanted); err != nil {
		problems = append(problems, fmt.Errorf("-fault-kinds: %w", err))
	}
	for _, kind := range all {
		switch address, err := loopback(*given[kind]); {
		case err != nil:
			problems = append(problems, fmt.Errorf("-%s: %w", kind, err))
		case address != "" && !slices.Contains(s.kinds, kind):
			problems = append(problems, fmt.Errorf("-%s: left out by -only", kind))
		default:
			s.addresses[kind] = address
		}
	}
	if s.accounts < 0 {
		problems = append(problems, errors.New("-accounts: negative"))
	}
	if s.dialect != "documented" && s.dialect != "live" {
		problems = append(problems, errors.New("-dialect: neither documented nor live"))
	}
	if !(s.share >= 0 && s.share <= 1) {
		problems = append(problems, errors.New("-faults: not between 0 and 1"))
	}
	if *wanted != "" && s.share == 0 {
		problems = append(problems, errors.New("-fault-kinds: needs -faults"))
	}
	return s, errors.Join(problems...)
}

// choose splits a list of names; an empty list is all of them.
func choose(list string, all []string) ([]string, error) {
	if list == "" {
		return all, nil
	}
	var chosen []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		switch {
		case !slices.Contains(all, name):
			return nil, fmt.Errorf("no %q (there are %s)", name, strings.Join(all, ", "))
		case !slices.Contains(chosen, name):
			chosen = append(chosen, name)
		}
	}
	return chosen, nil
}

// loopback completes an address and refuses those that other machines can reach, since the
// credentials of an emulated system are not secret.
func loopback(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("%s is not a loopback address", address)
	}
	return address, nil
}

// slow is what -fault-kinds calls delay.
var slow = faults.Fault{Kind: faults.Delay, Delay: 2 * time.Second}

// kindList lists the kinds of faults in the order of the catalogue.
func kindList() string {
	var list []string
	for _, f := range append(faults.Catalogue(), slow) {
		if !slices.Contains(list, string(f.Kind)) {
			list = append(list, string(f.Kind))
		}
	}
	return strings.Join(list, ",")
}

// chooseFaults returns all faults of some kinds: "drop" cuts the connection before the request is
// applied, and after.
func chooseFaults(list string) ([]faults.Fault, error) {
	if list == "" {
		return faults.Catalogue(), nil
	}
	names, err := choose(list, strings.Split(kindList(), ","))
	return slices.DeleteFunc(append(faults.Catalogue(), slow), func(f faults.Fault) bool {
		return !slices.Contains(names, string(f.Kind))
	}), err
}

func names(fs []faults.Fault) string {
	list := make([]string, len(fs))
	for i, f := range fs {
		list[i] = f.String()
	}
	return strings.Join(list, ", ")
}
