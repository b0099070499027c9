package olap

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// errTooMany stops reading when the result is larger than its limit.
var errTooMany = errors.New("olap: too many rows")

// words are the members that verso itself adds, by language.
type words struct{ none, unknown, others, total string }

func wordsIn(lang string) words {
	if lang == "zh" {
		return words{"(无)", "(未知)", "(其他)", "(合计)"}
	}
	return words{cube.None, cube.Unknown, "(others)", "(total)"}
}

// builder lays the rows of a compiled statement out as a table: it gathers
// rows and columns by their members, puts both in order and fills the cells.
type builder struct {
	olap  *Olap
	query *compile.Compiled
	words words

	fetched int
	facts   int64
	members int64 // behind a ranking
	rows    []*outRow
	cols    []*outCol
	rowOf   map[string]*outRow
	colOf   map[string]*outCol
	seen    []map[string]*member // by axis: rows first, then columns
}

// member is a member of an attribute in this answer.
type member struct {
	rank  int // 0 for real members, 1 for (none), 2 for (unknown)
	order any
	value any
	key   any
	shown any
	id    string
}

// outRow is a row in the making; values are the measures by column index, -1
// for the total over columns (or the only column).
type outRow struct {
	level   int
	other   bool
	rank    int64
	members []*member
	values  map[int][]any
}

type outCol struct {
	index   int
	members []*member
}

const totalColumn = -1

func newBuilder(o *Olap, c *compile.Compiled) *builder {
	b := &builder{olap: o, query: c, words: wordsIn(o.lang), rowOf: map[string]*outRow{}, colOf: map[string]*outCol{}}
	for range len(c.Rows) + len(c.Columns) {
		b.seen = append(b.seen, map[string]*member{})
	}
	return b
}

// add takes one row of the statement.
func (b *builder) add(row []any) error {
	c := b.query
	if b.fetched++; b.fetched > c.FetchRows {
		return errTooMany
	}
	b.facts, _ = engine.Int(row[c.Facts])
	level, _ := engine.Int(row[c.RowLevel])
	colLevel, _ := engine.Int(row[c.ColLevel])
	out := &outRow{level: int(level), values: map[int][]any{}}
	if c.Other >= 0 && level > 0 {
		other, _ := engine.Int(row[c.Other])
		out.other = other == 1
		out.rank, _ = engine.Int(row[c.Rank])
	}
	if c.Members >= 0 {
		b.members, _ = engine.Int(row[c.Members])
	}
	if out.other {
		out.level = 1
	} else {
		for i := range out.level {
			out.members = append(out.members, b.member(i, c.Rows[i], row))
		}
	}
	id := levelID(out.level) + keyOf(out.members)
	if out.other {
		id = "other"
	}
	if known := b.rowOf[id]; known != nil {
		out = known
	} else {
		b.rowOf[id] = out
		b.rows = append(b.rows, out)
	}
	column := totalColumn
	if len(c.Columns) > 0 && colLevel > 0 {
		column = b.column(row)
	}
	values := make([]any, len(c.Measures))
	for i, m := range c.Measures {
		values[i] = row[m.Column]
	}
	out.values[column] = values
	return nil
}

func levelID(level int) string { return strconv.Itoa(level) }

func keyOf(members []*member) string {
	var s strings.Builder
	for _, m := range members {
		fmt.Fprintf(&s, "\x00%d\x01%s", m.rank, engine.Text(m.key))
	}
	return s.String()
}

// column is the index of the column that a row of the statement belongs to.
func (b *builder) column(row []any) int {
	var members []*member
	for i, a := range b.query.Columns {
		members = append(members, b.member(len(b.query.Rows)+i, a, row))
	}
	id := keyOf(members)
	if b.colOf[id] == nil {
		b.colOf[id] = &outCol{index: len(b.cols), members: members}
		b.cols = append(b.cols, b.colOf[id])
	}
	return b.colOf[id].index
}

// member reads a member from a row of the statement; one value is kept for
// all its appearances.
func (b *builder) member(axis int, a compile.Axis, row []any) *member {
	m := &member{value: row[a.Value], key: row[a.Key]}
	switch {
	case a.Known < 0 && m.value == nil, a.Known >= 0 && row[a.Known] == nil:
		m.rank, m.shown = 2, b.words.unknown
	case m.value == nil, a.Known < 0 && m.value == cube.None:
		m.rank, m.shown = 1, b.words.none
	default:
		m.shown = m.value
		if name, ok := a.Attribute.Names[engine.Text(m.value)]; ok {
			m.shown = name.In(b.olap.lang)
		}
	}
	id := keyOf([]*member{m})
	if known := b.seen[axis][id]; known != nil {
		return known
	}
	if a.Order >= 0 {
		m.order = row[a.Order]
	}
	if a.ID >= 0 {
		m.id = engine.Text(row[a.ID])
	}
	b.seen[axis][id] = m
	return m
}

