package etl

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// A cell is the SQL that turns one mapped source column into one canonical
// column, in stages that the staging statement nests (see stage_sql.go):
//
//	r  the source value                      raw
//	c  the plain cast, cheap                 cast
//	n  the cleaned text of what c missed     norm; null wherever c is good
//	v  the canonical value                   final of c, or slow of n
//
// Clean columns therefore cost about a plain cast: everything dear stands
// behind a CASE that the engine evaluates only for the rows that need it.
type cell struct {
	column canon.Column
	raw    string                   // over the mapped source
	cast   string                   // over {r}
	guard  string                   // over {r} and {c}: c is the value; not asked for null r
	final  string                   // over {c}
	norm   string                   // over {r}; "" when c is always the value
	slow   func(n string) string    // over n
	blanks []string                 // cleaned lower-case texts that mean null
	note   func(r, v string) string // condition: the value was changed in a way to be counted; nil: never
	sorry  string                   // what is wrong with an unreadable value
}

// class sorts the engine's types into the ways they are read.
type class string

const (
	classText    class = "text"
	classInteger class = "integer"
	classDecimal class = "decimal"
	classFloat   class = "float"
	classDate    class = "date"
	classStamp   class = "timestamp"
	classZoned   class = "timestamptz"
	classBoolean class = "boolean"
	classOther   class = "other" // read as text
)

// classify names the class of an engine type as Describe or Parquet give it.
func classify(engineType string) class {
	t := strings.ToUpper(engineType)
	switch {
	case t == "VARCHAR" || t == "TEXT" || t == "STRING" || t == "":
		return classText
	case strings.HasSuffix(t, "]") || strings.HasPrefix(t, "STRUCT") || strings.HasPrefix(t, "MAP"):
		return classOther
	case strings.HasPrefix(t, "DECIMAL") || strings.HasPrefix(t, "NUMERIC"):
		return classDecimal
	case strings.Contains(t, "INT") && !strings.Contains(t, "INTERVAL"):
		return classInteger
	case t == "DOUBLE" || t == "FLOAT" || t == "REAL":
		return classFloat
	case t == "DATE":
		return classDate
	case t == "TIMESTAMP WITH TIME ZONE" || t == "TIMESTAMPTZ":
		return classZoned
	case strings.HasPrefix(t, "TIMESTAMP") || t == "DATETIME":
		return classStamp
	case t == "BOOLEAN" || t == "BOOL":
		return classBoolean
	}
	return classOther
}

// reading is how the values of one source column are written, as found by the
// probe of the whole column or said in verso.yaml.
type reading struct {
	formats      []string // strptime formats tried first
	comma        bool     // "," is the decimal separator
	slashMonth   bool     // 03/05/2024 is the 5th of March
	hyphenMonth  bool     // 03-05-2024 is the 5th of March
	wholeFloats  bool     // every value of an id column ends in .0
	textIDs      bool     // ids are text
	partialDates bool     // 1998 and 1998-05 are dates
}

