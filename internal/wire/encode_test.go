package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

type order struct {
	Name     string           `wire:"name,required"`
	Owner    int64            `wire:"id_user,positive"`
	Password provider.Secret  `wire:"password"`
	New      *provider.Secret `wire:"new_password"`
	Amount   amount           `wire:"amount"`
	Note     *string          `wire:"note"`
	Days     int64            `wire:"days,always"`
	Tags     []string         `wire:"tags,always"`
	Until    *time.Time       `wire:"until,date"`
	From     time.Time        `wire:"from"`
	Key      string           `wire:"parts.key"`
	Cert     string           `wire:"parts.cert"`
	Lines    []line           `wire:"lines"`
	Given    provider.Payload `wire:"given"`
	Extra    map[string]any   `wire:",extra"`
}

type line struct {
	ID string `wire:"id,due"`
}

type amount string

var _ = wire.Write(func(a amount) (any, string) {
	if a == "odd" {
		return nil, "must be an amount"
	}
	return json.Number(a), ""
})

func TestFields(t *testing.T) {
	for want, o := range map[string]order{
		`{"name":"n","id_user":1,"days":0,"tags":[]}`:                                          {},
		`{"name":"n","id_user":1,"days":0,"tags":[],"note":"","until":null,"new_password":""}`: {Note: new(""), Until: new(time.Time{}), New: new(provider.NewSecret(""))},
		`{"name":"n","id_user":1,"days":2,"tags":["t"],"until":"2026-03-04","from":"2026-03-04T05:06:07Z","password":"p","amount":1.50}`: {
			Days: 2, Tags: []string{"t"}, Until: new(at("2026-03-04T05:06:07Z")), From: at("2026-03-04T06:06:07+01:00"), Password: provider.NewSecret("p"), Amount: "1.50",
		},
		`{"name":"n","id_user":1,"days":0,"tags":[],"parts":{"key":"k","cert":"c"},"lines":[{"id":"l"}],"given":{"a":1},"x":[1]}`: {
			Key: "k", Cert: "c", Lines: []line{{"l"}}, Given: provider.NewPayload(`{"a":1}`), Extra: map[string]any{"x": []int{1}},
		},
	} {
		o.Name, o.Owner = "n", 1
		var e wire.Encoder
		body, err := json.Marshal(e.Fields(&o))
		require.NoError(t, err)
		require.Empty(t, e.Problems)
		require.JSONEq(t, want, string(body))
	}
	var e wire.Encoder
	e.Fields(&order{Name: "n", Owner: 1, Password: provider.NewSecret("p"), New: new(provider.NewSecret("q"))})
	require.Equal(t, []provider.Secret{provider.NewSecret("p"), provider.NewSecret("q")}, e.Secrets)
	e = wire.Encoder{}
	e.Fields(&order{Name: " ", Amount: "odd", Lines: []line{{"l"}, {}}})
	require.Equal(t, provider.Problems{"Name": "required", "Owner": "required", "Amount": "must be an amount", "Lines[1].ID": "required"}, e.Problems)
}
