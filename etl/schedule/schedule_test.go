package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func must(t *testing.T, text, zone string) *Schedule {
	t.Helper()
	s, err := Parse(text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runs lists the times of a table from one moment to another, with their offset.
func runs(s *Schedule, from, to string) []string {
	at, _ := time.Parse(time.RFC3339, from)
	end, _ := time.Parse(time.RFC3339, to)
	var out []string
	for t := s.Next(at); !t.IsZero() && !t.After(end); t = s.Next(t) {
		out = append(out, t.Format(time.RFC3339))
	}
	return out
}

// Clock changes of the IANA database: Berlin 2026-03-29 and 2026-10-25, New York
// 2026-03-08 and 2026-11-01, Lord Howe (half an hour) 2026-04-05 and 2026-10-04,
// Samoa without 2011-12-30; Shanghai has none since 1991.
func TestNextAroundClockChanges(t *testing.T) {
	for _, c := range []struct {
		name, text, zone, from, to string
		want                       []string
	}{
		{"no change", "0 2 * * *", "Asia/Shanghai", "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z",
			[]string{"2026-03-29T02:00:00+08:00", "2026-03-30T02:00:00+08:00"}},
		{"the named time does not exist", "30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"the first instant that does not exist", "0 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "2026-03-09T12:00:00Z",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:00:00-04:00"}},
		{"two named times jumped over are one run", "15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00"}},
		{"the named time comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"twice in New York", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"after the set-back, before it the second time", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T12:00:00Z", nil},
		{"every half hour through the set-back", "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"}},
		{"every hour over the jump", "0 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T03:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00", "2026-03-29T05:00:00+02:00"}},
		{"a change of half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"a day that never was", "0 2 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z",
			[]string{"2011-12-29T02:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T02:00:00+14:00", "2012-01-01T02:00:00+14:00"}},
		{"the end of February", "0 2 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z", []string{"2028-02-29T02:00:00Z"}},
		{"working days", "0 6 * * 1-5", "UTC", "2026-06-26T00:00:00Z", "2026-06-30T00:00:00Z", []string{"2026-06-26T06:00:00Z", "2026-06-29T06:00:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := runs(must(t, c.text, c.zone), c.from, c.to)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Over five years of Berlin a nightly table runs once per calendar day, whatever
// the clock does, and Last finds every one of its times again.
func TestOnceANight(t *testing.T) {
	s := must(t, "30 2 * * *", "Europe/Berlin")
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, s.Location())
	for day := range 5 * 365 {
		want := at.AddDate(0, 0, day).Format(time.DateOnly)
		next := s.Next(at.AddDate(0, 0, day))
		if got := next.Format(time.DateOnly); got != want {
			t.Fatalf("the run of %s comes on %s", want, got)
		}
		for _, later := range []time.Duration{0, time.Minute, 20 * time.Hour} {
			if got := s.Last(next.Add(later)); !got.Equal(next) {
				t.Fatalf("%v after the run of %v, the last is %v", later, next, got)
			}
		}
		if got := s.Last(next.Add(-time.Second)); !got.Before(next) || next.Sub(got) > 26*time.Hour {
			t.Fatalf("a second before the run of %v, the last is %v", next, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, zone, want string }{
		{"2 o'clock", "UTC", "five fields"},
		{"", "UTC", "five fields"},
		{"0 25 * * *", "UTC", "above maximum"},
		{"0 2 30 2 *", "UTC", "never comes"},
		{"TZ=UTC 0 2 * * *", "UTC", "five fields"},
		{"0 2 * * *", "Peking", `no time zone "Peking"`},
		{"0 2 * * *", "Local", "another zone on every machine"},
	} {
		if _, err := Parse(c.text, c.zone); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q in %q: %v, want %s", c.text, c.zone, err, c.want)
		}
	}
}
