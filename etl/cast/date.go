package cast

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// Dates outside these years are typing errors or two-digit years.
const (
	firstDate = "1000-01-01"
	lastDate  = "9999-12-31"
)

// zone finds the offset at the end of a time of day.
const zone = `:[0-9.]+ ?([+-][0-9]{2}(:?[0-9]{2})?)$`

// dateCell reads dates and timestamps: the source's own formats first, then
// ISO, then the other usual ways.
func dateCell(c Cell, from Class, how Reading) Cell {
	c.Sorry = "not a date"
	whole := c.Column.Type == canon.Date
	target := EngineType(c.Column.Type, false)
	span := fmt.Sprintf("{c} BETWEEN TIMESTAMP '%s' AND TIMESTAMP '%s 23:59:59'", firstDate, lastDate)
	switch from {
	case Date, Stamp, Zoned:
		c.Cast, c.Guard = "TRY_CAST({r} AS TIMESTAMP)", span
	case Text:
		c.Cast, c.Guard = "TRY_CAST({r} AS TIMESTAMP)", span
		if len(how.Formats) > 0 {
			c.Cast = "coalesce(" + strptime("{r}", how.Formats) + ", TRY_CAST({r} AS TIMESTAMP))"
		}
		if !whole {
			c.Guard += ` AND (strlen({r}) < 19 OR (strlen({r}) = 19 AND substr({r}, 17, 1) = ':') OR NOT regexp_matches({r}, '` + zone + `'))`
		}
	default:
		c.Cast, c.Guard = "CAST(NULL AS TIMESTAMP)", "false"
	}
	if whole {
		c.Final = "CAST({c} AS DATE)"
	}
	c.Norm = `regexp_replace(trim(translate(` + Folded(asText(from)) + `, '年月日', '-- ')), '\s+', ' ', 'g')`
	c.Slow = func(n string) string {
		e := usualDates(n, how, !whole)
		return fmt.Sprintf("CAST(CASE WHEN %[1]s BETWEEN TIMESTAMP '%[2]s' AND TIMESTAMP '%[3]s 23:59:59' THEN %[1]s END AS %[4]s)",
			e, firstDate, lastDate, target)
	}
	c.Blanks = append(blankNumbers(), "0000-00-00", "0000-00-00 00:00:00", "0001-01-01", "0001-01-01 00:00:00", "0001-01-01t00:00:00")
	return c
}

// strptime tries formats in turn.
func strptime(e string, formats []string) string {
	quoted := make([]string, len(formats))
	for i, f := range formats {
		quoted[i] = engine.QuoteText(f)
	}
	return "try_strptime(" + e + ", [" + strings.Join(quoted, ", ") + "])"
}

// timed is a text "y-m-d" or "y-m-d time" as a timestamp; the time may be of
// twelve hours, and an offset moves it to UTC when zoned.
func timed(e string, zoned bool) string {
	iso := "TRY_CAST(" + e + " AS TIMESTAMP)"
	if zoned {
		iso = fmt.Sprintf("CASE WHEN regexp_matches(%[1]s, '%[2]s') THEN CAST(TRY_CAST(%[3]s AS TIMESTAMPTZ) AS TIMESTAMP) ELSE TRY_CAST(%[1]s AS TIMESTAMP) END", e, zone,
			`regexp_replace(`+e+`, '([ T][0-9]{1,2}:[0-9]{2}) ?([+-])', '\1:00\2')`)
	}
	return "coalesce(" + iso + ", " + strptime(e, []string{"%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p"}) + ")"
}

// turned is a text "a?b?yyyy time" as a timestamp, day or month first.
func turned(n string, monthFirst, zoned bool) string {
	order := `\3-\2-\1`
	if monthFirst {
		order = `\3-\1-\2`
	}
	return timed(`regexp_replace(`+n+`, '^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})', '`+order+`')`, zoned)
}

// usualDates reads every way of writing a date that does not depend on the
// source, but for the order of day and month.
func usualDates(n string, how Reading, zoned bool) string {
	var b strings.Builder
	b.WriteString("CASE")
	arm := func(pattern, value string) {
		fmt.Fprintf(&b, " WHEN regexp_full_match(%s, '%s') THEN %s", n, pattern, value)
	}
	const rest = `([ T].*)?`
	if len(how.Formats) > 0 {
		own := strptime(n, how.Formats)
		fmt.Fprintf(&b, " WHEN %s IS NOT NULL THEN %s", own, own)
	}
	arm(`[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}`+rest,
		timed(`regexp_replace(`+n+`, '^([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})', '\1-\2-\3')`, zoned))
	arm(`[0-9]{8}`, strptime(n, []string{"%Y%m%d"}))
	arm(`[0-9]{14}`, strptime(n, []string{"%Y%m%d%H%M%S"}))
	arm(`[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}`+rest, turned(n, how.SlashMonth, zoned))
	arm(`[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}`+rest, turned(n, how.HyphenMonth, zoned))
	arm(`[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}`+rest, turned(n, false, zoned))
	if how.PartialDates {
		arm(`[0-9]{4}`, strptime(n, []string{"%Y"}))
		arm(`[0-9]{4}[/.-][0-9]{1,2}[/.-]?`, strptime(`regexp_replace(`+n+`, '^([0-9]{4})[/.-]([0-9]{1,2})[/.-]?$', '\1-\2')`, []string{"%Y-%m"}))
	}
	arm(`[0-9]{1,5}([.][0-9]+)?`, excelSerial(n))
	fmt.Fprintf(&b, " WHEN regexp_matches(%s, '[0-9]') THEN %s END", n, strptime(n, []string{
		"%d %b %Y", "%d-%b-%y", "%d-%b-%Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y", "%B %d %Y"}))
	return b.String()
}

// excelSerial reads the day numbers of workbooks, 1 to 80000. Numbers that look
// like a year (1000 to 2999, the years 1902 to 1908 as serials) are refused.
func excelSerial(n string) string {
	x := "TRY_CAST(" + n + " AS DOUBLE)"
	return fmt.Sprintf("CASE WHEN %[1]s BETWEEN 1 AND 80000 AND NOT regexp_full_match(%[2]s, '[12][0-9]{3}') "+
		"THEN CASE WHEN %[1]s < 60 THEN TIMESTAMP '1899-12-31' ELSE TIMESTAMP '1899-12-30' END + to_seconds(CAST(round(%[1]s * 86400) AS BIGINT)) END", x, n)
}
