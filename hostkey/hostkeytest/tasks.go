package hostkeytest

import (
	"maps"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// task is work that continues after its call was answered.
type task struct {
	key     string
	action  string
	server  int64
	stageAt time.Time
	due     time.Time
	polls   int
	failed  string // why it failed
	// pendingOK words what is not over yet as an OK with the scope "pending".
	pendingOK bool
	scope     func() any     // the scope of a success; nil is a default text
	context   map[string]any // besides action and id
}

// start begins a task. done runs when its time is over, which may be at once; nil does nothing.
func (c *call) start(m *machine, kind taskKind, name string, done func(at time.Time)) *task {
	return c.st.startTask(m, kind, name, c.st.now, done)
}

func (st *state) startTask(m *machine, kind taskKind, name string, at time.Time, done func(time.Time)) *task {
	takes := st.cfg.taskTime
	if kind == deployTime {
		takes = st.cfg.deployTime
	}
	t := &task{
		key: st.tokens.Next(callbackLength, emulator.LowerAlphanumeric), action: name, server: m.ID,
		stageAt: at.Add(takes - takes/3), due: at.Add(takes),
	}
	st.tasks[t.key] = t
	switch {
	case done == nil:
	case takes <= 0:
		done(at)
	default:
		st.plan(t.due, done)
	}
	return t
}

// checkTask reports how far a task is. It removes the key after the first OK.
func checkTask(c *call) reply {
	t := c.st.tasks[c.text("key")]
	if t == nil {
		return message("AsyncKey " + c.text("key") + " not found")
	}
	t.polls++
	polled := c.cfg.notReady == 0 || t.polls > c.cfg.notReady+1
	if c.st.now.Before(t.due) || !polled {
		if t.pendingOK || c.cfg.shapes[ShapePendingOK] {
			return ok(row{"scope": "pending", "context": row{"id": "", "ip": ""}})
		}
		byTime := !c.st.now.Before(t.stageAt) && c.cfg.notReady < t.polls
		if byTime || (c.cfg.notReady > 0 && t.polls == c.cfg.notReady+1) {
			return jsonReply(row{"result": "Stage", "scope": t.action + "_running", "key": t.key})
		}
		return jsonReply(row{"result": "Not ready", "key": t.key})
	}
	about := row{"action": t.action, "id": strconv.FormatInt(t.server, 10)}
	maps.Copy(about, t.context)
	if t.failed != "" {
		return jsonReply(row{"result": "Fail", "scope": t.failed, "context": about, "key": t.key})
	}
	delete(c.st.tasks, t.key)
	var scope any = "Post is " + t.action
	if t.scope != nil {
		scope = t.scope()
	}
	return ok(row{"scope": scope, "context": about, "debug": "", "key": t.key})
}
