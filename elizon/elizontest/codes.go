package elizontest

import "slices"

// errorCode is a code that a refusal carries. Only code makes one, so that [ErrorCodes] has them all.
// The zero value is none.
type errorCode struct{ name string }

var errorCodes []string

func code(name string) errorCode {
	errorCodes = append(errorCodes, name)
	return errorCode{name}
}

// ErrorCodes returns every error code that the server can answer, sorted. Each is in the registry of
// the vendor's SDK. [Unmodelled] is not among them: it says that the emulator cannot answer.
func ErrorCodes() []string { return slices.Sorted(slices.Values(errorCodes)) }

// Unmodelled is the error code of rows without modelled state.
const Unmodelled = "emulatorRowNotModelled"

// Codes whose meaning, or whose route, the vendor documents: the SDK's docs/ERROR_CODES.md and the
// @throws of its methods.
var (
	codeUnauthenticated   = code("unauthenticated")
	codeBadLogin          = code("invalidEmailOrPassword")
	codeBadTwoFactor      = code("invalidVerificationCode")
	codeBadCode           = code("invalidOrExpiredCode")
	codeWrongPassword     = code("currentPasswordIsIncorrect")
	codeIncorrectPassword = code("incorrectPassword")
	codeWeakPassword      = code("invalidPassword")
	codeOwnSession        = code("cannotRevokeCurrentSessionUseLogoutInstead")
	codeBadKey            = code("invalidApiKey") // also for one that has expired
	codeKeyFormat         = code("invalidApiKeyFormat")
	codeKeyRevoked        = code("apiKeyRevoked")
	codeNoKey             = code("apiKeyNotFound")
	codeMissingPermission = code("apiKeyMissingPermission")
	codeKeyLimit          = code("apiKeyLimitReachedForYourAccount")
	codeKeyNotAllowed     = code("thisRouteCannotBeAccessedWithAnApiKey")
	codeAccessDenied      = code("accessDenied")
	codeNoFeature         = code("customerFeatureUnavailable")
	codePlatform          = code("clientPlatformNotAllowed")
	codeNoService         = code("serviceNotFound")
	codeNotOwned          = code("serviceNotOwned")
	codeBadAction         = code("invalidAction")
	codeSuspended         = code("serviceIsSuspendedResumeFirstToPerformOtherActions")
	codeBlocked           = code("subscriptionActionBlocked")
	codeNoInvoice         = code("invoiceNotFound")
	codeBalance           = code("insufficientBalance")
	codePaymentMethod     = code("invalidPaymentMethod")
	codeBadAmount         = code("invalidAmount")
	codeNoBillingAddress  = code("billingAddressNotFound")
	codeCartEmpty         = code("cartEmpty")
	codeSoldOut           = code("catalogStockExhausted")
	codeCheckoutInvalid   = code("checkoutValidationFailed")
	codeInProgress        = code("checkoutAlreadyInProgress")
	codeNoCoupon          = code("couponNotFound")
	codeTopUpRange        = code("amountOutOfRange")
	codeTopUpDay          = code("dayOfMonthMustBeBetween1And28")
	codeSecondTopUp       = code("anAutoTopUpForThisDayAlreadyExists")
	codeActiveTopUp       = code("activeAutoTopUpsMustBeRecreatedToChangeTheAmount")
	codeFundFields        = code("amountAndBindingPeriodAreRequired")
	codeAnchorDay         = code("billingAnchorDayMustBeBetween1And31")
	codeNoAffiliate       = code("affiliateNotFound")
	codePendingPayout     = code("aPendingPayoutRequestAlreadyExists")
	codeTooMuchPayout     = code("amountExceedsWithdrawableBalance")
	codeNoTicket          = code("ticketNotFound")
	codeBadPriority       = code("invalidPriority")
	codeInvalidRequest    = code("invalidRequest")
	codeBadJSON           = code("invalidJsonBody")
	codeRateLimit         = code("rateLimitExceededApiKey")
)

