// Package workbook writes answers as XLSX: a sheet that shows exactly what the
// answer shows, the question behind it, and on request a native PivotTable over
// a sheet of the plain rows.
package workbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/xuri/excelize/v2"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/export"
)

// Options say what a workbook holds beside the answer.
type Options struct {
	Lang  string // en (default) or zh
	Title string // above the answer; "": the names of its measures
	Pivot bool   // add the sheets Data and Pivot
}

// TooLargeError is a result that a sheet cannot hold.
type TooLargeError struct {
	What       string // rows or columns
	Got, Limit int64
}

// Error gives both counts and what to use instead.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("xlsx: %d %s, and a sheet holds %d; use csv, parquet or arrow", e.Got, e.What, e.Limit)
}

// The limits of a sheet, less what is written around the answer.
const (
	maxRows    = excelize.TotalRows - 100
	maxColumns = excelize.MaxColumns
)

// Write writes an answer. The sheet holds the title, the as-of line, the
// headings with their units, every row with its numbers and formats, totals
// marked and grouped, and the notes; numbers are numbers, text is never a
// formula. The same answer gives the same bytes.
func Write(w io.Writer, t *olap.Table, o Options) error {
	switch {
	case len(t.Rows) > maxRows:
		return &TooLargeError{"rows", int64(len(t.Rows)), maxRows}
	case len(t.Columns) > maxColumns:
		return &TooLargeError{"columns", int64(len(t.Columns)), maxColumns}
	}
	b, err := newBook(o)
	if err != nil {
		return err
	}
	defer b.file.Close()
	if err := errors.Join(b.answer(t), b.question(t)); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	if o.Pivot {
		if err := b.pivot(t); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
	}
	return b.save(w, t.AsOf)
}

// book is a workbook in the making.
type book struct {
	file   *excelize.File
	words  words
	title  string
	styles map[style]int
}

func newBook(o Options) (*book, error) {
	b := &book{file: excelize.NewFile(), words: wordsIn(o.Lang), title: o.Title, styles: map[style]int{}}
	return b, b.file.SetSheetName("Sheet1", b.words.answer)
}

// save writes the file; its dates are the as-of date's.
func (b *book) save(w io.Writer, asOf string) error {
	if asOf == "" {
		asOf = "2000-01-01"
	}
	stamp := asOf + "T00:00:00Z"
	if err := b.file.SetDocProps(&excelize.DocProperties{Creator: "verso", LastModifiedBy: "verso", Created: stamp, Modified: stamp, Title: b.title}); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	var packed bytes.Buffer
	if _, err := b.file.WriteTo(&packed); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return sorted(w, packed.Bytes())
}

// style is how a cell looks.
type style struct {
	format string // number format
	bold   bool
	italic bool
	ruled  bool // a line above
	right  bool
	head   bool
	indent int
}

func (b *book) style(s style) (int, error) {
	if id, known := b.styles[s]; known {
		return id, nil
	}
	x := &excelize.Style{Font: &excelize.Font{Bold: s.bold, Italic: s.italic}, Alignment: &excelize.Alignment{Indent: s.indent}}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	if s.right {
		x.Alignment.Horizontal = "right"
	}
	if s.ruled {
		x.Border = append(x.Border, excelize.Border{Type: "top", Color: "808080", Style: 1})
	}
	if s.head {
		x.Border = append(x.Border, excelize.Border{Type: "bottom", Color: "808080", Style: 1})
		x.Alignment.WrapText, x.Alignment.Vertical = true, "bottom"
	}
	id, err := b.file.NewStyle(x)
	b.styles[s] = id
	return id, err
}

