// Package ducktest gives tests a database to write to and read back from.
package ducktest

import (
	"context"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Scratch is a connection to a database in memory, closed with the test, for
// sources to land with and for reading back what they landed. The test is
// skipped without native Arrow, which reading back needs.
func Scratch(t testing.TB) engine.Conn {
	t.Helper()
	if duck.Arrow != "native" {
		t.Skip("reading back needs -tags duckdb_arrow")
	}
	db, err := duck.Open(context.Background(), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
