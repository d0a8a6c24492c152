package elizon

import "github.com/provkit/provkit/provider"

// ErrorCode is the platform's own code of an error, as in provider.Error.Code. The set is open: the
// registry of the vendor's app has some 1,860 names. Servers of an older version send none.
type ErrorCode = string

// The codes that the vendor documents (docs/ERROR_CODES.md of its SDK, and the comments of its methods)
// for what this package does.
const (
	CodeUnauthenticated          ErrorCode = "unauthenticated"
	CodeInvalidEmailOrPassword   ErrorCode = "invalidEmailOrPassword"
	CodeAuthenticationFailed     ErrorCode = "authenticationFailed"
	CodeInvalidVerificationCode  ErrorCode = "invalidVerificationCode" // of the second factor
	CodeInvalidOrExpiredCode     ErrorCode = "invalidOrExpiredCode"
	CodeCurrentPasswordIncorrect ErrorCode = "currentPasswordIsIncorrect"
	CodeIncorrectPassword        ErrorCode = "incorrectPassword"
	CodeInvalidPassword          ErrorCode = "invalidPassword" // too weak
	CodeCurrentSession           ErrorCode = "cannotRevokeCurrentSessionUseLogoutInstead"
	CodeInvalidAPIKey            ErrorCode = "invalidApiKey"
	CodeInvalidAPIKeyFormat      ErrorCode = "invalidApiKeyFormat"
	CodeAPIKeyRevoked            ErrorCode = "apiKeyRevoked"
	CodeAPIKeyNotFound           ErrorCode = "apiKeyNotFound"
	CodeAPIKeyMissingPermission  ErrorCode = "apiKeyMissingPermission"
	CodeAPIKeyLimitReached       ErrorCode = "apiKeyLimitReachedForYourAccount"
	CodeAPIKeyNotAccepted        ErrorCode = "thisRouteCannotBeAccessedWithAnApiKey"
	CodeAccessDenied             ErrorCode = "accessDenied"
	CodeAdminAccessRequired      ErrorCode = "adminAccessRequired"
	CodeFeatureUnavailable       ErrorCode = "customerFeatureUnavailable"
	CodeClientPlatformNotAllowed ErrorCode = "clientPlatformNotAllowed"
	CodeServiceNotFound          ErrorCode = "serviceNotFound"
	CodeServiceNotOwned          ErrorCode = "serviceNotOwned"
	CodeServiceSuspended         ErrorCode = "serviceSuspended"
	CodeServiceIsSuspended       ErrorCode = "serviceIsSuspendedResumeFirstToPerformOtherActions"
	CodeSubscriptionBlocked      ErrorCode = "subscriptionActionBlocked"
	CodeInvalidAction            ErrorCode = "invalidAction"
	CodeInvoiceNotFound          ErrorCode = "invoiceNotFound"
	CodeInsufficientBalance      ErrorCode = "insufficientBalance"
	CodeInvalidPaymentMethod     ErrorCode = "invalidPaymentMethod"
	CodeInvalidAmount            ErrorCode = "invalidAmount"
	CodeBillingAddressNotFound   ErrorCode = "billingAddressNotFound"
	CodeCartEmpty                ErrorCode = "cartEmpty"
	CodeCatalogStockExhausted    ErrorCode = "catalogStockExhausted"
	CodeCheckoutValidationFailed ErrorCode = "checkoutValidationFailed"
	CodeCheckoutInProgress       ErrorCode = "checkoutAlreadyInProgress"
	CodeCheckoutFailed           ErrorCode = "checkoutFailed"
	CodeCalculationFailed        ErrorCode = "calculationFailed"
	CodeCouponOneOnly            ErrorCode = "couponOneOnly"
	CodeCouponNotFound           ErrorCode = "couponNotFound"
	CodeAmountOutOfRange         ErrorCode = "amountOutOfRange" // of a top-up
	CodeTopUpDay                 ErrorCode = "dayOfMonthMustBeBetween1And28"
	CodeTopUpExists              ErrorCode = "anAutoTopUpForThisDayAlreadyExists"
	CodeTopUpActive              ErrorCode = "activeAutoTopUpsMustBeRecreatedToChangeTheAmount"
	CodeFundRequestIncomplete    ErrorCode = "amountAndBindingPeriodAreRequired"
	CodeBillingAnchorDay         ErrorCode = "billingAnchorDayMustBeBetween1And31"
	CodeAffiliateNotFound        ErrorCode = "affiliateNotFound"
	CodePayoutPending            ErrorCode = "aPendingPayoutRequestAlreadyExists"
	CodePayoutTooHigh            ErrorCode = "amountExceedsWithdrawableBalance"
	CodeTicketNotFound           ErrorCode = "ticketNotFound"
	CodeInvalidPriority          ErrorCode = "invalidPriority"
	CodeInvalidRequest           ErrorCode = "invalidRequest"
	CodeInvalidJSONBody          ErrorCode = "invalidJsonBody"
	CodeRateLimitExceeded        ErrorCode = "rateLimitExceededApiKey"
	CodeInternalError            ErrorCode = "internalError"
	CodeInternalServerError      ErrorCode = "internalServerError"
)

