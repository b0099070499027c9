package export

import (
	"bufio"
	"context"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap"
	"verso/olap/engine"
)

// WriteCSV writes an answer as RFC 4180 CSV in UTF-8: a heading line, raw
// values, CRLF. A column under members of the column axis is headed
// "member / member / measure". An answer that may hold totals or others has a
// leading column "level": row, subtotal, others or total. Missing values are
// empty, empty text is "".
func WriteCSV(w io.Writer, t *olap.Table) error {
	c := &csvWriter{w: bufio.NewWriter(w)}
	head := headers(t.Columns)
	if marked(t) {
		head = append([]string{"level"}, head...)
	}
	for _, name := range head {
		c.field(name, false)
	}
	_ = c.end() // Flush tells
	for _, r := range t.Rows {
		if marked(t) {
			c.field(levelOf(t, r), false)
		}
		for _, v := range r.Cells {
			c.field(Plain(v), v == nil)
		}
		_ = c.end()
	}
	return c.w.Flush()
}

// WriteNotesCSV writes the notes of an answer behind its rows: an empty line, then
// a line "note" and its text for each.
func WriteNotesCSV(w io.Writer, t *olap.Table) error {
	c := &csvWriter{w: bufio.NewWriter(w)}
	for i, note := range t.Notes {
		if i == 0 {
			_ = c.end() // Flush tells
		}
		c.field("note", false)
		c.field(note, false)
		_ = c.end()
	}
	return c.w.Flush()
}

// WriteRowsCSV streams the result of an SQL statement as CSV, laid out as by
// WriteCSV. It releases r.
func WriteRowsCSV(ctx context.Context, w io.Writer, r array.RecordReader) error {
	c := &csvWriter{w: bufio.NewWriterSize(w, 1<<16)}
	for _, f := range r.Schema().Fields() {
		c.field(f.Name, false)
	}
	_ = c.end() // Flush tells
	err := engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		for i := range int(batch.NumRows()) {
			for _, column := range batch.Columns() {
				v := engine.Value(column, i)
				c.field(Plain(v), v == nil)
			}
			if err := c.end(); err != nil {
				return err // the writer is gone: stop reading
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.w.Flush()
}

type csvWriter struct {
	w     *bufio.Writer
	later bool // not the first field of its line
}

func (c *csvWriter) field(text string, missing bool) {
	if c.later {
		c.w.WriteByte(',')
	}
	c.later = true
	if text == "" && !missing || strings.ContainsAny(text, ",\"\r\n") || text != strings.TrimSpace(text) {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	c.w.WriteString(text)
}

// end ends the line and reports an error of an earlier write.
func (c *csvWriter) end() error {
	c.later = false
	_, err := c.w.WriteString("\r\n")
	return err
}
