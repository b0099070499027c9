package export

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap"
	"verso/olap/engine"
)

// WriteArrow writes an answer as an Arrow IPC stream, with the columns, types
// and metadata of WriteParquet.
func WriteArrow(w io.Writer, t *olap.Table) error {
	schema, batch, err := answerBatch(t)
	if err != nil {
		return fmt.Errorf("arrow: %w", err)
	}
	defer batch.Release()
	out := ipc.NewWriter(w, ipc.WithSchema(schema))
	return errors.Join(out.Write(batch), out.Close())
}

// WriteRowsArrow streams the result of an SQL statement as an Arrow IPC stream,
// batch by batch, with the statement's own types. It releases r.
func WriteRowsArrow(ctx context.Context, w io.Writer, r array.RecordReader) error {
	names := columnNames(r.Schema())
	fields := r.Schema().Fields()
	for i := range fields {
		fields[i].Name = names[i]
	}
	schema := arrow.NewSchema(fields, nil)
	out := ipc.NewWriter(w, ipc.WithSchema(schema))
	err := engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		renamed := array.NewRecordBatch(schema, batch.Columns(), batch.NumRows())
		defer renamed.Release()
		return out.Write(renamed)
	})
	return errors.Join(err, out.Close())
}

// answerBatch is the answer as one batch of typed columns.
func answerBatch(t *olap.Table) (*arrow.Schema, arrow.RecordBatch, error) {
	schema, err := answerSchema(t)
	if err != nil {
		return nil, nil, err
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	first := 0
	if marked(t) {
		first = 1
	}
	for _, r := range t.Rows {
		if first == 1 {
			b.Field(0).(*array.StringBuilder).Append(levelOf(t, r))
		}
		for i, v := range r.Cells {
			if err := appendValue(b.Field(first+i), v); err != nil {
				return nil, nil, fmt.Errorf("column %s: %w", t.Columns[i].Name, err)
			}
		}
	}
	return schema, b.NewRecordBatch(), nil
}
