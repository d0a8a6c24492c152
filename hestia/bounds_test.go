package hestia_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// page answers every command with the same body, of which it keeps no copy.
type page string

func (p page) RoundTrip(req *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, req.Body)
	return &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Hestia-Exit-Code": {"0"}},
		Body: io.NopCloser(strings.NewReader(string(p))), ContentLength: int64(len(p)), Request: req,
	}, nil
}

// userNames are the fields of v-list-users, with the values of a customer in the middle of a panel.
var userFields = strings.Fields(`NAME=Max@Mustermann PACKAGE=default WEB_TEMPLATE=default BACKEND_TEMPLATE=default PROXY_TEMPLATE=default
	DNS_TEMPLATE=default WEB_DOMAINS=unlimited WEB_ALIASES=unlimited DNS_DOMAINS=unlimited DNS_RECORDS=unlimited MAIL_DOMAINS=unlimited
	MAIL_ACCOUNTS=unlimited RATE_LIMIT=200 DATABASES=unlimited CRON_JOBS=unlimited DISK_QUOTA=unlimited CPU_QUOTA=unlimited
	CPU_QUOTA_PERIOD=unlimited MEMORY_LIMIT=unlimited SWAP_LIMIT=unlimited BANDWIDTH=unlimited NS=ns1.example.com,ns2.example.com
	SHELL=nologin BACKUPS=1 CONTACT=max@example.com CRON_REPORTS=yes RKEY=0123456789abcdef ROLE=user SUSPENDED=no SUSPENDED_USERS=0
	SUSPENDED_WEB=0 SUSPENDED_DNS=0 SUSPENDED_MAIL=0 SUSPENDED_DB=0 SUSPENDED_CRON=0 IP_AVAIL=1 IP_OWNED=0 U_USERS=0 U_DISK=17
	U_DISK_DIRS=3 U_DISK_WEB=2 U_DISK_MAIL=1 U_DISK_DB=11 U_BANDWIDTH=20 U_WEB_DOMAINS=1 U_WEB_SSL=0 U_WEB_ALIASES=1 U_DNS_DOMAINS=1
	U_DNS_RECORDS=14 U_MAIL_DOMAINS=1 U_MAIL_DKIM=1 U_MAIL_ACCOUNTS=2 U_DATABASES=1 U_CRON_JOBS=0 U_BACKUPS=1 LANGUAGE=en
	TIME=04:32:59 DATE=2026-11-21`)

// userRow is a row of v-list-users, in which changed fields have other values: "U_DISK=12.5".
func userRow(login string, changed ...string) string {
	var row strings.Builder
	fmt.Fprintf(&row, "    %q: {\n", login)
	for i, field := range userFields {
		name, value, _ := strings.Cut(field, "=")
		for _, other := range changed {
			if own, is := strings.CutPrefix(other, name+"="); is {
				value = own
			}
		}
		comma := ","
		if i == len(userFields)-1 {
			comma = ""
		}
		fmt.Fprintf(&row, "        %q: \"%s\"%s\n", name, strings.ReplaceAll(value, "@M", " M"), comma)
	}
	row.WriteString("    }")
	return row.String()
}

// panelOf is the answer to v-list-users of a panel with n customers.
func panelOf(n int) string {
	var all bytes.Buffer
	all.WriteString("{\n" + userRow("admin", "ROLE=admin"))
	for i := range n {
		all.WriteString(",\n" + userRow(fmt.Sprintf("customer%d", i)))
	}
	all.WriteString("\n}\n")
	return all.String()
}

func BenchmarkList(b *testing.B) {
	body := panelOf(10_000)
	c := withKey(b, page(body), provider.WithMaxBody(64<<20))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range c.Users.List(b.Context()) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, 10_001, n)
	}
}
