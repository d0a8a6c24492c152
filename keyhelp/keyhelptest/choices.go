package keyhelptest

import (
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Everything in this file is a choice of the emulator, not a fact about KeyHelp: no source
// describes it. Change it here.
//
// More choices, too small for a constant:
//   - The key is checked before the path, so an unknown path without a key answers 401; a rate
//     limit comes before both.
//   - Logins and the names of domains, plans, databases and certificates are found regardless of
//     case.
//   - A path segment that should be a number but is not answers 404, as for an unknown ID.
//   - Unknown keys of a body are ignored, also id_user in a PUT of a domain. Another name in a PUT is
//     refused (400) for clients and domains: one program says that the API changes neither, two send
//     the name of a client all the same, so that the present one is accepted, and one sends that of a
//     domain, in the hope that it works.
//   - null counts as absent in a body, but clears id_hosting_plan, suspend_on and delete_on.
//   - Documented PUT /clients/{id} answers 200 with what GET answers; documented creations answer
//     201.
//   - Live PUTs answer {"id": n} like PUT /dns, DELETEs 204 without a body like DELETE /clients.
//   - Setting live is_suspended or documented is_locked twice answers 200 each time.
//   - Deleting a client also deletes its domains, zones, databases, mail, FTP, protections, tasks
//     and sessions, but leaves its certificates. Deleting a domain also deletes its sub-domains and
//     zones. The second delete answers 404.
//   - A plan is a template: clients keep a copy of its limits when it is changed or deleted; after
//     its deletion their id_hosting_plan is null. No limit is enforced. Clients without a plan are
//     unlimited.
//   - A partial contact_data of a PUT is merged. Missing limits of a new plan mean unlimited.
//   - suspend_on and delete_on are due at midnight UTC of their day, and are executed by the next
//     call.
//   - The names of new plans, databases, FTP users, mailboxes and certificates must be unused.
//   - Databases, mailboxes, FTP users, protections and admins need password or password_hash;
//     clients need password in the documented dialect only. Live clients take password_hash together
//     with password_hash_os, when they are made and in a PUT, and not beside a password.
//   - A live client without a password gets one, as the wiki says; that the answer calls it password,
//     and how long it is, is the emulator's choice. Answers to creations with a password are an ID only.
//   - /api/v1 differs from v2 in what a migration sends and reads: certificates with their parts at the
//     top level (which v2 accepts here too), security.force_https for is_prefer_https, dkim_txt_record
//     for dkim_record. No source shows other differences.
//   - Values of another type are refused, except those that programs of running panels send: a text for
//     id_hosting_plan, ttl and forwarding_type, "" for is_suspended, suspend_on and delete_on.
//   - Fields of answers with a weaker source than the others: id_hosting_plan, resource_limits,
//     permissions, php and php_fpm of clients rest on guarded reads of single programs, those of admins are
//     named as in requests, and rows of databases, FTP users, certificates are those of
//     /clients/{id}/resources. The url of a sign-on has a path of our own.
//   - The last main admin cannot be deleted. Sign-on works for clients only, including suspended
//     ones, and its link once.
//   - A sort by an unknown field, and any order but "desc", are ignored. Lists come sorted by ID.

// Texts.
const (
	alreadyInUse        = "This value is already in use"
	invalidName         = "Invalid name"
	unknownReference    = "Unknown ID"
	cannotChange        = "Cannot be changed"
	passwordTwice       = "Only one of password and password_hash"
	wrongType           = "Invalid type"
	invalidDate         = "Invalid date"
	invalidValue        = "Invalid value"
	lastMainAdmin       = "The last main admin cannot be deleted"
	confirmReboot       = "Must be true"
	tooManyRequests     = "Too many requests"
	liveUnknownEndpoint = "The requested endpoint does not exist."
)

// wrongMethodStatus is the answer to a known path with another method.
const wrongMethodStatus = http.StatusNotFound

// The panel's own data.
const (
	hostName        = "srv1.keyhelp.test"
	ipv4, ipv6      = "192.0.2.80", "2001:db8::80"
	operatingSystem = "Debian 13"
	panelVersion    = "26.1" // rebooting through the API needs 26.0
	panelBuild      = 4711
	defaultPHP      = "8.3" // what the documented dialect reports for the server's default
	defaultLanguage = "en"
	firstAdmin      = "keyhelp"
	defaultTTL      = 3600
)

// panelZone is the time zone of created_at in the live dialect. It is not UTC, to test parsers. The
// documented dialect's times have no zone; they are UTC.
var panelZone = time.FixedZone("", 2*60*60)

// The password of a client who was made without one.
const (
	passwordLength   = 16
	passwordAlphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
)

// sessionLifetime is that of the documented example; that of live URLs is unknown.
const sessionLifetime = 5 * time.Minute

// signOnPath is the path of a live sign-on URL; the token follows.
const signOnPath = "/login/auto?token="

// Where IDs start. The ranges do not overlap, so that an ID of the wrong kind finds nothing.
const (
	firstPlanID        = 31
	firstAdminID       = 3
	firstClientID      = 1207
	firstCertificateID = 20811
	firstDatabaseID    = 32203
	firstEmailID       = 43307
	firstFTPUserID     = 54409
	firstDomainID      = 65311
	firstProtectionID  = 76611
	firstTaskID        = 87071
)

// loginName is lower case, as one client's log requires, with the underscore of the documented
// examples.
var loginName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// domainName is a name in ASCII form; clients send IDNA.
var domainName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func looksLikeEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Address == text && strings.Contains(text[strings.LastIndexByte(text, '@'):], ".")
}

// languages is the list in one client; others are refused.
var languages = strings.Fields("de en es fr it nl pl pt pt-BR ru tr sv no hu ca id ar zh-CN zh-TW")

// defaultPlans returns the plans of a panel without WithPlans.
func defaultPlans() []Plan {
	const gib = 1 << 30
	plan := func(name string, disk, traffic, n int64) Plan {
		return Plan{
			Name: name,
			Resources: Resources{
				DiskSpace: disk, Traffic: traffic, Domains: n, Subdomains: Unlimited, EmailAccounts: 5 * n, EmailAddresses: Unlimited,
				EmailForwardings: Unlimited, Databases: n, FTPUsers: n, ScheduledTasks: n,
			},
			Permissions: map[string]bool{"ftp": true, "php": true, "panel_access": true, "ssh": n != 2},
			PHP:         map[string]any{"memory_limit": "256M", "max_execution_time": int64(60)},
			PHPFPM:      map[string]any{"pm": "ondemand", "max_children": int64(3)},
		}
	}
	unlimited := plan("Unlimited", Unlimited, Unlimited, Unlimited)
	unlimited.Resources.EmailAccounts = Unlimited
	return []Plan{plan("Starter", 6*gib, 60*gib, 2), plan("Business", 25*gib, Unlimited, 12), unlimited}
}

// newDomainDefaults returns a new domain of the live dialect.
func newDomainDefaults(name string) Domain {
	return Domain{
		Name: name, Status: 1, EmailDomain: true, Target: "/" + name, ForwardingType: 301,
		Security: Security{LetsEncrypt: true, PreferHTTPS: true},
	}
}
