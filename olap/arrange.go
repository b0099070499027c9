package olap

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"verso/olap/compile"
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
// value, then by key; (none) and (unknown), in the order of their keys, at the
// end, whatever the direction.
func compareMembers(a, b *member, desc bool) int {
	if c := cmp.Compare(a.rank, b.rank); c != 0 {
		return c
	}
	if a.rank > 0 && a.rank < calculatedRank {
		return compareNil(a.key, b.key, false)
	}
	desc = desc && a.rank < calculatedRank
	if c := compareNil(a.order, b.order, desc); c != 0 {
		return c
	}
	if c := compareNil(a.value, b.value, desc); c != 0 {
		return c
	}
	return compareNil(a.key, b.key, desc)
}

// sortColumns lists the columns shown, a subtotal after its columns.
func (b *builder) sortColumns() {
	if len(b.query.Columns) == 0 || b.query.ColTotal {
		total := levelID(0)
		if b.colOf[total] == nil {
			b.colOf[total] = &outCol{index: totalColumn}
		}
		b.colOf[total].shown = true
	}
	for _, c := range b.colOf {
		if c.shown {
			b.cols = append(b.cols, c)
		}
	}
	sort.Slice(b.cols, func(i, j int) bool {
		x, y := b.cols[i].members, b.cols[j].members
		for k := range min(len(x), len(y)) {
			if c := compareMembers(x[k], y[k], false); c != 0 {
				return c < 0
			}
		}
		return len(x) > len(y)
	})
}

// sortColumnsOf finds, for each sort key, the index of the column whose cells
// it compares.
func (b *builder) sortColumnsOf() ([]int, error) {
	var list []int
	for _, s := range b.query.Query.Sort {
		index := totalColumn
		if len(s.Members) > 0 {
			col := b.columnNamed(s.Members)
			if col == nil {
				return nil, b.noColumn(s.Members)
			}
			index = col.index
		}
		list = append(list, index)
	}
	return list, nil
}

// columnNamed is the column that stands under members, as shown or by their
// keys; nil if there is none.
func (b *builder) columnNamed(members []string) *outCol {
	for _, c := range b.cols {
		if slices.Equal(b.memberNames(c), members) {
			return c
		}
	}
	for _, c := range b.cols {
		if slices.Equal(keysOf(b.query.Columns, c.members), members) {
			return c
		}
	}
	return nil
}

func (b *builder) noColumn(members []string) error {
	var known []string
	for _, c := range b.cols {
		known = append(known, strings.Join(b.memberNames(c), " / "))
	}
	name := strings.Join(members, " / ")
	return &compile.QueryError{Part: "sort", Name: name, Message: fmt.Sprintf("no column %q in the answer; %s", name, cube.Hint(name, known))}
}

// sortRows puts the rows in order. With subtotals, or where members are ranked
// within their parents, members are sorted among their siblings, each subtotal
// stands after its rows and an others row after its siblings; else all rows are
// sorted as one list, which the others row follows. The grand total ends.
// Columns are those that the sort keys compare.
func (b *builder) sortRows(columns []int) {
	nested := b.query.Query.Totals.Rows || b.query.TopLevel > 1
	sort.SliceStable(b.rows, func(i, j int) bool {
		x, y := b.rows[i], b.rows[j]
		if nested {
			return b.compareNested(x, y, columns) < 0
		}
		if c := cmp.Compare(standing(x), standing(y)); c != 0 || standing(x) > 0 {
			return c < 0
		}
		return b.compareFlat(x, y, columns) < 0
	})
}

// standing is 0 for members, 1 for the others row, 2 for the grand total.
func standing(r *outRow) int {
	switch {
	case r.other:
		return 1
	case r.level == 0:
		return 2
	}
	return 0
}

func (b *builder) compareFlat(x, y *outRow, columns []int) int {
	if len(b.query.Query.Sort) > 0 {
		if c := compareCalculated(x.members, y.members); c != 0 {
			return c
		}
	}
	for k, s := range b.query.Query.Sort {
		if c := b.compareBy(s, columns[k], x, y, -1); c != 0 {
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
func (b *builder) compareNested(x, y *outRow, columns []int) int {
	for i := range min(x.level, y.level) {
		if x.members[i] == y.members[i] {
			continue
		}
		if x.members[i] == b.others || y.members[i] == b.others {
			return cmp.Compare(x.members[i].rank, y.members[i].rank)
		}
		if c := compareCalculated(x.members[i:i+1], y.members[i:i+1]); c != 0 {
			return c
		}
		px, py := b.sibling(x, i+1), b.sibling(y, i+1)
		for k, s := range b.query.Query.Sort {
			if c := b.compareBy(s, columns[k], px, py, i); c != 0 {
				return c
			}
		}
		if i == b.query.TopLevel-1 && len(b.query.Query.Sort) == 0 {
			if c := cmp.Compare(x.rank, y.rank); c != 0 {
				return c
			}
		}
		return compareMembers(x.members[i], y.members[i], false)
	}
	return cmp.Compare(y.level, x.level)
}

// ancestor is the subtotal of a row at a level, or the row itself; nil where
// that level was not computed.
func (b *builder) ancestor(r *outRow, level int) *outRow {
	if r.level == level {
		return r
	}
	return b.rowOf[levelID(level)+keyOf(r.members[:level])]
}

// sibling is what stands for a row among siblings at a level: its ancestor
// there, or, where only members are compared, itself.
func (b *builder) sibling(r *outRow, level int) *outRow {
	if a := b.ancestor(r, level); a != nil {
		return a
	}
	return r
}

// compareBy compares two rows by one sort key: in a column, or by the attribute
// of a level (of any, with -1), the levels above being equal.
func (b *builder) compareBy(s cube.Sort, column int, x, y *outRow, level int) int {
	for i, v := range b.query.Measures {
		if v.Ref.String() == s.By {
			return compareNil(b.cells(x, column)[i], b.cells(y, column)[i], s.Desc)
		}
	}
	for i, a := range b.query.Rows {
		if a.Field == s.By && (level < 0 || level == i) && i < len(x.members) && i < len(y.members) {
			return compareMembers(x.members[i], y.members[i], s.Desc)
		}
	}
	return 0
}
