package rowgroup

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// encoder has the room that encoding one column takes besides the encoder of
// Parquet itself, kept from column to column.
type encoder struct {
	levels []int16
	bytes  []parquet.ByteArray
	fixed  []parquet.FixedLenByteArray
	room   []byte
}

// defined are the definition levels of a column: 1 for a value, 0 for null.
func (e *encoder) defined(v *Values, rows int) []int16 {
	for len(e.levels) < rows {
		e.levels = append(e.levels, 1)
	}
	for i := range rows {
		e.levels[i] = 1
	}
	for _, n := range v.Nulls {
		e.levels[n] = 0
	}
	return e.levels[:rows]
}

// dense moves values together over the slots of nulls.
func dense[T any](slots []T, nulls []int32) []T {
	if len(nulls) == 0 {
		return slots
	}
	to := int(nulls[0])
	for i, n := range nulls {
		end := len(slots)
		if i+1 < len(nulls) {
			end = int(nulls[i+1])
		}
		to += copy(slots[to:], slots[n+1:end])
	}
	return slots[:to]
}

// write encodes one column; a column with nulls is used up by it.
func (e *encoder) write(cw file.ColumnChunkWriter, v *Values, rows int) (err error) {
	levels := e.defined(v, rows)
	switch cw := cw.(type) {
	case *file.BooleanColumnChunkWriter:
		_, err = cw.WriteBatch(dense(v.Bools, v.Nulls), levels, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = cw.WriteBatch(dense(v.Int32s, v.Nulls), levels, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = cw.WriteBatch(dense(v.Int64s, v.Nulls), levels, nil)
	case *file.Float32ColumnChunkWriter:
		bits := arrow.Int32Traits.CastToBytes(dense(v.Int32s, v.Nulls))
		_, err = cw.WriteBatch(arrow.Float32Traits.CastFromBytes(bits), levels, nil)
	case *file.Float64ColumnChunkWriter:
		bits := arrow.Int64Traits.CastToBytes(dense(v.Int64s, v.Nulls))
		_, err = cw.WriteBatch(arrow.Float64Traits.CastFromBytes(bits), levels, nil)
	case *file.ByteArrayColumnChunkWriter:
		_, err = cw.WriteBatch(e.texts(v, levels), levels, nil)
	case *file.FixedLenByteArrayColumnChunkWriter:
		_, err = cw.WriteBatch(e.decimals(v), levels, nil)
	default:
		err = fmt.Errorf("write Parquet: no writer for %T", cw)
	}
	return err
}

// texts are the values that are not null.
func (e *encoder) texts(v *Values, levels []int16) []parquet.ByteArray {
	e.bytes = slices.Grow(e.bytes[:0], len(levels))
	for i, level := range levels {
		if level == 1 {
			e.bytes = append(e.bytes, v.Texts[v.Offsets[i]:v.Offsets[i+1]])
		}
	}
	return e.bytes
}

// decimals are the values that are not null, the highest byte first.
func (e *encoder) decimals(v *Values) []parquet.FixedLenByteArray {
	e.room, e.fixed = e.room[:0], e.fixed[:0]
	some := dense(v.Wide, v.Nulls)
	for _, n := range some {
		e.room = binary.BigEndian.AppendUint64(e.room, uint64(n.HighBits()))
		e.room = binary.BigEndian.AppendUint64(e.room, n.LowBits())
	}
	for i := range some {
		e.fixed = append(e.fixed, e.room[16*i:16*i+16])
	}
	return e.fixed
}
