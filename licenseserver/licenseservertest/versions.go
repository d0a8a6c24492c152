package licenseservertest

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
)

func checkVersion(c *call) reply {
	current := c.required("current_version")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	body := row{"current_version": current, "update_available": newer(c.st.latest().Number, current)}
	maps.Copy(body, versionRow(c.st.latest()))
	return ok(body)
}

func latestVersion(c *call) reply { return ok(versionRow(c.st.latest())) }

func versionRow(v Version) row {
	return row{"latest_version": v.Number, "release_date": day(v.Released), "release_notes": v.Notes}
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
