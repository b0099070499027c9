package page

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verso/olap/cube"
	"verso/olap/lineage"
	"verso/reports/view"
)

// definitions says of every measure what it is, how it is computed and which
// columns of the sources it comes from.
func definitions(ctx context.Context, c *Context) (view.Page, error) {
	p := c.page("definitions")
	p.Meta = view.Meta{Measure: c.t("definitions.measure"), Unit: c.t("definitions.unit")}
	if c.model == nil {
		p.Message = view.Message{Finding: c.t("definitions.absent")}
		p.Sections = []view.Section{{ID: "none", Title: c.t("definitions.absent.title"),
			Blocks: []view.Block{{Absent: &view.Absent{Title: c.t("definitions.absent.title"), Text: c.t("definitions.absent")}}}}}
		return p, nil
	}
	graph, err := lineage.Load(ctx, c.db)
	if err != nil {
		return p, fmt.Errorf("meta.lineage: %w", err)
	}
	lineage.AddMeasures(graph, c.model)
	all, traced := 0, 0
	rest := &view.Table{ID: "cubes", Title: c.t("definitions.rest"), Subtitle: c.t("definitions.rest.sub"),
		Columns: []view.Column{{Label: c.t("col.cube")}, {Label: c.t("col.asked")}, {Label: c.t("col.means"), Wide: true}, {Label: c.t("col.measures"), Format: view.Integer()}}}
	for _, of := range c.model.Cubes {
		if !slices.Contains(reported(), of.Name) {
			rest.Rows = append(rest.Rows, view.Row{Cells: []view.Value{view.T(of.Label.In(c.Lang)), view.T(of.Name), view.T(of.Description.In(c.Lang)), view.I(shownMeasures(of))}})
			continue
		}
		section, n, known := c.definitionsOf(of, graph)
		p.Sections = append(p.Sections, section)
		all, traced = all+n, traced+known
	}
	if len(rest.Rows) > 0 {
		p.Sections = append(p.Sections, view.Section{ID: "more", Title: c.t("definitions.rest"), Lead: c.t("definitions.rest.lead"), Blocks: []view.Block{{Table: rest}}})
	}
	p.Message = view.Message{Finding: c.t("definitions.found", "n", strconv.Itoa(all)), Consequence: c.t("definitions.so", "traced", strconv.Itoa(traced))}
	if traced == 0 {
		p.Message.Consequence = c.t("definitions.untraced")
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
func (c *Context) definitionsOf(of *cube.Cube, graph *lineage.Graph) (s view.Section, listed, traced int) {
	t := &view.Table{ID: "measures-" + of.Name, Title: of.Label.In(c.Lang), Subtitle: of.Name,
		Columns: []view.Column{{Label: c.t("col.measure")}, {Label: c.t("col.asked")}, {Label: c.t("col.means"), Wide: true}, {Label: c.t("col.how"), Wide: true},
			{Label: c.t("col.totals")}, {Label: c.t("col.from"), Wide: true}}}
	for _, m := range of.Measures {
		if m.Hidden {
			continue
		}
		from, known := c.origins(graph, lineage.Column{Table: lineage.CubeTable(of.Name), Name: m.Name})
		if known {
			traced++
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(m.Label.In(c.Lang)), view.T(m.Name), view.T(m.Description.In(c.Lang)),
			view.T(c.howComputed(m)), view.T(c.t(totalsKey(m))), view.T(from)}})
	}
	return view.Section{ID: of.Name, Title: of.Label.In(c.Lang), Lead: c.t("definitions.lead", "text", of.Description.In(c.Lang), "cube", of.Name),
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
func (c *Context) howComputed(m *cube.Measure) string {
	var text string
	switch m.Kind {
	case cube.Ratio:
		return m.Numerator + " ÷ " + m.Denominator
	case cube.Formula:
		return m.Formula
	case cube.Quantile:
		text = c.t("how.quantile", "q", fmt.Sprint(*m.Q), "of", m.Column)
	default:
		text = c.t("how."+m.Kind, "of", m.Column)
	}
	if m.WhenKnown != "" {
		text = c.t("how.known", "text", text, "of", m.WhenKnown)
	}
	if m.WhenTrue != "" {
		text = c.t("how.true", "text", text, "of", m.WhenTrue)
	}
	return text
}

// originsShown is how many source columns the table names.
const originsShown = 4

// origins are the source columns behind a measure.
func (c *Context) origins(graph *lineage.Graph, of lineage.Column) (text string, known bool) {
	var names []string
	for _, o := range graph.Origins(of) {
		if table, ok := strings.CutPrefix(o.Table, lineage.SourcePrefix); ok && o.Name != "" {
			names = append(names, table+"."+o.Name)
		}
	}
	switch {
	case len(names) == 0:
		return c.t("from.none"), false
	case len(names) > originsShown:
		return c.t("from.more", "list", strings.Join(names[:originsShown], c.t("list.comma")), "n", strconv.Itoa(len(names)-originsShown)), true
	}
	return strings.Join(names, c.t("list.comma")), true
}
