// Package text writes pages for a terminal: the sentences, figures and tables of a
// page in their order, without the drawings, whose tables stand for them.
package text

import (
	"bufio"
	"io"
	"strings"

	"verso/olap/export"
	"verso/reports/language"
	"verso/reports/view"
)

// Write writes a page.
func Write(out io.Writer, p view.Page) error {
	w := writer{bufio.NewWriter(out), p.Lang}
	w.line(p.Title, strings.Repeat("=", export.Width(p.Title)))
	for _, b := range p.Banners {
		w.line(b.Text)
	}
	w.line(p.Message.Finding)
	if p.Message.Consequence != "" {
		w.line(p.Message.Consequence)
	}
	for _, s := range p.Sections {
		w.line("", s.Title, strings.Repeat("-", export.Width(s.Title)))
		if s.Lead != "" {
			w.line(s.Lead)
		}
		for _, b := range s.Blocks {
			w.block(b)
		}
	}
	w.line("", p.Footer.Company+" · "+p.Footer.AsOf+" · "+p.Footer.Run)
	return w.Flush()
}

type writer struct {
	*bufio.Writer
	lang *language.Language
}

func (w writer) line(lines ...string) {
	for _, s := range lines {
		_, _ = w.WriteString(strings.TrimRight(s, " ") + "\n") // Flush tells
	}
}

func (w writer) block(b view.Block) {
	switch {
	case b.KPIs != nil:
		w.figures(b.KPIs)
	case b.Chart != nil:
		w.table(b.Chart.Table, b.Chart.Subtitle, b.Chart.Insight)
	case b.Table != nil:
		w.table(*b.Table, b.Table.Subtitle, b.Table.Insight)
	case b.Note != nil:
		w.line(b.Note.Text)
	case b.Absent != nil:
		w.line("", b.Absent.Title+": "+b.Absent.Text)
	}
	for _, t := range b.Terms {
		w.line(t.Name + ": " + t.Definition)
	}
}

// figures writes a key figure a line: name, value, change, note.
func (w writer) figures(row *view.KPIRow) {
	var cells [][]string
	for _, k := range row.Items {
		value := view.Show(w.lang, k.Value, k.Format)
		if k.Unit != "" && k.Value.Has() {
			value += " " + k.Unit
		}
		change := ""
		if k.Relative.Has() {
			change = view.Show(w.lang, k.Relative, view.Pct().Change()) + " " + k.Versus
		}
		cells = append(cells, []string{k.Label, value, change, k.Note})
	}
	w.grid(cells, []bool{false, true, true, false})
}

// table writes a table with its title, and its footnotes below.
func (w writer) table(t view.Table, subtitle, insight string) {
	title := t.Title
	if subtitle != "" {
		title += " · " + subtitle
	}
	w.line("", title)
	if insight != "" {
		w.line(insight)
	}
	if len(t.Rows) == 0 {
		w.line("  " + t.Empty)
		return
	}
	head, right := make([]string, len(t.Columns)), make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = strings.TrimSpace(c.Label + " " + c.Unit)
	}
	cells := [][]string{head}
	for _, row := range t.Rows {
		texts := make([]string, len(row.Cells))
		for i, v := range row.Cells {
			texts[i] = view.Show(w.lang, v, t.Columns[i].Format)
			right[i] = right[i] || v.Has()
		}
		texts[0] = strings.Repeat("  ", row.Level) + texts[0]
		cells = append(cells, texts)
	}
	w.grid(cells, right)
	for _, note := range append([]string{t.Shown}, t.Footnotes...) {
		if note != "" {
			w.line("  * " + note)
		}
	}
}

// grid lays cells out in columns, numbers to the right.
func (w writer) grid(cells [][]string, right []bool) {
	widths := make([]int, len(right))
	for _, row := range cells {
		for i, s := range row {
			widths[i] = max(widths[i], export.Width(s))
		}
	}
	for _, row := range cells {
		var b strings.Builder
		for i, s := range row {
			room := strings.Repeat(" ", widths[i]-export.Width(s))
			if right[i] {
				s = room + s
			} else {
				s += room
			}
			b.WriteString("  " + s)
		}
		w.line(b.String())
	}
}
