package html

import (
	"fmt"
	"math"
	"strings"

	"verso/reports/view"
)

// series makes a series of numbers; NaN is no data.
func series(name string, role view.Role, numbers ...float64) view.Series {
	s := view.Series{Name: name, Role: role}
	for _, v := range numbers {
		if math.IsNaN(v) {
			s.Values = append(s.Values, view.Value{})
		} else {
			s.Values = append(s.Values, view.N(v))
		}
	}
	return s
}

// many are n numbers around a course.
func many(n int, course func(i float64) float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = course(float64(i))
	}
	return out
}

// counted are n names.
func counted(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i+1)
	}
	return out
}

// edgeCharts are charts that leave little room: negative, missing, many, few,
// huge, tiny and equal numbers, and long names in two scripts.
func edgeCharts() []*view.Chart {
	out := append(columnEdges(), lineEdges()...)
	out = append(out, curveEdges()...)
	out = append(out, heatEdges()...)
	out = append(out, markedEdges()...)
	return append(out, mirrorEdges()...)
}

func columnEdges() []*view.Chart {
	none := math.NaN()
	wave := func(i float64) float64 { return 1e5 + 7e4*math.Sin(i*1.7) }
	months := counted(12, "%d月")
	months[0], months[6] = "7月\n2024", "1月\n2025"
	columns := func(id string, f view.Format, names []string, list ...view.Series) *view.Chart {
		return &view.Chart{ID: "columns-" + id, Kind: view.TimeColumns, Better: 1, Format: f, Categories: names, Series: list}
	}
	whole, fine := view.Integer(), view.Format{Style: view.Decimal, Decimals: 2}
	return []*view.Chart{
		columns("negative", fine, months, series("AC", view.AC, many(12, func(i float64) float64 { return 20 * math.Cos(i) })...),
			series("PY", view.PY, many(12, func(i float64) float64 { return 30 * math.Sin(i) })...)),
		columns("all-negative", whole, months, series("AC", view.AC, many(12, func(i float64) float64 { return -wave(i) })...)),
		columns("missing", whole, months, series("AC", view.AC, 5, none, 7, none, none, 3, 2, 1, 9, none, none, none),
			series("PY", view.PY, none, 4, 7, none, 2, 2, 2, 2, 2, 2, 2, 2)),
		columns("one", whole, []string{"2024"}, series("AC", view.AC, 12345), series("PY", view.PY, 9000)),
		columns("sixty", whole, counted(60, "Jan\n20%02d"), series("AC", view.AC, many(60, wave)...), series("PY", view.PY, many(60, func(i float64) float64 { return wave(i + 2) })...)),
		columns("zero", whole, months, series("AC", view.AC, many(12, func(float64) float64 { return 0 })...), series("PY", view.PY, many(12, func(float64) float64 { return 0 })...)),
		columns("huge", fine, months, series("AC", view.AC, many(12, func(i float64) float64 { return 1e13 * wave(i) })...), series("PY", view.PY, many(12, func(i float64) float64 { return 1e13 * wave(i+1) })...)),
		columns("infinite", whole, months, series("AC", view.AC, 1, math.Inf(1), 3, math.MaxFloat64, 5), series("PY", view.PY, math.Inf(-1), 2, 3, -math.MaxFloat64, 5)),
		columns("alone", whole, months, series("AC", view.AC, many(12, wave)...)),
		columns("long-names", whole, counted(6, strings.Repeat("Long name of a period ", 4)+"%d"), series("AC", view.AC, many(6, wave)...)),
		columns("nothing", whole, nil),
		columns("no-actual", whole, months, series("PY", view.PY, 1, 2, 3)),
	}
}

func lineEdges() []*view.Chart {
	none := math.NaN()
	lines := func(id string, f view.Format, names []string, list ...view.Series) *view.Chart {
		return &view.Chart{ID: "lines-" + id, Kind: view.Lines, Format: f, Categories: names, Series: list}
	}
	whole, share := view.Integer(), view.Pct()
	wave := func(shift float64) func(float64) float64 {
		return func(i float64) float64 { return 100 + shift + 40*math.Sin(i/3+shift) }
	}
	five := lines("five", whole, counted(36, "2024-%d"))
	for i := range 5 {
		five.Series = append(five.Series, series(fmt.Sprintf("Series %d", i+1), view.Other, many(36, wave(float64(i)))...))
	}
	same := lines("same", whole, counted(4, "Q%d"))
	for i := range 30 {
		same.Series = append(same.Series, series(fmt.Sprintf("Series %d", i+1), view.Other, 7, 7, 7, 7))
	}
	early := lines("early", share, counted(12, "Month %d"), series("客户流失率（实际）", view.AC, many(5, func(float64) float64 { return .31 })...),
		series("客户流失率（预测）", view.FC, many(12, func(float64) float64 { return .3 })...), series("Another one that ends there too", view.Other, many(5, func(float64) float64 { return .32 })...))
	early.XName = "Months since the first order"
	return []*view.Chart{
		five, same, early,
		lines("one", whole, []string{"2024"}, series("AC", view.AC, 5)),
		lines("gaps", whole, counted(9, "%d"), series("AC", view.AC, 1, none, 3, 4, none, none, 6, none, 9), series("PY", view.PY, none, none, none, none, none, none, none, none, none)),
		lines("negative", view.Format{Style: view.Decimal, Decimals: 1}, counted(24, "week %d"), series("AC", view.AC, many(24, func(i float64) float64 { return 9 * math.Cos(i/2) })...)),
		lines("zero", whole, counted(12, "%d"), series("AC", view.AC, many(12, func(float64) float64 { return 0 })...), series("PY", view.PY, many(12, func(float64) float64 { return 0 })...)),
		lines("huge", whole, counted(60, "Month %d"), series(strings.Repeat("A very long name ", 9), view.AC, many(60, func(i float64) float64 { return -1e15 * i })...)),
		lines("tiny", share, counted(12, "%d"), series("AC", view.AC, many(12, func(i float64) float64 { return 1e-6 * i })...)),
		lines("nothing", whole, nil, series("AC", view.AC)),
	}
}

