package page

import (
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/cube/text"
	"verso/reports/view"
)

// NameQuestions gives every key figure the question that its value answers, and
// every table, and every chart by its table, the question that
// its figures answer: the one that most of its cells come from, where it has a cell
// in at least half of the rows. Tables that have a question already keep it; those
// that are put together from many questions, or from none, get none. Of two the one
// whose cells come first is it, unless the other has more than twice as many: the
// year before stands behind the year.
func NameQuestions(p *view.Page) {
	for i := range p.Sections {
		for k := range p.Sections[i].Blocks {
			b := &p.Sections[i].Blocks[k]
			if b.KPIs != nil {
				nameFigures(b.KPIs.Items)
			}
			if b.Table != nil {
				nameQuestion(b.Table)
			}
			if b.Chart != nil {
				nameQuestion(&b.Chart.Table)
			}
		}
	}
}

// nameFigures gives key figures the question that their value comes from.
func nameFigures(list []view.KPI) {
	for i := range list {
		if q, ok := list[i].Value.Origin.(*cube.Query); ok && list[i].Ask == "" {
			list[i].Ask = asText(q)
		}
	}
}

// asText is a question as a person would type it.
func asText(q *cube.Query) string {
	own := *q
	if own.Limit == compile.DefaultLimit {
		own.Limit = 0 // it was not asked for
	}
	return text.Format(cube.Canonical(own))
}

// origin is a question that cells of a table come from.
type origin struct {
	query       *cube.Query
	cells, rows int
}

func nameQuestion(t *view.Table) {
	if t.Ask != "" {
		return
	}
	var found []*origin // in the order of the cells
	known := map[*cube.Query]*origin{}
	leaves := 0
	for _, row := range t.Rows {
		if row.Kind == view.Leaf {
			leaves++
		}
		seen := map[*origin]bool{}
		for _, cell := range row.Cells {
			q, ok := cell.Origin.(*cube.Query)
			if !ok {
				continue
			}
			o := known[q]
			if o == nil {
				o = &origin{query: q}
				known[q] = o
				found = append(found, o)
			}
			o.cells++
			if row.Kind == view.Leaf && !seen[o] {
				seen[o] = true
				o.rows++
			}
		}
	}
	var most *origin
	for _, o := range found {
		if 2*o.rows >= max(leaves, 1) && (most == nil || o.cells > 2*most.cells) {
			most = o
		}
	}
	if most == nil {
		return
	}
	t.Ask = asText(most.query)
}
