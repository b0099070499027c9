//go:build !duckdb_arrow

package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// Arrow says how batches are made: here row by row, about ten times slower than
// by DuckDB itself, and with nested values as text.
const Arrow = "portable"

// batchRows is the size of DuckDB's own batches.
const batchRows = 2048

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

// column is how one column of the driver's rows becomes Arrow.
type column struct {
	field  arrow.Field
	append func(array.Builder, driver.Value) error
	nested bool // the driver's value has no Arrow type here
}

func columnsOf(rows driver.Rows) []column {
	types := rows.(driver.RowsColumnTypeDatabaseTypeName)
	names := rows.Columns()
	columns := make([]column, len(names))
	for i, name := range names {
		t, appendValue := arrowType(types.ColumnTypeDatabaseTypeName(i))
		columns[i] = column{arrow.Field{Name: name, Type: t, Nullable: true}, appendValue, t == nil}
		if t == nil {
			columns[i].field.Type, columns[i].append = arrow.BinaryTypes.String, appendPrinted
		}
	}
	return columns
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

// rowReader builds batches from the driver's rows as they are asked for.
type rowReader struct {
	ctx     context.Context
	rows    driver.Rows
	columns []column
	builder *array.RecordBuilder
	values  []driver.Value
	batch   arrow.RecordBatch
	refs    int
	err     error
	ended   bool
}

func newRowReader(ctx context.Context, rows driver.Rows, columns []column) *rowReader {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field
	}
	return &rowReader{
		ctx: ctx, rows: rows, columns: columns, refs: 1,
		builder: array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil)),
		values:  make([]driver.Value, len(columns)),
	}
}

func (r *rowReader) Retain() { r.refs++ }

func (r *rowReader) Release() {
	if r.refs--; r.refs != 0 {
		return
	}
	r.drop()
	r.builder.Release()
	r.ended = true
	r.err = errors.Join(r.err, r.rows.Close())
}

func (r *rowReader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

func (r *rowReader) Schema() *arrow.Schema          { return r.builder.Schema() }
func (r *rowReader) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *rowReader) Record() arrow.RecordBatch      { return r.batch }
func (r *rowReader) Err() error                     { return r.err }

func (r *rowReader) Next() bool {
	r.drop()
	if r.err != nil || r.ended {
		return false
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return false
	}
	n := 0
	for ; n < batchRows; n++ {
		err := r.rows.Next(r.values)
		if errors.Is(err, io.EOF) {
			r.ended = true
			break
		}
		if err == nil {
			err = r.append()
		}
		if err != nil {
			r.err = err
			return false
		}
	}
	if n == 0 {
		return false
	}
	r.batch = r.builder.NewRecordBatch()
	return true
}

func (r *rowReader) append() error {
	for i, v := range r.values {
		b := r.builder.Field(i)
		if v == nil {
			b.AppendNull()
		} else if err := r.columns[i].append(b, v); err != nil {
			return fmt.Errorf("duck: column %q: %w", r.columns[i].field.Name, err)
		}
	}
	return nil
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
