// Package schedule reads the time table of the night: a cron expression in a
// time zone, with daylight saving time taken the way people mean it.
//
// An expression that names hours is about the clock on the wall. Where the clock
// jumps forward over a named time, the run comes at the moment of the jump; where
// it is set back and shows a named time twice, the run comes once, the first time.
// An expression with every hour ("*" or "*/n") is about time that passes: it runs
// through both hours of an autumn night and skips nothing that exists.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines that have none installed

	"github.com/robfig/cron/v3"
)

// Schedule is a time table. The zero value is not usable; see Parse.
type Schedule struct {
	text string
	zone *time.Location
	spec cron.Schedule
	wall bool // named hours: about the clock on the wall
}

// Parse reads a cron expression of five fields (minute, hour, day of month,
// month, day of week) or one of @hourly, @daily, @weekly and @monthly, in a time
// zone of the IANA database; "" is UTC.
func Parse(text, zone string) (*Schedule, error) {
	location, err := Zone(zone)
	if err != nil {
		return nil, err
	}
	text = strings.Join(strings.Fields(text), " ")
	fields := strings.Fields(text)
	named := map[string]string{"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
	if full := named[text]; full != "" {
		fields = strings.Fields(full)
	}
	if len(fields) != 5 || strings.Contains(text, "=") {
		return nil, fmt.Errorf("%q is no schedule: write five fields, minute hour day month weekday, such as \"0 2 * * *\" for two o'clock every night", text)
	}
	spec, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("%q is no schedule: %w; write minute hour day month weekday, such as \"0 2 * * *\"", text, err)
	}
	s := &Schedule{text: text, zone: location, spec: spec}
	s.wall = !strings.HasPrefix(fields[1], "*")
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: there is no such day", text)
	}
	return s, nil
}

// Zone finds a time zone by its IANA name; "" is UTC.
func Zone(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, errors.New(`time zone "Local" means another zone on every machine: write a name such as Asia/Shanghai, Europe/Berlin or UTC`)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q: write a name such as Asia/Shanghai, Europe/Berlin or UTC", name)
	}
	return location, nil
}

// String is the expression and its zone.
func (s *Schedule) String() string { return s.text + " " + s.zone.String() }

// Location is the time zone.
func (s *Schedule) Location() *time.Location { return s.zone }

// Next is the first time of the table after a moment; the zero time when there
// is none within five years.
func (s *Schedule) Next(after time.Time) time.Time {
	if !s.wall {
		return s.spec.Next(after.In(s.zone))
	}
	// The table is walked on a clock without jumps, then each time is looked up
	// on the real one. A day's start covers every jump there has been.
	local := after.In(s.zone)
	naive := time.Date(local.Year(), local.Month(), local.Day()-1, local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	for {
		naive = s.spec.Next(naive)
		if naive.IsZero() {
			return time.Time{}
		}
		if at := s.real(naive); at.After(after) {
			return at
		}
	}
}

// real is the moment at which the clock on the wall first shows a time, or jumps
// over it.
func (s *Schedule) real(naive time.Time) time.Time {
	shows := func(t time.Time) time.Time { // what the wall shows, as if it were UTC
		l := t.In(s.zone)
		return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
	}
	// No zone is further than 15 hours from UTC: the moment lies in between. What
	// the wall shows rises except at a set-back, so the first moment at which it
	// shows the time or later is found by looking at each stretch between changes.
	at, end := naive.Add(-15*time.Hour), naive.Add(15*time.Hour)
	for at.Before(end) {
		_, change := at.In(s.zone).ZoneBounds()
		if change.IsZero() || change.After(end) {
			change = end
		}
		if wait := naive.Sub(shows(at)); wait <= 0 {
			return at.In(s.zone)
		} else if at.Add(wait).Before(change) {
			return at.Add(wait).In(s.zone)
		}
		at = change
	}
	return at.In(s.zone)
}

// Last is the latest time of the table that is not after a moment; the zero time
// when there is none within five years.
func (s *Schedule) Last(now time.Time) time.Time {
	for _, days := range []int{2, 8, 35, 370, 5 * 366} {
		var last time.Time
		for t := s.Next(now.AddDate(0, 0, -days)); !t.IsZero() && !t.After(now); t = s.Next(t) {
			last = t
		}
		if !last.IsZero() {
			return last
		}
	}
	return time.Time{}
}
