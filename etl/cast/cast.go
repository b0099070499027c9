// Package cast writes the SQL that turns a source column, text or typed, into a
// canonical column. It is pure: it needs no database.
package cast

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// Cell is the SQL that turns one source column into one canonical column, in
// stages that a staging statement nests:
//
//	r  the source value                      Raw
//	c  the plain cast, cheap                 Cast
//	n  the cleaned text of what c missed     Norm; null wherever c is good
//	v  the canonical value                   Final of c, or Slow of n
//
// Clean columns therefore cost about a plain cast: everything dear stands
// behind a CASE that the engine evaluates only for the rows that need it.
type Cell struct {
	Column canon.Column
	Raw    string                   // over the mapped source
	Cast   string                   // over {r}
	Guard  string                   // over {r} and {c}: c is the value; not asked for null r
	Final  string                   // over {c}
	Norm   string                   // over {r}; "" when c is always the value
	Slow   func(n string) string    // over n
	Blanks []string                 // cleaned lower-case texts that mean null
	Note   func(r, v string) string // condition: the value was changed in a way to be counted; nil: never
	Sorry  string                   // what is wrong with an unreadable value
}

// Class sorts the engine's types into the ways they are read.
type Class string

// The classes.
const (
	Text    Class = "text"
	Integer Class = "integer"
	Decimal Class = "decimal"
	Float   Class = "float"
	Date    Class = "date"
	Stamp   Class = "timestamp"
	Zoned   Class = "timestamptz"
	Boolean Class = "boolean"
	Other   Class = "other" // read as text
)

// Classify names the class of an engine type as Describe or Parquet give it.
func Classify(engineType string) Class {
	t := strings.ToUpper(engineType)
	switch {
	case t == "VARCHAR" || t == "TEXT" || t == "STRING" || t == "":
		return Text
	case strings.HasSuffix(t, "]") || strings.HasPrefix(t, "STRUCT") || strings.HasPrefix(t, "MAP"):
		return Other
	case strings.HasPrefix(t, "DECIMAL") || strings.HasPrefix(t, "NUMERIC"):
		return Decimal
	case strings.Contains(t, "INT") && !strings.Contains(t, "INTERVAL"):
		return Integer
	case t == "DOUBLE" || t == "FLOAT" || t == "REAL":
		return Float
	case t == "DATE":
		return Date
	case t == "TIMESTAMP WITH TIME ZONE" || t == "TIMESTAMPTZ":
		return Zoned
	case strings.HasPrefix(t, "TIMESTAMP") || t == "DATETIME":
		return Stamp
	case t == "BOOLEAN" || t == "BOOL":
		return Boolean
	}
	return Other
}

// Reading is how the values of one source column are written, as found by the
// probe of the whole column or said in verso.yaml.
type Reading struct {
	Formats      []string // strptime formats tried first
	Comma        bool     // "," is the decimal separator
	SlashMonth   bool     // 03/05/2024 is the 5th of March
	HyphenMonth  bool     // 03-05-2024 is the 5th of March
	WholeFloats  bool     // every value of an id column ends in .0
	TextIDs      bool     // ids are text
	PartialDates bool     // 1998 and 1998-05 are dates
}

// EngineType is what a canonical type is staged as.
func EngineType(t canon.Type, textIDs bool) string {
	switch t {
	case canon.ID:
		if textIDs {
			return "VARCHAR"
		}
		return "BIGINT"
	case canon.Integer:
		return "INTEGER"
	case canon.Money:
		return "DECIMAL(18,4)"
	case canon.Rate:
		return "DECIMAL(18,8)"
	case canon.Percent:
		return "DECIMAL(9,4)"
	case canon.Double:
		return "DOUBLE"
	case canon.Date:
		return "DATE"
	case canon.Timestamp:
		return "TIMESTAMP"
	case canon.Boolean:
		return "BOOLEAN"
	}
	return "VARCHAR"
}

