package olap

import (
	"cmp"
	"sort"
	"strings"
	"time"

	"verso/olap/cube"
	"verso/olap/engine"
)

// compare orders two values of one column: numbers by size, text by bytes,
// false before true. Values of different kinds do not meet.
func compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case bool:
		if y, ok := b.(bool); ok && x != y {
			if y {
				return -1
			}
			return 1
		}
		return 0
	case engine.Decimal:
		if y, ok := b.(engine.Decimal); ok && x.Scale == y.Scale {
			return x.Num.Cmp(y.Num)
		}
	}
	x, _ := engine.Float(a)
	y, _ := engine.Float(b)
	return cmp.Compare(x, y)
}

// compareNil is compare with nil at the end, whatever the direction.
func compareNil(a, b any, desc bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case desc:
		return compare(b, a)
	}
	return compare(a, b)
}

// compareMembers is the order of members: by their order column, then by
// value, then by key; (none) and (unknown) at the end, whatever the direction.
func compareMembers(a, b *member, desc bool) int {
	if c := cmp.Compare(a.rank, b.rank); c != 0 || a.rank > 0 {
		return c
	}
	if c := compareNil(a.order, b.order, desc); c != 0 {
		return c
	}
	if c := compareNil(a.value, b.value, desc); c != 0 {
		return c
	}
	return compareNil(a.key, b.key, desc)
}

func (b *builder) sortColumns() {
	sort.SliceStable(b.cols, func(i, j int) bool {
		x, y := b.cols[i].members, b.cols[j].members
		for k := range x {
			if c := compareMembers(x[k], y[k], false); c != 0 {
				return c < 0
			}
		}
		return false
	})
}

// sortRows puts the rows in order. With subtotals, members are sorted among
// their siblings, each subtotal stands after its rows; without, all rows are
// sorted as one list. The others row follows, the grand total ends.
func (b *builder) sortRows() {
	nested := b.query.Query.Totals.Rows && len(b.query.Rows) > 1
	sort.SliceStable(b.rows, func(i, j int) bool {
		x, y := b.rows[i], b.rows[j]
		if c := cmp.Compare(place(x), place(y)); c != 0 || place(x) > 0 {
			return c < 0
		}
		if nested {
			return b.compareNested(x, y) < 0
		}
		return b.compareFlat(x, y) < 0
	})
}

// place is 0 for members and their subtotals, 1 for the others row, 2 for the
// grand total.
func place(r *outRow) int {
	switch {
	case r.other:
		return 1
	case r.level == 0:
		return 2
	}
	return 0
}

func (b *builder) compareFlat(x, y *outRow) int {
	for _, s := range b.query.Query.Sort {
		if c := b.compareBy(s, x, y, -1); c != 0 {
			return c
		}
	}
	if len(b.query.Query.Sort) == 0 {
		if c := cmp.Compare(x.rank, y.rank); c != 0 {
			return c
		}
	}
	for i := range x.members {
		if c := compareMembers(x.members[i], y.members[i], false); c != 0 {
			return c
		}
	}
	return 0
}

// compareNested finds the first level at which two rows part and compares the
// siblings there.
func (b *builder) compareNested(x, y *outRow) int {
	for i := range min(x.level, y.level) {
		if x.members[i] == y.members[i] {
			continue
		}
		px, py := b.ancestor(x, i+1), b.ancestor(y, i+1)
		for _, s := range b.query.Query.Sort {
			if c := b.compareBy(s, px, py, i); c != 0 {
				return c
			}
		}
		if i == 0 && len(b.query.Query.Sort) == 0 {
			if c := cmp.Compare(x.rank, y.rank); c != 0 {
				return c
			}
		}
		return compareMembers(x.members[i], y.members[i], false)
	}
	return cmp.Compare(y.level, x.level)
}

// ancestor is the subtotal of a row at a level, or the row itself.
func (b *builder) ancestor(r *outRow, level int) *outRow {
	if r.level == level {
		return r
	}
	return b.rowOf[levelID(level)+keyOf(r.members[:level])]
}

// compareBy compares two rows by one sort key. With level >= 0 only the
// attribute of that level counts, the levels above being equal.
func (b *builder) compareBy(s cube.Sort, x, y *outRow, level int) int {
	for i, m := range b.query.Measures {
		if m.Ref.String() == s.By {
			return compareNil(b.values(x, totalColumn)[i], b.values(y, totalColumn)[i], s.Desc)
		}
	}
	for i, a := range b.query.Rows {
		if a.Field == s.By && (level < 0 || level == i) && i < len(x.members) && i < len(y.members) {
			return compareMembers(x.members[i], y.members[i], s.Desc)
		}
	}
	return 0
}
