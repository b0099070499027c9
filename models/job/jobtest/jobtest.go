// Package jobtest gives tests of models a warehouse to run on.
package jobtest

import (
	"context"
	_ "embed"
	"testing"
	"time"

	"verso/models/job"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Star creates the tables that models read, empty.
//
//go:embed star.sql
var Star string

// Open is a connection to a database in memory with the tables of Star, a run as
// of a date (yyyy-mm-dd), the unknown members of the dimensions, and what the
// statements add. It is closed with the test.
func Open(t testing.TB, asOf string, statements ...string) engine.Conn {
	t.Helper()
	db, err := duck.Open(context.Background(), duck.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	base := []string{Star,
		"INSERT INTO meta.run (run_id, as_of, seed, currency, language, fiscal_year_start) VALUES ('test', DATE '" + asOf + "', 1, 'CNY', 'en', 1)",
		`INSERT INTO meta.cost_rate (name, value, unit, source) VALUES ('km', 1, 'per km', 'default'), ('return', 10, 'per line', 'default'), ('capital', 0.06, 'per year', 'default'),
('minute.activity.visit', 2, 'per minute', 'default'), ('minute.activity.call_out', 1, 'per minute', 'default')`,
		"INSERT INTO core.dim_customer (customer_key, name) VALUES (-1, '(unknown)')"}
	for _, s := range append(base, statements...) {
		if _, err := conn.Exec(context.Background(), engine.SQL(s)); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	return conn
}

// Value is the single value of a query, as text.
func Value(t testing.TB, q engine.Querier, sql string) string {
	t.Helper()
	row, err := engine.One(context.Background(), q, engine.SQL(sql))
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return engine.Text(row[0])
}

// Number is the same as a number.
func Number(t testing.TB, q engine.Querier, sql string) float64 {
	t.Helper()
	row, err := engine.One(context.Background(), q, engine.SQL(sql))
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	f, ok := engine.Float(row[0])
	if !ok {
		t.Fatalf("%s: %v is no number", sql, row[0])
	}
	return f
}

// Run runs models as of a date (yyyy-mm-dd), with seed 1 and a window of a year, as
// a refresh does.
func Run(t testing.TB, conn engine.Conn, asOf string, models ...job.Model) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		t.Fatal(err)
	}
	j := &job.Job{Conn: conn, AsOf: day, Seed: 1, Months: 12}
	if err := j.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, m := range models {
		if _, err := m.Run(context.Background(), j); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
	}
}
