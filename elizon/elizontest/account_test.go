package elizontest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestSignIn(t *testing.T) {
	s := newServer(t)
	s.header.Del("X-Api-Key")
	s.fails(401, "invalidEmailOrPassword", "POST", "/auth/login", `{"email":"customer@example.com","password":"no"}`)
	body := format(`{"email":%q,"password":%q,"rememberMe":false`, s.Email, s.Password)
	token := s.post("/auth/login", body+"}").text("token")
	s.with("Authorization", "Bearer "+token)
	me := s.get("/auth/me")
	require.Equal(t, []any{"customer@example.com", 10000.0, "PRIVATE"}, []any{me.at("user", "email"), me.at("user", "balance"), me.at("user", "accountType")})
	sessions := s.get("/auth/sessions")
	require.Len(t, sessions.at("sessions"), 2)
	require.Equal(t, true, sessions.at("sessions", 1, "isCurrent"))
	s.call("PUT", "/auth/me", `{"companyName":"Beispiel GmbH","vatNumber":"DE1"}`)
	require.Equal(t, "BUSINESS", s.get("/auth/session").text("user", "accountType"))
	s.fails(400, "invalidRequest", "PATCH", "/auth/me", `{"firstName":""}`)

	s.fails(400, "invalidPassword", "POST", "/auth/change-password", `{"currentPassword":"x","newPassword":"weak"}`)
	s.fails(400, "currentPasswordIsIncorrect", "POST", "/auth/change-password", `{"currentPassword":"x","newPassword":"Better-Passw0rd"}`)
	s.post("/auth/change-password", format(`{"currentPassword":%q,"newPassword":"Better-Passw0rd"}`, s.Password))
	s.get("/auth/2fa/setup")
	s.fails(400, "invalidVerificationCode", "POST", "/auth/2fa/setup", `{"code":"x"}`)
	require.Len(t, s.post("/auth/2fa/setup", `{"code":"`+s.Code+`"}`).at("backupCodes"), 8)
	s.post("/auth/logout", "")
	s.fails(401, "unauthenticated", "GET", "/auth/me", "")

	s.header.Del("Authorization")
	body = `{"email":"customer@example.com","password":"Better-Passw0rd"`
	s.want(200, `{"success":true,"requiresTwoFactor":true}`, "POST", "/auth/login", body+"}")
	s.fails(401, "invalidVerificationCode", "POST", "/auth/login", body+`,"twoFactorCode":"000"}`)
	token = s.post("/auth/login", body+`,"twoFactorCode":"`+s.Code+`"}`).text("token")
	s.with("Authorization", "Bearer "+token)
	s.fails(400, "incorrectPassword", "DELETE", "/auth/2fa/setup", `{"code":"`+s.Code+`","password":"x"}`)
	s.fails(400, "invalidVerificationCode", "DELETE", "/auth/2fa/setup", `{"code":"x","password":"Better-Passw0rd"}`)
	require.Equal(t, false, s.call("DELETE", "/auth/2fa/setup", `{"code":"`+s.Code+`","password":"Better-Passw0rd"}`).at("twoFactorStillEnabled"))
	own := s.get("/auth/sessions")
	s.fails(400, "cannotRevokeCurrentSessionUseLogoutInstead", "DELETE", "/auth/sessions?id="+own.text("sessions", len(own.at("sessions").([]any))-1, "id"), "")
	s.call("DELETE", "/auth/sessions", "")
	require.Len(t, s.get("/auth/sessions").at("sessions"), 1)
	s.call("DELETE", "/auth/logout", "")
	s.fails(401, "unauthenticated", "GET", "/auth/me", "")

	s.header.Del("Authorization")
	s.fails(401, "invalidOrExpiredCode", "POST", "/auth/verify-code", format(`{"email":%q,"code":"x"}`, s.Email))
	s.fails(400, "invalidOrExpiredResetLink", "POST", "/auth/reset-password", `{"token":"x","password":"Third-Passw0rd"}`)
	s.fails(400, "invalidOrExpiredVerificationLink", "PUT", "/auth/verify-email", `{"token":"x"}`)
	s.post("/auth/verify-code", format(`{"email":%q,"code":%q}`, s.Email, s.Code))
	s.post("/auth/forgot-password", `{"email":"nobody@example.com"}`)
	require.Equal(t, true, s.get("/auth/reset-password?token="+s.Code).at("valid"))
	s.post("/auth/reset-password", `{"token":"`+s.Code+`","password":"Third-Passw0rd"}`)
	s.call("GET", "/auth/verify-email?token="+s.Code, "")
	s.call("PUT", "/auth/verify-email", `{"token":"`+s.Code+`"}`)
	s.fails(403, "registrationDisabledGeneral", "POST", "/auth/register", `{"email":"a@example.com","password":"Some-Passw0rd","firstName":"A","lastName":"B",
		"locale":"de","accountType":"PRIVATE","country":"DE","street":"x","city":"y","zip":"1"}`)
}

