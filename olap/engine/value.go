package engine

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
)

// Decimal is an exact number: Num / 10^Scale.
type Decimal struct {
	Num   decimal128.Num
	Scale int32
}

// String writes the number with all its decimals and no thousands separators.
func (d Decimal) String() string { return d.Num.ToString(d.Scale) }

// maxExactPower is the largest power of ten that a float64 holds exactly.
const maxExactPower = 22

// Float64 is the nearest float64.
func (d Decimal) Float64() float64 {
	// Below 2^53 the digits and the power of ten are exact, and so their quotient
	// is correctly rounded.
	if n := int64(d.Num.LowBits()); d.Num.HighBits() == n>>63 && n > -1<<53 && n < 1<<53 && d.Scale >= 0 && d.Scale <= maxExactPower {
		return float64(n) / math.Pow10(int(d.Scale))
	}
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return d.Num.ToFloat64(d.Scale)
	}
	return f
}

// Value copies the i-th value of an Arrow column out of the engine's memory.
//
// NULL is nil. Integers of any width are int64 (uint64 beyond its range), floats
// float64, decimals and hugeints Decimal, text string, blobs []byte, dates and
// timestamps time.Time in UTC (DATE at midnight; a TIMESTAMP without zone is
// taken as UTC), booleans bool, dictionary values their text. Anything else
// (lists, structs, maps, intervals, times of day, decimals beyond 38 digits) is
// its text.
func Value(column arrow.Array, i int) any {
	if column.IsNull(i) {
		return nil
	}
	switch a := column.(type) {
	case *array.Null:
		return nil
	case *array.Boolean:
		return a.Value(i)
	case *array.Float32:
		return float64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.String:
		return strings.Clone(a.Value(i))
	case *array.LargeString:
		return strings.Clone(a.Value(i))
	case *array.StringView:
		return strings.Clone(a.Value(i))
	case *array.Binary:
		return bytes.Clone(a.Value(i))
	case *array.LargeBinary:
		return bytes.Clone(a.Value(i))
	case *array.FixedSizeBinary:
		return bytes.Clone(a.Value(i))
	case *array.Date32:
		return a.Value(i).ToTime().UTC()
	case *array.Date64:
		return a.Value(i).ToTime().UTC()
	case *array.Timestamp:
		unit := a.DataType().(*arrow.TimestampType).Unit
		return a.Value(i).ToTime(unit).UTC()
	case *array.Decimal128:
		return Decimal{Num: a.Value(i), Scale: a.DataType().(*arrow.Decimal128Type).Scale}
	case *array.Decimal256:
		return narrow(a.Value(i), a.DataType().(*arrow.Decimal256Type).Scale)
	case *array.Dictionary:
		return Value(a.Dictionary(), a.GetValueIndex(i))
	case array.ExtensionArray:
		return Value(a.Storage(), i)
	}
	if v, ok := integer(column, i); ok {
		return v
	}
	return printed(column, i)
}

// integer reads the integer types.
func integer(column arrow.Array, i int) (v any, ok bool) {
	switch a := column.(type) {
	case *array.Int8:
		return int64(a.Value(i)), true
	case *array.Int16:
		return int64(a.Value(i)), true
	case *array.Int32:
		return int64(a.Value(i)), true
	case *array.Int64:
		return a.Value(i), true
	case *array.Uint8:
		return int64(a.Value(i)), true
	case *array.Uint16:
		return int64(a.Value(i)), true
	case *array.Uint32:
		return int64(a.Value(i)), true
	case *array.Uint64:
		if v := a.Value(i); v > math.MaxInt64 {
			return v, true
		}
		return int64(a.Value(i)), true
	}
	return nil, false
}

// narrow keeps a wide decimal exact: as Decimal where it fits, as text where not.
func narrow(n decimal256.Num, scale int32) any {
	b := n.BigInt()
	if b.BitLen() > 126 { // decimal128 counts to 38 digits
		return n.ToString(scale)
	}
	return Decimal{Num: decimal128.FromBigInt(b), Scale: scale}
}

// Each calls fn with every batch of r and releases r. It stops at the first
// error of fn, of r or of ctx. A batch is fn's only until fn returns.
func Each(ctx context.Context, r array.RecordReader, fn func(arrow.RecordBatch) error) error {
	defer r.Release()
	for r.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(r.RecordBatch()); err != nil {
			return err
		}
	}
	return r.Err()
}

// Rows runs a statement and calls fn with each row as values (see [Value]).
// The slice is reused between calls.
func Rows(ctx context.Context, q Querier, s Statement, fn func(row []any) error) error {
	r, err := q.Query(ctx, s)
	if err != nil {
		return err
	}
	return Each(ctx, r, func(batch arrow.RecordBatch) error {
		row := make([]any, batch.NumCols())
		for i := range int(batch.NumRows()) {
			for c := range row {
				row[c] = Value(batch.Column(c), i)
			}
			if err := fn(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// One runs a statement that must return exactly one row and returns its values.
func One(ctx context.Context, q Querier, s Statement) ([]any, error) {
	var found []any
	n := 0
	err := Rows(ctx, q, s, func(row []any) error {
		n++
		found = append([]any(nil), row...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n != 1 {
		return nil, fmt.Errorf("engine: want one row, got %d (in: %s)", n, s.SQL)
	}
	return found, nil
}

// Float reads a number of any type Value returns; ok is false for nil and
// for what is no number.
func Float(v any) (f float64, ok bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	case Decimal:
		return n.Float64(), true
	}
	return 0, false
}

// Int reads a whole number; ok is false for nil, text, numbers with decimals
// (even 1.00) and numbers beyond int64.
func Int(v any) (n int64, ok bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case Decimal:
		if n.Scale == 0 && n.Num.HighBits() == int64(n.Num.LowBits())>>63 {
			return int64(n.Num.LowBits()), true
		}
	}
	return 0, false
}

// Text is the value as text: "" for nil, ISO dates (with the time of day unless
// it is midnight), plain decimals.
func Text(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case time.Time:
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
			return t.Format(time.DateOnly)
		}
		return t.Format("2006-01-02 15:04:05.999999")
	}
	return fmt.Sprint(v)
}
