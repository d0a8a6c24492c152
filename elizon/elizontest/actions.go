package elizontest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// act changes the service's state, or returns a refusal.
func (c *call) act(s *Service, action string) (reply, bool) {
	switch {
	case action == "suspend" || action == "resume":
		return c.suspension(s, action == "suspend")
	case action == terminate.key && s.SharedBy != "":
		return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else"), true
	case action == terminate.key:
		c.st.terminate(s, c.now)
		return reply{}, false
	}
	if a, refused := busy(s); refused {
		return a, true
	}
	s.Status = statusRunning
	if action == "stop" {
		s.Status = statusStopped
	}
	return reply{}, false
}

func (c *call) suspension(s *Service, suspend bool) (reply, bool) {
	switch {
	case s.SharedBy != "":
		return fail(http.StatusForbidden, codeOwnerOnly, "Only the owner may suspend or resume"), true
	case s.Status == statusProvisioning || s.TerminationPending:
		return bad(codeBlocked, "The service is being set up or terminated"), true
	case !suspend && s.SuspendReason == reasonOverdue:
		return bad(codeBlocked, "The service is suspended until its invoice is paid"), true
	case c.ignore:
	case !suspend:
		s.resume()
	case s.SuspendedAt.IsZero():
		s.SuspendedAt = c.now
	}
	return reply{}, false
}

// busy refuses actions that the state of a service does not allow.
func busy(s *Service) (reply, bool) {
	switch {
	case !s.SuspendedAt.IsZero():
		return bad(codeSuspended, "The service is suspended. Resume it first to perform other actions"), true
	case s.Status == statusProvisioning, s.TerminationPending, s.ReinstallPending:
		return bad(codeBlocked, "The service is being set up, reinstalled or terminated"), true
	}
	return reply{}, false
}

// reinstall sets a service up again. It keeps its name, subscription and addresses.
func reinstall(c *call, s *Service) reply {
	id, there := c.body.IntOrText("templateId")
	if !there {
		c.blame("templateId is required")
	} else if c.st.template(id) == nil {
		c.blame("templateId is unknown")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if a, refused := busy(s); refused {
		return a
	}
	s.TemplateID, s.ReinstallPending = id, true
	finish := func(time.Time) {
		if s.ReinstallPending = false; s.EndedAt.IsZero() {
			s.Status = statusRunning
		}
	}
	if c.cfg.reinstalling > 0 {
		c.st.events.plan(c.now.Add(c.cfg.reinstalling), finish)
	} else {
		finish(c.now)
	}
	c.note("service.reinstall")
	return succeeded()
}

func serviceTemplates(c *call, _ *Service) reply {
	return ok(row{"templates": rows(c.st.templates, templateRow)})
}

func billingCycles(c *call, s *Service) reply {
	return ok(row{"allowedBillingCycles": c.st.products.Get(s.ProductID).Cycles})
}

// applyDowngrade reduces the resources of a service at once. What was paid for more lengthens the
// period.
func applyDowngrade(c *call, s *Service, sub *Subscription) reply {
	changes, there := c.body.Object("resourceChanges")
	if !there {
		c.blame("resourceChanges is required")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if a, refused := busy(s); refused {
		return a
	}
	l, a, over := c.change(s, changes)
	if over {
		return a
	}
	if text := c.shrinkage(s, l); text != "" {
		return bad(codeNoDowngrade, text)
	}
	c.priceLine(l)
	if l.monthly >= sub.Monthly || l.monthly <= 0 {
		return bad(codeNoDowngrade, "This is no downgrade")
	}
	if left := sub.PeriodEnd.Sub(c.now); left > 0 {
		longer := left.Hours() * float64(sub.Monthly) / float64(l.monthly)
		end := c.now.Add(time.Duration(longer * float64(time.Hour)).Truncate(time.Second))
		if end.Sub(c.now) > maxRunTimeDays*24*time.Hour {
			end = c.now.AddDate(0, 0, maxRunTimeDays)
		}
		sub.PeriodEnd = end
		c.st.planEnd(sub)
	}
	c.st.resize(s, sub, l)
	s.Status = statusRunning
	return ok(row{"message": "Downgrade applied", "currentPeriodEnd": stamp(sub.PeriodEnd)})
}

// shrinkage returns why a change cannot reduce a resource; "" if it can.
func (c *call) shrinkage(s *Service, l *line) string {
	old, cat := c.st.products.Get(s.ProductID), c.st.categoryOf(l.product)
	have := map[string]int64{
		"vcores": s.VCores - old.VCores, "memory": s.MemoryMB - old.MemoryMB, "storage": s.StorageGB - old.StorageGB,
		"bandwidth": s.BandwidthGB - old.BandwidthGB,
	}
	for _, res := range cat.Resources {
		if n := l.additions[res.Name]; n < 0 && (!res.AllowDowngrade || have[res.Name]+n < 0) {
			return res.Name + " cannot be reduced by that much"
		}
	}
	return ""
}

func maintenance(*call) reply { return ok(row{"notifications": []row{}}) }

// serviceConsole returns console access, whose kind depends on the system that runs the service.
func serviceConsole(c *call, s *Service) reply {
	if a, refused := busy(s); refused {
		return a
	}
	path := "/api/services/" + s.ID + "/console"
	link := path
	if c.cfg.absoluteLinks {
		link = emulator.Address(c.r) + path
	}
	until := c.now.Add(consoleLifetime)
	expires := stamp(until)
	switch c.st.categoryOf(c.st.products.Get(s.ProductID)).ProviderType {
	case typeProxmox:
		return ok(row{"console": row{
			"type": "vnc", "wsPath": path + "/websocket", "ticket": c.secret(), "vncPassword": c.secret(), "expiresAt": expires,
		}})
	case typePterodactyl:
		return ok(row{"console": row{
			"type": "terminal", "streamUrl": link + "/stream", "commandUrl": link + "/command", "ticket": c.secret(), "expiresAt": expires,
		}})
	}
	return ok(row{"console": row{"type": "web", "url": c.consoleLink(s, until), "expiresAt": expires}})
}

func (c *call) secret() string { return c.st.tokens.Next(24, lowerAlphanumeric) }

// terminal reports whether a service has a console with commands and a stream.
func (c *call) terminal(s *Service) bool {
	return c.st.categoryOf(c.st.products.Get(s.ProductID)).ProviderType == typePterodactyl
}

func consoleCommand(c *call, s *Service) reply {
	kind, command := c.oneOf("type", "command", "command", "power"), c.required("command")
	if kind == "power" && !slices.Contains([]string{"start", "stop", "restart"}, command) {
		c.blame("command is no power signal")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if !c.terminal(s) {
		return bad(codeNoConsole, "The service has no terminal")
	}
	if a, refused := busy(s); refused {
		return a
	}
	if kind == "power" {
		if !c.who.may(command) {
			return missingPermission(command)
		}
		_, _ = c.act(s, command)
	}
	s.console = append(s.console, "> "+strings.ToValidUTF8(command, "?"))
	if over := len(s.console) - maxConsoleLines; over > 0 {
		s.console = slices.Delete(s.console, 0, over)
	}
	close(c.st.console)
	c.st.console = make(chan struct{})
	return succeeded()
}

func consoleEmbed(c *call, s *Service) reply {
	if c.st.categoryOf(c.st.products.Get(s.ProductID)).ProviderType != typeProxmox {
		return bad(codeNoConsole, "The service has no VNC console")
	}
	page := fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>Console</title></head><body><iframe src=%q></iframe></body></html>\n",
		"/api/services/"+s.ID+"/console/vnc")
	return document("text/html; charset=utf-8", "", []byte(page))
}
