package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// findLevels lists the groupings to compute, the finest first: that of the
// rows, those of the totals asked for, and, not shown, those that conditions,
// sorting and calculations need.
func (p *plan) findLevels() error {
	q, k, n := p.query, len(p.rows), len(p.cols)
	rows, cols := []int{k}, []int{n}
	for i := k - 1; i >= 1 && q.Totals.Rows; i-- {
		rows = append(rows, i)
	}
	if q.Totals.Grand && k > 0 {
		rows = append(rows, 0)
	}
	for i := n - 1; i >= 1 && q.Totals.ColSub; i-- {
		cols = append(cols, i)
	}
	if q.Totals.Cols {
		cols = append(cols, 0)
	}
	for _, j := range cols {
		for _, i := range rows {
			p.addLevel(level{i, j, true})
		}
	}
	p.hiddenLevels(rows, cols)
	return nil
}

func (p *plan) addLevel(l level) {
	if !slices.ContainsFunc(p.levels, func(x level) bool { return x.rows == l.rows && x.cols == l.cols }) {
		p.levels = append(p.levels, l)
	}
}

// hiddenLevels adds what is not shown but computed with.
func (p *plan) hiddenLevels(rows, cols []int) {
	if p.sortsByMeasure() {
		if p.top != nil && p.top.at > 0 { // rows stand under their parents, which are sorted too
			rows = nil
			for i := len(p.rows); i >= 0; i-- {
				rows = append(rows, i)
			}
		}
		if !slices.Contains(cols, 0) { // all columns together
			cols = append(slices.Clone(cols), 0)
		}
		for _, j := range cols {
			for _, i := range rows {
				p.addLevel(level{rows: i, cols: j})
			}
		}
	}
	if len(p.having) > 0 {
		p.addLevel(level{rows: len(p.rows)})
		p.addLevel(level{}) // carries the counts where no row passes
	}
	for _, a := range p.measures {
		r := a.ref
		for _, i := range rows {
			switch r.Calc {
			case cube.ShareRow:
				p.addLevel(level{rows: i})
			case cube.ShareTotal:
				p.addLevel(level{})
			}
			for _, j := range cols {
				switch {
				case r.Calc == cube.ShareParent && i > 0:
					p.addLevel(level{rows: i - 1, cols: j})
					if p.top != nil && p.top.others && i > p.top.at { // the others row stands under the level before it
						p.addLevel(level{rows: p.top.at, cols: j})
					}
				case r.Calc == cube.ShareColumn:
					p.addLevel(level{rows: 0, cols: j})
				}
			}
		}
	}
}

// sortsByMeasure: rows of a pivot are sorted by the total over its columns, or
// by a column.
func (p *plan) sortsByMeasure() bool {
	return slices.ContainsFunc(p.query.Sort, func(s cube.Sort) bool { return p.isRef(s.By) })
}

// hides reports whether some levels are not shown.
func (p *plan) hides() bool {
	return slices.ContainsFunc(p.levels, func(l level) bool { return !l.shown })
}

func (p *plan) showLevels() string {
	var lines []string
	for _, l := range p.levels {
		var names []string
		for _, f := range p.levelFields(l) {
			names = append(names, f.name)
		}
		if len(names) == 0 {
			names = []string{"everything"}
		}
		line := fmt.Sprintf("by %s", strings.Join(names, ", "))
		if !l.shown {
			line += " (not shown)"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (p *plan) levelFields(l level) []*field {
	return append(slices.Clone(p.rows[:l.rows]), p.cols[:l.cols]...)
}
