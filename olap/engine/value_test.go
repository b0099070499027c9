package engine

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/decimal256"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// column builds an array of one type through fill.
func column(t *testing.T, typ arrow.DataType, fill func(array.Builder)) arrow.Array {
	t.Helper()
	b := array.NewBuilder(memory.DefaultAllocator, typ)
	defer b.Release()
	fill(b)
	a := b.NewArray()
	t.Cleanup(a.Release)
	return a
}

// parsed builds an array from the text of its values; "NULL" is null.
func parsed(t *testing.T, typ arrow.DataType, values ...string) arrow.Array {
	t.Helper()
	return column(t, typ, func(b array.Builder) {
		for _, v := range values {
			if v == "NULL" {
				b.AppendNull()
			} else if err := b.AppendValueFromString(v); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestValue(t *testing.T) {
	shanghai := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Asia/Shanghai"}
	huge := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 127), big.NewInt(1)) // the largest HUGEINT
	cases := []struct {
		name   string
		column arrow.Array
		want   any
	}{
		{"int8", parsed(t, arrow.PrimitiveTypes.Int8, "-128"), int64(-128)},
		{"uint32", parsed(t, arrow.PrimitiveTypes.Uint32, "4294967295"), int64(4294967295)},
		{"uint64 within", parsed(t, arrow.PrimitiveTypes.Uint64, "9223372036854775807"), int64(math.MaxInt64)},
		{"uint64 beyond", parsed(t, arrow.PrimitiveTypes.Uint64, "18446744073709551615"), uint64(math.MaxUint64)},
		{"float32", parsed(t, arrow.PrimitiveTypes.Float32, "0.5"), 0.5},
		{"text", parsed(t, arrow.BinaryTypes.String, "书"), "书"},
		{"large text", parsed(t, arrow.BinaryTypes.LargeString, ""), ""},
		{"text view", parsed(t, arrow.BinaryTypes.StringView, "a text longer than twelve bytes"), "a text longer than twelve bytes"},
		{"empty blob", column(t, arrow.BinaryTypes.Binary, func(b array.Builder) { b.(*array.BinaryBuilder).Append([]byte{}) }), []byte{}},
		{"dictionary", parsed(t, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String}, "b"), "b"},
		{"date before 1970", parsed(t, arrow.FixedWidthTypes.Date32, "1752-09-14"), time.Date(1752, 9, 14, 0, 0, 0, 0, time.UTC)},
		{"zoned timestamp", column(t, shanghai, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1_000_000) }), time.Unix(1, 0).UTC()},
		{"timestamp in seconds before 1970", column(t, &arrow.TimestampType{Unit: arrow.Second}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1) }), time.Unix(-1, 0).UTC()},
		{"decimal", parsed(t, &arrow.Decimal128Type{Precision: 18, Scale: 4}, "-0.0001"), Decimal{decimal128.FromI64(-1), 4}},
		{"largest hugeint", column(t, &arrow.Decimal128Type{Precision: 38}, func(b array.Builder) {
			b.(*array.Decimal128Builder).Append(decimal128.FromBigInt(huge))
		}), Decimal{decimal128.FromBigInt(huge), 0}},
		{"decimal256 that fits", column(t, &arrow.Decimal256Type{Precision: 50, Scale: 2}, func(b array.Builder) {
			b.(*array.Decimal256Builder).Append(decimal256.FromI64(-12345))
		}), Decimal{decimal128.FromI64(-12345), 2}},
		{"decimal256 that does not", column(t, &arrow.Decimal256Type{Precision: 76}, func(b array.Builder) {
			b.(*array.Decimal256Builder).Append(decimal256.FromBigInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(50), nil)))
		}), "1" + strings.Repeat("0", 50)},
		{"time of day", parsed(t, arrow.FixedWidthTypes.Time64us, "23:59:59.5"), "23:59:59.5"},
		{"list", parsed(t, arrow.ListOf(arrow.PrimitiveTypes.Int32), "[1, null, 3]"), "[1, NULL, 3]"},
		{"empty list", parsed(t, arrow.ListOf(arrow.PrimitiveTypes.Int32), "[]"), "[]"},
		{"list of lists", parsed(t, arrow.ListOf(arrow.ListOf(arrow.BinaryTypes.String)), `[["a"], []]`), "[[a], []]"},
		{"list of dates", parsed(t, arrow.ListOf(arrow.FixedWidthTypes.Date32), `["2025-06-30"]`), "[2025-06-30]"},
		{"struct", parsed(t, arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}), `{"a": 1, "b": null}`), "{'a': 1, 'b': NULL}"},
		{"map", parsed(t, arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32), `[{"key": "k", "value": 1}]`), "{k=1}"},
		{"null", parsed(t, arrow.PrimitiveTypes.Int32, "NULL"), nil},
		{"null type", column(t, arrow.Null, func(b array.Builder) { b.AppendNull() }), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Value(c.column, 0)
			if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b decimal128.Num) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A slice of an array starts elsewhere in the same memory.
