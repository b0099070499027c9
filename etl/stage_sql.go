package etl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/olap/engine"
)

// Kinds of faults a row can have; a fault code is column ordinal × 10 + kind.
const (
	faultUnreadable = 1
	faultMissing    = 2
	faultBelow      = 3
	faultAbove      = 4
	faultValue      = 5
	faultMissed     = 9 // the plain cast did not do; the value is looked at again
)

// The mark of a row while its table is being staged: a fault code for a bad
// row; for a good one null, or the negated bit set of its columns whose value
// was rounded or dropped.
const (
	isBad  = `"_mark" > 0`
	isGood = `("_mark" IS NULL OR "_mark" < 0)`
)

// staging is what one staging statement is generated from.
type staging struct {
	table     *canon.Table
	load      int               // number of the mapping within its table
	segment   int               // number of the landed segment that is staged
	key       []string          // stored columns of the key, for quarantine; nil where rows are numbered
	from      string            // FROM text that yields the mapped columns
	source    string            // name in verso.yaml
	columns   map[string]mapped // by canonical name
	hasRow    bool              // from has a column _row
	textIDs   bool
	decimal   string                  // decimal separator of the source
	how       map[string]cast.Reading // by canonical name
	offset    int64                   // rows staged before, for numbering
	prefix    string                  // of numbers in text ids; "" for none
	temporary string                  // temporary table to drop afterwards; "" for none
	fast      bool                    // plain casts only: what they miss is marked, not read
	only      string                  // condition on the source rows f, in a repair; "" for all
	count     bool                    // numbers count the rows of from: _row may repeat
}

// mapped is the source side of one column.
type mapped struct {
	Name string `json:"name"` // column in from
	Kind string `json:"kind"` // its engine type
}

func q(name string) string { return engine.QuoteIdent(name) }

func stageName(table string) string { return `stage.` + q(table) }

// storeName is the table behind a supplied stage table, which is a view: the
// columns that were mapped, without the constants that the view adds.
func storeName(table string) string { return `stage.` + q("_"+table) }

func quarantineName(table string) string { return `quarantine.` + q(table) }

// createStage is the empty stage table of a canonical table nobody mapped.
func createStage(t *canon.Table, textIDs bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", stageName(t.Name))
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "%s %s, ", q(c.Name), cast.EngineType(c.Type, textIDs))
	}
	b.WriteString(`"source" VARCHAR, "_row" BIGINT)`)
	return b.String()
}

// kept reports whether a column is stored: some mapping supplies it, or its
// values are counted.
func kept(c canon.Column, all []*staging) bool {
	if c.Numbered {
		return true
	}
	for _, s := range all {
		if _, ok := s.columns[c.Name]; ok {
			return true
		}
	}
	return false
}

// createStore is the table that the mappings of one canonical table are staged
// into.
func createStore(t *canon.Table, all []*staging) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", storeName(t.Name))
	for _, c := range t.Columns {
		if kept(c, all) {
			fmt.Fprintf(&b, "%s %s, ", q(c.Name), cast.EngineType(c.Type, all[0].textIDs))
		}
	}
	b.WriteString(`"_row" BIGINT, "_load" INTEGER, "_seg" INTEGER, "_gone" BOOLEAN, "_mark" BIGINT)`)
	return b.String()
}

// createView is a supplied stage table: the stored columns, with nulls and
// constants for the rest.
func createView(t *canon.Table, all []*staging, sources []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE VIEW %s AS\nSELECT ", stageName(t.Name))
	for _, c := range t.Columns {
		e := q(c.Name)
		switch {
		case c.Name == "is_deleted":
			e = `CASE WHEN "_gone" THEN true END`
			if kept(c, all) {
				e = `CASE WHEN "_gone" THEN true ELSE "is_deleted" END`
			}
		case kept(c, all):
		case c.Name == "source_system":
			e = byLoad(sources)
		default:
			e = constant(c, all[0].textIDs)
		}
		fmt.Fprintf(&b, "%s AS %s,\n  ", e, q(c.Name))
	}
	fmt.Fprintf(&b, "%s AS \"source\", \"_row\"\nFROM %s", byLoad(sources), storeName(t.Name))
	return b.String()
}

