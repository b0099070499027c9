package value

import (
	"context"
	"math"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// Rows that the tables of the page list at most.
const (
	tasteSubjects = 15
	tasteColumns  = 10
	tasteReaders  = 20
	tasteChanges  = 15
	tasteDemand   = 15
)

// tasteTotal is what the page says in one line.
type tasteTotal struct {
	buyers, certain, tested, changed, quotes, cancelled, subjects, unbought int64
	classed                                                                 int64 // customers who bought titles whose class is known
}

// preferences answers: what is read by whom, whose taste changed, and which demand
// is not met?
func preferences(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("taste")
	known, err := c.Known(ctx, "score", "taste_profile")
	if err != nil {
		return p, err
	}
	var t tasteTotal
	if known {
		if t, err = c.readTasteTotal(ctx); err != nil {
			return p, err
		}
	}
	if t.buyers == 0 {
		p.Message = view.Message{Finding: c.T("taste.unknown"), Consequence: c.T("taste.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.taste"), Text: c.T("taste.absent"), Tables: []string{"order_header", "order_line", "title"}}}}}}
		return p, nil
	}
	if t.classed == 0 {
		p.Message = view.Message{Finding: c.T("taste.classless", "n", page.Count(c.Lang, t.buyers)), Consequence: c.T("taste.classless.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.taste"), Text: c.T("taste.absent"), Tables: []string{"title", "title_subject", "clc_class"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.T("taste.meta"), Unit: "%", Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = c.tasteMessage(t)
	subjects, err := c.subjectTable(ctx)
	if err != nil {
		return p, err
	}
	types, err := c.typeHeat(ctx)
	if err != nil {
		return p, err
	}
	readers, err := c.readerTable(ctx)
	if err != nil {
		return p, err
	}
	changes, err := c.changeTable(ctx, t)
	if err != nil {
		return p, err
	}
	demand := c.WholeOnly(c.T("taste.demand"))
	if !c.Lacks("score.taste_demand") {
		table, err := c.demandTable(ctx, t)
		if err != nil {
			return p, err
		}
		demand = view.Block{Table: table}
	}
	who := []view.Block{{Table: subjects}}
	if len(types.Cells) > 0 {
		who = append(who, view.Block{Chart: types})
	}
	p.Sections = []view.Section{
		{ID: "who", Title: c.T("taste.who"), Lead: c.T("taste.who.lead"), Blocks: who},
		{ID: "readers", Title: c.T("taste.readers"), Lead: c.T("taste.readers.lead"), Blocks: []view.Block{{Table: readers}}},
		{ID: "changed", Title: c.T("taste.changed"), Lead: c.T("taste.changed.lead"), Blocks: []view.Block{{Table: changes}}},
		{ID: "demand", Title: c.T("taste.demand"), Lead: c.T("taste.demand.lead"), Blocks: []view.Block{demand}},
	}
	return p, nil
}

func (c desk) readTasteTotal(ctx context.Context) (t tasteTotal, err error) {
	err = engine.Rows(ctx, c.DB, engine.SQL(c.part("taste_total", "score.taste_demand")), func(row []any) error {
		for i, to := range []*int64{&t.buyers, &t.certain, &t.tested, &t.changed, &t.quotes, &t.cancelled, &t.subjects, &t.unbought, &t.classed} {
			*to = page.Whole(row[i])
		}
		return nil
	})
	return t, err
}

func (c desk) tasteMessage(t tasteTotal) view.Message {
	count := func(n int64) string { return page.Count(c.Lang, n) }
	m := view.Message{Finding: c.T("taste.text", "n", count(t.certain), "of", count(t.buyers))}
	if t.tested > 0 {
		m.Finding += c.T("taste.text.changed", "n", count(t.changed), "of", count(t.tested), "chance", count(int64(math.Round(float64(t.tested)/100))))
	}
	switch {
	case c.Lacks("score.taste_demand"):
		m.Consequence = c.T("taste.so.part")
	case t.quotes+t.cancelled > 0:
		m.Consequence = c.T("taste.so.demand", "quotes", count(t.quotes), "lines", count(t.cancelled), "n", count(t.subjects))
	default:
		m.Consequence = c.T("taste.so.none")
	}
	return m
}

func oneDecimal() view.Format { return view.Format{Style: view.Decimal, Decimals: 1} }

func (c desk) subjectTable(ctx context.Context) (*view.Table, error) {
	pct := view.Pct().Bare()
	t := &view.Table{ID: "taste-subjects", Title: c.T("taste.subjects"), Subtitle: c.T("taste.subjects.sub"), Empty: c.T("taste.subjects.none"), Footnotes: []string{c.T("taste.subjects.foot")},
		Columns: []view.Column{{Label: c.T("taste.subject"), Wide: true}, {Label: c.T("col.customers"), Format: view.Integer(), Visual: view.Share}, {Label: c.T("taste.certain"), Format: view.Integer()},
			{Label: c.T("taste.confidence"), Unit: "%", Format: pct, Total: "⌀"}, {Label: c.T("taste.breadth"), Format: oneDecimal(), Total: "⌀"}, {Label: c.T("taste.moved"), Format: view.Integer()}, {Label: c.T("taste.lines"), Format: view.Integer()}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("taste_subject"), tasteSubjects), func(row []any) error {
		kind, name := view.Leaf, c.InLanguage(page.Text(row[1]), page.Text(row[2]))
		switch member := page.Text(row[0]); member {
		case "(total)":
			kind, name = view.Total, c.T("row.all")
		case "(others)":
			name = c.T("taste.others")
		case "(none)":
			name = c.T("taste.nofavourite")
		default:
			name = member + " " + name
		}
		cells := []view.Value{view.T(name)}
		for _, v := range row[3:] {
			cells = append(cells, page.Value(v))
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: cells})
		return nil
	})
	return t, err
}

// typeHeat shades how much more each customer type reads of the largest subjects
// than all customers do.
func (c desk) typeHeat(ctx context.Context) (*view.Chart, error) {
	ch := &view.Chart{ID: "taste-types", Kind: view.Heat, Title: c.T("taste.types"), Subtitle: c.T("taste.types.sub"), Insight: c.T("taste.types.text"), Format: view.Pct()}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("head.customer.type")}}}
	rows := map[string]int{}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("taste_kind"), tasteColumns), func(row []any) error {
		y, seen := rows[page.Text(row[0])]
		if !seen {
			y = len(ch.Rows)
			rows[page.Text(row[0])] = y
			label := c.KindOf(row[0])
			ch.Rows = append(ch.Rows, label.Text)
			ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{label}})
		}
		if y == 0 {
			ch.Categories = append(ch.Categories, page.Text(row[1]))
			ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: page.Text(row[1]) + " " + c.InLanguage(page.Text(row[2]), page.Text(row[3])), Unit: "%", Format: view.Pct().Bare()})
		}
		share, whole := page.Value(row[4]), page.Value(row[5])
		cell := view.Cell{X: len(ch.Table.Rows[y].Cells) - 1, Y: y, Value: share, Label: view.Show(c.Lang, share, view.Pct())}
		if share.Has() && whole.Has() && whole.Float > 0 {
			// Half of the share of all is light, the double dark.
			cell.Shade = max(1, min(5, 3+int(math.Round(2*math.Log2(max(share.Float/whole.Float, .25))))))
		}
		ch.Cells = append(ch.Cells, cell)
		ch.Table.Rows[y].Cells = append(ch.Table.Rows[y].Cells, share)
		return nil
	})
	return ch, err
}

