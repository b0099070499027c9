package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"verso/etl/source"
	"verso/etl/source/rowgroup"
)

// form is how a column's values are decoded.
type form uint8

const (
	formText    form = iota // texts, blobs and mixtures, every value as text
	formWhole               // int64
	formReal                // float64
	formSeconds             // int64: seconds since 1970 in a column declared as a date
	formMillis              // int64: milliseconds since 1970 in a column declared as a date
	formJulian              // float64: days since noon of 24 November 4714 BC
)

// column is one column of an extract and what it holds.
type column struct {
	rowgroup.Column
	form     form
	declared string // type, in capitals; "" for expressions
	integers int64
	reals    int64
	texts    int64
	blobs    int64
}

// plan is how the rows of one SELECT are decoded.
type plan struct {
	columns []column
	rows    int64 // that the SELECT was counted to return
}

func (p *plan) stored() []rowgroup.Column {
	out := make([]rowgroup.Column, len(p.columns))
	for i := range p.columns {
		out[i] = p.columns[i].Column
	}
	return out
}

func (p *plan) names() []string {
	out := make([]string, len(p.columns))
	for i := range p.columns {
		out[i] = p.columns[i].Name
	}
	return out
}

// bare is a SELECT whose columns have no declared type: the driver would take
// texts of columns declared as dates apart.
func bare(names []string, sql string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = "+" + quote(n) + " AS " + quote(n)
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM (\n" + trim(sql) + "\n)"
}

// names describes a SELECT: its columns and their declared types.
func (s *Source) names(ctx context.Context, req source.Request) (names, declared []string, err error) {
	sql := statement(req)
	if sql == "" {
		return nil, nil, fmt.Errorf("source %s: extract %s has no SELECT", s.name, req.Name)
	}
	if err := s.begin(ctx); err != nil {
		return nil, nil, err
	}
	err = s.query(ctx, "SELECT * FROM (\n"+sql+"\n) LIMIT 0", nil, func(rows driver.Rows) error {
		names = rows.Columns()
		for i := range names {
			declared = append(declared, rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i))
		}
		return nil
	})
	if err != nil {
		return nil, nil, s.failed(ctx, req, err)
	}
	seen := map[string]bool{}
	for _, n := range names {
		// A second column of a name is renamed n:1 by SQLite itself.
		base, _, _ := strings.Cut(n, ":")
		if key := strings.ToLower(n); seen[key] || base != n && seen[strings.ToLower(base)] {
			return nil, nil, &source.QueryError{Source: s.name, Extract: req.Name, Message: fmt.Sprintf("two columns are called %q: name one of them otherwise with AS", base)}
		} else {
			seen[key] = true
		}
	}
	return names, declared, nil
}

// counted are the figures asked of every column.
const counted = `sum(typeof(%[1]s) = 'integer'), sum(typeof(%[1]s) = 'real'), sum(typeof(%[1]s) = 'text'), sum(typeof(%[1]s) = 'blob'), ` +
	`min(CASE WHEN typeof(%[1]s) IN ('integer', 'real') THEN %[1]s END), max(CASE WHEN typeof(%[1]s) IN ('integer', 'real') THEN %[1]s END)`

// plan counts what each column holds and decides how it lands.
func (s *Source) plan(ctx context.Context, req source.Request) (*plan, error) {
	names, declared, err := s.names(ctx, req)
	if err != nil {
		return nil, err
	}
	list := []string{"count(*)"}
	for _, n := range names {
		list = append(list, fmt.Sprintf(counted, quote(n)))
	}
	p := &plan{}
	err = s.each(ctx, "SELECT "+strings.Join(list, ", ")+" FROM (\n"+statement(req)+"\n)", func(v []driver.Value) error {
		p.rows = whole(v[0])
		for i, n := range names {
			of := v[1+6*i:]
			c := column{Column: rowgroup.Column{Name: n}, declared: declared[i],
				integers: whole(of[0]), reals: whole(of[1]), texts: whole(of[2]), blobs: whole(of[3])}
			c.decide(of[4], of[5])
			p.columns = append(p.columns, c)
		}
		return nil
	})
	if err != nil {
		return nil, s.failed(ctx, req, err)
	}
	return p, nil
}

