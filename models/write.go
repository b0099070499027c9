package models

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

// column is one named column of results: []int64, []float64 or []string.
type column struct {
	name   string
	values any
}

// fitted puts results into the temporary table fitted on conn, replacing what
// was there, for the SQL that joins them to their features.
func fitted(ctx context.Context, conn engine.Conn, columns ...column) error {
	fields := make([]arrow.Field, len(columns))
	arrays := make([]arrow.Array, len(columns))
	ddl := ""
	rows := 0
	for i, c := range columns {
		a, sqlType := toArrow(c.values)
		defer a.Release()
		arrays[i], rows = a, a.Len()
		fields[i] = arrow.Field{Name: c.name, Type: a.DataType()}
		if i > 0 {
			ddl += ", "
		}
		ddl += engine.QuoteIdent(c.name) + " " + sqlType
	}
	if _, err := conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE fitted ("+ddl+")")); err != nil {
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
	_, err = conn.Ingest(ctx, "temp.main.fitted", reader)
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
		b.AppendValues(v, nil)
		return b.NewArray(), "DOUBLE"
	case []string:
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(v, nil)
		return b.NewArray(), "VARCHAR"
	}
	panic(fmt.Sprintf("models: no column type for %T", values))
}
