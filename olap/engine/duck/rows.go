package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// batchRows is the size of DuckDB's own batches.
const batchRows = 2048

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
