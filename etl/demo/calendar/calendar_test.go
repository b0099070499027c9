package calendar

import "testing"

func TestWorkingDays(t *testing.T) {
	c := New(2018, 2028)
	for _, k := range []struct {
		date string
		want bool
		why  string
	}{
		{"2025-01-28", false, "Spring Festival"},
		{"2025-02-08", true, "a Saturday worked for the Spring Festival"},
		{"2025-02-09", false, "Sunday"},
		{"2024-10-12", true, "a Saturday worked for the National Day"},
		{"2026-10-07", false, "National Day"},
		{"2026-06-30", true, "Tuesday"},
		{"2018-10-01", false, "National Day of a year without an announced list"},
	} {
		if got := c.IsWorking(ParseDay(k.date)); got != k.want {
			t.Errorf("%s working: %v, want %v: %s", k.date, got, k.want, k.why)
		}
	}
	if got := c.OnWork(ParseDay("2025-10-01")); got != ParseDay("2025-10-09") {
		t.Errorf("the first working day from 1 October 2025 is %s, want 2025-10-09", got.Time().Format("2006-01-02"))
	}
}
