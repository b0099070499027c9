package star

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// day parses an ISO date.
func day(t testing.TB, s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newDatabase opens a database in a file and makes every stage table, empty,
// with ids of the given type.
func newDatabase(t testing.TB, ids string, o duck.Options) (*duck.DB, engine.Conn) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "star.duckdb")
	}
	db, err := duck.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	types := map[canon.Type]string{
		canon.ID: ids, canon.Text: "VARCHAR", canon.Integer: "INTEGER", canon.Money: "DECIMAL(18,4)", canon.Rate: "DECIMAL(18,8)",
		canon.Percent: "DECIMAL(9,4)", canon.Double: "DOUBLE", canon.Date: "DATE", canon.Timestamp: "TIMESTAMP",
		canon.Boolean: "BOOLEAN", canon.Currency: "VARCHAR",
	}
	var ddl strings.Builder
	ddl.WriteString("CREATE SCHEMA stage; CREATE SCHEMA meta; CREATE TABLE meta.table_load (table_name VARCHAR, source VARCHAR, supplied BOOLEAN, read BIGINT, loaded BIGINT, quarantined BIGINT);\n")
	for _, table := range canon.Tables() {
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, engine.QuoteIdent(c.Name)+" "+types[c.Type])
		}
		fmt.Fprintf(&ddl, "CREATE TABLE stage.%s (%s, source VARCHAR, _row BIGINT);\n", table.Name, strings.Join(columns, ", "))
		fmt.Fprintf(&ddl, "INSERT INTO meta.table_load VALUES ('%s', NULL, false, 0, 0, 0);\n", table.Name)
	}
	exec(t, conn, ddl.String())
	return db, conn
}

func exec(t testing.TB, conn engine.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), engine.SQL(sql)); err != nil {
		t.Fatal(err)
	}
}

// fill inserts rows, each a list of SQL values, and marks the table supplied.
func fill(t testing.TB, conn engine.Conn, table, columns string, rows ...string) {
	t.Helper()
	for i, r := range rows {
		exec(t, conn, fmt.Sprintf("INSERT INTO stage.%s (%s, source, _row) VALUES (%s, 'test', %d)", table, columns, r, i))
	}
	supply(t, conn, table)
}

// supply marks a table as supplied.
func supply(t testing.TB, conn engine.Conn, table string) {
	t.Helper()
	exec(t, conn, "UPDATE meta.table_load SET supplied = true WHERE table_name = '"+table+"'")
}

// query returns the rows of a query, values joined by a bar, nulls as ∅.
func query(t testing.TB, conn engine.Conn, sql string) []string {
	t.Helper()
	var rows []string
	err := engine.Rows(context.Background(), conn, engine.SQL(sql), func(row []any) error {
		fields := make([]string, len(row))
		for i, v := range row {
			fields[i] = engine.Text(v)
			if v == nil {
				fields[i] = "∅"
			}
		}
		rows = append(rows, strings.Join(fields, "|"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