func TestAPIKeys(t *testing.T) {
	s := newServer(t)
	made := s.post("/api-keys", `{"name":"Deploy","permissions":["view"],"expiresInDays":1}`)
	secret := made.text("secret")
	require.Equal(t, secret, made.text("apiKey", "key"))
	list := s.get("/api-keys?page=1&pageSize=1")
	require.Equal(t, 2.0, list.at("total"))
	require.Equal(t, secret[:10], list.text("apiKeys", 0, "keyPrefix"))
	_, text := s.do("GET", "/api-keys", "")
	require.NotContains(t, text, secret, "shown once")
	s.with("X-Api-Key", secret)
	s.fails(403, "apiKeyMissingPermission", "POST", "/api-keys", `{"name":"More","permissions":["view","delete"]}`)
	s.post("/api-keys", `{"name":"Child"}`)
	s.Advance(24 * time.Hour)
	s.fails(401, "invalidApiKey", "GET", "/services", "")
	s.with("X-Api-Key", s.Key)
	for range 7 {
		s.post("/api-keys", `{"name":"x"}`)
	}
	s.fails(400, "apiKeyLimitReachedForYourAccount", "POST", "/api-keys", `{"name":"x"}`)
	s.call("DELETE", "/api-keys?id="+made.text("apiKey", "id"), "")
	s.fails(404, "apiKeyNotFound", "DELETE", "/api-keys?id="+made.text("apiKey", "id"), "")
	s.fails(400, "invalidRequest", "POST", "/api-keys", `{"name":""}`)
}

func TestTickets(t *testing.T) {
	s := newServer(t)
	service := s.running("prod-vps-s")
	made := s.post("/tickets", `{"subject":"Help <b>","message":"It is <i>down</i>","serviceId":"`+service.ServiceID+`"}`)
	id := made.text("ticket", "id")
	require.Equal(t, []string{"open", "medium", "T-000001", "VPS S 1"}, []string{
		made.text("ticket", "status"), made.text("ticket", "priority"), made.text("ticket", "ticketNumber"), made.text("ticket", "service", "name"),
	})
	require.True(t, s.AnswerTicket(id, "Have you tried?"))
	require.False(t, s.AnswerTicket("no", ""))
	require.Equal(t, "pending", s.get("/tickets/"+id).text("ticket", "status"))
	require.Equal(t, true, s.get("/tickets/"+id).at("ticket", "messages", 1, "isStaff"))
	s.want(200, `{"success":true}`, "POST", "/tickets/"+id, `{"message":"Yes"}`)
	s.want(200, `{"success":true}`, "POST", "/tickets/"+id+"/messages", `{"content":"As the SDK says it"}`)
	require.Len(t, s.Tickets()[0].Messages, 4)
	_, page := s.do("GET", "/tickets/"+id+"/export", "")
	require.Contains(t, page, "It is &lt;i&gt;down")
	s.call("PUT", "/tickets/"+id, `{"status":"closed"}`)
	s.fails(400, "invalidRequest", "PATCH", "/tickets/"+id, `{"status":"lost"}`)
	s.fails(400, "ticketIsClosedReOpenTheTicketToAddAReply", "POST", "/tickets/"+id, `{"message":"Still"}`)
	s.fails(400, "invalidPriority", "POST", "/tickets", `{"subject":"x","message":"y","priority":"now"}`)
	for range 11 {
		s.post("/tickets", `{"subject":"x","message":"y","priority":"high"}`)
	}
	list := s.get("/tickets?status=open&page=2")
	require.Len(t, list.at("tickets"), 1)
	require.Equal(t, map[string]any{"page": 2.0, "limit": 10.0, "total": 11.0, "pages": 2.0}, list.at("pagination"))
	s.fails(404, "ticketNotFound", "GET", "/tickets/x", "")
	s.fails(400, "invalidRequest", "POST", "/tickets", `{"subject":"x"}`)

	s.post("/feedback", `{"category":"bug","rating":1,"ticketId":"`+id+`"}`)
	s.fails(400, "invalidRequest", "POST", "/feedback", `{"category":"bug","rating":6,"ticketId":"`+id+`"}`)
	s.fails(400, "invalidRequest", "POST", "/feedback", `{"category":"bug","rating":5}`)
	require.Len(t, s.get("/feedback?status=NEW").at("feedback"), 1)
}

