// Package alert tells people what is wrong with the nightly refresh, once when it
// begins and once when it is over. What was told, and what could not be sent yet,
// stands in a file beside the warehouse, so that a restart neither repeats nor
// forgets it.
package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"verso/etl/check"
	"verso/etl/ledger"
)

// Occasions of alerts, as verso.yaml names them.
const (
	Failure   = "failure"
	Stale     = "stale"
	Checks    = "checks"
	Anomalies = "anomalies"
)

// Condition is something that is wrong now.
type Condition struct {
	Key      string `json:"key"` // what it is, the same as long as it lasts
	Occasion string `json:"occasion"`
	Subject  string `json:"subject"` // one line
	Text     string `json:"text"`
	// Mark changes when there is news about the condition, so that it is told
	// again; otherwise it is told once.
	Mark string `json:"mark,omitempty"`
	// Past is a finding about a period that is over: nothing to report when it is
	// no longer found.
	Past bool `json:"past,omitempty"`
}

// State is what conditions are judged by.
type State struct {
	Now        time.Time
	Runs       []ledger.Run  // the ledger
	StaleAfter time.Duration // 0: never stale
	Findings   []Finding     // what the anomaly detection found in the published generation
}

// Finding is a value of the reports that stands out.
type Finding struct {
	Key    string // such as sales.net 2026-06
	Words  string // a sentence
	Period string
}

// Judge lists what is wrong now, of the occasions asked for, in a fixed order.
func Judge(s State, on []string) []Condition {
	var all []Condition
	all = append(all, failure(s)...)
	all = append(all, staleness(s)...)
	all = append(all, breaches(s)...)
	for _, f := range s.Findings {
		all = append(all, Condition{Key: "anomaly " + f.Key, Occasion: Anomalies, Subject: "unusual: " + f.Key, Text: f.Words, Past: true})
	}
	return slices.DeleteFunc(all, func(c Condition) bool { return !slices.Contains(on, c.Occasion) })
}

// last is the latest run that was to publish and has ended; nil when there is
// none.
func last(runs []ledger.Run) *ledger.Run {
	for i := len(runs) - 1; i >= 0; i-- {
		if r := &runs[i]; !r.Dry && r.Status != ledger.StatusRunning {
			return r
		}
	}
	return nil
}

// failure is a last run that did not publish. One that somebody broke off is not
// told: the schedule runs it again.
func failure(s State) []Condition {
	r := last(s.Runs)
	if r == nil {
		return nil
	}
	c := Condition{Key: "failure", Occasion: Failure}
	switch r.Status {
	case ledger.StatusFailed:
		c.Subject, c.Mark = "the refresh failed", string(r.Class)
	case ledger.StatusRefused:
		c.Subject, c.Mark = "the refresh was refused by checks", string(r.Class)
	case ledger.StatusDied:
		c.Subject, c.Mark = "the refresh died", "died"
	default:
		return nil
	}
	step := ""
	if n := len(r.Steps); n > 0 {
		step = ", last step " + r.Steps[n-1].Name
	}
	c.Text = fmt.Sprintf("The refresh of %s ended as %s%s. What was published before is untouched.", r.Started.Format("2006-01-02 15:04 MST"), r.Status, step)
	switch {
	case r.Error != "":
		c.Text += "\n\n" + r.Error
	case r.Status == ledger.StatusDied:
		c.Text += "\n\nIts process ended without a word: the machine went down, it was killed, or memory ran out."
	}
	return []Condition{c}
}

// Published is the latest run that published a generation; nil when none did.
func Published(runs []ledger.Run) *ledger.Run {
	for i := len(runs) - 1; i >= 0; i-- {
		if r := &runs[i]; r.Generation != "" && r.Status == ledger.StatusSucceeded {
			return r
		}
	}
	return nil
}

// staleness is a published generation that is too old, and sources that could
// not be read for the latest one.
func staleness(s State) []Condition {
	r := Published(s.Runs)
	if r == nil {
		return nil
	}
	var out []Condition
	if age := s.Now.Sub(r.Finished); s.StaleAfter > 0 && age > s.StaleAfter {
		out = append(out, Condition{Key: "stale", Occasion: Stale, Subject: "the reports are stale",
			Text: fmt.Sprintf("The published generation was finished %s, %s ago; it should not be older than %s.",
				r.Finished.Format("2006-01-02 15:04 MST"), age.Round(time.Minute), s.StaleAfter)})
	}
	for _, x := range r.Stale {
		out = append(out, Condition{Key: "source " + x.Source, Occasion: Stale, Subject: "source " + x.Source + " could not be read", Mark: x.Since,
			Text: fmt.Sprintf("The reports show source %s as of %s.\n\n%s", x.Source, x.Since, x.Reason)})
	}
	return out
}

// breaches are the checks of the latest run that did not pass: errors, and
// warnings.
func breaches(s State) []Condition {
	r := last(s.Runs)
	for i := len(s.Runs) - 1; i >= 0 && (r == nil || r.Checks == nil); i-- {
		r = &s.Runs[i] // the latest that came as far as the checks
	}
	if r == nil || r.Checks == nil {
		return nil
	}
	var out []Condition
	for _, b := range r.Checks.Breached {
		if b.Severity != check.Error && b.Severity != check.Warn {
			continue
		}
		out = append(out, Condition{Key: "check " + b.ID, Occasion: Checks, Mark: b.Severity, Subject: fmt.Sprintf("check %s (%s)", b.ID, b.Severity),
			Text: fmt.Sprintf("%s: %d of %d rows.", strings.TrimSuffix(b.Description, "."), b.Offenders, b.Tested)})
	}
	return out
}
