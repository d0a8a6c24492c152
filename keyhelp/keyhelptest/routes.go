package keyhelptest

import "slices"

type handler func(*call) reply

// route is a row of the API's inventory. A dialect without a handler does not have the endpoint.
type route struct {
	method, path     string
	documented, live handler
}

func (rt route) handler(d Dialect) handler {
	if d == Live {
		return rt.live
	}
	return rt.documented
}

// routes is the whole API, below /api/v2, in the order of the inventory
// (testdata/keyhelp/operations.tsv).
var routes = []route{
	{"POST", "/clients", createClientDocumented, createClientLive},
	{"GET", "/clients/{id}", getClientDocumented, getClientLive},
	{"PUT", "/clients/{id}", updateClientDocumented, updateClientLive},
	{"DELETE", "/clients/{id}", deleteClient, deleteClient},
	{"POST", "/domains", createDomainDocumented, createDomainLive},
	{"GET", "/domains/{id}", getDomainDocumented, getDomainLive},
	{"GET", "/hosting-plans", listPlansDocumented, listPlansLive},
	{"GET", "/clients/{id}/statistics", statistics, nil},
	{"POST", "/sessions", createSession, nil},
	{"GET", "/server/version", serverVersion, nil},
	{"GET", "/clients", nil, listClients},
	{"GET", "/clients/name/{username}", nil, getClientLive},
	{"GET", "/clients/{id}/stats", nil, clientStats},
	{"GET", "/clients/{id}/resources", nil, clientResources},
	{"GET", "/clients/{id}/traffic", nil, clientTraffic},
	{"PUT", "/clients/name/{username}", nil, updateClientLive},
	{"DELETE", "/clients/name/{username}", nil, deleteClient},
	{"GET", "/domains", nil, listDomains},
	{"GET", "/domains/name/{domain}", nil, getDomainLive},
	{"PUT", "/domains/{id}", nil, updateDomain},
	{"DELETE", "/domains/{id}", nil, deleteDomain},
	{"PUT", "/domains/name/{domain}", nil, updateDomain},
	{"DELETE", "/domains/name/{domain}", nil, deleteDomain},
	{"GET", "/dns/{id_domain}", nil, getZone},
	{"PUT", "/dns/{id_domain}", nil, updateZone},
	{"DELETE", "/dns/{id_domain}", nil, deleteZone},
	{"GET", "/dns/name/{domain}", nil, getZone},
	{"PUT", "/dns/name/{domain}", nil, updateZone},
	{"DELETE", "/dns/name/{domain}", nil, deleteZone},
	{"GET", "/certificates", nil, listCertificates},
	{"POST", "/certificates", nil, createCertificate},
	{"GET", "/certificates/{id}", nil, getCertificate},
	{"GET", "/certificates/name/{name}", nil, getCertificate},
	{"PUT", "/certificates/name/{name}", nil, updateCertificate},
	{"GET", "/databases", nil, listDatabases},
	{"POST", "/databases", nil, createDatabase},
	{"GET", "/databases/{id}", nil, getDatabase},
	{"GET", "/databases/name/{name}", nil, getDatabase},
	{"POST", "/emails", nil, createEmail},
	{"GET", "/ftp-users", nil, listFTPUsers},
	{"POST", "/ftp-users", nil, createFTPUser},
	{"GET", "/ftp-users/{id}", nil, getFTPUser},
	{"GET", "/ftp-users/name/{name}", nil, getFTPUser},
	{"POST", "/directory-protections", nil, createProtection},
	{"POST", "/hosting-plans", nil, createPlan},
	{"GET", "/hosting-plans/{id}", nil, getPlan},
	{"PUT", "/hosting-plans/{id}", nil, updatePlan},
	{"DELETE", "/hosting-plans/{id}", nil, deletePlan},
	{"GET", "/hosting-plans/name/{name}", nil, getPlan},
	{"GET", "/admins", nil, listAdmins},
	{"POST", "/admins", nil, createAdmin},
	{"GET", "/admins/{id}", nil, getAdmin},
	{"PUT", "/admins/{id}", nil, updateAdmin},
	{"DELETE", "/admins/{id}", nil, deleteAdmin},
	{"GET", "/admins/name/{username}", nil, getAdmin},
	{"PUT", "/admins/name/{username}", nil, updateAdmin},
	{"DELETE", "/admins/name/{username}", nil, deleteAdmin},
	{"GET", "/login/{id}", nil, loginURL},
	{"GET", "/login/name/{username}", nil, loginURL},
	{"GET", "/ping", nil, ping},
	{"GET", "/server", nil, serverInfo},
	{"POST", "/server/reboot", nil, reboot},
}

// Routes returns the endpoints of a dialect as "METHOD /path", sorted, with paths below /api/v2.
func Routes(d Dialect) []string {
	var all []string
	for _, rt := range routes {
		if rt.handler(d) != nil {
			all = append(all, rt.method+" "+rt.path)
		}
	}
	slices.Sort(all)
	return all
}
