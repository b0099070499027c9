package trust

import (
	"context"
	"math"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// mostParameters are how many parameters of a model the page shows; all are in
// card.parameter.
const mostParameters = 40

// modelCard is what a model says of itself.
type modelCard struct {
	model, reading, definition    string
	version, rows                 int64
	asOf                          view.Value
	metrics, parameters, features [][]any
	outputs                       []string
}

// cards answers: what do the models say, on what do they rest, and how well do
// they do on data they have not seen?
func cards(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("models")
	list, err := c.readCards(ctx)
	if err != nil {
		return p, err
	}
	if len(list) == 0 {
		p.Message = view.Message{Finding: c.T("models.none"), Consequence: c.T("cards.none.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{Title: c.T("page.models"), Text: c.T("cards.none.so")}}}}}
		return p, nil
	}
	scored, tested := 0, 0
	var rows int64
	for _, m := range list {
		rows += m.rows
		if m.rows > 0 {
			scored++
		}
		if len(m.metrics) > 0 {
			tested++
		}
	}
	p.Meta = view.Meta{Measure: c.T("cards.meta"), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = view.Message{Finding: c.T("cards.text", "n", page.Count(c.Lang, int64(len(list))), "rows", page.Count(c.Lang, rows)),
		Consequence: c.T("cards.so", "scored", page.Count(c.Lang, int64(scored)), "tested", page.Count(c.Lang, int64(tested)))}
	p.Sections = []view.Section{{ID: "all", Title: c.T("cards.all"), Lead: c.T("cards.all.lead"), Blocks: []view.Block{{Table: c.cardTable(list)}}}}
	for _, m := range list {
		p.Sections = append(p.Sections, c.cardSection(m))
	}
	return p, nil
}

// readCards reads every card with its rows; without the tables there is none.
func (c desk) readCards(ctx context.Context) ([]modelCard, error) {
	known, err := c.Known(ctx, "card", "model")
	if err != nil || !known {
		return nil, err
	}
	var list []modelCard
	at := map[string]int{}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("cards")), func(row []any) error {
		at[page.Text(row[0])] = len(list)
		list = append(list, modelCard{model: page.Text(row[0]), version: page.Whole(row[1]), asOf: page.Value(row[2]), rows: page.Whole(row[3]),
			definition: c.InLanguage(page.Text(row[4]), page.Text(row[6])), reading: c.InLanguage(page.Text(row[5]), page.Text(row[7]))})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		name string
		add  func(m *modelCard, row []any)
	}{
		{"card_metrics", func(m *modelCard, row []any) { m.metrics = append(m.metrics, row[1:]) }},
		{"card_parameters", func(m *modelCard, row []any) { m.parameters = append(m.parameters, row[1:]) }},
		{"card_features", func(m *modelCard, row []any) { m.features = append(m.features, row[1:]) }},
		{"card_outputs", func(m *modelCard, row []any) { m.outputs = append(m.outputs, page.Text(row[1])) }},
	} {
		if known, err := c.Known(ctx, "card", strings.TrimSuffix(strings.TrimPrefix(part.name, "card_"), "s")); err != nil || !known {
			return list, err
		}
		err := engine.Rows(ctx, c.DB, engine.SQL(statement(part.name)), func(row []any) error {
			if i, ok := at[page.Text(row[0])]; ok {
				part.add(&list[i], append([]any(nil), row...))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (c desk) cardTable(list []modelCard) *view.Table {
	t := &view.Table{ID: "cards", Title: c.T("cards.all"), Columns: []view.Column{{Label: c.T("col.model")}, {Label: c.T("col.rows"), Format: view.Integer()}, {Label: c.T("cards.reading"), Wide: true}}}
	for _, m := range list {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.modelName(m.model)), view.I(m.rows), view.T(m.reading)}})
	}
	return t
}

// cardSection shows one model: what it is, how well it does, what it was given.
func (c desk) cardSection(m modelCard) view.Section {
	s := view.Section{ID: "card-" + m.model, Title: c.modelName(m.model), Lead: m.definition}
	s.Blocks = append(s.Blocks, view.Block{Note: &view.Note{Text: m.reading}})
	if len(m.metrics) > 0 {
		t := &view.Table{ID: "metrics-" + m.model, Title: c.T("cards.metrics"), Columns: []view.Column{{Label: c.T("cards.metric")}, {Label: c.T("cards.value")}, {Label: c.T("cards.unit")}, {Label: c.T("cards.reading"), Wide: true}}}
		for _, row := range m.metrics {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.plain(page.Value(row[1]))), view.T(c.unitName(page.Text(row[2]))), view.T(c.InLanguage(page.Text(row[3]), page.Text(row[4])))}})
		}
		s.Blocks = append(s.Blocks, view.Block{Table: t})
	}
	if len(m.parameters) > 0 {
		t := &view.Table{ID: "parameters-" + m.model, Title: c.T("cards.parameters"), Columns: []view.Column{{Label: c.T("cards.parameter")}, {Label: c.T("cards.value"), Wide: true}}}
		for _, row := range m.parameters[:min(len(m.parameters), mostParameters)] {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2])))}})
		}
		if n := len(m.parameters); n > mostParameters {
			t.Shown = c.T("cards.shown", "n", page.Count(c.Lang, mostParameters), "of", page.Count(c.Lang, int64(n)))
		}
		s.Blocks = append(s.Blocks, view.Block{Width: view.Half, Table: t})
	}
	if len(m.features) > 0 {
		t := &view.Table{ID: "features-" + m.model, Title: c.T("cards.features"), Columns: []view.Column{{Label: c.T("cards.feature")}, {Label: c.T("col.definition"), Wide: true}}}
		for _, row := range m.features {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2])))}})
		}
		s.Blocks = append(s.Blocks, view.Block{Width: view.Half, Table: t})
	}
	if len(m.outputs) > 0 {
		s.Blocks = append(s.Blocks, view.Block{Note: &view.Note{Text: c.T("cards.outputs", "tables", strings.Join(m.outputs, ", "))}})
	}
	return s
}

// modelName is what a model is called beside its code; the code alone where it
// has no name.
func (c desk) modelName(code string) string {
	if name, known := c.Word("model." + code); known {
		return c.T("cards.name", "name", name, "code", code)
	}
	return code
}

// unitName is a unit in the page's language, as it is stored where it has no name.
func (c desk) unitName(unit string) string {
	if name, known := c.Word("metric.unit." + unit); known {
		return name
	}
	return unit
}

// plain writes a metric to about four digits; the exact figure is in card.metric.
func (c desk) plain(v view.Value) string {
	if !v.Has() {
		return "–"
	}
	x := math.Abs(v.Float)
	switch {
	case x == math.Trunc(x) || x >= 1000:
		return view.Figure(c.Lang, v.Float, 0, false)
	case x >= 10:
		return view.Figure(c.Lang, v.Float, 1, false)
	case x >= 1:
		return view.Figure(c.Lang, v.Float, 2, false)
	}
	return view.Figure(c.Lang, v.Float, 4, false)
}
