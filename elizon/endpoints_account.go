package elizon

import "github.com/provkit/provkit/internal/rest"

// also returns another operation with the same method and path.
func (op operation) also(name, verb string) operation {
	e := op.Endpoint
	op.Endpoint = &rest.Endpoint{
		Provider: Kind, Op: name, Verb: verb, Method: e.Method, Route: e.Route, Effect: e.Effect,
		Spends: e.Spends, Sensitive: e.Sensitive, Timeout: e.Timeout, Accept: e.Accept,
	}
	return op
}

// Signing in. Codes and tokens work once, so calls that take one are sent once: a retry would be
// refused although the first request succeeded.
var (
	authRegister    = public(documented, "Auth.Register", "register account", post, "/api/auth/register", once).sensitive()
	authLogin       = public(documented, "Auth.Login", "log in", post, "/api/auth/login", once).sensitive()
	authCode        = public(inferred, "Auth.RequestCode", "request login code", post, "/api/auth/code", once).sensitive()
	authVerifyCode  = public(inferred, "Auth.VerifyCode", "log in with code", post, "/api/auth/verify-code", once).sensitive()
	authForgot      = public(inferred, "Auth.ForgotPassword", "request password reset", post, "/api/auth/forgot-password", once)
	authCheckReset  = public(inferred, "Auth.CheckResetToken", "check reset token", get, "/api/auth/reset-password", read).sensitive()
	authReset       = public(inferred, "Auth.ResetPassword", "reset password", post, "/api/auth/reset-password", once).sensitive()
	authVerifyEmail = public(ambiguous, "Auth.VerifyEmail", "confirm e-mail address", put, "/api/auth/verify-email", once).sensitive() // or GET, PATCH

	authMe             = sessionOnly(documented, "Auth.Me", "get profile", get, "/api/auth/me", read)
	authUpdateMe       = sessionOnly(documented, "Auth.UpdateMe", "change profile", put, "/api/auth/me", idempotent)
	authPatchMe        = sessionOnly(inferred, "Auth.PatchMe", "change profile in part", patch, "/api/auth/me", idempotent)
	authSession        = sessionOnly(inferred, "Auth.CurrentSession", "get session", get, "/api/auth/session", read).sensitive()
	authChangePassword = sessionOnly(documented, "Auth.ChangePassword", "change password", post, "/api/auth/change-password", once).sensitive()
	authActivate       = sessionOnly(inferred, "Auth.Activate", "activate account", post, "/api/auth/verify-account", once).sensitive()
	authResendCode     = sessionOnly(inferred, "Auth.ResendActivation", "resend activation code", post, "/api/auth/verify-account/resend", once)
	authResendLink     = sessionOnly(inferred, "Auth.ResendVerification", "resend verification link", post, "/api/auth/verify-email", once)
	authLogout         = sessionOnly(documented, "Auth.Logout", "end session", post, "/api/auth/logout", idempotent)
	// The reference calls it public. The vendor's SDK ends all sessions of the account with it, for
	// which the server must know whose they are.
	authLogoutAll = sessionOnly(documented, "Auth.EndEverySession", "end every session of account", del, "/api/auth/logout", idempotent)

	authSessions = sessionOnly(documented, "Auth.Sessions.List", "list sessions", get, "/api/auth/sessions", read)
	authRevoke   = sessionOnly(documented, "Auth.Sessions.Revoke", "revoke session", del, "/api/auth/sessions", idempotent).untilGone()

	twoFactorSetup   = sessionOnly(documented, "Auth.TwoFactor.Setup", "set up second factor", get, "/api/auth/2fa/setup", read).sensitive()
	twoFactorEnable  = sessionOnly(documented, "Auth.TwoFactor.Enable", "enable second factor", post, "/api/auth/2fa/setup", once).sensitive()
	twoFactorDisable = sessionOnly(documented, "Auth.TwoFactor.Disable", "disable second factor", del, "/api/auth/2fa/setup", once).sensitive()
	backupCodesGet   = sessionOnly(inferred, "Auth.TwoFactor.BackupCodes", "get state of backup codes", get, "/api/auth/backup-codes", read).sensitive()
	backupCodesRenew = sessionOnly(inferred, "Auth.TwoFactor.RenewBackupCodes", "renew backup codes", post, "/api/auth/backup-codes", once).sensitive()

	passkeysList         = sessionOnly(inferred, "Auth.Passkeys.List", "list passkeys", get, "/api/auth/passkeys", read).sensitive()
	passkeysDelete       = sessionOnly(inferred, "Auth.Passkeys.Delete", "delete passkey", del, "/api/auth/passkeys", idempotent).untilGone()
	passkeysAuthenticate = public(ambiguous, "Auth.Passkeys.Authenticate", "log in with passkey", post, "/api/auth/passkeys/authenticate", once).sensitive()                // or GET
	passkeysOptions      = sessionOnly(ambiguous, "Auth.Passkeys.RegistrationOptions", "get options for new passkey", get, "/api/auth/passkeys/register", read).sensitive() // or POST
	passkeysRegister     = sessionOnly(inferred, "Auth.Passkeys.Register", "register passkey", post, "/api/auth/passkeys/register", once).sensitive()

	oauthProviders = public(inferred, "Auth.OAuth.Providers", "list login providers", get, "/api/auth/oauth/providers", read)
	oauthStart     = public(inferred, "Auth.OAuth.Start", "start login with provider", get, "/api/auth/oauth/{provider}", read).sensitive()
	// A GET that changes something: it takes a code and opens a session.
	oauthCallback = public(ambiguous, "Auth.OAuth.Callback", "finish login with provider", get, "/api/auth/oauth/{provider}/callback", once).sensitive() // or POST
	oauthLink     = sessionOnly(ambiguous, "Auth.OAuth.StartLink", "start linking provider", get, "/api/auth/oauth/link/{provider}", read).sensitive()   // or POST
	oauthUnlink   = sessionOnly(inferred, "Auth.OAuth.Unlink", "unlink provider", del, "/api/auth/oauth/link/{provider}", idempotent).untilGone()
)

