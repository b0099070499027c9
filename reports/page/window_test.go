package page

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWindows(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, c := range []struct {
		asOf          string
		fiscal        time.Month
		from, to      string
		pyFrom, pyTo  string
		rolling, prev string
	}{
		{"2025-06-30", 1, "2025-01-01", "2025-06-30", "2024-01-01", "2024-06-30", "2024-07-01", "2023-07-01"},
		{"2024-02-29", 1, "2024-01-01", "2024-02-29", "2023-01-01", "2023-02-28", "2023-03-01", "2022-03-01"},
		{"2025-03-15", 4, "2024-04-01", "2025-03-15", "2023-04-01", "2024-03-15", "2024-03-16", "2023-03-16"},
		{"2025-04-01", 4, "2025-04-01", "2025-04-01", "2024-04-01", "2024-04-01", "2024-04-02", "2023-04-02"},
	} {
		w := YearToDate(day(c.asOf), c.fiscal)
		p, r := w.Before(1), LastTwelveMonths(day(c.asOf))
		got := []string{ISO(w.From), ISO(w.To), ISO(p.From), ISO(p.To), ISO(r.From), ISO(r.Before(1).From)}
		want := []string{c.from, c.to, c.pyFrom, c.pyTo, c.rolling, c.prev}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.asOf, d)
		}
	}
}
