package main

import (
	"database/sql"
	"testing"

	_ "modernc.org/sqlite" // the driver of the test's database
)

// execSQLite runs statements in a SQLite file, which is made when it is not there.
func execSQLite(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}

// askSQLite is the only value of a query.
func askSQLite(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var value string
	if err := db.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	return value
}