func TestSubdomains(t *testing.T) {
	s := newServer(t)
	vps, game := s.running("prod-vps-s"), s.running("prod-game-s")
	record := func(name, kind string, of elizontest.Truth, more string) string {
		return format(`{"domainId":"dom-1","subdomain":%q,"type":%q,"serviceId":%q%s}`, name, kind, of.ServiceID, more)
	}
	s.want(201, `{"success":true}`, "POST", "/subdomains", record("Play", "A", game, `,"comment":"mine"`))
	a := s.get("/subdomains")
	require.Equal(t, "play.gaming.example", a.text("data", 0, "fqdn"))
	s.fails(400, "aRecordTypeRecordForThisSubdomainAlreadyExists", "POST", "/subdomains", record("play", "A", game, ""))
	s.fails(400, "invalidRequest", "POST", "/subdomains", record("p-lay", "A", game, ""))
	s.fails(400, "invalidRequest", "POST", "/subdomains", record("six", "AAAA", game, ""))
	s.post("/subdomains", record("six", "AAAA", vps, ""))
	s.fails(400, "invalidRequest", "POST", "/subdomains", record("alias", "CNAME", vps, `,"value":"www.example.com"`))
	s.post("/subdomains", record("alias", "CNAME", vps, `,"value":"play.gaming.example"`))
	s.fails(400, "invalidRequest", "POST", "/subdomains", record("mc", "SRV", vps, `,"presetId":"minecraft","port":25565,"targetCnameSubdomain":"alias"`))
	s.fails(400, "invalidRequest", "POST", "/subdomains", record("mc", "SRV", game, `,"presetId":"minecraft","port":25565,"targetCnameSubdomain":"six"`))
	s.fails(400, "subdomainAlreadyInUseAAaaaOrOtherRecord", "POST", "/subdomains", record("play", "CNAME", game, `,"value":"six.gaming.example"`))
	s.fails(400, "subdomainAlreadyHasACnameOrSrvRecord", "POST", "/subdomains", record("alias", "A", vps, ""))
	s.post("/subdomains", record("mc", "SRV", game, `,"presetId":"minecraft","port":25565,"targetCnameSubdomain":"play"`))
	srv := s.get("/subdomains")
	require.Equal(t, []any{"_minecraft", "tcp", 25565.0, "play.gaming.example"},
		[]any{srv.at("data", 3, "srvService"), srv.at("data", 3, "srvProtocol"), srv.at("data", 3, "port"), srv.at("data", 3, "value")})
	s.post("/subdomains", record("fifth", "A", vps, ""))
	s.fails(400, "maximumNumberOfSubdomainRecordsReachedLimitMax", "POST", "/subdomains", record("sixth", "A", vps, ""))
	list := s.get("/subdomains")
	require.Equal(t, []any{5.0, 5.0}, []any{list.at("limitUsed"), list.at("limitMax")})
	path := "/subdomains/" + a.text("data", 0, "id")
	require.Nil(t, s.call("PATCH", path, `{"comment":null}`).at("data", "comment"))
	s.call("DELETE", path, "")
	s.fails(404, "recordNotFound", "DELETE", path, "")
	s.RemoveService(game.ServiceID)
	require.Equal(t, 3.0, s.get("/subdomains").at("limitUsed"))
	require.Len(t, s.get("/subdomains/domains").at("data"), 2)

	ips := s.get("/ip-manager")
	require.Equal(t, "198.18.0.2", ips.text("data", 0, "ipAddress"))
	s.want(200, `{"success":true}`, "PATCH", "/ip-manager/"+ips.text("data", 0, "id"), `{"reverseContent":"mail.example.com"}`)
	require.Equal(t, "mail.example.com", s.get("/ip-manager").text("data", 0, "reverseContent"))
}

