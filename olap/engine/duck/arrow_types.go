package duck

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// arrowType gives the Arrow type of a DuckDB type and how the driver's value is
// appended to it; nil for types whose values the driver cannot give exactly.
func arrowType(name string) (arrow.DataType, func(array.Builder, driver.Value) error) {
	var width, scale int32
	if n, _ := fmt.Sscanf(name, "DECIMAL(%d,%d)", &width, &scale); n == 2 {
		return &arrow.Decimal128Type{Precision: width, Scale: scale}, appendDecimal
	}
	switch name {
	case "BOOLEAN":
		return arrow.FixedWidthTypes.Boolean, append1((*array.BooleanBuilder).Append)
	case "TINYINT":
		return arrow.PrimitiveTypes.Int8, append1((*array.Int8Builder).Append)
	case "SMALLINT":
		return arrow.PrimitiveTypes.Int16, append1((*array.Int16Builder).Append)
	case "INTEGER":
		return arrow.PrimitiveTypes.Int32, append1((*array.Int32Builder).Append)
	case "BIGINT":
		return arrow.PrimitiveTypes.Int64, append1((*array.Int64Builder).Append)
	case "UTINYINT":
		return arrow.PrimitiveTypes.Uint8, append1((*array.Uint8Builder).Append)
	case "USMALLINT":
		return arrow.PrimitiveTypes.Uint16, append1((*array.Uint16Builder).Append)
	case "UINTEGER":
		return arrow.PrimitiveTypes.Uint32, append1((*array.Uint32Builder).Append)
	case "UBIGINT":
		return arrow.PrimitiveTypes.Uint64, append1((*array.Uint64Builder).Append)
	case "FLOAT":
		return arrow.PrimitiveTypes.Float32, append1((*array.Float32Builder).Append)
	case "DOUBLE":
		return arrow.PrimitiveTypes.Float64, append1((*array.Float64Builder).Append)
	case "VARCHAR", "ENUM", "BIT":
		return arrow.BinaryTypes.String, append1((*array.StringBuilder).Append)
	case "BLOB":
		return arrow.BinaryTypes.Binary, append1((*array.BinaryBuilder).Append)
	case "HUGEINT", "UHUGEINT":
		return &arrow.Decimal128Type{Precision: 38}, appendDecimal
	case "SQLNULL":
		return arrow.PrimitiveTypes.Int32, appendPrinted
	}
	return arrowTimeType(name)
}

func arrowTimeType(name string) (arrow.DataType, func(array.Builder, driver.Value) error) {
	stamp := func(unit arrow.TimeUnit, count func(time.Time) int64) (arrow.DataType, func(array.Builder, driver.Value) error) {
		return &arrow.TimestampType{Unit: unit}, append1(func(b *array.TimestampBuilder, t time.Time) {
			b.Append(arrow.Timestamp(count(t)))
		})
	}
	switch name {
	case "DATE":
		return arrow.FixedWidthTypes.Date32, append1(func(b *array.Date32Builder, t time.Time) {
			b.Append(arrow.Date32(t.Unix() / (24 * 60 * 60))) // DuckDB's dates are at midnight: no remainder
		})
	case "TIMESTAMP":
		return stamp(arrow.Microsecond, time.Time.UnixMicro)
	case "TIMESTAMP_S":
		return stamp(arrow.Second, time.Time.Unix)
	case "TIMESTAMP_MS":
		return stamp(arrow.Millisecond, time.Time.UnixMilli)
	case "TIMESTAMP_NS":
		return stamp(arrow.Nanosecond, time.Time.UnixNano)
	case "TIMESTAMPTZ":
		_, appendValue := stamp(arrow.Microsecond, time.Time.UnixMicro)
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Etc/UTC"}, appendValue
	case "TIME", "TIMETZ":
		return arrow.FixedWidthTypes.Time64us, append1(func(b *array.Time64Builder, t time.Time) {
			t = t.UTC()
			b.Append(arrow.Time64(t.Sub(t.Truncate(24 * time.Hour)).Microseconds()))
		})
	case "INTERVAL":
		return arrow.FixedWidthTypes.MonthDayNanoInterval, append1(func(b *array.MonthDayNanoIntervalBuilder, v duckdb.Interval) {
			b.Append(arrow.MonthDayNanoInterval{Months: v.Months, Days: v.Days, Nanoseconds: v.Micros * 1000})
		})
	}
	return nil, nil
}

// append1 adapts the Append method of a builder to the driver's untyped values.
func append1[B array.Builder, V any](add func(B, V)) func(array.Builder, driver.Value) error {
	return func(b array.Builder, v driver.Value) error {
		typed, ok := v.(V)
		if !ok {
			return fmt.Errorf("the driver gave a %T", v)
		}
		add(b.(B), typed)
		return nil
	}
}

func appendDecimal(b array.Builder, v driver.Value) error {
	var n *big.Int
	switch t := v.(type) {
	case duckdb.Decimal:
		n = t.Value
	case *big.Int:
		n = t
	default:
		return fmt.Errorf("the driver gave a %T", v)
	}
	high := new(big.Int).Rsh(n, 64) // arithmetic: rounds down
	if !high.IsInt64() {
		return fmt.Errorf("%s needs more than 128 bits", n)
	}
	low := new(big.Int).Sub(n, new(big.Int).Lsh(high, 64))
	b.(*array.Decimal128Builder).Append(decimal128.New(high.Int64(), low.Uint64()))
	return nil
}

// appendPrinted is the last resort for values without an Arrow type outside of
// a SELECT, where DuckDB cannot be asked to print them.
func appendPrinted(b array.Builder, v driver.Value) error {
	return b.AppendValueFromString(fmt.Sprint(v))
}
