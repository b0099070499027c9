package change

import (
	"cmp"
	"fmt"
	"time"

	"verso/olap/cube"
)

// Slices are the two sides of a comparison as a person writes them.
type Slices struct {
	After  string `json:"after,omitempty"`  // the period to explain, as cube.ParseTime reads it; "": the year to date
	Before string `json:"before,omitempty"` // the period to compare with; "": the same days a year before
	// Filters as cube.ParseWhere reads them: of both sides, and of each.
	Where       string `json:"where,omitempty"`
	WhereAfter  string `json:"where_after,omitempty"`
	WhereBefore string `json:"where_before,omitempty"`
}

// SliceError is a part of Slices that cannot be read.
type SliceError struct {
	Part  string // as in JSON
	Cause error
}

// Error names the part.
func (e *SliceError) Error() string { return e.Part + ": " + e.Cause.Error() }

// Unwrap is the cause.
func (e *SliceError) Unwrap() error { return e.Cause }

// Question is the comparison of the slices, of no cube and measure yet. A period
// that runs past the as-of date (YYYY-MM-DD) is compared up to it; a Before that
// is named stands as it is. With filters for each side and no Before, both sides
// are of the period After. An error is a *SliceError.
func (s Slices) Question(asOf string) (q Question, err error) {
	today, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		return q, fmt.Errorf("the generation's as-of date: %w", err)
	}
	after := cmp.Or(s.After, "ytd")
	q.After.Label, q.Before.Label = after, s.Before
	if q.After.Time, err = cube.ParseTime(after, today); err != nil {
		return q, &SliceError{"after", err}
	}
	if t := q.After.Time; s.Before == "" && t != nil && t.From <= asOf && t.To > asOf {
		t.To = asOf // the days to come have no sales; those of the year before do
	}
	switch {
	case s.Before != "":
		if q.Before.Time, err = cube.ParseTime(s.Before, today); err != nil {
			return q, &SliceError{"before", err}
		}
	case s.WhereBefore != "" || s.WhereAfter != "":
		q.Before.Time = q.After.Time
		q.Before.Label, q.After.Label = s.WhereBefore, s.WhereAfter
	default:
		q.Before.Time = YearBefore(q.After.Time)
		q.Before.Label, q.After.Label = "", ""
	}
	for _, w := range []struct {
		part, text string
		into       *[]cube.Filter
	}{{"where", s.Where, &q.Where}, {"where_after", s.WhereAfter, &q.After.Where}, {"where_before", s.WhereBefore, &q.Before.Where}} {
		if w.text == "" {
			continue
		}
		if *w.into, err = cube.ParseWhere(w.text); err != nil {
			return q, &SliceError{w.part, err}
		}
	}
	return q, nil
}

// YearBefore is the same days of the year before; nil for all time.
func YearBefore(t *cube.Time) *cube.Time {
	if t == nil {
		return nil
	}
	back := func(text string) string {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return text
		}
		first := time.Date(d.Year()-1, d.Month(), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, min(d.Day(), first.AddDate(0, 1, -1).Day())-1).Format(time.DateOnly)
	}
	return &cube.Time{Field: t.Field, From: back(t.From), To: back(t.To)}
}

// Unfinished says that the period explained runs past the as-of date; "" where
// it does not.
func Unfinished(q Question, asOf, lang string) string {
	t := q.After.Time
	if t == nil || t.To <= asOf {
		return ""
	}
	note := "%s runs past the as-of date %s: it is not over, and compared with what is."
	if lang == "zh" {
		note = "%s 晚于截止日 %s：该期间尚未结束，却与完整期间相比。"
	}
	return fmt.Sprintf(note, cmp.Or(q.After.Label, t.From+".."+t.To), asOf)
}
