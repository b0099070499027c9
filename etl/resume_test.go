package etl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/resume"
)

// resuming is a company with all ways of extracting, tables with versions, files
// with bad rows, whose refreshes are gone on from.
func resuming(t *testing.T) *nights {
	n := newNights(t)
	n.database()
	n.resumes = true
	n.cfg.Night.ResumeWithin = 6 * time.Hour
	n.erp.exec(`CREATE TABLE orders (id INTEGER, day DATE, changed TIMESTAMP); CREATE TABLE lines (id INTEGER, n INTEGER, changed TIMESTAMP); CREATE TABLE customers (id INTEGER, name VARCHAR)`)
	n.erp.exec(`INSERT INTO orders VALUES (1, '2024-03-01', '2024-03-01'); INSERT INTO customers VALUES (1, 'One'), (2, 'Two')`)
	way := &config.Incremental{By: "updated_at"}
	n.mapping("order_header", config.Map{From: "erp", Select: "SELECT id AS order_id, 1 AS customer_id, day AS order_date, changed AS updated_at FROM orders", Incremental: way})
	n.mapping("order_line", config.Map{From: "erp", Select: "SELECT id AS line_id, id AS line_no, 1 AS order_id, n AS qty_ordered, 1 AS unit_price, changed AS updated_at FROM lines", Incremental: way})
	n.mapping("customer", config.Map{From: "erp", Select: "SELECT id AS customer_id, name FROM customers", Incremental: &config.Incremental{Compare: true}})
	n.file("suppliers", "supplier_id,name\n1,Alpha\n2,Beta\n2,Gamma\n\n3,Delta,too much\n")
	n.mapping("supplier", config.Map{From: "suppliers", Columns: identity("supplier_id", "name")})
	one := 1.0
	n.cfg.Checks["mostly-quarantined"] = config.Check{Threshold: &one}
	return n
}

// change is what happens in a day.
func (n *nights) change(line int) {
	n.erp.exec(fmt.Sprintf(`INSERT INTO lines VALUES (%[1]d, %[1]d, TIMESTAMP '2024-03-01' + to_minutes(%[1]d)); UPDATE lines SET n = n + 1, changed = TIMESTAMP '2024-03-01' + to_minutes(%[1]d) WHERE id = %[2]d;
UPDATE customers SET name = 'Name %[1]d' WHERE id = 1; DELETE FROM customers WHERE id = %[3]d; INSERT INTO customers VALUES (%[4]d, 'New')`, line, line/2, line+1, line+2))
	n.file("suppliers", fmt.Sprintf("supplier_id,name\n1,Alpha\n2,Beta %d\n2,Gamma\n\n3,Delta,too much\n", line))
}

// everything are the rows of all tables of the published generation.
func (n *nights) everything() map[string][]string {
	n.t.Helper()
	out := map[string][]string{}
	for _, name := range n.read(`SELECT table_schema || '."' || table_name || '"' FROM information_schema.tables WHERE table_schema NOT IN ('seen', 'main') ORDER BY 1`) {
		rows := n.read("SELECT * FROM " + name)
		slices.Sort(rows)
		out[name] = rows
	}
	return out
}

// copied copies the warehouse folder and returns what puts the copy in its place.
func (n *nights) copied() func() {
	n.t.Helper()
	kept := filepath.Join(n.t.TempDir(), "kept")
	if err := os.CopyFS(kept, os.DirFS(n.cfg.Warehouse)); err != nil {
		n.t.Fatal(err)
	}
	return func() {
		if err := errors.Join(n.w.Close(), os.RemoveAll(n.cfg.Warehouse), os.CopyFS(n.cfg.Warehouse, os.DirFS(kept))); err != nil {
			n.t.Fatal(err)
		}
	}
}

// A refresh that dies at any moment is gone on from, and what it publishes in the
// end is, table by table, what one that did not die publishes. It dies about its
// steps, and with VERSO_CRASH_ALL at every change of the landing folder too.
func TestResumeAtEveryPoint(t *testing.T) {
	n := resuming(t)
	n.change(1)
	n.mustNight(ModeAuto)
	n.change(2)
	back := n.copied()
	var points []string
	n.crash = func(what string) error {
		points = append(points, what)
		return nil
	}
	n.mustNight(ModeAuto)
	n.crash = nil
	want := n.everything()
	began := map[string]int{}
	for point, at := range points {
		edge := strings.HasPrefix(at, "begin") || strings.HasPrefix(at, "record")
		if !edge && os.Getenv("VERSO_CRASH_ALL") == "" {
			continue
		}
		back()
		calls := 0
		n.crash = func(string) error {
			if calls++; calls == point+1 {
				return ErrCrash
			}
			return nil
		}
		if _, err := n.night(ModeAuto, nil); !errors.Is(err, ErrCrash) {
			t.Fatalf("point %d, %s: %v", point, at, err)
		}
		n.crash = nil
		r := n.mustNight(ModeAuto)
		first := n.why
		if r.Run.Resumed != nil {
			first = r.Run.Resumed.Step
		}
		began[first]++
		if strings.HasPrefix(n.why, "the published generation was") {
			continue // it had come so far as to publish
		}
		if r.Run.Resumed == nil && at != "begin land" && !strings.HasPrefix(at, "open") {
			t.Errorf("point %d, %s: begun anew: %q", point, at, n.why)
		}
		if d := cmp.Diff(want, n.everything()); d != "" {
			t.Fatalf("dead at point %d, %s, and resumed at %q: uninterrupted (-) and resumed (+) differ:\n%s", point, at, first, d)
		}
		n.balanced()
		n.clean()
	}
	t.Logf("%d points; went on with %v", len(points), began)
	for _, step := range []string{"land", "stage", "star", "check", "keep"} {
		if began[step] == 0 && step != "stage" {
			t.Errorf("no refresh went on with %s", step)
		}
	}
}