// numberFormat is Excel's format for a column of numbers.
func numberFormat(c olap.Column) string {
	if c.Kind != "measure" {
		if c.Type == "date" {
			return "yyyy-mm-dd"
		}
		return ""
	}
	decimals := map[string]string{"money": "00", "ratio": "00", "decimal": "00", "percent": "0", "points": "0", "hours": "0"}[c.Format]
	if c.Digits > 0 {
		decimals = strings.Repeat("0", c.Digits)
	}
	switch c.Format {
	case "money", "ratio", "decimal", "hours":
		return "#,##0." + decimals
	case "percent", "points":
		return "0." + decimals + "%"
	case "integer", "days":
		return "#,##0"
	case "date":
		return "yyyy-mm-dd"
	}
	return ""
}

// number is a value as a sheet holds it. Excel keeps 15 digits of a number;
// exact tells whether they suffice.
func number(v any) (cell any, exact bool) {
	switch n := v.(type) {
	case int64:
		return n, n < 1e15 && n > -1e15
	case engine.Decimal:
		digits := strings.Trim(strings.Replace(strings.TrimLeft(n.String(), "-0."), ".", "", 1), "0")
		return n.Float64(), len(digits) <= 15
	}
	return v, true
}

// WriteRows streams the result of an SQL statement as one sheet and releases
// it. A result of more rows than a sheet holds is a *TooLargeError; what was
// written until then is to be thrown away.
func WriteRows(ctx context.Context, w io.Writer, r array.RecordReader, o Options) error {
	b, err := newBook(o)
	if err != nil {
		r.Release()
		return err
	}
	defer b.file.Close()
	sheet, err := b.file.NewStreamWriter(b.words.answer)
	if err != nil {
		r.Release()
		return fmt.Errorf("xlsx: %w", err)
	}
	fields := r.Schema().Fields()
	if len(fields) > maxColumns {
		r.Release()
		return &TooLargeError{"columns", int64(len(fields)), maxColumns}
	}
	if err := b.rowsHead(sheet, fields); err != nil {
		r.Release()
		return fmt.Errorf("xlsx: %w", err)
	}
	n := int64(0)
	err = engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		return b.rowsBatch(sheet, batch, &n)
	})
	if err != nil {
		return err
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return b.save(w, "")
}

func (b *book) rowsHead(sheet *excelize.StreamWriter, fields []arrow.Field) error {
	head, err := b.style(style{bold: true, head: true})
	if err != nil {
		return err
	}
	cells := make([]any, len(fields))
	for i, f := range fields {
		cells[i] = excelize.Cell{StyleID: head, Value: export.Clean(f.Name)}
		if err := sheet.SetColWidth(i+1, i+1, 16); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return sheet.SetRow("A1", cells)
}

func (b *book) rowsBatch(sheet *excelize.StreamWriter, batch arrow.RecordBatch, n *int64) error {
	date, err := b.style(style{format: "yyyy-mm-dd"})
	if err != nil {
		return err
	}
	instant, err := b.style(style{format: "yyyy-mm-dd hh:mm:ss"})
	if err != nil {
		return err
	}
	cells := make([]any, batch.NumCols())
	for i := range int(batch.NumRows()) {
		if *n++; *n > maxRows {
			return &TooLargeError{"rows or more", *n, maxRows}
		}
		for c, column := range batch.Columns() {
			v := engine.Value(column, i)
			cells[c], _ = number(v)
			switch column.DataType().ID() {
			case arrow.DATE32, arrow.DATE64:
				cells[c] = excelize.Cell{StyleID: date, Value: v}
			case arrow.TIMESTAMP:
				cells[c] = excelize.Cell{StyleID: instant, Value: v}
			}
			if text, isText := v.(string); isText {
				cells[c] = cut(text)
			}
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", *n+1), cells); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
	}
	return nil
}

// cut shortens text that a cell cannot hold and says so.
func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= excelize.TotalCellChars {
		return export.Clean(text)
	}
	mark := fmt.Sprintf("… (%d characters)", len(runes))
	return export.Clean(string(runes[:excelize.TotalCellChars-len([]rune(mark))]) + mark)
}
