package sqlledger

import "strings"

// texts are the statements about entries and leases.
type texts struct {
	entry, open, revision, put, remove string
	lease, acquire, extend, release    string
}

const columns = "account, verb, subject, state, asked, handle, learnt, sent_at, stored, revision"

func textsOf(names *strings.Replacer) texts {
	return texts{
		entry:    names.Replace("SELECT " + columns + " FROM {p}entries WHERE account = $1 AND verb = $2 AND subject = $3"),
		open:     names.Replace("SELECT " + columns + " FROM {p}entries WHERE account = $1 AND state <> 'done' ORDER BY verb, subject"),
		revision: names.Replace("SELECT revision FROM {p}entries WHERE account = $1 AND verb = $2 AND subject = $3"),
		put: names.Replace("INSERT INTO {p}entries (" + columns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
			"ON CONFLICT (account, verb, subject) DO UPDATE SET state = excluded.state, asked = excluded.asked, handle = excluded.handle, " +
			"learnt = excluded.learnt, sent_at = excluded.sent_at, stored = excluded.stored, revision = excluded.revision"),
		remove: names.Replace("DELETE FROM {p}entries WHERE account = $1 AND verb = $2 AND subject = $3"),

		lease:   names.Replace("SELECT token, until, lasts FROM {p}leases WHERE name = $1"),
		acquire: names.Replace("INSERT INTO {p}leases (name, token, until, lasts) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET token = excluded.token, until = excluded.until, lasts = excluded.lasts"),
		extend:  names.Replace("UPDATE {p}leases SET until = $1, lasts = $2 WHERE name = $3"),
		release: names.Replace("DELETE FROM {p}leases WHERE name = $1 AND token = $2"),
	}
}
