package vendorprograms

// What the answers to the SDK's methods are declared to be: elizonapp/api-client-typescript, commit
// 7a6591a of 2026-07-19, src/schemas/*.ts by group of methods, and the types in src/resources/*.ts where
// a method declares its own. success is declared a boolean; src/client.ts throws unless it is true.

var (
	done = shape{"success": yes} // common.ts SuccessResponse

	country    = shape{"countryCode": text, "countryName": text, "taxRate?": number, "taxName?": text, "isDefault?": boolean}
	pagination = shape{"total": number, "hasMore?": boolean, "offset?": number, "limit?": number}

	// auth.ts
	sdkUser = shape{
		"id": text, "email": text, "firstName?": orNull(text), "lastName?": orNull(text), "nickname?": orNull(text),
		"twoFactorEnabled?": boolean,
	}
	loginResponse = done.with(shape{"token?": text, "user?": sdkUser, "requiresTwoFactor?": boolean})
	meResponse    = done.with(shape{"user": sdkUser})
	sessions      = done.with(shape{"sessions": list(shape{
		"id": text, "userAgent?": orNull(text), "ip?": orNull(text), "createdAt?": text, "lastActiveAt?": text,
		"isCurrent?": boolean,
	})})
	twoFactorSetup   = done.with(shape{"secret": text, "otpauthUrl": text, "qrCode?": text})
	twoFactorEnable  = done.with(shape{"backupCodes?": list(text)})
	twoFactorDisable = done.with(shape{"twoFactorStillEnabled?": boolean})

	// service.ts
	sdkService      = shape{"id": text, "name": text, "status?": orNull(text), "productName?": orNull(text)}
	serviceListing  = done.with(shape{"servers?": list(sdkService), "services?": list(sdkService), "pagination?": shape{"total": number}})
	serviceDetail   = done.with(shape{"server": sdkService}) // declared optional, and find has nothing else to give
	serviceStatuses = done.with(shape{"statuses": record(object)})
	actionDispatch  = done.with(shape{"status?": orNull(text), "data?": object})
	providerView    = done.with(shape{
		"enabled?": boolean, "providerType?": text, "layout?": object, "tabs?": list(object), "fields?": list(object),
		"overviewFields?": list(object), "widgets?": list(object),
		// ignite-mobile src/shared/provider-module-types.ts (SerializedAction), which has what the SDK calls unknown.
		"actions": list(shape{"key": text, "labelKey?": text, "icon?": text, "visible?": boolean, "disabled?": boolean}),
		"identity?": orNull(shape{
			"name": text, "displayName": orNull(text), "status": orNull(text), "primaryIpv4": orNull(text),
			"primaryIpv6": orNull(text), "productName": orNull(text), "node": orNull(text), "region": orNull(text),
		}),
	})
	storageHistory = shape{"serviceId": text, "points": list(shape{"at": text, "bytes": text, "gb": number})}
	credentials    = shape{
		"panelUrl": orNull(text), "login": orNull(text), "email": orNull(text), "hasPassword": boolean,
		"password": orNull(text),
	}
	rotated        = shape{"ok": yes, "password": text, "panelUrl?": text, "login?": text, "email?": text}
	hostingDomains = shape{
		"domains": anything, "lastDomainSyncAt?": text, "lastManualRefreshAt?": text, "maxDomains?": number,
		"storagePerDomainGb?": number, "maxMailboxesPerDomain?": number, "dnsManagement?": number,
	}
	hostingDomainsRefreshed = shape{"ok": yes, "domains": anything}

	// invoice.ts
	sdkInvoice = shape{
		"id": text, "number?": text, "status": text, "total": number, "currency?": text, "dueAt?": orNull(text),
		"paidAt?": orNull(text),
	}
	invoiceList   = done.with(shape{"invoices": list(sdkInvoice), "pagination?": pagination})
	invoiceDetail = done.with(shape{"invoice": sdkInvoice})
	invoicePaid   = done.with(shape{"alreadyPaid?": boolean, "paymentId?": text, "checkoutUrl?": text, "processing?": boolean})
	netPoints     = done.with(shape{"maxEur": number, "maxPoints": number, "currentBalance": number})
	subscriptions = done.with(shape{"subscriptions": list(shape{"id": text, "status": text})})
	methods       = done.with(shape{
		"canManage": boolean, "defaultMandateId": orNull(text), "maxMethods": number, "canAddMore": boolean,
		"methods": list(shape{
			"mandateId": text, "label?": orNull(text), "userLabel?": orNull(text), "method?": orNull(text),
			"brand?": orNull(text), "last4?": orNull(text), "isDefault?": boolean, "createdAt?": orNull(text),
		}),
	})
	checkoutURL = done.with(shape{"checkoutUrl?": text})

	// checkout.ts
	bootstrap = done.with(shape{
		"addresses": list(shape{
			"id": text, "label?": orNull(text), "companyName?": orNull(text), "firstName?": orNull(text),
			"lastName?": orNull(text), "street": text, "zip": text, "city": text, "countryCode": text, "country": text,
			"phone?": orNull(text), "vatId?": orNull(text), "isDefault?": boolean,
		}),
		"countries":             list(country),
		"netPointsBalance":      orNull(shape{"points": number, "eurValue": number}),
		"businessBillingConfig": orNull(shape{"invoiceEnabled": boolean, "hasActiveFund": boolean, "anchorDay": orNull(number)}),
		"familyBillingConfig": orNull(shape{
			"groupId": text, "walletBalance": number, "billingMode?": text, "billingPriority?": text,
			"requirePaymentApproval?": boolean, "sharedBalance?": boolean, "userRole?": text, "userBillingMode?": text,
			"accountLocked?": boolean,
		}),
		"savedPaymentMethods": orNull(shape{"hasValid": boolean, "defaultLabel": orNull(text), "defaultMandateId": orNull(text)}),
	})
	cartValidated  = done.with(shape{"unavailable?": list(shape{"lineId": text, "productName": text})})
	cartCalculated = done.with(shape{
		"items?":    list(shape{"productId": text, "productName": text, "total": number, "quantity?": number}),
		"subtotal?": number, "tax?": number, "total?": number, "firstMonthAmount?": number, "taxName?": text,
		"taxRatePercent?": number, "isVatFree?": boolean,
	})
	checkedOut = done.with(shape{
		"subscriptionIds?": list(text), "invoiceId?": text, "redirectUrl?": text, "processing?": boolean, "orderId?": text,
		"sepaDetails?": shape{"iban": text, "bic": text, "bankName?": text, "amount": number, "reference": text},
	})

	// shop.ts
	products  = done.with(shape{"categories": list(shape{"id": text, "name": text, "products?": list(object)})})
	countries = done.with(shape{"countries": list(country)})
	sshKeys   = done.with(shape{
		"sshKeys":   list(shape{"id": text, "name": text, "fingerprint?": text, "createdAt?": text}),
		"limitUsed": number, "limitMax": number,
	})
	sshKeyPair = done.with(shape{"privateKey": text, "publicKey": text})
	addresses  = done.with(shape{"data": list(shape{"id": text, "address?": text}), "subnets?": list(object)})

	// domain.ts
	domains    = done.with(shape{"data": list(shape{"id": text, "name": text, "status?": text})})
	dnsRecords = done.with(shape{"data": list(shape{"id": text, "type": text, "name": text, "content": text, "ttl?": number})})
	subdomains = done.with(shape{
		"data": list(shape{"id": text, "subdomain": text, "domain": text}), "limitUsed": number, "limitMax": number,
	})
	allowedDomains = done.with(shape{"data": list(object)})

	// ticket.ts
	sdkTicket  = shape{"id": text, "subject": text, "status": text, "priority": text, "createdAt?": text, "updatedAt?": text}
	tickets    = done.with(shape{"tickets": list(sdkTicket), "stats?": object, "pagination?": shape{"total": number}})
	ticket     = done.with(shape{"ticket": sdkTicket})
	ticketMade = done.with(shape{"ticket?": anything})
	articles   = done.with(shape{"articles": list(shape{"id": text, "title": text, "slug?": text})})

	// user.ts
	auditLog = done.with(shape{"logs": list(shape{"id": text, "action": text, "createdAt": text})})
	apiKey   = shape{"id": text, "name": text, "prefix": text, "createdAt": text, "lastUsedAt?": orNull(text)}
	apiKeys  = done.with(shape{"apiKeys": list(apiKey), "total?": number})
	keyMade  = done.with(shape{"apiKey": apiKey, "secret": text})
	warnings = done.with(shape{"warnings?": list(text)})
	pin      = shape{
		"supportPin": orNull(text), "pinExpiresAt": orNull(text), "pinTimeLeft": orNull(number), "pinCooldown": orNull(number),
	}

	// wallet.ts
	topUp = shape{
		"id": text, "isActive": boolean, "amount": number, "dayOfMonth": number, "lastChargedAt?": orNull(text),
		"nextChargeAt?": orNull(text), "mandateVerifiedAt?": orNull(text), "autoRedeemVoucher?": boolean,
		"createdAt?": orNull(text),
	}
	topUps    = done.with(shape{"configs": list(topUp)})
	topUpMade = done.with(shape{
		"config?": topUp, "verificationCheckoutUrl?": text, "verificationRequired?": boolean,
		"deferredFirstCharge?": boolean, "firstChargeOn?": text,
	})
	topUpChanged = done.with(shape{"config?": topUp})
	vouchers     = done.with(shape{
		"vouchers": list(shape{
			"id": text, "amount": number, "status": text, "code?": orNull(text), "createdAt?": orNull(text),
			"redeemedAt?": orNull(text),
		}),
		"total": number,
	})

	// business.ts
	fund = done.with(shape{
		"contract": orNull(shape{
			"id": text, "commitmentAmount": number, "price": number, "overchargeFeePercent": number, "bindingMonths": number,
			"bindingEndDate": orNull(text), "status": text, "currentUsage": number, "currentOvercharge": number,
			"lastResetAt": orNull(text),
		}),
		"pendingOffer": orNull(shape{
			"id": text, "commitmentAmount": number, "price": number, "overchargeFeePercent": number, "bindingMonths": number,
			"adminNote": orNull(text), "offeredAt": text,
		}),
	})
	// ignite-mobile src/api/business.ts (BusinessBillingConfig); the SDK leaves the fields open.
	businessBilling = done.with(shape{"config": orNull(shape{
		"invoiceEnabled?": anything, "hasActiveFund?": anything, "billingAnchorDay?": orNull(number),
		"openAmount?": orNull(number), "nextInvoiceDate?": orNull(text),
		"currentCycle?": orNull(shape{"periodStart?": orNull(text), "periodEnd?": orNull(text)}),
	})})
	fundRequested = done.with(shape{"contractId?": text})
	fundAccepted  = done.with(shape{"checkoutUrl?": orNull(text)})

	// affiliate.ts
	affiliate      = done.with(shape{"profile": shape{"id": text, "code": text}})
	commissions    = done.with(shape{"commissions": list(shape{"id": text, "amount": number, "status": text})})
	payoutRequests = done.with(shape{"requests": list(shape{"id": text, "amount": number, "status": text}), "total": number})
	taxInfo        = done.with(shape{"taxInfo": anything})

	// family.ts
	familyGroup    = shape{"id": text, "name": text, "status?": text}
	family         = done.with(shape{"group": orNull(familyGroup)})
	familyMembers  = done.with(shape{"members": list(shape{"id": text, "userId": text, "role": text})})
	familyInvites  = done.with(shape{"invites": list(shape{"id": text, "email": text, "role": text, "status": text})})
	familyRequests = done.with(shape{"requests": list(shape{"id": text, "amount": number, "status": text})})

	// byoip.ts
	byoip = done.with(shape{
		"networks": list(shape{
			"id": text, "prefix": text, "prefixVersion": number, "asnNumber": orNull(text), "description": orNull(text),
			"status": text, "locationId": orNull(text), "setupFeeGross": number, "monthlyFeeGross": number,
			"currentPeriodEnd": orNull(text), "cancelAtPeriodEnd": boolean, "ddosProtectionProvider": text,
			"tbWalletBalanceTb": number, "tbWalletUsedTb": number, "createdAt": text,
			"assignments": list(shape{
				"id": text, "assignedPrefix": text, "isPrimary": boolean, "service": orNull(shape{"id": text, "name": text}),
			}),
		}),
		"allowedLocationIds": list(text), "walletPricePerTbGross": number,
	})

	// floating-ip.ts
	floatingIP = shape{
		"id": text, "address": text, "ipVersion": number, "status": text, "locationId": text, "locationName": text,
		"assignedServiceId": orNull(text), "assignedServiceName": orNull(text), "monthlyPrice": number,
		"nextBillingAt": orNull(text), "subscriptionStatus": orNull(text), "cancelAtPeriodEnd": boolean, "createdAt": text,
	}
	floatingIPs       = done.with(shape{"floatingIps": list(floatingIP)})
	floatingIPMade    = done.with(shape{"floatingIp?": floatingIP, "checkoutUrl?": text})
	floatingIPOffer   = orNull(shape{"monthlyPrice": number, "available": boolean})
	floatingIPOptions = done.with(shape{"locations": list(shape{
		"id": text, "name": text, "city?": text, "countryCode?": text, "ipv4?": floatingIPOffer, "ipv6?": floatingIPOffer,
	})})

	// src/resources/dashboard.ts
	openTickets    = done.with(shape{"pagination": shape{"total": number}})
	totalBandwidth = done.with(shape{"usage?": shape{"totalGb?": number}})
	maintenance    = done.with(shape{"notifications?": list(object)})
	trafficSources = done.with(shape{
		"summary?": shape{
			"walletBalanceTb": number, "walletUsedTb": number,
			"serviceSourceCounts": shape{"SERVICE": number, "POOL": number, "WALLET": number},
		},
		"serviceSources?": list(anything),
	})
	monthlyOffers = done.with(shape{"offers?": list(anything)})
)
