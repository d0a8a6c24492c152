package vendorprograms

// What the provider sends and accepts, whatever the step: see hostkey_terraform_test.go for its sources.

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

// terraform has the types of the provider's own structs: it decodes a number from nothing but a
// number, and a text from nothing but a text.
type terraform struct {
	*program
	srv   *hostkeytest.Server
	token string
}

// refusal is what the provider takes for an error of InvAPI.
type refusal struct {
	status       int
	result, text string
	body         string
}

func (e *refusal) Error() string {
	return fmt.Sprintf("HTTP %d, result %q, %q in %s", e.status, e.result, e.text, e.body)
}

// gone is IsNotFound of errors.go: these words, and no others, tell that a server no longer exists.
func (e *refusal) gone() bool {
	all := strings.ToLower(e.text + " " + e.result + " " + e.body)
	for _, words := range []string{"not found", "no such", "unknown server", "server not exist", "does not exist"} {
		if strings.Contains(all, words) {
			return true
		}
	}
	return false
}

// signedOut is isAuthFailure of client.go.
func (e *refusal) signedOut() bool {
	all := strings.ToLower(e.text + " " + e.result + " " + e.body)
	for _, words := range []string{
		"unauthorized", "invalid token", "invalid hash", "token expired", "token is invalid", "not authorized",
		"authentication failed",
	} {
		if strings.Contains(all, words) {
			return true
		}
	}
	return e.status == 401
}

// accepted is decodeAPIError of errors.go: what it lets pass is a success.
func accepted(a answer) *refusal {
	refused := &refusal{status: a.status, body: string(a.body)}
	var envelope struct {
		Code    json.RawMessage `json:"code"`
		Message string          `json:"message"`
		Error   string          `json:"error"`
		Result  json.RawMessage `json:"result"`
	}
	if a.status >= 400 {
		return refused
	}
	if err := json.Unmarshal(a.body, &envelope); err != nil {
		refused.text = "errors.go decodes message and error as texts: " + err.Error()
		return refused
	}
	refused.text = envelope.Message
	if refused.text == "" {
		refused.text = envelope.Error
	}
	var word string
	var number float64
	switch {
	case len(envelope.Result) == 0:
	case json.Unmarshal(envelope.Result, &word) == nil:
		if refused.result = word; word != "OK" && word != "" { // "success" is an error to it
			return refused
		}
	case json.Unmarshal(envelope.Result, &number) == nil:
		if number < 0 || number >= 2 {
			return refused
		}
	}
	if code := string(envelope.Code); code != "" && code != "0" && code != "null" || refused.text != "" {
		return refused
	}
	return nil
}

// once are the actions that the provider never repeats: nonRetryableActions of client.go.
var once = []string{"eq/order_instance", "net/add_ipv4", "pdns/add_domain", "pdns/add_dns", "ssh_keys/add", "tags/add"}

func (tf *terraform) try(t *testing.T, module, action string, into any, fields ...string) error {
	t.Helper()
	form := url.Values{"action": {action}}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	public := module == "traffic_plans" // catalog.go: without a token
	for again := false; ; again = true {
		if !public {
			if tf.token == "" {
				tf.signIn(t)
			}
			form.Set("token", tf.token)
		}
		a := tf.form(t, "/"+module+".php", form)
		if refused := accepted(a); refused != nil {
			if refused.signedOut() && !again && !public && !slices.Contains(once, module+"/"+action) {
				tf.token = ""
				continue
			}
			return refused
		}
		if into == nil {
			return nil
		}
		if err := json.Unmarshal(a.body, into); err != nil {
			return fmt.Errorf("%w in %s", err, a.body)
		}
		return nil
	}
}

func (tf *terraform) call(t *testing.T, source, module, action string, into any, fields ...string) {
	t.Helper()
	if err := tf.try(t, module, action, into, fields...); err != nil {
		t.Fatalf("%s refuses the answer of %s/%s: %v", source, module, action, err)
	}
}

