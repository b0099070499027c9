package warehouse_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/olap/engine"
	"verso/olap/warehouse"
)

// markOnce fills a draft, marks it, says so, and then does to it all that a step
// may do, round after round, until it is killed.
func markOnce(dir string) error {
	w, err := warehouse.Open(dir, openDuck)
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := w.Begin(ctx, "new")
	if err != nil {
		return err
	}
	if err := fillMarked(ctx, d); err != nil {
		return err
	}
	mark, err := d.Mark(ctx)
	if err != nil {
		return err
	}
	fmt.Println(mark)
	for i := 0; ; i++ {
		for _, s := range []string{
			`CREATE OR REPLACE TABLE core.large AS SELECT range AS n, md5(CAST(range AS VARCHAR)) AS t FROM range(400000)`,
			`UPDATE core.kept SET n = n + 1, t = md5(t)`, // so much that the engine by itself would soon make a checkpoint
			`DELETE FROM core.kept WHERE n % 7 = 1`,
			`INSERT INTO core.kept SELECT range, 'later' FROM range(300000)`,
			`DROP TABLE IF EXISTS core.dropped`,
			`CREATE TABLE core.dropped AS SELECT range AS n FROM range(200000)`,
			`CREATE OR REPLACE VIEW core.v AS SELECT count(*) AS n FROM core.large`,
			`ALTER TABLE core.small ADD COLUMN IF NOT EXISTS more INTEGER`,
			fmt.Sprintf(`INSERT INTO core.small (n) VALUES (%d)`, i),
		} {
			if _, err := d.DB().Exec(ctx, engine.SQL(s)); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		fmt.Println(i)
	}
}

func fillMarked(ctx context.Context, d *warehouse.Draft) error {
	for _, s := range []string{
		`CREATE SCHEMA core`,
		`CREATE TABLE core.kept AS SELECT range AS n, md5(CAST(range AS VARCHAR)) AS t FROM range(250000)`,
		`CREATE TABLE core.dropped AS SELECT range AS n FROM range(150000)`,
		`CREATE TABLE core.small AS SELECT 1 AS n`,
		`DELETE FROM core.kept WHERE n BETWEEN 50000 AND 125000`,
	} {
		if _, err := d.DB().Exec(ctx, engine.SQL(s)); err != nil {
			return err
		}
	}
	return nil
}

// holds is what the marked tables hold.
func holds(t *testing.T, db engine.Database) string {
	t.Helper()
	row, err := engine.One(t.Context(), db, engine.SQL(`SELECT
(SELECT count(*) || ' ' || sum(n) || ' ' || md5(string_agg(t, '' ORDER BY n, t)) FROM core.kept) || ', ' ||
(SELECT count(*) || ' ' || sum(n) FROM core.dropped) || ', ' ||
(SELECT string_agg(CAST(s AS VARCHAR), ' ') FROM core.small AS s) || ', ' ||
(SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.tables WHERE table_schema = 'core') AS h`))
	must(t, err)
	return engine.Text(row[0])
}

// A marked draft whose process is killed at any moment afterwards is taken up as
// it was when it was marked, and can be published.
func TestResumeAfterKill(t *testing.T) {
	kills := 12
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(3, 4))
	want, round := "", time.Duration(0)
	for i := range kills {
		cmd := child(t, "mark", dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		lines.Scan()
		mark := lines.Text()
		if i == 0 { // how long one takes on this machine under its present load
			began := time.Now()
			lines.Scan()
			round = time.Since(began)
		}
		time.Sleep(time.Duration(random.Float64() * 3 * float64(round)))
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		left, _ := filepath.Glob(filepath.Join(dir, "generations", "*.draft*"))
		w := open(t, dir)
		d, err := w.Resume(t.Context(), mark)
		if err != nil {
			t.Fatalf("kill %d, which left %v: %v", i, left, err)
		}
		got := holds(t, d.DB())
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("kill %d: the draft holds %s, want %s", i, got, want)
		}
		g, err := d.Publish(t.Context())
		must(t, err)
		s, err := w.Acquire(t.Context())
		must(t, err)
		if s.Generation().Name != g.Name || holds(t, s.DB()) != want {
			t.Errorf("%s is published, holding %s", s.Generation().Name, holds(t, s.DB()))
		}
		must(t, s.Release())
		must(t, w.Close())
	}
	t.Logf("%d kills within 3 × %v", kills, round)
}

// What was written into the file since the mark is noticed.
func TestResumeInDoubt(t *testing.T) {
	ctx := t.Context()
	begin := func(dir string) (w *warehouse.Warehouse, mark, path string) {
		w = open(t, dir)
		d, err := w.Begin(ctx, "new")
		must(t, err)
		must(t, fillMarked(ctx, d))
		mark, err = d.Mark(ctx)
		must(t, err)
		path = d.Path()
		content, err := os.ReadFile(path)
		must(t, err)
		must(t, d.Discard())
		must(t, os.WriteFile(path, content, 0o444)) // as if its process had died
		return w, mark, path
	}
	cases := []struct {
		name string
		harm func(path string)
		want string
	}{
		{"as it was", func(string) {}, ""},
		{"gone", func(path string) { must(t, os.Remove(path)) }, "is gone"},
		{"a checkpoint later", func(path string) {
			must(t, os.Chmod(path, 0o644))
			db, err := openDuck(ctx, path, false)
			must(t, err)
			_, err = db.Exec(ctx, engine.SQL("INSERT INTO core.small VALUES (2)"))
			must(t, err)
			must(t, db.Close())
		}, "was written since"},
		{"cut short", func(path string) { must(t, os.Chmod(path, 0o644)); must(t, os.Truncate(path, 5000)) }, "cannot be taken up"},
		{"cut within its blocks", func(path string) {
			must(t, os.Chmod(path, 0o644))
			must(t, os.Truncate(path, 20000))
		}, "cannot be taken up"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w, mark, path := begin(dir)
			c.harm(path)
			d, err := w.Resume(ctx, mark)
			if c.want == "" {
				must(t, err)
				must(t, d.Discard())
				return
			}
			var lost *warehouse.LostError
			if !errors.As(err, &lost) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v: want a LostError with %q", err, c.want)
			}
			d, err = w.Begin(ctx, "new") // begins anew
			must(t, err)
			must(t, d.Discard())
		})
	}
}