// clean fails when a finished run left files that nothing refers to.
func (n *nights) clean() {
	n.t.Helper()
	for _, leftover := range []string{"landing/*/.running-*", "landing/*/*.tmp", "resume.json*", "generations/*.draft*"} {
		if left, _ := filepath.Glob(filepath.Join(n.cfg.Warehouse, leftover)); left != nil {
			n.t.Errorf("left behind: %v", left)
		}
	}
}

// die at the beginning of a step.
func (n *nights) dieAt(what string) {
	n.t.Helper()
	n.crash = func(at string) error {
		if at == what {
			return ErrCrash
		}
		return nil
	}
	_, err := n.night(ModeAuto, nil)
	n.crash = nil
	if !errors.Is(err, ErrCrash) {
		n.t.Fatalf("it did not die at %s: %v", what, err)
	}
}

// A refresh goes on only from one that stood on the same.
func TestResumeInDoubt(t *testing.T) {
	cases := []struct {
		name, at string
		change   func(n *nights)
		why      string // "": it goes on
	}{
		{"nothing", "begin star", func(*nights) {}, ""},
		{"configuration", "begin star", func(n *nights) { n.cfg.Keep = 5 }, "the configuration has changed"},
		{"choices", "begin star", func(n *nights) { n.choices = "skip models" }, "something else on the command line"},
		{"old", "begin star", func(n *nights) { n.now = n.now.Add(6*time.Hour + time.Second) }, "its landing is 6h0m1s old"},
		{"just young enough", "begin star", func(n *nights) { n.now = n.now.Add(6 * time.Hour) }, ""},
		{"clock set back", "begin star", func(n *nights) { n.now = n.now.Add(-time.Minute) }, "dated in the future"},
		{"never", "begin star", func(n *nights) { n.cfg.Night.ResumeWithin = 0; n.now = n.now.Add(time.Second) }, "the configuration has changed"},
		{"file changed", "begin star", func(n *nights) { n.file("suppliers", "supplier_id,name\n1,Alpha\n") }, "has changed since it was read"},
		{"file changed, not needed", "begin keep", func(n *nights) { n.file("suppliers", "supplier_id,name\n1,Alpha\n") }, ""},
		{"landed file cut", "begin star", func(n *nights) {
			all, _ := filepath.Glob(filepath.Join(n.cfg.Warehouse, "landing", "erp.order_line", ".running-*.parquet"))
			if len(all) != 1 {
				n.t.Fatal(all)
			}
			if err := os.Truncate(all[0], 100); err != nil {
				n.t.Fatal(err)
			}
		}, "has 100 bytes instead of"},
		{"record damaged", "begin star", func(n *nights) {
			if err := os.WriteFile(filepath.Join(n.cfg.Warehouse, resume.File), []byte("{"), 0o600); err != nil {
				n.t.Fatal(err)
			}
		}, "cannot be read"},
		{"source changed, not asked", "begin star", func(n *nights) { n.erp.exec("DELETE FROM lines") }, ""},
	}
	n := resuming(t)
	n.change(1)
	n.mustNight(ModeAuto)
	n.change(2)
	dead := map[string]func(){} // puts back what a refresh left that died there
	before, cfg, now := n.copied(), *n.cfg, n.now
	for _, at := range []string{"begin keep", "begin star"} {
		before()
		n.dieAt(at)
		dead[at] = n.copied()
	}
	path := n.cfg.Sources["suppliers"].Path
	suppliers, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			n.t, *n.cfg, n.now, n.choices = t, cfg, now, ""
			if err := errors.Join(os.WriteFile(path, suppliers, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
				t.Fatal(err)
			}
			dead[c.at]()
			c.change(n)
			r := n.mustNight(ModeAuto)
			switch {
			case c.why == "" && (r.Run.Resumed == nil || "begin "+r.Run.Resumed.Step != c.at):
				t.Errorf("not gone on from: %q, %+v", n.why, r.Run.Resumed)
			case c.why != "" && (!strings.Contains(n.why, c.why) || r.Run.Resumed != nil || r.Run.Anew != n.why):
				t.Errorf("%q, %+v: want %q", n.why, r.Run, c.why)
			}
			n.balanced()
			n.clean()
		})
	}
}

// What was landed before a refresh died while landing is not landed again.
func TestResumeLanding(t *testing.T) {
	n := resuming(t)
	n.change(1)
	n.mustNight(ModeAuto)
	n.change(2)
	n.dieAt("begin stage")
	n.erp.exec("DELETE FROM lines; DELETE FROM orders; DELETE FROM customers")
	n.file("suppliers", "supplier_id,name\n9,Changed\n")
	r := n.mustNight(ModeAuto)
	if r.Run.Resumed == nil || r.Run.Resumed.Step != "land" {
		t.Fatalf("%+v", r.Run)
	}
	n.shows("SELECT count(*) FROM stage.order_line WHERE is_deleted IS NULL", "2")
	n.shows("SELECT count(*) FROM stage.customer WHERE is_deleted IS NULL", "2") // 1 and 4
	n.shows("SELECT supplier_id FROM stage.supplier WHERE is_deleted IS NULL", "9")
	n.balanced()
	n.clean()
}
