// Package rowgroup gathers rows as columns and writes them as the row groups of
// one Parquet file, several columns at a time, while the next rows are gathered.
// Memory does not grow with the number of rows. Databases land through it.
package rowgroup

import (
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"verso/etl/source"
)

// Rows is the number of rows of a row group, of Parquet and of the warehouse.
const Rows = 122_880

// Bytes ends a row group early when its texts are long.
const Bytes = 64 << 20

// Kind is the type of a column, and where Values keeps its values.
type Kind uint8

// The kinds and the slice of Values they stand in.
const (
	Bool        Kind = iota // Bools
	Int8                    // Int32s
	Int16                   // Int32s
	Int32                   // Int32s
	Int64                   // Int64s
	Uint8                   // Int32s
	Uint16                  // Int32s
	Uint32                  // Int32s, as the same bits
	Uint64                  // Int64s, as the same bits
	Float32                 // Int32s, as the same bits
	Float64                 // Int64s, as the same bits
	Decimal                 // Int32s up to 9 digits, Int64s up to 18, else Wide; times 10^Scale
	Date                    // Int32s: days since 1970-01-01
	Timestamp               // Int64s: microseconds since 1970-01-01, of no time zone
	TimestampTZ             // Int64s: microseconds since 1970-01-01 in UTC
	Text                    // Texts and Offsets: valid UTF-8
)

// Column is one column of the file. Width (at most 38 digits) and Scale are
// those of a Decimal.
type Column struct {
	Name         string
	Kind         Kind
	Width, Scale int32
}

// Type is the engine's type of the column.
func (c Column) Type() string {
	if c.Kind == Decimal {
		return fmt.Sprintf("DECIMAL(%d,%d)", c.Width, c.Scale)
	}
	return [...]string{Bool: "BOOLEAN", Int8: "TINYINT", Int16: "SMALLINT", Int32: "INTEGER", Int64: "BIGINT",
		Uint8: "UTINYINT", Uint16: "USMALLINT", Uint32: "UINTEGER", Uint64: "UBIGINT", Float32: "FLOAT", Float64: "DOUBLE",
		Date: "DATE", Timestamp: "TIMESTAMP", TimestampTZ: "TIMESTAMP WITH TIME ZONE", Text: "VARCHAR"}[c.Kind]
}

// Landed are the columns as a report names them.
func Landed(columns []Column) []source.Column {
	out := make([]source.Column, len(columns))
	for i, c := range columns {
		out[i] = source.Column{Name: c.Name, Type: c.Type()}
	}
	return out
}

// node is the column in the Parquet schema.
func (c Column) node() (schema.Node, error) {
	physical, width := parquet.Types.ByteArray, -1
	var logical schema.LogicalType = schema.StringLogicalType{}
	whole := func(t parquet.Type, bits int8, signed bool) {
		physical, logical = t, schema.NewIntLogicalType(bits, signed)
	}
	switch c.Kind {
	case Bool:
		physical, logical = parquet.Types.Boolean, schema.NoLogicalType{}
	case Int8, Uint8:
		whole(parquet.Types.Int32, 8, c.Kind == Int8)
	case Int16, Uint16:
		whole(parquet.Types.Int32, 16, c.Kind == Int16)
	case Int32, Uint32:
		whole(parquet.Types.Int32, 32, c.Kind == Int32)
	case Int64, Uint64:
		whole(parquet.Types.Int64, 64, c.Kind == Int64)
	case Float32:
		physical, logical = parquet.Types.Float, schema.NoLogicalType{}
	case Float64:
		physical, logical = parquet.Types.Double, schema.NoLogicalType{}
	case Date:
		physical, logical = parquet.Types.Int32, schema.DateLogicalType{}
	case Timestamp, TimestampTZ:
		physical, logical = parquet.Types.Int64, schema.NewTimestampLogicalType(c.Kind == TimestampTZ, schema.TimeUnitMicros)
	case Decimal:
		logical = schema.NewDecimalLogicalType(c.Width, c.Scale)
		switch {
		case c.Width <= 9:
			physical = parquet.Types.Int32
		case c.Width <= 18:
			physical = parquet.Types.Int64
		default:
			physical, width = parquet.Types.FixedLenByteArray, 16
		}
	}
	return schema.NewPrimitiveNodeLogical(c.Name, parquet.Repetitions.Optional, logical, physical, width, -1)
}

