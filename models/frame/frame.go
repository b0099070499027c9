// Package frame is the table models compute on: named columns of float64,
// copied once out of the engine's memory.
package frame

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap/engine"
)

// Frame is column-major: Columns[c][row]. All columns have the same length.
// Null is NaN; dates are days since 1970-01-01; booleans 0 and 1.
type Frame struct {
	Names   []string
	Columns [][]float64
}

// Rows is the number of rows; 0 without columns.
func (f *Frame) Rows() int {
	if len(f.Columns) == 0 {
		return 0
	}
	return len(f.Columns[0])
}

// Column returns a column by name. It panics when there is none: which columns
// a feature query has is known where it is written.
func (f *Frame) Column(name string) []float64 {
	for i, n := range f.Names {
		if n == name {
			return f.Columns[i]
		}
	}
	panic(fmt.Sprintf("frame: no column %q among %v", name, f.Names))
}

// Read runs a statement and copies its rows. A text column is an error that
// names it: text has no place in a numeric frame.
func Read(ctx context.Context, q engine.Querier, s engine.Statement) (*Frame, error) {
	r, err := q.Query(ctx, s)
	if err != nil {
		return nil, err
	}
	fields := r.Schema().Fields()
	f := &Frame{Names: make([]string, len(fields)), Columns: make([][]float64, len(fields))}
	for i, field := range fields {
		f.Names[i] = field.Name
		f.Columns[i] = []float64{}
	}
	err = engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		for c := range f.Columns {
			column := batch.Column(c)
			var ok bool
			if f.Columns[c], ok = appendNumbers(f.Columns[c], column); !ok {
				return fmt.Errorf("frame: column %q is %s, not a number", f.Names[c], column.DataType())
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// appendNumbers appends the cells of a column; ok is false for one of a type that
// is no number.
func appendNumbers(to []float64, column arrow.Array) (all []float64, ok bool) {
	switch a := column.(type) {
	case *array.Float64:
		return appendEach(to, a, a.Value), true
	case *array.Int32:
		return appendEach(to, a, a.Value), true
	case *array.Int64:
		return appendEach(to, a, a.Value), true
	}
	for i := range column.Len() {
		v, ok := number(column, i)
		if !ok {
			return nil, false
		}
		to = append(to, v)
	}
	return to, true
}

func appendEach[T int32 | int64 | float64](to []float64, column arrow.Array, value func(int) T) []float64 {
	to = slices.Grow(to, column.Len())
	for i := range column.Len() {
		if column.IsNull(i) {
			to = append(to, math.NaN())
		} else {
			to = append(to, float64(value(i)))
		}
	}
	return to
}

const day = 24 * time.Hour

// number reads one cell; ok is false for a type that is no number.
func number(column arrow.Array, i int) (v float64, ok bool) {
	if column.IsNull(i) {
		return math.NaN(), true
	}
	switch a := column.(type) {
	case *array.Boolean:
		if a.Value(i) {
			return 1, true
		}
		return 0, true
	case *array.Decimal128:
		// What float64 holds exactly needs no text in between.
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return engine.Decimal{Num: a.Value(i), Scale: scale}.Float64(), true
	}
	switch t := engine.Value(column, i).(type) {
	case time.Time:
		return float64(t.Unix()) / day.Seconds(), true
	default:
		return engine.Float(t)
	}
}