// byLoad is the name of a row's source.
func byLoad(sources []string) string {
	if len(sources) == 1 {
		return engine.QuoteText(sources[0])
	}
	var b strings.Builder
	b.WriteString(`CASE "_load"`)
	for i, name := range sources {
		fmt.Fprintf(&b, " WHEN %d THEN %s", i, engine.QuoteText(name))
	}
	return b.String() + " END"
}

// constant is the value of a column that is not mapped.
func constant(c canon.Column, textIDs bool) string {
	t := cast.EngineType(c.Type, textIDs)
	if c.Default != "" {
		return fmt.Sprintf("CAST(%s AS %s)", engine.QuoteText(c.Default), t)
	}
	return fmt.Sprintf("CAST(NULL AS %s)", t)
}

// insert is the statement that types every row of one mapping in one pass: good
// and bad rows alike, the bad ones marked. all are the table's mappings.
func (s *staging) insert(all []*staging) string {
	cells := s.cells()
	var names, values []string
	for i, c := range s.table.Columns {
		if kept(c, all) {
			names = append(names, q(c.Name))
			values = append(values, s.output(i, c, cells)+" AS "+q(c.Name))
		}
	}
	row := `"_row"`
	if !s.hasRow {
		row = "CAST(NULL AS BIGINT)"
	}
	order := ""
	if s.counted(cells) {
		order = "\nORDER BY \"_n\"" // counting within a parent loses the source's order
	}
	return fmt.Sprintf("INSERT INTO %s (%s, \"_row\", \"_load\", \"_seg\", \"_gone\", \"_mark\")\nSELECT %s,\n  %s AS \"_row\", %d AS \"_load\", %d AS \"_seg\", false AS \"_gone\", coalesce(\"_bad\", %s) AS \"_mark\"\nFROM (\n%s\n) AS w%s",
		storeName(s.table.Name), strings.Join(names, ", "), strings.Join(values, ",\n  "), row, s.load, s.segment, s.notes(cells), s.judged(cells), order)
}

// bad is the SELECT of the bad rows again, with what the stage table does not
// keep: row, code, offending value and, where the landed row cannot be found
// again, the mapped row as JSON. It reads only rows that were marked.
func (s *staging) bad() string {
	again := *s
	again.fast = false
	if s.hasRow {
		again.only = fmt.Sprintf(`f."_row" IN (SELECT "_row" FROM %s WHERE %s AND "_load" = %d)`, storeName(s.table.Name), isBad, s.load)
	}
	cells := again.cells()
	row := `"_row"`
	if !s.hasRow {
		row = "CAST(NULL AS BIGINT)"
	}
	return fmt.Sprintf("SELECT %s AS \"_row\", \"_bad\", %s AS \"_value\", %s AS \"_raw\", %s AS \"_key\"\nFROM (\n%s\n) AS w\nWHERE \"_bad\" IS NOT NULL",
		row, again.offending(cells), again.rawJSON(cells), again.readableKey(cells), again.judged(cells))
}

// readableKey is the key of a bad row as one text, null where it cannot be read.
func (s *staging) readableKey(cells []*cast.Cell) string {
	var parts []string
	for _, name := range s.key {
		for i, c := range s.table.Columns {
			if q(c.Name) == name {
				parts = append(parts, "CAST("+s.output(i, c, cells)+" AS VARCHAR)")
			}
		}
	}
	if len(parts) == 0 {
		return "CAST(NULL AS VARCHAR)"
	}
	return strings.Join(parts, " || ', ' || ")
}

// cells are the cells of the mapped columns, by ordinal; unmapped are nil.
func (s *staging) cells() []*cast.Cell {
	out := make([]*cast.Cell, len(s.table.Columns))
	for i, col := range s.table.Columns {
		m, ok := s.columns[col.Name]
		if !ok {
			continue
		}
		c := cast.New(col, "m."+q(m.Name), m.Kind, s.how[col.Name])
		out[i] = &c
	}
	return out
}

