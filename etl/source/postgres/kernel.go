package postgres

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/etl/source/rowgroup"
)

// span is a run of rows whose fields have been found: field k of row r starts at
// b[at[r*stride+k]], its size stands in the four bytes before.
type span struct {
	b      []byte
	at     []int32
	stride int
	first  int // row number in the batch of the first
}

// size is the size of the field at p, negative for null.
func (s *span) size(p int32) int { return int(int32(binary.BigEndian.Uint32(s.b[p-4:]))) }

// null notes that the row of the field number i is null.
func (s *span) null(v *rowgroup.Values, i int) { v.Nulls = append(v.Nulls, int32(s.first+i/s.stride)) }

// take appends column k of a span; false when a value has a fault, with the
// column left as it may be.
func (c *column) take(v *rowgroup.Values, s *span, k int, trusted bool) bool {
	switch c.form {
	case formBool:
		return s.bools(v, k)
	case formInt2:
		return s.twos(v, k)
	case formInt4, formFloat4:
		return s.fours(v, k, math.MinInt32, math.MaxInt32, 0)
	case formDate:
		return s.fours(v, k, math.MinInt32+1, math.MaxInt32-1, epochDays)
	case formInt8, formFloat8:
		return s.eights(v, k, math.MinInt64, math.MaxInt64, 0)
	case formTimestamp, formTimestampTZ:
		return s.eights(v, k, math.MinInt64+1, math.MaxInt64-epochMicros, epochMicros)
	case formDecimal:
		if c.width <= 18 {
			return s.decimals(v, k, c)
		}
		return s.wides(v, k, c)
	}
	return s.texts(v, k, c, trusted)
}

func (s *span) bools(v *rowgroup.Values, k int) bool {
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], false
		if n := s.size(p); n >= 1 {
			x = s.b[p] != 0
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		v.Bools = append(v.Bools, x)
	}
	return true
}

func (s *span) twos(v *rowgroup.Values, k int) bool {
	out := v.Int32s
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], int32(0)
		if n := s.size(p); n >= 2 {
			x = int32(int16(binary.BigEndian.Uint16(s.b[p:])))
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		out = append(out, x)
	}
	v.Int32s = out
	return true
}

// fours are 32-bit values, none below low or above high, plus add.
func (s *span) fours(v *rowgroup.Values, k int, low, high, add int32) bool {
	out := v.Int32s
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], int32(0)
		if n := s.size(p); n >= 4 {
			if x = int32(binary.BigEndian.Uint32(s.b[p:])); x < low || x > high {
				return false
			}
			x += add
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		out = append(out, x)
	}
	v.Int32s = out
	return true
}

// eights are 64-bit values, none below low or above high, plus add.
func (s *span) eights(v *rowgroup.Values, k int, low, high, add int64) bool {
	out := v.Int64s
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], int64(0)
		if n := s.size(p); n >= 8 {
			if x = int64(binary.BigEndian.Uint64(s.b[p:])); x < low || x > high {
				return false
			}
			x += add
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		out = append(out, x)
	}
	v.Int64s = out
	return true
}

// decimals are numerics of at most 18 digits.
func (s *span) decimals(v *rowgroup.Values, k int, c *column) bool {
	short := c.width <= 9
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], int64(0)
		if n := s.size(p); n >= 8 {
			field := s.b[p : int(p)+n]
			var ok bool
			if x, ok = decimal64(field, c.scale); !ok {
				if !finite(field) {
					return false
				}
				wide, ok := decimal(field, c.scale)
				if !ok {
					return false
				}
				x = int64(wide.LowBits())
			}
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		if short {
			v.Int32s = append(v.Int32s, int32(x))
		} else {
			v.Int64s = append(v.Int64s, x)
		}
	}
	return true
}

func (s *span) wides(v *rowgroup.Values, k int, c *column) bool {
	for i := k; i < len(s.at); i += s.stride {
		p, x := s.at[i], decimal128.Num{}
		if n := s.size(p); n >= 8 {
			field := s.b[p : int(p)+n]
			var ok bool
			if !finite(field) {
				return false
			}
			if x, ok = decimal(field, c.scale); !ok {
				return false
			}
		} else if n >= 0 {
			return false
		} else {
			s.null(v, i)
		}
		v.Wide = append(v.Wide, x)
	}
	return true
}

func (s *span) texts(v *rowgroup.Values, k int, c *column, trusted bool) bool {
	plain := c.form == formText && trusted
	texts, offsets := v.Texts, v.Offsets
	for i := k; i < len(s.at); i += s.stride {
		p := s.at[i]
		n := s.size(p)
		switch {
		case n < 0:
			s.null(v, i)
		case plain:
			texts = append(texts, s.b[p:int(p)+n]...)
		default:
			field := s.b[p : int(p)+n]
			if n < c.size || c.form == formNumericText && !finite(field) {
				return false
			}
			if !trusted && c.form != formNumericText && c.form != formUUID && !utf8.Valid(field) {
				return false
			}
			texts = append(texts, c.text(field)...)
		}
		offsets = append(offsets, int32(len(texts)))
	}
	v.Texts, v.Offsets = texts, offsets
	return true
}