// New is the cell of a column read from the SQL expression source, of an
// engine type.
func New(col canon.Column, source, sourceType string, how Reading) Cell {
	from := Classify(sourceType)
	c := Cell{Column: col, Raw: source, Cast: "{r}", Final: "{c}"}
	switch from {
	case Text:
		c.Raw = "nullif(" + source + ", '')"
	case Float:
		c.Raw = fmt.Sprintf("CASE WHEN isnan(%s) THEN NULL ELSE %s END", source, source)
	case Other:
		c.Raw, from = "CAST("+source+" AS VARCHAR)", Text
	}
	switch col.Type {
	case canon.ID:
		if how.TextIDs {
			return codeCell(c, from, how)
		}
		return idCell(c, from)
	case canon.Integer:
		return integerCell(c, from, how)
	case canon.Money, canon.Rate, canon.Percent:
		return decimalCell(c, from, how)
	case canon.Double:
		return doubleCell(c, from, how)
	case canon.Date, canon.Timestamp:
		return dateCell(c, from, how)
	case canon.Boolean:
		return booleanCell(c, from)
	case canon.Currency:
		return currencyCell(c)
	}
	switch {
	case col.Values != nil:
		return valueCell(c)
	case isCode(col):
		return codeCell(c, from, how)
	}
	return textCell(c, from)
}

// isCode reports whether a text column holds a code rather than words: full
// width letters and digits are folded to ASCII in codes only.
func isCode(c canon.Column) bool {
	if c.Type == canon.ID || c.References != "" {
		return true
	}
	switch c.Name {
	case "isbn13", "isbn10", "issn", "ean", "code", "postcode", "phone", "email", "clc_primary", "term", "level":
		return true
	}
	return strings.HasSuffix(c.Name, "_code") || strings.HasSuffix(c.Name, "_no")
}

// spaces is what counts as white space at the ends of a text.
const spaces = " \t\r\n\v\f\u00a0\u2007\u202f\u3000\ufeff"

func trimmed(e string) string { return "trim(" + e + ", " + engine.QuoteText(spaces) + ")" }

// folding maps full width letters, digits and signs to ASCII.
func folding() (from, to string) {
	var f, t strings.Builder
	for r := rune('！'); r <= '～'; r++ { // U+FF01..U+FF5E is ASCII 0x21..0x7E
		f.WriteRune(r)
		t.WriteRune(r - 0xFEE0)
	}
	for _, r := range "\u3000\u00a0\u2007\u2009\u202f\t\r\n" {
		f.WriteRune(r)
		t.WriteByte(' ')
	}
	for _, r := range "−–—‐‑" {
		f.WriteRune(r)
		t.WriteByte('-')
	}
	f.WriteString("￥’‘。")
	t.WriteString("¥''.")
	return f.String(), t.String()
}

// Folded is e with its full width characters in ASCII.
func Folded(e string) string {
	from, to := folding()
	return "translate(" + e + ", " + engine.QuoteText(from) + ", " + engine.QuoteText(to) + ")"
}

// asText is r as text, for values that the plain cast missed.
func asText(from Class) string {
	if from == Text {
		return "{r}"
	}
	return "CAST({r} AS VARCHAR)"
}

// textCell trims; the empty text is null; nothing is unreadable.
func textCell(c Cell, from Class) Cell {
	c.Cast = "nullif(" + trimmed(asText(from)) + ", '')"
	return c
}

// codeCell trims, folds to ASCII and undoes what spreadsheets do to codes:
// whole numbers kept as floating point.
func codeCell(c Cell, from Class, how Reading) Cell {
	text := trimmed(asText(from))
	switch {
	case from == Float || from == Decimal:
		c.Cast = "CASE WHEN {r} = trunc({r}) AND abs({r}) < 1e15 THEN CAST(CAST({r} AS BIGINT) AS VARCHAR) ELSE CAST({r} AS VARCHAR) END"
		return c
	case how.WholeFloats:
		text = "regexp_replace(" + text + ", '\\.0+$', '')"
	}
	c.Cast = fmt.Sprintf("nullif(CASE WHEN strlen({r}) = length({r}) THEN %s ELSE %s END, '')", text, trimmed(Folded(text)))
	if from != Text {
		c.Cast = "nullif(" + text + ", '')"
	}
	return c
}

// idCell reads whole numbers; 17850.0 is 17850.
func idCell(c Cell, from Class) Cell {
	c.Cast, c.Sorry = "TRY_CAST({r} AS BIGINT)", "not a whole number"
	switch from {
	case Text:
		c.Guard = "CAST({c} AS VARCHAR) = {r}"
	case Integer:
		c.Guard = "{c} IS NOT NULL"
	case Decimal, Float:
		c.Guard = "{r} = trunc({r}) AND {c} IS NOT NULL"
	default:
		c.Guard = "false"
	}
	c.Norm = trimmed(Folded(asText(from)))
	c.Slow = func(n string) string {
		return fmt.Sprintf(`CASE WHEN regexp_full_match(%s, '[+-]?[0-9]+([.]0*)?') THEN TRY_CAST(regexp_extract(%s, '^[+-]?[0-9]+') AS BIGINT) END`, n, n)
	}
	c.Blanks = blankNumbers()
	return c
}

