package rest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// proxySchemes are the kinds of proxies, with their usual ports.
var proxySchemes = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// parseProxy parses the URL of a proxy, or returns what is wrong with it. It quotes nothing of a text
// that may contain a password.
func parseProxy(secret provider.Secret) (*url.URL, string) {
	text := secret.Reveal()
	u, err := url.Parse(text)
	switch {
	case strings.ContainsFunc(text, words.Unseen):
		return nil, "contains white space, control or invisible characters"
	case bareIPv6(text):
		return nil, "has an IPv6 address without brackets"
	case err != nil:
		return nil, "not a URL"
	case proxySchemes[u.Scheme] == "":
		return nil, "must begin with http://, https:// or socks5://"
	case u.Hostname() == "":
		return nil, "has no host"
	case strings.HasSuffix(u.Host, ":"), !validPort(u.Port()):
		return nil, "has a port that does not exist"
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "must have nothing after the port"
	}
	return u, ""
}

// readProxy reads provider.WithProxy.
func (c *Client) readProxy(problems *provider.Problems) {
	if c.options.Proxy.IsZero() {
		return
	}
	proxy, problem := parseProxy(c.options.Proxy)
	if client := c.options.HTTPClient; problem == "" && client != nil && client.Transport != nil {
		problem = "conflicts with WithHTTPClient: set the proxy in the transport of that client"
	}
	if problem != "" {
		problems.Add("WithProxy", "%s", problem)
		return
	}
	c.proxy = proxy
	if hidden, own := proxySecrets(proxy), c.config.Secrets; len(hidden) > 0 {
		c.config.Secrets = func() []provider.Secret {
			if own == nil {
				return hidden
			}
			return slices.Concat(own(), hidden)
		}
	}
}

// proxySecrets returns the credentials of a proxy as they are sent.
func proxySecrets(proxy *url.URL) (secrets []provider.Secret) {
	if proxy.User == nil {
		return nil
	}
	password, _ := proxy.User.Password()
	for _, text := range []string{password, proxy.User.String()} {
		if text != "" {
			secrets = append(secrets, provider.NewSecret(text))
		}
	}
	return secrets
}

// through makes a transport connect through a proxy.
func through(t *http.Transport, proxy *url.URL, dial func(context.Context, string, string) (net.Conn, error)) {
	t.Proxy = http.ProxyURL(proxy)
	if proxy.Scheme != "https" {
		return
	}
	// WithTLS is for the server, so the certificate of the proxy is verified in the usual way. For an
	// https proxy net/http calls DialTLSContext for the proxy only, and TLSClientConfig holds for the
	// server.
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: proxy.Hostname()})
		ctx, cancel := context.WithTimeout(ctx, t.TLSHandshakeTimeout)
		defer cancel()
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secure, nil
	}
}

// proxyStep says which proxy is used, or which one is not although the environment names it. ok is
// false if there is nothing to say.
func (c *Client) proxyStep() (step provider.CheckStep, ok bool) {
	if c.proxy != nil {
		shown := c.proxy.Scheme + "://" + c.proxy.Host
		return provider.CheckStep{Name: provider.CheckProxy, State: provider.CheckOK, Detail: "connects through " + shown}, true
	}
	if c.options.HTTPClient != nil && c.options.HTTPClient.Transport != nil {
		return step, false // that transport decides
	}
	name := strings.ToUpper(c.root.Scheme) + "_PROXY"
	if os.Getenv(name) == "" {
		name = strings.ToLower(name)
	}
	if os.Getenv(name) == "" || loopback(c.root.Hostname()) || withoutProxy(c.root.Hostname()) {
		return step, false
	}
	return provider.CheckStep{
		Name: provider.CheckProxy, State: provider.CheckWarning,
		Detail: name + " is set in the environment, and is not used: pass its value to provider.WithProxy if the server is behind that proxy",
	}, true
}

// withoutProxy reports whether NO_PROXY excepts a host by its name.
func withoutProxy(host string) bool {
	exceptions := os.Getenv("NO_PROXY") + "," + os.Getenv("no_proxy")
	return slices.ContainsFunc(strings.Split(exceptions, ","), func(exception string) bool {
		exception = strings.ToLower(strings.TrimSpace(exception))
		domain := strings.TrimPrefix(strings.TrimPrefix(exception, "*"), ".")
		return exception == "*" || domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
	})
}

// maxSkew is how far the clocks may be apart. Tokens, signatures and dates in Retry-After depend on
// them.
const maxSkew = time.Minute

// clockStep compares the server's clock with ours, by the Date of an answer that came between two
// moments. ok is false if the answer has none, or is a copy that a cache made earlier.
func clockStep(header http.Header, before, after time.Time) (step provider.CheckStep, ok bool) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return step, false
	}
	step = provider.CheckStep{Name: provider.CheckClock, State: provider.CheckOK, Detail: "the server's clock agrees with ours"}
	ahead := date.Sub(after)
	behind := before.Sub(date.Add(time.Second)) // Date leaves out fractions of a second
	const depends = ": set the wrong one, since tokens, signatures and waits depend on it"
	switch {
	case ahead > maxSkew:
		step.State, step.Detail = provider.CheckWarning, "the server's clock is "+ahead.Round(time.Second).String()+" ahead of ours"+depends
	case behind > maxSkew:
		step.State, step.Detail = provider.CheckWarning, "the server's clock is "+behind.Round(time.Second).String()+" behind ours"+depends
	}
	return step, true
}