func TestSSHKeys(t *testing.T) {
	s := newServer(t)
	s.want(201, `{"success":true}`, "POST", "/ssh-keys", `{"name":"laptop","publicKey":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEx1 me@host"}`)
	made := s.get("/ssh-keys")
	require.Regexp(t, `^SHA256:[A-Za-z0-9+/]{43}$`, made.text("sshKeys", 0, "fingerprint"))
	s.fails(400, "invalidRequest", "POST", "/ssh-keys", `{"name":"again","publicKey":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEx1"}`)
	s.fails(400, "invalidRequest", "POST", "/ssh-keys", `{"name":"bad","publicKey":"hello"}`)
	pair := s.post("/ssh-keys/generate", `{"name":"made","keyType":"ed25519"}`)
	require.Contains(t, pair.text("publicKey"), "ssh-ed25519 ")
	require.NotEmpty(t, pair.text("privateKey"))
	s.fails(429, "rateLimitOnlyOneGeneratedKeyEvery2Minutes", "POST", "/ssh-keys/generate", `{"name":"more","keyType":"rsa4096"}`)
	s.Advance(2 * time.Minute)
	s.post("/ssh-keys/generate", `{"name":"more","keyType":"rsa4096"}`)
	id := made.text("sshKeys", 0, "id")
	s.call("PATCH", "/ssh-keys/"+id, `{"name":"desk"}`)
	list := s.get("/ssh-keys")
	require.Equal(t, []any{"desk", 3.0, 20.0}, []any{list.at("sshKeys", 0, "name"), list.at("limitUsed"), list.at("limitMax")})
	s.call("DELETE", "/ssh-keys/"+id, "")
	s.fails(404, "sshKeyNotFound", "DELETE", "/ssh-keys/"+id, "")
}

func TestAddresses(t *testing.T) {
	s := newServer(t)
	home := s.get("/addresses").text("addresses", 0, "id")
	made := s.post("/addresses", `{"label":"Work","street":"Ring 1","zip":"1010","city":"Wien","countryCode":"AT","country":"Austria"}`)
	id := made.text("address", "id")
	require.Equal(t, false, made.at("address", "isDefault"))
	s.fails(400, "defaultAddressCannotBeDeleted", "DELETE", "/addresses?id="+home, "")
	s.fails(400, "defaultAddressCannotBeUnset", "PUT", "/addresses", `{"id":"`+home+`","isDefault":false}`)
	s.call("PUT", "/addresses", `{"id":"`+id+`","isDefault":true}`)
	require.Equal(t, "5.99", s.post("/cart/calculate", "{"+cart("prod-vps-s", "")+"}").text("total"), "the tax of the default address")
	require.Equal(t, elizontest.Cents(599), s.order("prod-vps-s").Charged)
	s.post("/checkout", "{"+cart("prod-vps-s", "")+`,"paymentMethod":"guthaben","billingAddressId":"`+home+`"}`)
	require.Equal(t, elizontest.Cents(594), s.Charges()[1].Amount)
	s.call("DELETE", "/addresses?id="+home, "")
	s.fails(404, "addressNotFound", "DELETE", "/addresses?id="+home, "")
	s.fails(400, "invalidRequest", "POST", "/addresses", `{"street":"x","zip":"1","city":"y","countryCode":"XX"}`)
	path := "/services/" + s.Truths()[0].ServiceID + "/subscription/billing-address"
	s.call("POST", path, `{"billingAddressId":"`+id+`"}`)
	s.fails(404, "billingAddressNotFound", "PATCH", path, `{"billingAddressId":"no"}`)
}

