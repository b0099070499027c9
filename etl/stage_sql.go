package etl

import (
	"fmt"
	"strconv"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// Kinds of faults a row can have; a fault code is column ordinal × 10 + kind.
const (
	faultUnreadable = 1
	faultMissing    = 2
	faultBelow      = 3
	faultAbove      = 4
	faultValue      = 5
)

// Working columns of a stage table while it is being filled; dropped after.
const (
	colBad   = "_bad"   // INTEGER fault code, null for good rows
	colValue = "_value" // VARCHAR the offending value as it was
	colRaw   = "_raw"   // VARCHAR the row as JSON, where the landed row cannot be found again
	colNote  = "_note"  // BIGINT bit set of columns whose value was rounded or dropped
)

// staging is what one staging statement is generated from.
type staging struct {
	table   *canon.Table
	source  string            // name in verso.yaml
	from    string            // FROM text that yields the mapped columns
	columns map[string]mapped // by canonical name
	hasRow  bool              // from has a column _row
	textIDs bool
	decimal string             // decimal separator of the source
	how     map[string]reading // by canonical name
	offset  int64              // rows staged before, for numbering
	prefix  string             // of numbers in text ids; "" for none
	count   bool               // numbers count the rows of from: _row may repeat
}

// mapped is the source side of one column.
type mapped struct {
	name string // column in from
	kind string // its engine type
}

func q(name string) string { return engine.QuoteIdent(name) }

func stageName(table string) string { return `stage.` + q(table) }

func quarantineName(table string) string { return `quarantine.` + q(table) }

// createStage is the table that a canonical table is staged into.
func createStage(t *canon.Table, textIDs, working bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", stageName(t.Name))
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "\n  %s %s,", q(c.Name), engineType(c.Type, textIDs))
	}
	b.WriteString("\n  \"source\" VARCHAR,\n  \"_row\" BIGINT")
	if working {
		b.WriteString(",\n  \"_bad\" INTEGER,\n  \"_value\" VARCHAR,\n  \"_raw\" VARCHAR,\n  \"_note\" BIGINT")
	}
	b.WriteString("\n)")
	return b.String()
}

