package demo

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// sheet collects rows of one table, as CSV bytes or as Arrow columns. Values
// are written left to right; end closes the row and checks its width.
type sheet struct {
	t    *table
	days *dayNames
	buf  []byte               // CSV
	rec  *array.RecordBuilder // Parquet; nil for CSV
	col  int
	rows int
}

// newSheet makes an empty sheet.
func newSheet(t *table, days *dayNames, parquet bool) *sheet {
	s := &sheet{t: t, days: days}
	if parquet {
		s.rec = array.NewRecordBuilder(memory.DefaultAllocator, arrowSchema(t))
	}
	return s
}

// arrowSchema is the Parquet shape of a table.
func arrowSchema(t *table) *arrow.Schema {
	fields := make([]arrow.Field, len(t.cols))
	for i, c := range t.cols {
		fields[i] = arrow.Field{Name: c.name, Nullable: true}
		switch c.kind {
		case kInt:
			fields[i].Type = arrow.PrimitiveTypes.Int64
		case kText:
			fields[i].Type = arrow.BinaryTypes.String
		case kDate:
			fields[i].Type = arrow.FixedWidthTypes.Date32
		case kTime:
			fields[i].Type = &arrow.TimestampType{Unit: arrow.Microsecond}
		case kMoney:
			fields[i].Type = &arrow.Decimal128Type{Precision: 18, Scale: 4}
		case kRate:
			fields[i].Type = &arrow.Decimal128Type{Precision: 18, Scale: 8}
		case kFloat:
			fields[i].Type = arrow.PrimitiveTypes.Float64
		case kBool:
			fields[i].Type = arrow.FixedWidthTypes.Boolean
		}
	}
	return arrow.NewSchema(fields, nil)
}

// sep writes the comma before every value but the first and moves on.
func (s *sheet) sep() {
	if s.col > 0 && s.rec == nil {
		s.buf = append(s.buf, ',')
	}
	s.col++
}

// null writes an empty value.
func (s *sheet) null() *sheet {
	if s.rec != nil {
		s.rec.Field(s.col).AppendNull()
	}
	s.sep()
	return s
}

// nulls writes n empty values.
func (s *sheet) nulls(n int) *sheet {
	for range n {
		s.null()
	}
	return s
}

// int writes a whole number.
func (s *sheet) int(v int64) *sheet {
	if s.rec != nil {
		s.rec.Field(s.col).(*array.Int64Builder).Append(v)
		s.col++
		return s
	}
	s.sep()
	s.buf = strconv.AppendInt(s.buf, v, 10)
	return s
}

// id writes a reference, empty when it is 0.
func (s *sheet) id(v int64) *sheet {
	if v == 0 {
		return s.null()
	}
	return s.int(v)
}

// str writes text, quoted when CSV needs it; the empty text is null.
func (s *sheet) str(v string) *sheet {
	if v == "" {
		return s.null()
	}
	if s.rec != nil {
		s.rec.Field(s.col).(*array.StringBuilder).Append(v)
		s.col++
		return s
	}
	s.sep()
	if !strings.ContainsAny(v, ",\"\r\n") {
		s.buf = append(s.buf, v...)
		return s
	}
	s.buf = append(s.buf, '"')
	s.buf = append(s.buf, strings.ReplaceAll(v, `"`, `""`)...)
	s.buf = append(s.buf, '"')
	return s
}

// raw writes text into a column of any type: dirty data, CSV only.
func (s *sheet) raw(v string) *sheet {
	s.sep()
	s.buf = append(s.buf, v...)
	return s
}

// date writes a day; noDay is null.
func (s *sheet) date(d day) *sheet {
	if d == noDay {
		return s.null()
	}
	if s.rec != nil {
		s.rec.Field(s.col).(*array.Date32Builder).Append(arrow.Date32(d))
		s.col++
		return s
	}
	s.sep()
	s.buf = append(s.buf, s.days.name(d)...)
	return s
}

// time writes a second of a day; noDay is null.
func (s *sheet) time(d day, second int) *sheet {
	if d == noDay {
		return s.null()
	}
	if s.rec != nil {
		us := (int64(d)*86400 + int64(second)) * 1e6
		s.rec.Field(s.col).(*array.TimestampBuilder).Append(arrow.Timestamp(us))
		s.col++
		return s
	}
	s.sep()
	s.buf = append(s.buf, s.days.name(d)...)
	h, m, sec := second/3600, second/60%60, second%60
	s.buf = append(s.buf, ' ', byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10),
		':', byte('0'+sec/10), byte('0'+sec%10))
	return s
}

// money writes an amount or percentage counted in ten-thousandths.
func (s *sheet) money(v int64) *sheet { return s.decimal(v, 4) }

// rate writes an exchange rate counted in hundred-millionths.
func (s *sheet) rate(v int64) *sheet { return s.decimal(v, 8) }

// decimal writes v / 10^scale without trailing zeros.
func (s *sheet) decimal(v int64, scale int) *sheet {
	if s.rec != nil {
		s.rec.Field(s.col).(*array.Decimal128Builder).Append(decimal128.FromI64(v))
		s.col++
		return s
	}
	s.sep()
	if v < 0 {
		s.buf = append(s.buf, '-')
		v = -v
	}
	unit := int64(1)
	for range scale {
		unit *= 10
	}
	s.buf = strconv.AppendInt(s.buf, v/unit, 10)
	frac := v % unit
	if frac == 0 {
		return s
	}
	s.buf = append(s.buf, '.')
	for frac > 0 {
		unit /= 10
		s.buf = append(s.buf, byte('0'+frac/unit))
		frac %= unit
	}
	return s
}

// float writes a double with at most four digits after the point.
func (s *sheet) float(v float64) *sheet {
	v = roundTo(v, 1e4)
	if s.rec != nil {
		s.rec.Field(s.col).(*array.Float64Builder).Append(v)
		s.col++
		return s
	}
	s.sep()
	s.buf = strconv.AppendFloat(s.buf, v, 'f', -1, 64)
	return s
}

// bool writes true or false.
func (s *sheet) bool(v bool) *sheet {
	if s.rec != nil {
		s.rec.Field(s.col).(*array.BooleanBuilder).Append(v)
		s.col++
		return s
	}
	s.sep()
	s.buf = strconv.AppendBool(s.buf, v)
	return s
}

// end closes the row. A row of the wrong width is a fault of this package.
func (s *sheet) end() {
	if s.col != len(s.t.cols) {
		panic("demo: " + s.t.name + ": row of " + strconv.Itoa(s.col) + " values for " + strconv.Itoa(len(s.t.cols)) + " columns")
	}
	if s.rec == nil {
		s.buf = append(s.buf, '\n')
	}
	s.col = 0
	s.rows++
}

// mulMoney is round(a × num ÷ den), half away from zero, exact at any size.
func mulMoney(a, num, den int64) int64 {
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
