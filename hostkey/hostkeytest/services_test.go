package hostkeytest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZones(t *testing.T) {
	s := signedIn(t)
	zone := field(s.call("pdns/add_domain", "params[name]", "Example.com"), "data", "id")
	s.fails("Domain already exists", "pdns/add_domain", "params[name]", "example.com.")
	s.fails("pdns/add_domain: invalid name", "pdns/add_domain", "params[name]", "com")
	s.fails("Missing required keys: name", "pdns/add_domain", "name", "flat.example")
	s.want(fmt.Sprintf(`{"result":"OK","module":"pdns","action":"list_domains","data":[{"id":%v,"name":"example.com"}]}`, zone), "pdns/list_domains")

	record := func(name, kind string, more ...string) []string {
		return append([]string{"params[zone]", "example.com", "params[name]", name, "params[type]", kind}, more...)
	}
	s.ok("pdns/add_dns", record("www", "A", "params[content][]", "192.0.2.1", "params[content][]", "192.0.2.2", "params[ttl]", "60")...)
	s.ok("pdns/add_dns", record("@", "MX", "params[content][0]", "mx1.example.com", "params[priority]", "10")...)
	s.ok("pdns/add_dns", record("@", "MX", "params[content][0]", "mx1.example.com", "params[priority]", "20")...)
	s.ok("pdns/add_dns", record("@", "TXT", "params[content]", "v=spf1 -all")...)
	records := s.Zones()[0].Records
	require.Len(t, records, 5)
	view := s.call("pdns/view_zone", "params[zone]", "example.com")
	require.Equal(t, map[string]any{"id": float64(records[0].ID), "name": "www", "type": "A", "content": "192.0.2.1", "ttl": 60.0, "priority": 0.0},
		field(view, "data", "records").([]any)[0])

	contents := func() (all []string) {
		for _, r := range s.Zones()[0].Records {
			all = append(all, r.Content)
		}
		return all
	}
	s.ok("pdns/delete_dns", record("@", "mx", "params[priority]", "20")...)
	s.ok("pdns/delete_dns", record("www", "A", "params[content][]", "192.0.2.1")...)
	require.Equal(t, []string{"192.0.2.2", "mx1.example.com", "v=spf1 -all"}, contents())
	s.ok("pdns/add_dns", record("www", "A", "params[content][]", "192.0.2.3")...)
	s.ok("pdns/delete_dns", record("www", "A")...)
	require.Equal(t, []string{"mx1.example.com", "v=spf1 -all"}, contents(), "without content all are deleted")
	s.fails("Zone not found", "pdns/delete_domain", "params[id]", "1", "params[zone]", "example.com")
	s.ok("pdns/delete_domain", "params[id]", fmt.Sprint(zone), "params[zone]", "example.com")
	s.fails("Zone not found", "pdns/view_zone", "params[zone]", "example.com")
	require.Empty(t, s.Zones())
}

func TestISO(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	server := text(m.ID)
	add := []string{"params[name]", "Rescue", "params[short_name]", "rescue", "params[iso_name]", "rescue.iso", "params[private]", "1"}
	added := s.call("iso/add", add...)
	again := s.call("iso/add", override(add, []string{"params[iso_name]", "new.iso"})...)
	require.Equal(t, field(added, "data", "id"), field(again, "data", "id"), "the same name is updated")
	require.Equal(t, "new.iso", field(again, "data", "iso_name"))
	image := id(field(added, "data", "id"))
	s.fails("Missing required keys: server_id", "iso/list_iso")
	require.Equal(t, []any{"Rescue"}, names(s.call("iso/list_iso", "server_id", server)["data"], "name"))
	s.fails("invalid argument iso_name", "iso/mount_iso", "id", server, "iso_id", "1")
	s.wait(s.call("iso/mount_iso", "id", server, "name", "rescue"))
	require.Equal(t, image, s.get(m.ID).ISO)
	s.wait(s.call("iso/unmount_iso", "id", server))
	require.Zero(t, s.get(m.ID).ISO)
	s.ok("iso/delete", "id", text(image))
	s.fails("ISO not found", "iso/delete", "id", text(image))
	s.fails("iso/upload: invalid url", "iso/upload", "url", "nowhere")
	s.ok("iso/upload", "url", "https://example.com/a.iso", "name", "a")
	require.Equal(t, []any{"a"}, names(s.call("iso/uploaded")["data"], "name"))
}

func TestTickets(t *testing.T) {
	s := signedIn(t)
	server := s.AddForeign("web1")
	ask := []string{"id", text(server), "terminate_reason_custom", "please"}
	s.want(`{"result":"OK","module":"jira","action":"request_assistance","jira_issue":"CS-31002","jira_url":"https://tickets.hostkey.test/CS-31002"}`,
		"jira/request_assistance", ask...)
	s.want(`{"result":-1,"error":"There is already an open assistance request for this server: CS-31002","code":"ASSISTANCE_TICKET_EXISTS"}`,
		"jira/request_assistance", ask...)
	require.Equal(t, "CS-31003", s.call("jira/request_reboot", "id", text(server))["jira_issue"])
	require.Equal(t, map[int64]string{server: "CS-31002"}, s.AssistanceTickets())
	require.True(t, s.CloseAssistance(server))
	require.Equal(t, "CS-31004", s.call("jira/request_assistance", ask...)["jira_issue"])

	s.want(`{"code":400,"message":"invalid type"}`, "rhr/add", "params[type]", "DANCE", "params[eq_id]", text(server))
	s.want(`{"code":400,"message":"invalid eq_id"}`, "rhr/add", "params[type]", "KVM", "params[eq_id]", "1")
	request := field(s.call("rhr/add", "params[type]", "KVM", "params[eq_id]", text(server)), "request").(map[string]any)
	require.Equal(t, []any{float64(server), "KVM", "PENDING", "NL"}, []any{request["eq_id"], request["type"], request["status"], request["eq_location"]})
	number := fmt.Sprint(request["id"])
	require.Equal(t, []any{"hello"}, names(s.call("rhr/chat", "id", number, "message", "hello")["history"], "message"))
	s.ok("rhr/discard", "id", number)
	require.Equal(t, []any{"CANCELED"}, names(s.call("rhr/list")["requests"], "status"))
	require.Empty(t, s.call("rhr/list", "status", "PENDING")["requests"])

	require.Equal(t, []any{}, s.call("rtm/get_tickets")["tickets"])
	s.want(`{"result":"error"}`, "rtm/open_ticket")
	s.want(`{"code":-1,"message":"Authorization required"}`, "rtm/toggle_ticket_status")
}
