package compile

import (
	"fmt"
	"strings"
	"time"

	"verso/olap/cube"
)

// period is a range of days of one of the fact's date keys; 0 is open.
type period struct {
	use      *cube.Use
	from, to int64 // yyyymmdd, inclusive
}

// bindTime checks the time range. A range on a date dimension leaves out facts
// without a date, even where it is open at one end.
func (p *plan) bindTime() error {
	t := p.query.Time
	if t == nil || t.From == "" && t.To == "" {
		return nil
	}
	use, err := p.dateUse(t.Field)
	if err != nil {
		return err
	}
	p.period = &period{use: use}
	for _, end := range []struct {
		text string
		into *int64
	}{{t.From, &p.period.from}, {t.To, &p.period.to}} {
		if end.text == "" {
			continue
		}
		d, err := time.Parse(time.DateOnly, end.text)
		if err != nil {
			return refuse("time", end.text, "%q is not a date; write YYYY-MM-DD", end.text)
		}
		if use.Whole && !bounds(use.Grain, d, end.into == &p.period.to) {
			return refuse("time", end.text, "the facts of cube %s stand for a whole %s each: a time range begins and ends with one", p.cube.Name, use.Grain)
		}
		*end.into = int64(d.Year()*10000 + int(d.Month())*100 + d.Day())
	}
	if p.period.to != 0 && p.period.from > p.period.to {
		return refuse("time", t.From, "the range ends (%s) before it starts (%s)", t.To, t.From)
	}
	return nil
}

// bounds reports whether a day is the first of a period, or the last.
func bounds(grain string, d time.Time, last bool) bool {
	if last {
		d = d.AddDate(0, 0, 1)
	}
	for _, g := range cube.Grains() {
		switch {
		case g.Name != grain:
		case g.Months > 0:
			return d.Day() == 1 && (int(d.Month())-1)%g.Months == 0
		case g.Days == 7:
			return d.Weekday() == time.Monday
		}
	}
	return true
}

func (p *plan) dateUse(name string) (*cube.Use, error) {
	var dates []string
	for _, u := range p.cube.Dimensions {
		if u.Of.Date {
			dates = append(dates, u.Name)
			if name == "" || name == u.Name {
				return u, nil
			}
		}
	}
	if len(dates) == 0 {
		return nil, refuse("time", name, "cube %s has no date dimension", p.cube.Name)
	}
	return nil, refuse("time", name, "%q is no date dimension of cube %s; %s", name, p.cube.Name, cube.Hint(name, dates))
}

func (p *plan) showTime() string {
	if p.period == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s.%s", factsOf(p.cube), p.period.use.Key)
	if p.period.from != 0 {
		fmt.Fprintf(&b, " from %d", p.period.from)
	}
	if p.period.to != 0 {
		fmt.Fprintf(&b, " to %d", p.period.to)
	}
	return b.String()
}
