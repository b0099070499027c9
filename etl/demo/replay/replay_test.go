package replay_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"verso/etl/demo"
	"verso/etl/demo/replay"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// small is the company most tests replay.
func small(t *testing.T, scale float64, format string) (dir string, asOf time.Time) {
	t.Helper()
	dir = t.TempDir()
	if _, err := demo.Generate(t.Context(), demo.Options{Dir: dir, Scale: scale, Seed: 3, Format: format}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data"), time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
}

// connection is a connection of an empty database.
func connection(t *testing.T) engine.Conn {
	t.Helper()
	db, err := duck.Open(context.Background(), duck.Options{Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

func TestOneNight(t *testing.T) {
	from, asOf := small(t, .05, "csv")
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: 30, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	to := os.Getenv("REPLAY_OUT")
	if to == "" {
		to = t.TempDir()
	}
	started := time.Now()
	if err := r.Snapshot(t.Context(), to, r.First()); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(started))
	if err := r.Delta(t.Context(), to, asOf); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteTruth(t.Context(), filepath.Join(to, "replay_truth.csv")); err != nil {
		t.Fatal(err)
	}
}
