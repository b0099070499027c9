package mysql

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"verso/etl/source"
	"verso/etl/source/rowgroup"
)

// form is how a column's values are decoded.
type form uint8

const (
	formWhole   form = iota // int64, or a larger number as text
	formFloat               // float32
	formDouble              // float64
	formDecimal             // text of a decimal that fits the column
	formText
	formBinary // bytes as \x and hexadecimal digits
	formBit    // bytes, the highest first
	formYear
	formDate
	formTime // a moment, of whatever time zone
)

// column is one column of an extract and what was found in it.
type column struct {
	rowgroup.Column
	form    form
	zero    int64 // dates 0000-00-00 and years 0000
	partial int64 // dates without a day or month, or that no calendar has
}

// plan is how the rows of one SELECT are decoded.
type plan struct{ columns []column }

func (p *plan) stored() []rowgroup.Column {
	out := make([]rowgroup.Column, len(p.columns))
	for i := range p.columns {
		out[i] = p.columns[i].Column
	}
	return out
}

// plan looks at the columns of a result.
func (s *Source) plan(req source.Request, rows driver.Rows) (*plan, error) {
	p := &plan{}
	kinds := rows.(driver.RowsColumnTypeDatabaseTypeName)
	seen := map[string]bool{}
	for i, name := range rows.Columns() {
		if key := strings.ToLower(name); seen[key] {
			return nil, &source.QueryError{Source: s.name, Extract: req.Name, Message: fmt.Sprintf("two columns are called %q: name one of them otherwise with AS", name)}
		} else {
			seen[key] = true
		}
		c := columnOf(kinds.ColumnTypeDatabaseTypeName(i))
		if c.form == formDecimal {
			precision, scale, _ := rows.(driver.RowsColumnTypePrecisionScale).ColumnTypePrecisionScale(i)
			c = decimalColumn(precision, scale)
		}
		c.Name = name
		p.columns = append(p.columns, c)
	}
	if len(p.columns) == 0 {
		return nil, &source.QueryError{Source: s.name, Extract: req.Name, Message: "the statement returns no columns: write a SELECT"}
	}
	return p, nil
}

// columnOf decides how a type is read. tinyint(1) stays a number: it may hold
// more than 0 and 1. TIME is text, as it reaches beyond a day.
func columnOf(kind string) column {
	whole := func(k rowgroup.Kind) column { return column{Column: rowgroup.Column{Kind: k}, form: formWhole} }
	switch kind {
	case "TINYINT":
		return whole(rowgroup.Int8)
	case "UNSIGNED TINYINT":
		return whole(rowgroup.Uint8)
	case "SMALLINT":
		return whole(rowgroup.Int16)
	case "UNSIGNED SMALLINT":
		return whole(rowgroup.Uint16)
	case "MEDIUMINT", "INT", "UNSIGNED MEDIUMINT":
		return whole(rowgroup.Int32)
	case "UNSIGNED INT":
		return whole(rowgroup.Uint32)
	case "BIGINT":
		return whole(rowgroup.Int64)
	case "UNSIGNED BIGINT":
		return whole(rowgroup.Uint64)
	case "FLOAT":
		return column{Column: rowgroup.Column{Kind: rowgroup.Float32}, form: formFloat}
	case "DOUBLE":
		return column{Column: rowgroup.Column{Kind: rowgroup.Float64}, form: formDouble}
	case "DECIMAL":
		return column{form: formDecimal}
	case "BIT":
		return column{Column: rowgroup.Column{Kind: rowgroup.Uint64}, form: formBit}
	case "YEAR":
		return column{Column: rowgroup.Column{Kind: rowgroup.Int16}, form: formYear}
	case "DATE":
		return column{Column: rowgroup.Column{Kind: rowgroup.Date}, form: formDate}
	case "DATETIME":
		return column{Column: rowgroup.Column{Kind: rowgroup.Timestamp}, form: formTime}
	case "TIMESTAMP":
		return column{Column: rowgroup.Column{Kind: rowgroup.TimestampTZ}, form: formTime}
	case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "GEOMETRY", "VECTOR":
		return column{Column: rowgroup.Column{Kind: rowgroup.Text}, form: formBinary}
	}
	return column{Column: rowgroup.Column{Kind: rowgroup.Text}, form: formText}
}

// decimalColumn is a DECIMAL where it fits one, exact text otherwise. The driver
// tells one digit less than the column has when it is unsigned.
func decimalColumn(precision, scale int64) column {
	width := max(precision+1, 18)
	if precision >= 38 || scale > width {
		return column{Column: rowgroup.Column{Kind: rowgroup.Text}, form: formText}
	}
	return column{Column: rowgroup.Column{Kind: rowgroup.Decimal, Width: int32(width), Scale: int32(scale)}, form: formDecimal}
}

// notes tell of the values that no calendar has.
func (p *plan) notes() []string {
	var out []string
	for i := range p.columns {
		c := &p.columns[i]
		if c.zero > 0 {
			out = append(out, fmt.Sprintf("%s: %d zero dates are null", c.Name, c.zero))
		}
		if c.partial > 0 {
			out = append(out, fmt.Sprintf("%s: %d dates that no calendar has (month or day 00, 30 February) are null", c.Name, c.partial))
		}
	}
	return out
}

