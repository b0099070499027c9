package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/ledger"
	"verso/olap/engine"
)

// A refresh that is killed after a step is continued there by the next one, and
// every table is that of a refresh that was not killed.
func TestResumedRefresh(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills processes")
	}
	needsAssets(t)
	base := t.TempDir()
	smallCompany(t, base)
	copied := func() (dir, config string) {
		dir = filepath.Join(t.TempDir(), "company")
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			t.Fatal(err)
		}
		return dir, filepath.Join(dir, "verso.yaml")
	}
	dir, config := copied()
	verso(t, exitDone, "refresh", "-c", config)
	want := tablesOf(t, dir)
	rng := rand.New(rand.NewPCG(5, 6))
	for _, step := range []string{"land", "stage", "star", "check", "keep", "lineage"} {
		dir, config := copied()
		cmd, out := versoProcess(t, "refresh", "-c", config)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 20_000 { // until the step has ended
			runs, _ := ledger.Read(filepath.Join(dir, "warehouse"))
			if len(runs) > 0 && slices.ContainsFunc(runs[len(runs)-1].Steps, func(s ledger.StepRun) bool { return s.Name == step }) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(rng.Float64() * float64(200*time.Millisecond)))
		_ = cmd.Process.Kill()
		if cmd.Wait() == nil {
			t.Logf("%s: it was done before it was killed", step)
			continue
		}
		stdout, stderr := verso(t, exitDone, "refresh", "-c", config)
		runs, err := ledger.Read(filepath.Join(dir, "warehouse"))
		if err != nil {
			t.Fatal(err)
		}
		last := runs[len(runs)-1]
		if last.Resumed == nil {
			t.Errorf("killed after %s: begun anew: %q\n%s\n%s\n%s", step, last.Anew, out, stdout, stderr)
		} else {
			t.Logf("killed after %s: went on with %s", step, last.Resumed.Step)
			if shown, _ := verso(t, exitDone, "status", "-c", config); !strings.Contains(shown, "resumed from run "+last.Resumed.Run+" at step "+last.Resumed.Step) {
				t.Errorf("status does not say that the run was resumed:\n%s", shown)
			}
		}
		if d := cmp.Diff(want, tablesOf(t, dir)); d != "" {
			t.Errorf("killed after %s: tables of an uninterrupted (-) and a resumed (+) refresh differ:\n%s", step, d)
		}
		noLeftovers(t, dir)
	}
}

// tablesOf are digests of all tables of the published generation.
func tablesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	db, release := pinned(t, dir)
	defer release()
	var names []string
	err := engine.Rows(t.Context(), db, engine.SQL("SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2"), func(row []any) error {
		names = append(names, engine.QuoteIdent(engine.Text(row[0]))+"."+engine.QuoteIdent(engine.Text(row[1])))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		row, err := engine.One(t.Context(), db, engine.SQL("SELECT count(*) || ' ' || coalesce(md5(string_agg(CAST(c AS VARCHAR), chr(10) ORDER BY CAST(c AS VARCHAR))), '') AS h FROM "+name+" AS c"))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = engine.Text(row[0])
	}
	return out
}