// insert is the statement that types every row of one mapping in one pass: good
// and bad rows alike, the bad ones marked.
func (s *staging) insert() string {
	cells := s.cells()
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (", stageName(s.table.Name))
	for _, c := range s.table.Columns {
		b.WriteString(q(c.Name) + ", ")
	}
	b.WriteString("\"source\", \"_row\", \"_bad\", \"_value\", \"_raw\", \"_note\")\n")
	b.WriteString("SELECT ")
	for i, c := range s.table.Columns {
		fmt.Fprintf(&b, "%s AS %s,\n  ", s.output(i, c, cells), q(c.Name))
	}
	row := `"_row"`
	if !s.hasRow {
		row = "CAST(NULL AS BIGINT)"
	}
	fmt.Fprintf(&b, "%s AS \"source\", %s AS \"_row\", \"_bad\",\n  %s AS \"_value\",\n  %s AS \"_raw\",\n  %s AS \"_note\"\nFROM (\n%s\n) AS w",
		engine.QuoteText(s.source), row, s.offending(cells), s.rawJSON(cells), s.notes(cells), s.judged(cells))
	return b.String()
}

// cells are the cells of the mapped columns, by ordinal; unmapped are nil.
func (s *staging) cells() []*cell {
	out := make([]*cell, len(s.table.Columns))
	for i, col := range s.table.Columns {
		m, ok := s.columns[col.Name]
		if !ok {
			continue
		}
		c := newCell(col, "m."+q(m.name), m.kind, s.how[col.Name])
		out[i] = &c
	}
	return out
}

// output is the value of column i in the stage table: the typed value, or for
// an unmapped column its number, its default or null.
func (s *staging) output(i int, c canon.Column, cells []*cell) string {
	if cells[i] != nil {
		return at("v", i)
	}
	t := engineType(c.Type, s.textIDs)
	switch {
	case c.Numbered && c.Type == canon.Integer:
		if k := s.within(cells); k >= 0 {
			return fmt.Sprintf("CAST(row_number() OVER (PARTITION BY %s ORDER BY \"_n\") AS %s)", at("v", k), t)
		}
		return fmt.Sprintf(`CAST("_n" + 1 AS %s)`, t)
	case c.Numbered && t == "VARCHAR":
		return fmt.Sprintf(`%s || CAST("_n" + 1 AS VARCHAR)`, engine.QuoteText(s.prefix))
	case c.Numbered:
		return fmt.Sprintf(`CAST("_n" + %d AS %s)`, s.offset+1, t)
	case c.Name == "source_system":
		return engine.QuoteText(s.source)
	case c.Default != "":
		return fmt.Sprintf("CAST(%s AS %s)", engine.QuoteText(c.Default), t)
	}
	return fmt.Sprintf("CAST(NULL AS %s)", t)
}

// within is the ordinal of the parent that numbered lines are counted in: the
// first mapped required reference; -1 for none.
func (s *staging) within(cells []*cell) int {
	for i, c := range s.table.Columns {
		if c.Required && c.References != "" && cells[i] != nil {
			return i
		}
	}
	return -1
}

// numbered reports whether any unmapped column counts rows.
func (s *staging) numbered() bool {
	for _, c := range s.table.Columns {
		if _, ok := s.columns[c.Name]; c.Numbered && !ok {
			return true
		}
	}
	return false
}

func at(letter string, i int) string { return letter + strconv.Itoa(i) }

// inCell puts the names of column i into a cell's expression.
func inCell(expression string, i int) string {
	return strings.NewReplacer("{r}", at("r", i), "{c}", at("c", i)).Replace(expression)
}

// layer writes one nested SELECT over the one before: every column so far plus
// new ones.
func layer(inner string, carried, fresh []string) string {
	return "SELECT " + strings.Join(append(append([]string(nil), carried...), fresh...), ",\n  ") + "\nFROM (\n" + inner + "\n) AS w"
}

// judged is the nest of SELECTs raw → cast → cleaned → value → fault.
func (s *staging) judged(cells []*cell) string {
	inner, carried := s.rawLayer(cells)
	var casts, cleans, values []string
	for i, c := range cells {
		if c == nil {
			continue
		}
		casts = append(casts, inCell(c.cast, i)+" AS "+at("c", i))
		if c.norm != "" {
			cleans = append(cleans, fmt.Sprintf("CASE WHEN %[1]s IS NULL OR (%[2]s) THEN NULL ELSE %[3]s END AS %[4]s",
				at("r", i), inCell(c.guard, i), inCell(c.norm, i), at("n", i)))
			values = append(values, fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN NULL WHEN %[2]s IS NULL THEN %[3]s ELSE %[4]s END AS %[5]s",
				at("r", i), at("n", i), inCell(c.final, i), c.slow(at("n", i)), at("v", i)))
		} else {
			values = append(values, inCell(c.final, i)+" AS "+at("v", i))
		}
	}
	inner = layer(inner, carried, casts)
	with := append([]string(nil), carried...)
	for i, c := range cells {
		if c != nil {
			with = append(with, at("c", i))
		}
	}
	inner = layer(inner, with, cleans)
	for i, c := range cells {
		if c != nil && c.norm != "" {
			with = append(with, at("n", i))
		}
	}
	inner = layer(inner, with, values)
	out := append([]string(nil), carried...)
	for i, c := range cells {
		if c != nil {
			out = append(out, at("v", i))
		}
	}
	return layer(inner, out, []string{s.fault(cells) + " AS \"_bad\""})
}

// rawLayer selects the mapped source columns.
func (s *staging) rawLayer(cells []*cell) (sql string, names []string) {
	var list []string
	for i, c := range cells {
		if c != nil {
			list = append(list, c.raw+" AS "+at("r", i))
			names = append(names, at("r", i))
		}
	}
	if s.hasRow {
		list, names = append(list, `m."_row" AS "_row"`), append(names, `"_row"`)
	}
	if s.numbered() {
		n := `m."_row"`
		if !s.hasRow || s.count {
			n = "row_number() OVER () - 1"
		}
		list, names = append(list, n+` AS "_n"`), append(names, `"_n"`)
	}
	return "SELECT " + strings.Join(list, ",\n  ") + "\nFROM " + s.from + " AS m", names
}