// integerCell reads whole numbers that fit 32 bits.
func integerCell(c Cell, from Class, how Reading) Cell {
	c.Sorry = "not a whole number"
	c.Final = "CAST({c} AS INTEGER)"
	switch {
	case from == Text && how.Comma:
		c.Cast, c.Guard = "TRY_CAST({r} AS INTEGER)", `regexp_full_match({r}, '-?[0-9]{1,9}')`
	case from == Text || from == Float || from == Decimal:
		c.Cast, c.Guard = "TRY_CAST({r} AS DOUBLE)", "{c} = trunc({c}) AND abs({c}) <= 2147483647"
	case from == Integer || from == Boolean:
		c.Cast, c.Guard = "TRY_CAST({r} AS INTEGER)", "{c} IS NOT NULL"
	default:
		c.Cast, c.Guard = "CAST(NULL AS INTEGER)", "false"
	}
	c.Norm = cleanNumber(asText(from))
	c.Slow = func(n string) string {
		wide := plainNumber(n, how.Comma, "DECIMAL(38,10)")
		return fmt.Sprintf("CASE WHEN %s = trunc(%s) THEN TRY_CAST(%s AS INTEGER) END", wide, wide, wide)
	}
	c.Blanks = blankNumbers()
	return c
}

// decimalCell reads exact numbers; more decimals than the type has are
// rounded half away from zero and noted, larger numbers are unreadable.
func decimalCell(c Cell, from Class, how Reading) Cell {
	t := EngineType(c.Column.Type, false)
	c.Sorry = "not a number, or too large"
	switch {
	case from == Text && how.Comma:
		c.Cast, c.Guard = "TRY_CAST(replace({r}, ',', '.') AS "+t+")", "NOT contains({r}, '.') AND {c} IS NOT NULL"
	case from == Text, from == Integer, from == Decimal, from == Float:
		c.Cast, c.Guard = "TRY_CAST({r} AS "+t+")", "{c} IS NOT NULL"
	default:
		c.Cast, c.Guard = "CAST(NULL AS "+t+")", "false"
	}
	c.Norm = cleanNumber(asText(from))
	if c.Column.Type == canon.Percent {
		c.Norm = fmt.Sprintf("regexp_replace(%s, '\\s*%%$', '')", c.Norm)
	}
	c.Slow = func(n string) string { return plainNumber(n, how.Comma, t) }
	c.Blanks = blankNumbers()
	c.Note = roundingNote(from, how.Comma, t)
	return c
}

// roundingNote is the condition that a value lost decimals on the way to t.
func roundingNote(from Class, comma bool, t string) func(r, v string) string {
	scale := 4
	if strings.HasSuffix(t, ",8)") {
		scale = 8
	}
	switch from {
	case Decimal:
		return func(r, v string) string { return r + " <> " + v }
	case Float:
		return func(r, v string) string {
			return fmt.Sprintf("abs(%s - CAST(%s AS DOUBLE)) > 1e-9 * greatest(abs(%s), 1e-3)", r, v, r)
		}
	case Text:
		point := "'.'"
		if comma {
			point = "','"
		}
		return func(r, v string) string {
			return fmt.Sprintf("CASE WHEN strlen(%[1]s) > %[2]d AND contains(%[1]s, %[3]s) AND strlen(%[1]s) - instr(%[1]s, %[3]s) > %[2]d THEN coalesce(TRY_CAST(replace(%[1]s, ',', '.') AS DECIMAL(38,16)) <> %[4]s, false) ELSE false END",
				r, scale, point, v)
		}
	}
	return nil
}

