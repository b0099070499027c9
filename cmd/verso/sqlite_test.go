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
