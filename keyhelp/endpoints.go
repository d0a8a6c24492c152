package keyhelp

import (
	"net/http"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// operation is one operation of the API, with its endpoint in each dialect; nil where a dialect
// lacks it. Methods and paths are in this file only. It is checked against the inventory
// testdata/keyhelp/operations.tsv.
type operation [2]*rest.Endpoint

func (op operation) in(d *dialect) *rest.Endpoint { return op[d.index] }

// any returns the endpoint of a dialect that has one, for its names.
func (op operation) any() *rest.Endpoint {
	if op[1] != nil {
		return op[1]
	}
	return op[0]
}

func inBoth(op, verb, method, route string, effect rest.Effect) operation {
	e := &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}
	return operation{e, e}
}

func inLive(op, verb, method, route string, effect rest.Effect) operation {
	return operation{nil, &rest.Endpoint{Provider: Kind, Op: op, Verb: verb, Method: method, Route: route, Effect: effect}}
}

// split returns an operation whose endpoints differ between the dialects.
func split(documented, live operation) operation { return operation{documented[0], live[1]} }

// sensitive marks an operation whose answers contain a secret.
func (op operation) sensitive() operation {
	for _, e := range op {
		if e != nil {
			e.Sensitive = true
		}
	}
	return op
}

// untilGone marks a removal: "not found" after a lost answer means that it succeeded.
func (op operation) untilGone() operation {
	for _, e := range op {
		if e != nil {
			e.DoneIf = provider.ErrNotFound
		}
	}
	return op
}

const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
	del  = http.MethodDelete

	read       = rest.Read
	once       = rest.Once
	idempotent = rest.Idempotent
)

var (
	clientsCreate       = inBoth("Clients.Create", "create client", post, "/clients", once).sensitive() // it may answer a password
	clientsGet          = inBoth("Clients.Get", "get client", get, "/clients/{id}", read)
	clientsUpdate       = inBoth("Clients.Update", "update client", put, "/clients/{id}", idempotent)
	clientsDelete       = inBoth("Clients.Delete", "delete client", del, "/clients/{id}", idempotent).untilGone()
	clientsList         = inLive("Clients.List", "list clients", get, "/clients", read)
	clientsGetByName    = inLive("Clients.GetByName", "get client", get, "/clients/name/{username}", read)
	clientsUpdateByName = inLive("Clients.UpdateByName", "update client", put, "/clients/name/{username}", idempotent)
	clientsDeleteByName = inLive("Clients.DeleteByName", "delete client", del, "/clients/name/{username}", idempotent).untilGone()
	clientsStats        = split(
		inBoth("Clients.Stats", "get usage of client", get, "/clients/{id}/statistics", read),
		inBoth("Clients.Stats", "get usage of client", get, "/clients/{id}/stats", read))
	clientsResources = inLive("Clients.Resources", "get resources of client", get, "/clients/{id}/resources", read)
	clientsTraffic   = inLive("Clients.Traffic", "get traffic of client", get, "/clients/{id}/traffic", read)

	domainsCreate       = inBoth("Domains.Create", "create domain", post, "/domains", once)
	domainsGet          = inBoth("Domains.Get", "get domain", get, "/domains/{id}", read)
	domainsList         = inLive("Domains.List", "list domains", get, "/domains", read)
	domainsGetByName    = inLive("Domains.GetByName", "get domain", get, "/domains/name/{domain}", read)
	domainsUpdate       = inLive("Domains.Update", "update domain", put, "/domains/{id}", idempotent)
	domainsUpdateByName = inLive("Domains.UpdateByName", "update domain", put, "/domains/name/{domain}", idempotent)
	domainsDelete       = inLive("Domains.Delete", "delete domain", del, "/domains/{id}", idempotent).untilGone()
	domainsDeleteByName = inLive("Domains.DeleteByName", "delete domain", del, "/domains/name/{domain}", idempotent).untilGone()

	dnsGet          = inLive("DNS.Get", "get zone of domain", get, "/dns/{id_domain}", read)
	dnsUpdate       = inLive("DNS.Update", "update zone of domain", put, "/dns/{id_domain}", idempotent)
	dnsReset        = inLive("DNS.Reset", "reset zone of domain", del, "/dns/{id_domain}", idempotent).untilGone()
	dnsGetByName    = inLive("DNS.GetByName", "get zone of domain", get, "/dns/name/{domain}", read)
	dnsUpdateByName = inLive("DNS.UpdateByName", "update zone of domain", put, "/dns/name/{domain}", idempotent)
	dnsResetByName  = inLive("DNS.ResetByName", "reset zone of domain", del, "/dns/name/{domain}", idempotent).untilGone()
)

