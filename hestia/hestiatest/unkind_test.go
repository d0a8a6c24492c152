package hestiatest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The emulator prints what surprised on a real panel.
func TestUnkindness(t *testing.T) {
	p := panel{populated(), t}
	t.Cleanup(p.Close)
	p.AddUser(User{Name: "bob", DisplayName: "Bob * Co", WebDomains: []string{"shop-co.uk", "shop.co.uk"}})
	require.Equal(t, "Bob index.php Co", p.rows("v-list-user", "bob", "json")["bob"]["NAME"])
	for _, kind := range []string{"web", "dns", "mail"} {
		for _, domain := range []string{"shop-co.uk", "shop.co.uk"} { // the websites are there
			answerOf(p.Server, strings.Fields("v-add-"+kind+"-domain bob "+domain+map[string]string{"dns": " " + firstIP}[kind])...)
		}
		require.Contains(t, p.rows("v-list-"+kind+"-domain", "bob", "shop.co.uk", "json"), "shop-co.uk", "a dot is any character, and the first hit wins")
	}
	var found []any
	for _, r := range p.rows("v-search-object", "shop.co.uk", "json") {
		found = append(found, r["RESULT"])
	}
	require.Contains(t, found, "shop.co.uk")
	require.Contains(t, found, "shop-co.uk", "a dot is any character in the search of all objects, too")
	_, jobs := answerOf(p.Server, "v-list-cron-jobs", "alice", "csv")
	require.Equal(t, "MIN,HOUR,DAY,WDAY,CMD,SUSPENDED,TIME,DATE", strings.Split(jobs, "\n")[0])
	require.Contains(t, jobs, "\n1,1,1,*,*,*,\"true\",no,")
	_, records := answerOf(p.Server, "v-list-dns-records", "alice", "example.com", "csv")
	require.Contains(t, records, `@,TXT,,""v=spf1 a mx ip4:192.0.2.10 -all"",no,`)
	p.BreakWebServer(true)
	code, _ := answerOf(p.Server, "v-change-web-domain-backend-tpl", "alice", "example.com", "socket")
	require.Equal(t, eRestart, code)
	require.Equal(t, "socket", p.Objects("alice", "web")[0]["BACKEND"], "stored all the same")
}
