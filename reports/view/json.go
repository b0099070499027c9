package view

import (
	"encoding/json"
	"io"
)

// WriteJSON writes what a page says as JSON for programs: its message, and its
// figures and tables by id, sums of money exact, dates as 2026-06-30,
// unknown values as null.
func WriteJSON(w io.Writer, p Page) error {
	type figure struct {
		Label  string `json:"label"`
		Value  any    `json:"value"`
		Before any    `json:"before"`
		Note   string `json:"note,omitempty"`
	}
	type table struct {
		ID      string   `json:"id"`
		Title   string   `json:"title"`
		Columns []string `json:"columns"`
		Rows    [][]any  `json:"rows"`
		Shown   string   `json:"shown,omitempty"`
	}
	out := struct {
		Title       string   `json:"title"`
		AsOf        string   `json:"as_of"`
		Run         string   `json:"run"`
		Finding     string   `json:"finding"`
		Consequence string   `json:"consequence"`
		Figures     []figure `json:"figures"`
		Tables      []table  `json:"tables"`
	}{p.Title, p.Footer.AsOf, p.Footer.Run, p.Message.Finding, p.Message.Consequence, []figure{}, []table{}}
	add := func(id string, t Table) {
		o := table{ID: id, Title: t.Title, Columns: []string{}, Rows: [][]any{}, Shown: t.Shown}
		for _, c := range t.Columns {
			o.Columns = append(o.Columns, c.Label)
		}
		for _, row := range t.Rows {
			cells := make([]any, len(row.Cells))
			for i, v := range row.Cells {
				cells[i] = v.plain()
			}
			o.Rows = append(o.Rows, cells)
		}
		out.Tables = append(out.Tables, o)
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			switch {
			case b.KPIs != nil:
				for _, k := range b.KPIs.Items {
					out.Figures = append(out.Figures, figure{k.Label, k.Value.plain(), k.Previous.plain(), k.Note})
				}
			case b.Chart != nil:
				add(b.Chart.ID, b.Chart.Table)
			case b.Table != nil:
				add(b.Table.ID, *b.Table)
			}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(out)
}

// plain is a value as JSON has it.
func (v Value) plain() any {
	switch v.Kind {
	case Number:
		return json.Number(v.ExactText())
	case Text, Date:
		return v.ExactText()
	}
	return nil
}
