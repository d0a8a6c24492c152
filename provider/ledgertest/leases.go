package ledgertest

import (
	"errors"
	"time"

	"github.com/provkit/provkit/provider"
)

var clockChecks = []check{
	{"now goes on", func(c *probe) {
		before, err := c.l.Now(c.ctx)
		c.succeeds(err, "Now")
		c.storage.Pass(20 * time.Millisecond)
		other := c.open()
		after, err := other.Now(c.ctx)
		c.succeeds(err, "Now")
		if passed := after.Sub(before); passed < 15*time.Millisecond || passed > time.Minute {
			c.Errorf("20ms have passed, and %v between Now of one program and of another", passed)
		}
	}},
}

var leaseChecks = []check{
	{"lease/held", func(c *probe) {
		other := c.open()
		c.acquire(c.l, account, time.Hour)
		c.held(other, account, "in another program")
		c.held(c.l, account, "in the same program")
		c.acquire(other, account+"/", time.Hour)
	}},
	{"lease/names", func(c *probe) {
		other := c.open()
		for _, name := range names {
			c.acquire(c.l, name, time.Hour)
		}
		for _, name := range names {
			c.held(other, name, "of name "+name)
		}
	}},
	{"lease/released", func(c *probe) {
		other := c.open()
		token := c.acquire(c.l, account, time.Hour)
		c.succeeds(c.l.Release(c.ctx, account, token), "Release")
		c.answers(c.l.Extend(c.ctx, account, token, time.Hour), provider.ErrStale, "Extend after Release")
		c.refused(c.l, bare("1"), token, provider.ErrStale, "after Release")
		next := c.acquire(other, account, time.Hour)
		if next <= token {
			c.Errorf("after Release of token %d the next is %d", token, next)
		}
		c.succeeds(c.l.Release(c.ctx, account, token), "Release of a lease that was released")
		c.held(c.l, account, "after the lease before was released again")
		c.succeeds(c.l.Release(c.ctx, account, next+1), "Release of a token of nobody")
		c.succeeds(c.l.Release(c.ctx, "never acquired", 1), "Release of a lease of nobody")
		c.held(c.l, account, "after a token of nobody was released")
		c.put(other, bare("1"), next)
	}},
	{"lease/expired", func(c *probe) {
		const ttl = 20 * time.Millisecond
		other := c.open()
		token := c.acquire(c.l, account, ttl)
		c.storage.Pass(2 * ttl)
		c.answers(c.l.Extend(c.ctx, account, token, time.Hour), provider.ErrStale, "Extend after expiry")
		c.refused(c.l, bare("1"), token, provider.ErrStale, "with a token that has expired, and nobody has the next")
		next := c.expired(other, account, time.Hour)
		if next <= token {
			c.Errorf("after expiry of token %d the next is %d", token, next)
		}
		c.refused(c.l, bare("1"), token, provider.ErrStale, "with a token that has expired, and another program has the next")
		c.answers(c.l.Extend(c.ctx, account, token, time.Hour), provider.ErrStale, "Extend while another program has the lease")
		c.succeeds(c.l.Release(c.ctx, account, token), "Release after expiry")
		c.held(c.l, account, "after Release of a token that had expired")
		c.put(other, bare("1"), next)
	}},
	{"lease/extended", func(c *probe) {
		other := c.open()
		// A slow machine may have let the lease expire before it was extended.
		for ttl := 20 * time.Millisecond; ; ttl *= 2 {
			start := time.Now()
			token := c.acquire(c.l, account, ttl)
			err := c.l.Extend(c.ctx, account, token, time.Hour)
			if errors.Is(err, provider.ErrStale) && time.Since(start) >= ttl {
				continue
			}
			c.succeeds(err, "Extend")
			c.storage.Pass(2 * ttl)
			c.held(other, account, "of a lease that was extended")
			c.put(c.l, bare("1"), token)
			c.succeeds(c.l.Extend(c.ctx, account, token, ttl), "Extend")
			c.storage.Pass(2 * ttl)
			c.expired(other, account, time.Hour)
			return
		}
	}},
	{"lease/clock set back", func(c *probe) {
		if c.storage.sleeps {
			return
		}
		other := c.open()
		token := c.acquire(c.l, account, time.Minute)
		c.storage.Pass(-45 * time.Second)
		c.held(other, account, "whose clock was set back a little")
		c.succeeds(c.l.Extend(c.ctx, account, token, time.Hour), "Extend after the clock was set back a little")
		c.storage.Pass(-365 * 24 * time.Hour)
		c.answers(c.l.Extend(c.ctx, account, token, time.Hour), provider.ErrStale, "Extend of a lease that would last a year")
		c.refused(c.l, bare("1"), token, provider.ErrStale, "with a lease that would last a year")
		if next := c.acquire(other, account, time.Minute); next <= token {
			c.Errorf("after token %d the next is %d", token, next)
		}
	}},
	{"lease/extended by others", func(c *probe) {
		token := c.acquire(c.l, account, time.Hour)
		for _, wrong := range []int64{token + 1, token - 1, 0, -1} {
			c.answers(c.l.Extend(c.ctx, account, wrong, time.Millisecond), provider.ErrStale, "Extend with the token of nobody")
		}
		c.answers(c.l.Extend(c.ctx, "another", token, time.Hour), provider.ErrStale, "Extend of another name")
		c.storage.Pass(5 * time.Millisecond)
		c.held(c.open(), account, "after others have extended it")
	}},
	{"lease/tokens", func(c *probe) {
		last := int64(0)
		for i := range 12 {
			l := c.open() // every program ends without a word
			ttl := time.Hour
			if i%3 == 1 {
				ttl = 5 * time.Millisecond
			}
			token := c.expired(l, account, ttl)
			if token <= last {
				c.Errorf("token %d follows %d", token, last)
			}
			last = token
			if i%3 == 1 {
				c.storage.Pass(2 * ttl)
			} else {
				c.succeeds(l.Release(c.ctx, account, token), "Release")
			}
		}
	}},
	{"lease/needed for Put", func(c *probe) {
		token := c.acquire(c.l, account, time.Hour)
		other := c.acquire(c.l, "another", time.Hour)
		e := bare("1")
		c.refused(c.l, e, token+100, provider.ErrStale, "with the token of nobody")
		c.refused(c.l, e, -1, provider.ErrStale, "with a token below 0")
		c.refused(c.l, e, other, provider.ErrStale, "with the token of another name")
		c.put(c.l, e, token)
		c.refused(c.l, e, other, provider.ErrStale, "of an entry that is there, with the token of another name")
		c.put(c.open(), e, 0)
	}},
	{"lease/invalid", func(c *probe) {
		token := c.acquire(c.l, account, time.Hour)
		for _, ttl := range []time.Duration{0, -1, time.Millisecond - 1, 24*time.Hour + 1} {
			_, err := c.l.Acquire(c.ctx, "free", ttl)
			c.invalid(err, "ttl", "Acquire")
			c.invalid(c.l.Extend(c.ctx, account, token, ttl), "ttl", "Extend")
		}
		for _, name := range badNames {
			_, err := c.l.Acquire(c.ctx, name, time.Hour)
			c.invalid(err, "name", "Acquire")
			c.invalid(c.l.Extend(c.ctx, name, token, time.Hour), "name", "Extend")
		}
		c.acquire(c.l, "free", 24*time.Hour)
		c.acquire(c.l, "short", time.Millisecond)
	}},
}
