package written

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/cube/text"
	"verso/reports/page"
	"verso/reports/view"
)

// making is a page being made of a file.
type making struct {
	*writing
	*page.Context
	values []string // names and values in turn, for the texts
	notes  []string // of answers that have no table to stand under
}

func (w *writing) page(ctx context.Context, c *page.Context, slug string) (view.Page, error) {
	m := &making{writing: w, Context: c}
	p := c.Page(slug)
	p.Title = w.spec.Title.in(c.Lang.Code)
	for _, name := range slices.Sorted(maps.Keys(w.spec.Values)) {
		value, err := m.value(ctx, "$.values."+name, w.spec.Values[name])
		if err != nil {
			return p, err
		}
		m.values = append(m.values, "{"+name+"}", value)
	}
	p.Message = view.Message{Finding: m.say(w.spec.Message), Consequence: m.say(w.spec.So)}
	for i, part := range w.spec.Sections {
		s := view.Section{ID: fmt.Sprintf("part-%d", i+1), Title: part.Title.in(c.Lang.Code), Lead: m.say(part.Lead)}
		for k, b := range part.Blocks {
			made, err := m.block(ctx, fmt.Sprintf("$.sections[%d].blocks[%d]", i, k), fmt.Sprintf("%d-%d", i+1, k+1), b)
			if err != nil {
				return p, err
			}
			if b.Half {
				made.Width = view.Half
			}
			s.Blocks = append(s.Blocks, made)
		}
		p.Sections = append(p.Sections, s)
	}
	last := &p.Sections[len(p.Sections)-1]
	for _, note := range m.notes {
		last.Blocks = append(last.Blocks, view.Block{Note: &view.Note{Text: note}})
	}
	return p, nil
}

// note keeps what an answer says of itself, once.
func (m *making) note(t *olap.Table) {
	for _, n := range t.Notes {
		if !slices.Contains(m.notes, n) {
			m.notes = append(m.notes, n)
		}
	}
}

// say is a text in the page's language with its values.
func (m *making) say(t Text) string {
	return strings.NewReplacer(m.values...).Replace(t.in(m.Lang.Code))
}

// ask asks a question of the file.
func (m *making) ask(ctx context.Context, at, question string) (*olap.Table, error) {
	q, err := text.ParseWith(m.Model, question, m.AsOf)
	if err != nil {
		return nil, m.fault(at, "%w", err)
	}
	t, err := m.Asker.Ask(ctx, q)
	if err != nil && ctx.Err() == nil {
		return nil, m.fault(at, "%w", err)
	}
	return t, err
}

func (m *making) block(ctx context.Context, at, id string, b block) (view.Block, error) {
	switch {
	case b.Figures != "":
		t, err := m.ask(ctx, at+".figures", b.Figures)
		if err != nil {
			return view.Block{}, err
		}
		m.note(t)
		row, err := m.figures(at+".figures", id, t)
		return view.Block{KPIs: row}, err
	case b.Table != "":
		t, err := m.ask(ctx, at+".table", b.Table)
		if err != nil {
			return view.Block{}, err
		}
		table := m.table(t)
		table.ID, table.Title, table.Insight = "table-"+id, b.Title.in(m.Lang.Code), m.say(b.Insight)
		table.Ask = b.Table
		return view.Block{Table: table}, nil
	case len(b.Text) > 0:
		return view.Block{Note: &view.Note{Text: m.say(b.Text)}}, nil
	}
	kind, question, key := view.TimeColumns, b.Columns, ".columns"
	if b.Lines != "" {
		kind, question, key = view.Lines, b.Lines, ".lines"
	}
	t, err := m.ask(ctx, at+key, question)
	if err != nil {
		return view.Block{}, err
	}
	m.note(t)
	c, err := m.chart(at+key, kind, t)
	if err != nil {
		return view.Block{}, err
	}
	c.ID, c.Title, c.Insight = "chart-"+id, b.Title.in(m.Lang.Code), m.say(b.Insight)
	c.Table.Title, c.Table.Ask = c.Title, question
	return view.Block{Chart: c}, nil
}

// value is the answer to a question with one number, in words.
func (m *making) value(ctx context.Context, at, question string) (string, error) {
	t, err := m.ask(ctx, at, question)
	if err != nil {
		return "", err
	}
	m.note(t)
	measures := slices.IndexFunc(t.Columns, func(c olap.Column) bool { return c.Kind == "measure" })
	if len(t.Rows) != 1 || measures != len(t.Columns)-1 || len(t.Query.Rows) > 0 {
		return "", m.fault(at, "a value is one number: a question with one measure and nothing after by")
	}
	return m.inWords(t.Columns[measures], page.Value(t.Rows[0].Cells[measures])), nil
}

// inWords is a number as it stands in a sentence.
func (m *making) inWords(c olap.Column, v view.Value) string {
	switch {
	case !v.Has():
		return view.Show(m.Lang, v, view.Format{})
	case c.Format == "money" && c.Calc != cube.Delta && v.Float >= 0:
		return m.Amount(v)
	case c.Format == "money":
		return m.SignedAmount(v)
	}
	f, unit := m.format(c)
	if unit != "" && unit != "%" {
		return view.Show(m.Lang, v, f) + " " + unit
	}
	return view.Show(m.Lang, v, f) + unit
}
