package emulate

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
	"github.com/provkit/provkit/provider/faults"
)

// flags are the values of the flags.
type flags struct {
	kinds           []string
	addresses       map[string]string // by kind
	dialect         string
	accounts        int
	fast            bool
	options         map[string][]setting // by kind
	certificate     *emulator.Certificate
	json, log, open bool
	share           float64
	faults          []faults.Fault
	seed            uint64
}

func readFlags(args []string, notes io.Writer) (*flags, error) {
	f := &flags{addresses: make(map[string]string), options: make(map[string][]setting)}
	set := flag.NewFlagSet("emulators", flag.ContinueOnError)
	set.SetOutput(notes)
	all := slices.Sorted(maps.Keys(kinds))
	given := make(map[string]*string)
	for _, name := range all {
		given[name] = set.String(name, "", "where "+name+" listens: 8101, or 127.0.0.1:8101; empty is a free port")
	}
	only := set.String("only", "", "which systems, separated by commas; empty is all: "+strings.Join(all, ","))
	listen := set.String("listen", "127.0.0.1", "the address on which all listen; 0.0.0.0 is for containers")
	set.IntVar(&f.accounts, "accounts", 3, "how many accounts each system has at the start")
	set.StringVar(&f.dialect, "dialect", "live", "keyhelp: API dialect of the panel: live, as running panels, or documented")
	set.BoolVar(&f.fast, "fast", false, "what takes a system minutes (to deploy, to cancel) takes no time")
	var with []string
	set.Func("with", "an option of a Go test package, such as hostkeytest.WithCredit=9.50; may be given several times", func(text string) error {
		with = append(with, text)
		return nil
	})
	tls := set.Bool("tls", false, "serve https, with a self-signed certificate")
	certFile := set.String("cert", "", "file with the certificate for https (PEM); it is made if there is none")
	keyFile := set.String("key", "", "file with its private key; it is made with the certificate")
	names := set.String("names", "", "host names and addresses in a certificate that is made, separated by commas, besides localhost")
	set.BoolVar(&f.json, "json", false, "print one JSON object instead of text")
	set.BoolVar(&f.log, "log", false, "print a line for each request on standard error, without secrets")
	set.Float64Var(&f.share, "faults", 0, "share of the requests that meet a fault, from 0 to 1")
	wanted := set.String("fault-kinds", "", "which faults, separated by commas; empty is all but delay: "+strings.Join(kindsOfFaults(), ","))
	set.Uint64Var(&f.seed, "fault-seed", 1, "the same seed gives the same faults at the same requests")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("%q is not a flag", set.Arg(0))
	}

	var problems []error
	problem := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("-%s: %w", name, err))
		}
	}
	var err error
	f.kinds, err = choose(*only, all)
	problem("only", err)
	f.faults, err = chooseFaults(*wanted)
	problem("fault-kinds", err)
	for _, name := range all {
		f.addresses[name], err = addressOf(*given[name], *listen)
		problem(name, err)
		if *given[name] != "" && !slices.Contains(f.kinds, name) {
			problem(name, errors.New("left out by -only"))
		}
		f.open = f.open || !isLoopback(f.addresses[name])
	}
	for _, text := range with {
		name, s, err := readOption(text)
		problem("with", err)
		f.options[name] = append(f.options[name], s)
	}
	if f.accounts < 0 {
		problem("accounts", errors.New("negative"))
	}
	if f.dialect != "documented" && f.dialect != "live" {
		problem("dialect", errors.New("neither documented nor live"))
	}
	if !(f.share >= 0 && f.share <= 1) {
		problem("faults", errors.New("not between 0 and 1"))
	}
	if *wanted != "" && f.share == 0 {
		problem("fault-kinds", errors.New("needs -faults"))
	}
	if (*certFile == "") != (*keyFile == "") {
		problem("cert", errors.New("needs -key, and the other way round"))
	}
	if len(problems) == 0 && (*tls || *certFile != "") {
		f.certificate, err = certificateFor(*certFile, *keyFile, *names)
		problem("cert", err)
	}
	return f, errors.Join(problems...)
}

// settings returns the options of a system at its start.
func (f *flags) settings(name string) []setting {
	k := kinds[name]
	all := append(slices.Clone(k.always), setting{k.accounts, jsonOf(f.accounts)})
	if name == "keyhelp" {
		all = append(all, setting{"WithDialect", jsonOf(f.dialect)})
	}
	if f.fast {
		all = append(all, k.fast...)
	}
	return append(all, f.options[name]...)
}

// readOption reads the value of -with, an option as Go spells it: package.Option=arguments. The arguments are JSON or plain words,
// separated by commas.
func readOption(text string) (name string, s setting, err error) {
	left, right, given := strings.Cut(text, "=")
	pkg, option, _ := strings.Cut(left, ".")
	name, s.name = strings.TrimSuffix(pkg, "test"), option
	if kinds[name] == nil || name == pkg || option == "" {
		return name, s, fmt.Errorf("%q is not like hostkeytest.WithCredit=9.50", text)
	}
	if given {
		if json.Unmarshal([]byte("["+right+"]"), &s.args) != nil {
			for word := range strings.SplitSeq(right, ",") {
				arg := json.RawMessage(word)
				if !json.Valid(arg) {
					arg = jsonOf(word)[0]
				}
				s.args = append(s.args, arg)
			}
		}
	}
	_, err = kinds[name].option(s)
	if err != nil {
		err = fmt.Errorf("%s: %w", pkg, err)
	}
	return name, s, err
}

func certificateFor(certFile, keyFile, names string) (*emulator.Certificate, error) {
	var all []string
	if names != "" {
		all = strings.Split(names, ",")
	}
	if certFile == "" {
		return emulator.NewCertificate(all...), nil
	}
	return emulator.KeepCertificate(certFile, keyFile, all...)
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

// addressOf completes what is given for one system: nothing, a port, or host and port.
func addressOf(given, host string) (string, error) {
	if !strings.Contains(given, ":") {
		port := given
		if port == "" {
			port = "0"
		}
		given = net.JoinHostPort(host, port)
	}
	_, _, err := net.SplitHostPort(given)
	return given, err
}

func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// slow is what -fault-kinds calls delay.
var slow = faults.Fault{Kind: faults.Delay, Delay: 2 * time.Second}

// kindsOfFaults lists the kinds of faults in the order of the catalogue.
func kindsOfFaults() []string {
	var list []string
	for _, f := range append(faults.Catalogue(), slow) {
		if !slices.Contains(list, string(f.Kind)) {
			list = append(list, string(f.Kind))
		}
	}
	return list
}

// chooseFaults returns all faults of some kinds: "drop" cuts the connection before the request is
// applied, and after.
func chooseFaults(list string) ([]faults.Fault, error) {
	if list == "" {
		return faults.Catalogue(), nil
	}
	names, err := choose(list, kindsOfFaults())
	return slices.DeleteFunc(append(faults.Catalogue(), slow), func(f faults.Fault) bool {
		return !slices.Contains(names, string(f.Kind))
	}), err
}
