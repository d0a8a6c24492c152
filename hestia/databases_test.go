package hestia_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func TestDatabasesSendings(t *testing.T) {
	checkSendings(t, "Databases", []sending{
		{"Databases.Add", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "alice", Database: "shop", Login: "u", Password: provider.NewSecret("pw")}, nil)
		}, "v-add-database|alice|shop|u|pw", ""},
		{"Databases.Add", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "alice", Database: "shop", Login: "u", Password: provider.NewSecret("pw")},
				&hestia.DatabaseAddOptions{Charset: "LATIN1"})
		}, "v-add-database|alice|shop|u|pw|mysql||LATIN1", ""},
		{"Databases.AddHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.AddHost(ctx, &hestia.DatabaseAddHostRequest{Type: "pgsql", Host: "db.example", Login: "root", Password: provider.NewSecret("pw")}, nil)
		}, "v-add-database-host|pgsql|db.example|root|pw", ""},
		{"Databases.AddHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.AddHost(ctx, &hestia.DatabaseAddHostRequest{Type: "pgsql", Host: "db.example", Login: "root", Password: provider.NewSecret("pw")},
				&hestia.DatabaseAddHostOptions{Charsets: []string{"UTF8", "LATIN1"}, Template: "t1", Port: 5433})
		}, "v-add-database-host|pgsql|db.example|root|pw|500|UTF8,LATIN1|t1|5433", ""},
		{"Databases.AddTempUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.AddTempUser(ctx, "alice", "alice_shop", nil))
		}, "v-add-database-temp-user|alice|alice_shop", `{"login": {"user": "hestia_sso_x", "password": "y"}}`},
		{"Databases.AddTempUser", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.AddTempUser(ctx, "alice", "alice_shop", &hestia.DatabaseAddTempUserOptions{TTL: new(int64(0))}))
		}, "v-add-database-temp-user|alice|alice_shop|mysql||0", `{"login": {"user": "hestia_sso_x", "password": "y"}}`},
		{"Databases.AddSysPMARestrict", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.AddSysPMARestrict(ctx)
		}, "v-add-sys-pma-restrict", ""},
		{"Databases.AddSysPMASSO", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.AddSysPMASSO(ctx)
		}, "v-add-sys-pma-sso", ""},
		{"Databases.ChangeHostPassword", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeHostPassword(ctx,
				&hestia.DatabaseChangeHostPasswordRequest{Type: "mysql", Host: "localhost", Login: "root", Password: provider.NewSecret("pw")})
		}, "v-change-database-host-password|mysql|localhost|root|pw", ""},
		{"Databases.ChangeOwner", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeOwner(ctx, "alice_shop", "bob")
		}, "v-change-database-owner|alice_shop|bob", ""},
		{"Databases.ChangePassword", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangePassword(ctx, "alice", "alice_shop", provider.NewSecret("pw"))
		}, "v-change-database-password|alice|alice_shop|pw", ""},
		{"Databases.ChangeUser", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeUser(ctx, "alice", "alice_shop", "u2", nil)
		}, "v-change-database-user|alice|alice_shop|u2", ""},
		{"Databases.ChangeUser", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeUser(ctx, "alice", "alice_shop", "u2", &hestia.DatabaseChangeUserOptions{Password: provider.NewSecret("pw")})
		}, "v-change-database-user|alice|alice_shop|u2|pw", ""},
		{"Databases.ChangeSysDBAlias", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeSysDBAlias(ctx, "pma", "phpmyadmin")
		}, "v-change-sys-db-alias|pma|phpmyadmin", ""},
		{"Databases.Delete", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Delete(ctx, "alice", "alice_shop")
		}, "v-delete-database|alice|alice_shop", ""},
		{"Databases.DeleteHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteHost(ctx, "mysql", "db.example")
		}, "v-delete-database-host|mysql|db.example", ""},
		{"Databases.DeleteTempUser", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteTempUser(ctx, "alice", "alice_shop", "hestia_sso_x", nil)
		}, "v-delete-database-temp-user|alice|alice_shop|hestia_sso_x", ""},
		{"Databases.DeleteTempUser", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteTempUser(ctx, "alice", "alice_shop", "hestia_sso_x", &hestia.DatabaseDeleteTempUserOptions{Host: "localhost"})
		}, "v-delete-database-temp-user|alice|alice_shop|hestia_sso_x|mysql|localhost", ""},
		{"Databases.DeleteDatabases", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteDatabases(ctx, "alice")
		}, "v-delete-databases|alice", ""},
		{"Databases.DeleteSysPMARestrict", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteSysPMARestrict(ctx)
		}, "v-delete-sys-pma-restrict", ""},
		{"Databases.DeleteSysPMASSO", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.DeleteSysPMASSO(ctx)
		}, "v-delete-sys-pma-sso", ""},
		{"Databases.Dump", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.Dump(ctx, "alice", "alice_shop"))
		}, "v-dump-database|alice|alice_shop", "-- MySQL dump"},
		{"Databases.DumpToFile", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.DumpToFile(ctx, "alice", "alice_shop", hestia.CompressionZstd))
		}, "v-dump-database|alice|alice_shop|file|zstd", "/backup/alice_alice_shop_mysql_2026-01-02_03-04-05.sql.zst"},
		{"Databases.DumpToFile", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.DumpToFile(ctx, "alice", "alice_shop", hestia.CompressionNone))
		}, "v-dump-database|alice|alice_shop|file", "/backup/x.sql"},
		{"Databases.Import", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Import(ctx, "alice", "alice_shop", "/home/alice/x.sql")
		}, "v-import-database|alice|alice_shop|/home/alice/x.sql", ""},
		{"Databases.Get", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.Get(ctx, "alice", "alice_shop"))
		}, "v-list-database|alice|alice_shop|json", `{"alice_shop": {"HOST": "localhost"}}`},
		{"Databases.GetHost", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.GetHost(ctx, "mysql", "localhost"))
		}, "v-list-database-host|mysql|localhost|json", `{"localhost": {"HOST": "localhost"}}`},
		{"Databases.List", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Databases.List(ctx, "alice"))
		}, "v-list-databases|alice|json", "{\n}"},
		{"Databases.ListHosts", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Databases.ListHosts(ctx))
		}, "v-list-database-hosts|json", "[\n]"},
		{"Databases.ListTypes", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.ListTypes(ctx))
		}, "v-list-database-types|json", "[\n]"},
		{"Databases.Rebuild", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Rebuild(ctx, "alice", "alice_shop")
		}, "v-rebuild-database|alice|alice_shop", ""},
		{"Databases.RebuildDatabases", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.RebuildDatabases(ctx, "alice")
		}, "v-rebuild-databases|alice", ""},
		{"Databases.Suspend", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Suspend(ctx, "alice", "alice_shop")
		}, "v-suspend-database|alice|alice_shop", ""},
		{"Databases.SuspendHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.SuspendHost(ctx, "mysql", "db.example")
		}, "v-suspend-database-host|mysql|db.example", ""},
		{"Databases.SuspendDatabases", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.SuspendDatabases(ctx, "alice")
		}, "v-suspend-databases|alice", ""},
		{"Databases.Unsuspend", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Unsuspend(ctx, "alice", "alice_shop")
		}, "v-unsuspend-database|alice|alice_shop", ""},
		{"Databases.UnsuspendHost", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.UnsuspendHost(ctx, "mysql", "db.example")
		}, "v-unsuspend-database-host|mysql|db.example", ""},
		{"Databases.UnsuspendDatabases", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.UnsuspendDatabases(ctx, "alice")
		}, "v-unsuspend-databases|alice", ""},
		{"Databases.UpdateDisk", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.UpdateDisk(ctx, "alice", "alice_shop")
		}, "v-update-database-disk|alice|alice_shop", ""},
		{"Databases.UpdateDatabasesDisk", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.UpdateDatabasesDisk(ctx, "alice")
		}, "v-update-databases-disk|alice", ""},
	})
}

