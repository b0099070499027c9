package cube

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time range, to the day and inclusive at both ends:
//
//	2025  2025-H1  2025-Q1  2025-03  2025-W14  2025-03-31
//	2025-01..2025-06  2024-Q3..  ..2025-03-31
//	ytd  qtd  mtd                       from the start of the year, quarter or month to asOf
//	this year|quarter|month|week        the whole period that holds asOf
//	previous year|quarter|month|week    the whole period before that
//	last 12 months                      up to asOf: from the day after asOf 12 months earlier
//	all                                 nil
//
// Relative ranges count from asOf, never from the clock. An error is a
// *ParseError.
func ParseTime(text string, asOf time.Time) (*Time, error) {
	fail := func(format string, args ...any) error {
		return &ParseError{What: "time", Text: text, Column: 1, Message: fmt.Sprintf(format, args...)}
	}
	if len(text) > maxRange {
		return nil, fail("a range of %d bytes; at most %d", len(text), maxRange)
	}
	words := strings.Fields(strings.ToLower(text))
	asOf = dayOf(asOf)
	switch {
	case len(words) == 0:
		return nil, fail("an empty range; write 2025, 2025-Q1, 2025-01-01..2025-03-31, ytd or last 12 months; all for everything")
	case len(words) == 1 && words[0] == "all":
		return nil, nil
	case len(words) == 1 && toDate[words[0]] != "":
		from, _ := spanOf(toDate[words[0]], asOf)
		return rangeOf(from, asOf), nil
	case len(words) == 2 && (words[0] == "this" || words[0] == "previous"):
		if _, known := units[words[1]]; !known || strings.HasSuffix(words[1], "s") || words[1] == "day" {
			return nil, fail("%s what? known: year, half, quarter, month, week", words[0])
		}
		from, to := spanOf(words[1], asOf)
		if words[0] == "previous" {
			from, to = spanOf(words[1], from.AddDate(0, 0, -1))
		}
		return rangeOf(from, to), nil
	case words[0] == "last":
		return parseLast(words, asOf, fail)
	}
	return parseAbsolute(strings.Join(strings.Fields(text), ""), fail)
}

// maxRange bounds the bytes of a range.
const maxRange = 200

// toDate are the ranges from the start of a period to the as-of date.
var toDate = map[string]string{"ytd": "year", "qtd": "quarter", "mtd": "month"}

// units are the words for lengths of time, in months or days.
var units = map[string]struct{ months, days int }{
	"year": {12, 0}, "years": {12, 0}, "half": {6, 0}, "halves": {6, 0}, "quarter": {3, 0}, "quarters": {3, 0},
	"month": {1, 0}, "months": {1, 0}, "week": {0, 7}, "weeks": {0, 7}, "day": {0, 1}, "days": {0, 1},
}

