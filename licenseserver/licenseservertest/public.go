package licenseservertest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func status(c *call) reply {
	return ok(row{"status": "ok", "service": serviceName, "timestamp": stamp(c.now)})
}

func health(c *call) reply {
	return ok(row{"status": "healthy", "timestamp": stamp(c.now)})
}

// metrics writes the Prometheus text format. The names are choices.
func metrics(c *call) reply {
	var text strings.Builder
	family := func(name, kind, help string, samples ...string) {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
		for _, sample := range samples {
			text.WriteString(name + sample + "\n")
		}
	}
	active := c.st.licenses.Count(func(l *License) bool { return !l.Inactive })
	family("license_server_info", "gauge", "About this server.",
		fmt.Sprintf(`{service=%q,latest_version=%q} 1`, serviceName, c.st.latest().Number))
	family("license_server_licenses", "gauge", "Licenses by state.",
		fmt.Sprintf(`{state="active"} %d`, active), fmt.Sprintf(`{state="inactive"} %d`, len(c.st.licenses.Rows)-active))
	family("license_server_activations", "gauge", "Active activations.", fmt.Sprintf(" %d", c.st.totalActivations()))
	family("license_server_active_sessions", "gauge", "Open sessions.", fmt.Sprintf(" %d", len(c.st.open)))
	var answers []string
	for _, code := range slices.Sorted(maps.Keys(c.st.answers)) {
		answers = append(answers, fmt.Sprintf(`{code="%d"} %d`, code, c.st.answers[code]))
	}
	family("license_server_http_requests_total", "counter", "Answers by HTTP status.", answers...)
	family("license_server_session_duration_seconds", "histogram", "How long sessions lasted.", c.st.durations()...)
	return reply{status: http.StatusOK, text: text.String(), contentType: "text/plain; version=0.0.4; charset=utf-8"}
}

// durations returns the samples of a histogram over the sessions that have ended.
func (st *state) durations() []string {
	counts := make([]int, len(durationBuckets))
	var sum float64
	n := 0
	for _, s := range st.sessions {
		if s.Open() {
			continue
		}
		seconds := s.EndedAt.Sub(s.StartedAt).Seconds()
		n++
		sum += seconds
		for i, bound := range durationBuckets {
			if seconds <= bound {
				counts[i]++
			}
		}
	}
	var samples []string
	for i, bound := range durationBuckets {
		samples = append(samples, fmt.Sprintf(`_bucket{le="%g"} %d`, bound, counts[i]))
	}
	return append(samples, fmt.Sprintf(`_bucket{le="+Inf"} %d`, n), "_sum "+strconv.FormatFloat(sum, 'g', -1, 64), fmt.Sprintf("_count %d", n))
}
