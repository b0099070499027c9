// Package memory answers questions from small rollups that it holds in memory:
// their rows are added up here, which takes less than planning the statement in the
// database does. Numbers are whole numbers of the last decimal, so that answers are
// those of the database to the last digit; what needs more than adding up, and what
// could overflow, is left to the database.
package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap/cache"
	"verso/olap/compile"
	"verso/olap/engine"
)

// A rollup is held that has so many rows, which takes a fraction of the time that
// the database takes to add up, and so many bytes, of which the default bound holds
// eight.
const (
	mostRows  = 100_000
	mostBytes = 12 << 20
)

// Memory holds rollups, within the bound of a cache. It is safe for many
// goroutines.
type Memory struct {
	held *cache.Part[Held]
}

// Held is something that is held: a rollup, or members of a dimension.
type Held interface {
	// Size is what it takes, in bytes.
	Size() int64
}

// New holds what it needs in a part of a cache.
func New(held *cache.Part[Held]) *Memory { return &Memory{held} }

// Answer gives the rows of a compiled question to add, in an order that does not
// depend on chance; a row is add's only until it returns. ok is false where the
// database has to be asked, and then nothing was added.
func (m *Memory) Answer(ctx context.Context, db engine.Querier, c *compile.Cells, add func(row []any) error) (ok bool, err error) {
	if c == nil || c.Rows > mostRows || c.Rows*int64(len(c.Stored))*9 > mostBytes {
		return false, nil
	}
	s, err := m.load(ctx, db, c)
	if s == nil || err != nil {
		return false, err
	}
	cells := s.add()
	var rows [][]any
	for _, l := range c.Levels {
		level, ok := s.level(cells, l)
		if !ok {
			return false, nil
		}
		rows = append(rows, level...)
	}
	for _, row := range rows {
		if err := add(row); err != nil {
			return true, err
		}
	}
	return true, nil
}

// numbers is a column of whole numbers, or of decimals in units of the last one.
type numbers struct {
	values  []int64
	null    []bool // nil: none is
	decimal bool
	scale   int32
	fits    bool // no sum of its values overflows, and all of them are whole numbers or decimals
}

// headBytes is what something held takes beside its values.
const headBytes = 256

// mostSum bounds the sum of the absolute values of a column.
const mostSum = 1 << 62

// table is a rollup as it is held: its columns, in one order of rows.
type table map[string]*numbers

// Size is what it takes, in bytes.
func (t table) Size() (n int64) {
	for _, c := range t {
		n += int64(8*len(c.values)+len(c.null)) + headBytes
	}
	return n
}

// table loads a rollup.
func (m *Memory) table(ctx context.Context, db engine.Querier, c *compile.Cells) (table, error) {
	held, err := m.held.Get(ctx, c.Table, func(ctx context.Context) (Held, error) {
		t, names, sums := table{}, make([]string, len(c.Stored)), make([]uint64, len(c.Stored))
		for i, name := range c.Stored {
			t[name], names[i] = &numbers{fits: true}, engine.QuoteIdent(name)
		}
		r, err := db.Query(ctx, engine.SQL("SELECT "+strings.Join(names, ", ")+" FROM "+quoteTable(c.Table)))
		if err != nil {
			return nil, err
		}
		err = engine.Each(ctx, r, func(b arrow.RecordBatch) error {
			for i, name := range c.Stored {
				t[name].read(b.Column(i), &sums[i])
			}
			return nil
		})
		return t, err
	})
	if err != nil {
		return nil, err
	}
	return held.(table), nil
}

// read takes a part of a column.
func (n *numbers) read(a arrow.Array, sum *uint64) {
	if t, ok := a.DataType().(*arrow.Decimal128Type); ok {
		n.decimal, n.scale = true, t.Scale
	}
	for i := range a.Len() {
		v, ok := int64(0), true
		switch {
		case a.IsNull(i):
			if n.null == nil {
				n.null = make([]bool, len(n.values), len(n.values)+a.Len())
			}
		case n.decimal:
			d := a.(*array.Decimal128).Value(i)
			v = int64(d.LowBits())
			ok = d.HighBits() == v>>63
		default:
			v, ok = engine.Int(engine.Value(a, i))
		}
		n.values = append(n.values, v)
		if n.null != nil {
			n.null = append(n.null, a.IsNull(i))
		}
		size := uint64(v)
		if v < 0 {
			size = -size
		}
		if *sum += min(size, mostSum); !ok || *sum >= mostSum {
			*sum, n.fits = mostSum, false
		}
	}
}

func quoteTable(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return engine.QuoteIdent(schema) + "." + engine.QuoteIdent(name)
}

// members are those of a dimension as a question sees them: for each key, in
// ascending order, which member of each axis it belongs to.
type members struct {
	keys []int64
	axes [][]int32 // by axis and key
	rows [][][]any // by axis and member, the columns of the axis
	sure bool      // members that are told apart by the same columns are the same in all
	size int64
}

// Size is what it takes, in bytes.
func (m *members) Size() int64 { return m.size + headBytes }

// members loads the members of a dimension.
func (m *Memory) members(ctx context.Context, db engine.Querier, j compile.CellJoin) (*members, error) {
	key := strings.Builder{}
	key.WriteString(j.SQL)
	for _, v := range j.Args {
		key.WriteString("\x00" + engine.Text(v))
	}
	held, err := m.held.Get(ctx, key.String(), func(ctx context.Context) (Held, error) {
		var rows [][]any
		err := engine.Rows(ctx, db, engine.SQL(j.SQL, j.Args...), func(row []any) error {
			rows = append(rows, slices.Clone(row))
			return nil
		})
		if err != nil {
			return nil, err
		}
		return membersOf(rows, j.Axes), nil
	})
	if err != nil {
		return nil, err
	}
	return held.(*members), nil
}

// membersOf numbers the members of rows of a key and the columns of axes.
func membersOf(rows [][]any, axes []compile.CellAxis) *members {
	keyOf := func(row []any) int64 { n, _ := engine.Int(row[0]); return n }
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(keyOf(a), keyOf(b)) })
	out := &members{axes: make([][]int32, len(axes)), rows: make([][][]any, len(axes)), sure: true}
	known := make([]map[string]int32, len(axes))
	for _, row := range rows {
		out.sure = out.sure && row[0] != nil
		out.keys = append(out.keys, keyOf(row))
		at := 1
		for i, a := range axes {
			columns := row[at : at+len(a.Into)]
			at += len(a.Into)
			name := told(columns[:a.Groups])
			n, ok := known[i][name]
			if !ok {
				if known[i] == nil {
					known[i] = map[string]int32{}
				}
				n = int32(len(out.rows[i]))
				known[i][name] = n
				out.rows[i] = append(out.rows[i], columns)
			}
			out.sure = out.sure && told(columns) == told(out.rows[i][n])
			out.axes[i] = append(out.axes[i], n)
			out.size += 4 + int64(len(name))
		}
		out.size += 8 + int64(len(row))*16
	}
	return out
}

// told is values as a text that is the same for the same values only.
func told(values []any) string {
	var s strings.Builder
	for _, v := range values {
		if v == nil {
			s.WriteString("\x00n")
			continue
		}
		s.WriteString("\x00v")
		s.WriteString(engine.Text(v))
	}
	return s.String()
}
