package main

import (
	"fmt"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// system is a column of the table: what a driver can do without further options. The tests also look at
// what options change.
type system struct {
	*provider.Description
	variants []variant
}

// variant is the same system with an option of its driver.
type variant struct{ *provider.Description }

// option is an option of a driver.
type option struct{ name, value string }

// columns are all vendors. Adapters declare what they can do without any I/O, so any URL and any
// key will do.
var columns = []struct {
	driver   provider.Driver
	username string
	secret   provider.Secret
	variants []option
}{
	{driver: keyhelp.Driver, secret: provider.NewSecret("placeholder"), variants: []option{{name: "dialect", value: "live"}}},
	{driver: hestia.Driver, username: "PLACEHOLDERPLACEHOLD", secret: provider.NewSecret("placeholder0placeholder0placeholder0plac")},
	{driver: hostkey.Driver, secret: provider.NewSecret("0123456789abcdef-0123456789abcdef"), variants: []option{{name: "suspension", value: "power"}}},
	{driver: elizon.Driver, secret: provider.NewSecret("placeholder"), variants: []option{
		{name: "max_renewal", value: "10"}, {name: "max_upgrade", value: "10"},
	}},
	{driver: licenseserver.Driver, secret: provider.NewSecret("AF-2026-PLACEHOLDERPLACEHOLDERPLACEHOLDE"), variants: []option{
		{name: "plans", value: "basic=1/5"}, {name: "search_path", value: "/api/search"},
	}},
}

func open() ([]system, error) {
	var all []system
	for _, c := range columns {
		describe := func(options map[string]string) (*provider.Description, error) {
			p, err := c.driver.Open(provider.ServerConfig{
				Kind: c.driver.Kind(), URL: "https://" + c.driver.Kind() + ".example.com", Username: c.username, Secret: c.secret, Options: options,
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.driver.Kind(), err)
			}
			return p.Describe(), nil
		}
		base, err := describe(nil)
		if err != nil {
			return nil, err
		}
		s := system{Description: base}
		for _, o := range c.variants {
			d, err := describe(map[string]string{o.name: o.value})
			if err != nil {
				return nil, err
			}
			s.variants = append(s.variants, variant{d})
		}
		all = append(all, s)
	}
	return all, nil
}