func TestDatabasesRecordings(t *testing.T) {
	t.Run("databases", func(t *testing.T) {
		want := []*hestia.Database{
			{Name: "alice_shop", Login: "alice_shopuser", Host: "localhost", Type: "mysql", Charset: "UTF8MB4", Created: made("2026-11-21 04:42:04")},
			{Name: "alice_blog", Login: "alice_bloguser", Host: "localhost", Type: "mysql", Charset: "UTF8MB4", Created: made("2026-11-21 04:42:05")},
			{Name: "alice_nopw", Login: "alice_nopw", Host: "localhost", Type: "mysql", Charset: "UTF8MB4", Created: made("2026-11-21 04:42:06")},
		}
		for _, name := range []string{"list, json", "list, legacy"} {
			databases, err := play(t, "databases.jsonl", name, func(ctx context.Context, c *hestia.Client) ([]*hestia.Database, error) {
				return collect(c.Databases.List(ctx, "alice"))
			})
			require.NoError(t, err)
			require.Equal(t, want, databases, name)
		}
	})
	t.Run("hosts", func(t *testing.T) {
		hosts, err := play(t, "databases.jsonl", "hosts with databases", func(ctx context.Context, c *hestia.Client) ([]*hestia.DatabaseHost, error) {
			return collect(c.Databases.ListHosts(ctx))
		})
		require.NoError(t, err)
		require.Equal(t, []*hestia.DatabaseHost{{
			Host: "localhost", Port: 3306, Type: "mysql", MaxDatabases: hestia.LimitOf(500), UsedDatabases: 7,
			Charsets: []string{"UTF8", "LATIN1", "WIN1250", "WIN1251", "WIN1252", "WIN1256", "WIN1258", "KOI8"},
			Users:    []string{"alice", "quinn", "bob", "uma"}, Created: made("2026-11-21 04:28:11"),
		}}, hosts)
	})
	t.Run("types", func(t *testing.T) {
		types, err := play(t, "databases.jsonl", "types", func(ctx context.Context, c *hestia.Client) ([]string, error) { return c.Databases.ListTypes(ctx) })
		require.NoError(t, err)
		require.Equal(t, []string{"mysql"}, types)
	})
	t.Run("temporary login", func(t *testing.T) {
		login, err := play(t, "databases.jsonl", "temporary user", func(ctx context.Context, c *hestia.Client) (*hestia.DatabaseLogin, error) {
			return c.Databases.AddTempUser(ctx, "alice", "alice_shop",
				&hestia.DatabaseAddTempUserOptions{Type: "mysql", Host: "localhost", TTL: new(int64(60))})
		})
		require.NoError(t, err)
		require.Equal(t, &hestia.DatabaseLogin{User: "hestia_sso_SECRETSECRET0000", Password: provider.NewSecret("SECRET")}, login)
	})
	add := func(user, database, login string, password provider.Secret) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: user, Database: database, Login: login, Password: password}, nil)
		}
	}
	suspend := func(ctx context.Context, c *hestia.Client) error {
		return c.Databases.Suspend(ctx, "alice", "alice_shop")
	}
	unsuspend := func(ctx context.Context, c *hestia.Client) error {
		return c.Databases.Unsuspend(ctx, "alice", "alice_shop")
	}
	remove := func(ctx context.Context, c *hestia.Client) error {
		return c.Databases.Delete(ctx, "alice", "alice_blog")
	}
	host := func(password provider.Secret) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.AddHost(ctx, &hestia.DatabaseAddHostRequest{Type: "mysql", Host: "127.0.0.9", Login: "root", Password: password}, nil)
		}
	}
	inUse := func(ctx context.Context, c *hestia.Client) error {
		return c.Databases.DeleteHost(ctx, "mysql", "localhost")
	}
	checkChanged(t, []changed{
		{"databases.jsonl", "add", add("alice", "shop", "shopuser", provider.NewSecret("SECRET-db1")), 0, nil},
		{"databases.jsonl", "add again", add("alice", "shop", "shopuser", provider.NewSecret("SECRET-db1")), hestia.ExitExists, provider.ErrAlreadyExists},
		{"databases.jsonl", "add, name invalid", add("alice", "bad name!", "u", provider.NewSecret("SECRET-db7")), hestia.ExitInvalid, provider.ErrInvalid},
		{"databases.jsonl", "limit reached", add("bob", "two", "two", provider.NewSecret("SECRET-db9")), hestia.ExitLimit, provider.ErrQuota},
		{"databases.jsonl", "add with type, host, charset", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "alice", Database: "blog", Login: "bloguser", Password: provider.NewSecret("SECRET-db2")},
				&hestia.DatabaseAddOptions{Type: "mysql", Host: "localhost", Charset: "utf8mb4"})
		}, 0, nil},
		{"databases.jsonl", "user", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangeUser(ctx, "alice", "alice_shop", "newuser", &hestia.DatabaseChangeUserOptions{Password: provider.NewSecret("SECRET-db12")})
		}, 0, nil},
		{"databases.jsonl", "suspend", suspend, 0, nil},
		{"databases.jsonl", "suspend again", suspend, hestia.ExitSuspended, provider.ErrConflict},
		{"databases.jsonl", "unsuspend again", unsuspend, hestia.ExitUnsuspended, provider.ErrConflict},
		{"databases.jsonl", "host add, cannot connect", host(provider.NewSecret("SECRET-dbh")), hestia.ExitConnect, provider.ErrUnavailable},
		{"errors.jsonl", "15 no connection, legacy", host(provider.NewSecret("SECRET-z")), hestia.ExitConnect, provider.ErrUnavailable},
		{"errors.jsonl", "7 in use, access key", inUse, hestia.ExitInUse, provider.ErrInUse},
		{"errors.jsonl", "7 in use, access key, returncode=yes", inUse, hestia.ExitInUse, provider.ErrInUse},
		{"errors.jsonl", "7 in use, legacy", inUse, hestia.ExitInUse, provider.ErrInUse},
		{"databases.jsonl", "delete", remove, 0, nil},
		{"databases.jsonl", "delete again", remove, hestia.ExitNotExist, provider.ErrNotFound},
	})
}

