package elizontest

import (
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Web spaces: Plesk, and the history of Ploi's storage.

func (s *Service) panelLogin() string { return "web-" + s.ID[len(s.ID)-8:] }

// onPlesk is onService for services of Plesk.
func onPlesk(do func(*call, *Service) reply) handler {
	return onService(func(c *call, s *Service) reply {
		if c.st.categoryOf(c.st.products.Get(s.ProductID)).ProviderType != typePlesk {
			return bad(codeInvalidRequest, "The service is no web space of Plesk")
		}
		if s.panelPassword == "" {
			s.panelPassword = c.secret()
		}
		return do(c, s)
	})
}

func (c *call) panelRow(s *Service) row {
	return row{"panelUrl": emulator.Address(c.r) + panelPath + s.ID, "login": s.panelLogin(), "email": c.st.account.Email}
}

// hostingCredentials shows the password with reveal=1 only, which needs the permission settings.
func hostingCredentials(c *call, s *Service) reply {
	body := c.panelRow(s)
	body["hasPassword"], body["password"] = true, nil
	if c.r.URL.Query().Get("reveal") == "1" {
		if !c.who.may("settings") {
			return missingPermission("settings")
		}
		body["password"] = s.panelPassword
	}
	return ok(body)
}

func rotateHostingCredentials(c *call, s *Service) reply {
	s.panelPassword = c.secret()
	body := c.panelRow(s)
	body["ok"], body["password"] = true, s.panelPassword
	return ok(body)
}

func hostingDomains(c *call, s *Service) reply {
	return ok(row{
		"domains": s.hostedDomains(), "lastDomainSyncAt": stamp(c.now), "maxDomains": 1, "storagePerDomainGb": s.StorageGB,
		"maxMailboxesPerDomain": hostedMailboxes, "dnsManagement": 1,
	})
}

func refreshHostingDomains(_ *call, s *Service) reply {
	return ok(row{"ok": true, "domains": s.hostedDomains()})
}

func (s *Service) hostedDomains() []row {
	if s.DomainName == "" {
		return []row{}
	}
	return []row{{"name": s.DomainName}}
}

// storageHistory has a point for the present only.
func storageHistory(c *call, s *Service) reply {
	return ok(row{"serviceId": s.ID, "points": []row{{
		"at": stamp(c.now.Truncate(time.Hour)), "bytes": strconv.FormatInt(s.Usage.DiskBytes, 10), "gb": number(float64(s.Usage.DiskBytes) / (1 << 30)),
	}}})
}
