package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
)

func openDuck(ctx context.Context, path string, readOnly bool) (engine.Database, error) {
	return duck.Open(ctx, duck.Options{Path: path, ReadOnly: readOnly, Threads: 1})
}

func open(t *testing.T, dir string) *warehouse.Warehouse {
	t.Helper()
	w, err := warehouse.Open(dir, openDuck, warehouse.WithClock(func() time.Time {
		return time.Date(2025, 6, 30, 4, 0, 0, 0, time.UTC)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// publish fills a generation with rows of one marker value.
func publish(t *testing.T, w *warehouse.Warehouse, run string, marker, rows int) warehouse.Generation {
	t.Helper()
	ctx := t.Context()
	d, err := w.Begin(ctx, run)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if err := fill(ctx, d, marker, rows); err != nil {
		t.Fatal(err)
	}
	g, err := d.Publish(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fill(ctx context.Context, d *warehouse.Draft, marker, rows int) error {
	_, err := d.DB().Exec(ctx, engine.SQL(fmt.Sprintf(
		`CREATE SCHEMA core; CREATE TABLE core.t AS SELECT %d AS "marker", range AS "n" FROM range(%d)`, marker, rows)))
	return err
}

// look returns marker, rows and number of distinct markers of the current generation.
func look(ctx context.Context, w *warehouse.Warehouse) (row []any, err error) {
	s, err := w.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Release()
	return engine.One(ctx, s.DB(), engine.SQL(`SELECT min(marker) AS "m", count(*) AS "n", count(DISTINCT marker) AS "k" FROM core.t`))
}

func wantLook(t *testing.T, w *warehouse.Warehouse, marker, rows int64) {
	t.Helper()
	row, err := look(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{marker, rows, int64(1)}, row); diff != "" {
		t.Fatal(diff)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "generations"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q\ndoes not say %q", err, p)
		}
	}
}

func TestPublishAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "warehouse")
	w := open(t, dir)
	_, err := w.Acquire(t.Context())
	var none *warehouse.NoGenerationError
	if !errors.As(err, &none) || !none.Missing {
		t.Fatal(err)
	}
	g := publish(t, w, "2025-06-30-aaaaaaaa", 1, 10)
	if g.Name != "00000001-2025-06-30-aaaaaaaa.duckdb" || g.RunID != "2025-06-30-aaaaaaaa" || !g.Current || g.Bytes == 0 {
		t.Fatal(g)
	}
	if info, err := os.Stat(g.Path); err != nil || info.Mode().Perm() != 0o444 {
		t.Fatal(info.Mode(), err)
	}
	wantLook(t, w, 1, 10)
	publish(t, w, "2025-06-30-aaaaaaaa", 2, 20)
	wantLook(t, w, 2, 20)
	all, err := w.Generations()
	if err != nil || len(all) != 2 || all[0].Current || !all[1].Current {
		t.Fatal(all, err)
	}
	wantLook(t, open(t, dir), 2, 20)
	s, err := w.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	if _, err := s.DB().Exec(t.Context(), engine.SQL("CREATE TABLE core.u (a INTEGER)")); err == nil {
		t.Fatal("a published generation can be written")
	}
}

func TestDiscardLeavesNothingAndNeverReusesAPath(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	seen := map[string]bool{}
	for range 3 {
		d, err := w.Begin(t.Context(), "run")
		if err != nil {
			t.Fatal(err)
		}
		if seen[d.Path()] {
			t.Fatal("path used twice:", d.Path())
		}
		seen[d.Path()] = true
		if err := fill(t.Context(), d, 1, 1); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.Discard(), d.Discard()); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir); len(got) != 0 {
		t.Fatal(got)
	}
	if _, err := w.Acquire(t.Context()); err == nil {
		t.Fatal("a discarded draft can be read")
	}
}

func TestSnapshotOutlivesPublishAndPrune(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	publish(t, w, "a", 1, 10)
	old, err := w.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	publish(t, w, "b", 2, 10)
	publish(t, w, "c", 3, 10)
	removed, err := w.Prune(0)
	if err != nil || len(removed) != 1 || removed[0].RunID != "b" {
		t.Fatal(removed, err)
	}
	row, err := engine.One(t.Context(), old.DB(), engine.SQL(`SELECT min(marker) AS "m" FROM core.t`))
	if err != nil || row[0] != int64(1) {
		t.Fatal(row, err)
	}
	if err := errors.Join(old.Release(), old.Release()); err != nil {
		t.Fatal(err)
	}
	if removed, err = w.Prune(1); err != nil || len(removed) != 1 || removed[0].RunID != "a" {
		t.Fatal(removed, err)
	}
	wantLook(t, w, 3, 10)
}

func TestPruneKeeps(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	for i := range 5 {
		publish(t, w, fmt.Sprintf("r%d", i), i, 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("00000001-r0.duckdb\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	removed, err := w.Prune(2)
	if err != nil || len(removed) != 2 {
		t.Fatal(removed, err)
	}
	want := []string{"00000001-r0.duckdb", "00000004-r3.duckdb", "00000005-r4.duckdb"}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Fatal(diff)
	}
	wantLook(t, w, 0, 1)
	if g := publish(t, w, "next", 9, 1); !strings.HasPrefix(g.Name, "00000006-") {
		t.Fatal(g)
	}
}

func TestPruneSurvivesWhatCannotBeDeleted(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	publish(t, w, "a", 1, 1)
	publish(t, w, "b", 2, 1)
	publish(t, w, "c", 3, 1)
	stuck := filepath.Join(dir, "generations", "00000001-a.duckdb")
	if err := os.Remove(stuck); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(stuck, "full"), 0o755); err != nil { // a folder that is not empty cannot be removed
		t.Fatal(err)
	}
	removed, err := w.Prune(1)
	wantError(t, err, "cannot delete the old generation "+stuck)
	if len(removed) != 1 || removed[0].RunID != "b" {
		t.Fatal(removed)
	}
	wantLook(t, w, 3, 1)
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	unlock, err := a.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var locked *warehouse.LockedError
	if _, err := b.Begin(t.Context(), "x"); !errors.As(err, &locked) {
		t.Fatal(err)
	}
	if locked.PID != os.Getpid() || locked.Since != "2025-06-30T04:00:00Z" {
		t.Fatal(locked)
	}
	wantError(t, locked, fmt.Sprintf("process %d since 2025-06-30T04:00:00Z", os.Getpid()), "wait until it ends")
	publish(t, a, "under-lock", 1, 1)
	if _, err := b.Lock(t.Context()); !errors.As(err, &locked) {
		t.Fatal("publishing gave away a lock that the caller holds:", err)
	}
	if err := errors.Join(unlock(), unlock()); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "after", 2, 1)
	if unlock, err = a.Lock(t.Context()); err != nil {
		t.Fatal("Begin without Lock kept the lock after Publish:", err)
	}
	unlock()
}

func TestOneDraftAtATime(t *testing.T) {
	w := open(t, t.TempDir())
	unlock, err := w.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	d, err := w.Begin(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Begin(t.Context(), "b")
	wantError(t, err, "a draft is open already")
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	publish(t, w, "c", 1, 1)
}

func TestRunIDs(t *testing.T) {
	w := open(t, t.TempDir())
	for _, bad := range []string{"", "../up", "a/b", ".hidden", "a b", "a\nb", strings.Repeat("x", 200)} {
		if _, err := w.Begin(t.Context(), bad); err == nil {
			t.Errorf("run id %q was accepted", bad)
		}
	}
}

func TestPublishRefusesWhatIsStillOut(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	publish(t, w, "good", 1, 1)
	d, err := w.Begin(t.Context(), "leaking")
	must(t, err)
	must(t, fill(t.Context(), d, 2, 1))
	conn, err := d.DB().Conn(t.Context())
	must(t, err)
	_, err = d.Publish(t.Context())
	wantError(t, err, "cannot publish 00000002-leaking.duckdb", "1 connections or readers still out")
	must(t, conn.Close())
	must(t, d.Discard())
	wantLook(t, w, 1, 1)
	publish(t, w, "next", 3, 1)
}

func TestPublishCancelled(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	publish(t, w, "good", 1, 1)
	ctx, cancel := context.WithCancel(t.Context())
	d, err := w.Begin(ctx, "bad")
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(ctx, d, 2, 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := d.Publish(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	wantLook(t, w, 1, 1)
	if diff := cmp.Diff([]string{"00000001-good.duckdb"}, files(t, dir)); diff != "" {
		t.Fatal(diff)
	}
}

func TestReadersNeverSeeAMixture(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	publish(t, w, "r0", 0, 100)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	reads := make([]int, 2)
	for i := range reads {
		wg.Go(func() {
			last := int64(-1)
			for {
				select {
				case <-stop:
					return
				default:
				}
				row, err := look(t.Context(), w)
				if err != nil {
					t.Error(err)
					return
				}
				marker := row[0].(int64)
				if row[1] != 100+marker || row[2] != int64(1) || marker < last {
					t.Errorf("marker %d after %d, rows %v, markers %v", marker, last, row[1], row[2])
					return
				}
				last = marker
				reads[i]++
			}
		})
	}
	for i := 1; i <= 6; i++ {
		publish(t, w, fmt.Sprintf("r%d", i), i, 100+i)
		if _, err := w.Prune(1); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	t.Log("reads:", reads)
	wantLook(t, w, 6, 106)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