// The partner programme.
var (
	affiliatesMe          = keyed(documented, "Affiliates.Me", "get partner profile", get, "/api/affiliates/me", read)
	affiliatesCommissions = keyed(documented, "Affiliates.Commissions", "list commissions", get, "/api/affiliates/me/commissions", read)
	affiliatesConvert     = keyed(inferred, "Affiliates.ConvertToCredit", "convert earnings to balance", post, "/api/affiliates/me/convert-to-credit", once).spends()
	affiliatesCoupon      = keyed(inferred, "Affiliates.CouponUsage", "get usage of partner coupon", get, "/api/affiliates/me/coupon-usage", read)
	affiliatesValidate    = keyed(documented, "Affiliates.Validate", "check referral code", post, "/api/affiliates/validate", read)

	creditNotesConfirm  = keyed(inferred, "Affiliates.ConfirmCreditNote", "confirm credit note", post, "/api/affiliates/me/credit-note/{id}/confirm", once)
	creditNotesPreview  = keyed(ambiguous, "Affiliates.PreviewCreditNote", "preview credit note", get, "/api/affiliates/me/credit-note/preview", read) // or POST
	creditNotesList     = keyed(inferred, "Affiliates.CreditNotes", "list credit notes", get, "/api/affiliates/me/credit-notes", read)
	creditNotesDownload = keyed(inferred, "Affiliates.DownloadCreditNote", "download credit note", get, "/api/affiliates/me/credit-notes/{id}/download", read).sensitive().accepting(anyType).lasting(longFile)

	payoutsMethod = keyed(documented, "Affiliates.SetPayoutMethod", "set payout method", patch, "/api/affiliates/me/payout-method", idempotent)
	payoutsList   = keyed(documented, "Affiliates.PayoutRequests", "list payout requests", get, "/api/affiliates/me/payout-requests", read)
	payoutsCreate = keyed(inferred, "Affiliates.RequestPayout", "request payout", post, "/api/affiliates/me/payout-requests", once).spends()
	taxInfoGet    = keyed(documented, "Affiliates.TaxInfo", "get tax data of partner", get, "/api/affiliates/me/tax-info", read)
	taxInfoUpdate = keyed(ambiguous, "Affiliates.UpdateTaxInfo", "change tax data of partner", patch, "/api/affiliates/me/tax-info", idempotent) // or PUT, POST
)

