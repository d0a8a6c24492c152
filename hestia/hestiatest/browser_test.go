package hestiatest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"
)

// TestPages: a reset link works once, for 15 minutes, in a browser that has opened the login page,
// and the password that was chosen signs in there.
func TestPages(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	srv := NewServer(InMemory(), WithSeedUsers(1), WithPathPrefix("/panel"), WithClock(func() time.Time { return now }))
	defer srv.Close()
	hash, err := bcrypt.GenerateFromPassword([]byte("code"), bcrypt.MinCost)
	require.NoError(t, err)
	request := func() {
		resp, err := srv.Client().PostForm(srv.URL+"/api/", url.Values{
			"access_key": {srv.AccessKey}, "secret_key": {srv.SecretKey}, "cmd": {"v-change-user-rkey"}, "arg1": {"seed0001"}, "arg2": {string(hash)},
		})
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	client := srv.Client()
	client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	says := func(status int, text, path string, form url.Values) {
		t.Helper()
		var resp *http.Response
		var err error
		if form == nil {
			resp, err = client.Get(srv.URL + path)
		} else {
			resp, err = client.PostForm(srv.URL+path, form)
		}
		require.NoError(t, err)
		page, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, status, resp.StatusCode, string(page))
		require.Contains(t, string(page), "<h1>"+text+"</h1>")
	}
	link := "/reset/?action=confirm&user=seed0001&code=code"
	chosen := url.Values{"password": {"Chosen-1"}}
	signIn := url.Values{"user": {"seed0001"}, "password": {"Chosen-1"}}

	request()
	says(403, "Open the login page first, in this browser: the link works in its session only.", link, nil)
	says(200, "Sign in to the panel.", "/login/", nil)
	says(401, "User or password are wrong.", "/login/", signIn)
	says(404, "There is no such link.", link+"x", nil)
	says(404, "There is no such link.", "/reset/?action=confirm&user=nobody&code=code", nil)
	now = now.Add(15 * time.Minute)
	says(410, "This link has expired.", link, chosen)
	now = now.Add(-time.Second)
	srv.SetConfig("POLICY_SYSTEM_PASSWORD_RESET", "no")
	says(403, "The panel&#39;s policy forbids to reset passwords.", link, chosen)
	srv.SetConfig("POLICY_SYSTEM_PASSWORD_RESET", "yes")
	says(200, "Choose a new password for seed0001.", link, nil)
	says(400, "Password not accepted due to PAM restrictions", link, url.Values{})
	says(200, "The password of seed0001 is changed.", link, chosen)
	says(410, "This link has been used.", link, chosen)
	says(200, "Signed in as seed0001.", "/login/", signIn)
	srv.mu.Lock()
	srv.st.user("seed0001").conf["SUSPENDED"] = "yes"
	srv.mu.Unlock()
	says(403, "The account is suspended.", "/login/", signIn)
}

// TestPHPMyAdminPage: the link works for a minute, for the address that it was made for.
func TestPHPMyAdminPage(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	srv := NewServer(InMemory(), WithSeedUsers(1), WithClock(func() time.Time { return now }))
	defer srv.Close()
	srv.SetConfig("DB_PMA_ALIAS", "phpmyadmin")
	link := func(address, key string) string {
		issued := strconv.FormatInt(now.Unix(), 10)
		token, err := bcrypt.GenerateFromPassword([]byte("seed0001_shop"+"seed0001"+address+issued+key), bcrypt.MinCost)
		require.NoError(t, err)
		return srv.URL + "/phpmyadmin/hestia-sso.php?" + url.Values{
			"database": {"seed0001_shop"}, "user": {"seed0001"}, "exp": {issued}, "hestia_token": {string(token)},
		}.Encode()
	}
	says := func(status int, text, link string) {
		t.Helper()
		resp, err := srv.Client().Get(link)
		require.NoError(t, err)
		page, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, status, resp.StatusCode, string(page))
		require.Contains(t, string(page), "<h1>"+text+"</h1>")
	}
	says(404, "There is no such link.", link(memoryAddress, ""))
	srv.SetConfig("PHPMYADMIN_KEY", "key")
	good := link(memoryAddress, "key")
	says(410, "What this link led to is gone.", good)
	srv.mu.Lock()
	srv.st.user("seed0001").file("db").add(row{"DB": "seed0001_shop"})
	srv.mu.Unlock()
	for range 2 {
		says(200, "Signed in to the database seed0001_shop of seed0001.", good)
	}
	says(404, "There is no such link.", link("192.0.2.99", "key"))
	says(404, "There is no such link.", link(memoryAddress, "other"))
	says(404, "There is no such link.", strings.Replace(good, "/phpmyadmin/", "/pma/", 1))
	now = now.Add(time.Minute)
	says(410, "This link has expired.", good)
}