// Endpoints for the resources of a client.
var (
	certificatesList         = inLive("Certificates.List", "list certificates", get, "/certificates", read)
	certificatesCreate       = inLive("Certificates.Create", "create certificate", post, "/certificates", once)
	certificatesGet          = inLive("Certificates.Get", "get certificate", get, "/certificates/{id}", read)
	certificatesGetByName    = inLive("Certificates.GetByName", "get certificate", get, "/certificates/name/{name}", read)
	certificatesUpdateByName = inLive("Certificates.UpdateByName", "update certificate", put, "/certificates/name/{name}", idempotent)

	databasesList      = inLive("Databases.List", "list databases", get, "/databases", read)
	databasesCreate    = inLive("Databases.Create", "create database", post, "/databases", once)
	databasesGet       = inLive("Databases.Get", "get database", get, "/databases/{id}", read)
	databasesGetByName = inLive("Databases.GetByName", "get database", get, "/databases/name/{name}", read)

	emailsCreate = inLive("Emails.Create", "create mailbox", post, "/emails", once)

	ftpUsersList      = inLive("FTPUsers.List", "list FTP users", get, "/ftp-users", read)
	ftpUsersCreate    = inLive("FTPUsers.Create", "create FTP user", post, "/ftp-users", once)
	ftpUsersGet       = inLive("FTPUsers.Get", "get FTP user", get, "/ftp-users/{id}", read)
	ftpUsersGetByName = inLive("FTPUsers.GetByName", "get FTP user", get, "/ftp-users/name/{name}", read)

	protectionsCreate = inLive("DirectoryProtections.Create", "protect directory", post, "/directory-protections", once)
)

// Endpoints of the panel itself.
var (
	plansList      = inBoth("HostingPlans.List", "list hosting plans", get, "/hosting-plans", read)
	plansCreate    = inLive("HostingPlans.Create", "create hosting plan", post, "/hosting-plans", once)
	plansGet       = inLive("HostingPlans.Get", "get hosting plan", get, "/hosting-plans/{id}", read)
	plansUpdate    = inLive("HostingPlans.Update", "update hosting plan", put, "/hosting-plans/{id}", idempotent)
	plansDelete    = inLive("HostingPlans.Delete", "delete hosting plan", del, "/hosting-plans/{id}", idempotent).untilGone()
	plansGetByName = inLive("HostingPlans.GetByName", "get hosting plan", get, "/hosting-plans/name/{name}", read)

	adminsList         = inLive("Admins.List", "list admins", get, "/admins", read)
	adminsCreate       = inLive("Admins.Create", "create admin", post, "/admins", once)
	adminsGet          = inLive("Admins.Get", "get admin", get, "/admins/{id}", read)
	adminsUpdate       = inLive("Admins.Update", "update admin", put, "/admins/{id}", idempotent)
	adminsDelete       = inLive("Admins.Delete", "delete admin", del, "/admins/{id}", idempotent).untilGone()
	adminsGetByName    = inLive("Admins.GetByName", "get admin", get, "/admins/name/{username}", read)
	adminsUpdateByName = inLive("Admins.UpdateByName", "update admin", put, "/admins/name/{username}", idempotent)
	adminsDeleteByName = inLive("Admins.DeleteByName", "delete admin", del, "/admins/name/{username}", idempotent).untilGone()

	// A second token does no harm, so the call may be retried.
	sessionsCreate = split(
		inBoth("Sessions.Create", "sign on client", post, "/sessions", idempotent),
		inBoth("Sessions.Create", "sign on client", get, "/login/{id}", read)).sensitive()
	sessionsCreateByName = inLive("Sessions.CreateByName", "sign on client", get, "/login/name/{username}", read).sensitive()

	serverPing = split(
		inBoth("Server.Ping", "ping panel", get, "/server/version", read),
		inBoth("Server.Ping", "ping panel", get, "/ping", read))
	serverVersion = split(
		inBoth("Server.Version", "get version of panel", get, "/server/version", read),
		inBoth("Server.Version", "get version of panel", get, "/server", read))
	serverGet    = inLive("Server.Get", "get server", get, "/server", read)
	serverReboot = inLive("Server.Reboot", "reboot server", post, "/server/reboot", once)
)
