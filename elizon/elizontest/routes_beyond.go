package elizontest

// beyondRoutes are rows that the vendor's SDK and app use and its reference does not list.
var beyondRoutes = []route{
	{method: "GET", path: "/api/account/payment-methods", access: withKey, handler: listPaymentMethods, beyond: true},
	{
		method: "POST", path: "/api/account/payment-methods", access: withKey,
		handler: addPaymentMethod, intake: optional, platform: true, beyond: true,
	},
	{method: "PATCH", path: "/api/account/payment-methods", access: withKey, handler: updatePaymentMethod, intake: object, beyond: true},
	{method: "DELETE", path: "/api/account/payment-methods/{mandateId}", access: withKey, handler: deletePaymentMethod, beyond: true},
	{method: "GET", path: "/api/floating-ips", access: withKey, handler: listFloatingIPs, beyond: true},
	{method: "GET", path: "/api/floating-ips/options", access: withKey, handler: floatingIPOptions, beyond: true},
	{method: "POST", path: "/api/floating-ips/order", access: withKey, handler: orderFloatingIP, intake: object, beyond: true},
	{method: "POST", path: "/api/floating-ips/{id}/assign", access: withKey, handler: onFloatingIP(assignFloatingIP), intake: object, beyond: true},
	{method: "POST", path: "/api/floating-ips/{id}/unassign", access: withKey, handler: onFloatingIP(unassignFloatingIP), intake: optional, beyond: true},
	{method: "POST", path: "/api/floating-ips/{id}/cancel", access: withKey, handler: onFloatingIP(cancelFloatingIP), intake: optional, beyond: true},
	{method: "POST", path: "/api/ip-manager", access: withKey, handler: addIPv6, intake: object, beyond: true},
	{method: "DELETE", path: "/api/ip-manager/{id}", access: withKey, handler: removeIP, beyond: true},
	{method: "POST", path: "/api/services/{id}/actions/{key}", access: withKey, handler: onService(dispatchAction), intake: optional, beyond: true},
	{method: "GET", path: "/api/services/{id}/view", access: withKey, handler: onService(serviceView), permission: "view", beyond: true},
	{method: "GET", path: "/api/services/{id}/plesk/credentials", access: withKey, handler: onPlesk(hostingCredentials), permission: "view", beyond: true},
	{
		method: "POST", path: "/api/services/{id}/plesk/credentials", access: withKey,
		handler: onPlesk(rotateHostingCredentials), intake: optional, permission: "settings", beyond: true,
	},
	{method: "GET", path: "/api/services/{id}/plesk/domains", access: withKey, handler: onPlesk(hostingDomains), permission: "view", beyond: true},
	{
		method: "POST", path: "/api/services/{id}/plesk/domains", access: withKey,
		handler: onPlesk(refreshHostingDomains), intake: optional, permission: "settings", beyond: true,
	},
	{method: "GET", path: "/api/services/{id}/ploi/storage-history", access: withKey, handler: onService(storageHistory), permission: "view", beyond: true},
	{method: "POST", path: "/api/tickets/{id}/messages", access: withKey, handler: onTicket(replyTicketMessage), intake: object, beyond: true},
}
