package order_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/provkit/provkit/internal/order"
)

func TestFields(t *testing.T) {
	small := func(text string) bool { return len(text) == 1 }
	for query, bad := range map[string]bool{
		"must=1":               false,
		"must=1&may=2":         false,
		"must=1&other=anyhow":  false,
		"":                     true,
		"may=2":                true,
		"must=":                true,
		"must=1&may=":          true,
		"must=1&may=too+long":  true,
		"must=too+long&may=2":  true,
		"must=too+long&may=no": true,
	} {
		values, _ := url.ParseQuery(query)
		f := order.Fields{Values: values}
		assert.Equal(t, values.Get("must"), f.Must("must", small))
		assert.Equal(t, values.Get("may"), f.Text("may", small))
		assert.Equal(t, bad, f.Bad(), query)
	}
}

func TestGiven(t *testing.T) {
	parse := func(handle string) (string, string) {
		if handle == "bad" {
			return "", order.NotAHandle
		}
		return handle, ""
	}
	for handle, want := range map[string]string{"mine": "", "bad": order.NotAHandle, "yours": "belongs to another order"} {
		_, problem := order.Given(handle, parse, func(o string) bool { return o == "mine" })
		assert.Equal(t, want, problem, handle)
	}
}