// Values are one column of a batch, in the layout of Arrow: a slot for every
// row, zero where null, and texts end to end with their offsets. Nothing in them
// points anywhere, which leaves the garbage collector nothing to follow.
type Values struct {
	Nulls   []int32 // rows that are null, ascending
	Bools   []bool
	Int32s  []int32
	Int64s  []int64
	Wide    []decimal128.Num
	Offsets []int32 // one more than rows
	Texts   []byte
}

// Batch is one row group being gathered.
type Batch struct {
	Columns []Values
	Rows    int
	Size    int // bytes, about
}

// NewBatch is an empty batch.
func NewBatch(columns int) *Batch {
	b := &Batch{Columns: make([]Values, columns)}
	b.Reset()
	return b
}

// Reset empties a batch for reuse.
func (b *Batch) Reset() {
	b.Cut(0)
	b.Size = 0
}

// Full says that a batch is to be written.
func (b *Batch) Full() bool { return b.Rows >= Rows || b.Size >= Bytes }

// Cut takes off the rows from n on, also those gathered in part.
func (b *Batch) Cut(n int) {
	for i := range b.Columns {
		v := &b.Columns[i]
		for len(v.Nulls) > 0 && int(v.Nulls[len(v.Nulls)-1]) >= n {
			v.Nulls = v.Nulls[:len(v.Nulls)-1]
		}
		v.Bools = v.Bools[:min(n, len(v.Bools))]
		v.Int32s = v.Int32s[:min(n, len(v.Int32s))]
		v.Int64s = v.Int64s[:min(n, len(v.Int64s))]
		v.Wide = v.Wide[:min(n, len(v.Wide))]
		if len(v.Offsets) == 0 {
			v.Offsets = append(v.Offsets, 0)
		}
		v.Offsets = v.Offsets[:min(n+1, len(v.Offsets))]
		v.Texts = v.Texts[:v.Offsets[len(v.Offsets)-1]]
	}
	b.Rows = n
}

// Null appends a null to column k of the row being gathered.
func (b *Batch) Null(k int, c Column) {
	v := &b.Columns[k]
	v.Nulls = append(v.Nulls, int32(b.Rows))
	switch c.Kind {
	case Bool:
		v.Bools = append(v.Bools, false)
	case Int64, Uint64, Float64, Timestamp, TimestampTZ:
		v.Int64s = append(v.Int64s, 0)
	case Text:
		v.Offsets = append(v.Offsets, int32(len(v.Texts)))
	case Decimal:
		v.Decimal(c, decimal128.Num{})
	default:
		v.Int32s = append(v.Int32s, 0)
	}
}

// Decimal appends a number that was multiplied with 10^Scale.
func (v *Values) Decimal(c Column, n decimal128.Num) {
	switch {
	case c.Width <= 9:
		v.Int32s = append(v.Int32s, int32(n.LowBits()))
	case c.Width <= 18:
		v.Int64s = append(v.Int64s, int64(n.LowBits()))
	default:
		v.Wide = append(v.Wide, n)
	}
}

// Float appends a double.
func (v *Values) Float(f float64) { v.Int64s = append(v.Int64s, int64(math.Float64bits(f))) }

// Text appends a text.
func (v *Values) Text(text []byte) {
	v.Texts = append(v.Texts, text...)
	v.Offsets = append(v.Offsets, int32(len(v.Texts)))
}

// repeats says whether the numbers of a column come back often enough for their
// bytes to be worth compressing, judged by a sample.
func (v *Values) repeats() bool {
	const sample = 2000
	seen := map[int64]bool{}
	n := 0
	for i := 0; i < len(v.Int32s); i += max(1, len(v.Int32s)/sample) {
		seen[int64(v.Int32s[i])] = true
		n++
	}
	for i := 0; i < len(v.Int64s); i += max(1, len(v.Int64s)/sample) {
		seen[v.Int64s[i]] = true
		n++
	}
	return len(seen)*2 < n
}

// Measure sets Size to the room the texts take.
func (b *Batch) Measure() {
	b.Size = 0
	for i := range b.Columns {
		b.Size += len(b.Columns[i].Texts)
	}
}
