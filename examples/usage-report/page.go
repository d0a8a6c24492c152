package main

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows. The template escapes all texts; bars are SVG, whose geometry
// needs no style that a policy could forbid.
type page struct {
	Made          string
	Policy        string
	Style         template.CSS
	Read          string // how many accounts on how many servers
	Missing       string // what could not be read, if anything
	OverCount     int
	Over, Fullest []accountRow
	Servers       []serverRow
	Dead          []failure
	Failed        []failure
	FailedCount   int
}

type accountRow struct {
	Server, Kind, Name, Account string
	Figures                     []figureRow
}

type figureRow struct {
	Metric, Text, Share string
	Bar                 bar
}

type serverRow struct {
	Name, Kind       string
	Accounts, Over   int
	Incomplete       bool
	Disk, Traffic    string
	DiskBar, FlowBar bar
}

// bar is a bar with a width of 100: filled up to Fill, with a mark at the limit. Without a label,
// no bar is drawn.
type bar struct {
	Fill, Mark float64
	Over       bool
	Label      string
}

// writePage writes the page of a summary.
func writePage(w io.Writer, s *summary, now time.Time) error {
	accounts, over, failed, _ := s.counts()
	p := page{
		Made: now.UTC().Format("2006-01-02 15:04 MST"), Style: template.CSS(pageStyle), Policy: policy(),
		Read: number(accounts, "account") + " on " + number(len(s.servers), "server"), OverCount: over, FailedCount: failed, Failed: s.failed,
	}
	if s.incomplete() {
		p.Missing = s.missing()
	}
	for _, e := range s.over.entries {
		p.Over = append(p.Over, e.row())
	}
	for _, e := range s.fullest.entries {
		p.Fullest = append(p.Fullest, e.row())
	}
	largest := make(map[string]int64)
	for _, server := range s.servers {
		for _, metric := range summed {
			largest[metric] = max(largest[metric], server.used[metric])
		}
	}
	for _, server := range s.servers {
		row := serverRow{
			Name: server.name, Kind: server.kind, Accounts: server.accounts, Over: server.over, Incomplete: server.err != nil || server.failed > 0,
		}
		row.Disk, row.DiskBar = server.sum(provider.MetricDisk, largest)
		row.Traffic, row.FlowBar = server.sum(provider.MetricTraffic, largest)
		p.Servers = append(p.Servers, row)
		if server.err != nil {
			p.Dead = append(p.Dead, failure{Server: server.name, Problem: server.err.Err.Error()})
		}
	}
	return pageTemplate.Execute(w, &p)
}

// policy returns a Content-Security-Policy that allows only this page's own style.
func policy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

func (e *entry) row() accountRow {
	row := accountRow{Server: e.server, Kind: e.kind, Name: e.username, Account: e.account}
	if row.Name == "" || row.Name == row.Account {
		row.Name, row.Account = e.account, ""
	}
	for _, u := range e.figures {
		row.Figures = append(row.Figures, figure(u))
	}
	return row
}

// figure draws a figure with a limit. Up to the limit, the bar shows its share; beyond, the bar is
// full and the limit is a mark on it.
func figure(u provider.Usage) figureRow {
	row := figureRow{
		Metric: strings.ReplaceAll(u.Metric, "_", " "), Text: amount(u.Used, u.Unit) + " of " + amount(u.Limit, u.Unit),
	}
	// Rounded away from the limit: what is over it reads 101 % or more, everything else 100 % or
	// less.
	switch part, _ := share(u); {
	case u.Over() && u.Limit == 0:
		row.Share, row.Bar = "none allowed", bar{Fill: 100, Over: true}
	case u.Over():
		row.Share, row.Bar = fmt.Sprintf("%.0f %%", math.Ceil(100*part)), bar{Fill: 100, Mark: round(100 / part), Over: true}
	default:
		row.Share, row.Bar = fmt.Sprintf("%.0f %%", math.Floor(100*part)), bar{Fill: round(100 * part)}
	}
	row.Bar.Label = row.Share
	return row
}

// sum draws a sum in relation to those of the other servers.
func (s *serverSum) sum(metric string, largest map[string]int64) (string, bar) {
	if !s.told[metric] {
		return "not told", bar{}
	}
	b := bar{Label: amount(s.used[metric], provider.UnitBytes)}
	if largest[metric] > 0 {
		b.Fill = round(100 * float64(s.used[metric]) / float64(largest[metric]))
	}
	return b.Label, b
}

func round(f float64) float64 { return float64(int(f*10+0.5)) / 10 }

// amount writes a number for people.
func amount(n int64, unit provider.Unit) string {
	if unit != provider.UnitBytes {
		return fmt.Sprint(n)
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") + " " + units[i]
}
