package ledgertest

import (
	"strings"

	"github.com/provkit/provkit/provider"
)

var entryChecks = []check{
	{"entry/stored and replaced", func(c *probe) {
		c.missing(c.l, key("1"), "at first")
		e := full("1")
		c.stored(c.l, c.put(c.l, e, 0), "stored")
		e.State, e.Handle, e.Asked, e.Learnt = provider.LedgerPlaced, "next", map[string]string{"b": "c"}, map[string]string{"d": "e"}
		e.SentAt = e.SentAt.AddDate(1, 0, 0)
		c.stored(c.l, c.put(c.l, e, 0), "replaced")
		less := bare("1") // nothing of what was there may shine through
		less.State, less.Revision = provider.LedgerDone, e.Revision
		c.stored(c.l, c.put(c.l, less, 0), "replaced by less")
	}},
	{"entry/stale", func(c *probe) {
		e := full("1")
		first := c.put(c.l, e, 0)
		second := c.put(c.l, e, 0)
		for _, revision := range []int64{0, first.Revision, second.Revision + 1, -1} {
			stale := bare("1")
			stale.Revision = revision
			c.refused(c.l, stale, 0, provider.ErrStale, "with a revision that it has not")
		}
		c.stored(c.l, second, "after that")
		never := bare("2")
		never.Revision = second.Revision
		c.refused(c.l, never, 0, provider.ErrStale, "with a revision of what was never there")
	}},
	{"entry/removed", func(c *probe) {
		c.succeeds(c.l.Remove(c.ctx, key("1"), 0), "Remove of nothing")
		c.succeeds(c.l.Remove(c.ctx, key("1"), 7), "Remove of nothing")
		neighbour := c.put(c.l, full("2"), 0)
		e := full("1")
		first := c.put(c.l, e, 0)
		second := c.put(c.l, e, 0)
		for _, revision := range []int64{0, first.Revision, second.Revision + 1} {
			c.answers(c.l.Remove(c.ctx, e.LedgerKey, revision), provider.ErrStale, "Remove with a revision that it has not")
		}
		c.stored(c.l, second, "after Remove failed")
		c.succeeds(c.l.Remove(c.ctx, e.LedgerKey, second.Revision), "Remove")
		c.missing(c.l, e.LedgerKey, "removed")
		c.lists(c.l, account, "removed", neighbour)
		c.succeeds(c.l.Remove(c.ctx, e.LedgerKey, second.Revision), "Remove once more")
		c.refused(c.l, e, 0, provider.ErrStale, "with the revision of what was removed")
		e.Revision = 0
		third := c.put(c.l, e, 0)
		if third.Revision <= second.Revision {
			c.Errorf("revision %d follows %d and a Remove", third.Revision, second.Revision)
		}
		c.stored(c.l, neighbour, "at the end")
	}},
	{"entry/revisions after Remove and a crash", func(c *probe) {
		last := int64(0)
		for range 4 {
			l := c.open()
			e := c.put(l, full("1"), 0)
			if e.Revision <= last {
				c.Errorf("revision %d follows %d and a Remove", e.Revision, last)
			}
			last = e.Revision
			c.succeeds(l.Remove(c.ctx, e.LedgerKey, e.Revision), "Remove")
		}
	}},
	{"entry/open", func(c *probe) {
		c.lists(c.l, account, "at first")
		var want []*provider.LedgerEntry
		for _, verb := range []string{"create", "renew"} {
			for _, subject := range []string{"!", "1", "10", "2", "B", "a", "a b", "ab", "ä", "世", "\U0001F600"} {
				e := full(subject)
				e.Verb = verb
				if len(want)%2 == 1 {
					e.State = provider.LedgerPlaced
				}
				want = append(want, e)
			}
		}
		for i := range want { // in another order
			at := i * 7 % len(want)
			want[at] = c.put(c.l, want[at], 0)
		}
		done, stranger := full("done"), full("1")
		done.State, stranger.Account = provider.LedgerDone, account+" "
		c.put(c.l, done, 0)
		stranger = c.put(c.l, stranger, 0)
		c.lists(c.l, account, "all", want...)
		c.lists(c.l, stranger.Account, "another account", stranger)
		c.lists(c.l, "nobody", "an account without entries")

		finished := want[3].Clone()
		finished.State = provider.LedgerDone
		c.put(c.l, finished, 0)
		c.lists(c.l, account, "one is done", append(want[:3:3], want[4:]...)...)
		again := finished
		again.State = provider.LedgerSent
		want[3] = c.put(c.l, again, 0)
		c.lists(c.open(), account, "it is sent again", want...)
	}},
	{"entry/keys", func(c *probe) {
		var want []*provider.LedgerEntry
		for _, name := range names {
			for part := range 3 {
				e := full("1")
				*[]*string{&e.Account, &e.Verb, &e.Subject}[part] = name
				want = append(want, c.put(c.l, e, 0))
			}
		}
		for between := range strings.SplitSeq(" |/,;:.-_~\\\"'\u00a0", "") {
			for _, key := range []provider.LedgerKey{
				{Account: "a" + between + "b", Verb: "c", Subject: "d"},
				{Account: "a", Verb: "b" + between + "c", Subject: "d"},
			} {
				e := full("1")
				e.LedgerKey = key
				want = append(want, c.put(c.l, e, 0))
			}
		}
		other := c.open()
		for _, e := range want {
			c.stored(other, e, "among similar keys")
		}
	}},
	{"entry/copies", func(c *probe) {
		e := full("1")
		want := c.put(c.l, e, 0)
		e.Asked["plan"], e.Learnt["invoice"] = "changed", "changed"
		c.stored(c.l, want, "after the given entry was changed")
		got, err := c.l.Entry(c.ctx, e.LedgerKey)
		c.succeeds(err, "Entry")
		got.Handle, got.Asked["plan"], got.Learnt["invoice"] = "changed", "changed", "changed"
		c.stored(c.l, want, "after what Entry returned was changed")
		open, err := c.l.Open(c.ctx, account)
		c.succeeds(err, "Open")
		for _, e := range open {
			e.Handle, e.Asked["plan"], e.Learnt["invoice"] = "changed", "changed", "changed"
		}
		c.stored(c.l, want, "after what Open returned was changed")
	}},
}
