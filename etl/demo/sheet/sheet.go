// Package sheet lists the files of the demo company with their columns, and
// collects their rows as CSV text or Arrow columns.
package sheet

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
)

// Sheet collects rows of one table, as CSV bytes or as Arrow columns. Values
// are written left to right; end closes the row and checks its width.
type Sheet struct {
	t    *Table
	days *calendar.DayNames
	Buf  []byte               // CSV
	Rec  *array.RecordBuilder // Parquet; nil for CSV
	Col  int
	Rows int
}

// New makes an empty sheet.
func New(t *Table, days *calendar.DayNames, parquet bool) *Sheet {
	s := &Sheet{t: t, days: days}
	if parquet {
		s.Rec = array.NewRecordBuilder(memory.DefaultAllocator, ArrowSchema(t))
	}
	return s
}

// ArrowSchema is the Parquet shape of a table.
func ArrowSchema(t *Table) *arrow.Schema {
	fields := make([]arrow.Field, len(t.Cols))
	for i, c := range t.Cols {
		fields[i] = arrow.Field{Name: c.Name, Nullable: true}
		switch c.Kind {
		case KInt:
			fields[i].Type = arrow.PrimitiveTypes.Int64
		case KText:
			fields[i].Type = arrow.BinaryTypes.String
		case KDate:
			fields[i].Type = arrow.FixedWidthTypes.Date32
		case KTime:
			fields[i].Type = &arrow.TimestampType{Unit: arrow.Microsecond}
		case KMoney:
			fields[i].Type = &arrow.Decimal128Type{Precision: 18, Scale: 4}
		case KRate:
			fields[i].Type = &arrow.Decimal128Type{Precision: 18, Scale: 8}
		case KFloat:
			fields[i].Type = arrow.PrimitiveTypes.Float64
		case KBool:
			fields[i].Type = arrow.FixedWidthTypes.Boolean
		}
	}
	return arrow.NewSchema(fields, nil)
}

// sep writes the comma before every value but the first and moves on.
func (s *Sheet) sep() {
	if s.Col > 0 && s.Rec == nil {
		s.Buf = append(s.Buf, ',')
	}
	s.Col++
}

// Null writes an empty value.
func (s *Sheet) Null() *Sheet {
	if s.Rec != nil {
		s.Rec.Field(s.Col).AppendNull()
	}
	s.sep()
	return s
}

// Nulls writes n empty values.
func (s *Sheet) Nulls(n int) *Sheet {
	for range n {
		s.Null()
	}
	return s
}

// Int writes a whole number.
func (s *Sheet) Int(v int64) *Sheet {
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.Int64Builder).Append(v)
		s.Col++
		return s
	}
	s.sep()
	s.Buf = strconv.AppendInt(s.Buf, v, 10)
	return s
}

// ID writes a reference, empty when it is 0.
func (s *Sheet) ID(v int64) *Sheet {
	if v == 0 {
		return s.Null()
	}
	return s.Int(v)
}

// Str writes text, quoted when CSV needs it; the empty text is null.
func (s *Sheet) Str(v string) *Sheet {
	if v == "" {
		return s.Null()
	}
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.StringBuilder).Append(v)
		s.Col++
		return s
	}
	s.sep()
	if !strings.ContainsAny(v, ",\"\r\n") {
		s.Buf = append(s.Buf, v...)
		return s
	}
	s.Buf = append(s.Buf, '"')
	s.Buf = append(s.Buf, strings.ReplaceAll(v, `"`, `""`)...)
	s.Buf = append(s.Buf, '"')
	return s
}

// Raw writes text into a column of any type: dirty data, CSV only.
func (s *Sheet) Raw(v string) *Sheet {
	s.sep()
	s.Buf = append(s.Buf, v...)
	return s
}

// Date writes a day; noDay is null.
func (s *Sheet) Date(d calendar.Day) *Sheet {
	if d == calendar.NoDay {
		return s.Null()
	}
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.Date32Builder).Append(arrow.Date32(d))
		s.Col++
		return s
	}
	s.sep()
	s.Buf = append(s.Buf, s.days.Name(d)...)
	return s
}

// Time writes a second of a day; noDay is null.
func (s *Sheet) Time(d calendar.Day, second int) *Sheet {
	if d == calendar.NoDay {
		return s.Null()
	}
	if s.Rec != nil {
		us := (int64(d)*86400 + int64(second)) * 1e6
		s.Rec.Field(s.Col).(*array.TimestampBuilder).Append(arrow.Timestamp(us))
		s.Col++
		return s
	}
	s.sep()
	s.Buf = append(s.Buf, s.days.Name(d)...)
	h, m, sec := second/3600, second/60%60, second%60
	s.Buf = append(s.Buf, ' ', byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10),
		':', byte('0'+sec/10), byte('0'+sec%10))
	return s
}

// Money writes an amount or percentage counted in ten-thousandths.
func (s *Sheet) Money(v int64) *Sheet { return s.decimal(v, 4) }

// Rate writes an exchange rate counted in hundred-millionths.
func (s *Sheet) Rate(v int64) *Sheet { return s.decimal(v, 8) }

// decimal writes v / 10^scale without trailing zeros.
func (s *Sheet) decimal(v int64, scale int) *Sheet {
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.Decimal128Builder).Append(decimal128.FromI64(v))
		s.Col++
		return s
	}
	s.sep()
	if v < 0 {
		s.Buf = append(s.Buf, '-')
		v = -v
	}
	unit := int64(1)
	for range scale {
		unit *= 10
	}
	s.Buf = strconv.AppendInt(s.Buf, v/unit, 10)
	frac := v % unit
	if frac == 0 {
		return s
	}
	s.Buf = append(s.Buf, '.')
	for frac > 0 {
		unit /= 10
		s.Buf = append(s.Buf, byte('0'+frac/unit))
		frac %= unit
	}
	return s
}

// Float writes a double with at most four digits after the point.
func (s *Sheet) Float(v float64) *Sheet {
	v = dice.RoundTo(v, 1e4)
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.Float64Builder).Append(v)
		s.Col++
		return s
	}
	s.sep()
	s.Buf = strconv.AppendFloat(s.Buf, v, 'f', -1, 64)
	return s
}

// Bool writes true or false.
func (s *Sheet) Bool(v bool) *Sheet {
	if s.Rec != nil {
		s.Rec.Field(s.Col).(*array.BooleanBuilder).Append(v)
		s.Col++
		return s
	}
	s.sep()
	s.Buf = strconv.AppendBool(s.Buf, v)
	return s
}

// End closes the row. A row of the wrong width is a fault of this package.
func (s *Sheet) End() {
	if s.Col != len(s.t.Cols) {
		panic("demo: " + s.t.Name + ": row of " + strconv.Itoa(s.Col) + " values for " + strconv.Itoa(len(s.t.Cols)) + " columns")
	}
	if s.Rec == nil {
		s.Buf = append(s.Buf, '\n')
	}
	s.Col = 0
	s.Rows++
}

// MulMoney is round(a × num ÷ den), half away from zero, exact at any size.
func MulMoney(a, num, den int64) int64 {
	p := a * num
	if a == 0 || (p/a == num && p < 1<<62 && p > -(1<<62)) {
		if p >= 0 {
			return (p + den/2) / den
		}
		return -((-p + den/2) / den)
	}
	x := new(big.Int).Mul(big.NewInt(a), big.NewInt(num))
	x.Add(x, big.NewInt(den/2))
	return x.Quo(x, big.NewInt(den)).Int64()
}