// engineType is what a canonical type is staged as.
func engineType(t canon.Type, textIDs bool) string {
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

// newCell is the cell of a column read from the SQL expression source, of an
// engine type.
func newCell(col canon.Column, source, sourceType string, how reading) cell {
	from := classify(sourceType)
	c := cell{column: col, raw: source, cast: "{r}", final: "{c}"}
	switch from {
	case classText:
		c.raw = "nullif(" + source + ", '')"
	case classFloat:
		c.raw = fmt.Sprintf("CASE WHEN isnan(%s) THEN NULL ELSE %s END", source, source)
	case classOther:
		c.raw, from = "CAST("+source+" AS VARCHAR)", classText
	}
	switch col.Type {
	case canon.ID:
		if how.textIDs {
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

// folded is e with its full width characters in ASCII.
func folded(e string) string {
	from, to := folding()
	return "translate(" + e + ", " + engine.QuoteText(from) + ", " + engine.QuoteText(to) + ")"
}

// asText is r as text, for values that the plain cast missed.
func asText(from class) string {
	if from == classText {
		return "{r}"
	}
	return "CAST({r} AS VARCHAR)"
}

// textCell trims; the empty text is null; nothing is unreadable.
func textCell(c cell, from class) cell {
	c.cast = "nullif(" + trimmed(asText(from)) + ", '')"
	return c
}

// codeCell trims, folds to ASCII and undoes what spreadsheets do to codes:
// whole numbers kept as floating point.
func codeCell(c cell, from class, how reading) cell {
	text := trimmed(asText(from))
	switch {
	case from == classFloat || from == classDecimal:
		c.cast = "CASE WHEN {r} = trunc({r}) AND abs({r}) < 1e15 THEN CAST(CAST({r} AS BIGINT) AS VARCHAR) ELSE CAST({r} AS VARCHAR) END"
		return c
	case how.wholeFloats:
		text = "regexp_replace(" + text + ", '\\.0+$', '')"
	}
	c.cast = fmt.Sprintf("nullif(CASE WHEN strlen({r}) = length({r}) THEN %s ELSE %s END, '')", text, trimmed(folded(text)))
	if from != classText {
		c.cast = "nullif(" + text + ", '')"
	}
	return c
}

// idCell reads whole numbers; 17850.0 is 17850.
func idCell(c cell, from class) cell {
	c.cast, c.sorry = "TRY_CAST({r} AS BIGINT)", "not a whole number"
	switch from {
	case classText:
		c.guard = "CAST({c} AS VARCHAR) = {r}"
	case classInteger:
		c.guard = "{c} IS NOT NULL"
	case classDecimal, classFloat:
		c.guard = "{r} = trunc({r}) AND {c} IS NOT NULL"
	default:
		c.guard = "false"
	}
	c.norm = trimmed(folded(asText(from)))
	c.slow = func(n string) string {
		return fmt.Sprintf(`CASE WHEN regexp_full_match(%s, '[+-]?[0-9]+([.]0*)?') THEN TRY_CAST(regexp_extract(%s, '^[+-]?[0-9]+') AS BIGINT) END`, n, n)
	}
	c.blanks = blankNumbers()
	return c
}

// integerCell reads whole numbers that fit 32 bits.
func integerCell(c cell, from class, how reading) cell {
	c.sorry = "not a whole number"
	c.final = "CAST({c} AS INTEGER)"
	switch {
	case from == classText && how.comma:
		c.cast, c.guard = "TRY_CAST({r} AS INTEGER)", `regexp_full_match({r}, '-?[0-9]{1,9}')`
	case from == classText || from == classFloat || from == classDecimal:
		c.cast, c.guard = "TRY_CAST({r} AS DOUBLE)", "{c} = trunc({c}) AND abs({c}) <= 2147483647"
	case from == classInteger || from == classBoolean:
		c.cast, c.guard = "TRY_CAST({r} AS INTEGER)", "{c} IS NOT NULL"
	default:
		c.cast, c.guard = "CAST(NULL AS INTEGER)", "false"
	}
	c.norm = cleanNumber(asText(from))
	c.slow = func(n string) string {
		wide := plainNumber(n, how.comma, "DECIMAL(38,10)")
		return fmt.Sprintf("CASE WHEN %s = trunc(%s) THEN TRY_CAST(%s AS INTEGER) END", wide, wide, wide)
	}
	c.blanks = blankNumbers()
	return c
}

// decimalCell reads exact numbers; more decimals than the type has are
// rounded half away from zero and noted, larger numbers are unreadable.
func decimalCell(c cell, from class, how reading) cell {
	t := engineType(c.column.Type, false)
	c.sorry = "not a number, or too large"
	switch {
	case from == classText && how.comma:
		c.cast, c.guard = "TRY_CAST(replace({r}, ',', '.') AS "+t+")", "NOT contains({r}, '.') AND {c} IS NOT NULL"
	case from == classText, from == classInteger, from == classDecimal, from == classFloat:
		c.cast, c.guard = "TRY_CAST({r} AS "+t+")", "{c} IS NOT NULL"
	default:
		c.cast, c.guard = "CAST(NULL AS "+t+")", "false"
	}
	c.norm = cleanNumber(asText(from))
	if c.column.Type == canon.Percent {
		c.norm = fmt.Sprintf("regexp_replace(%s, '\\s*%%$', '')", c.norm)
	}
	c.slow = func(n string) string { return plainNumber(n, how.comma, t) }
	c.blanks = blankNumbers()
	c.note = roundingNote(from, how.comma, t)
	return c
}

// roundingNote is the condition that a value lost decimals on the way to t.
func roundingNote(from class, comma bool, t string) func(r, v string) string {
	scale := 4
	if strings.HasSuffix(t, ",8)") {
		scale = 8
	}
	switch from {
	case classDecimal:
		return func(r, v string) string { return r + " <> " + v }
	case classFloat:
		return func(r, v string) string {
			return fmt.Sprintf("abs(%s - CAST(%s AS DOUBLE)) > 1e-9 * greatest(abs(%s), 1e-3)", r, v, r)
		}
	case classText:
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
func doubleCell(c cell, from class, how reading) cell {
	c.sorry = "not a number"
	c.cast, c.guard = "TRY_CAST({r} AS DOUBLE)", "isfinite({c})"
	if from == classText && how.comma {
		c.cast, c.guard = "TRY_CAST(replace({r}, ',', '.') AS DOUBLE)", "NOT contains({r}, '.') AND isfinite({c})"
	}
	if from == classDate || from == classStamp || from == classZoned {
		c.cast, c.guard = "CAST(NULL AS DOUBLE)", "false"
	}
	c.norm = cleanNumber(asText(from))
	c.slow = func(n string) string {
		e := plainNumber(n, how.comma, "DOUBLE")
		return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s END", e, e)
	}
	c.blanks = blankNumbers()
	return c
}

// booleanCell reads yes and no.
func booleanCell(c cell, from class) cell {
	c.sorry = "not yes or no"
	if from == classBoolean {
		c.cast, c.guard, c.norm = "{r}", "true", "CAST({r} AS VARCHAR)"
	} else {
		c.cast, c.guard, c.final = asText(from), "{c} IN ('true', 'false')", "({c} = 'true')"
		c.norm = "lower(" + trimmed(folded(asText(from))) + ")"
	}
	c.slow = func(n string) string {
		return fmt.Sprintf("CASE WHEN %s IN ('true', 'yes', 'y', 't', '1', '1.0', 'on', '是', '真', '有', '√') THEN true "+
			"WHEN %s IN ('false', 'no', 'n', 'f', '0', '0.0', 'off', '否', '假', '无', '×') THEN false END", n, n)
	}
	c.blanks = blankNumbers()
	return c
}

// currencyCell reads three-letter codes and the usual signs.
func currencyCell(c cell) cell {
	c.sorry = "not a currency code of three letters"
	c.cast = "upper(CAST({r} AS VARCHAR))"
	c.guard = "regexp_full_match({c}, '[A-Z]{3}') AND {c} <> 'RMB' AND {c} <> 'NAN'"
	c.norm = "upper(" + trimmed(folded("CAST({r} AS VARCHAR)")) + ")"
	c.slow = func(n string) string {
		return fmt.Sprintf("CASE WHEN %[1]s IN ('RMB', '¥', 'CN¥', '元', '人民币') THEN 'CNY' WHEN %[1]s IN ('US$', '$', '美元') THEN 'USD' "+
			"WHEN %[1]s IN ('€', '欧元') THEN 'EUR' WHEN %[1]s IN ('£', '英镑') THEN 'GBP' WHEN %[1]s IN ('HK$', '港币', '港元') THEN 'HKD' "+
			"WHEN %[1]s IN ('JP¥', '日元') THEN 'JPY' WHEN regexp_full_match(%[1]s, '[A-Z]{3}') AND %[1]s <> 'NAN' THEN %[1]s END", n)
	}
	c.blanks = blankNumbers()
	return c
}

// valueCell reads one of the accepted values, whatever its case and whether
// its words are joined by spaces, hyphens or underscores.
func valueCell(c cell) cell {
	c.sorry = "not an accepted value"
	quoted := make([]string, len(c.column.Values))
	var arms strings.Builder
	for i, v := range c.column.Values {
		quoted[i] = engine.QuoteText(v)
		arms.WriteString(" WHEN " + engine.QuoteText(squeezed(v)) + " THEN " + quoted[i])
	}
	c.cast = "lower(CAST({r} AS VARCHAR))"
	c.guard = "{c} IN (" + strings.Join(quoted, ", ") + ")"
	c.norm = `regexp_replace(lower(` + folded("CAST({r} AS VARCHAR)") + `), '[\s_./-]+', '', 'g')`
	c.slow = func(n string) string { return "CASE " + n + arms.String() + " END" }
	c.blanks = []string{"", "null", `\n`, "nan", "none"}
	for _, v := range c.column.Values {
		if v == "none" {
			c.blanks = c.blanks[:4]
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
