package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseList(t *testing.T) {
	lines, err := parseList([]byte("\xef\xbb\xbfServer, Account ,invoice,DUE\r\nweb1,max,INV-1,2026-01-31\r\n\r\nweb2, \"17\",,2026-02-01"))
	require.NoError(t, err)
	require.Equal(t, []line{
		{Number: 2, Server: "web1", Account: "max", Invoice: "INV-1", Due: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
		{Number: 4, Server: "web2", Account: "17", Due: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
	}, lines)
}

// TestReferences: with their column every line must have one.
func TestReferences(t *testing.T) {
	lines, err := parseList([]byte("server,account,invoice,due,Reference\nweb1,max,INV-1,2026-01-31, order-1 \n"))
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, "order-1", lines[0].Reference)
	_, err = parseList([]byte("server,account,invoice,due,reference\nweb1,max,INV-1,2026-01-31,\nweb1,max,INV-1,2026-01-31,a b\nweb1,max,INV-1,2026-01-31\n"))
	require.ErrorContains(t, err, `line 2: reference "": required`)
	require.ErrorContains(t, err, `line 3: reference "a b": must consist of`)
	require.ErrorContains(t, err, "line 4: wrong number of fields")
}

// TestBadLists: every mistake is reported, with its line.
func TestBadLists(t *testing.T) {
	_, err := parseList([]byte("server,account,invoice,due\n,max,INV-1,2026-01-31\nweb1,max,INV-1\nweb1,max,INV-1,31.01.2026\nweb1,,INV-1,2026-01-31\n"))
	require.EqualError(t, err, "line 2: server and account are required\n"+
		"record on line 3: wrong number of fields\n"+
		"line 4: due \"31.01.2026\" is not a date like 2006-01-02\n"+
		"line 5: server and account are required")
	for text, wanted := range map[string]string{
		"":                           "first line: EOF",
		"account,server,invoice,due": "the columns must be server,account,invoice,due",
		"server;account;invoice;due": "first line",
		"server,account,invoice,due\n\"web1,max,INV-1,2026-01-31": "line 2",
	} {
		_, err := parseList([]byte(text))
		require.ErrorContains(t, err, wanted, text)
	}
}
