package postgres

import (
	"encoding/hex"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// values are one column of a batch, in the layout of Arrow: a slot for every
// row, zero where null, and texts end to end with their offsets. Nothing in them
// points anywhere, which leaves the garbage collector nothing to follow.
type values struct {
	nulls   []int32 // rows that are null
	bools   []bool
	int32s  []int32 // also the bits of floats, decimals up to 9 digits, days
	int64s  []int64 // also the bits of doubles, decimals up to 18 digits, microseconds
	wide    []decimal128.Num
	offsets []int32 // one more than rows
	texts   []byte
}

// batch is one row group being gathered.
type batch struct {
	columns []values
	rows    int
	size    int
}

func newBatch(columns int) *batch {
	b := &batch{columns: make([]values, columns)}
	b.reset()
	return b
}

// reset empties a batch for reuse.
func (b *batch) reset() {
	b.cut(0)
	b.size = 0
}

// cut takes off the rows from n on.
func (b *batch) cut(n int) {
	for i := range b.columns {
		v := &b.columns[i]
		for len(v.nulls) > 0 && int(v.nulls[len(v.nulls)-1]) >= n {
			v.nulls = v.nulls[:len(v.nulls)-1]
		}
		v.bools = v.bools[:min(n, len(v.bools))]
		v.int32s = v.int32s[:min(n, len(v.int32s))]
		v.int64s = v.int64s[:min(n, len(v.int64s))]
		v.wide = v.wide[:min(n, len(v.wide))]
		if len(v.offsets) == 0 {
			v.offsets = append(v.offsets, 0)
		}
		v.offsets = v.offsets[:min(n+1, len(v.offsets))]
		v.texts = v.texts[:v.offsets[len(v.offsets)-1]]
	}
	b.rows = n
}

// text is the value of a column that lands as VARCHAR; it may be lent.
func (c *column) text(v []byte) []byte {
	switch c.form {
	case formNumericText:
		return []byte(numericText(v))
	case formPadded:
		for len(v) > 0 && v[len(v)-1] == ' ' {
			v = v[:len(v)-1]
		}
	case formUUID:
		h := hex.EncodeToString(v)
		return []byte(strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"))
	case formJSONB:
		return v[1:] // after the version
	}
	return v
}

// node is the column in the Parquet schema.
func (c *column) node() (schema.Node, error) {
	physical, width := parquet.Types.ByteArray, -1
	var logical schema.LogicalType = schema.StringLogicalType{}
	switch c.form {
	case formBool:
		physical, logical = parquet.Types.Boolean, schema.NoLogicalType{}
	case formInt2:
		physical, logical = parquet.Types.Int32, schema.NewIntLogicalType(16, true)
	case formInt4:
		physical, logical = parquet.Types.Int32, schema.NewIntLogicalType(32, true)
	case formInt8:
		physical, logical = parquet.Types.Int64, schema.NewIntLogicalType(64, true)
	case formFloat4:
		physical, logical = parquet.Types.Float, schema.NoLogicalType{}
	case formFloat8:
		physical, logical = parquet.Types.Double, schema.NoLogicalType{}
	case formDate:
		physical, logical = parquet.Types.Int32, schema.DateLogicalType{}
	case formTimestamp, formTimestampTZ:
		physical, logical = parquet.Types.Int64, schema.NewTimestampLogicalType(c.form == formTimestampTZ, schema.TimeUnitMicros)
	case formDecimal:
		logical = schema.NewDecimalLogicalType(c.width, c.scale)
		switch {
		case c.width <= 9:
			physical = parquet.Types.Int32
		case c.width <= 18:
			physical = parquet.Types.Int64
		default:
			physical, width = parquet.Types.FixedLenByteArray, 16
		}
	}
	return schema.NewPrimitiveNodeLogical(c.name, parquet.Repetitions.Optional, logical, physical, width, -1)
}

// repeats says whether the numbers of a column come back often enough for their
// bytes to be worth compressing, judged by a sample.
func (v *values) repeats() bool {
	const sample = 2000
	seen := map[int64]bool{}
	n := 0
	for i := 0; i < len(v.int32s); i += max(1, len(v.int32s)/sample) {
		seen[int64(v.int32s[i])] = true
		n++
	}
	for i := 0; i < len(v.int64s); i += max(1, len(v.int64s)/sample) {
		seen[v.int64s[i]] = true
		n++
	}
	return len(seen)*2 < n
}
