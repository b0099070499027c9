package trust

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verso/olap/cube"
	"verso/olap/lineage"
	"verso/reports/page"
	"verso/reports/view"
)

// definitions says of every measure what it is, how it is computed and which
// columns of the sources it comes from.
func definitions(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("definitions")
	p.Meta = view.Meta{Measure: c.T("definitions.measure"), Unit: c.T("definitions.unit")}
	if c.Model == nil {
		p.Message = view.Message{Finding: c.T("definitions.absent")}
		p.Sections = []view.Section{{ID: "none", Title: c.T("definitions.absent.title"),
			Blocks: []view.Block{{Absent: &view.Absent{Title: c.T("definitions.absent.title"), Text: c.T("definitions.absent")}}}}}
		return p, nil
	}
	graph, err := lineage.Load(ctx, c.DB)
	if err != nil {
		return p, fmt.Errorf("meta.lineage: %w", err)
	}
	lineage.AddMeasures(graph, c.Model)
	all, traced := 0, 0
	rest := &view.Table{ID: "cubes", Title: c.T("definitions.rest"), Subtitle: c.T("definitions.rest.sub"),
		Columns: []view.Column{{Label: c.T("col.cube")}, {Label: c.T("col.asked")}, {Label: c.T("col.means"), Wide: true}, {Label: c.T("col.measures"), Format: view.Integer()}}}
	for _, of := range c.Model.Cubes {
		if !slices.Contains(reported(), of.Name) {
			rest.Rows = append(rest.Rows, view.Row{Cells: []view.Value{view.T(c.Labelled(of.Label)), view.T(of.Name), view.T(c.Labelled(of.Description)), view.I(shownMeasures(of))}})
			continue
		}
		section, n, known := c.definitionsOf(of, graph)
		p.Sections = append(p.Sections, section)
		all, traced = all+n, traced+known
	}
	if len(rest.Rows) > 0 {
		p.Sections = append(p.Sections, view.Section{ID: "more", Title: c.T("definitions.rest"), Lead: c.T("definitions.rest.lead"), Blocks: []view.Block{{Table: rest}}})
	}
	p.Message = view.Message{Finding: c.T("definitions.found", "n", strconv.Itoa(all)), Consequence: c.T("definitions.so", "traced", strconv.Itoa(traced))}
	if traced == 0 {
		p.Message.Consequence = c.T("definitions.untraced")
	}
	return p, nil
}

// reported are the cubes that the pages ask.
func reported() []string { return []string{"sales", "returns", "trade"} }

// shownMeasures is how many measures a cube lists, its combined ones included.
func shownMeasures(of *cube.Cube) (n int64) {
	for _, m := range of.Measures {
		if !m.Hidden {
			n++
		}
	}
	for _, part := range of.Combines {
		n += int64(len(part.Measures))
	}
	return n
}

// definitionsOf is the table of one cube, how many measures it lists, and how
// many of them are traced to a source.
func (c desk) definitionsOf(of *cube.Cube, graph *lineage.Graph) (s view.Section, listed, traced int) {
	t := &view.Table{ID: "measures-" + of.Name, Title: c.Labelled(of.Label), Subtitle: of.Name,
		Columns: []view.Column{{Label: c.T("col.measure")}, {Label: c.T("col.asked")}, {Label: c.T("col.means"), Wide: true}, {Label: c.T("col.how"), Wide: true},
			{Label: c.T("col.totals")}, {Label: c.T("col.from"), Wide: true}}}
	for _, m := range of.Measures {
		if m.Hidden {
			continue
		}
		from, known := c.origins(graph, lineage.Column{Table: lineage.CubeTable(of.Name), Name: m.Name})
		if known {
			traced++
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.Labelled(m.Label)), view.T(m.Name), view.T(c.Labelled(m.Description)),
			view.T(c.howComputed(m)), view.T(c.T(totalsKey(m))), view.T(from)}})
	}
	return view.Section{ID: of.Name, Title: c.Labelled(of.Label), Lead: c.T("definitions.lead", "text", c.Labelled(of.Description), "cube", of.Name),
		Blocks: []view.Block{{Table: t}}}, len(t.Rows), traced
}

func totalsKey(m *cube.Measure) string {
	switch {
	case m.Stock() && m.Additive():
		return "totals.time"
	case m.Summable():
		return "totals.yes"
	}
	return "totals.no"
}

// howComputed is the computation of a measure in a few words.
func (c desk) howComputed(m *cube.Measure) string {
	var text string
	switch m.Kind {
	case cube.Ratio:
		return m.Numerator + " ÷ " + m.Denominator
	case cube.Formula:
		return m.Formula
	case cube.Quantile:
		text = c.T("how.quantile", "q", fmt.Sprint(*m.Q), "of", m.Column)
	default:
		text = c.T("how."+m.Kind, "of", m.Column)
	}
	if m.WhenKnown != "" {
		text = c.T("how.known", "text", text, "of", m.WhenKnown)
	}
	if m.WhenTrue != "" {
		text = c.T("how.true", "text", text, "of", m.WhenTrue)
	}
	return text
}

// originsShown is how many source columns the table names.
const originsShown = 4

// origins are the source columns behind a measure.
func (c desk) origins(graph *lineage.Graph, of lineage.Column) (text string, known bool) {
	var names []string
	for _, o := range graph.Origins(of) {
		if table, ok := strings.CutPrefix(o.Table, lineage.SourcePrefix); ok && o.Name != "" {
			names = append(names, table+"."+o.Name)
		}
	}
	switch {
	case len(names) == 0:
		return c.T("from.none"), false
	case len(names) > originsShown:
		return c.T("from.more", "list", strings.Join(names[:originsShown], c.T("list.comma")), "n", strconv.Itoa(len(names)-originsShown)), true
	}
	return strings.Join(names, c.T("list.comma")), true
}

// Sentences are the texts of the catalog in English: what the page of definitions
// shows.
func Sentences(m *cube.Model) []string {
	var out []string
	for _, of := range m.Cubes {
		out = append(out, of.Label.EN, of.Description.EN)
		for _, x := range of.Measures {
			out = append(out, x.Label.EN, x.Description.EN)
		}
	}
	return out
}
