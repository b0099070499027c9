package html

import (
	"math"

	"verso/reports/language"
	"verso/reports/view"
)

// sample is a page with every kind of block, made by hand.
func sample() view.Page {
	months := []string{"Jul\n2024", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan\n2025", "Feb", "Mar", "Apr", "May", "Jun"}
	ac, py := make([]view.Value, 12), make([]view.Value, 12)
	for i := range ac {
		py[i] = view.N(math.Round(2e6+6e5*math.Sin(float64(i)/1.7)) + float64(i)*1e4)
		ac[i] = view.N(py[i].Float * (1.06 + 0.12*math.Cos(float64(i)*1.3)))
	}
	money, unit := view.MoneyFormat(language.English(), "CNY", 2.9e6)
	columns := &view.Chart{ID: "months", Kind: view.TimeColumns, Title: "Revenue by month", Subtitle: "Net revenue, " + unit,
		Insight: "Revenue was above the previous year in seven of twelve months.", Format: money, Better: 1, Categories: months,
		Series: []view.Series{{Name: "AC", Role: view.AC, Values: ac}, {Name: "PY", Role: view.PY, Values: py}}}
	columns.Table = view.Table{Title: "Revenue by month", Columns: []view.Column{{Label: "Month"}, {Label: "AC", Unit: unit, Format: money},
		{Label: "PY", Unit: unit, Format: money}, {Label: "ΔPY", Unit: unit, Format: money.Change(), Better: 1}}}
	total := []float64{0, 0}
	for i, m := range months {
		columns.Table.Rows = append(columns.Table.Rows, view.Row{Cells: []view.Value{view.T(m), ac[i], py[i], view.N(ac[i].Float - py[i].Float)}})
		total[0], total[1] = total[0]+ac[i].Float, total[1]+py[i].Float
	}
	columns.Table.Rows = append(columns.Table.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T("Total"), view.N(total[0]), view.N(total[1]), view.N(total[0] - total[1])}})
	share := view.Pct()
	mirror := &view.Chart{ID: "tiers", Kind: view.Mirror, Title: "Customer pyramid", Subtitle: "Share of customers and of revenue, %", Insight: "The top 1% bring a third.",
		Format: share, Categories: []string{"Top 1%", "Major 4%", "Ordinary 15%", "Small 80%"}, Series: []view.Series{
			{Name: "Customers", Role: view.Other, Values: []view.Value{view.N(.01), view.N(.04), view.N(.15), view.N(.8)}},
			{Name: "Revenue", Role: view.Other, Values: []view.Value{view.N(.32), view.N(.18), view.N(.24), view.N(.26)}}}}
	curve := &view.Chart{ID: "curve", Kind: view.Curve, Title: "Concentration", Insight: "Gini 0.72", XName: "Customers, largest first", YName: "Revenue",
		Points: []view.Point{{}, {X: .01, Y: .32}, {X: .05, Y: .5}, {X: .2, Y: .746}, {X: .5, Y: .92}, {X: 1, Y: 1}},
		Marks:  []view.Mark{{X: .01, Y: .32, Text: "1% → 32%"}, {X: .2, Y: .746, Text: "20% → 74.6%"}}}
	heat := &view.Chart{ID: "rfm", Kind: view.Heat, Title: "RFM map", Insight: "Champions", XName: "Frequency", Categories: []string{"1", "2", "3", "4", "5"}, Rows: []string{"R 5", "R 4", "R 3", "R 2", "R 1"}}
	for y := range 5 {
		for x := range 5 {
			heat.Cells = append(heat.Cells, view.Cell{X: x, Y: y, Value: view.N(float64(x * y)), Shade: (x+4-y)/2 + 1, Label: "123", Small: "4.5"})
		}
	}
	series := &view.Chart{ID: "ytd", Kind: view.Lines, Title: "Cumulative", Insight: "Ahead", Format: money, Categories: months, Series: columns.Series}
	table := &view.Table{ID: "regions", Title: "What changed by region", Subtitle: "Net revenue, " + unit, Insight: "East China brought most of the growth.",
		Columns: []view.Column{{Label: "Region"}, {Label: "AC", Unit: unit, Format: money}, {Label: "PY", Unit: unit, Format: money},
			{Label: "ΔPY", Unit: unit, Format: money.Change(), Visual: view.Variance, Better: 1}, {Label: "ΔPY", Unit: "%", Format: share.Bare().Change(), Better: 1},
			{Label: "Trend", Visual: view.Spark, Months: months}},
		Rows: []view.Row{
			{Cells: []view.Value{view.T("East China"), view.N(5.2e6), view.N(4.1e6), view.N(1.1e6), view.N(.268), {Kind: view.Trend, Trend: ac}}},
			{Cells: []view.Value{view.T("North China"), view.N(3.2e6), view.N(3.9e6), view.N(-.7e6), view.N(-.179), {Kind: view.Trend, Trend: py}}},
			{Kind: view.Others, Cells: []view.Value{view.T("Others (12)"), view.N(1.2e6), view.N(1.0e6), view.N(.2e6), view.N(.2), {}}},
			{Kind: view.Total, Cells: []view.Value{view.T("Total"), view.N(9.6e6), view.N(9.0e6), view.N(.6e6), view.N(.067), {}}},
		}, Footnotes: []string{"Others are all regions not listed."}}
	kpi := func(label string, v, ch, rel float64) view.KPI {
		return view.KPI{Label: label, Value: view.N(v), Format: money, Unit: unit, Change: view.N(ch), Relative: view.N(rel), ChangeFormat: money.Change(), Versus: "vs previous year", Better: 1, Trend: ac}
	}
	return view.Page{Slug: "index", Lang: language.English(), Title: "Overview",
		Message: view.Message{Finding: "Revenue of the year to date reached CNY 14.2 million, 6.7% above last year.", Consequence: "East China explains 1.1 of the 0.6 million gained; North China lost 0.7 million and needs a visit."},
		Meta:    view.Meta{Measure: "Net revenue", Unit: unit, Period: "1 Jan – 30 Jun 2025", Scenario: "same days of 2024"},
		Sections: []view.Section{
			{ID: "kpis", Title: "Key figures", Blocks: []view.Block{{KPIs: &view.KPIRow{ID: "kpi", Title: "Key figures", Months: months, Items: []view.KPI{kpi("Revenue", 14.2e6, .9e6, .067), kpi("Margin", 3.2e6, -.2e6, -.02), kpi("Orders", 1.2e6, .1e6, .09), kpi("Customers", 1.2e6, 0, 0), {Label: "Margin %", Value: view.NA(), Note: "no cost known"}}}}}},
			{ID: "course", Title: "Course", Lead: "Twelve months.", Blocks: []view.Block{{Width: view.Half, Chart: columns}, {Width: view.Half, Chart: series}, {Table: table}, {Width: view.Half, Chart: mirror}, {Width: view.Half, Chart: curve}, {Width: view.Half, Chart: heat},
				{Width: view.Half, Note: &view.Note{Text: "A note.", Tone: view.Caution}}, {Width: view.Half, Absent: &view.Absent{Title: "Margin", Text: "Costs are missing.", Tables: []string{"purchase_line"}}}}},
			{ID: "terms", Title: "Terms", Blocks: []view.Block{{Terms: []view.Term{{Name: "Net revenue", Definition: "Gross less discount."}}}}},
		},
		Footer: view.Footer{Company: "Liwei Books", AsOf: "30 June 2025", Run: "2025-06-30-1a2b3c4d", Rows: []view.Count{{Label: "order lines", Rows: 72345}}, Checks: 14, FailedChecks: []string{"ISBN check digit: 28 titles"}, Definitions: "quality.html#definitions"},
	}
}
