package olap

import (
	"fmt"
	"slices"
	"strings"
)

// Seen is the table as a reader has arranged it: the columns at these positions, in
// this order, and a note that names those left out. Columns of attributes all stay,
// first and in their order: without them rows would look alike that are not. An
// arrangement that is none is an error.
func (t *Table) Seen(at []int, lang string) (*Table, error) {
	attributes := 0
	for attributes < len(t.Columns) && t.Columns[attributes].Kind == "attribute" {
		attributes++
	}
	out := *t
	out.Columns, out.Rows = nil, make([]Row, len(t.Rows))
	used := make([]bool, len(t.Columns))
	for i, from := range at {
		switch {
		case from < 0 || from >= len(t.Columns):
			return nil, fmt.Errorf("there is no column %d: the answer has the columns 0 to %d", from, len(t.Columns)-1)
		case used[from]:
			return nil, fmt.Errorf("the column %d is named twice", from)
		case i < attributes && from != i:
			return nil, fmt.Errorf("the columns of attributes, 0 to %d, come first and in their order", attributes-1)
		}
		used[from] = true
		out.Columns = append(out.Columns, t.Columns[from])
	}
	if len(at) < attributes {
		return nil, fmt.Errorf("the columns of attributes, 0 to %d, come first and in their order", attributes-1)
	}
	for i, r := range t.Rows {
		cells := make([]any, len(at))
		for k, from := range at {
			cells[k] = r.Cells[from]
		}
		r.Cells = cells
		out.Rows[i] = r
	}
	if note := hiddenNote(t.Columns, used, lang); note != "" {
		out.Notes = append(slices.Clip(t.Notes), note)
	}
	return &out, nil
}

// hiddenNote names the columns that are not used, "" where all are.
func hiddenNote(columns []Column, used []bool, lang string) string {
	var hidden []string
	for i, c := range columns {
		if !used[i] {
			hidden = append(hidden, strings.Join(append(slices.Clone(c.Members), c.Label), " / "))
		}
	}
	switch {
	case len(hidden) == 0:
		return ""
	case lang == "zh":
		return "隐藏的列：" + strings.Join(hidden, "；")
	}
	return "Hidden columns: " + strings.Join(hidden, "; ")
}
