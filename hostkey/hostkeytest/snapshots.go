package hostkeytest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

var snapshotActions = []action{
	{"vm", "create_snapshot", write, withToken, "id:server name num_rotation:int?", createSnapshot},
	{"vm", "get_snapshot", read, withToken, "id:server", getSnapshots},
	{"vm", "remove_snapshot", destroy, withToken, "id:server name", removeSnapshot},
	{"vm", "restore_snapshot", destroy, withToken, "id:server name", restoreSnapshot},
	{"vm", "load_stats", read, withToken, "id:server", nil},
	{"vm", "update_restore_settings", write, withToken, "", nil},
	{"vm", "get_engine", read, withToken, "", nil},
}

// Snapshot is a snapshot of a virtual machine.
type Snapshot struct {
	Name string
	At   time.Time
	Size int64 // bytes
	OS   string
	// Restored counts how often the server was restored from it.
	Restored int
}

func (m *machine) snapshot(name string) int {
	return slices.IndexFunc(m.Snapshots, func(s Snapshot) bool { return s.Name == name })
}

func createSnapshot(c *call) reply {
	m, name := c.m, c.text("name")
	switch {
	case m.Dedicated, m.Status != statusRent, len(m.Snapshots) >= snapshotLimit, m.snapshot(name) >= 0:
		return fail("failed to request snapshot creation for " + strconv.FormatInt(m.ID, 10))
	case !snapshotForm.MatchString(name):
		return c.invalid("name")
	}
	return c.accepted(c.start(m, taskTime, c.action.name, func(at time.Time) {
		if len(m.Snapshots) < snapshotLimit && m.snapshot(name) < 0 {
			m.Snapshots = append(m.Snapshots, Snapshot{Name: name, At: at, Size: 1 << 30, OS: m.OS})
		}
	}))
}

// getSnapshots starts a task whose scope is a JSON text.
func getSnapshots(c *call) reply {
	m := c.m
	t := c.start(m, taskTime, c.action.name, nil)
	t.scope = func() any {
		text, _ := json.Marshal(row{"snapshots": rows(m.Snapshots, func(s Snapshot) row {
			return row{"name": s.Name, "date": stamp(s.At), "total_size": s.Size, "openstack_image_id": "image-" + s.Name}
		})})
		return string(text)
	}
	return c.ok(row{"callback": t.key, "settings": row{"num_max": snapshotLimit}})
}

func removeSnapshot(c *call) reply {
	return c.snapshotTask(func(m *machine, i int) { m.Snapshots = slices.Delete(m.Snapshots, i, i+1) })
}

func restoreSnapshot(c *call) reply {
	return c.snapshotTask(func(m *machine, i int) {
		m.OS = m.Snapshots[i].OS
		m.Snapshots[i].Restored++
	})
}

func (c *call) snapshotTask(change func(m *machine, i int)) reply {
	m, name := c.m, c.text("name")
	if m.snapshot(name) < 0 {
		return fail("Snapshot not found")
	}
	return c.accepted(c.start(m, taskTime, c.action.name, func(time.Time) {
		if i := m.snapshot(name); i >= 0 && !m.Gone {
			change(m, i)
		}
	}))
}
