package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"verso/etl/source"
	"verso/etl/source/rowgroup"
	"verso/olap/engine"
)

// form is how a column's binary value is decoded.
type form uint8

const (
	formBool form = iota
	formInt2
	formInt4
	formInt8
	formFloat4
	formFloat8
	formDecimal     // numeric with declared precision, exact
	formNumericText // numeric without one, as exact text
	formText
	formPadded // bpchar: blanks at the end mean nothing
	formUUID
	formJSONB
	formDate
	formTimestamp
	formTimestampTZ
)

type column struct {
	name  string
	form  form
	scale int32
	width int32
	size  int // bytes of a value at least
}

// plan is how one SELECT is copied.
type plan struct {
	columns []column
	copySQL string
}

func (p *plan) landed() []source.Column { return rowgroup.Landed(p.stored()) }

// stored are the columns as they are written.
func (p *plan) stored() []rowgroup.Column {
	out := make([]rowgroup.Column, len(p.columns))
	for i, c := range p.columns {
		out[i] = rowgroup.Column{Name: c.name, Kind: c.form.kind(), Width: c.width, Scale: c.scale}
	}
	return out
}

// kind is how values of a form are kept.
func (f form) kind() rowgroup.Kind {
	return [...]rowgroup.Kind{formBool: rowgroup.Bool, formInt2: rowgroup.Int16, formInt4: rowgroup.Int32, formInt8: rowgroup.Int64,
		formFloat4: rowgroup.Float32, formFloat8: rowgroup.Float64, formDecimal: rowgroup.Decimal, formNumericText: rowgroup.Text,
		formText: rowgroup.Text, formPadded: rowgroup.Text, formUUID: rowgroup.Text, formJSONB: rowgroup.Text,
		formDate: rowgroup.Date, formTimestamp: rowgroup.Timestamp, formTimestampTZ: rowgroup.TimestampTZ}[f]
}

// trim takes off what may end a statement but not a subquery.
func trim(sql string) string { return strings.TrimRight(sql, "; \t\r\n") }

// plan describes the SELECT and decides how each column is read. Types without
// a binary form of their own here are cast to text by the server.
func (s *Source) plan(ctx context.Context, req source.Request) (*plan, error) {
	if trim(req.SQL) == "" {
		return nil, fmt.Errorf("source %s: extract %s has no SELECT", s.name, req.Name)
	}
	sql := req.Narrowed(engine.QuoteIdent)
	d, err := s.conn.PgConn().Prepare(ctx, "", sql, nil)
	if err != nil {
		return nil, s.failed(ctx, req, err)
	}
	if len(d.Fields) == 0 {
		return nil, &QueryError{Source: s.name, Extract: req.Name, Message: "the statement returns no columns: write a SELECT"}
	}
	enums, err := s.enums(ctx, req)
	if err != nil {
		return nil, err
	}
	p := &plan{copySQL: sql}
	var inner, outer []string
	casts := false
	seen := map[string]bool{}
	for i, f := range d.Fields {
		if key := strings.ToLower(f.Name); seen[key] {
			return nil, &QueryError{Source: s.name, Extract: req.Name, Message: fmt.Sprintf("two columns are called %q: name one of them otherwise with AS", f.Name)}
		} else {
			seen[key] = true
		}
		c, cast := columnOf(f.DataTypeOID, f.TypeModifier, enums[f.DataTypeOID])
		c.name = f.Name
		p.columns = append(p.columns, c)
		in := fmt.Sprintf("c%d", i+1)
		inner = append(inner, in)
		outer = append(outer, in+cast)
		casts = casts || cast != ""
	}
	if casts {
		p.copySQL = "SELECT " + strings.Join(outer, ", ") + " FROM (\n" + sql + "\n) AS q (" + strings.Join(inner, ", ") + ")"
	}
	return p, nil
}

// enums are the types whose binary form is their text: enumerations.
func (s *Source) enums(ctx context.Context, req source.Request) (map[uint32]bool, error) {
	rows := s.conn.PgConn().ExecParams(ctx, "SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'e'", nil, nil, nil, nil)
	out := map[uint32]bool{}
	for rows.NextRow() {
		var oid uint32
		if _, err := fmt.Sscan(string(rows.Values()[0]), &oid); err != nil {
			return nil, s.failed(ctx, req, fmt.Errorf("read the types of the database: %w", err))
		}
		out[oid] = true
	}
	if _, err := rows.Close(); err != nil {
		return nil, s.failed(ctx, req, err)
	}
	return out, nil
}

// moneyCast turns money into a number; its text depends on the server's locale.
const moneyCast = "::numeric(19,4)"

// columnOf decides how a type is read; cast is what the server must add.
func columnOf(oid uint32, modifier int32, enum bool) (c column, cast string) {
	text := column{form: formText}
	switch oid {
	case pgtype.BoolOID:
		return column{form: formBool, size: 1}, ""
	case pgtype.Int2OID:
		return column{form: formInt2, size: 2}, ""
	case pgtype.Int4OID:
		return column{form: formInt4, size: 4}, ""
	case pgtype.Int8OID:
		return column{form: formInt8, size: 8}, ""
	case pgtype.Float4OID:
		return column{form: formFloat4, size: 4}, ""
	case pgtype.Float8OID:
		return column{form: formFloat8, size: 8}, ""
	case pgtype.NumericOID:
		return numericColumn(modifier), ""
	case 790: // money
		return numericColumn(19<<16 + 4 + 4), moneyCast
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.JSONOID, pgtype.XMLOID:
		return text, ""
	case pgtype.BPCharOID:
		text.form = formPadded
		return text, ""
	case pgtype.UUIDOID:
		text.form, text.size = formUUID, 16
		return text, ""
	case pgtype.JSONBOID:
		text.form, text.size = formJSONB, 1
		return text, ""
	case pgtype.DateOID:
		return column{form: formDate, size: 4}, ""
	case pgtype.TimestampOID:
		return column{form: formTimestamp, size: 8}, ""
	case pgtype.TimestamptzOID:
		return column{form: formTimestampTZ, size: 8}, ""
	}
	if enum {
		return text, ""
	}
	return text, "::text"
}

// numericColumn is a DECIMAL where the declared precision fits one, exact text
// otherwise.
func numericColumn(modifier int32) column {
	if modifier >= 4 {
		width := (modifier - 4) >> 16 & 0xffff
		scale := (modifier - 4) & 0x7ff
		if scale > 1000 { // eleven bits with sign: a negative scale
			scale -= 2048
		}
		if width <= 38 && scale >= 0 && scale <= width {
			return column{form: formDecimal, scale: scale, width: width, size: 8}
		}
	}
	return column{form: formNumericText, size: 8}
}

var _ source.Source = (*Source)(nil)
var _ source.Sampler = (*Source)(nil)
