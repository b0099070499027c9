package olap

import (
	"errors"
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

	fetched int // rows of shown levels
	all     int
	facts   int64
	left    int64 // members that a ranking leaves out
	tested  int64 // finest rows, and those of them that satisfy the conditions on measures
	passed  int64
	others  *member
	unseen  []int64   // hidden members that have facts, by attribute
	absent  []string  // notes on values that do not occur
	rows    []*outRow // shown
	hidden  []*outRow // only computed with
	cols    []*outCol // shown; all of the columns before a total over some
	rowOf   map[string]*outRow
	colOf   map[string]*outCol
	seen    []map[string]*member // by axis: rows first, then columns
}

// member is a member of an attribute in this answer.
type member struct {
	rank  int // 0 for real members, 1 for (none), 2 for (unknown), 3 for (others), 4 for calculated ones
	order any
	value any
	key   any
	shown any
	id    string
}

// outRow is a row in the making; values are the measures by column index, and
// cells what is shown: the same where nothing is calculated from the answer.
type outRow struct {
	level   int
	other   bool
	rank    int64
	members []*member // of the attributes given; that of the others row ends with (others)
	values  map[int][]any
	cells   map[int][]any
}

type outCol struct {
	index   int
	members []*member // of the attributes given
	shown   bool
}

// totalColumn is the index of the total over columns, or of the only column.
const totalColumn = -1

func newBuilder(o *Olap, c *compile.Compiled) *builder {
	b := &builder{olap: o, query: c, words: wordsIn(o.lang), rowOf: map[string]*outRow{}, colOf: map[string]*outCol{}}
	b.others = &member{rank: 3, key: othersKey, shown: b.words.others}
	for range len(c.Rows) + len(c.Columns) {
		b.seen = append(b.seen, map[string]*member{})
	}
	return b
}

// add takes one row of the statement.
func (b *builder) add(row []any) error {
	c := b.query
	level, _ := engine.Int(row[c.RowLevel])
	colLevel, _ := engine.Int(row[c.ColLevel])
	shownRow, shownColumn := slices.Contains(c.RowLevels, int(level)), b.showsColumns(int(colLevel))
	if b.all++; shownRow && shownColumn {
		b.fetched++
	}
	if b.fetched > c.FetchRows || b.all > c.AllRows {
		return errTooMany
	}
	b.count(row)
	b.countHidden(row)
	out := b.row(int(level), shownRow, row)
	column := b.column(int(colLevel), row)
	column.shown = column.shown || shownRow && shownColumn
	values := make([]any, len(c.Measures))
	for i, m := range c.Measures {
		values[i] = row[m.Column]
	}
	out.values[column.index] = values
	return nil
}

// showsColumns reports whether columns of a level are shown.
func (b *builder) showsColumns(level int) bool {
	switch c := b.query; level {
	case len(c.Columns):
		return true
	case 0:
		return c.ColTotal
	}
	return b.query.ColSub
}

// count reads the counts that every row of the statement carries.
func (b *builder) count(row []any) {
	for at, into := range map[int]*int64{b.query.Facts: &b.facts, b.query.Left: &b.left, b.query.Tested: &b.tested, b.query.Passed: &b.passed} {
		if at >= 0 {
			*into, _ = engine.Int(row[at])
		}
	}
}

// row is the row of the answer that a row of the statement belongs to.
func (b *builder) row(level int, shown bool, row []any) *outRow {
	c := b.query
	out := &outRow{level: level, values: map[int][]any{}}
	if c.Other >= 0 && level >= c.TopLevel {
		other, _ := engine.Int(row[c.Other])
		out.other = other == 1
		out.rank, _ = engine.Int(row[c.Rank])
	}
	given := level
	if out.other {
		out.level = c.TopLevel
		given = c.TopLevel - 1
	}
	for i := range given {
		out.members = append(out.members, b.member(i, c.Rows[i], row))
	}
	if out.other {
		out.members = append(out.members, b.others)
	}
	id := levelID(out.level) + keyOf(out.members)
	if known := b.rowOf[id]; known != nil {
		return known
	}
	b.rowOf[id] = out
	if shown {
		b.rows = append(b.rows, out)
	} else {
		b.hidden = append(b.hidden, out)
	}
	return out
}

func levelID(level int) string { return strconv.Itoa(level) }

func keyOf(members []*member) string {
	var s strings.Builder
	for _, m := range members {
		s.WriteByte(0)
		s.WriteByte('0' + byte(m.rank))
		s.WriteByte(1)
		s.WriteString(engine.Text(m.key))
	}
	return s.String()
}

// column is the column of the answer that a row of the statement belongs to.
func (b *builder) column(level int, row []any) *outCol {
	var members []*member
	for i, a := range b.query.Columns[:level] {
		members = append(members, b.member(len(b.query.Rows)+i, a, row))
	}
	id := levelID(level) + keyOf(members)
	if b.colOf[id] == nil {
		col := &outCol{index: totalColumn, members: members}
		if level > 0 {
			col.index = len(b.colOf)
		}
		b.colOf[id] = col
	}
	return b.colOf[id]
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
	b.calculated(axis, a, row, m)
	id := keyOf([]*member{m})
	if known := b.seen[axis][id]; known != nil {
		return known
	}
	if a.Order >= 0 && m.rank < calculatedRank {
		m.order = row[a.Order]
	}
	if a.ID >= 0 && m.rank < calculatedRank {
		m.id = engine.Text(row[a.ID])
	}
	b.seen[axis][id] = m
	return m
}
