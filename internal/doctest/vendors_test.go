package doctest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// vendors are opened as a caller does who sets nothing but what is required.
var vendors = []struct {
	driver provider.Driver
	config provider.ServerConfig
}{
	{keyhelp.Driver, provider.ServerConfig{URL: "https://panel.example.com", Secret: provider.NewSecret("placeholder")}},
	{hestia.Driver, provider.ServerConfig{
		URL: "https://panel.example.com:8083", Username: strings.Repeat("A", 20), Secret: provider.NewSecret(strings.Repeat("a", 40)),
	}},
	{hostkey.Driver, provider.ServerConfig{Secret: provider.NewSecret("placeholder")}},
	{elizon.Driver, provider.ServerConfig{Secret: provider.NewSecret("placeholder")}},
	{licenseserver.Driver, provider.ServerConfig{URL: "https://license.example.com", Secret: provider.NewSecret("AF-2030-" + strings.Repeat("x", 32))}},
}

// TestCapabilities: the table of each vendor's page says what Describe says, whose evidence the conformance
// suite compares with the requests.
func TestCapabilities(t *testing.T) {
	pages := documents(t)
	for _, vendor := range vendors {
		name := "docs/" + vendor.driver.Kind() + ".md"
		t.Run(name, func(t *testing.T) {
			vendor.config.Kind = vendor.driver.Kind()
			p, err := vendor.driver.Open(vendor.config)
			require.NoError(t, err)
			declared := p.Describe().Capabilities
			rows := table(t, pages, name, "Capability", "Level", "Evidence", "Note")
			require.Len(t, rows, len(provider.AllCapabilities()), "a row for each capability")
			for i, of := range provider.AllCapabilities() {
				support := declared[of]
				evidence := support.Evidence
				if !declared.Has(of) {
					evidence = ""
				}
				want := []string{string(of), string(cmp.Or(support.Level, provider.Unsupported)), string(evidence), support.Note}
				assert.Equal(t, want, rows[i], "capability, level, evidence and note")
			}
		})
	}
}

// TestConfiguration: the table of each vendor's page has what its driver takes, with the
// defaults and the values that are allowed.
func TestConfiguration(t *testing.T) {
	pages := documents(t)
	for _, vendor := range vendors {
		name := "docs/" + vendor.driver.Kind() + ".md"
		t.Run(name, func(t *testing.T) {
			rows := table(t, pages, name, "Field", "Default", "Values")
			for i, option := range vendor.driver.Config() {
				initial := option.Default
				switch {
				case option.Required:
					initial = "required"
				case initial != "":
					initial = "`" + initial + "`"
				}
				values := string(option.Type)
				if option.Type == provider.OptionEnum {
					values = "`" + strings.Join(option.Allowed, "`, `") + "`"
				}
				if option.Secret {
					values += ", secret"
				}
				require.Greater(t, len(rows), i, option.Name)
				assert.Equal(t, []string{"`" + option.Name + "`", initial, values}, rows[i], "field, default, values")
			}
			assert.Len(t, rows, len(vendor.driver.Config()))
		})
	}
}

// table reads these columns of the one table of a page that has them.
func table(t *testing.T, pages []*page, name string, columns ...string) (rows [][]string) {
	t.Helper()
	i := slices.IndexFunc(pages, func(p *page) bool { return p.name == name })
	require.GreaterOrEqual(t, i, 0, "there is no %s", name)
	var places []int
	for _, line := range pages[i].prose {
		if !strings.HasPrefix(line, "|") {
			if rows != nil {
				return rows
			}
			places = nil
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for k := range cells {
			cells[k] = strings.TrimSpace(cells[k])
		}
		switch {
		case places == nil:
			for _, column := range columns {
				places = append(places, slices.Index(cells, column))
			}
		case slices.Contains(places, -1), strings.HasPrefix(cells[0], "---"):
		default:
			row := make([]string, len(places))
			for k, place := range places {
				row[k] = cells[place]
			}
			rows = append(rows, row)
		}
	}
	require.NotEmpty(t, rows, "%s has no table with the columns %q", name, columns)
	return rows
}

// TestFleetFiles: the configurations that pages and comments print can be read, and their
// kinds have drivers.
func TestFleetFiles(t *testing.T) {
	for _, page := range slices.Concat(newCompiler(t).comments, documents(t)) {
		for _, b := range page.blocks {
			if b.language() == "json" {
				assert.Empty(t, fleetProblem(b.code), b)
			}
		}
	}
	assert.Empty(t, fleetProblem(`{"servers": [{"name": "a", "kind": "hestia", "url": "https://a.example.com", "secret": "env:A"}]}`))
	assert.Contains(t, fleetProblem(`{"servers": [{"name": "a", "kinds": "hestia"}]}`), "kinds")
	assert.Contains(t, fleetProblem(`{"servers": [{"name": "a", "kind": "plesk"}]}`), "plesk")
}

func fleetProblem(text string) string {
	config, err := fleet.Parse(strings.NewReader(text))
	if err != nil {
		return err.Error()
	}
	for _, server := range config.Servers {
		if !slices.ContainsFunc(drivers(), func(d provider.Driver) bool { return d.Kind() == server.Kind }) {
			return "no driver of the kind " + server.Kind
		}
	}
	return ""
}

func drivers() (all provider.Drivers) {
	for _, vendor := range vendors {
		all = append(all, vendor.driver)
	}
	return all
}
