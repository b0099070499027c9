// Package export writes tables: for people, and as CSV, JSON and Parquet for
// programs. Answers of cubes (olap.Table) are written whole; results of SQL
// (array.RecordReader) are streamed.
package export

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"verso/olap"
	"verso/olap/engine"
)

// Format writes a value the way people read it in a column: thousands
// separated, money and ratios with two decimals, shares as percent and their
// differences as percentage points with one, unless the column says otherwise.
// What is missing is "–". Amounts are rounded half away from zero, from their exact
// digits.
func Format(v any, c olap.Column) string {
	switch v := v.(type) {
	case nil:
		if c.Kind == "attribute" {
			return ""
		}
		return "–"
	case string:
		return v
	}
	if c.Kind == "attribute" {
		return engine.Text(v) // years and weekdays have no separators
	}
	digits, known := map[string]int{"money": 2, "ratio": 2, "decimal": 2, "percent": 1, "points": 1, "hours": 1, "integer": 0, "days": 0}[c.Format]
	if !known {
		return engine.Text(v)
	}
	if c.Digits > 0 {
		digits = c.Digits
	}
	sign := map[string]string{"percent": "%", "points": " pp"}[c.Format]
	if sign == "" {
		return fixed(v, digits)
	}
	f, ok := engine.Float(v)
	if !ok || math.IsNaN(f) || math.IsInf(f, 0) {
		return engine.Text(v)
	}
	return fixed(100*f, digits) + sign
}

// fixed writes a number with so many decimals and thousands separated.
func fixed(v any, decimals int) string {
	var digits string
	switch n := v.(type) {
	case int64:
		digits = strconv.FormatInt(n, 10)
		if decimals > 0 {
			digits += "." + strings.Repeat("0", decimals)
		}
	case engine.Decimal:
		digits = roundDecimal(n, decimals)
	case float64:
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return engine.Text(v)
		}
		digits = strconv.FormatFloat(n, 'f', decimals, 64)
	default:
		return engine.Text(v)
	}
	return separate(digits)
}

// roundDecimal rounds half away from zero.
func roundDecimal(d engine.Decimal, decimals int) string {
	n := new(big.Int).Abs(d.Num.BigInt())
	if drop := int64(d.Scale) - int64(decimals); drop > 0 {
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(drop), nil)
		n.Add(n, new(big.Int).Quo(unit, big.NewInt(2))).Quo(n, unit)
	} else {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(-drop), nil))
	}
	digits := n.String()
	if decimals > 0 {
		if short := decimals + 1 - len(digits); short > 0 {
			digits = strings.Repeat("0", short) + digits
		}
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	if d.Num.Sign() < 0 && n.Sign() != 0 {
		digits = "-" + digits
	}
	return digits
}

// separate puts a comma between the thousands of a plain number.
func separate(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, rest, dot := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if dot {
		b.WriteString("." + rest)
	}
	if sign != "" && strings.Trim(digits, "0.") == "" {
		sign = "" // no minus zero
	}
	return sign + b.String()
}

// Plain writes a value for programs: exact decimals, the shortest double that
// reads back the same, ISO dates, true and false, nothing for a missing value.
func Plain(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return engine.Text(v)
}

// The marks of rows in files, in the column "level".
const (
	levelRow      = "row"
	levelSubtotal = "subtotal"
	levelOthers   = "others"
	levelTotal    = "total"
)

// marked reports whether rows of the answer may be something else than plain
// rows; files then have a leading column "level".
func marked(t *olap.Table) bool {
	q := t.Query
	return len(q.Rows) > 0 && (q.Totals.Grand || q.Totals.Rows && len(q.Rows) > 1 || q.Top != nil && q.Top.Others)
}

func levelOf(t *olap.Table, r olap.Row) string {
	switch {
	case r.Other:
		return levelOthers
	case !t.IsTotal(r):
		return levelRow
	case r.Level == 0:
		return levelTotal
	}
	return levelSubtotal
}

// header is the unique name of a column in files: its name, after the members
// it stands under.
func header(c olap.Column) string {
	return strings.Join(append(append([]string{}, c.Members...), c.Name), " / ")
}

// headers are the unique names of all columns; should two still be equal, the
// later one is numbered.
func headers(columns []olap.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = header(c)
	}
	return distinct(names)
}

func distinct(names []string) []string {
	seen := map[string]bool{}
	for i, name := range names {
		unique := name
		for n := 2; seen[unique]; n++ {
			unique = name + "_" + strconv.Itoa(n)
		}
		seen[unique] = true
		names[i] = unique
	}
	return names
}
