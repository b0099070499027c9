package sqlite

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/sourcetest"
	"verso/olap/engine/duck/ducktest"
)

func open(t testing.TB, path string) *Source {
	t.Helper()
	s, err := New("erp", config.Source{Path: path}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(*Source)
}

// create makes a database file.
func create(t testing.TB, path, statements string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(statements); err != nil {
		t.Fatalf("%v in %s", err, statements[:min(len(statements), 300)])
	}
	return db
}

// fill makes a table of the suite in a new file. SQLite has no decimals: those
// who want them exact store text.
func fill(t testing.TB, table sourcetest.Table) (path, sql string) {
	path = filepath.Join(t.TempDir(), "shop.db")
	var columns, names []string
	for _, c := range table.Columns {
		kind := map[string]string{"integer": "INTEGER", "date": "DATE"}[c.Kind]
		if kind == "" {
			kind = "TEXT"
		}
		columns = append(columns, quote(c.Name)+" "+kind)
		names = append(names, quote(c.Name))
	}
	db := create(t, path, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE "+quote(table.Name)+" ("+strings.Join(columns, ", ")+")")
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare("INSERT INTO " + quote(table.Name) + " VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")")
	if err != nil {
		t.Fatal(err)
	}
	row := make([]any, len(columns))
	for r := range table.Rows {
		for k, c := range table.Columns {
			v := table.Cell(r, k)
			row[k] = v
			if v == sourcetest.Null {
				row[k] = nil
			} else if c.Kind == "integer" {
				row[k], _ = strconv.ParseInt(v, 10, 64)
			}
		}
		if _, err := insert.Exec(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	db.Close()
	return path, "SELECT " + strings.Join(names, ", ") + " FROM " + quote(table.Name)
}

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Harness{Conn: ducktest.Scratch(t), Open: func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
		path, sql := fill(t, table)
		return open(t, path), source.Request{Name: table.Name, SQL: sql}
	}})
}
