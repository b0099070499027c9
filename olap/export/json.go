package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
)

type jsonTable struct {
	Query   cube.Query   `json:"query"`
	AsOf    string       `json:"as_of"`
	Run     string       `json:"run"`
	Facts   int64        `json:"facts"`
	Notes   []string     `json:"notes"`
	Columns []jsonColumn `json:"columns"`
	Rows    []jsonRow    `json:"rows"`
}

type jsonColumn struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Kind    string   `json:"kind"`
	Type    string   `json:"type"`
	Unit    string   `json:"unit,omitempty"`
	Format  string   `json:"format"`
	Members []string `json:"members,omitempty"`
	Total   bool     `json:"total,omitempty"`
	Digits  int      `json:"digits,omitempty"`
	About   bool     `json:"approximate,omitempty"`
}

type jsonRow struct {
	Level string `json:"level"`
	Given int    `json:"given"` // row attributes that the row gives
	Cells []any  `json:"cells"`
}

// WriteJSON writes an answer as one object: the query, as_of, run, facts,
// notes, columns, and rows with level (row, subtotal, others, total) and cells.
// Decimals keep all their digits, dates are ISO text, missing values null.
func WriteJSON(w io.Writer, t *olap.Table) error {
	out := jsonTable{Query: t.Query, AsOf: t.AsOf, Run: t.Run, Facts: t.Facts, Notes: t.Notes,
		Columns: []jsonColumn{}, Rows: []jsonRow{}}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, jsonColumn{c.Name, c.Label, c.Kind, c.Type, c.Unit, c.Format, c.Members, c.Total, c.Digits, c.Approximate})
	}
	for _, r := range t.Rows {
		row := jsonRow{Level: levelOf(t, r), Given: r.Level, Cells: make([]any, len(r.Cells))}
		for i, v := range r.Cells {
			row.Cells[i] = jsonValue(v)
		}
		out.Rows = append(out.Rows, row)
	}
	return writeTable(bufio.NewWriter(w), out)
}

// writeTable writes one key, column and row a line.
func writeTable(w *bufio.Writer, t jsonTable) error {
	lead := "{\n"
	add := func(key string, value any) error {
		text, err := marshal(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s%q: %s", lead, key, text)
		lead = ",\n"
		return nil
	}
	err := errors.Join(add("query", t.Query), add("as_of", t.AsOf), add("run", t.Run), add("facts", t.Facts), add("notes", t.Notes))
	list := func(key string, n int, item func(i int) any) {
		lead = ",\n" + fmt.Sprintf("%q: [", key) + "\n"
		for i := range n {
			text, itemErr := marshal(item(i))
			err = errors.Join(err, itemErr)
			w.WriteString(lead)
			w.Write(text)
			lead = ",\n"
		}
		if n == 0 {
			w.WriteString(lead)
		}
		w.WriteString("\n]")
	}
	list("columns", len(t.Columns), func(i int) any { return t.Columns[i] })
	list("rows", len(t.Rows), func(i int) any { return t.Rows[i] })
	w.WriteString("\n}\n")
	return errors.Join(err, w.Flush())
}

// jsonValue is a value as encoding/json writes it exactly.
func jsonValue(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, uint64, string:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case engine.Decimal:
		return json.Number(v.String())
	}
	return engine.Text(v)
}

// WriteRowsJSON streams the result of an SQL statement as an array of objects,
// one a line, keys in the order of the columns; of columns with one name the
// later are numbered. It releases r.
func WriteRowsJSON(ctx context.Context, w io.Writer, r array.RecordReader) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var keys [][]byte
	for _, name := range columnNames(r.Schema()) {
		key, err := marshal(name)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	lead := "[\n"
	err := engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		for i := range int(batch.NumRows()) {
			out.WriteString(lead + "{")
			lead = ",\n"
			for c, column := range batch.Columns() {
				value, err := marshal(jsonValue(engine.Value(column, i)))
				if err != nil {
					return err
				}
				if c > 0 {
					out.WriteByte(',')
				}
				out.Write(keys[c])
				out.WriteByte(':')
				out.Write(value)
			}
			if err := out.WriteByte('}'); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if lead == "[\n" {
		out.WriteString("[")
	}
	out.WriteString("\n]\n")
	return out.Flush()
}

func columnNames(s *arrow.Schema) []string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return distinct(names)
}

// marshal writes a value without escaping what only HTML minds.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
