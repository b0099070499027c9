package html

import (
	"strconv"

	"verso/reports/view"
)

// remark is where a note on a chart over time stands: at an x, over a ground from
// one x to another, with its number, under which its text is found below the chart.
type remark struct {
	at          float64
	from, to    float64
	first, last int
	number      string
}

// remarks places the notes of a chart over time; middle is the x of a category, and
// side how far the ground goes beyond it.
func remarks(c *view.Chart, middle func(int) float64, side float64) []remark {
	var out []remark
	for i, m := range c.Marks {
		if m.First < 0 || m.Last < m.First || m.Last >= len(c.Categories) {
			continue
		}
		out = append(out, remark{middle(m.First), middle(m.First) - side, middle(m.Last) + side, m.First, m.Last, strconv.Itoa(i + 1)})
	}
	return out
}

// remarkLine is the stroke of a note.
func remarkLine() stroke { return stroke{"@ink2", 1, "dotted"} }

// remarkColour is the ground of a note over several categories.
const remarkColour = "@grid"

// ground draws what stands behind the chart: the days of notes over several
// categories.
func (p *pen) ground(list []remark, top, bottom float64) {
	for _, r := range list {
		if r.last > r.first {
			p.rect(box{r.from, top, r.to, bottom}, remarkColour)
		}
	}
}

// remark draws the lines and numbers of notes.
func (p *pen) remarks(list []remark, top, bottom float64) {
	for _, r := range list {
		p.path([][]point{{{half(r.at), top}, {half(r.at), bottom}}}, remarkLine(), false)
		p.text(r.caption(top, p.font))
	}
}

// caption is the number of a note above the plot.
func (r remark) caption(top float64, font int) caption {
	return caption{text: r.number, x: r.at, y: top - float64(font)/2, colour: "@ink", size: font - 1, clear: true}
}

// remarkOptions adds the notes to an option: the ground to the actual series, whose
// columns it goes beyond, the lines to a series of their own, which has no columns
// to stand beside.
func remarkOptions(o map[string]any, list []remark, f frame) {
	series, _ := o["series"].([]any)
	if len(list) == 0 || len(series) == 0 {
		return
	}
	var lines, areas []any
	for _, r := range list {
		lines = append(lines, map[string]any{"xAxis": r.first, "label": map[string]any{"formatter": r.number, "color": "@ink", "fontSize": f.font - 1, "distance": 1}})
		if r.last > r.first {
			areas = append(areas, []any{map[string]any{"xAxis": r.first}, map[string]any{"xAxis": r.last}})
		}
	}
	if actual := actualSeries(series); actual != nil && len(areas) > 0 {
		actual["markArea"] = map[string]any{"silent": true, "data": areas, "itemStyle": map[string]any{"color": remarkColour}}
	}
	look := remarkLine()
	o["series"] = append(series, map[string]any{"type": "line", "data": []any{}, "markLine": map[string]any{"silent": true, "symbol": "none", "data": lines,
		"lineStyle": map[string]any{"color": look.colour, "width": look.width, "type": look.dash}}})
}

// actualSeries is the series of actual figures, else the first.
func actualSeries(series []any) map[string]any {
	first, _ := series[0].(map[string]any)
	for _, s := range series {
		if one, ok := s.(map[string]any); ok {
			if style, ok := one["itemStyle"].(map[string]any); ok && style["color"] == "@ac" {
				return one
			}
		}
	}
	return first
}
