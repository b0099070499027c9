package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap/api"
	"verso/olap/api/store"
	"verso/olap/cube"
	"verso/olap/engine"
)

// storeSharesAndPrunes opens one cut from many sides, and takes its generation away.
func storeSharesAndPrunes(t *testing.T, g *guarded) {
	dir := filepath.Join(g.dir, "warehouse", "cuts")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s := g.newStore(t)
	var wait sync.WaitGroup
	leases := make([]*api.Lease, 8)
	for i := range leases {
		wait.Go(func() {
			p := person("libraries")
			p.Name = fmt.Sprint("user ", i)
			l, err := s.Open(t.Context(), p)
			if err != nil {
				t.Error(err)
				return
			}
			leases[i] = l
		})
	}
	wait.Wait()
	for _, l := range leases {
		if l == nil {
			t.Fatal("not opened")
		}
		if l.Olap != leases[0].Olap || l.Path != leases[0].Path {
			t.Error("persons with the same rights do not share")
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("%v, %v: want the cut and its report", files, err)
	}
	info, err := os.Stat(leases[0].Path)
	if err != nil || info.Mode().Perm() != 0o400 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for i, l := range leases {
		l.Release()
		l.Release() // more than once does nothing
		if _, err := leases[len(leases)-1].Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}, Limit: i + 1}); err != nil && i < len(leases)-1 {
			t.Errorf("after %d releases: %v", i+1, err)
		}
	}
	// A cut of a generation that is gone is removed when the next one is made.
	stray := filepath.Join(dir, "00000000-old-run-0011223344556677.duckdb")
	appendTo(t, stray, "x")
	l, err := s.Open(t.Context(), person("north"))
	if err != nil {
		t.Fatal(err)
	}
	l.Release()
	if _, err := os.Stat(stray); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cut of a generation that is gone stays: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if l, err := s.Open(cancelled, person("costless")); err == nil {
		l.Release()
	}
	if _, err := s.Open(t.Context(), person("costless")); err != nil {
		t.Errorf("after somebody else gave up: %v", err)
	}
}

// storeSwitches publishes another generation while a lease of the first is out.
func storeSwitches(t *testing.T, g *guarded) {
	s := g.newStore(t)
	old, err := s.Open(t.Context(), person("libraries"))
	if err != nil {
		t.Fatal(err)
	}
	generations := filepath.Join(g.dir, "warehouse", "generations")
	next := "00000002-2026-06-30-next.duckdb"
	copyTo(t, filepath.Join(generations, old.Generation), filepath.Join(generations, next))
	current := filepath.Join(g.dir, "warehouse", "CURRENT")
	was, err := os.ReadFile(current)
	if err != nil {
		t.Fatal(err)
	}
	publish := func(name []byte) {
		if err := os.WriteFile(current, name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	publish([]byte(next + "\n"))
	defer publish(was)
	// The cut of before is given until that of the new generation is made.
	meanwhile, err := s.Open(t.Context(), person("libraries"))
	if err != nil {
		t.Fatal(err)
	}
	if meanwhile.Generation == old.Generation && meanwhile.Olap != old.Olap {
		t.Error("the cut of before was opened again")
	}
	meanwhile.Release()
	var fresh *api.Lease
	for end := time.Now().Add(2 * time.Minute); fresh == nil; time.Sleep(20 * time.Millisecond) {
		l, err := s.Open(t.Context(), person("libraries"))
		switch {
		case err != nil:
			t.Fatal(err)
		case l.Generation == next:
			fresh = l
		case time.Now().After(end):
			t.Fatalf("the cut of the new generation does not come: %s", l.Generation)
		default:
			l.Release()
		}
	}
	if fresh.Path == old.Path || fresh.Olap == old.Olap {
		t.Errorf("after the switch: %s, %s", fresh.Generation, fresh.Path)
	}
	for _, l := range []*api.Lease{old, fresh} {
		if _, err := l.Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}}); err != nil {
			t.Errorf("%s: %v", l.Generation, err)
		}
	}
	old.Release()
	if _, err := old.DB.Conn(t.Context()); err == nil {
		t.Error("what nobody uses of the old generation stays open")
	}
	fresh.Release()
	again, err := s.Open(t.Context(), person("libraries"))
	if err != nil || again.Olap != fresh.Olap {
		t.Errorf("what nobody uses of the new one is not kept open: %v", err)
	}
	again.Release()
}

// storeOvertaken removes a generation, and publishes another, while a cut of it is
// being made: before it is read, who asks gets the cut of the other; after that, the
// cut that was made.
func storeOvertaken(t *testing.T, g *guarded) {
	for name, readOnly := range map[string]bool{"before it is read": false, "after it is made": true} {
		warehouseDir := filepath.Join(g.dir, "warehouse")
		current := filepath.Join(warehouseDir, "CURRENT")
		was, err := os.ReadFile(current)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(warehouseDir, "cuts")); err != nil {
			t.Fatal(err)
		}
		published := strings.TrimSpace(string(was))
		next := "00000003-2026-06-30-overtaken.duckdb"
		path := filepath.Join(warehouseDir, "generations", next)
		copyTo(t, filepath.Join(warehouseDir, "generations", published), path)
		if err := os.WriteFile(current, []byte(next+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		var once sync.Once
		var s *store.Store
		s = g.newStoreWith(t, func(o *store.Options) {
			open := o.Open
			o.Open = func(ctx context.Context, file string, ro bool) (engine.Database, error) {
				if ro == readOnly && strings.Contains(file, "overtaken") {
					once.Do(func() {
						if err := errors.Join(os.Remove(path), os.WriteFile(current, was, 0o644)); err != nil {
							t.Error(err)
						}
						if readOnly { // another cut removes those of generations that are gone
							l, err := s.Open(ctx, person("north"))
							if err != nil {
								t.Error(err)
								return
							}
							l.Release()
						}
					})
				}
				return open(ctx, file, ro)
			}
		})
		l, err := s.Open(t.Context(), person("libraries"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := map[bool]string{false: published, true: next}[readOnly]; l.Generation != want {
			t.Errorf("%s: a cut of %s, want one of %s", name, l.Generation, want)
		}
		if _, err := l.Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		l.Release()
	}
}
