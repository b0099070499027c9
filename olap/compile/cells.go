package compile

import (
	"slices"
	"strings"

	"verso/olap/cube"
)

// Cells is a question to a rollup that is answered by adding rows of it up and
// computing with whole numbers only: whoever has the rollup in memory need not ask
// the database. The rows are those of the statement, in any order.
type Cells struct {
	Table    string   // of the rollup
	Rows     int64    // of it
	Stored   []string // its columns: keys of dimensions, aggregates, the number of facts
	Day      string   // column whose value must be from From to To; "": any
	From, To int64    // To 0: no end
	Joins    []CellJoin
	Levels   []CellLevel
	Values   []CellValue
	Parts    map[*cube.Measure]string // columns that are added up, by base measure
	RowAxes  int                      // attributes on rows; the other axes are columns

	// How many columns a row of the answer has, and where its level and the number of
	// all facts stand.
	Columns, RowLevel, ColLevel, Facts int
}

// CellJoin is a dimension of the rollup: SQL gives for each key of its column, and
// only for those that the filters keep, the key and the columns of each axis.
type CellJoin struct {
	Key  string
	SQL  string
	Args []any
	Axes []CellAxis
}

// CellAxis is an attribute of a dimension: which axis of the question it is, rows
// before columns, how many of its columns tell members apart, and where each stands
// in a row of the answer.
type CellAxis struct {
	Axis, Groups int
	Into         []int
}

// CellLevel is how many attributes of rows and columns a level gives.
type CellLevel struct{ Rows, Columns int }

// CellValue is a measure and the column of the answer for it.
type CellValue struct {
	Measure *cube.Measure
	Column  int
}

// cells describes the question for who has the rollup in memory; nil where it takes
// more than adding up. at is where the columns of axes stand, by name.
func (r *renderer) cells(c *Compiled, at map[string]int, columns int) *Cells {
	if r.rollup == nil || !r.bare || r.top != nil || len(r.having) > 0 || r.also != nil || len(c.Hidden) > 0 || len(r.grouped) > 0 {
		return nil
	}
	s := r.sources[0]
	out := &Cells{Table: r.rollup.Table, Rows: r.rollup.Rows, Parts: map[*cube.Measure]string{}, RowAxes: len(r.rows),
		Columns: columns, RowLevel: c.RowLevel, ColLevel: c.ColLevel, Facts: c.Facts}
	for _, g := range r.rollup.Grain {
		out.Stored = append(out.Stored, KeyColumn(g.Use))
	}
	for _, name := range sorted(r.rollup.Parts) {
		if r.rollup.Parts[name] == StoredAggregate {
			out.Stored = append(out.Stored, name)
		}
	}
	out.Stored = append(out.Stored, FactsColumn)
	if p := r.period; p != nil {
		out.Day, out.From, out.To = s.cube.Use(p.use.Name).Key, max(p.from, 1), p.to
	}
	for _, t := range r.parts {
		if t.stored != StoredAggregate || t.extra != "" || t.measure.Kind != cube.Sum && t.measure.Kind != cube.Count {
			return nil
		}
		out.Parts[t.measure] = t.name
	}
	for i, a := range r.measures {
		if a.ref.Calc == cube.Delta || a.ref.Calc == cube.Pct || a.ref.Calc == cube.LikeForLike {
			return nil
		}
		out.Values = append(out.Values, CellValue{r.termsOf(a)[0].measure, c.Measures[i].Column})
	}
	for _, l := range r.levels {
		out.Levels = append(out.Levels, CellLevel{l.rows, l.cols})
	}
	for _, j := range s.joins {
		out.Joins = append(out.Joins, r.cellJoin(s, j, at))
	}
	return out
}

func (r *renderer) cellJoin(s *source, j *join, at map[string]int) CellJoin {
	out := CellJoin{Key: j.use.Key}
	text, key := &sqlText{}, quote(j.use.Key)
	text.add("SELECT f." + key + ` AS "#key"`)
	for _, f := range j.fields {
		a := CellAxis{Axis: slices.Index(r.axes(), f), Groups: len(f.groups(r.lang))}
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			text.add(", " + quote(j.use.Name) + "." + quote(c.name))
			a.Into = append(a.Into, at[c.name])
		}
		out.Axes = append(out.Axes, a)
	}
	text.add("\nFROM (SELECT DISTINCT " + key + " FROM " + quoteTable(s.cube.Table) + ") AS f")
	j.write(text, r.lang)
	if list := j.conditions(); len(list) > 0 {
		text.add("\nWHERE " + strings.Join(list, " AND "))
	}
	out.SQL, out.Args = text.String(), text.args
	return out
}