func (tf *terraform) signIn(t *testing.T) {
	t.Helper()
	type session struct {
		Token       string          `json:"token"`
		Role        string          `json:"role"`
		TokenExpire int64           `json:"token_expire"`
		Invapi      string          `json:"invapi"`
		Servers     json.RawMessage `json:"servers"`
	}
	var login struct {
		session
		Result *session `json:"result"`
	}
	a := tf.form(t, "/auth.php", url.Values{"action": {"login"}, "key": {tf.srv.Key}, "ttl": {"3600"}})
	if refused := accepted(a); refused != nil {
		t.Fatalf("auth.go refuses the answer of auth/login: %v", refused)
	}
	if err := json.Unmarshal(a.body, &login); err != nil {
		t.Fatalf("auth.go: %v in %s", err, a.body)
	}
	signed := login.session
	if signed.Token == "" && login.Result != nil {
		signed = *login.Result
	}
	if signed.Token == "" {
		t.Fatalf("auth.go finds no token in %s", a.body)
	}
	tf.token = signed.Token
	tf.follow(t, signed.Invapi)
}

// follow is CanonicalInvAPIBaseURL and allowedInvAPIRewrite of url.go: from then on everything is sent
// to the host that the answer names, with https unless it says otherwise.
func (tf *terraform) follow(t *testing.T, invapi string) {
	t.Helper()
	if invapi = strings.TrimSpace(invapi); invapi == "" {
		return
	}
	if !strings.HasPrefix(invapi, "http://") && !strings.HasPrefix(invapi, "https://") {
		invapi = "https://" + invapi
	}
	next, err := url.Parse(invapi)
	if err != nil {
		return
	}
	host := strings.ToLower(next.Hostname())
	ours := host == "localhost" || host == "127.0.0.1" || host == "::1"
	theirs := host == "hostkey.com" || host == "hostkey.ru" || strings.HasSuffix(host, ".hostkey.com") ||
		strings.HasSuffix(host, ".hostkey.ru")
	if !ours && (!theirs || next.Scheme != "https") {
		return // any other host is ignored
	}
	if next.Scheme+"://"+next.Host != tf.base {
		t.Fatalf("url.go: after auth/login the provider goes on with %s, which invapi names, and leaves the emulator at %s",
			invapi, tf.base)
	}
}

type terraformServer struct {
	Result     string          `json:"result"`
	ServerData json.RawMessage `json:"server_data"`
	IP         []struct {
		IP     string `json:"ip"`
		MainIP int    `json:"main_ip"`
	} `json:"IP"`
	Tags json.RawMessage `json:"tags"`
}

type terraformTag struct {
	ID          int    `json:"id"`
	Tag         string `json:"tag"`
	Value       string `json:"value"`
	Extra       string `json:"extra"`
	Internal    int    `json:"internal"`
	Component   string `json:"component"`
	ComponentID int    `json:"component_id"`
}

func (tf *terraform) show(t *testing.T, id int) terraformServer {
	t.Helper()
	var shown terraformServer
	tf.call(t, "types.go (ServerShowResponse)", "eq", "show", &shown, "id", strconv.Itoa(id))
	return shown
}

// hostname is ShowHostname of pending.go: a hostname anywhere in server_data, or else that tag.
func (s terraformServer) hostname() string {
	var data any
	_ = json.Unmarshal(s.ServerData, &data)
	var find func(v any) string
	find = func(v any) string {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range []string{"hostname", "server_name"} {
				if name, _ := v[key].(string); name != "" {
					return name
				}
			}
			for _, inner := range v {
				if name := find(inner); name != "" {
					return name
				}
			}
		case []any:
			for _, inner := range v {
				if name := find(inner); name != "" {
					return name
				}
			}
		}
		return ""
	}
	if name := find(data); name != "" {
		return name
	}
	var tags []terraformTag
	_ = json.Unmarshal(s.Tags, &tags) // where a type differs, it sees no tag at all
	for _, tag := range tags {
		if strings.EqualFold(tag.Tag, "hostname") {
			return tag.Value
		}
	}
	return ""
}

// status is serverStatus of tags_sync.go.
func (s terraformServer) status() string {
	var data map[string]any
	_ = json.Unmarshal(s.ServerData, &data)
	for _, key := range []string{"status", "Condition_Component"} {
		if status, _ := data[key].(string); status != "" {
			return status
		}
	}
	return s.Result
}

// power is PowerStateFromStatus of eq_power.go.
func (s terraformServer) power() string {
	switch strings.ToLower(s.status()) {
	case "power_off", "poweroff", "off", "stopped":
		return "off"
	}
	return "on"
}