// Reasons of rejects.
const (
	tooWide = "numeric value does not fit its column"
	badText = "text is not valid UTF-8"
	noValue = "value is not of its column's type"
)

// take appends one value to column k; the reason is why it cannot.
func (c *column) take(b *rowgroup.Batch, k int, value driver.Value) (reason string) {
	v := &b.Columns[k]
	if value == nil {
		b.Null(k, c.Column)
		return ""
	}
	switch c.form {
	case formWhole:
		return c.whole(v, value)
	case formFloat:
		f, ok := value.(float32)
		if !ok {
			return noValue
		}
		v.Int32s = append(v.Int32s, int32(math.Float32bits(f)))
	case formDouble:
		f, ok := value.(float64)
		if !ok {
			return noValue
		}
		v.Float(f)
	case formDecimal:
		n, ok := rowgroup.ParseDecimal(bytesOf(value), c.Width, c.Scale)
		if !ok {
			return tooWide
		}
		v.Decimal(c.Column, n)
	case formBit:
		n := uint64(0)
		for _, x := range bytesOf(value) {
			n = n<<8 | uint64(x)
		}
		v.Int64s = append(v.Int64s, int64(n))
	case formYear:
		year, ok := value.(int64)
		if !ok {
			return noValue
		}
		if year == 0 {
			c.zero++
			b.Null(k, c.Column)
			return ""
		}
		v.Int32s = append(v.Int32s, int32(year))
	case formDate, formTime:
		return c.date(b, k, bytesOf(value))
	case formBinary:
		v.Texts = append(v.Texts, `\x`...)
		v.Texts = hex.AppendEncode(v.Texts, bytesOf(value))
		v.Offsets = append(v.Offsets, int32(len(v.Texts)))
	default:
		raw := bytesOf(value)
		if !utf8.Valid(raw) {
			return badText
		}
		v.Text(raw)
	}
	return ""
}

func (c *column) whole(v *rowgroup.Values, value driver.Value) string {
	n, ok := value.(int64)
	if !ok {
		u, err := strconv.ParseUint(text(value), 10, 64)
		if err != nil || c.Kind != rowgroup.Uint64 {
			return tooWide
		}
		n = int64(u)
	}
	if c.Kind == rowgroup.Int64 || c.Kind == rowgroup.Uint64 {
		v.Int64s = append(v.Int64s, n)
	} else {
		v.Int32s = append(v.Int32s, int32(n))
	}
	return ""
}

// date takes YYYY-MM-DD, with or without hh:mm:ss and a fraction.
func (c *column) date(b *rowgroup.Batch, k int, raw []byte) string {
	v := &b.Columns[k]
	year, month, day, ok := calendar(raw)
	if !ok {
		return noValue
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if month == 0 || day == 0 || at.Day() != day || int(at.Month()) != month {
		if year == 0 && month == 0 && day == 0 {
			c.zero++
		} else {
			c.partial++
		}
		b.Null(k, c.Column)
		return ""
	}
	days := at.Unix() / 86400
	if c.form == formDate {
		v.Int32s = append(v.Int32s, int32(days))
		return ""
	}
	micros, ok := clock(raw[10:])
	if !ok {
		return noValue
	}
	v.Int64s = append(v.Int64s, days*86400e6+micros)
	return ""
}

func calendar(raw []byte) (year, month, day int, ok bool) {
	if len(raw) < 10 || raw[4] != '-' || raw[7] != '-' {
		return 0, 0, 0, false
	}
	year, ok1 := digits(raw[:4])
	month, ok2 := digits(raw[5:7])
	day, ok3 := digits(raw[8:10])
	return year, month, day, ok1 && ok2 && ok3
}

// clock is the microseconds of " hh:mm:ss.ffffff", or of nothing.
func clock(raw []byte) (int64, bool) {
	if len(raw) == 0 {
		return 0, true
	}
	if len(raw) < 9 || raw[3] != ':' || raw[6] != ':' {
		return 0, false
	}
	hour, ok1 := digits(raw[1:3])
	minute, ok2 := digits(raw[4:6])
	second, ok3 := digits(raw[7:9])
	micros := 0
	if len(raw) > 10 {
		fraction := append(bytes.Clone(raw[10:]), "000000"...)[:6]
		var ok bool
		if micros, ok = digits(fraction); !ok {
			return 0, false
		}
	}
	return int64(hour*3600+minute*60+second)*1e6 + int64(micros), ok1 && ok2 && ok3
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// bytesOf is a value's text, only lent.
func bytesOf(value driver.Value) []byte {
	switch v := value.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return []byte(text(value))
}

// text is a value as text.
func text(value driver.Value) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(value)
}

// display is a value for people.
func (c *column) display(value driver.Value) string {
	switch b, ok := value.([]byte); {
	case ok && c.form == formBinary:
		return `\x` + hex.EncodeToString(b)
	case ok && c.form == formBit:
		n := uint64(0)
		for _, x := range b {
			n = n<<8 | uint64(x)
		}
		return strconv.FormatUint(n, 10)
	}
	return text(value)
}