// fault is the code of the first fault of a row, in column order.
func (s *staging) fault(cells []*cell) string {
	var b strings.Builder
	for i, c := range cells {
		if c == nil {
			continue
		}
		v, n, code := at("v", i), at("n", i), i*10
		required := mustHave(s.table, c.column)
		if c.norm != "" {
			switch {
			case c.column.Values == nil:
				fmt.Fprintf(&b, "\n    WHEN %s IS NULL AND %s IS NOT NULL AND lower(%s) NOT IN (%s) THEN %d", v, n, n, quotedList(c.blanks), code+faultUnreadable)
			case c.column.Required:
				fmt.Fprintf(&b, "\n    WHEN %s IS NULL AND %s IS NOT NULL AND %s NOT IN (%s) THEN %d", v, n, n, quotedList(c.blanks), code+faultValue)
			}
		}
		if required {
			fmt.Fprintf(&b, "\n    WHEN %s IS NULL THEN %d", v, code+faultMissing)
		}
		if c.column.Min != nil {
			fmt.Fprintf(&b, "\n    WHEN %s < %s THEN %d", v, number(*c.column.Min), code+faultBelow)
		}
		if c.column.Max != nil {
			fmt.Fprintf(&b, "\n    WHEN %s > %s THEN %d", v, number(*c.column.Max), code+faultAbove)
		}
	}
	if b.Len() == 0 {
		return "CAST(NULL AS INTEGER)"
	}
	return "CASE" + b.String() + "\n  END"
}

// mustHave reports whether a null in the column sends the row to quarantine: a
// required value or a part of the key, but not a reference.
func mustHave(t *canon.Table, c canon.Column) bool {
	for _, k := range t.Key {
		if k == c.Name {
			return true
		}
	}
	return c.Required && c.References == ""
}

func quotedList(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = engine.QuoteText(t)
	}
	return strings.Join(out, ", ")
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// offending is the source value that the fault code points at.
func (s *staging) offending(cells []*cell) string {
	var b strings.Builder
	b.WriteString(`CASE WHEN "_bad" IS NULL THEN NULL ELSE CASE "_bad" - "_bad" % 10`)
	for i, c := range cells {
		if c != nil {
			fmt.Fprintf(&b, " WHEN %d THEN CAST(%s AS VARCHAR)", i*10, at("r", i))
		}
	}
	b.WriteString(" END END")
	return b.String()
}

// rawJSON is the mapped row as JSON, for rows that cannot be found again.
func (s *staging) rawJSON(cells []*cell) string {
	if s.hasRow {
		return "CAST(NULL AS VARCHAR)"
	}
	var pairs []string
	for i, c := range cells {
		if c != nil {
			pairs = append(pairs, q(c.column.Name)+" := "+at("r", i))
		}
	}
	return `CASE WHEN "_bad" IS NULL THEN NULL ELSE CAST(to_json(struct_pack(` + strings.Join(pairs, ", ") + `)) AS VARCHAR) END`
}

// noted lists the ordinals of columns that can carry a note, bit by bit.
func noted(cells []*cell) []int {
	var out []int
	for i, c := range cells {
		if c != nil && len(out) < 62 && (c.note != nil || c.column.Values != nil && !c.column.Required) {
			out = append(out, i)
		}
	}
	return out
}

// notes is the bit set of noted columns of a row, null for none.
func (s *staging) notes(cells []*cell) string {
	var terms []string
	for bit, i := range noted(cells) {
		c := cells[i]
		r, v := at("r", i), at("v", i)
		condition := fmt.Sprintf("%s IS NULL AND %s IS NOT NULL AND lower(trim(CAST(%s AS VARCHAR))) NOT IN (%s)", v, r, r, quotedList(c.blanks))
		if c.note != nil {
			condition = fmt.Sprintf("%s IS NOT NULL AND %s", v, c.note(r, v))
		}
		terms = append(terms, fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE 0 END", condition, int64(1)<<bit))
	}
	if len(terms) == 0 {
		return "CAST(NULL AS BIGINT)"
	}
	return "nullif(" + strings.Join(terms, " + ") + ", 0)"
}
