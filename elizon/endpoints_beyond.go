package elizon

// What both of the vendor's own programs use, its SDK and its app, and its reference does not list: the
// rows of testdata/elizon/beyond.tsv.

// Services.
var (
	servicesView     = keyed(documented, "Services.View", "get view of service", get, "/api/services/{id}/view", read)
	servicesDispatch = keyed(documented, "Services.Dispatch", "act on service", post, "/api/services/{id}/actions/{key}", once)

	hostingCredentials = keyed(documented, "Services.Hosting.Credentials", "get panel login of service", get, "/api/services/{id}/plesk/credentials", read).sensitive()
	hostingRotate      = keyed(documented, "Services.Hosting.RotatePassword", "rotate panel password of service", post, "/api/services/{id}/plesk/credentials", once).sensitive()
	hostingDomains     = keyed(documented, "Services.Hosting.Domains", "list domains of service", get, "/api/services/{id}/plesk/domains", read)
	hostingRefresh     = keyed(documented, "Services.Hosting.RefreshDomains", "refresh domains of service", post, "/api/services/{id}/plesk/domains", idempotent)
	hostingStorage     = keyed(documented, "Services.Hosting.StorageHistory", "get storage history of service", get, "/api/services/{id}/ploi/storage-history", read)
)

// Addresses.
var (
	ipsAdd    = keyed(documented, "IPs.AddIPv6", "add IPv6 address", post, "/api/ip-manager", once)
	ipsRemove = keyed(documented, "IPs.Remove", "remove IP address", del, "/api/ip-manager/{id}", idempotent).untilGone()

	floatingList     = keyed(documented, "FloatingIPs.List", "list floating IPs", get, "/api/floating-ips", read)
	floatingOptions  = keyed(documented, "FloatingIPs.Options", "list offers of floating IPs", get, "/api/floating-ips/options", read)
	floatingOrder    = keyed(documented, "FloatingIPs.Order", "order floating IP", post, "/api/floating-ips/order", once).sensitive().spends()
	floatingAssign   = keyed(documented, "FloatingIPs.Assign", "assign floating IP", post, "/api/floating-ips/{id}/assign", idempotent)
	floatingUnassign = keyed(documented, "FloatingIPs.Unassign", "unassign floating IP", post, "/api/floating-ips/{id}/unassign", idempotent)
	floatingCancel   = keyed(documented, "FloatingIPs.Cancel", "cancel floating IP", post, "/api/floating-ips/{id}/cancel", once)
)

// Saved payment methods.
var (
	methodsList    = keyed(documented, "PaymentMethods.List", "list payment methods", get, "/api/account/payment-methods", read)
	methodsAdd     = keyed(documented, "PaymentMethods.Add", "add payment method", post, "/api/account/payment-methods", once).sensitive().desktop()
	methodsDefault = keyed(documented, "PaymentMethods.SetDefault", "set default payment method", patch, "/api/account/payment-methods", idempotent)
	methodsLabel   = methodsDefault.also("PaymentMethods.SetLabel", "label payment method")
	methodsDelete  = keyed(documented, "PaymentMethods.Delete", "delete payment method", del, "/api/account/payment-methods/{mandateId}", idempotent).untilGone()
)