func TestValueOfASlice(t *testing.T) {
	for _, c := range []struct {
		typ    arrow.DataType
		values []string
		want   any
	}{
		{arrow.ListOf(arrow.PrimitiveTypes.Int32), []string{"[1]", "[2, 3]"}, "[2, 3]"},
		{arrow.FixedSizeListOf(2, arrow.PrimitiveTypes.Int32), []string{"[1, 2]", "[3, 4]"}, "[3, 4]"},
		{arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64}), []string{`{"a": 1}`, `{"a": 2}`}, "{'a': 2}"},
		{arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32), []string{`[{"key": "k", "value": 1}]`, `[{"key": "l", "value": 2}]`}, "{l=2}"},
		{arrow.BinaryTypes.String, []string{"a", "b"}, "b"},
	} {
		whole := parsed(t, c.typ, c.values...)
		part := array.NewSlice(whole, 1, 2)
		if got := Value(part, 0); got != c.want {
			t.Errorf("%s: got %v, want %v", c.typ, got, c.want)
		}
		part.Release()
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		months, days int
		rest         time.Duration
		want         string
	}{
		{0, 0, 0, "00:00:00"},
		{14, 3, 4*time.Hour + 5*time.Minute + 6*time.Second + 700*time.Millisecond, "1 year 2 months 3 days 04:05:06.7"},
		{1, 1, 0, "1 month 1 day"},
		{-1, 0, -time.Second, "-1 month -00:00:01"},
		{0, 0, 100 * time.Hour, "100:00:00"},
	} {
		if got := interval(c.months, c.days, c.rest); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestNumbersAndText(t *testing.T) {
	two := Decimal{decimal128.FromI64(2), 0}
	for _, c := range []struct {
		v       any
		i       int64
		isInt   bool
		f       float64
		isFloat bool
		text    string
	}{
		{nil, 0, false, 0, false, ""},
		{int64(-3), -3, true, -3, true, "-3"},
		{uint64(math.MaxUint64), 0, false, math.MaxUint64, true, "18446744073709551615"},
		{two, 2, true, 2, true, "2"},
		{Decimal{decimal128.FromI64(-2), 0}, -2, true, -2, true, "-2"},
		{Decimal{decimal128.FromI64(200), 2}, 0, false, 2, true, "2.00"},
		{Decimal{decimal128.FromBigInt(new(big.Int).Lsh(big.NewInt(1), 64)), 0}, 0, false, math.Pow(2, 64), true, "18446744073709551616"},
		{Decimal{decimal128.FromBigInt(new(big.Int).Lsh(big.NewInt(1), 63)), 0}, 0, false, math.Pow(2, 63), true, "9223372036854775808"},
		{0.5, 0, false, 0.5, true, "0.5"},
		{"12", 0, false, 0, false, "12"},
		{true, 0, false, 0, false, "true"},
		{time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC), 0, false, 0, false, "2025-06-30"},
		{time.Date(2025, 6, 30, 1, 2, 3, 4000, time.UTC), 0, false, 0, false, "2025-06-30 01:02:03.000004"},
	} {
		if i, ok := Int(c.v); i != c.i || ok != c.isInt {
			t.Errorf("Int(%v) = %v, %v", c.v, i, ok)
		}
		if f, ok := Float(c.v); f != c.f || ok != c.isFloat {
			t.Errorf("Float(%v) = %v, %v", c.v, f, ok)
		}
		if text := Text(c.v); text != c.text {
			t.Errorf("Text(%v) = %q", c.v, text)
		}
	}
}

func TestEachReleasesAndStops(t *testing.T) {
	alloc := memory.NewCheckedAllocator(memory.NewGoAllocator())
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil)
	make3 := func() array.RecordReader {
		var batches []arrow.RecordBatch
		for range 3 {
			b := array.NewRecordBuilder(alloc, schema)
			b.Field(0).(*array.Int64Builder).Append(1)
			batches = append(batches, b.NewRecordBatch())
			b.Release()
		}
		r, err := array.NewRecordReader(schema, batches)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			b.Release()
		}
		return r
	}
	boom := errors.New("boom")
	seen := 0
	if err := Each(t.Context(), make3(), func(arrow.RecordBatch) error { seen++; return boom }); !errors.Is(err, boom) || seen != 1 {
		t.Error(seen, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := Each(ctx, make3(), func(arrow.RecordBatch) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	alloc.AssertSize(t, 0)
}

func TestErrors(t *testing.T) {
	long := "SELECT '" + strings.Repeat("书", 100) + "'\nFROM t"
	err := &StatementError{SQL: long, Message: "no such table"}
	if text := err.Error(); !strings.HasPrefix(text, "no such table (in: SELECT '书") || !strings.HasSuffix(text, "书 …)") || strings.ContainsRune(text, '\uFFFD') {
		t.Error(text)
	}
	fault := error(&FaultError{Kind: fs.ErrPermission, Message: "denied", Cause: errors.New("cause")})
	if !errors.Is(fault, fs.ErrPermission) || fault.Error() != "denied" {
		t.Error(fault)
	}
}

func TestQuote(t *testing.T) {
	if got := QuoteIdent(`a"b`); got != `"a""b"` {
		t.Error(got)
	}
	if got := QuoteText(`a'b`); got != `'a''b'` {
		t.Error(got)
	}
}

// A decimal's float64 is the one that its digits read as.
func TestDecimalIsTheNearestFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		n := r.Int64() >> r.IntN(60)
		d := Decimal{Num: decimal128.FromI64(n), Scale: int32(r.IntN(12))}
		want, err := strconv.ParseFloat(d.String(), 64)
		if err != nil || d.Float64() != want {
			t.Fatalf("%s is %v, want %v (%v)", d, d.Float64(), want, err)
		}
	}
	if d := (Decimal{Num: decimal128.FromI64(20904054500), Scale: 4}); d.Float64() != 2090405.45 {
		t.Errorf("%s is %v", d, d.Float64())
	}
}