// Codes of the registry whose use here is our reading of their names.
var (
	codeNoEndpoint        = code("notFound")
	codeOwnerOnly         = code("onlyServiceOwnerOrAdminCanSuspendResume")
	codeNoRegistration    = code("registrationDisabledGeneral")
	codeBadResetLink      = code("invalidOrExpiredResetLink")
	codeBadLink           = code("invalidOrExpiredVerificationLink")
	codeGone              = code("userLevelAutopayDeprecated")
	codeNoChange          = code("upgradeNotAllowed")
	codeNoDowngrade       = code("downgradeNotApplicable")
	codeTooLong           = code("renewalExceedsMaxRuntime")
	codeNotPayable        = code("invoiceWasVoidedAndCannotBePaid")
	codeTopUpLimit        = code("maximumOf4AutoTopUpConfigsAllowed")
	codeSubdomainLimit    = code("maximumNumberOfSubdomainRecordsReachedLimitMax")
	codeSSHKeyLimit       = code("maximumNumberOfSshKeysReachedLimitMax")
	codeSameRecord        = code("aRecordTypeRecordForThisSubdomainAlreadyExists")
	codeTakenByRecord     = code("subdomainAlreadyInUseAAaaaOrOtherRecord")
	codeTakenByCNAME      = code("subdomainAlreadyHasACnameOrSrvRecord")
	codeDefaultAddress    = code("defaultAddressCannotBeDeleted")
	codeUnsetAddress      = code("defaultAddressCannotBeUnset")
	codeGeneratedKeys     = code("rateLimitOnlyOneGeneratedKeyEvery2Minutes")
	codePINs              = code("rateLimitExceededMax3PinsPer15Minutes")
	codeBonusUsed         = code("e7DayBonusAlreadyUsedForThisService")
	codeNoLoyaltyOffer    = code("loyaltyOfferNotAvailableForThisSubscription")
	codeNothingPlanned    = code("notPendingCancellation")
	codeNoPayoutMethod    = code("noPayoutMethodConfiguredPleaseSetUpAPayoutMethodFirst")
	codeSameEmail         = code("sameEmail")
	codeNoPendingEmail    = code("noPending")
	codeWrongEmailCode    = code("wrongCode")
	codeEmailPassword     = code("passwordWrong")
	codeNoSession         = code("sessionNotFound")
	codeNoCategory        = code("categoryNotFound")
	codeNoProduct         = code("productNotFound")
	codeNoAddress         = code("addressNotFound")
	codeNoSSHKey          = code("sshKeyNotFound")
	codeNoDomain          = code("domainNotFound")
	codeNoRecord          = code("recordNotFound")
	codeNoVolume          = code("storageVolumeNotFound")
	codeNoGrant           = code("permissionNotFound")
	codeNoFund            = code("noActiveBusinessFundContract")
	codeNoOffer           = code("offerNotFound")
	codeNoDocument        = code("documentNotFound")
	codeTicketClosed      = code("ticketIsClosedReOpenTheTicketToAddAReply")
	codeNoMandate         = code("mandateNotFoundOrNotValid")
	codeNoFloatingIP      = code("floatingIpNichtGefunden")
	codeInFamily          = code("userAlreadyInFamilyGroup")
	codeNoFamily          = code("familyGroupNotFound")
	codeInvited           = code("pendingFamilyInviteExists")
	codeFamilyOwner       = code("cannotRemoveFamilyGroupOwner")
	codeNoUser            = code("userNotFound")
	codeSameDomain        = code("domainAlreadyExists")
	codeNoNetwork         = code("byoipNetworkNotFound")
	codeNoAssignment      = code("byoipAssignmentNotFound")
	codeNoVoucher         = code("voucherCodeNotFound")
	codeNoInvitation      = code("notFound2")
	codeBadIPv6           = code("invalidIpv6Address")
	codeForeignIPv6       = code("addressIsOutsideOfYourAssignedIpv6Subnet")
	codeKeptIPv4          = code("ipv4RecordsCannotBeRemoved")
	codeNoConsole         = code("consoleNotAvailableForThisService")
	codeStreamPterodactyl = code("consoleStreamingOnlySupportedForPterodactylServices")
)
