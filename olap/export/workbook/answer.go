package workbook

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"verso/olap"
	"verso/olap/export"
)

// answer writes the first sheet: the answer as it is shown.
func (b *book) answer(t *olap.Table) error {
	sheet, err := b.file.NewStreamWriter(b.words.answer)
	if err != nil {
		return err
	}
	if b.title == "" {
		b.title = titleOf(t)
	}
	attributes := 0
	for i, c := range t.Columns {
		width := 14.0
		if c.Kind == "attribute" {
			width, attributes = textWidth(t, i), i+1
		}
		if err := sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	head := export.Headings(t.Columns)
	first := 4 + len(head) // the first row of the answer
	corner, err := excelize.CoordinatesToCellName(max(attributes, 1)+1, first)
	if err != nil {
		return err
	}
	err = sheet.SetPanes(&excelize.Panes{Freeze: true, XSplit: max(attributes, 1), YSplit: first - 1, TopLeftCell: corner, ActivePane: "bottomRight"})
	if err != nil {
		return err
	}
	if err := b.lines(sheet, 1, style{bold: true}, b.title); err != nil {
		return err
	}
	if err := b.lines(sheet, 2, style{italic: true}, export.Caption(t, b.words.lang)); err != nil {
		return err
	}
	if err := b.headings(sheet, t, head); err != nil {
		return err
	}
	rounded := 0
	for i, r := range t.Rows {
		n, err := b.row(sheet, t, r, first+i)
		if err != nil {
			return err
		}
		rounded += n
	}
	notes := t.Notes
	if rounded > 0 {
		notes = append(notes, fmt.Sprintf(b.words.rounded, rounded))
	}
	for i, note := range notes {
		if err := b.lines(sheet, first+len(t.Rows)+1+i, style{italic: true}, note); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return b.filter(t, first)
}

// filter puts Excel's filter buttons on the last heading.
func (b *book) filter(t *olap.Table, first int) error {
	if len(t.Rows) == 0 || len(t.Columns) == 0 {
		return nil
	}
	from, err := excelize.CoordinatesToCellName(1, first-1)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(len(t.Columns), first-1+len(t.Rows))
	if err != nil {
		return err
	}
	return b.file.AutoFilter(b.words.answer, from+":"+to, nil)
}

func titleOf(t *olap.Table) string {
	var names []string
	seen := map[string]bool{}
	for _, c := range t.Columns {
		if c.Kind == "measure" && !seen[c.Label] {
			seen[c.Label] = true
			names = append(names, c.Label)
		}
	}
	return strings.Join(names, ", ")
}

// textWidth fits a column to the longest of its texts, within reason.
func textWidth(t *olap.Table, column int) float64 {
	widest := export.Width(t.Columns[column].Label)
	for _, r := range t.Rows {
		widest = max(widest, export.Width(export.Format(r.Cells[column], t.Columns[column])))
	}
	return float64(min(max(widest+2, 10), 60))
}

func (b *book) lines(sheet *excelize.StreamWriter, row int, s style, text string) error {
	id, err := b.style(s)
	if err != nil {
		return err
	}
	return sheet.SetRow(fmt.Sprintf("A%d", row), []any{excelize.Cell{StyleID: id, Value: cut(text)}})
}

// headings writes the members of the column axis over their columns, and the
// names with their units.
func (b *book) headings(sheet *excelize.StreamWriter, t *olap.Table, head [][]string) error {
	for depth, names := range head {
		cells := make([]any, len(names))
		for i, name := range names {
			id, err := b.style(style{bold: true, head: depth == len(head)-1, right: t.Columns[i].Kind == "measure" && depth == len(head)-1})
			if err != nil {
				return err
			}
			cells[i] = excelize.Cell{StyleID: id, Value: name}
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", 4+depth), cells); err != nil {
			return err
		}
		if depth < len(head)-1 {
			if err := mergeEqual(sheet, names, t.Columns, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// mergeEqual joins the cells of one member, which export.Headings names once.
func mergeEqual(sheet *excelize.StreamWriter, names []string, columns []olap.Column, depth int) error {
	for i := 0; i < len(names); {
		end := i + 1
		for end < len(names) && names[end] == "" && len(columns[end].Members) > depth && len(columns[i].Members) > depth {
			end++
		}
		if end > i+1 && names[i] != "" {
			from, err := excelize.CoordinatesToCellName(i+1, 4+depth)
			if err != nil {
				return err
			}
			to, err := excelize.CoordinatesToCellName(end, 4+depth)
			if err != nil {
				return err
			}
			if err := sheet.MergeCell(from, to); err != nil {
				return err
			}
		}
		i = end
	}
	return nil
}

// row writes a row of the answer and counts the numbers that a sheet rounds.
func (b *book) row(sheet *excelize.StreamWriter, t *olap.Table, r olap.Row, at int) (rounded int, err error) {
	total := t.IsTotal(r)
	cells := make([]any, len(r.Cells))
	for i, v := range r.Cells {
		c := t.Columns[i]
		s := style{bold: total, ruled: total, italic: r.Other, format: numberFormat(c)}
		var value any
		switch x := v.(type) {
		case nil:
			if total && i == r.Level && c.Kind == "attribute" {
				value = b.words.total
				if r.Level > 0 {
					value = b.words.subtotal
				}
			}
		case string:
			value, s.format = cut(x), ""
			s.right = c.Kind == "measure"
		case time.Time:
			value = x
		case bool:
			value = x
		default:
			held, exact := number(v)
			if value = held; !exact {
				rounded++
			}
			if c.Kind == "attribute" {
				value, s.format = export.Plain(v), "" // years are names, not numbers to add up
			}
		}
		id, err := b.style(s)
		if err != nil {
			return 0, err
		}
		cells[i] = excelize.Cell{StyleID: id, Value: value}
	}
	depth := 0
	if n := len(t.Query.Rows); t.Query.Totals.Rows && n > 1 {
		depth = max(0, r.Level-1)
	}
	return rounded, sheet.SetRow(fmt.Sprintf("A%d", at), cells, excelize.RowOpts{OutlineLevel: min(depth, 7)})
}

// question writes the sheet that says what was asked of what.
func (b *book) question(t *olap.Table) error {
	name := b.words.question
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	query, err := json.Marshal(t.Query)
	if err != nil {
		return err
	}
	sheet, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sheet.SetColWidth(1, 1, 18); err != nil {
		return err
	}
	if err := sheet.SetColWidth(2, 2, 100); err != nil {
		return err
	}
	lines := [][2]string{{b.words.asOf, t.AsOf}, {b.words.run, t.Run}, {b.words.facts, fmt.Sprint(t.Facts)}, {b.words.query, string(query)}}
	for _, n := range t.Notes {
		lines = append(lines, [2]string{b.words.note, n})
	}
	for i, l := range lines {
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+1), []any{l[0], cut(l[1])}); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// words are what the workbook itself says.
type words struct {
	lang, answer, question, data, pivot    string
	total, subtotal                        string
	asOf, run, facts, query, note, rounded string
	leftOut, noPivot                       string
}

func wordsIn(lang string) words {
	if lang == "zh" {
		return words{lang: "zh", answer: "结果", question: "查询", data: "数据", pivot: "透视表", total: "总计", subtotal: "小计",
			asOf: "数据截至", run: "运行", facts: "明细行数", query: "查询", note: "说明",
			rounded: "有 %d 个数值超过 15 位有效数字，Excel 只保留 15 位。",
			leftOut: "不可相加、因此未列入透视表的指标：%s。", noPivot: "没有可由 Excel 相加的指标，因此没有透视表；结果表中的合计均按各自层级计算。"}
	}
	return words{lang: "en", answer: "Answer", question: "Question", data: "Data", pivot: "Pivot", total: "Total", subtotal: "subtotal",
		asOf: "Data as of", run: "Run", facts: "Fact rows", query: "Query", note: "Note",
		rounded: "%d numbers have more than 15 digits, of which Excel keeps 15.",
		leftOut: "Not in the pivot, because adding them up would be wrong: %s.", noPivot: "None of the measures can be added up, so there is no pivot; the totals of the answer are computed at their own levels."}
}
