package olap

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// othersKey stands for the others row in Row.Keys.
const othersKey = compile.Others

// table is the finished answer.
func (b *builder) table() (*Table, error) {
	c := b.query
	// A grand total is there even when it is over nothing.
	if whole := levelID(0); b.rowOf[whole] == nil && slices.Contains(c.RowLevels, 0) {
		b.rowOf[whole] = &outRow{values: map[int][]any{}}
		b.rows = append(b.rows, b.rowOf[whole])
	}
	b.addParents()
	b.sortColumns()
	if n := len(b.rows); n > c.Limit {
		return nil, &LimitError{"rows", int64(n), int64(c.Limit)}
	}
	columns := len(b.cols)
	if c.ColTotal {
		columns--
	}
	if len(c.Columns) > 0 && columns > compile.MaxMembers {
		return nil, &LimitError{"columns", int64(columns), compile.MaxMembers}
	}
	if n := len(b.rows) * len(b.cols); len(c.Columns) > 0 && n > compile.MaxCells {
		return nil, &LimitError{"cells", int64(n), compile.MaxCells}
	}
	b.tellApart()
	sortOn, err := b.sortColumnsOf()
	if err != nil {
		return nil, err
	}
	b.calculate()
	b.sortRows(sortOn)
	b.calculateInOrder()
	t := &Table{Query: c.Query, AsOf: b.olap.run.AsOf, Run: b.olap.run.ID, Facts: b.facts}
	t.Columns = b.columns()
	for _, r := range b.rows {
		t.Rows = append(t.Rows, b.shownRow(r))
	}
	t.Notes = b.notes()
	return t, nil
}

// addParents adds the subtotals that have no facts themselves, as a window that
// ends on the last day of a year may not have any where one of a month has.
func (b *builder) addParents() {
	if !b.query.Query.Totals.Rows {
		return
	}
	for _, r := range b.rows {
		for level := 1; level < r.level; level++ {
			id := levelID(level) + keyOf(r.members[:level])
			if b.rowOf[id] == nil {
				b.rowOf[id] = &outRow{level: level, rank: r.rank, members: r.members[:level:level], values: map[int][]any{}}
				b.rows = append(b.rows, b.rowOf[id])
			}
		}
	}
}

// tellApart adds the ID in brackets to members of one axis that look the same.
func (b *builder) tellApart() {
	axes := make([]map[*member]bool, len(b.seen))
	for i := range axes {
		axes[i] = map[*member]bool{}
	}
	for _, r := range b.rows {
		for i, m := range r.members {
			axes[i][m] = true
		}
	}
	for _, c := range b.cols {
		for i, m := range c.members {
			axes[len(b.query.Rows)+i][m] = true
		}
	}
	for _, shown := range axes {
		count := map[string]int{}
		for m := range shown {
			count[engine.Text(m.shown)]++
		}
		for m := range shown {
			if count[engine.Text(m.shown)] > 1 && m.id != "" {
				m.shown = engine.Text(m.shown) + " (" + m.id + ")"
			}
		}
	}
}

// columns describes the columns of the answer.
func (b *builder) columns() []Column {
	c := b.query
	var list []Column
	for _, a := range c.Rows {
		list = append(list, attributeColumn(a))
	}
	for _, col := range b.cols {
		total := len(col.members) < len(c.Columns)
		for _, v := range c.Measures {
			m := b.measureColumn(v)
			m.Calculated = hasCalculated(col.members)
			m.Members, m.Keys, m.Level, m.Total = b.memberNames(col), keysOf(c.Columns, col.members), len(col.members), total
			list = append(list, m)
		}
	}
	return list
}

// attributeColumn describes the column of an attribute.
func attributeColumn(a compile.Axis) Column {
	kind, format := a.Attribute.Type, "text"
	if len(a.Attribute.Names) > 0 {
		kind = "text"
	}
	if kind == "date" {
		format = "date"
	}
	return Column{Name: a.Field, Label: a.Label, Kind: "attribute", Type: kind, Format: format}
}

// adds says how the values of parts make that of the whole.
func adds(v compile.Value) string {
	if !v.Measure.Additive() || v.Measure.Stock() || v.Ref.Window != "" || v.Ref.Calc != "" && v.Ref.Calc != cube.Delta {
		return ""
	}
	switch {
	case v.Measure.Summable():
		return "sum"
	case v.Ref.Calc == "":
		return v.Measure.Kind // min, max
	}
	return ""
}