func rangeOf(from, to time.Time) *Time {
	return &Time{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
}

func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// spanOf is the first and last day of the period that holds d.
func spanOf(unit string, d time.Time) (from, to time.Time) {
	if unit == "week" {
		from = d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
		return from, from.AddDate(0, 0, 6)
	}
	months := units[unit].months
	first := (int(d.Month()) - 1) / months * months
	from = time.Date(d.Year(), time.Month(first+1), 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, months, -1)
}

// parseLast reads "last N units": that many units up to and including asOf. At
// the end of a month, whole months.
func parseLast(words []string, asOf time.Time, fail func(string, ...any) error) (*Time, error) {
	if len(words) == 2 {
		words = []string{"last", "1", words[1]}
	}
	if len(words) != 3 {
		return nil, fail("want last N days, weeks, months, quarters or years")
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 1 || n > 10000 {
		return nil, fail("%q is not a number from 1 to 10000; want last N days, weeks, months, quarters or years", words[1])
	}
	unit, known := units[words[2]]
	if !known {
		return nil, fail("no unit %q; want days, weeks, months, quarters, halves or years", words[2])
	}
	if unit.days > 0 {
		return rangeOf(asOf.AddDate(0, 0, 1-n*unit.days), asOf), nil
	}
	// The day after the last day, n units earlier: at the end of a month that
	// is the first of a month.
	next := asOf.AddDate(0, 0, 1)
	first := time.Date(next.Year(), next.Month()-time.Month(n*unit.months), 1, 0, 0, 0, 0, time.UTC)
	days := first.AddDate(0, 1, -1).Day()
	return rangeOf(first.AddDate(0, 0, min(next.Day(), days)-1), asOf), nil
}

var (
	yearText    = regexp.MustCompile(`^(\d{4})$`)
	partText    = regexp.MustCompile(`^(\d{4})-?([HhQqWw])(\d{1,2})$`)
	monthText   = regexp.MustCompile(`^(\d{4})-(\d{2})$`)
	dayText     = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`)
	partPeriods = map[string]struct{ months, count int }{"h": {6, 2}, "q": {3, 4}}
)

func parseAbsolute(text string, fail func(string, ...any) error) (*Time, error) {
	left, right, isRange := strings.Cut(text, "..")
	if !isRange {
		from, to, err := parseSpan(text, fail)
		if err != nil {
			return nil, err
		}
		return rangeOf(from, to), nil
	}
	t := &Time{}
	if left == "" && right == "" {
		return nil, fail("a range open at both ends; write all")
	}
	if left != "" {
		from, _, err := parseSpan(left, fail)
		if err != nil {
			return nil, err
		}
		t.From = from.Format(time.DateOnly)
	}
	if right != "" {
		_, to, err := parseSpan(right, fail)
		if err != nil {
			return nil, err
		}
		t.To = to.Format(time.DateOnly)
	}
	if t.From != "" && t.To != "" && t.From > t.To {
		return nil, fail("the range ends (%s) before it starts (%s)", t.To, t.From)
	}
	return t, nil
}

// parseSpan reads one period and gives its first and last day.
func parseSpan(text string, fail func(string, ...any) error) (from, to time.Time, err error) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	date := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	if m := yearText.FindStringSubmatch(text); m != nil {
		return date(number(m[1]), 1, 1), date(number(m[1]), 12, 31), nil
	}
	if m := monthText.FindStringSubmatch(text); m != nil {
		if month := number(m[2]); month >= 1 && month <= 12 {
			return date(number(m[1]), month, 1), date(number(m[1]), month+1, 0), nil
		}
		return from, to, fail("%s: there is no month %s", text, m[2])
	}
	if m := dayText.FindStringSubmatch(text); m != nil {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return from, to, fail("%s: there is no such day", text)
		}
		return d, d, nil
	}
	if m := partText.FindStringSubmatch(text); m != nil {
		year, kind, n := number(m[1]), strings.ToLower(m[2]), number(m[3])
		if kind == "w" {
			return isoWeek(year, n, text, fail)
		}
		p := partPeriods[kind]
		if n < 1 || n > p.count {
			return from, to, fail("%s: want %s1 to %s%d", text, strings.ToUpper(kind), strings.ToUpper(kind), p.count)
		}
		from = date(year, (n-1)*p.months+1, 1)
		return from, from.AddDate(0, p.months, -1), nil
	}
	return from, to, fail("%q is no period; write 2025, 2025-H1, 2025-Q1, 2025-03, 2025-W14, 2025-03-31, a..b, ytd, qtd, mtd, this month, previous year or last 12 months", text)
}

func isoWeek(year, week int, text string, fail func(string, ...any) error) (from, to time.Time, err error) {
	// The fourth of January is always in week 1.
	from, _ = spanOf("week", time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC))
	from = from.AddDate(0, 0, 7*(week-1))
	if y, w := from.ISOWeek(); week < 1 || y != year || w != week {
		return from, to, fail("%s: %d has no week %d", text, year, week)
	}
	return from, from.AddDate(0, 0, 6), nil
}
