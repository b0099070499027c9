package job

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	for _, c := range []struct {
		asOf   string
		months int
		from   string
	}{
		{"2026-06-30", 12, "2025-07-01"},
		{"2026-02-28", 12, "2025-03-01"},
		{"2024-02-29", 12, "2023-03-01"},
		{"2026-03-31", 1, "2026-03-01"},
		{"2026-06-15", 12, "2025-06-16"},
	} {
		asOf, err := time.Parse(time.DateOnly, c.asOf)
		if err != nil {
			t.Fatal(err)
		}
		from, to := (&Job{AsOf: asOf, Months: c.months}).Window()
		if got := from.Format(time.DateOnly); got != c.from || !to.Equal(asOf) {
			t.Errorf("%d months to %s: from %s, want %s", c.months, c.asOf, got, c.from)
		}
	}
}
