package licenseservertest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

func checkVersion(c *call) reply {
	current := c.required("current_version")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	latest := c.st.latest()
	return ok(row{
		"update_available": newer(latest.Number, current), "latest_version": latest.Number, "download_url": c.download(latest),
		"release_notes": latest.Notes, "is_mandatory": latest.Mandatory,
	})
}

func latestVersion(c *call) reply {
	latest := c.st.latest()
	return ok(row{
		"version": latest.Number, "release_date": day(latest.Released), "release_notes": latest.Notes, "download_url": c.download(latest),
	})
}

func (c *call) download(v Version) string { return emulator.Address(c.r) + downloads + v.Number }

// downloadPage is where a download leads: a page in the place of the file.
func (s *Server) downloadPage(r *http.Request) emulator.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := r.PathValue("version")
	if !slices.ContainsFunc(s.st.versions, func(v Version) bool { return v.Number == number }) {
		return emulator.Page{Status: http.StatusNotFound, Text: "There is no such version."}
	}
	return emulator.Page{Status: http.StatusOK, Text: "Version " + number + "."}
}

// latest returns the highest version, not the one that was added last. There is always one.
func (st *state) latest() Version {
	best := st.versions[0]
	for _, v := range st.versions[1:] {
		if compareVersions(v.Number, best.Number) > 0 {
			best = v
		}
	}
	return best
}

// newer reports whether latest is an update of a version; for an unknown version it is not.
func newer(latest, current string) bool {
	return current != "" && compareVersions(latest, current) > 0
}

// compareVersions compares part by part: numbers as numbers, anything else as text; missing parts
// are 0.
func compareVersions(a, b string) int {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	part := func(parts []string, i int) (int, string) {
		if i >= len(parts) {
			return 0, ""
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return 0, parts[i]
		}
		return n, ""
	}
	for i := range max(len(left), len(right)) {
		m, s := part(left, i)
		n, t := part(right, i)
		if c := cmp.Or(cmp.Compare(m, n), cmp.Compare(s, t)); c != 0 {
			return c
		}
	}
	return 0
}
