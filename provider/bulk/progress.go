package bulk

import "time"

// JobProgress is how far a job has got.
type JobProgress struct {
	// Done counts the targets that have a result, Failed those of them with an error.
	Done, Failed int
	// Skipped counts the targets that the log knows as done. They are not among Done.
	Skipped int
	// Total is how many targets there are, including those skipped; 0 if that is not known.
	Total int
	// Elapsed is how long the job has been running.
	Elapsed time.Duration
	// Rate is the number of results per second over the last half minute or so.
	Rate float64
	// Remaining is how long the rest takes at this rate; 0 if that is not known.
	Remaining time.Duration
}

// meter counts results.
type meter struct {
	JobProgress
	started time.Time
	// The rate is an average over two windows, the current one and the one before.
	window    time.Time
	now, past int
	pastTook  time.Duration
}

const rateWindow = 15 * time.Second

func newMeter(expect int) *meter {
	at := time.Now()
	return &meter{started: at, window: at, JobProgress: JobProgress{Total: expect}}
}

// note counts one result and returns the progress.
func (m *meter) note(failed bool) JobProgress {
	m.Done++
	if failed {
		m.Failed++
	}
	at := time.Now()
	if since := at.Sub(m.window); since >= rateWindow {
		m.past, m.pastTook, m.now, m.window = m.now, since, 0, at
	}
	m.now++
	m.Elapsed = at.Sub(m.started)
	m.Rate, m.Remaining = 0, 0
	if took := at.Sub(m.window) + m.pastTook; took > 0 {
		m.Rate = float64(m.now+m.past) / took.Seconds()
	}
	if left := m.Total - m.Skipped - m.Done; left > 0 && m.Rate > 0 {
		m.Remaining = time.Duration(float64(left) / m.Rate * float64(time.Second))
	}
	return m.JobProgress
}
