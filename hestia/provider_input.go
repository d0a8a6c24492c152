package hestia

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// What the panel accepts is checked here before anything is sent: of an order that it refuses half-way, a user would
// be left without the domain, and a repetition could not succeed either.

var usernamePolicy = provider.NamePolicy{
	MinLength: 2, MaxLength: 30, First: provider.Lower, Rest: provider.Lower + provider.Digits + "_-", NotLast: "_-",
	Reserved: strings.Fields(`root admin hestia hestiaweb hestiamail
		aria aria_log mysql mysql_upgrade ib ib_buffer ib_buffer_pool ibdata ib_logfile ibtmp ddl ddl_recovery performance performance_schema sudo
		www-data nobody daemon bin sys sync games man lp mail news uucp proxy ftp backup list irc syslog`),
}

// passwordPolicy is stricter than the panel, which sets no rules for new users; PAM may. It accepts a password that
// begins with "-", and nobody can sign in with it afterwards.
var passwordPolicy = provider.PasswordPolicy{
	MinLength: 8, MaxLength: 128, Need: []string{provider.Lower, provider.Upper, provider.Digits}, NotFirst: "/- \t",
}

// inputNote is what Describe tells of the fields for which it has no policy.
const inputNote = "e-mail addresses consist of letters, digits and . _ % + -, with a domain in ASCII"

func checkOrder(req *provider.CreateRequest) error {
	if req == nil {
		return adapter.NilRequest(Kind, "create account")
	}
	problems := adapter.CheckOrder(req, &description)
	adapter.NoHandle(&problems, req)
	problems.Note("Password", passwordProblem(req.Password))
	problems.Note("Name", nameProblem(req.Name))
	problems.Note("Email", emailProblem(req.Email))
	if req.Domain != "" {
		problems.Note("Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		problems.Note("Plan", planProblem(req.Plan))
	}
	return problems.Err(Kind, "", adapter.CreateAction(req))
}

// passwordProblem adds to the policy what the panel would alter.
func passwordProblem(password provider.Secret) string {
	if problem := passwordPolicy.Problem(password); problem != "" {
		return problem
	}
	if text := password.Reveal(); strings.TrimSpace(text) != text {
		return "begins or ends with white space, which the panel cuts off"
	}
	return ""
}

// nameProblem checks for characters that the panel refuses in a new user's name.
func nameProblem(name string) string {
	if strings.ContainsAny(name, "'\"<>|\r\n") {
		return `contains one of ' " < > | or a line break, which the panel refuses`
	}
	return adapter.MarkerProblem(name)
}

var emailForm = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.([A-Za-z]{2,63}|xn--[A-Za-z0-9]{2,63})$`)

func emailProblem(address string) string {
	if !emailForm.MatchString(address) {
		return fmt.Sprintf("%q is refused by the panel: %s", adapter.Shorten(address), inputNote)
	}
	return ""
}

// domainProblem checks a domain by its labels. A domain beyond ASCII may be spelled in either way.
func domainProblem(name string) string {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notInLabel) {
			return fmt.Sprintf("%q is not a domain name: between dots stand letters, digits and dashes, with no dash at either end", adapter.Shorten(name))
		}
	}
	_, notIP := netip.ParseAddr(name)
	switch {
	case len(labels) < 2, len(name) > 253:
		return fmt.Sprintf("%q is not a domain name", adapter.Shorten(name))
	case notIP == nil:
		return fmt.Sprintf("%q is an address", name)
	case labels[0] == "www", strings.ToLower(name) != name:
		return "must be in lower case and without www., as the panel stores it"
	}
	return ""
}

func notInLabel(r rune) bool {
	return r != '-' && (r == utf8.RuneError || !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit))
}

func planProblem(plan string) string {
	if plan == "" {
		return "required"
	}
	if len(plan) > 64 || strings.ContainsAny(plan, " \t\r\n/\\'\"<>|;&$\ufffd") || strings.HasPrefix(plan, ".") || strings.HasPrefix(plan, "-") {
		return fmt.Sprintf("%q is not the name of a package", adapter.Shorten(plan))
	}
	return ""
}
