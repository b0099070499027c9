package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/models/recommend"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// interactionFile is the rows of one file, ids still as text.
type interactionFile struct {
	path    string
	columns map[string]string // user, item, copies, day, flag, type → column of the file
	user    []string
	item    []string
	copies  []float64 // nil: no such column
	day     []float64 // nil: no such column
	flag    []bool    // rows for tuning; nil: no such column
	kind    []string  // customer type; nil: no such column
	dropped int       // rows without a user, an item, or a number or day that can be read
}

// interactionColumns are the names that are understood without being told.
func interactionColumns() map[string][]string {
	return map[string][]string{
		"user":   {"user", "user_id", "userid", "customer", "customer_id"},
		"item":   {"item", "item_id", "itemid", "product", "product_id", "title_id", "isbn"},
		"copies": {"copies", "qty", "quantity", "qty_ordered"},
		"day":    {"day", "date", "order_date", "timestamp", "time"},
		"flag":   {"is_valid", "validation"},
		"type":   {"type", "customer_type"},
	}
}

// fromFile is the FROM clause of a CSV or Parquet file; CSV stays text, so that
// the id 007 remains itself.
func fromFile(db engine.Database, path string) string {
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		return db.Dialect().ReadParquet(path)
	}
	return "read_csv(" + engine.QuoteText(path) + ", all_varchar = true, header = true)"
}

// fileColumns are the columns of a file in its order.
func fileColumns(ctx context.Context, db engine.Database, flag, path string) ([]string, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, usagef("verso evaluate recommend", "--%s: %v", flag, err)
	}
	var names []string
	err := engine.Rows(ctx, db, engine.SQL("DESCRIBE SELECT * FROM "+fromFile(db, path)), func(row []any) error {
		if name := engine.Text(row[0]); name != "file_row_number" {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		return nil, usagef("verso evaluate recommend", "--%s %s cannot be read: %v", flag, path, err)
	}
	return names, nil
}

// findColumns finds the columns by the names given or known.
func findColumns(flag, path string, names []string, given map[string]string) (map[string]string, error) {
	found := map[string]string{}
	for role, known := range interactionColumns() {
		want := known
		if given[role] != "" {
			want = []string{given[role]}
		}
		for _, w := range want {
			at := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, w) })
			if at >= 0 {
				found[role] = names[at]
				break
			}
		}
		if found[role] == "" && (role == "user" || role == "item") {
			return nil, usagef("verso evaluate recommend", "--%s %s has no column %s; it has %s: name it with --%s", flag, path, strings.Join(want, ", "), strings.Join(names, ", "), role)
		}
	}
	return found, nil
}

// readInteractions reads one file of user, item and, where they are, copies, day
// and the mark of rows for tuning.
func readInteractions(ctx context.Context, db engine.Database, flag, path string, given map[string]string) (*interactionFile, error) {
	names, err := fileColumns(ctx, db, flag, path)
	if err != nil {
		return nil, err
	}
	f := &interactionFile{path: path}
	if f.columns, err = findColumns(flag, path, names, given); err != nil {
		return nil, err
	}
	column := func(role, empty, form string) string {
		if f.columns[role] == "" {
			return empty
		}
		return fmt.Sprintf(form, engine.QuoteIdent(f.columns[role]))
	}
	// A day is a date, or a number: days, or seconds or milliseconds since 1970.
	const dayForm = `coalesce(epoch(TRY_CAST(%[1]s AS TIMESTAMP)) / 86400.0, CASE WHEN TRY_CAST(%[1]s AS DOUBLE) > 1e11 THEN TRY_CAST(%[1]s AS DOUBLE) / 86400e3 WHEN TRY_CAST(%[1]s AS DOUBLE) > 1e8 THEN TRY_CAST(%[1]s AS DOUBLE) / 86400.0 ELSE TRY_CAST(%[1]s AS DOUBLE) END)`
	text := "SELECT " + strings.Join([]string{
		column("user", "", "CAST(%s AS VARCHAR)"), column("item", "", "CAST(%s AS VARCHAR)"),
		column("copies", "1.0", "TRY_CAST(%s AS DOUBLE)"),
		column("day", "0.0", dayForm),
		column("flag", "FALSE", "coalesce(lower(CAST(%s AS VARCHAR)) IN ('1', 'true', 't', 'yes'), FALSE)"),
		column("type", "''", "CAST(%s AS VARCHAR)"),
	}, ", ") + " FROM " + fromFile(db, path)
	err = engine.Rows(ctx, db, engine.SQL(text), f.add)
	if err != nil {
		return nil, usagef("verso evaluate recommend", "--%s %s cannot be read: %v", flag, path, err)
	}
	return f, nil
}

