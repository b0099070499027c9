package html

import (
	"bytes"
	"encoding/csv"
	"strings"

	"verso/reports/view"
)

// File is a file that belongs to a page, by its path below the page's folder.
type File struct {
	Path string
	Data []byte
}

// Exports returns the CSV of every key-figure row, chart and table of a page, in
// the order of the page.
func Exports(p view.Page) []File {
	var out []File
	add := func(id string, t view.Table) {
		out = append(out, File{Path: csvPath(p.Slug, id), Data: tableCSV(p, t)})
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			switch {
			case b.KPIs != nil:
				add(b.KPIs.ID, kpiTable(*b.KPIs))
			case b.Chart != nil:
				t := b.Chart.Table
				if t.Title == "" {
					t.Title = b.Chart.Title
				}
				add(b.Chart.ID, t)
			case b.Table != nil:
				add(b.Table.ID, *b.Table)
			}
		}
	}
	return out
}

// csvPath is where a CSV stands, relative to its page.
func csvPath(slug, id string) string { return "data/" + slug + "-" + id + ".csv" }

// kpiTable lays a row of key figures out as a table, for export.
func kpiTable(k view.KPIRow) view.Table {
	t := view.Table{Title: k.Title, Columns: []view.Column{{Label: "measure"}, {Label: "unit"}, {Label: "value"},
		{Label: "previous"}, {Label: "change"}, {Label: "change_share"}, {Label: "trend", Visual: view.Spark, Months: k.Months}}}
	for _, item := range k.Items {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(item.Label), view.T(item.Unit), item.Value,
			item.Previous, item.Change, item.Relative, {Kind: view.Trend, Trend: item.Trend}}})
	}
	return t
}

// tableCSV writes the table with all decimals: header and rows first, so that
// programs can read it, then an empty line and where the numbers come from.
// It starts with a byte order mark, by which spreadsheets know UTF-8.
func tableCSV(p view.Page, t view.Table) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	var header []string
	for _, c := range t.Columns {
		if c.Visual == view.Spark {
			header = append(header, c.Months...)
			continue
		}
		name := c.Label
		if c.Format.Style == view.Decimal && c.Unit != "" {
			name += " (" + plainUnit(c.Unit) + ")"
		}
		header = append(header, harmless(name))
	}
	_ = w.Write(header)
	for _, row := range t.Rows {
		_ = w.Write(csvRow(t.Columns, row))
	}
	w.Flush()
	b.WriteString("\r\n")
	for _, line := range [][2]string{{"title", t.Title}, {"shown", t.Shown}, {"filter", t.Filters},
		{"period", p.Meta.Period}, {"as of", p.Footer.AsOf}, {"run", p.Footer.Run}} {
		if line[1] != "" {
			_ = w.Write([]string{line[0], harmless(line[1])})
		}
	}
	w.Flush()
	return b.Bytes()
}

// csvRow is one row as exact text.
func csvRow(columns []view.Column, row view.Row) []string {
	var out []string
	for i, c := range columns {
		var v view.Value
		if i < len(row.Cells) {
			v = row.Cells[i]
		}
		switch {
		case c.Visual == view.Spark:
			for k := range c.Months {
				text := ""
				if k < len(v.Trend) {
					text = v.Trend[k].ExactText()
				}
				out = append(out, text)
			}
		case v.Kind == view.Text:
			out = append(out, harmless(v.Text))
		default:
			out = append(out, v.ExactText())
		}
	}
	return out
}

// plainUnit is the unit of exact numbers: the magnitude of the shown ones is
// dropped with their scaling.
func plainUnit(unit string) string {
	fields := strings.Fields(unit)
	if len(fields) == 2 && (fields[1] == "k" || fields[1] == "m" || fields[1] == "bn") {
		return fields[0]
	}
	for _, m := range []string{"亿", "万"} {
		if rest, ok := strings.CutPrefix(unit, m); ok {
			return rest
		}
	}
	switch unit {
	case "k", "m", "bn":
		return ""
	}
	return unit
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
