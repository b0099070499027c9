package page

import (
	"time"

	"verso/reports/view"
)

// Variance lays one measure by members out: actual, previous year, the difference
// as a bar and in percent.
type Variance struct {
	ID, Title, Insight string
	Subtitle           string     // "": net sales in the unit of the table
	Head               string     // of the first column
	Fair               bool       // whether the year before can be compared with
	Share              bool       // with each row's share of Now
	Months             []Month    // with a line over these months; nil for none
	Now, Then          view.Value // of everything, at their own level
	Rows               []VarianceRow
}

// Month is the first day of a month.
type Month = time.Time

// VarianceRow is one row; Others and Residual rows stand where they are put, the
// total is the table's own.
type VarianceRow struct {
	Kind      view.RowKind
	Label     view.Value
	Now, Then view.Value
	Trend     []view.Value
}

// VarianceTable is the table; the total closes it where there are rows.
func (c *Context) VarianceTable(v Variance) *view.Table {
	format, unit := c.TableMoney(v.Now, v.Then)
	t := &view.Table{ID: v.ID, Title: v.Title, Subtitle: v.Subtitle, Insight: v.Insight, Empty: c.T("table.empty")}
	if t.Subtitle == "" {
		t.Subtitle = c.T("sub.net", "unit", unit)
	}
	t.Columns = []view.Column{{Label: v.Head}, {Label: "AC", Unit: unit, Format: format}}
	if v.Share {
		t.Columns = append(t.Columns, view.Column{Label: c.T("col.share"), Unit: "%", Format: view.Pct().Bare()})
	}
	if v.Fair {
		t.Columns = append(t.Columns, view.Column{Label: "PY", Unit: unit, Format: format},
			view.Column{Label: "ΔPY", Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1},
			view.Column{Label: "ΔPY", Unit: "%", Format: view.Pct().Bare().Change(), Better: 1})
	} else {
		t.Footnotes = append(t.Footnotes, c.NoComparison())
	}
	if v.Months != nil {
		t.Columns = append(t.Columns, view.Column{Label: c.T("col.trend"), Visual: view.Spark, Months: Names(c.Lang, v.Months), Marks: c.MonthMarks("net", v.Months)})
	}
	rows := v.Rows
	if len(rows) > 0 {
		rows = append(rows[:len(rows):len(rows)], VarianceRow{Kind: view.Total, Label: view.T(c.T("row.total")), Now: v.Now, Then: v.Then})
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, view.Row{Kind: r.Kind, Cells: v.cells(r)})
	}
	return t
}

func (v Variance) cells(r VarianceRow) []view.Value {
	cells := []view.Value{r.Label, r.Now}
	if v.Share {
		cells = append(cells, view.Ratio(r.Now, v.Now))
	}
	if v.Fair {
		cells = append(cells, r.Then, view.Sub(r.Now, r.Then), view.Relative(r.Now, r.Then))
	}
	if v.Months != nil {
		trend := view.Value{}
		if r.Trend != nil {
			trend = view.Value{Kind: view.Trend, Trend: r.Trend}
		}
		cells = append(cells, trend)
	}
	return cells
}

// NoComparison says why there is no previous year.
func (c *Context) NoComparison() string {
	if c.Facts.First.IsZero() {
		return c.T("compare.nodata")
	}
	return c.T("compare.none", "date", view.LongDate(c.Lang, c.Facts.First))
}
