package memory

import (
	"context"
	"slices"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// mostCells bounds the combinations of members of all axes that a question may have.
const mostCells = 1 << 16

// sum is a question with all that its answer is made of.
type sum struct {
	question *compile.Cells
	day      *numbers // nil: any
	joins    []joined
	axes     []*axis // rows before columns
	parts    []*cube.Measure
	columns  []*numbers // of the parts, then that of the facts
	rows     int
	cells    int // combinations of members
}

// joined is a dimension: the column of its keys and the members behind them.
type joined struct {
	keys    *numbers
	members *members
	axes    []*axis // in the order of members.axes
}

// axis is an attribute of the question.
type axis struct {
	into []int   // where its columns stand in a row of the answer
	step int     // what its next member adds to the number of a combination
	rows [][]any // its members
}

// load gets what a question needs; nil where it cannot be answered here.
func (m *Memory) load(ctx context.Context, db engine.Querier, c *compile.Cells) (*sum, error) {
	held, err := m.table(ctx, db, c)
	if err != nil {
		return nil, err
	}
	s := &sum{question: c, rows: len(held[compile.FactsColumn].values)}
	sound := true
	get := func(name string) *numbers {
		n := held[name]
		sound = sound && n != nil && n.fits
		return n
	}
	if c.Day != "" {
		s.day = get(c.Day)
	}
	for _, j := range c.Joins {
		x := joined{keys: get(j.Key)}
		if x.members, err = m.members(ctx, db, j); err != nil {
			return nil, err
		}
		sound = sound && x.members.sure && x.keys != nil && x.keys.null == nil
		for i, a := range j.Axes {
			for len(s.axes) <= a.Axis {
				s.axes = append(s.axes, nil)
			}
			s.axes[a.Axis] = &axis{into: a.Into, rows: x.members.rows[i]}
			x.axes = append(x.axes, s.axes[a.Axis])
		}
		s.joins = append(s.joins, x)
	}
	for _, v := range c.Values {
		for _, base := range v.Measure.Bases() {
			if !slices.Contains(s.parts, base) {
				s.parts = append(s.parts, base)
			}
		}
	}
	for _, p := range s.parts {
		s.columns = append(s.columns, get(c.Parts[p]))
	}
	s.columns = append(s.columns, get(compile.FactsColumn))
	if !s.arrange(mostCells) || !sound {
		return nil, nil
	}
	return s, nil
}

// arrange numbers the combinations of members; false where there are more than most.
func (s *sum) arrange(most int) bool {
	s.cells = 1
	for _, a := range s.axes {
		a.step = s.cells
		if s.cells *= max(len(a.rows), 1); s.cells > most {
			return false
		}
	}
	return true
}

// sums are the numbers of combinations of members, each column of its own.
type sums struct {
	values [][]int64
	known  [][]bool // some value is not null
	there  []bool   // some row is
}

func newSums(columns, cells int) *sums {
	s := &sums{there: make([]bool, cells)}
	for range columns {
		s.values, s.known = append(s.values, make([]int64, cells)), append(s.known, make([]bool, cells))
	}
	return s
}

// places is which member of an axis each row of the rollup belongs to, as a part of
// the number of its combination; -1 where the filters leave the row out.
func (s *sum) places() []int32 {
	cell := make([]int32, s.rows)
	if s.day != nil {
		for i, day := range s.day.values {
			if day < s.question.From || s.question.To != 0 && day > s.question.To || s.day.null != nil && s.day.null[i] {
				cell[i] = -1
			}
		}
	}
	for _, j := range s.joins {
		// The part of each key in the number.
		part := make([]int32, len(j.members.keys))
		for i, a := range j.axes {
			step := int32(a.step)
			for k, member := range j.members.axes[i] {
				part[k] += step * member
			}
		}
		last, at := int64(0), -1
		for i, key := range j.keys.values {
			if cell[i] < 0 {
				continue
			}
			if at < 0 || key != last {
				found, ok := slices.BinarySearch(j.members.keys, key)
				if last, at = key, found; !ok {
					cell[i], at = -1, -1
					continue
				}
			}
			cell[i] += part[at]
		}
	}
	return cell
}

// add adds the rows of the rollup up.
func (s *sum) add() *sums {
	out := newSums(len(s.columns), s.cells)
	cells := s.places()
	for _, cell := range cells {
		if cell >= 0 {
			out.there[cell] = true
		}
	}
	for c, column := range s.columns {
		values, known := out.values[c], out.known[c]
		for i, cell := range cells {
			if cell < 0 || column.null != nil && column.null[i] {
				continue
			}
			values[cell] += column.values[i]
			known[cell] = true
		}
	}
	return out
}

// level gives the rows of a level; ok is false where a value cannot be computed
// here.
func (s *sum) level(cells *sums, l compile.CellLevel) (rows [][]any, ok bool) {
	columns := s.question.RowAxes // they come after those of rows
	given := slices.Concat(s.axes[:l.Rows], s.axes[columns:columns+l.Columns])
	size := 1
	for _, a := range given {
		size *= max(len(a.rows), 1)
	}
	out := newSums(len(s.columns), size)
	facts := int64(0)
	for cell, there := range cells.there {
		if !there {
			continue
		}
		at, step := 0, 1
		for _, a := range given {
			at += step * (cell / a.step % max(len(a.rows), 1))
			step *= max(len(a.rows), 1)
		}
		out.there[at] = true
		for c := range s.columns {
			if cells.known[c][cell] {
				out.values[c][at] += cells.values[c][cell]
				out.known[c][at] = true
			}
		}
		facts += cells.values[len(s.columns)-1][cell]
	}
	if len(given) == 0 {
		out.there[0] = true // everything together is a row, also of nothing
	}
	for at, there := range out.there {
		if !there {
			continue
		}
		row := make([]any, s.question.Columns)
		rest := at
		for _, a := range given {
			for i, column := range a.into {
				row[column] = a.rows[rest%len(a.rows)][i]
			}
			rest /= len(a.rows)
		}
		for _, v := range s.question.Values {
			if row[v.Column], ok = s.value(out, at, v.Measure); !ok {
				return nil, false
			}
		}
		row[s.question.RowLevel], row[s.question.ColLevel], row[s.question.Facts] = int64(l.Rows), int64(l.Columns), facts
		rows = append(rows, row)
	}
	return rows, true
}