func whole(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

// decide chooses how a column lands, by what it holds and, where that says
// nothing, by its declared type.
func (c *column) decide(low, high driver.Value) {
	set := func(f form, k rowgroup.Kind) { c.form, c.Kind = f, k }
	dated := strings.Contains(c.declared, "DATE") || strings.Contains(c.declared, "TIMESTAMP")
	switch {
	case c.integers > 0 && c.reals+c.texts+c.blobs == 0:
		set(formWhole, rowgroup.Int64)
		if a, b := whole(low), whole(high); dated && between(a, b, 1e11) {
			set(formSeconds, rowgroup.Timestamp)
		} else if dated && between(a, b, 1e14) {
			set(formMillis, rowgroup.Timestamp)
		}
	case c.reals > 0 && c.integers+c.texts+c.blobs == 0:
		set(formReal, rowgroup.Float64)
		a, _ := low.(float64)
		b, _ := high.(float64)
		if dated && a > 1e6 && b < 5e6 { // the years -1975 to 8976
			set(formJulian, rowgroup.Timestamp)
		}
	case c.integers+c.reals+c.texts+c.blobs > 0:
		set(formText, rowgroup.Text)
	case strings.Contains(c.declared, "INT"):
		set(formWhole, rowgroup.Int64)
	case strings.Contains(c.declared, "REAL"), strings.Contains(c.declared, "FLOA"), strings.Contains(c.declared, "DOUB"):
		set(formReal, rowgroup.Float64)
	default:
		set(formText, rowgroup.Text)
	}
}

func between(low, high, limit int64) bool { return low > -limit && high < limit }

// notes tell what was understood of columns whose type does not say it.
func (p *plan) notes() []string {
	var out []string
	for i := range p.columns {
		c := &p.columns[i]
		switch c.form {
		case formSeconds:
			out = append(out, c.Name+": whole numbers in a column declared "+c.declared+" are read as seconds since 1970, UTC")
		case formMillis:
			out = append(out, c.Name+": whole numbers in a column declared "+c.declared+" are read as milliseconds since 1970, UTC")
		case formJulian:
			out = append(out, c.Name+": numbers in a column declared "+c.declared+" are read as Julian days, UTC")
		case formText:
			var kinds []string
			for _, k := range []struct {
				name string
				n    int64
			}{{"integer", c.integers}, {"real", c.reals}, {"text", c.texts}, {"blob", c.blobs}} {
				if k.n > 0 {
					kinds = append(kinds, fmt.Sprintf("%d %s", k.n, k.name))
				}
			}
			if len(kinds) > 1 {
				out = append(out, c.Name+": values of several types land as text: "+strings.Join(kinds, ", "))
			}
		}
	}
	return out
}

// Reasons of rejects.
const (
	badText = "text is not valid UTF-8"
	nulByte = "NUL character in a text"
)

// julian1970 is the Julian day of 1970-01-01.
const julian1970 = 2440587.5

// take appends one value to column k; the reason is why it cannot.
func (c *column) take(b *rowgroup.Batch, k int, value driver.Value) (reason string) {
	v := &b.Columns[k]
	if value == nil {
		b.Null(k, c.Column)
		return ""
	}
	switch c.form {
	case formWhole:
		v.Int64s = append(v.Int64s, whole(value))
	case formReal:
		f, _ := value.(float64)
		v.Float(f)
	case formSeconds:
		v.Int64s = append(v.Int64s, whole(value)*1e6)
	case formMillis:
		v.Int64s = append(v.Int64s, whole(value)*1e3)
	case formJulian:
		f, _ := value.(float64)
		v.Int64s = append(v.Int64s, int64(math.Round((f-julian1970)*86400e3))*1e3) // milliseconds, as SQLite itself
	default:
		at := len(v.Texts)
		v.Texts = appendText(v.Texts, value)
		text := v.Texts[at:]
		v.Offsets = append(v.Offsets, int32(len(v.Texts)))
		switch {
		case !utf8.Valid(text):
			return badText
		case strings.IndexByte(string(text), 0) >= 0:
			return nulByte
		}
	}
	return ""
}

// appendText is a value as text: whole numbers and texts as they are, reals in
// the shortest form that reads back the same, blobs as \x and hexadecimal digits.
func appendText(b []byte, value driver.Value) []byte {
	switch v := value.(type) {
	case nil:
		return b
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case string:
		return append(b, v...)
	case []byte:
		return hex.AppendEncode(append(b, `\x`...), v)
	}
	return fmt.Append(b, value)
}

// raw is a row as text, for the rejects.
func (p *plan) raw(values []driver.Value) []byte {
	var b []byte
	for k, v := range values {
		if k > 0 {
			b = append(b, '\t')
		}
		b = append(b, p.columns[k].Name+"="...)
		if v == nil {
			b = append(b, "NULL"...)
		}
		b = appendText(b, v)
	}
	return b
}
