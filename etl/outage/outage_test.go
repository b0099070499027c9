package outage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/source"
)

func unreachable(name string) error {
	return fmt.Errorf("land: %w", &source.UnreadableError{Source: name, What: "cannot connect", Cause: errors.New("connection refused\n  by peer")})
}

func guard(waits *[]time.Duration) *Guard {
	return New(&config.Config{Sources: map[string]config.Source{
		"erp":  {Retry: config.Retry{Attempts: 5, Wait: 2 * time.Second, Longest: 9 * time.Second}, OnFailure: config.OnFailureYesterday},
		"shop": {},
	}}, slog.New(slog.DiscardHandler), func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	})
}

func TestTryWaitsTwiceAsLong(t *testing.T) {
	var waits []time.Duration
	g := guard(&waits)
	calls := 0
	err := g.Try(t.Context(), "erp", func(context.Context) error {
		if calls++; calls == 5 {
			return nil
		}
		return unreachable("erp")
	})
	if err != nil || g.Tries("erp") != 5 {
		t.Errorf("%v after %d attempts", err, g.Tries("erp"))
	}
	if d := cmp.Diff([]time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 9 * time.Second}, waits); d != "" {
		t.Error(d)
	}
}

func TestTryGivesUp(t *testing.T) {
	fault := errors.New("a fault of another kind")
	for _, c := range []struct {
		name, source string
		fails        error
		want         int
	}{
		{"attempts used up", "erp", unreachable("erp"), 5},
		{"a source without retry", "shop", unreachable("shop"), 1},
		{"another fault is not tried again", "erp", fault, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var waits []time.Duration
			g, calls := guard(&waits), 0
			err := g.Try(t.Context(), c.source, func(context.Context) error { calls++; return c.fails })
			if !errors.Is(err, c.fails) || calls != c.want {
				t.Errorf("%v after %d calls, want %d", err, calls, c.want)
			}
		})
	}
}

func TestTryEndsWithTheRun(t *testing.T) {
	var waits []time.Duration
	g, calls := guard(&waits), 0
	ctx, cancel := context.WithCancel(t.Context())
	err := g.Try(ctx, "erp", func(context.Context) error { calls++; cancel(); return unreachable("erp") })
	if calls != 1 || err == nil || g.GoesOn(ctx, "erp", err) {
		t.Errorf("a stopped run was tried %d times and goes on", calls)
	}
	if err := wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting does not end with the run: %v", err)
	}
}

func TestGoesOnOnlyWhereAllowed(t *testing.T) {
	g := guard(new([]time.Duration))
	if !g.GoesOn(t.Context(), "erp", unreachable("erp")) {
		t.Error("on_failure: yesterday stops")
	}
	if g.GoesOn(t.Context(), "shop", unreachable("shop")) || g.GoesOn(t.Context(), "erp", errors.New("a mapping that does not fit")) || g.GoesOn(t.Context(), "erp", nil) {
		t.Error("goes on where it must stop")
	}
	g.Note("erp", "2026-06-28", unreachable("erp"))
	if d := cmp.Diff([]Stale{{"erp", "2026-06-28", "land: source erp: cannot connect: connection refused by peer"}}, g.Stale()); d != "" {
		t.Error(d)
	}
}

func TestRecall(t *testing.T) {
	warehouse := t.TempDir()
	dir := filepath.Join(warehouse, "landing")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := In(warehouse)
	path := filepath.Join(dir, ".running")
	if _, err := m.Recall("erp.orders", dir, "SELECT 1", path); err == nil || !strings.Contains(err.Error(), "nothing was landed before") {
		t.Errorf("%v", err)
	}
	write("a.parquet", "rows")
	write("a.parquet.rejects", "bad rows")
	want := Landed{File: "a.parquet", Rejects: true, RunID: "r", AsOf: "2026-06-28", SQL: "SELECT 1", SHA256: "ab",
		Report: source.Report{Read: 3, Landed: 2, Rejected: 1, Columns: []source.Column{{Name: "id", Type: "BIGINT"}}}}
	if err := m.Remember("erp.orders", want); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time over what the first left
		got, err := m.Recall("erp.orders", dir, "SELECT 1", path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, *got); d != "" {
			t.Error(d)
		}
	}
	for name, content := range map[string]string{path: "rows", source.RejectsPath(path): "bad rows"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != content {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := m.Recall("erp.orders", dir, "SELECT 2", path); err == nil || !strings.Contains(err.Error(), "SELECT has changed") {
		t.Errorf("another SELECT: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "a.parquet")); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Recall("erp.orders", dir, "SELECT 1", path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a landing that is gone: %v", err)
	}
}