func TestDatabasesRefusals(t *testing.T) {
	checkRefusals(t, []refusal{
		{"empty password", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "alice", Database: "shop", Login: "u"}, nil)
		}, "dbpass"},
		{"no login", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "alice", Database: "shop", Password: provider.NewSecret("pw")}, nil)
		}, "dbuser"},
		{"password that names a file", func(ctx context.Context, c *hestia.Client) error {
			return c.Databases.ChangePassword(ctx, "alice", "alice_shop", provider.NewSecret("/tmp/x"))
		}, "dbpass"},
		{"nil database", func(ctx context.Context, c *hestia.Client) error { return c.Databases.Add(ctx, nil, nil) }, "request"},
		{"nil host", func(ctx context.Context, c *hestia.Client) error { return c.Databases.AddHost(ctx, nil, nil) }, "request"},
		{"nil password", func(ctx context.Context, c *hestia.Client) error { return c.Databases.ChangeHostPassword(ctx, nil) }, "request"},
	})
}

func TestDatabasesHostileAnswers(t *testing.T) {
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"databases": func(ctx context.Context, c *hestia.Client) error { return drain(c.Databases.List(ctx, "alice")) },
		"hosts":     func(ctx context.Context, c *hestia.Client) error { return drain(c.Databases.ListHosts(ctx)) },
	}, notLists)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"database": func(ctx context.Context, c *hestia.Client) error { return drop(c.Databases.Get(ctx, "alice", "a")) },
		"host":     func(ctx context.Context, c *hestia.Client) error { return drop(c.Databases.GetHost(ctx, "mysql", "a")) },
	}, notThings)
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"types": func(ctx context.Context, c *hestia.Client) error { return drop(c.Databases.ListTypes(ctx)) },
	}, map[string]string{"object": `{"a": "b"}`, "null": "null", "text": "mysql"})
	checkHostile(t, map[string]func(context.Context, *hestia.Client) error{
		"path": func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Databases.DumpToFile(ctx, "alice", "a", ""))
		},
	}, map[string]string{"two words": "/backup/x.sql and more", "page": "<html>", "object": "{}"})
}

// A login that cannot be read may still exist, and none of it is shown.
func TestDatabasesTempUserIsSecret(t *testing.T) {
	p := newPanel(exit(0, http.StatusOK, `{"login": {"user": "hestia_sso_x", "password": "canary`))
	_, err := withKey(t, p).Databases.AddTempUser(t.Context(), "alice", "alice_shop", nil)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.NotContains(t, err.Error(), "canary")
	require.Equal(t, 1, p.calls())
}

func TestDatabasesDump(t *testing.T) {
	c := withKey(t, newPanel(exit(0, http.StatusOK, "-- MariaDB dump\nCREATE TABLE `a` (b int);")))
	dump, err := c.Databases.Dump(t.Context(), "alice", "alice_shop")
	require.NoError(t, err)
	require.Equal(t, "-- MariaDB dump\nCREATE TABLE `a` (b int);", dump)
}
