// Package risk has the pages of customers who are about to stop: how many, where
// and why; whom to call; and how far to trust it.
package risk

import (
	"context"
	"embed"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// desk is where a page is written: what every page has, and this package's own.
type desk struct{ *page.Context }

// Pages are the pages of this package in menu order.
func Pages() []page.Page {
	return []page.Page{
		{Slug: "churn", Build: churn},
		{Slug: "watchlist", Build: watchlist},
		{Slug: "churnmodel", Build: churnmodel},
	}
}

// read is the rows of a statement of this package.
func (c desk) read(ctx context.Context, name string, args ...any) ([][]any, error) {
	var rows [][]any
	err := engine.Rows(ctx, c.DB, engine.SQL(page.Statement(sqlFiles, name), args...), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		return nil
	})
	return rows, err
}

// atRisk is all customers at risk together.
type atRisk struct {
	customers, high, medium, listed int64
	expected, value                 view.Value
	scored                          bool
	margins, sales                  int64 // customers whose value is the margin of a year to come, and the sales where no margin is known
}

// word is the word of what the value at risk is made of: margin, sales, or both.
func (s atRisk) word(key string) string {
	switch {
	case s.sales > 0 && s.margins > 0:
		return key + ".mixed"
	case s.sales > 0:
		return key + ".sales"
	}
	return key
}

// scored reads the whole; customers 0 where there is nothing to show.
func (c desk) scored(ctx context.Context) (s atRisk, err error) {
	known, err := c.Known(ctx, "score", "watchlist")
	if err != nil || !known {
		return s, err
	}
	rows, err := c.read(ctx, "churn_total")
	if err != nil {
		return s, err
	}
	row := rows[0]
	return atRisk{page.Whole(row[0]), page.Whole(row[1]), page.Whole(row[2]), page.Whole(row[5]), page.Zero(page.Value(row[3])), page.Zero(page.Value(row[4])), page.Value(row[3]).Has(), page.Whole(row[6]), page.Whole(row[7])}, nil
}

// absent is a page without scores.
func (c desk) absent(p view.Page) view.Page {
	p.Message = view.Message{Finding: c.T("churn.unknown"), Consequence: c.T("churn.unknown.so")}
	p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
		Title: p.Title, Text: c.T("churn.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
	return p
}

// reading is what the card says of the fit.
func (c desk) reading(ctx context.Context) (string, error) {
	if c.Lacks("card.model") {
		return "", nil
	}
	rows, err := c.read(ctx, "churn_reading")
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return c.InLanguage(page.Text(rows[0][0]), page.Text(rows[0][1])), nil
}

// reasons joins up to three reasons of a row: columns from, from+1, from+2 in
// English, and the three after them in Chinese.
func (c desk) reasons(row []any, from int) view.Value {
	text := ""
	for k := range 3 {
		if r := c.InLanguage(page.Text(row[from+k]), page.Text(row[from+3+k])); r != "" {
			if text != "" {
				text += c.T("list.semicolon")
			}
			text += r
		}
	}
	return view.T(text)
}

// customer is the name of columns id, name and type.
func (c desk) customer(row []any, from int) view.Value {
	return view.T(c.CustomerName(page.Text(row[from]), page.Text(row[from+1]), page.Text(row[from+2])))
}

// column is one column of rows as values.
func column(rows [][]any, k int) []view.Value {
	out := make([]view.Value, len(rows))
	for i, row := range rows {
		out[i] = page.Value(row[k])
	}
	return out
}

func bare() view.Format { return view.Pct().Bare() }