// kinds maps the known codes to the errors of the portable contract: without it, a failure under HTTP
// 200 would not tell what it is. After those that are ErrUnavailable, a change may or may not have been
// made. The codes without a constant are in the registry only: what they mean is read from their names.
var kinds = map[ErrorCode]error{
	CodeUnauthenticated:          provider.ErrUnauthorized,
	CodeInvalidEmailOrPassword:   provider.ErrUnauthorized,
	CodeAuthenticationFailed:     provider.ErrUnauthorized,
	CodeInvalidVerificationCode:  provider.ErrInvalid,
	CodeInvalidOrExpiredCode:     provider.ErrInvalid,
	CodeCurrentPasswordIncorrect: provider.ErrInvalid,
	CodeIncorrectPassword:        provider.ErrInvalid,
	CodeInvalidPassword:          provider.ErrInvalid,
	CodeCurrentSession:           provider.ErrConflict,
	CodeInvalidAPIKey:            provider.ErrUnauthorized,
	CodeInvalidAPIKeyFormat:      provider.ErrUnauthorized,
	CodeAPIKeyRevoked:            provider.ErrUnauthorized,
	CodeAPIKeyMissingPermission:  provider.ErrForbidden,
	CodeAPIKeyLimitReached:       provider.ErrQuota,
	CodeAPIKeyNotAccepted:        provider.ErrForbidden,
	CodeAccessDenied:             provider.ErrForbidden,
	CodeAdminAccessRequired:      provider.ErrForbidden,
	CodeFeatureUnavailable:       provider.ErrForbidden,
	CodeClientPlatformNotAllowed: provider.ErrForbidden,
	CodeServiceNotFound:          provider.ErrNotFound,
	CodeServiceNotOwned:          provider.ErrForbidden,
	CodeServiceSuspended:         provider.ErrConflict,
	CodeServiceIsSuspended:       provider.ErrConflict,
	CodeSubscriptionBlocked:      provider.ErrConflict,
	CodeInvalidAction:            provider.ErrInvalid,
	CodeInvoiceNotFound:          provider.ErrNotFound,
	CodeInsufficientBalance:      provider.ErrQuota,
	CodeInvalidPaymentMethod:     provider.ErrInvalid,
	CodeInvalidAmount:            provider.ErrInvalid,
	CodeBillingAddressNotFound:   provider.ErrNotFound,
	CodeCartEmpty:                provider.ErrInvalid,
	CodeCatalogStockExhausted:    provider.ErrConflict,
	CodeCheckoutValidationFailed: provider.ErrInvalid,
	CodeCheckoutInProgress:       provider.ErrConflict,
	CodeCalculationFailed:        provider.ErrUnavailable,
	CodeCouponOneOnly:            provider.ErrInvalid,
	CodeCouponNotFound:           provider.ErrInvalid,
	CodeAmountOutOfRange:         provider.ErrInvalid,
	CodeTopUpDay:                 provider.ErrInvalid,
	CodeTopUpExists:              provider.ErrAlreadyExists,
	CodeTopUpActive:              provider.ErrConflict,
	CodeFundRequestIncomplete:    provider.ErrInvalid,
	CodeBillingAnchorDay:         provider.ErrInvalid,
	CodeAffiliateNotFound:        provider.ErrNotFound,
	CodePayoutPending:            provider.ErrConflict,
	CodePayoutTooHigh:            provider.ErrInvalid,
	CodeTicketNotFound:           provider.ErrNotFound,
	CodeInvalidPriority:          provider.ErrInvalid,
	CodeInvalidRequest:           provider.ErrInvalid,
	CodeInvalidJSONBody:          provider.ErrInvalid,
	CodeRateLimitExceeded:        provider.ErrRateLimited,
	CodeCheckoutFailed:           provider.ErrUnavailable,
	CodeInternalError:            provider.ErrUnavailable,
	CodeInternalServerError:      provider.ErrUnavailable,

	"notFound":                     provider.ErrNotFound,
	"sessionNotFound":              provider.ErrNotFound,
	"categoryNotFound":             provider.ErrNotFound,
	"productNotFound":              provider.ErrNotFound,
	"addressNotFound":              provider.ErrNotFound,
	"sshKeyNotFound":               provider.ErrNotFound,
	"domainNotFound":               provider.ErrNotFound,
	"recordNotFound":               provider.ErrNotFound,
	"storageVolumeNotFound":        provider.ErrNotFound,
	"permissionNotFound":           provider.ErrNotFound,
	"offerNotFound":                provider.ErrNotFound,
	"documentNotFound":             provider.ErrNotFound,
	"noActiveBusinessFundContract": provider.ErrNotFound,
	"floatingIpNichtGefunden":      provider.ErrNotFound,
	"mandateNotFoundOrNotValid":    provider.ErrNotFound,
	"notFound2":                    provider.ErrNotFound,
	"familyGroupNotFound":          provider.ErrNotFound,
	"userNotFound":                 provider.ErrNotFound,
	"byoipNetworkNotFound":         provider.ErrNotFound,
	"byoipAssignmentNotFound":      provider.ErrNotFound,
	"voucherCodeNotFound":          provider.ErrNotFound,

	"userAlreadyInFamilyGroup":     provider.ErrAlreadyExists,
	"pendingFamilyInviteExists":    provider.ErrAlreadyExists,
	"domainAlreadyExists":          provider.ErrAlreadyExists,
	"cannotRemoveFamilyGroupOwner": provider.ErrForbidden,

	"aRecordTypeRecordForThisSubdomainAlreadyExists":      provider.ErrAlreadyExists,
	"subdomainAlreadyInUseAAaaaOrOtherRecord":             provider.ErrAlreadyExists,
	"subdomainAlreadyHasACnameOrSrvRecord":                provider.ErrAlreadyExists,
	"maximumOf4AutoTopUpConfigsAllowed":                   provider.ErrQuota,
	"maximumNumberOfSubdomainRecordsReachedLimitMax":      provider.ErrQuota,
	"maximumNumberOfSshKeysReachedLimitMax":               provider.ErrQuota,
	"rateLimitOnlyOneGeneratedKeyEvery2Minutes":           provider.ErrRateLimited,
	"rateLimitExceededMax3PinsPer15Minutes":               provider.ErrRateLimited,
	"onlyServiceOwnerOrAdminCanSuspendResume":             provider.ErrForbidden,
	"registrationDisabledGeneral":                         provider.ErrForbidden,
	"userLevelAutopayDeprecated":                          provider.ErrUnsupported,
	"consoleNotAvailableForThisService":                   provider.ErrUnsupported,
	"consoleStreamingOnlySupportedForPterodactylServices": provider.ErrUnsupported,

	"defaultAddressCannotBeDeleted":                         provider.ErrConflict,
	"defaultAddressCannotBeUnset":                           provider.ErrConflict,
	"ticketIsClosedReOpenTheTicketToAddAReply":              provider.ErrConflict,
	"e7DayBonusAlreadyUsedForThisService":                   provider.ErrConflict,
	"loyaltyOfferNotAvailableForThisSubscription":           provider.ErrConflict,
	"notPendingCancellation":                                provider.ErrConflict,
	"noPayoutMethodConfiguredPleaseSetUpAPayoutMethodFirst": provider.ErrConflict,
	"noPending":                       provider.ErrConflict,
	"invoiceWasVoidedAndCannotBePaid": provider.ErrConflict,
	"ipv4RecordsCannotBeRemoved":      provider.ErrConflict,

	"sameEmail":                                provider.ErrInvalid,
	"wrongCode":                                provider.ErrInvalid,
	"passwordWrong":                            provider.ErrInvalid,
	"invalidOrExpiredResetLink":                provider.ErrInvalid,
	"invalidOrExpiredVerificationLink":         provider.ErrInvalid,
	"upgradeNotAllowed":                        provider.ErrInvalid,
	"downgradeNotApplicable":                   provider.ErrInvalid,
	"renewalExceedsMaxRuntime":                 provider.ErrInvalid,
	"invalidIpv6Address":                       provider.ErrInvalid,
	"addressIsOutsideOfYourAssignedIpv6Subnet": provider.ErrInvalid,
}
