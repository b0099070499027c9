package engine

import (
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// printed writes values that have no Go type here the way DuckDB casts them to
// text: [1, 2], {'a': 1}, {k=1}, 1 year 2 months 03:04:05, 12:34:56.5.
// Text inside is not quoted.
func printed(column arrow.Array, i int) string {
	switch a := column.(type) {
	case *array.Time32:
		return clock(a.Value(i).ToTime(a.DataType().(*arrow.Time32Type).Unit))
	case *array.Time64:
		return clock(a.Value(i).ToTime(a.DataType().(*arrow.Time64Type).Unit))
	case *array.MonthDayNanoInterval:
		v := a.Value(i)
		return interval(int(v.Months), int(v.Days), time.Duration(v.Nanoseconds))
	case *array.Map:
		from, to := a.ValueOffsets(i)
		pairs := make([]string, 0, to-from)
		for k := int(from); k < int(to); k++ {
			pairs = append(pairs, item(a.Keys(), k)+"="+item(a.Items(), k))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	case array.ListLike:
		from, to := a.ValueOffsets(i)
		items := make([]string, 0, to-from)
		for k := int(from); k < int(to); k++ {
			items = append(items, item(a.ListValues(), k))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *array.Struct:
		fields := a.DataType().(*arrow.StructType).Fields()
		items := make([]string, len(fields))
		for f := range fields {
			items[f] = "'" + fields[f].Name + "': " + item(a.Field(f), i)
		}
		return "{" + strings.Join(items, ", ") + "}"
	case *array.SparseUnion:
		return item(a.Field(a.ChildID(i)), i)
	}
	return strings.Clone(column.ValueStr(i))
}

// item is one value inside a nested one.
func item(column arrow.Array, i int) string {
	v := Value(column, i)
	if v == nil {
		return "NULL"
	}
	return Text(v)
}

func clock(t time.Time) string { return t.Format("15:04:05.999999999") }

func interval(months, days int, rest time.Duration) string {
	var parts []string
	add := func(n int, unit string) {
		switch n {
		case 0:
		case 1, -1:
			parts = append(parts, fmt.Sprint(n, " ", unit))
		default:
			parts = append(parts, fmt.Sprint(n, " ", unit, "s"))
		}
	}
	add(months/12, "year")
	add(months%12, "month")
	add(days, "day")
	if rest != 0 || len(parts) == 0 {
		sign := ""
		if rest < 0 {
			sign, rest = "-", -rest
		}
		text := fmt.Sprintf("%s%02d:%02d:%02d", sign, rest/time.Hour, rest/time.Minute%60, rest/time.Second%60)
		if f := rest % time.Second; f != 0 {
			text += strings.TrimRight(fmt.Sprintf(".%09d", f), "0")
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
