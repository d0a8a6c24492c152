package hestiatest

import (
	"maps"
	"strings"
)

func cronEffects() map[string]effect {
	reports := func(flag string) effect {
		return func(c *call) int {
			c.user.conf["CRON_REPORTS"] = flag
			return 0
		}
	}
	// The panel's own jobs are lines of a file that only the updates' list shows.
	own := func(job string, on bool) effect {
		return func(c *call) int {
			c.st.jobs[job] = on
			return 0
		}
	}
	return map[string]effect{
		"v-add-cron-restart-job":          own("restart", true),
		"v-delete-cron-restart-job":       own("restart", false),
		"v-add-cron-letsencrypt-job":      own("letsencrypt", true),
		"v-add-cron-hestia-autoupdate":    own("update", true),
		"v-delete-cron-hestia-autoupdate": own("update", false),
		"v-add-cron-job":                  addCronJob,
		"v-change-cron-job":               changeCronJob,
		"v-delete-cron-job":               deleteCronJob,
		"v-suspend-cron-job":              suspendCronJob("yes"),
		"v-unsuspend-cron-job":            suspendCronJob("no"),
		"v-suspend-cron-jobs":             func(c *call) int { return c.eachCronJob("v-suspend-cron-job", "no") },
		"v-unsuspend-cron-jobs":           func(c *call) int { return c.eachCronJob("v-unsuspend-cron-job", "yes") },
		"v-add-cron-reports":              reports("yes"),
		"v-delete-cron-reports":           reports("no"),
		"v-rebuild-cron-jobs":             rebuilt,
		"v-list-cron-job":                 listCronJob,
		"v-list-cron-jobs":                listCronJobs,
	}
}

func cronHooks() map[string]hook {
	return map[string]hook{
		"nextjob": func(c *call, _ []string) int {
			if c.v["job"] == "" {
				c.v["job"] = c.user.file("cron").next("JOB")
			}
			return 0
		},
	}
}

func (c *call) cronJob() row { return c.user.file("cron").find("JOB", c.v["job"]) }

func (c *call) cronRow() row {
	return c.stamp(row{
		"JOB": c.v["job"], "MIN": c.v["min"], "HOUR": c.v["hour"], "DAY": c.v["day"], "MONTH": c.v["month"], "WDAY": c.v["wday"],
		"CMD": c.v["cron_command"], "SUSPENDED": "no",
	})
}

func addCronJob(c *call) int {
	c.user.file("cron").add(c.cronRow())
	c.user.file("cron").sortByNumber("JOB")
	c.user.conf.raise("U_CRON_JOBS", 1)
	return c.run("v-restart-cron", c.v["restart"])
}

// changeCronJob rewrites the job, so a suspended one runs again.
func changeCronJob(c *call) int {
	c.user.file("cron").remove("JOB", c.v["job"])
	c.user.file("cron").add(c.cronRow())
	c.user.file("cron").sortByNumber("JOB")
	return c.run("v-restart-cron")
}

func deleteCronJob(c *call) int {
	job := c.cronJob()
	c.user.file("cron").remove("JOB", c.v["job"])
	c.user.conf.lower("U_CRON_JOBS", 1)
	if job.yes("SUSPENDED") {
		c.user.conf.lower("SUSPENDED_CRON", 1)
	}
	return c.run("v-restart-cron", c.v["restart"])
}

func suspendCronJob(flag string) effect {
	return func(c *call) int {
		c.cronJob()["SUSPENDED"] = flag
		if flag == "yes" {
			c.user.conf.raise("SUSPENDED_CRON", 1)
		} else {
			c.user.conf.lower("SUSPENDED_CRON", 1)
		}
		return c.run("v-restart-cron", c.v["restart"])
	}
}

func (c *call) eachCronJob(name, suspended string) int {
	for _, job := range c.user.file("cron").with("SUSPENDED", suspended) {
		c.run(name, c.v["user"], job["JOB"], "no")
	}
	return 0
}

// listCronJobs escapes double quotes, in every format, and loses backslashes.
func listCronJobs(c *call) int {
	rows := clones(c.user.file("cron").rows)
	for _, r := range rows {
		r["CMD"] = escapeQuotes(strings.ReplaceAll(r["CMD"], `\`, ""))
	}
	return c.list(rows)
}

// listCronJob escapes double quotes only: with a backslash in the command, the output is not JSON, or another command.
func listCronJob(c *call) int {
	job := c.cronJob()
	if job == nil {
		return c.fail(eNotExist, "cron job %s doesn't exist", c.v["job"])
	}
	job = maps.Clone(job)
	job["CMD"] = escapeQuotes(job["CMD"])
	return c.list([]row{job})
}