// doubleCell reads finite floating point numbers.
func doubleCell(c Cell, from Class, how Reading) Cell {
	c.Sorry = "not a number"
	c.Cast, c.Guard = "TRY_CAST({r} AS DOUBLE)", "isfinite({c})"
	if from == Text && how.Comma {
		c.Cast, c.Guard = "TRY_CAST(replace({r}, ',', '.') AS DOUBLE)", "NOT contains({r}, '.') AND isfinite({c})"
	}
	if from == Date || from == Stamp || from == Zoned {
		c.Cast, c.Guard = "CAST(NULL AS DOUBLE)", "false"
	}
	c.Norm = cleanNumber(asText(from))
	c.Slow = func(n string) string {
		e := plainNumber(n, how.Comma, "DOUBLE")
		return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s END", e, e)
	}
	c.Blanks = blankNumbers()
	return c
}

// booleanCell reads yes and no.
func booleanCell(c Cell, from Class) Cell {
	c.Sorry = "not yes or no"
	if from == Boolean {
		c.Cast, c.Guard, c.Norm = "{r}", "true", "CAST({r} AS VARCHAR)"
	} else {
		c.Cast, c.Guard, c.Final = asText(from), "{c} IN ('true', 'false')", "({c} = 'true')"
		c.Norm = "lower(" + trimmed(Folded(asText(from))) + ")"
	}
	c.Slow = func(n string) string {
		return fmt.Sprintf("CASE WHEN %s IN ('true', 'yes', 'y', 't', '1', '1.0', 'on', '是', '真', '有', '√') THEN true "+
			"WHEN %s IN ('false', 'no', 'n', 'f', '0', '0.0', 'off', '否', '假', '无', '×') THEN false END", n, n)
	}
	c.Blanks = blankNumbers()
	return c
}

// currencyCell reads three-letter codes and the usual signs.
func currencyCell(c Cell) Cell {
	c.Sorry = "not a currency code of three letters"
	c.Cast = "upper(CAST({r} AS VARCHAR))"
	c.Guard = "regexp_full_match({c}, '[A-Z]{3}') AND {c} <> 'RMB' AND {c} <> 'NAN'"
	c.Norm = "upper(" + trimmed(Folded("CAST({r} AS VARCHAR)")) + ")"
	c.Slow = func(n string) string {
		return fmt.Sprintf("CASE WHEN %[1]s IN ('RMB', '¥', 'CN¥', '元', '人民币') THEN 'CNY' WHEN %[1]s IN ('US$', '$', '美元') THEN 'USD' "+
			"WHEN %[1]s IN ('€', '欧元') THEN 'EUR' WHEN %[1]s IN ('£', '英镑') THEN 'GBP' WHEN %[1]s IN ('HK$', '港币', '港元') THEN 'HKD' "+
			"WHEN %[1]s IN ('JP¥', '日元') THEN 'JPY' WHEN regexp_full_match(%[1]s, '[A-Z]{3}') AND %[1]s <> 'NAN' THEN %[1]s END", n)
	}
	c.Blanks = blankNumbers()
	return c
}

// valueCell reads one of the accepted values, whatever its case and whether
// its words are joined by spaces, hyphens or underscores.
func valueCell(c Cell) Cell {
	c.Sorry = "not an accepted value"
	quoted := make([]string, len(c.Column.Values))
	var arms strings.Builder
	for i, v := range c.Column.Values {
		quoted[i] = engine.QuoteText(v)
		arms.WriteString(" WHEN " + engine.QuoteText(squeezed(v)) + " THEN " + quoted[i])
	}
	c.Cast = "lower(CAST({r} AS VARCHAR))"
	c.Guard = "{c} IN (" + strings.Join(quoted, ", ") + ")"
	c.Norm = `regexp_replace(lower(` + Folded("CAST({r} AS VARCHAR)") + `), '[\s_./-]+', '', 'g')`
	c.Slow = func(n string) string { return "CASE " + n + arms.String() + " END" }
	c.Blanks = []string{"", "null", `\n`, "nan", "none"}
	for _, v := range c.Column.Values {
		if v == "none" {
			c.Blanks = c.Blanks[:4]
		}
	}
	return c
}

// squeezed is a value as valueCell compares it.
func squeezed(v string) string {
	return strings.NewReplacer(" ", "", "_", "", ".", "", "/", "", "-", "").Replace(strings.ToLower(v))
}

// blankNumbers are the texts that mean "nothing" where a number, a date, a
// code of letters or a yes is expected.
func blankNumbers() []string {
	return []string{"", "null", `\n`, "nan", "na", "n/a", "#n/a", "none", "nil", "-", "--", "/"}
}