func curveEdges() []*view.Chart {
	edge := &view.Chart{ID: "curve-marks", Kind: view.Curve, XName: strings.Repeat("Share of customers ", 9), YName: "Revenue",
		Points: []view.Point{{}, {X: .9, Y: .1}, {X: math.NaN(), Y: .5}, {X: 1.2, Y: 1}}}
	for i := range 6 {
		edge.Marks = append(edge.Marks, view.Mark{X: .9 + float64(i)/50, Y: .1, Text: fmt.Sprintf("%d%% bring 10%%", 90+2*i)})
	}
	edge.Marks = append(edge.Marks, view.Mark{Text: strings.Repeat("起点", 20)}, view.Mark{X: 1, Y: 1, Text: "all"}, view.Mark{X: math.Inf(1), Text: "nowhere"})
	return []*view.Chart{edge, {ID: "curve-nothing", Kind: view.Curve}, {ID: "curve-one", Kind: view.Curve, Points: []view.Point{{X: .5, Y: .5}}}}
}

func heatEdges() []*view.Chart {
	grid := func(id string, columns, rows []string, label, small string) *view.Chart {
		c := &view.Chart{ID: "heat-" + id, Kind: view.Heat, Categories: columns, Rows: rows}
		for y := range rows {
			for x := range columns {
				c.Cells = append(c.Cells, view.Cell{X: x, Y: y, Shade: (x + y) % 6, Label: label, Small: small})
			}
		}
		return c
	}
	outside := grid("outside", counted(3, "%d"), counted(2, "Row %d"), "1", "")
	outside.Cells = append(outside.Cells, view.Cell{X: 3, Y: 0, Label: "out"}, view.Cell{X: -1, Y: 0, Label: "out"}, view.Cell{X: 0, Y: 9, Label: "out"})
	named := grid("names", []string{"Profiling", "Persistency", "Profitability", "Performance", "Prospecting", "Product", "Promotion"}, counted(5, "A rather long name of a row %d"), "63.4", "")
	named.XName = "Parts"
	return []*view.Chart{
		named, outside,
		grid("sixty", counted(60, "%d"), counted(8, "2024-%02d"), "50.0%", ""),
		grid("long", counted(9, "很长的列名%d"), counted(3, "很长很长很长很长的行名%d"), "1,234,567.89", "12,345 customers"),
		grid("two-lines", counted(6, "%d"), counted(6, "R %d"), "98.7%", "1,234"),
		grid("single", []string{"only"}, []string{"one"}, "5", "6"),
		grid("nothing", nil, nil, "", ""),
	}
}

func mirrorEdges() []*view.Chart {
	pair := func(id string, n int, name string, left, right float64) *view.Chart {
		c := &view.Chart{ID: "mirror-" + id, Kind: view.Mirror, Format: view.Pct(), Categories: counted(n, name)}
		for _, v := range []float64{left, right} {
			c.Series = append(c.Series, series("Share", view.Other, many(n, func(i float64) float64 { return v / (i + 1) })...))
		}
		return c
	}
	money := pair("huge", 3, "%d", 1e9, 1e8)
	money.Format = view.Integer()
	one := pair("one-side", 4, "Tier %d", .5, .5)
	one.Series = one.Series[:1]
	return []*view.Chart{money, one, pair("zero", 3, "Tier %d", 0, 0), pair("negative", 3, "Tier %d", -.2, .3),
		pair("many", 30, "Tier %d", .5, .5), pair("long", 5, strings.Repeat("A name that is long ", 5)+"%d", 1, .2),
		pair("chinese", 5, "普通客户中的老客户%d", .3, 1), {ID: "mirror-nothing", Kind: view.Mirror},
		radarOf("long", counted(7, "普通客户中的老客户群体%d")), radarOf("twelve", counted(12, "Part %d")), radarOf("one", counted(1, "Part %d")), radarOf("none", nil)}
}

// radarOf is a radar over names.
func radarOf(id string, names []string) *view.Chart {
	return &view.Chart{ID: "radar-" + id, Kind: view.Radar, Categories: names, Series: []view.Series{
		series("Customer", view.AC, many(len(names), func(i float64) float64 { return 40 * i })...), series("Tier", view.Reference, 50)}}
}

// markedEdges are charts over time with notes: on one month, over several, one
// upon another, at both ends, and out of the chart.
func markedEdges() []*view.Chart {
	months := counted(12, "%d月")
	values := many(12, func(i float64) float64 { return 100 + 60*math.Sin(i) })
	notes := []view.Mark{{First: 0, Last: 0, Text: "first"}, {First: 3, Last: 6, Text: "<b>several</b>"}, {First: 5, Last: 8, Text: "upon"}, {First: 11, Last: 11, Text: "last"}, {First: 9, Last: 12, Text: "out"}}
	return []*view.Chart{
		{ID: "columns-marked", Kind: view.TimeColumns, Better: 1, Format: view.Integer(), Categories: months, Marks: notes,
			Series: []view.Series{series("AC", view.AC, values...), series("PY", view.PY, many(12, func(i float64) float64 { return 90 + 50*math.Cos(i) })...)}},
		{ID: "lines-marked", Kind: view.Lines, Format: view.Integer(), Categories: months, Marks: notes, Series: []view.Series{series("AC", view.AC, values...)}}}
}