func (s terraformServer) mainIP() string {
	for _, ip := range s.IP {
		if ip.MainIP == 1 {
			return ip.IP
		}
	}
	if len(s.IP) > 0 {
		return s.IP[0].IP
	}
	return ""
}

func (s terraformServer) has(ip string) bool {
	for _, entry := range s.IP {
		if entry.IP == ip {
			return true
		}
	}
	return false
}

// ids is parseServerIDs of types.go.
func ids(t *testing.T, raw json.RawMessage) []int {
	t.Helper()
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var numbers []int
	if json.Unmarshal(raw, &numbers) == nil {
		return numbers
	}
	var rows []struct {
		ID       int    `json:"id"`
		Status   string `json:"status"`
		Hostname string `json:"hostname"`
		Location string `json:"location"`
	}
	if json.Unmarshal(raw, &rows) == nil {
		for _, row := range rows {
			numbers = append(numbers, row.ID)
		}
		return numbers
	}
	var texts []string
	if json.Unmarshal(raw, &texts) != nil {
		t.Fatalf("types.go (parseServerIDs) cannot read servers: %s", raw)
	}
	for _, text := range texts {
		number, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("types.go (parseServerIDs): %v", err)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

func (tf *terraform) list(t *testing.T) []int {
	t.Helper()
	var listed struct {
		Servers json.RawMessage `json:"servers"`
	}
	tf.call(t, "eq.go (EQList)", "eq", "list", &listed)
	return ids(t, listed.Servers)
}

// updateServers returns the servers of the account and the tasks of its invoices.
func (tf *terraform) updateServers(t *testing.T) (servers []int, deployments map[string]string) {
	t.Helper()
	var updated struct {
		Servers        json.RawMessage `json:"servers"`
		BillingServers []struct {
			ID     int    `json:"id"`
			Name   string `json:"name"`
			Status string `json:"status"`
			Config string `json:"config"`
		} `json:"billing_servers"`
		DeployKeys json.RawMessage `json:"deploy_keys"`
	}
	tf.call(t, "types.go (UpdateServersResponse)", "eq", "update_servers", &updated)
	if string(updated.DeployKeys) != "[]" && json.Unmarshal(updated.DeployKeys, &deployments) != nil {
		t.Errorf("types.go (DeployKeysMap) reads texts by invoice, or an empty list, not %s", updated.DeployKeys)
	}
	return ids(t, updated.Servers), deployments
}

type terraformTask struct {
	Result  string          `json:"result"`
	Action  string          `json:"action"`
	Scope   json.RawMessage `json:"scope"`
	Context json.RawMessage `json:"context"`
	Debug   string          `json:"debug"`
	Key     string          `json:"key"`
}

// failed is terminalFailReason of callback.go: one of these words anywhere ends the wait for good.
func (task terraformTask) failed() string {
	all := strings.ToLower(string(task.Scope) + " " + string(task.Context) + " " + task.Debug)
	for _, word := range []string{
		"cancelled", "canceled", "cancel_request", `"status":"cancel"`, "aborted", "rejected", "failure", "failed", "error",
	} {
		if strings.Contains(all, word) {
			return word
		}
	}
	return ""
}

// done is the success half of callbackTerminal in callback.go.
func (task terraformTask) done() bool {
	scope := strings.ToLower(string(task.Scope))
	if strings.Contains(scope, "deploy_done") || strings.Contains(scope, "autodeploy completed") {
		return true
	}
	var context struct {
		Action    string `json:"action"`
		ID        string `json:"id"`
		Location  string `json:"location"`
		IP        string `json:"ip"`
		Reinstall int    `json:"reinstall"`
	}
	return json.Unmarshal(task.Context, &context) == nil && context.ID != "" && context.IP != ""
}

// server is CallbackServerID of callback.go.
func (task terraformTask) server() int {
	for _, raw := range []json.RawMessage{task.Context, task.Scope} {
		var named struct {
			ID any `json:"id"`
		}
		if json.Unmarshal(raw, &named) != nil {
			continue
		}
		switch id := named.ID.(type) {
		case float64:
			return int(id)
		case string:
			if number, err := strconv.Atoi(strings.TrimSpace(id)); err == nil && number > 0 {
				return number
			}
		}
	}
	return 0
}

// order is what Create keeps of order_instance, in the types of OrderInstanceResponse.
type terraformOrder struct {
	Result       string `json:"result"`
	Action       string `json:"action"`
	Callback     string `json:"callback"`
	DeployStatus string `json:"deploy_status"`
	ID           int    `json:"id"`
	Invoice      int    `json:"invoice"`
	Status       string `json:"status"`
	OSName       string `json:"os_name"`
	SoftName     string `json:"soft_name"`
}

// fresh returns the one server that is not among the known ones and has the hostname, or the default
// one, and 0 while there is none: matchPendingIDs of pending.go.
func (tf *terraform) fresh(t *testing.T, known, servers []int, hostname string) int {
	t.Helper()
	var found []int
	for _, id := range servers {
		if slices.Contains(known, id) {
			continue
		}
		if name := tf.show(t, id).hostname(); strings.EqualFold(name, hostname) || name == fmt.Sprintf("hostkey%d", id) {
			found = append(found, id)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return 0
}

// deployed is WaitForPendingServer of pending.go: it asks once a minute, as poll_interval_seconds = 60
// has it, until the invoice has a server.
func (tf *terraform) deployed(t *testing.T, ordered terraformOrder, known []int, hostname string) int {
	t.Helper()
	callback := ordered.Callback
	for range 90 {
		if callback == "" {
			servers, deployments := tf.updateServers(t)
			callback = deployments[strconv.Itoa(ordered.Invoice)]
			if callback == "" {
				if id := tf.fresh(t, known, servers, hostname); id != 0 {
					return id
				}
			}
		}
		if callback != "" {
			var task terraformTask
			var refused *refusal
			switch err := tf.try(t, "eq_callback", "check", &task, "key", callback); {
			case errors.As(err, &refused) && refused.gone():
				if id := tf.fresh(t, known, tf.list(t), hostname); id != 0 {
					return id
				}
				t.Fatalf("pending.go: the task %s is gone and no new server has the hostname %q: cancelled", callback, hostname)
			case errors.As(err, &refused):
				if word := (terraformTask{Debug: refused.text + refused.body + refused.result}).failed(); word != "" {
					t.Fatalf("pending_terminal.go takes %q for the end of the order: %v", word, refused)
				}
			case err != nil:
				t.Fatalf("callback.go: %v", err)
			case !task.done() && task.failed() != "":
				t.Fatalf("callback.go takes %q for the end of the order: %+v", task.failed(), task)
			case task.server() != 0:
				return task.server()
			default:
				servers, _ := tf.updateServers(t)
				if id := tf.fresh(t, known, servers, hostname); id != 0 {
					return id
				}
			}
		}
		tf.srv.Advance(time.Minute)
	}
	t.Fatalf("resource_server.go: no server within the create timeout of 90 minutes (invoice %d)", ordered.Invoice)
	return 0
}

// rename is ensureInvAPIHostname of resource_server.go.
func (tf *terraform) rename(t *testing.T, id int, hostname string) {
	t.Helper()
	tf.call(t, "eq.go (EQRenameServer)", "eq", "rename_server", nil, "id", strconv.Itoa(id), "hostname", hostname)
	if tf.show(t, id).hostname() == hostname {
		return
	}
	tf.call(t, "resource_server.go (ensureInvAPIHostname)", "tags", "add", nil,
		"id", strconv.Itoa(id), "tag", "hostname", "value", hostname)
	for range 5 {
		if tf.show(t, id).hostname() == hostname {
			return
		}
		tf.srv.Advance(2 * time.Second)
	}
	t.Errorf("resource_server.go (ensureInvAPIHostname): eq/show does not tell the hostname %q after rename_server and tags/add", hostname)
}

// wait is WaitForCallback of callback.go: whatever is not an OK ends the wait with an error.
func (tf *terraform) wait(t *testing.T, callback string) {
	t.Helper()
	for range 90 {
		var task terraformTask
		if err := tf.try(t, "eq_callback", "check", &task, "key", callback); err != nil {
			t.Fatalf("callback.go (WaitForCallback) ends at the first answer that errors.go refuses, "+
				"and Terraform fails with \"Reinstall still in progress\": %v", err)
		}
		if task.done() {
			return
		}
		if word := task.failed(); word != "" {
			t.Fatalf("callback.go takes %q for a failure: %+v", word, task)
		}
		tf.srv.Advance(time.Minute)
	}
	t.Fatal("callback.go (callbackTerminal): the task never says deploy_done, autodeploy completed, " +
		"or a context with id and ip as texts")
}
