package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"verso/olap"
	"verso/olap/engine"
)

// WriteParquet writes an answer with typed columns, named as in WriteCSV, with
// the same leading column "level" where rows may be totals. Amounts are
// DECIMAL(38, scale). In columns of attributes that are not text, the members
// (none) and (unknown) are null. The file's metadata hold verso.query,
// verso.as_of, verso.run, verso.facts and verso.notes.
func WriteParquet(w io.Writer, t *olap.Table) error {
	schema, batch, err := answerBatch(t)
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	defer batch.Release()
	return writeParquet(w, schema, func(out *pqarrow.FileWriter) error { return out.Write(batch) })
}

func answerSchema(t *olap.Table) (*arrow.Schema, error) {
	var fields []arrow.Field
	if marked(t) {
		fields = append(fields, arrow.Field{Name: "level", Type: arrow.BinaryTypes.String})
	}
	names := headers(t.Columns)
	for i, c := range t.Columns {
		fields = append(fields, arrow.Field{Name: names[i], Type: columnType(t, i, c), Nullable: true})
	}
	query, err := json.Marshal(t.Query)
	if err != nil {
		return nil, err
	}
	keys := []string{"verso.query", "verso.as_of", "verso.run", "verso.facts", "verso.notes"}
	values := []string{string(query), t.AsOf, t.Run, fmt.Sprint(t.Facts), strings.Join(t.Notes, "\n")}
	metadata := arrow.NewMetadata(keys, values)
	return arrow.NewSchema(fields, &metadata), nil
}

func columnType(t *olap.Table, i int, c olap.Column) arrow.DataType {
	switch c.Type {
	case "integer":
		return arrow.PrimitiveTypes.Int64
	case "double":
		return arrow.PrimitiveTypes.Float64
	case "date":
		return arrow.FixedWidthTypes.Date32
	case "boolean":
		return arrow.FixedWidthTypes.Boolean
	case "decimal":
		scale := int32(4)
		for _, r := range t.Rows {
			if d, ok := r.Cells[i].(engine.Decimal); ok {
				scale = d.Scale
				break
			}
		}
		return &arrow.Decimal128Type{Precision: 38, Scale: scale}
	}
	return arrow.BinaryTypes.String
}

// appendValue appends a cell; text in a column of another type is a member
// without a value there.
func appendValue(b array.Builder, v any) error {
	if v == nil {
		b.AppendNull()
		return nil
	}
	text, isText := v.(string)
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(engine.Text(v))
		return nil
	case *array.Int64Builder:
		if n, ok := v.(int64); ok {
			b.Append(n)
			return nil
		}
	case *array.Float64Builder:
		if f, ok := engine.Float(v); ok {
			b.Append(f)
			return nil
		}
	case *array.Date32Builder:
		if d, ok := v.(time.Time); ok {
			b.Append(arrow.Date32FromTime(d))
			return nil
		}
	case *array.BooleanBuilder:
		if t, ok := v.(bool); ok {
			b.Append(t)
			return nil
		}
	case *array.Decimal128Builder:
		if d, ok := v.(engine.Decimal); ok && d.Scale == b.Type().(*arrow.Decimal128Type).Scale {
			b.Append(d.Num)
			return nil
		}
	}
	if isText && strings.HasPrefix(text, "(") {
		b.AppendNull()
		return nil
	}
	return fmt.Errorf("value %v does not fit %s", v, b.Type())
}

// rowGroup is how many rows are written together.
const rowGroup = 122_880

func writeParquet(w io.Writer, schema *arrow.Schema, write func(*pqarrow.FileWriter) error) error {
	props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithMaxRowGroupLength(rowGroup))
	// The writer closes what it writes to, which is not ours to close.
	out, err := pqarrow.NewFileWriter(schema, struct{ io.Writer }{w}, props, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	if err := write(out); err != nil {
		return errors.Join(fmt.Errorf("parquet: %w", err), out.Close())
	}
	return out.Close()
}

// WriteRowsParquet streams the result of an SQL statement, batch by batch, with
// the statement's own types; of columns with one name the later are numbered.
// It releases r.
func WriteRowsParquet(ctx context.Context, w io.Writer, r array.RecordReader) error {
	names := columnNames(r.Schema())
	fields := r.Schema().Fields()
	for i := range fields {
		fields[i].Name = names[i]
	}
	schema := arrow.NewSchema(fields, nil)
	return writeParquet(w, schema, func(out *pqarrow.FileWriter) error {
		return engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
			renamed := array.NewRecordBatch(schema, batch.Columns(), batch.NumRows())
			defer renamed.Release()
			return out.WriteBuffered(renamed)
		})
	})
}
