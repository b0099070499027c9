package job

import (
	"context"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

// Column is one named column of results: []int64, []float64, []string or []bool;
// a NaN is stored as NULL.
type Column struct {
	Name   string
	Values any
}

// Col is a column of results.
func Col(name string, values any) Column { return Column{Name: name, Values: values} }

// Fitted puts results into the temporary table fitted, replacing what was there,
// for the SQL that joins them to their features.
func (j *Job) Fitted(ctx context.Context, columns ...Column) error {
	fields := make([]arrow.Field, len(columns))
	arrays := make([]arrow.Array, len(columns))
	ddl := ""
	rows := 0
	for i, c := range columns {
		a, sqlType := toArrow(c.Values)
		defer a.Release()
		arrays[i], rows = a, a.Len()
		fields[i] = arrow.Field{Name: c.Name, Type: a.DataType()}
		if i > 0 {
			ddl += ", "
		}
		ddl += engine.QuoteIdent(c.Name) + " " + sqlType
	}
	if _, err := j.Conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE fitted ("+ddl+")")); err != nil {
		return err
	}
	schema := arrow.NewSchema(fields, nil)
	batch := array.NewRecordBatch(schema, arrays, int64(rows))
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer reader.Release()
	_, err = j.Conn.Ingest(ctx, "temp.main.fitted", reader)
	return err
}

func toArrow(values any) (a arrow.Array, sqlType string) {
	switch v := values.(type) {
	case []int64:
		b := array.NewInt64Builder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(v, nil)
		return b.NewArray(), "BIGINT"
	case []float64:
		b := array.NewFloat64Builder(memory.DefaultAllocator)
		defer b.Release()
		for _, x := range v {
			if math.IsNaN(x) {
				b.AppendNull()
			} else {
				b.Append(x)
			}
		}
		return b.NewArray(), "DOUBLE"
	case []bool:
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(v, nil)
		return b.NewArray(), "BOOLEAN"
	case []string:
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(v, nil)
		return b.NewArray(), "VARCHAR"
	}
	panic(fmt.Sprintf("job: no column type for %T", values))
}
