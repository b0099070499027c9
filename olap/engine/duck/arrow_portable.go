//go:build !duckdb_arrow

package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// Arrow says how batches are made: here row by row, about ten times slower than
// by DuckDB itself, and with nested values as text.
const Arrow = "portable"

// StreamResults does nothing: results are made row by row here.
func StreamResults() {}

func queryArrow(ctx context.Context, raw *duckdb.Conn, sql string, args []any) (array.RecordReader, error) {
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	rows, err := raw.QueryContext(ctx, sql, named)
	if err != nil {
		return nil, err
	}
	columns := columnsOf(rows)
	if text, ok := textual(raw, sql, columns); ok {
		if err := rows.Close(); err != nil {
			return nil, err
		}
		if rows, err = raw.QueryContext(ctx, text, named); err != nil {
			return nil, err
		}
		columns = columnsOf(rows)
	}
	return newRowReader(ctx, rows, columns), nil
}

// textual rewrites a SELECT so that DuckDB itself prints the columns for which
// the driver has no exact value (lists, structs, JSON, UUID); ok is false when
// there are none or the statement is no SELECT.
func textual(raw *duckdb.Conn, sql string, columns []column) (text string, ok bool) {
	items, names := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = fmt.Sprintf("c%d", i)
		items[i] = names[i]
		if c.nested {
			items[i] = "CAST(" + names[i] + " AS VARCHAR)"
			ok = true
		}
		items[i] += " AS " + engine.QuoteIdent(c.field.Name)
	}
	if !ok || !isSelect(raw, sql) {
		return "", false
	}
	text = "SELECT " + strings.Join(items, ", ") + " FROM (" + strings.TrimRight(sql, "; \t\r\n") +
		"\n) AS t(" + strings.Join(names, ", ") + ")"
	return text, isSelect(raw, text)
}

func isSelect(raw *duckdb.Conn, sql string) bool {
	prepared, err := raw.Prepare(sql)
	if err != nil {
		return false
	}
	defer prepared.Close()
	kind, err := prepared.(*duckdb.Stmt).StatementType()
	return err == nil && kind == duckdb.STATEMENT_TYPE_SELECT
}

// Ingest appends the batches of r to table, by column name: columns that r lacks
// get their default, columns that the table lacks are an error. It is a
// transaction of its own and not part of an open one.
func (c *Conn) Ingest(ctx context.Context, table string, r array.RecordReader) (rows int64, err error) {
	if c.closed {
		return 0, errClosed
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	watched := &watchedReader{RecordReader: r, ctx: ctx}
	if _, err := exec(ctx, c.raw, "BEGIN", nil); err != nil {
		return 0, watched.blame(ctx, table, err)
	}
	rows, err = c.append(ctx, table, watched)
	if err == nil {
		_, err = exec(ctx, c.raw, "COMMIT", nil)
	}
	if err != nil {
		c.rollback()
		return 0, watched.blame(ctx, table, err)
	}
	return rows, nil
}

// append hands the rows to an appender whose buffer is inserted by name.
func (c *Conn) append(ctx context.Context, table string, r array.RecordReader) (rows int64, err error) {
	const buffer = "verso_ingest"
	insert := "INSERT INTO " + table + " BY NAME SELECT * FROM " + buffer
	fields := r.Schema().Fields()
	if len(fields) == 0 {
		return 0, errors.New("the rows have no columns")
	}
	names, nulls := make([]string, len(fields)), make([]string, len(fields))
	types, values := make([]duckdb.TypeInfo, len(fields)), make([]func(any) any, len(fields))
	for i, f := range fields {
		names[i], nulls[i] = f.Name, "NULL AS "+engine.QuoteIdent(f.Name)
		if types[i], values[i], err = ingestType(f.Type); err != nil {
			return 0, fmt.Errorf("column %q: %w", f.Name, err)
		}
	}
	// The table and its columns are checked even when there are no rows.
	probe := "INSERT INTO " + table + " BY NAME SELECT " + strings.Join(nulls, ", ") + " WHERE false"
	if _, err := exec(ctx, c.raw, probe, nil); err != nil {
		return 0, err
	}
	appender, err := duckdb.NewQueryAppender(c.raw, insert, buffer, types, names)
	if err != nil {
		return 0, statementError(ctx, insert, err)
	}
	rows, err = appendRows(appender, r, values)
	if err != nil {
		_ = appender.Clear() // nothing of it is wanted
		return 0, errors.Join(err, appender.Close())
	}
	if err := appender.CloseWithCancel(ctx); err != nil {
		return 0, statementError(ctx, insert, err)
	}
	return rows, nil
}

func appendRows(appender *duckdb.Appender, r array.RecordReader, values []func(any) any) (rows int64, err error) {
	row := make([]driver.Value, len(values))
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			for c, value := range values {
				row[c] = nil
				if v := engine.Value(b.Column(c), i); v != nil {
					row[c] = value(v)
				}
			}
			if err := appender.AppendRow(row...); err != nil {
				return 0, err
			}
		}
		rows += b.NumRows()
	}
	return rows, r.Err()
}

// ingestType gives the type in which a column is handed to DuckDB and how
// engine values become the driver's. What has no plain type goes as text, which
// the INSERT casts.
func ingestType(t arrow.DataType) (duckdb.TypeInfo, func(any) any, error) {
	same := func(v any) any { return v }
	plain := func(kind duckdb.Type) (duckdb.TypeInfo, func(any) any, error) {
		info, err := duckdb.NewTypeInfo(kind)
		return info, same, err
	}
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		info, err := duckdb.NewDecimalInfo(uint8(t.Precision), uint8(t.Scale))
		return info, func(v any) any {
			d := v.(engine.Decimal)
			return duckdb.Decimal{Width: uint8(t.Precision), Scale: uint8(t.Scale), Value: d.Num.BigInt()}
		}, err
	case *arrow.TimestampType:
		switch {
		case t.TimeZone != "":
			return plain(duckdb.TYPE_TIMESTAMP_TZ)
		case t.Unit == arrow.Nanosecond:
			return plain(duckdb.TYPE_TIMESTAMP_NS)
		}
		return plain(duckdb.TYPE_TIMESTAMP)
	}
	switch t.ID() {
	case arrow.BOOL:
		return plain(duckdb.TYPE_BOOLEAN)
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32:
		return plain(duckdb.TYPE_BIGINT)
	case arrow.UINT64:
		return plain(duckdb.TYPE_UBIGINT)
	case arrow.FLOAT32, arrow.FLOAT64:
		return plain(duckdb.TYPE_DOUBLE)
	case arrow.BINARY, arrow.LARGE_BINARY:
		return plain(duckdb.TYPE_BLOB)
	case arrow.DATE32, arrow.DATE64:
		return plain(duckdb.TYPE_DATE)
	}
	info, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	return info, func(v any) any { return engine.Text(v) }, err
}
