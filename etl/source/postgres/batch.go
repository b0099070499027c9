package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// values are one column of a batch: which rows are null, and the others in the
// physical type of the column.
type values struct {
	levels []int16 // 1 for a value, 0 for null
	bools  []bool
	int32s []int32
	int64s []int64
	floats []float32
	double []float64
	bytes  []parquet.ByteArray
	fixed  []parquet.FixedLenByteArray
}

// batch is one row group being gathered.
type batch struct {
	columns []values
	rows    int
	size    int
	pieces  [][]byte // of the copied texts
	piece   int      // being filled
}

func newBatch(columns int) *batch { return &batch{columns: make([]values, columns)} }

// reset empties a batch for reuse.
func (b *batch) reset() {
	for i := range b.columns {
		v := &b.columns[i]
		*v = values{levels: v.levels[:0], bools: v.bools[:0], int32s: v.int32s[:0], int64s: v.int64s[:0],
			floats: v.floats[:0], double: v.double[:0], bytes: v.bytes[:0], fixed: v.fixed[:0]}
	}
	for i := range b.pieces {
		b.pieces[i] = b.pieces[i][:0]
	}
	b.rows, b.size, b.piece = 0, 0, 0
}

// pieceSize is the room for copied texts that is allocated at once.
const pieceSize = 1 << 20

// keep copies a text that is only lent.
func (b *batch) keep(v []byte) []byte {
	for b.piece < len(b.pieces) && cap(b.pieces[b.piece])-len(b.pieces[b.piece]) < len(v) {
		b.piece++
	}
	if b.piece == len(b.pieces) {
		b.pieces = append(b.pieces, make([]byte, 0, max(pieceSize, len(v))))
	}
	p := b.pieces[b.piece]
	start := len(p)
	p = append(p, v...)
	b.pieces[b.piece] = p
	return p[start:len(p):len(p)]
}

// add appends a value that has no fault to column k, decoded as n if it is a
// decimal; nil is null.
func (b *batch) add(k int, c *column, v []byte, n decimal128.Num) {
	col := &b.columns[k]
	if v == nil {
		col.levels = append(col.levels, 0)
		return
	}
	col.levels = append(col.levels, 1)
	switch c.form {
	case formBool:
		col.bools = append(col.bools, v[0] != 0)
	case formInt2:
		col.int32s = append(col.int32s, int32(int16(binary.BigEndian.Uint16(v))))
	case formInt4:
		col.int32s = append(col.int32s, int32(binary.BigEndian.Uint32(v)))
	case formInt8:
		col.int64s = append(col.int64s, int64(binary.BigEndian.Uint64(v)))
	case formFloat4:
		col.floats = append(col.floats, math.Float32frombits(binary.BigEndian.Uint32(v)))
	case formFloat8:
		col.double = append(col.double, math.Float64frombits(binary.BigEndian.Uint64(v)))
	case formDecimal:
		col.addDecimal(n, c.width)
	case formDate:
		col.int32s = append(col.int32s, int32(binary.BigEndian.Uint32(v))+epochDays)
	case formTimestamp, formTimestampTZ:
		col.int64s = append(col.int64s, int64(binary.BigEndian.Uint64(v))+epochMicros)
	default:
		col.bytes = append(col.bytes, b.keep(c.text(v)))
	}
}

func (v *values) addDecimal(n decimal128.Num, width int32) {
	switch {
	case width <= 9:
		v.int32s = append(v.int32s, int32(n.LowBits()))
	case width <= 18:
		v.int64s = append(v.int64s, int64(n.LowBits()))
	default:
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], uint64(n.HighBits()))
		binary.BigEndian.PutUint64(b[8:], n.LowBits())
		v.fixed = append(v.fixed, b[:])
	}
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

// repeats says whether the values of a column come back often enough for a
// dictionary, judged by a sample.
func (v *values) repeats() bool {
	const sample = 2000
	seen := map[any]bool{}
	n := 0
	count := func(size int, at func(i int) any) {
		step := max(1, size/sample)
		for i := 0; i < size; i += step {
			seen[at(i)] = true
			n++
		}
	}
	count(len(v.int32s), func(i int) any { return v.int32s[i] })
	count(len(v.int64s), func(i int) any { return v.int64s[i] })
	count(len(v.bytes), func(i int) any { return string(v.bytes[i]) })
	return n > 0 && len(seen)*2 < n
}
