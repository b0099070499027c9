package view

import (
	"math"
	"strconv"
	"strings"
	"time"

	"verso/reports/language"
)

// Style is how a number is written.
type Style int

// The styles.
const (
	Words   Style = iota // text and anything that formats itself
	Decimal              // with thousands separators and Decimals decimals
	Percent              // times 100; the unit sits in the header or follows as %
	DayDate
)

// Format is how the numbers of a column, chart or key figure are shown.
type Format struct {
	Style    Style
	Scale    float64 // the number is divided by it; 0 means 1
	Decimals int
	Signed   bool // a plus before positive numbers
	Suffix   string
}

// Integer is a whole number.
func Integer() Format { return Format{Style: Decimal} }

// Pct is a share shown as a percentage with one decimal and a % behind it.
func Pct() Format { return Format{Style: Percent, Decimals: 1, Suffix: "%"} }

// Change is the same format with a sign.
func (f Format) Change() Format { f.Signed = true; return f }

// Bare is the same format without its suffix, for columns whose header has the
// unit.
func (f Format) Bare() Format { f.Suffix = ""; return f }

// Scaled is the number as drawn: divided by the scale, shares in percent.
func (f Format) Scaled(x float64) float64 {
	if f.Style == Percent {
		x *= 100
	}
	if f.Scale != 0 {
		x /= f.Scale
	}
	return x
}

// Show writes a value in the language: numbers in the format, dates as dates,
// "n/a" where not applicable and an en dash where there is no data.
func Show(lang *language.Language, v Value, f Format) string {
	if v.Format != nil {
		f = *v.Format
	}
	switch v.Kind {
	case Text:
		return v.Text
	case Number:
		suffix := f.Suffix
		if suffix == "%" {
			suffix = lang.Percent
		}
		return Figure(lang, f.Scaled(v.Float), f.Decimals, f.Signed) + suffix
	case Date:
		return ShortDate(lang, v.Date)
	case NotApplicable:
		return lang.Absent
	}
	return "–"
}

// Figure writes a number with thousands separators, a true minus and the given
// decimals. A number that rounds to zero has no sign.
func Figure(lang *language.Language, x float64, decimals int, signed bool) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	digits := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if strings.Trim(digits, "0.") != "" {
		if x < 0 {
			b.WriteString("−")
		} else if signed {
			b.WriteString("+")
		}
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(lang.Group)
		}
		b.WriteRune(c)
	}
	if fraction != "" {
		b.WriteString(lang.Decimal + fraction)
	}
	return b.String()
}

// MoneyFormat picks the magnitude for a column or chart whose largest number is
// biggest, and returns the format with the unit for its header ("CNY k", "万元").
func MoneyFormat(lang *language.Language, currency string, biggest float64) (Format, string) {
	f, name := scaleFor(lang, math.Abs(biggest))
	return f, unitName(lang, currency, name)
}

// unitName is the unit of a column of amounts.
func unitName(lang *language.Language, currency, magnitude string) string {
	return strings.TrimSpace(strings.NewReplacer("{currency}", lang.Currency(currency), "{magnitude}", magnitude).Replace(lang.AmountUnit))
}

// TableFormat is MoneyFormat for a column whose members are much smaller than its
// total: it counts in a smaller unit rather than in decimals.
func TableFormat(lang *language.Language, currency string, biggest float64) (Format, string) {
	biggest = math.Abs(biggest)
	f, name, enough := Format{Style: Decimal}, "", 200.0
	if lang.Step() >= 10000 {
		enough = 50 // where steps are ten thousand apart
	}
	for _, m := range lang.Magnitudes {
		if m.Of > 1 && biggest >= enough*m.Of {
			f.Scale, name = m.Of, m.Short
			if biggest < 2000*m.Of {
				f.Decimals = 1
			}
			break
		}
	}
	if f.Scale == 0 && biggest < 2000 {
		f.Decimals = 2
	}
	return f, unitName(lang, currency, name)
}

// scaleFor picks a magnitude so that the largest number has three to five digits
// before it is rounded.
func scaleFor(lang *language.Language, biggest float64) (Format, string) {
	for _, m := range lang.Magnitudes {
		if biggest < m.Of*2 || m.Of <= 1 {
			continue
		}
		n := biggest / m.Of
		decimals := 0
		if n < 1000 {
			decimals = 1
		}
		if n < 10 {
			decimals = 2
		}
		return Format{Style: Decimal, Scale: m.Of, Decimals: decimals}, m.Short
	}
	return Format{Style: Decimal, Scale: 1}, ""
}

// Money writes an amount inside a sentence with three significant digits:
// "CNY 12.4 million", "1,240 万元".
func Money(lang *language.Language, currency string, x float64) string {
	number, name := sentenceNumber(lang, x)
	return strings.NewReplacer("{currency}", lang.Currency(currency), "{number}", number, "{magnitude}", name).Replace(lang.Amount)
}

// sentenceNumber rounds a number to three digits and names its magnitude.
func sentenceNumber(lang *language.Language, x float64) (number, name string) {
	size := math.Abs(x)
	for _, m := range lang.Magnitudes {
		if size < m.Of*0.9995 || m.Of <= 1 {
			continue
		}
		n := x / m.Of
		decimals := max(0, 2-int(math.Floor(math.Log10(math.Max(math.Abs(n), 1)))))
		return Figure(lang, n, decimals, false), m.Long
	}
	return Figure(lang, x, 0, false), ""
}

// Percentage writes a share inside a sentence: "12.3%", below one percent with
// two decimals, from 100% without.
func Percentage(lang *language.Language, x float64) string {
	decimals := 1
	switch size := math.Abs(x); {
	case size >= 1:
		decimals = 0
	case size < 0.01 && size > 0:
		decimals = 2
	}
	return Figure(lang, x*100, decimals, false) + lang.Percent
}

// LongDate writes a date inside a sentence: "30 June 2026", "2026年6月30日".
func LongDate(lang *language.Language, t time.Time) string { return lang.Day(lang.Formats.LongDate, t) }

// ShortDate writes a date in a table: "30 Jun 2026", "2026-06-30".
func ShortDate(lang *language.Language, t time.Time) string {
	return lang.Day(lang.Formats.ShortDate, t)
}

// MonthName writes a month with its year: "Jun 2026", "2026年6月".
func MonthName(lang *language.Language, t time.Time) string {
	return lang.Day(lang.Formats.MonthYear, t)
}

// MonthOnly writes a month without its year: "Jun", "6月".
func MonthOnly(lang *language.Language, t time.Time) string {
	return lang.Day(lang.Formats.Month, t)
}

// MonthTick writes a month under an axis: the month alone, and the year with it
// in January and where first is set.
func MonthTick(lang *language.Language, t time.Time, first bool) string {
	s := MonthOnly(lang, t)
	if first || t.Month() == time.January {
		s += "\n" + strconv.Itoa(t.Year())
	}
	return s
}