func TestStorage(t *testing.T) {
	s := newServer(t)
	service := s.running("prod-vps-s").ServiceID
	v := s.AddVolume(elizontest.Volume{Name: "data", SizeGB: 100, Monthly: 8_00})
	path := "/storage/" + v.ID
	require.Equal(t, 800.0, s.get(path).at("volume", "pricePerMonth"), "in cents")
	s.fails(400, "invalidRequest", "PATCH", path, `{"action":"attach"}`)
	require.Equal(t, "attached", s.call("PATCH", path, `{"action":"attach","serverId":"`+service+`"}`).text("volume", "status"))
	s.fails(400, "subscriptionActionBlocked", "DELETE", path, "")
	s.call("PATCH", path, `{"action":"detach","name":"archive"}`)
	require.Equal(t, "archive", s.get("/storage").text("volumes", 0, "name"))
	s.post(path+"/cancel", `{"immediate":true}`)
	s.fails(404, "storageVolumeNotFound", "GET", path, "")
	require.Len(t, s.get("/storage/config").at("types"), 3)
	s.fails(400, "invalidRequest", "POST", "/storage", "{}")
	s.header.Set("Content-Type", "multipart/form-data; boundary=x")
	require.Equal(t, 2.0, s.post("/storage", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhi\r\n--x--\r\n").at("file", "size"))
}

func TestPermissions(t *testing.T) {
	s := newServer(t)
	service := s.running("prod-vps-s").ServiceID
	query := "?resourceType=service&resourceId=" + service
	made := s.post("/permissions", `{"resourceType":"service","resourceId":"`+service+`","email":"a@example.com","permissions":["view"]}`)
	path := "/permissions/" + made.text("permission", "id")
	s.fails(400, "invalidRequest", "POST", "/permissions", `{"resourceType":"service","resourceId":"`+service+`","email":"a@example.com","permissions":["fly"]}`)
	require.Equal(t, []any{"view", "stop"}, s.call("PUT", path, `{"permissions":["view","stop"]}`).at("permission", "permissions"))
	require.Len(t, s.get("/permissions"+query).at("permissions"), 1)
	s.fails(404, "serviceNotFound", "GET", "/permissions?resourceType=service&resourceId=x", "")
	s.fails(404, "notFound2", "GET", path+"/details", "")
	s.call("DELETE", path, "")
	s.fails(404, "permissionNotFound", "DELETE", path, "")
	s.call("DELETE", "/permissions"+query, "")
	id := s.Invite("Max", "theirs", "view")
	s.post("/permissions/decline", `{"permissionId":"`+id+`"}`)
	require.Len(t, s.get("/permissions/me?status=DECLINED").at("permissions"), 1)
	require.Empty(t, s.get("/permissions/me?status=PENDING").at("permissions"))
}

func TestUser(t *testing.T) {
	s := newServer(t)
	s.want(200, `{"success":true,"pin":null,"expiresAt":null,"supportPin":null,"pinExpiresAt":null,"pinTimeLeft":null,"pinCooldown":null}`, "GET", "/user/support-pin", "")
	pin := s.post("/user/support-pin", "")
	require.Regexp(t, `^\d{6}$`, pin.text("pin"))
	require.Equal(t, pin.at("pin"), s.get("/user/support-pin").at("pin"))
	require.Equal(t, []any{pin.at("pin"), 900.0}, []any{pin.at("supportPin"), pin.at("pinTimeLeft")})
	s.Advance(15 * time.Minute)
	require.Nil(t, s.get("/user/support-pin").at("pin"))
	for range 3 {
		s.post("/user/support-pin", "")
	}
	s.fails(429, "rateLimitExceededMax3PinsPer15Minutes", "POST", "/user/support-pin", "")
	for _, method := range []string{"GET", "PATCH", "PUT", "POST"} {
		s.fails(410, "userLevelAutopayDeprecated", method, "/user/autopay", "")
	}
	s.want(200, `{"success":true}`, "POST", "/user/newsletter-settings", `{"subscribe":true}`)
	require.Equal(t, true, s.get("/user/newsletter-settings").at("subscribed"))
	require.Equal(t, false, s.call("PATCH", "/user/settings", `{"emailNotifications":false}`).at("user", "emailNotifications"))
	s.order("prod-vps-s")
	require.Equal(t, "checkout", s.get("/user/audit-log?limit=5").text("logs", 0, "action"))
	s.want(200, `{"success":true,"maxEur":5,"maxPoints":500,"currentBalance":500}`, "POST", "/netpoints/preview", `{"orderTotal":"12.50"}`)
	_, pdf := s.do("POST", "/user/gdpr-export", "")
	require.Contains(t, pdf, "%PDF")

	s.fails(400, "passwordWrong", "POST", "/user/change-email", `{"newEmail":"new@example.com","password":"x"}`)
	s.post("/user/change-email", format(`{"newEmail":"new@example.com","password":%q}`, s.Password))
	s.fails(400, "noPending", "POST", "/user/change-email/verify-old", `{"code":"`+s.Code+`"}`)
	s.fails(400, "wrongCode", "POST", "/user/change-email/verify-new", `{"code":"x"}`)
	s.post("/user/change-email/verify-new", `{"code":"`+s.Code+`"}`)
	s.post("/user/change-email/verify-old", `{"code":"`+s.Code+`"}`)
	s.signIn()
	user := s.get("/auth/me")
	require.Equal(t, []any{"new@example.com", false}, []any{user.at("user", "email"), user.at("user", "emailNotifications")})

	require.NotEmpty(t, s.call("DELETE", "/user/gdpr-export", "").at("warnings"))
	require.Len(t, s.Services(), 1, "a dry run")
	s.fails(400, "incorrectPassword", "DELETE", "/user/gdpr-export?confirm=true", `{"password":"no"}`)
	s.call("DELETE", "/user/gdpr-export?confirm=true", format(`{"password":%q}`, s.Password))
	require.Empty(t, s.Services())
	s.fails(401, "unauthenticated", "GET", "/auth/me", "")
	s.with("X-Api-Key", s.Key).fails(401, "apiKeyRevoked", "GET", "/services", "")
}