func (c desk) readerTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "taste-readers", Title: c.T("taste.readers.table"), Subtitle: c.T("taste.readers.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("taste.readers.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("taste.lines"), Format: view.Integer()}, {Label: c.T("taste.sentence"), Wide: true}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("taste_reader"), tasteReaders), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), page.Value(row[3]),
			view.T(c.InLanguage(page.Text(row[4]), page.Text(row[5])))}})
		return nil
	})
	return t, err
}

func (c desk) changeTable(ctx context.Context, total tasteTotal) (*view.Table, error) {
	t := &view.Table{ID: "taste-changed", Title: c.T("taste.changed.table"), Subtitle: c.T("taste.changed.sub"), Empty: c.T("taste.changed.none"), Footnotes: []string{c.T("taste.changed.foot")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("taste.since")}, {Label: c.T("taste.less"), Wide: true}, {Label: c.T("taste.more"), Wide: true},
			{Label: c.T("taste.lines"), Format: view.Integer()}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("taste_changed"), tasteChanges), func(row []any) error {
		since := ""
		if day, ok := row[4].(time.Time); ok {
			since = view.LongDate(c.Lang, day)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), view.T(since),
			view.T(c.InLanguage(page.Text(row[5]), page.Text(row[6]))), view.T(c.InLanguage(page.Text(row[7]), page.Text(row[8]))), page.Value(row[3])}})
		return nil
	})
	if len(t.Rows) > 0 {
		t.Footnotes = append(t.Footnotes, c.T("foot.privacy"))
	}
	t.Shown = c.shownOf(int64(len(t.Rows)), total.changed)
	return t, err
}

func (c desk) demandTable(ctx context.Context, total tasteTotal) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "taste-demand", Title: c.T("taste.demand.table"), Subtitle: c.T("taste.demand.sub"), Empty: c.T("taste.demand.none"), Footnotes: []string{c.T("taste.demand.foot")},
		Columns: []view.Column{{Label: c.T("taste.subject"), Wide: true}, {Label: c.T("taste.unmet"), Format: n, Visual: view.Share}, {Label: c.T("taste.unmet.customers"), Format: n}, {Label: c.T("taste.cancelled"), Format: n},
			{Label: c.T("taste.cancelled.copies"), Format: n}, {Label: c.T("taste.unserved"), Format: n}, {Label: c.T("taste.newtitles"), Format: n}, {Label: c.T("taste.ordered"), Format: n}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("taste_demand"), tasteDemand), func(row []any) error {
		cells := []view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1])))}
		for _, v := range row[2:] {
			cells = append(cells, page.Value(v))
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
		return nil
	})
	t.Shown = c.shownOf(int64(len(t.Rows)), total.subjects)
	return t, err
}

// shownOf says how many of all rows a table lists; nothing where it lists all.
func (c desk) shownOf(rows, all int64) string {
	if all <= rows {
		return ""
	}
	return c.T("taste.shown", "n", page.Count(c.Lang, rows), "of", page.Count(c.Lang, all))
}
