package hostkeytest_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

func names(v any, key string) []any {
	var all []any
	list, _ := v.([]any)
	for _, entry := range list {
		all = append(all, entry.(map[string]any)[key])
	}
	return all
}

func TestPresets(t *testing.T) {
	s := newServer(t)
	list := s.call("presets/list", "location", "US")
	require.Equal(t, []any{"vm.pico", "vm.nano"}, names(list["presets"], "name"))
	first, _ := json.Marshal(list["presets"].([]any)[0])
	require.JSONEq(t, `{"id":108,"name":"vm.pico","active":1,"description":"Virtual server","cpu":1,"ram":1,"hdd":"20","gpu":"","virtual":1,
		"server_type":"Virtual Private Server","locations":"NL,US,","monthly_com":4.00,"monthly_usd":4.00,
		"price":{"NL":{"EUR":-1,"USD":-1},"US":{"EUR":-1,"USD":-1}}}`, string(first))
	all := s.call("presets/list")["presets"]
	require.Equal(t, []any{1.0, 1.0, 0.0, 1.0}, names(all, "active"))

	s.signIn(s.Key)
	require.Equal(t, 214.0, field(s.call("presets/show", "id", "214"), "preset", "id"))
	s.fails("invalid instance name", "presets/show", "name", "nothing")
	s.want(`{"result":"OK","module":"presets","action":"search","name":"vm.nano","location":"FR","free":0}`, "presets/search", "name", "vm.nano", "location", "FR")
}

// TestPresetInfo: prices are by location and currency, and those of what is added to a preset by currency.
func TestPresetInfo(t *testing.T) {
	info := func(s *server, pairs ...string) map[string]any {
		t.Helper()
		preset := s.call("presets/info", pairs...)["presets"].([]any)[0].(map[string]any)
		require.NotContains(t, names(preset["OS"], "id"), 259.0)
		return preset
	}
	both := func(n float64) map[string]any { return map[string]any{"EUR": n, "USD": n} }
	s := newServer(t)
	preset := info(s)
	require.Equal(t, map[string]any{"NL": both(4), "US": both(4)}, preset["price"])
	require.Equal(t, []any{both(0), both(0), both(21)}, names(preset["OS"], "price"))
	require.Equal(t, []any{both(0), both(9.9)}, names(preset["soft"], "price"))
	require.Equal(t, []any{map[string]any{"id": 32.0, "name": "3 TB / 1 Gbps VM", "price": both(0)}}, field(preset, "traffic_plans", "NL"))
	preset = info(s, "currencies", "USD,RUB")
	require.Equal(t, map[string]any{"USD": 4.0}, field(preset, "price", "NL"))

	plain := info(newServer(t, hostkeytest.WithShapes(hostkeytest.ShapePlainPrices)))
	require.Equal(t, both(4), plain["price"])
	require.Equal(t, []any{0.0, 0.0, 21.0}, names(plain["OS"], "price"))
	require.Equal(t, []any{0.0, 9.9}, names(plain["soft"], "price"))
	require.Equal(t, 0.0, field(plain, "traffic_plans", "NL").([]any)[0].(map[string]any)["price"])
}

func TestSystemsAndSoftware(t *testing.T) {
	s := newServer(t)
	require.Equal(t, []any{240.0, 243.0, 251.0, 259.0}, names(s.call("os/list")["os_list"], "id"))
	fits := s.call("os/list", "instance_id", "108")
	require.Equal(t, []any{240.0, 243.0, 251.0}, names(fits["os_list"], "id"))
	require.Equal(t, []any{259.0}, names(fits["os_excluded"], "os_id"))
	s.fails("os/list: no OS found", "os/list", "instance_id", "1")
	s.fails("soft/list: no software found", "software/list", "instance_id", "1")
	id := text(s.AddMachine(hostkeytest.Machine{Preset: "bm.v1-8"}).ID)
	require.Len(t, s.call("os/list", "id", id)["os_list"], 4)
	require.Equal(t, []any{"Docker", "Panel Pro"}, names(s.call("software/list")["software"], "name"))
}

// TestTrafficPlans: filters are read wherever they are, and a customer's token is refused.
func TestTrafficPlans(t *testing.T) {
	s := newServer(t)
	_, body := s.send("GET", "/traffic_plans.php?"+url.Values{"action": {"list"}, "instance": {"108"}, "location": {"NL"}}.Encode(), "")
	require.JSONEq(t, `{"result":"OK","module":"traffic_plans","action":"list","traffic_plans":[{"id":32,"name":"3 TB / 1 Gbps VM","active":1,
		"locations":"NL,US,DE","limit_out":3,"rate_out":1000,"currency_id":0,"price":0,"main_plan":1}]}`, body)
	_, body = s.send("POST", "/traffic_plans.php?action=list&instance=214", "")
	require.Contains(t, body, `"id":35`)
	require.NotContains(t, body, `"id":32`)
	require.Equal(t, []any{35.0}, names(s.call("traffic_plans/list", "instance", "214")["traffic_plans"], "id"))
	s.signIn(s.Key)
	s.want(`{"code":-1,"message":"invalid request"}`, "traffic_plans/list")
}

func TestStocks(t *testing.T) {
	s := newServer(t)
	require.Equal(t, []any{33074.0}, names(s.call("stocks/list", "group", "1CPU")["servers"], "id"))
	require.Equal(t, []any{33071.0}, names(s.call("stocks/list", "location", "NL", "group", "ALL")["servers"], "id"))
	require.Equal(t, "Xeon E3", field(s.call("stocks/show", "id", "33074"), "server_data", "name"))
	s.fails("STOCKS/show: server not exist", "stocks/show", "id", "1")
}

func TestOwnCatalogue(t *testing.T) {
	sold := hostkeytest.Catalogue{
		Presets: []hostkeytest.Preset{{ID: 1, Name: "vm.own", Locations: []string{"FR"}, Monthly: "0.00"}},
		OS:      []hostkeytest.OS{{ID: 2, Name: "Own"}},
	}
	s := signedIn(t, hostkeytest.WithCatalogue(sold), hostkeytest.WithCredit("0"))
	sold.Presets[0].Locations[0] = "changed"
	m := s.machine("web1", "preset", "1", "location_name", "FR", "os_id", "2")
	require.Equal(t, []any{"vm.own", "0.00"}, []any{m.Preset, m.Price})
	require.Equal(t, []string{"FR"}, s.Catalogue().Presets[0].Locations)
	require.Panics(t, func() {
		hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithCatalogue(hostkeytest.Catalogue{Presets: []hostkeytest.Preset{{ID: 1}}}))
	})
}

func TestInstalls(t *testing.T) {
	s := signedIn(t)
	require.Equal(t, []any{"install-docker", "install-panel"}, names(s.call("jenkins/get_tasks")["tasks"], "name"))
	id := text(s.machine("web1").ID)
	require.Equal(t, "Post is install-panel", s.wait(s.call("jenkins/call", "id", id, "task", "2"))["scope"])
	s.fails("jenkins/call: no such task", "jenkins/call", "id", id, "task", "3")
}
