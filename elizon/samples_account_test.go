package elizon_test

import (
	"strings"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/provider"
)

// moreSamples returns valid arguments of the types of the account's services.
func moreSamples() []any {
	secret := provider.NewSecret(canarySecret)
	name := "name.example"
	yes := true
	return []any{
		secret,
		&elizon.AuthRegisterRequest{
			Email: "a@b.example", Password: secret, FirstName: name, LastName: name, Locale: "en", AccountType: elizon.AccountPrivate,
			Country: "DE", Street: name, City: name, ZIP: "10115",
		},
		&elizon.AuthLoginRequest{Email: "a@b.example", Password: secret, TwoFactorCode: secret},
		&elizon.ProfileUpdateRequest{Nickname: &name},
		&elizon.PasswordChangeRequest{CurrentPassword: secret, NewPassword: secret, Extra: map[string]any{"code": secret}},
		&elizon.TwoFactorDisableRequest{Code: secret, Password: secret},
		&elizon.PayoutMethodSetRequest{Type: elizon.PayoutSEPA, IBAN: name, BIC: name, AccountHolder: name},
		&elizon.TaxInfoUpdateRequest{SmallBusiness: &yes},
		&elizon.BusinessBillingSetRequest{AnchorDay: 15},
		&elizon.FundRequest{Amount: "500", BindingMonths: 12},
		&elizon.PermissionGrantRequest{ResourceType: "service", ResourceID: name, Email: "a@b.example", Permissions: []elizon.Permission{elizon.PermissionView}},
		&elizon.VolumeUpdateRequest{Action: elizon.VolumeDetach},
		&elizon.TicketListOptions{Status: elizon.TicketOpen, PerPage: 10},
		&elizon.TicketCreateRequest{Subject: name, Message: name},
		&elizon.FeedbackListOptions{PerPage: 10},
		&elizon.FeedbackCreateRequest{Category: "general", Rating: 5, TicketID: name},
		&elizon.SettingsUpdateRequest{Mails: &yes},
		&elizon.AccountDeleteRequest{Password: secret, Irrevocable: true},
		&elizon.SSHKeyCreateRequest{Name: name, PublicKey: "ssh-ed25519 placeholder"},
		&elizon.SSHKeyGenerateRequest{Name: name, KeyType: elizon.SSHKeyEd25519, Passphrase: secret},
		map[string]string{"kind": name},
		[]elizon.Upload{{Name: name, Body: strings.NewReader("file")}},
	}
}

// moreOptional returns the positions of arguments of the account's services, counted from 1, whose
// zero value has a meaning.
func moreOptional() []string {
	return []string{
		"Auth.RequestCode 1", "Auth.VerifyCode 3", "Auth.ForgotPassword 2", "Auth.Activate 2", "Auth.TwoFactor.RenewBackupCodes 1",
		"Auth.Passkeys.Authenticate 1", "Affiliates.Commissions 1", "Affiliates.ConvertToCredit 1", "Affiliates.DownloadCreditNote 3",
		"Affiliates.PayoutRequests 1", "Affiliates.RequestPayout 1", "Business.RequestSpecialTermination 1", "Business.SubmitVerification 1",
		"Business.VerificationDocument 3", "Permissions.Remove 1", "Permissions.Remove 2", "Permissions.Mine 1", "Storage.Upload 1",
		"Storage.Cancel 2", "Storage.AddToCart 1", "Storage.Config 1", "Tickets.List 1", "Tickets.Export 3", "Feedback.List 1",
		"KnowledgeBase.Articles 1", "User.AuditLog 1", "User.SetNewsletter 1", "User.VerifyNewEmail 2", "User.VerifyOldEmail 2",
		"User.ExportData 2", "User.SetAutopay 1", "Additional.ActEaster2026 1", "Additional.SubmitEasterHunt 1",
	}
}
