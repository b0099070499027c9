package workbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"verso/olap"
	"verso/olap/export"
)

// pivot adds the plain rows of the answer as a sheet, one line for each
// combination of members, and a PivotTable over it. Excel adds the lines up, so
// only measures that may be added up are in it; the others are named.
func (b *book) pivot(t *olap.Table) error {
	p := newPivot(t)
	data, pivot := b.words.data, b.words.pivot
	for _, name := range []string{data, pivot} {
		if _, err := b.file.NewSheet(name); err != nil {
			return err
		}
	}
	if len(p.left) > 0 {
		if err := b.file.SetCellStr(pivot, "A1", fmt.Sprintf(b.words.leftOut, strings.Join(p.left, ", "))); err != nil {
			return err
		}
	}
	if len(p.measures) == 0 || len(p.lines) == 0 || len(p.rows)+len(p.columns) == 0 {
		return b.file.SetCellStr(pivot, "A1", b.words.noPivot)
	}
	if len(p.lines) > maxRows {
		return &TooLargeError{"rows", int64(len(p.lines)), maxRows}
	}
	// The header must be there before the table that refers to it, and the table
	// before the sheet is streamed.
	if err := b.file.SetSheetRow(data, "A1", &p.head); err != nil {
		return err
	}
	if err := b.addPivotTable(p); err != nil {
		return err
	}
	sheet, err := b.file.NewStreamWriter(data)
	if err != nil {
		return err
	}
	head := make([]any, len(p.head))
	for i, name := range p.head {
		head[i] = name
	}
	if err := sheet.SetRow("A1", head); err != nil {
		return err
	}
	for i, cells := range p.lines {
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func (b *book) addPivotTable(p *pivotData) error {
	last, err := excelize.CoordinatesToCellName(len(p.head), len(p.lines)+1, true)
	if err != nil {
		return err
	}
	options := &excelize.PivotTableOptions{
		DataRange:       fmt.Sprintf("%s!$A$1:%s", b.words.data, last),
		PivotTableRange: fmt.Sprintf("%s!$A$3:$Z$%d", b.words.pivot, 40),
		RowGrandTotals:  true, ColGrandTotals: true, ShowDrill: true, ShowRowHeaders: true, ShowColHeaders: true, ShowLastColumn: true,
	}
	for _, name := range p.rows {
		options.Rows = append(options.Rows, excelize.PivotTableField{Data: name, DefaultSubtotal: true})
	}
	for _, name := range p.columns {
		options.Columns = append(options.Columns, excelize.PivotTableField{Data: name, DefaultSubtotal: true})
	}
	for _, m := range p.measures {
		options.Data = append(options.Data, excelize.PivotTableField{Data: m.name, Name: "Σ " + m.name, Subtotal: m.subtotal, NumFmt: m.format})
	}
	return b.file.AddPivotTable(options)
}

// pivotData is the answer as plain lines.
type pivotData struct {
	rows, columns []string // fields of the axes
	measures      []pivotMeasure
	left          []string // measures that may not be added up
	head          []string
	lines         [][]any
}

type pivotMeasure struct {
	name, subtotal string
	format         int    // Excel's number of the format
	ref            string // as in the answer's columns
}

// newPivot lays the finest rows out under the finest columns.
func newPivot(t *olap.Table) *pivotData {
	p := &pivotData{}
	for _, c := range t.Columns {
		if c.Kind == "attribute" {
			p.rows = append(p.rows, c.Label)
		}
	}
	p.columns = slices.Clone(t.Query.Columns)
	p.findMeasures(t)
	p.head = unique(slices.Concat(p.rows, p.columns, p.measureNames()))
	// The fields go by the names that the sheet has.
	p.rows, p.columns = p.head[:len(p.rows)], p.head[len(p.rows):len(p.rows)+len(p.columns)]
	for i := range p.measures {
		p.measures[i].name = p.head[len(p.rows)+len(p.columns)+i]
	}
	for _, r := range t.Rows {
		if t.IsTotal(r) || r.Calculated { // their facts are in other lines too
			continue
		}
		p.addLines(t, r)
	}
	return p
}

func (p *pivotData) findMeasures(t *olap.Table) {
	subtotals := map[string]string{"sum": "Sum", "min": "Min", "max": "Max"}
	seen := map[string]bool{}
	for _, c := range t.Columns {
		if c.Kind != "measure" || seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		if subtotals[c.Adds] == "" {
			p.left = append(p.left, c.Label)
			continue
		}
		format := 3 // #,##0
		if c.Format == "money" || c.Format == "ratio" {
			format = 4 // #,##0.00
		}
		p.measures = append(p.measures, pivotMeasure{name: c.Label, subtotal: subtotals[c.Adds], format: format, ref: c.Name})
	}
}

func (p *pivotData) measureNames() (names []string) {
	for _, m := range p.measures {
		names = append(names, m.name)
	}
	return names
}

// addLines adds a line for each combination of members of the columns.
func (p *pivotData) addLines(t *olap.Table, r olap.Row) {
	var heads []any
	for i, c := range t.Columns {
		if c.Kind == "attribute" {
			heads = append(heads, cut(export.Plain(r.Cells[i])))
		}
	}
	type line struct {
		members []string
		values  map[string]any
	}
	var lines []*line
	at := map[string]*line{}
	for i, c := range t.Columns {
		if c.Kind != "measure" || c.Total || c.Calculated {
			continue
		}
		id := strings.Join(c.Keys, "\x00")
		if at[id] == nil {
			at[id] = &line{c.Members, map[string]any{}}
			lines = append(lines, at[id])
		}
		at[id].values[c.Name] = r.Cells[i]
	}
	for _, l := range lines {
		cells := slices.Clone(heads)
		for _, m := range l.members {
			cells = append(cells, cut(m))
		}
		some := false
		for _, m := range p.measures {
			value, _ := number(l.values[m.ref])
			some = some || value != nil
			cells = append(cells, value)
		}
		if some {
			p.lines = append(p.lines, cells)
		}
	}
}

// unique numbers names that are there already: a PivotTable needs them apart.
func unique(names []string) []string {
	seen := map[string]bool{}
	for i, name := range names {
		one := name
		for n := 2; seen[strings.ToLower(one)]; n++ {
			one = fmt.Sprintf("%s %d", name, n)
		}
		seen[strings.ToLower(one)] = true
		names[i] = one
	}
	return names
}
