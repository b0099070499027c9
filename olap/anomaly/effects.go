package anomaly

import (
	"context"
	"maps"
	"slices"
	"time"

	"verso/olap"
)

// fairWeeks is how long a book fair is felt in orders.
const fairWeeks = 6

// effects are what the calendar is known to do to a period: its working days,
// its days of the longest holiday that moves between months (the Spring
// Festival), and its days in the weeks after a fair opened.
func (s *scan) effects(ctx context.Context) ([][]float64, error) {
	days, err := s.olap.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	c, _ := calendars(s.answer.Question.By)
	moving := movingHoliday(days)
	n := len(s.answer.Periods)
	work, holiday, fair := make([]float64, n), make([]float64, n), make([]float64, n)
	opened, running := time.Time{}, ""
	for _, d := range days {
		if d.Fair != "" && d.Fair != running {
			opened, running = d.Date, d.Fair
		}
		i, inside := s.at[c.name(c.start(d.Date))]
		if !inside {
			continue
		}
		if d.Workday {
			work[i]++
		}
		if d.Holiday != "" && d.Holiday == moving {
			holiday[i]++
		}
		if !opened.IsZero() && d.Date.Before(opened.AddDate(0, 0, 7*fairWeeks)) {
			fair[i]++
		}
	}
	return [][]float64{work, holiday, fair}, nil
}

// movingHoliday is the holiday with the most days among those that do not fall
// in the same months every year; "" if there is none.
func movingHoliday(days []olap.Day) string {
	total := map[string]int{}
	years := map[string]map[int]map[time.Month]bool{}
	for _, d := range days {
		if d.Holiday == "" {
			continue
		}
		total[d.Holiday]++
		if years[d.Holiday] == nil {
			years[d.Holiday] = map[int]map[time.Month]bool{}
		}
		if years[d.Holiday][d.Date.Year()] == nil {
			years[d.Holiday][d.Date.Year()] = map[time.Month]bool{}
		}
		years[d.Holiday][d.Date.Year()][d.Date.Month()] = true
	}
	longest := ""
	for _, name := range slices.Sorted(maps.Keys(total)) {
		if moves(years[name]) && total[name] > total[longest] {
			longest = name
		}
	}
	return longest
}

func moves(years map[int]map[time.Month]bool) bool {
	var first map[time.Month]bool
	for _, months := range years {
		if first == nil {
			first = months
		}
		if !maps.Equal(first, months) {
			return true
		}
	}
	return false
}
