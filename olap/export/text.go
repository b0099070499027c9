package export

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap"
	"verso/olap/engine"
)

// TextOptions say how a table is laid out for people.
type TextOptions struct {
	Width int    // columns of the screen; 0: as wide as needed
	Color bool   // bold headings and totals
	Lang  string // en (default) or zh
	Rows  int    // SQL results: rows shown at most; 0: 1,000
}

// WriteText writes an answer aligned for reading: headings in the language of
// the answer, numbers to the right with separators, totals marked, then the
// notes and a line with the as-of date, run and number of facts. What does not
// fit the width is shortened with "…" or counted below, never dropped unsaid.
func WriteText(w io.Writer, t *olap.Table, o TextOptions) error {
	words := wordsIn(o.Lang)
	g := &grid{max: o.Width, color: o.Color, left: words.columnsLeft, head: Headings(t.Columns)}
	for _, c := range t.Columns {
		g.right = append(g.right, c.Kind == "measure")
	}
	for _, r := range t.Rows {
		l := line{strong: t.IsTotal(r), ruled: t.IsTotal(r) && r.Level == 0 && len(t.Rows) > 1}
		for i, v := range r.Cells {
			text := clean(Format(v, t.Columns[i]))
			if t.IsTotal(r) && i == r.Level {
				text = words.total
				if r.Level > 0 {
					text = words.subtotal
				}
			}
			l.cells = append(l.cells, text)
		}
		g.rows = append(g.rows, l)
	}
	if len(t.Columns) > 0 {
		if err := g.write(w); err != nil {
			return err
		}
	}
	var b strings.Builder
	if len(t.Rows) == 0 {
		b.WriteString(words.nothing + "\n")
	}
	b.WriteString("\n")
	for _, note := range t.Notes {
		b.WriteString(clean(note) + "\n")
	}
	b.WriteString(words.caption(t) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Headings are the lines above the columns: one for each attribute on the
// column axis, its members written once over their columns, and the names.
func Headings(list []olap.Column) [][]string {
	depth := 0
	for _, c := range list {
		depth = max(depth, len(c.Members))
	}
	head := make([][]string, depth+1)
	for i := range head {
		head[i] = make([]string, len(list))
	}
	for i, c := range list {
		head[depth][i] = clean(c.Label)
		if c.Unit != "" && c.Format == "money" {
			head[depth][i] += " " + c.Unit
		}
		for d, m := range c.Members {
			if i == 0 || !sameMembers(list[i-1].Members, c.Members, d) {
				head[d][i] = clean(m)
			}
		}
	}
	return head
}

func sameMembers(a, b []string, depth int) bool {
	if len(a) <= depth {
		return false
	}
	for i := 0; i <= depth; i++ {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// words are what the text layout itself says.
type words struct {
	total, subtotal, nothing string
	columnsLeft              func(n int) string
	rowsLeft                 func(n int64) string
	rows                     func(n int64) string
	caption                  func(t *olap.Table) string
}

func wordsIn(lang string) words {
	if lang == "zh" {
		return words{total: "总计", subtotal: "小计", nothing: "没有符合条件的数据。",
			columnsLeft: func(n int) string {
				return fmt.Sprintf("右侧另有 %d 列未显示；加宽窗口，或用 --format csv。", n)
			},
			rowsLeft: func(n int64) string {
				return fmt.Sprintf("另有 %s 行未显示；用 --format csv 输出全部。", fixed(n, 0))
			},
			rows: func(n int64) string { return fixed(n, 0) + " 行" },
			caption: func(t *olap.Table) string {
				return fmt.Sprintf("截至 %s · 运行 %s · 基于 %s 条明细", t.AsOf, t.Run, fixed(t.Facts, 0))
			},
		}
	}
	return words{total: "Total", subtotal: "subtotal", nothing: "Nothing matches.",
		columnsLeft: func(n int) string {
			return plural(int64(n), "more column", "more columns") + " to the right not shown; widen the window, or use --format csv."
		},
		rowsLeft: func(n int64) string {
			return plural(n, "more row", "more rows") + " not shown; --format csv gives all."
		},
		rows: func(n int64) string { return plural(n, "row", "rows") },
		caption: func(t *olap.Table) string {
			return fmt.Sprintf("as of %s · run %s · %s behind it", t.AsOf, t.Run, plural(t.Facts, "fact row", "fact rows"))
		},
	}
}

// WriteRowsText writes the result of an SQL statement aligned for reading, up
// to the row limit; the rest is read, counted and reported. It releases r.
func WriteRowsText(ctx context.Context, w io.Writer, r array.RecordReader, o TextOptions) error {
	words := wordsIn(o.Lang)
	limit := o.Rows
	if limit <= 0 {
		limit = 1000
	}
	g := &grid{max: o.Width, color: o.Color, left: words.columnsLeft}
	var names []string
	for _, f := range r.Schema().Fields() {
		names = append(names, clean(f.Name))
		g.right = append(g.right, isNumber(f.Type))
	}
	g.head = [][]string{names}
	rows := int64(0)
	err := engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		for i := range int(batch.NumRows()) {
			if rows++; rows > int64(limit) {
				continue
			}
			cells := make([]string, batch.NumCols())
			for c := range cells {
				if v := engine.Value(batch.Column(c), i); v == nil {
					cells[c] = "NULL"
				} else {
					cells[c] = clean(Plain(v))
				}
			}
			g.rows = append(g.rows, line{cells: cells})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := g.write(w); err != nil {
		return err
	}
	last := words.rows(rows)
	if rows > int64(limit) {
		last += " · " + words.rowsLeft(rows-int64(limit))
	}
	_, err = io.WriteString(w, "\n"+last+"\n")
	return err
}

func isNumber(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32, arrow.UINT64,
		arrow.FLOAT32, arrow.FLOAT64, arrow.DECIMAL128, arrow.DECIMAL256:
		return true
	}
	return false
}

// Caption is the line under an answer: as-of date, run and number of facts.
func Caption(t *olap.Table, lang string) string { return wordsIn(lang).caption(t) }