// table is the finished answer.
func (b *builder) table() (*Table, error) {
	c := b.query
	// A grand total is there even when it is over nothing.
	if whole := levelID(0); b.rowOf[whole] == nil && (len(c.Rows) == 0 || c.Query.Totals.Grand) {
		b.rowOf[whole] = &outRow{}
		b.rows = append(b.rows, b.rowOf[whole])
	}
	if n := len(b.rows); n > c.Limit {
		return nil, &LimitError{"rows", int64(n), int64(c.Limit)}
	}
	if n := len(b.cols); n > compile.MaxMembers {
		return nil, &LimitError{"columns", int64(n), compile.MaxMembers}
	}
	if n := len(b.rows) * len(b.cols); n > compile.MaxCells {
		return nil, &LimitError{"cells", int64(n), compile.MaxCells}
	}
	for _, seen := range b.seen {
		tellApart(seen)
	}
	b.sortColumns()
	b.sortRows()
	t := &Table{Query: c.Query, AsOf: b.olap.run.AsOf, Run: b.olap.run.ID, Facts: b.facts}
	t.Columns = b.columns()
	for _, r := range b.rows {
		t.Rows = append(t.Rows, b.row(r))
	}
	t.Notes = b.notes()
	return t, nil
}

// tellApart adds the ID in brackets to members that look the same.
func tellApart(seen map[string]*member) {
	count := map[string]int{}
	for _, m := range seen {
		count[engine.Text(m.shown)]++
	}
	for _, m := range seen {
		if count[engine.Text(m.shown)] > 1 && m.id != "" {
			m.shown = engine.Text(m.shown) + " (" + m.id + ")"
		}
	}
}

func (b *builder) columns() []Column {
	c := b.query
	var list []Column
	for _, a := range c.Rows {
		kind, format := a.Attribute.Type, "text"
		if len(a.Attribute.Names) > 0 {
			kind = "text"
		}
		if kind == "date" {
			format = "date"
		}
		list = append(list, Column{Name: a.Field, Label: a.Label, Kind: "attribute", Type: kind, Format: format})
	}
	add := func(members []string, total bool) {
		for _, m := range c.Measures {
			unit := m.Unit
			if unit == "currency" {
				unit = b.olap.run.Currency
			}
			list = append(list, Column{Name: m.Ref.String(), Label: m.Label, Kind: "measure", Type: m.Type, Unit: unit, Format: m.Format,
				Members: members, Total: total, Lower: m.Measure.LowerIsBetter, Measure: m.Ref.Measure, Scope: m.Ref.Scope(), Calc: m.Ref.Calc})
		}
	}
	if len(c.Columns) == 0 {
		add(nil, false)
		return list
	}
	for _, col := range b.cols {
		members := make([]string, len(col.members))
		for i, m := range col.members {
			members[i] = engine.Text(m.shown)
		}
		add(members, false)
	}
	if c.ColTotal {
		add([]string{b.words.total}, true)
	}
	return list
}

func (b *builder) row(r *outRow) Row {
	c := b.query
	out := Row{Level: r.level, Other: r.other}
	for i := range c.Rows {
		var cell any
		switch {
		case r.other && i == 0:
			cell = b.words.others
		case i < len(r.members):
			cell = r.members[i].shown
		}
		out.Cells = append(out.Cells, cell)
	}
	columns := []int{totalColumn}
	if len(c.Columns) > 0 {
		columns = nil
		for _, col := range b.cols {
			columns = append(columns, col.index)
		}
		if c.ColTotal {
			columns = append(columns, totalColumn)
		}
	}
	for _, column := range columns {
		out.Cells = append(out.Cells, b.values(r, column)...)
	}
	return out
}

// values are the measures of a cell. Where there is no fact, counts are 0 and
// everything else is empty.
func (b *builder) values(r *outRow, column int) []any {
	if values := r.values[column]; values != nil {
		return values
	}
	values := make([]any, len(b.query.Measures))
	for i, m := range b.query.Measures {
		values[i] = m.Empty()
	}
	return values
}

// notes say what a reader could misunderstand.
func (b *builder) notes() []string { return append(slices.Clone(b.query.Notes), b.topNotes()...) }

func (b *builder) topNotes() []string {
	top := b.query.Query.Top
	if top == nil || b.members <= int64(top.N) {
		return nil
	}
	rest := b.members - int64(top.N)
	field := b.query.Rows[0].Label
	zh := b.olap.lang == "zh"
	switch {
	case top.Others && zh:
		return []string{fmt.Sprintf("其余 %d 个%s合并为%s。", rest, field, b.words.others)}
	case top.Others:
		return []string{fmt.Sprintf("%s gathers %d more of %s.", b.words.others, rest, field)}
	case zh:
		return []string{fmt.Sprintf("另有 %d 个%s未列出；总计包含全部。", rest, field)}
	}
	return []string{fmt.Sprintf("%d more of %s are not shown; a grand total covers all.", rest, field)}
}