func (f *interactionFile) add(row []any) error {
	user, item := engine.Text(row[0]), engine.Text(row[1])
	copies, okCopies := engine.Float(row[2])
	day, okDay := engine.Float(row[3])
	if user == "" || item == "" || !okCopies || !okDay || math.IsNaN(copies) || math.IsInf(copies, 0) || math.Abs(day) > 1e7 {
		f.dropped++
		return nil
	}
	f.user, f.item = append(f.user, user), append(f.item, item)
	if f.columns["copies"] != "" {
		f.copies = append(f.copies, copies)
	}
	if f.columns["day"] != "" {
		f.day = append(f.day, day)
	}
	if f.columns["flag"] != "" {
		mark, _ := row[4].(bool)
		f.flag = append(f.flag, mark)
	}
	if f.columns["type"] != "" {
		f.kind = append(f.kind, engine.Text(row[5]))
	}
	return nil
}

// types is the type of each user: the first of those in the file, in the order of
// text, so that the order of rows does not matter; nil without such a column.
func (f *interactionFile) types(users *idTable) []string {
	if f.kind == nil {
		return nil
	}
	types := make([]string, len(users.names))
	for k, id := range f.user {
		u := users.number[id]
		if t := f.kind[k]; t != "" && (types[u] == "" || t < types[u]) {
			types[u] = t
		}
	}
	return types
}

// idTable numbers text ids in their order as text, so that the order of the
// rows does not matter.
type idTable struct {
	names  []string
	number map[string]int32
}

func newIDs(lists ...[]string) *idTable {
	t := &idTable{number: map[string]int32{}}
	for _, list := range lists {
		for _, id := range list {
			if _, known := t.number[id]; !known {
				t.number[id] = 0
				t.names = append(t.names, id)
			}
		}
	}
	slices.SortFunc(t.names, func(a, b string) int { // 9 before 10, then as text
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for k, id := range t.names {
		t.number[id] = int32(k)
	}
	return t
}

// rows gives the file's rows in numbers.
func (f *interactionFile) rows(users, items *idTable, days bool) recommend.Rows {
	if f == nil {
		return recommend.Rows{}
	}
	r := recommend.Rows{User: make([]int32, len(f.user)), Item: make([]int32, len(f.item)), Copies: f.copies}
	for k := range f.user {
		r.User[k], r.Item[k] = users.number[f.user[k]], items.number[f.item[k]]
	}
	if days && f.day != nil {
		r.Day = make([]int32, len(f.day))
		for k, d := range f.day {
			r.Day[k] = int32(math.Floor(d))
		}
	}
	return r
}

// itemTable is the attributes of items by text id.
type itemTable struct {
	ids    []string
	kinds  []string
	values [][]string // by row and kind
}

// readItems reads a table of items: the first known item column, and every other
// column as an attribute. An
// item may stand in several rows.
func readItems(ctx context.Context, db engine.Database, path, itemColumn string) (*itemTable, error) {
	names, err := fileColumns(ctx, db, "items", path)
	if err != nil {
		return nil, err
	}
	known := interactionColumns()["item"]
	if itemColumn != "" {
		known = append([]string{itemColumn}, known...)
	}
	at := slices.IndexFunc(names, func(n string) bool {
		return slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(n, k) })
	})
	if at < 0 || len(names) < 2 {
		return nil, usagef("verso evaluate recommend", "--items %s has columns %s: want one of %s and attributes", path, strings.Join(names, ", "), strings.Join(known, ", "))
	}
	t := &itemTable{}
	list := make([]string, len(names))
	for k, n := range names {
		list[k] = "CAST(" + engine.QuoteIdent(n) + " AS VARCHAR)"
		if k != at {
			t.kinds = append(t.kinds, n)
		}
	}
	err = engine.Rows(ctx, db, engine.SQL("SELECT "+strings.Join(list, ", ")+" FROM "+fromFile(db, path)), func(row []any) error {
		t.ids = append(t.ids, engine.Text(row[at]))
		var cells []string
		for k, v := range row {
			if k != at {
				cells = append(cells, engine.Text(v))
			}
		}
		t.values = append(t.values, cells)
		return nil
	})
	if err != nil {
		return nil, usagef("verso evaluate recommend", "--items %s cannot be read: %v", path, err)
	}
	return t, nil
}

// attributes gives the table in numbers; items that nobody bought are passed
// over.
func (t *itemTable) attributes(items *idTable, separator string) *recommend.Attributes {
	if t == nil {
		return nil
	}
	a := recommend.NewAttributes(len(items.names))
	for r, id := range t.ids {
		item, known := items.number[id]
		if !known {
			continue
		}
		for k, cell := range t.values[r] {
			parts := []string{cell}
			if separator != "" {
				parts = strings.Split(cell, separator)
			}
			for _, value := range parts {
				a.Add(int(item), t.kinds[k], strings.TrimSpace(value))
			}
		}
	}
	return a
}

// openFiles is an empty engine in memory to read files with.
func openFiles(ctx context.Context) (*duck.DB, error) {
	return duck.Open(ctx, duck.Options{})
}