// Business features.
var (
	businessBilling     = keyed(documented, "Business.Billing", "get business billing", get, "/api/business/billing", read)
	businessSetBilling  = keyed(documented, "Business.SetBilling", "set business billing", post, "/api/business/billing", idempotent)
	businessNoBilling   = keyed(documented, "Business.RemoveBilling", "remove business billing", del, "/api/business/billing", idempotent).untilGone()
	businessEligibility = keyed(documented, "Business.Eligibility", "check business eligibility", get, "/api/business/eligibility", read)

	fundGet         = keyed(documented, "Business.Fund", "get business fund", get, "/api/business/fund", read)
	fundRequest     = keyed(documented, "Business.RequestFund", "request business fund", post, "/api/business/fund", once).desktop()
	fundAccept      = keyed(documented, "Business.AcceptFund", "accept offer of business fund", post, "/api/business/fund/{id}/accept", once).sensitive().spends().desktop()
	fundCancel      = keyed(documented, "Business.CancelFund", "cancel business fund", post, "/api/business/fund/{id}/cancel", once).desktop()
	fundReject      = keyed(documented, "Business.RejectFund", "reject offer of business fund", post, "/api/business/fund/{id}/reject", once)
	fundTerminating = keyed(inferred, "Business.SpecialTerminations", "list special terminations of business fund", get, "/api/business/fund/special-termination", read)
	fundTerminate   = keyed(inferred, "Business.RequestSpecialTermination", "request special termination of business fund", post, "/api/business/fund/special-termination", once)

	verificationGet      = keyed(documented, "Business.Verification", "get business verification", get, "/api/business/verification", read)
	verificationSubmit   = keyed(documented, "Business.SubmitVerification", "submit business verification", post, "/api/business/verification", once).lasting(longFile)
	verificationDocument = keyed(inferred, "Business.VerificationDocument", "download verification document", get, "/api/business/verification/documents/{id}", read).sensitive().accepting(anyType).lasting(longFile)
)

// What other users may do with the account's resources.
var (
	permissionsList    = keyed(inferred, "Permissions.List", "list permissions", get, "/api/permissions", read)
	permissionsGrant   = keyed(inferred, "Permissions.Grant", "grant permissions", post, "/api/permissions", once)
	permissionsRemove  = keyed(inferred, "Permissions.Remove", "remove permissions", del, "/api/permissions", once)
	permissionsUpdate  = keyed(ambiguous, "Permissions.Update", "change permissions", patch, "/api/permissions/{id}", idempotent) // or PUT
	permissionsRevoke  = keyed(inferred, "Permissions.Revoke", "revoke permissions", del, "/api/permissions/{id}", idempotent).untilGone()
	permissionsDetails = keyed(documented, "Permissions.Details", "get invitation", get, "/api/permissions/{id}/details", read)
	permissionsAccept  = keyed(documented, "Permissions.Accept", "accept invitation", post, "/api/permissions/accept", once)
	permissionsDecline = keyed(documented, "Permissions.Decline", "decline invitation", post, "/api/permissions/decline", once)
	permissionsMine    = keyed(inferred, "Permissions.Mine", "list permissions granted to account", get, "/api/permissions/me", read)
)

// Storage volumes. The reference calls POST /api/storage an upload of files, which fits none of its
// neighbours.
var (
	storageList      = keyed(documented, "Storage.List", "list volumes", get, "/api/storage", read)
	storageUpload    = keyed(inferred, "Storage.Upload", "upload files", post, "/api/storage", once).lasting(longFile)
	storageGet       = keyed(inferred, "Storage.Get", "get volume", get, "/api/storage/{id}", read)
	storageUpdate    = keyed(documented, "Storage.Update", "change volume", patch, "/api/storage/{id}", idempotent)
	storageDelete    = keyed(inferred, "Storage.Delete", "delete volume", del, "/api/storage/{id}", idempotent).untilGone()
	storageCancel    = keyed(inferred, "Storage.Cancel", "cancel volume", post, "/api/storage/{id}/cancel", once)
	storageAddToCart = keyed(inferred, "Storage.AddToCart", "price storage for cart", post, "/api/storage/add-to-cart", once)
	storageConfig    = keyed(inferred, "Storage.Config", "get storage types and prices", get, "/api/storage/config", read)
)

// Support.
var (
	feedbackList   = keyed(documented, "Feedback.List", "list feedback", get, "/api/feedback", read)
	feedbackCreate = keyed(documented, "Feedback.Create", "give feedback", post, "/api/feedback", once)
	articlesList   = public(documented, "KnowledgeBase.Articles", "list help articles", get, "/api/knowledge-base", read)

	ticketsList   = keyed(documented, "Tickets.List", "list tickets", get, "/api/tickets", read)
	ticketsStats  = ticketsList.also("Tickets.Stats", "get ticket figures")
	ticketsCreate = keyed(documented, "Tickets.Create", "open ticket", post, "/api/tickets", once)
	ticketsGet    = keyed(documented, "Tickets.Get", "get ticket", get, "/api/tickets/{id}", read)
	ticketsReply  = keyed(documented, "Tickets.Reply", "reply to ticket", post, "/api/tickets/{id}", once)
	ticketsStatus = keyed(ambiguous, "Tickets.SetStatus", "change status of ticket", patch, "/api/tickets/{id}", idempotent) // or PUT
	ticketsExport = keyed(inferred, "Tickets.Export", "export ticket", get, "/api/tickets/{id}/export", read).sensitive().accepting(webPage).lasting(longFile)
)

