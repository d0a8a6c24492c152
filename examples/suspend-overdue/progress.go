package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider/bulk"
)

// progress shows the progress of the job: a bar on a terminal, lines in a pipe.
type progress struct {
	terminal
	names map[bulk.Key]string
	now   bulk.JobProgress
	drawn time.Time
}

func newProgress(t terminal, names map[bulk.Key]string) *progress {
	return &progress{terminal: t, names: names}
}

// note records the progress. It is called before result.
func (p *progress) note(now bulk.JobProgress) { p.now = now }

func (p *progress) result(r *bulk.Result) {
	text := string(r.Outcome)
	if r.Err != nil {
		text = "FAILED: " + r.Err.Error()
	}
	text = words.Line(p.names[r.Target.Key()]+": "+text, words.MaxError)
	switch done := p.now.Skipped + p.now.Done; {
	case !p.live:
		fmt.Fprintf(p.out, "[%d/%d] %s\n", done, p.now.Total, text)
	case r.Err != nil: // failures stay above the bar
		fmt.Fprintf(p.out, "\r\x1b[K%s\n", text)
		p.draw()
	case time.Since(p.drawn) >= time.Second/10 || done == p.now.Total:
		p.draw()
	}
}

const barWidth = 30

func (p *progress) draw() {
	p.drawn = time.Now()
	fmt.Fprint(p.out, "\r\x1b[K"+bar(p.now))
}

// bar returns one line without a line break.
func bar(now bulk.JobProgress) string {
	done := now.Skipped + now.Done
	filled := 0
	if now.Total > 0 {
		filled = barWidth * done / now.Total
	}
	text := fmt.Sprintf("[%s%s] %d/%d", strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), done, now.Total)
	if now.Failed > 0 {
		text += fmt.Sprintf(", %d failed", now.Failed)
	}
	if now.Rate > 0 {
		text += fmt.Sprintf(", %.1f/s", now.Rate)
	}
	if now.Remaining >= time.Second {
		text += fmt.Sprintf(", %s left", now.Remaining.Round(time.Second))
	}
	return text
}

// end leaves the bar as it is and begins a new line.
func (p *progress) end() {
	if p.live && !p.drawn.IsZero() {
		p.draw()
		fmt.Fprintln(p.out)
	}
}
