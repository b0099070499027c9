package replay_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
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

// TestDuplicateExport finds the day delivered twice: the rows of the day twice in
// the snapshot, and a second daily file of the same bytes.
func TestDuplicateExport(t *testing.T) {
	from, asOf := small(t, .02, "csv")
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: 10, Seed: 3, Tables: []string{"payment"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range truth(t, r) {
		if z["kind"] != "duplicate export" {
			continue
		}
		day, err := time.Parse(time.DateOnly, z["night"])
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := errors.Join(r.Snapshot(t.Context(), dir, day), r.Delta(t.Context(), dir, day)); err != nil {
			t.Fatal(err)
		}
		whole, delta := read(t, filepath.Join(dir, "payment.csv")), read(t, filepath.Join(dir, "payment", z["night"]+".csv"))
		again := read(t, filepath.Join(dir, "payment", z["night"]+"-again.csv"))
		distinct := map[string]bool{}
		for _, record := range whole.records {
			distinct[strings.Join(record, "|")] = true
		}
		if twice := len(whole.records) - len(distinct); twice == 0 || twice != len(delta.records) || !slices.EqualFunc(delta.records, again.records, slices.Equal) {
			t.Errorf("%d rows twice in the snapshot, %d in the day's file, %d in its repetition", twice, len(delta.records), len(again.records))
		}
		return
	}
	t.Error("no duplicate export planted")
}

// TestRefused lists what cannot be replayed.
func TestRefused(t *testing.T) {
	from, asOf := small(t, .01, "csv")
	conn := connection(t)
	for name, o := range map[string]replay.Options{
		"0 nights":             {From: from, AsOf: asOf},
		"301 nights":           {From: from, AsOf: asOf, Nights: 301},
		`format "xlsx"`:        {From: from, AsOf: asOf, Nights: 3, Format: "xlsx"},
		`no table "oders"`:     {From: from, AsOf: asOf, Nights: 3, Tables: []string{"oders"}},
		"company lacks a file": {From: t.TempDir(), AsOf: asOf, Nights: 3},
	} {
		if _, err := replay.Open(t.Context(), conn, o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := replay.Open(t.Context(), conn, replay.Options{From: from, AsOf: asOf, Nights: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Snapshot(t.Context(), t.TempDir(), asOf.AddDate(0, 0, 1)); err == nil || !strings.Contains(err.Error(), "outside the nights 2026-06-27 to 2026-06-30") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Snapshot(ctx, t.TempDir(), asOf); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// BenchmarkNight measures the evening and the day of a company of scale 1.
func BenchmarkNight(b *testing.B) {
	dir := b.TempDir()
	if _, err := demo.Generate(b.Context(), demo.Options{Dir: dir, Scale: 1, Seed: 3}); err != nil {
		b.Fatal(err)
	}
	asOf := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	db, err := duck.Open(b.Context(), duck.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	var r *replay.Replay
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"open", func() (err error) {
			r, err = replay.Open(b.Context(), conn, replay.Options{From: filepath.Join(dir, "data"), AsOf: asOf, Nights: 60, Seed: 3})
			return err
		}},
		{"snapshot", func() error { return r.Snapshot(b.Context(), dir, asOf.AddDate(0, 0, -30)) }},
		{"delta", func() error { return r.Delta(b.Context(), dir, asOf.AddDate(0, 0, -30)) }},
	} {
		b.Run(step.name, func(b *testing.B) {
			for b.Loop() {
				if err := step.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