// The account.
var (
	userAuditLog       = keyed(documented, "User.AuditLog", "list audit log", get, "/api/user/audit-log", read)
	userSettings       = keyed(documented, "User.UpdateSettings", "change settings", patch, "/api/user/settings", idempotent)
	userNewsletter     = keyed(inferred, "User.Newsletter", "get newsletter settings", get, "/api/user/newsletter-settings", read)
	userSetNewsletter  = keyed(documented, "User.SetNewsletter", "set newsletter", post, "/api/user/newsletter-settings", idempotent)
	userSupportPhone   = keyed(inferred, "User.SupportPhone", "get support phone", get, "/api/user/support-phone", read).sensitive()
	userSupportPIN     = keyed(documented, "User.SupportPIN", "get support PIN", get, "/api/user/support-pin", read).sensitive()
	userNewSupportPIN  = keyed(documented, "User.NewSupportPIN", "create support PIN", post, "/api/user/support-pin", once).sensitive()
	userChangeEmail    = keyed(inferred, "User.ChangeEmail", "start change of e-mail", post, "/api/user/change-email", once).sensitive()
	userVerifyNewEmail = keyed(inferred, "User.VerifyNewEmail", "verify new e-mail", post, "/api/user/change-email/verify-new", once).sensitive()
	userVerifyOldEmail = keyed(inferred, "User.VerifyOldEmail", "verify old e-mail", post, "/api/user/change-email/verify-old", once).sensitive()
	userExport         = keyed(ambiguous, "User.ExportData", "export personal data", get, "/api/user/gdpr-export", read).sensitive().accepting(anyType).lasting(longFile) // or POST

	// Only the vendor's programs show that it deletes nothing without arguments.
	userDeletionWarnings = keyed(documented, "User.DeletionWarnings", "get warnings before deletion of account", del, "/api/user/gdpr-export", once)
	userDelete           = userDeletionWarnings.also("User.DeleteAccountForGood", "delete account for good").sensitive()

	// Retired: both answer 410.
	userAutopay    = public(ambiguous, "User.Autopay", "get autopay", get, "/api/user/autopay", read)
	userSetAutopay = public(ambiguous, "User.SetAutopay", "set autopay", patch, "/api/user/autopay", idempotent) // or PUT, POST
)

// What the reference calls additional.
var (
	ipsList       = keyed(documented, "IPs.List", "list IP addresses", get, "/api/ip-manager", read)
	ipsSetReverse = keyed(documented, "IPs.SetReverseName", "set reverse name of IP address", patch, "/api/ip-manager/{id}", idempotent)

	sshKeysList     = keyed(documented, "SSHKeys.List", "list SSH keys", get, "/api/ssh-keys", read)
	sshKeysCreate   = keyed(documented, "SSHKeys.Create", "store SSH key", post, "/api/ssh-keys", once)
	sshKeysUpdate   = keyed(inferred, "SSHKeys.Update", "change SSH key", patch, "/api/ssh-keys/{id}", idempotent)
	sshKeysDelete   = keyed(documented, "SSHKeys.Delete", "delete SSH key", del, "/api/ssh-keys/{id}", idempotent).untilGone()
	sshKeysGenerate = keyed(documented, "SSHKeys.Generate", "generate SSH key", post, "/api/ssh-keys/generate", once).sensitive()

	easterGet   = public(inferred, "Additional.Easter2026", "get Easter campaign", get, "/api/easter-2026", read)
	easterAct   = public(inferred, "Additional.ActEaster2026", "act in Easter campaign", post, "/api/easter-2026", once)
	huntGet     = keyed(inferred, "Additional.EasterHunt", "get Easter hunt", get, "/api/easter-hunt", read)
	huntSubmit  = keyed(inferred, "Additional.SubmitEasterHunt", "submit to Easter hunt", post, "/api/easter-hunt", once)
	statusOfOne = public(inferred, "Additional.SelfStatus", "get self status", get, "/api/status/self", read)
)