// measureColumn describes the column of a measure, without its place.
func (b *builder) measureColumn(v compile.Value) Column {
	m := v.Measure
	c := Column{Name: v.Ref.String(), Label: v.Label, Kind: "measure", Type: v.Type, Unit: v.Unit, Format: v.Format,
		Lower: m.LowerIsBetter, Measure: m.Name, Scope: v.Ref.Scope(), Calc: v.Ref.Calc, Adds: adds(v),
		Digits: m.Digits, Approximate: m.Approximate()}
	if c.Unit == "currency" {
		c.Unit = b.olap.run.Currency
	}
	switch v.Ref.Calc {
	case cube.Pct, cube.LikeForLike:
		c.Digits = 0
	case cube.ShareParent, cube.ShareRow, cube.ShareColumn, cube.ShareTotal:
		c.Type, c.Unit, c.Format, c.Digits = "double", "%", "percent", 0
	case cube.Rank:
		c.Type, c.Unit, c.Format, c.Lower = "integer", "", "integer", true
		c.Digits = 0
	case cube.Index:
		c.Type, c.Unit, c.Format, c.Digits = "double", "", "ratio", 0
	}
	return c
}

// memberNames are the members a column stands under, as shown; those of a total
// end with the word for it.
func (b *builder) memberNames(col *outCol) (list []string) {
	for _, m := range col.members {
		list = append(list, engine.Text(m.shown))
	}
	if len(col.members) < len(b.query.Columns) {
		list = append(list, b.words.total)
	}
	return list
}

// keysOf tell members apart whatever the language.
func keysOf(axes []compile.Axis, members []*member) []string {
	keys := make([]string, 0, len(members))
	for _, m := range members {
		switch {
		case m.key != nil:
			keys = append(keys, engine.Text(m.key))
		case m.rank == 2:
			keys = append(keys, cube.Unknown)
		default:
			keys = append(keys, cube.None)
		}
	}
	if len(axes) == 0 {
		return nil
	}
	return keys
}

func (b *builder) shownRow(r *outRow) Row {
	out := Row{Level: r.level, Other: r.other, Calculated: hasCalculated(r.members), Keys: keysOf(b.query.Rows, r.members)}
	for i := range b.query.Rows {
		var cell any
		if i < len(r.members) {
			cell = r.members[i].shown
		}
		out.Cells = append(out.Cells, cell)
	}
	for _, col := range b.cols {
		out.Cells = append(out.Cells, b.cells(r, col.index)...)
	}
	return out
}

// cells are the measures of a row in a column, as shown.
func (b *builder) cells(r *outRow, column int) []any {
	if cells := r.cells[column]; cells != nil {
		return cells
	}
	return b.values(r, column)
}

// values are the measures of a row in a column before calculations. Where
// there is no fact, counts are 0 and everything else is empty.
func (b *builder) values(r *outRow, column int) []any {
	if values := r.values[column]; values != nil {
		return values
	}
	values := make([]any, len(b.query.Measures))
	for i, m := range b.query.Measures {
		values[i] = overNothing(m)
	}
	return values
}

// notes say what a reader could misunderstand.
func (b *builder) notes() (notes []string) {
	zh := b.olap.lang == "zh"
	if top := b.query.Query.Top; top != nil && b.left > 0 {
		field := b.query.Rows[b.query.TopLevel-1].Label
		switch {
		case top.Others && zh:
			notes = append(notes, fmt.Sprintf("其余 %d 个%s合并为%s。", b.left, field, b.words.others))
		case top.Others:
			notes = append(notes, fmt.Sprintf("%s gathers %d more of %s.", b.words.others, b.left, field))
		case zh:
			notes = append(notes, fmt.Sprintf("另有 %d 个%s未列出；总计包含全部。", b.left, field))
		default:
			notes = append(notes, fmt.Sprintf("%d more of %s are not shown; a grand total covers all.", b.left, field))
		}
	}
	if len(b.query.Having) > 0 {
		text := "%[2]d of %[1]d rows have %[3]s; totals cover all."
		if zh {
			text = "%d 行中有 %d 行满足 %s；总计包含全部。"
		}
		notes = append(notes, fmt.Sprintf(text, b.tested, b.passed, b.conditions(zh)))
	}
	return slices.Concat(notes, b.memberNotes(), b.approxNotes())
}

// conditions are those on measures, in words.
func (b *builder) conditions(zh bool) string {
	empty, full, between, and, join := " empty", " not empty", " between ", " and ", " and "
	if zh {
		empty, full, between, and, join = "为空", "不为空", "介于 ", " 与 ", " 且 "
	}
	var list []string
	for i, h := range b.query.Query.Having {
		text := b.query.Having[i]
		switch h.Op {
		case "is_null":
			text += empty
		case "not_null":
			text += full
		case "between":
			text += between + strings.Join(h.Values, and)
		default:
			text += " " + h.Op + " " + strings.Join(h.Values, "")
		}
		list = append(list, text)
	}
	return strings.Join(list, join)
}
