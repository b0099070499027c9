package view

import (
	"math"
	"strconv"
	"strings"
	"time"
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
func Show(lang string, v Value, f Format) string {
	if v.Format != nil {
		f = *v.Format
	}
	switch v.Kind {
	case Text:
		return v.Text
	case Number:
		return Figure(f.Scaled(v.Float), f.Decimals, f.Signed) + f.Suffix
	case Date:
		return ShortDate(lang, v.Date)
	case NotApplicable:
		if lang == "zh" {
			return "不适用"
		}
		return "n/a"
	}
	return "–"
}

// Figure writes a number with thousands separators, a true minus and the given
// decimals. A number that rounds to zero has no sign.
func Figure(x float64, decimals int, signed bool) string {
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
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// unit is a step of magnitude with its names.
type unit struct {
	scale       float64
	short, long string
}

// magnitudes are the steps a language counts in, largest first.
func magnitudes(lang string) []unit {
	if lang == "zh" {
		return []unit{{1e8, "亿", "亿"}, {1e4, "万", "万"}, {1, "", ""}}
	}
	return []unit{{1e9, "bn", " billion"}, {1e6, "m", " million"}, {1e3, "k", "k"}, {1, "", ""}}
}

// MoneyFormat picks the magnitude for a column or chart whose largest number is
// biggest, and returns the format with the unit for its header ("CNY k", "万元").
func MoneyFormat(lang, currency string, biggest float64) (Format, string) {
	f, name := scaleFor(lang, math.Abs(biggest))
	cur := CurrencyName(lang, currency)
	if lang == "zh" {
		return f, name + cur
	}
	return f, strings.TrimSpace(cur + " " + name)
}

// TableFormat is MoneyFormat for a column whose members are much smaller than its
// total: it counts in a smaller unit rather than in decimals.
func TableFormat(lang, currency string, biggest float64) (Format, string) {
	biggest = math.Abs(biggest)
	f, name, enough := Format{Style: Decimal}, "", 200.0
	if lang == "zh" {
		enough = 50 // its steps are ten thousand apart
	}
	for _, m := range magnitudes(lang) {
		if m.scale > 1 && biggest >= enough*m.scale {
			f.Scale, name = m.scale, m.short
			if biggest < 2000*m.scale {
				f.Decimals = 1
			}
			break
		}
	}
	if f.Scale == 0 && biggest < 2000 {
		f.Decimals = 2
	}
	cur := CurrencyName(lang, currency)
	if lang == "zh" {
		return f, name + cur
	}
	return f, strings.TrimSpace(cur + " " + name)
}

// scaleFor picks a magnitude so that the largest number has three to five digits
// before it is rounded.
func scaleFor(lang string, biggest float64) (Format, string) {
	for _, m := range magnitudes(lang) {
		if biggest < m.scale*2 && m.scale > 1 {
			continue
		}
		n := biggest / m.scale
		decimals := 0
		if m.scale > 1 && n < 1000 {
			decimals = 1
		}
		if m.scale > 1 && n < 10 {
			decimals = 2
		}
		return Format{Style: Decimal, Scale: m.scale, Decimals: decimals}, m.short
	}
	return Format{Style: Decimal}, ""
}

// CurrencyName is the currency as written beside a number.
func CurrencyName(lang, code string) string {
	if lang != "zh" {
		return code
	}
	names := map[string]string{"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "TWD": "新台币"}
	if n, ok := names[code]; ok {
		return n
	}
	return code
}

// Money writes an amount inside a sentence with three significant digits:
// "CNY 12.4 million", "1,240 万元".
func Money(lang, currency string, x float64) string {
	number, name := sentenceNumber(lang, x)
	cur := CurrencyName(lang, currency)
	if lang == "zh" {
		if name == "" && cur == currency {
			return number + " " + cur
		}
		return number + " " + name + cur
	}
	return strings.TrimSpace(cur+" ") + "\u00a0" + number + strings.ReplaceAll(name, " ", "\u00a0")
}

// sentenceNumber rounds a number to three digits and names its magnitude.
func sentenceNumber(lang string, x float64) (number, name string) {
	size := math.Abs(x)
	for _, m := range magnitudes(lang) {
		if size < m.scale*0.9995 && m.scale > 1 {
			continue
		}
		n := x / m.scale
		decimals := 0
		if m.scale > 1 {
			decimals = max(0, 2-int(math.Floor(math.Log10(math.Max(math.Abs(n), 1)))))
		}
		return Figure(n, decimals, false), m.long
	}
	return Figure(x, 0, false), ""
}

// Percentage writes a share inside a sentence: "12.3%", below one percent with
// two decimals, from 100% without.
func Percentage(x float64) string {
	decimals := 1
	switch size := math.Abs(x); {
	case size >= 1:
		decimals = 0
	case size < 0.01 && size > 0:
		decimals = 2
	}
	return Figure(x*100, decimals, false) + "%"
}

var monthsEn = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// LongDate writes a date inside a sentence: "30 June 2026", "2026年6月30日".
func LongDate(lang string, t time.Time) string {
	if lang == "zh" {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 January 2006")
}

// ShortDate writes a date in a table: "30 Jun 2026", "2026-06-30".
func ShortDate(lang string, t time.Time) string {
	if lang == "zh" {
		return t.Format("2006-01-02")
	}
	return t.Format("2 Jan 2006")
}

// MonthName writes a month with its year: "Jun 2026", "2026年6月".
func MonthName(lang string, t time.Time) string {
	if lang == "zh" {
		return t.Format("2006年1月")
	}
	return t.Format("Jan 2006")
}

// MonthTick writes a month under an axis: the month alone, and the year with it
// in January and where first is set.
func MonthTick(lang string, t time.Time, first bool) string {
	if lang == "zh" {
		s := strconv.Itoa(int(t.Month())) + "月"
		if first || t.Month() == time.January {
			s += "\n" + strconv.Itoa(t.Year())
		}
		return s
	}
	s := monthsEn[t.Month()-1]
	if first || t.Month() == time.January {
		s += "\n" + strconv.Itoa(t.Year())
	}
	return s
}
