package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// findLevels lists the groupings to compute: the finest, those of the totals
// asked for, and those that sorting needs.
func (p *plan) findLevels() error {
	q, k := p.query, len(p.rows)
	rows := []int{k}
	if q.Totals.Rows {
		for i := k - 1; i >= 1; i-- {
			rows = append(rows, i)
		}
	}
	if q.Totals.Grand && k > 0 {
		rows = append(rows, 0)
	}
	for _, i := range rows {
		p.levels = append(p.levels, level{i, len(p.cols) > 0})
	}
	if len(p.cols) > 0 && (q.Totals.Cols || p.sortsByMeasure()) {
		for _, i := range rows {
			p.levels = append(p.levels, level{i, false})
		}
	}
	return nil
}

// sortsByMeasure: rows of a pivot are sorted by the total over its columns.
func (p *plan) sortsByMeasure() bool {
	return slices.ContainsFunc(p.query.Sort, func(s cube.Sort) bool { return p.byMeasure(s.By) })
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
		lines = append(lines, fmt.Sprintf("by %s", strings.Join(names, ", ")))
	}
	return strings.Join(lines, "\n")
}

func (p *plan) levelFields(l level) []*field {
	fields := slices.Clone(p.rows[:l.rows])
	if l.cols {
		fields = append(fields, p.cols...)
	}
	return fields
}
