package language

import (
	"slices"
	"strings"
	"time"
)

// Formats are how a language writes numbers, amounts and dates. Patterns hold
// {names}: {day}, {day2} (two digits), {month} and {mon} (the names, long and
// short), {month1} and {month2} (the number), {year}; {number}, {magnitude} and
// {currency}; {from} and {to}.
type Formats struct {
	Decimal string `yaml:"decimal"` // between whole and fraction
	Group   string `yaml:"group"`   // between thousands; "" for none
	Percent string `yaml:"percent"` // behind a number
	Absent  string `yaml:"not_applicable"`

	LongDate      string   `yaml:"long_date"`       // in a sentence
	ShortDate     string   `yaml:"short_date"`      // in a table
	MonthYear     string   `yaml:"month_year"`      // of a table
	Month         string   `yaml:"month"`           // without its year
	Range         string   `yaml:"range"`           // {from} and {to}, two days
	RangeDay      string   `yaml:"range_day"`       // each of them
	RangeSameYear string   `yaml:"range_same_year"` // the first, where both are of one year
	Months        []string `yaml:"months"`          // January first
	MonthsShort   []string `yaml:"months_short"`

	Amount     string            `yaml:"amount"`     // money in a sentence
	AmountUnit string            `yaml:"unit"`       // of a column of amounts
	Magnitudes []Magnitude       `yaml:"magnitudes"` // largest first
	Currencies map[string]string `yaml:"currencies"` // names by ISO code; none: the code
}

// Magnitude is a step in which a language counts.
type Magnitude struct {
	Of    float64 `yaml:"of"`    // such as 1000000
	Short string  `yaml:"short"` // in a header
	Long  string  `yaml:"long"`  // behind a number in a sentence, with its space
}

// fold fills what is empty with what another language has.
func (f Formats) over(under Formats) Formats {
	for _, p := range []struct {
		to   *string
		from string
	}{
		{&f.Decimal, under.Decimal}, {&f.Percent, under.Percent}, {&f.Absent, under.Absent}, {&f.LongDate, under.LongDate},
		{&f.ShortDate, under.ShortDate}, {&f.MonthYear, under.MonthYear}, {&f.Month, under.Month}, {&f.Range, under.Range}, {&f.RangeDay, under.RangeDay},
		{&f.RangeSameYear, under.RangeSameYear}, {&f.Amount, under.Amount}, {&f.AmountUnit, under.AmountUnit},
	} {
		if *p.to == "" {
			*p.to = p.from
		}
	}
	if len(f.Months) == 0 {
		f.Months = under.Months
	}
	if len(f.MonthsShort) == 0 {
		f.MonthsShort = under.MonthsShort
	}
	if len(f.Magnitudes) == 0 {
		f.Magnitudes = under.Magnitudes
	}
	return f
}

// Step is the distance between two magnitudes, 1,000 or 10,000.
func (f *Formats) Step() float64 {
	if n := len(f.Magnitudes); n > 0 {
		return f.Magnitudes[n-1].Of
	}
	return 1
}

// Currency is the name of a currency beside a number.
func (f *Formats) Currency(code string) string {
	if name, ok := f.Currencies[code]; ok {
		return name
	}
	return code
}

// Day writes a day by a pattern.
func (f *Formats) Day(pattern string, t time.Time) string {
	number := func(n, width int) string {
		s := itoa(n)
		return strings.Repeat("0", max(0, width-len(s))) + s
	}
	return strings.NewReplacer("{day}", number(t.Day(), 1), "{day2}", number(t.Day(), 2), "{month1}", number(int(t.Month()), 1),
		"{month2}", number(int(t.Month()), 2), "{year}", number(t.Year(), 4), "{month}", nth(f.Months, t.Month()), "{mon}", nth(f.MonthsShort, t.Month())).Replace(pattern)
}

func nth(names []string, m time.Month) string {
	if int(m) > len(names) {
		return itoa(int(m))
	}
	return names[m-1]
}

// Days writes the days from one to another.
func (f *Formats) Days(from, to time.Time) string {
	first := f.RangeDay
	if from.Year() == to.Year() {
		first = f.RangeSameYear
	}
	return strings.NewReplacer("{from}", f.Day(first, from), "{to}", f.Day(f.RangeDay, to)).Replace(f.Range)
}

// faults are what is wrong with formats, as keys and reasons.
func (f *Formats) faults() (out [][2]string) {
	add := func(key, why string) { out = append(out, [2]string{key, why}) }
	for _, p := range []struct{ key, pattern, names string }{
		{"long_date", f.LongDate, "day day2 month mon month1 month2 year"}, {"short_date", f.ShortDate, "day day2 month mon month1 month2 year"},
		{"month_year", f.MonthYear, "month mon month1 month2 year"}, {"month", f.Month, "month mon month1 month2"}, {"range", f.Range, "from to"},
		{"range_day", f.RangeDay, "day day2 month mon month1 month2 year"}, {"range_same_year", f.RangeSameYear, "day day2 month mon month1 month2 year"},
		{"amount", f.Amount, "number magnitude currency"}, {"unit", f.AmountUnit, "magnitude currency"},
	} {
		known := strings.Fields(p.names)
		for _, name := range placeholders(p.pattern) {
			if !slices.Contains(known, name) {
				add(p.key, "there is no {"+name+"} here; there are {"+strings.Join(known, "}, {")+"}")
			}
		}
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"months", f.Months}, {"months_short", f.MonthsShort}} {
		if n := len(list.names); n != 0 && n != 12 {
			add(list.key, "has "+itoa(n)+" names, not twelve")
		}
	}
	if f.Decimal != "" && f.Decimal == f.Group {
		add("group", "is the same sign as decimal")
	}
	for i, m := range f.Magnitudes {
		if m.Of < 1 || i > 0 && m.Of >= f.Magnitudes[i-1].Of {
			add("magnitudes", "must fall from the largest to the smallest, none below 1")
		}
	}
	return out
}