// output is the value of column i in the stage table: the typed value, or for
// an unmapped column its number, its default or null.
func (s *staging) output(i int, c canon.Column, cells []*cast.Cell) string {
	if cells[i] != nil {
		return at("v", i)
	}
	t := cast.EngineType(c.Type, s.textIDs)
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
	}
	return constant(c, s.textIDs)
}

// within is the ordinal of the parent that numbered lines are counted in: the
// first mapped required reference; -1 for none.
func (s *staging) within(cells []*cast.Cell) int {
	for i, c := range s.table.Columns {
		if c.Required && c.References != "" && cells[i] != nil {
			return i
		}
	}
	return -1
}

// counted reports whether lines are counted within their parent.
func (s *staging) counted(cells []*cast.Cell) bool {
	for i, c := range s.table.Columns {
		if c.Numbered && c.Type == canon.Integer && cells[i] == nil && s.within(cells) >= 0 {
			return true
		}
	}
	return false
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

// judged is the nest of SELECTs raw → cast → cleaned → value → fault; when fast
// raw → cast → value → fault.
func (s *staging) judged(cells []*cast.Cell) string {
	inner, carried := s.rawLayer(cells)
	var casts, cleans, values, c, n, v []string
	for i, x := range cells {
		if x == nil {
			continue
		}
		casts, c = append(casts, inCell(x.Cast, i)+" AS "+at("c", i)), append(c, at("c", i))
		values, v = append(values, s.value(x, i)+" AS "+at("v", i)), append(v, at("v", i))
		if x.Norm != "" && !s.fast {
			cleans = append(cleans, fmt.Sprintf("CASE WHEN %[1]s IS NULL OR (%[2]s) THEN NULL ELSE %[3]s END AS %[4]s",
				at("r", i), inCell(x.Guard, i), inCell(x.Norm, i), at("n", i)))
			n = append(n, at("n", i))
		}
	}
	inner = layer(inner, carried, casts)
	if !s.fast {
		inner = layer(inner, slices.Concat(carried, c), cleans)
	}
	inner = layer(inner, slices.Concat(carried, c, n), values)
	return layer(inner, slices.Concat(carried, v), []string{s.fault(cells) + " AS \"_bad\""})
}

// value is the canonical value of column i.
func (s *staging) value(c *cast.Cell, i int) string {
	switch {
	case c.Norm == "":
		return inCell(c.Final, i)
	case s.fast:
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s WHEN %s THEN %s END", at("r", i), s.absent(c.Column), inCell(c.Guard, i), inCell(c.Final, i))
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s WHEN %s IS NULL THEN %s ELSE %s END",
		at("r", i), s.absent(c.Column), at("n", i), inCell(c.Final, i), c.Slow(at("n", i)))
}

// absent is the value of a mapped column where the source has none: null, but
// for a part of the key its default.
func (s *staging) absent(c canon.Column) string {
	if c.Default != "" && slices.Contains(s.table.Key, c.Name) {
		return constant(c, s.textIDs)
	}
	return "NULL"
}

// rawLayer selects the mapped source columns.
func (s *staging) rawLayer(cells []*cast.Cell) (sql string, names []string) {
	var list []string
	for i, c := range cells {
		if c != nil {
			list = append(list, c.Raw+" AS "+at("r", i))
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
	from := s.from
	if s.only != "" {
		from = "(SELECT f.* FROM " + s.from + " AS f WHERE " + s.only + ")"
	}
	return "SELECT " + strings.Join(list, ",\n  ") + "\nFROM " + from + " AS m", names
}

// fault is the code of the first fault of a row, in column order.
func (s *staging) fault(cells []*cast.Cell) string {
	var b strings.Builder
	for i, c := range cells {
		if c == nil {
			continue
		}
		v, n, code := at("v", i), at("n", i), i*10
		must := mustHave(s.table, c.Column)
		kind := unreadable(c, must)
		if c.Norm != "" && s.fast {
			fmt.Fprintf(&b, "\n    WHEN %s IS NULL AND %s IS NOT NULL THEN %d", v, at("r", i), code+faultMissed)
			kind = 0
		}
		meant := fmt.Sprintf("%[1]s IS NOT NULL AND lower(%[1]s) NOT IN (%[2]s)", n, quotedList(c.Blanks))
		switch {
		case kind > 0 && must:
			fmt.Fprintf(&b, "\n    WHEN %s IS NULL THEN CASE WHEN %s THEN %d ELSE %d END", v, meant, code+kind, code+faultMissing)
		case kind > 0:
			fmt.Fprintf(&b, "\n    WHEN %s IS NULL AND %s THEN %d", v, meant, code+kind)
		case must:
			fmt.Fprintf(&b, "\n    WHEN %s IS NULL THEN %d", v, code+faultMissing)
		}
		if c.Column.Min != nil {
			fmt.Fprintf(&b, "\n    WHEN %s < %s THEN %d", v, number(*c.Column.Min), code+faultBelow)
		}
		if c.Column.Max != nil {
			fmt.Fprintf(&b, "\n    WHEN %s > %s THEN %d", v, number(*c.Column.Max), code+faultAbove)
		}
	}
	if b.Len() == 0 {
		return "CAST(NULL AS INTEGER)"
	}
	return "CASE" + b.String() + "\n  END"
}

// unreadable is the kind of fault that a value has which the cell cannot type;
// 0 when there is none: texts, and optional columns of accepted values.
func unreadable(c *cast.Cell, must bool) int {
	switch {
	case c.Norm == "" || c.Column.Values != nil && !must:
		return 0
	case c.Column.Values != nil:
		return faultValue
	}
	return faultUnreadable
}

// mustHave reports whether a null in the column sends the row to quarantine: a
// required value or a part of the key, but not a reference.
func mustHave(t *canon.Table, c canon.Column) bool {
	return slices.Contains(t.Key, c.Name) || c.Required && c.References == ""
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
func (s *staging) offending(cells []*cast.Cell) string {
	var b strings.Builder
	b.WriteString(`CASE "_bad" - "_bad" % 10`)
	for i, c := range cells {
		if c != nil {
			fmt.Fprintf(&b, " WHEN %d THEN CAST(%s AS VARCHAR)", i*10, at("r", i))
		}
	}
	b.WriteString(" END")
	return b.String()
}

// rawJSON is the mapped row as JSON, for rows that cannot be found again.
func (s *staging) rawJSON(cells []*cast.Cell) string {
	if s.hasRow {
		return "CAST(NULL AS VARCHAR)"
	}
	var pairs []string
	for i, c := range cells {
		if c != nil {
			pairs = append(pairs, q(c.Column.Name)+" := "+at("r", i))
		}
	}
	return "CAST(to_json(struct_pack(" + strings.Join(pairs, ", ") + ")) AS VARCHAR)"
}

// noted lists the ordinals of columns that can carry a note, bit by bit.
func noted(cells []*cast.Cell) []int {
	var out []int
	for i, c := range cells {
		if c != nil && len(out) < 62 && (c.Note != nil || c.Column.Values != nil && !c.Column.Required) {
			out = append(out, i)
		}
	}
	return out
}

// notes is the negated bit set of noted columns of a row, null for none.
func (s *staging) notes(cells []*cast.Cell) string {
	var terms []string
	for bit, i := range noted(cells) {
		c := cells[i]
		r, v := at("r", i), at("v", i)
		condition := fmt.Sprintf("%s IS NULL AND %s IS NOT NULL AND lower(trim(CAST(%s AS VARCHAR))) NOT IN (%s)", v, r, r, quotedList(c.Blanks))
		if c.Note != nil {
			condition = fmt.Sprintf("%s IS NOT NULL AND %s", v, c.Note(r, v))
		}
		terms = append(terms, fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE 0 END", condition, int64(1)<<bit))
	}
	if len(terms) == 0 {
		return "CAST(NULL AS BIGINT)"
	}
	return "nullif(-(" + strings.Join(terms, " + ") + "), 0)"
}
