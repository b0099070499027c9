package etl

import (
	"context"
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
	"verso/etl/extract"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/etl/source/file"
	"verso/etl/star"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
)

// nights is a company that is refreshed night after night.
type nights struct {
	*bench
	w     *warehouse.Warehouse
	erp   *liveDatabase // nil: files only
	now   time.Time
	crash func(string) error
	dry   bool

	resumes bool   // a draft outlives a crash, and the next night goes on from it
	choices string // on the command line
	told    *Resumption
	why     string // it was not gone on from
}

// liveDatabase is a DuckDB database whose tables the tests change; it narrows
// extracts as a real one does.
type liveDatabase struct {
	t  testing.TB
	db *duck.DB
}

func (l *liveDatabase) Columns(context.Context, engine.Conn, source.Request) ([]source.Column, error) {
	return nil, nil
}

func (l *liveDatabase) Close() error { return nil }

func (l *liveDatabase) Land(ctx context.Context, _ engine.Conn, req source.Request) (source.Report, error) {
	var r source.Report
	sql := req.Narrowed(engine.QuoteIdent)
	err := engine.Rows(ctx, l.db, engine.SQL("DESCRIBE "+sql), func(row []any) error {
		r.Columns = append(r.Columns, source.Column{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Landed, err = l.db.Exec(ctx, engine.SQL("COPY ("+sql+") TO "+engine.QuoteText(req.Path)+" (FORMAT parquet)"))
	r.Read = r.Landed
	return r, err
}

func (l *liveDatabase) exec(sql string) {
	l.t.Helper()
	if _, err := l.db.Exec(context.Background(), engine.SQL(sql)); err != nil {
		l.t.Fatal(err)
	}
}

func newNights(t testing.TB) *nights {
	b := newBench(t)
	n := &nights{bench: b, now: time.Date(2024, 6, 1, 2, 0, 0, 0, time.UTC)}
	w, err := warehouse.Open(b.cfg.Warehouse, func(ctx context.Context, path string, readOnly bool) (engine.Database, error) {
		return duck.Open(ctx, duck.Options{Path: path, ReadOnly: readOnly, Threads: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	n.w = w
	t.Cleanup(func() { w.Close() })
	b.cfg.AsOf = "2024-06-30"
	b.cfg.Landing.CompactAfter = 1000
	return n
}

func (n *nights) database() {
	db, err := duck.Open(context.Background(), duck.Options{Threads: 1})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { db.Close() })
	n.erp = &liveDatabase{n.t, db}
	n.cfg.Sources["erp"] = config.Source{Kind: "postgres"}
}

// base reads what the published generation stands on.
func (n *nights) base(ctx context.Context) *Base {
	snapshot, err := n.w.Acquire(ctx)
	if err != nil {
		return nil
	}
	defer snapshot.Release()
	base, err := ReadBase(ctx, snapshot.DB(), snapshot.Generation().Name)
	if err != nil {
		n.t.Fatal(err)
	}
	return base
}

// night refreshes; what the finished draft holds is returned when tables is set.
func (n *nights) night(mode Mode, period *extract.Period) (*Result, error) {
	ctx := context.Background()
	if !n.resumes {
		n.now = n.now.Add(24 * time.Hour)
	}
	base := n.base(ctx)
	begin := n.w.Begin
	if base != nil && mode != ModeLanding {
		if ok, _ := base.Suits(n.cfg, nil); ok {
			begin, base.Copied = n.w.BeginFrom, true
		}
	}
	scratch, err := duck.Open(ctx, duck.Options{Threads: 1})
	if err != nil {
		n.t.Fatal(err)
	}
	defer scratch.Close()
	sources := map[string]source.Source{}
	for name, c := range n.cfg.Sources {
		if c.Kind == "postgres" {
			sources[name] = n.erp
			continue
		}
		if sources[name], err = file.New(name, c, ""); err != nil {
			n.t.Fatal(err)
		}
	}
	var draft *warehouse.Draft
	var after []Step
	if !n.dry {
		after = append(after, Step{Name: "publish", Run: func(ctx context.Context, s *State) error {
			if err := s.crash("publish"); err != nil {
				return err
			}
			if err := s.ReleaseConn(); err != nil {
				return err
			}
			if err := draft.Name(s.RunID); err != nil {
				return err
			}
			g, err := draft.Publish(ctx)
			s.Generation = g.Name
			return err
		}})
	}
	o := Options{Config: n.cfg, Version: "test", Sources: sources, Scratch: scratch, Clock: func() time.Time { return n.now },
		Star: Step{Name: "star", Run: func(ctx context.Context, s *State) error {
			if err := seen(ctx, s); err != nil {
				return err
			}
			return n.star(ctx, s)
		}}, After: after, Mode: mode, Base: base, Period: period, Dry: n.dry, Crash: n.crash, Parallel: 2}
	if n.resumes {
		o.Choices = n.choices
		o.Mark = func(ctx context.Context) (string, error) { return draft.Mark(ctx) }
		o.Resume, n.why = FindResumption(ctx, o)
		n.told, o.Anew = o.Resume, n.why
	}
	var lost *warehouse.LostError
	if o.Resume != nil && o.Resume.Mark != "" {
		if draft, err = n.w.Resume(ctx, o.Resume.Mark); errors.As(err, &lost) {
			o.Resume.OnlyLanded()
		} else if base != nil {
			base.Copied = o.Resume.Copied
		}
	}
	if draft == nil {
		draft, err = begin(ctx, "new")
	}
	if err != nil {
		n.t.Fatal(err)
	}
	defer draft.Discard()
	o.DB = draft.DB()
	r, err := Refresh(ctx, o)
	if n.resumes && errors.Is(err, ErrCrash) {
		n.die(draft)
	}
	return r, err
}

// die leaves a draft as a killed process does.
func (n *nights) die(draft *warehouse.Draft) {
	n.t.Helper()
	left := map[string][]byte{}
	for _, path := range []string{draft.Path(), draft.Path() + ".wal"} {
		if content, err := os.ReadFile(path); err == nil {
			left[path] = content
		}
	}
	draft.Discard()
	for path, content := range left {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			n.t.Fatal(err)
		}
	}
}

// star builds the star with the keys that members had the nights before, which
// lie beside the landed extracts.
func (n *nights) star(ctx context.Context, s *State) error {
	dir := filepath.Join(n.cfg.Warehouse, "landing")
	keys := star.Keys{Members: filepath.Join(dir, "keys.parquet"), Orders: filepath.Join(dir, "order-keys.parquet")}
	if _, err := os.Stat(keys.Orders); err == nil {
		scan := s.DB.Dialect().ReadParquet
		if err := star.LoadKeys(ctx, s.Conn, star.Keys{Members: scan(keys.Members), Orders: scan(keys.Orders)}); err != nil {
			return err
		}
	}
	if err := starStep().Run(ctx, s); err != nil {
		return err
	}
	return star.SaveKeys(ctx, s.Conn, keys)
}

// seen keeps what the star is told, which it clears away.
func seen(ctx context.Context, s *State) error {
	sql := "DROP SCHEMA IF EXISTS seen CASCADE; CREATE SCHEMA seen"
	err := engine.Rows(ctx, s.Conn, engine.SQL(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'due' AND table_name LIKE 'changed%' ORDER BY 1`), func(row []any) error {
		sql += fmt.Sprintf("; CREATE TABLE seen.%[1]s AS SELECT * FROM due.%[1]s", q(engine.Text(row[0])))
		return nil
	})
	if err == nil {
		_, err = s.exec(ctx, sql)
	}
	return err
}

func (n *nights) mustNight(mode Mode) *Result {
	n.t.Helper()
	r, err := n.night(mode, nil)
	if err != nil {
		n.t.Fatalf("%T: %v", err, err)
	}
	return r
}

// read runs a query on the published generation.
func (n *nights) read(sql string) []string {
	n.t.Helper()
	snapshot, err := n.w.Acquire(context.Background())
	if err != nil {
		n.t.Fatal(err)
	}
	defer snapshot.Release()
	var out []string
	err = engine.Rows(context.Background(), snapshot.DB(), engine.SQL(sql), func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = engine.Text(v)
		}
		out = append(out, strings.Join(cells, "|"))
		return nil
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return out
}

func (n *nights) shows(sql string, want ...string) {
	n.t.Helper()
	if d := cmp.Diff(want, n.read(sql)); d != "" {
		n.t.Errorf("%s\n%s", sql, d)
	}
}

// Run by run these differ: they tell of the run, not of what is known.
var ofTheRun = []string{"meta.run", "meta.stage_change", "meta.table_load", "meta.extract", "meta.stage_base", "meta.reconciliation", "meta.schema_drift", "meta.stage_note", "meta.check_result", "meta.check_history", "meta.check_table", "meta.check_carry", "meta.star_build", "meta.star_day"}

// content are the rows of every table of the published generation, sorted.
func (n *nights) content() map[string][]string {
	n.t.Helper()
	out := map[string][]string{}
	for _, name := range n.read(`SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('stage', 'quarantine', 'core', 'meta') ORDER BY 1`) {
		if slices.Contains(ofTheRun, name) {
			continue
		}
		rows := n.read("SELECT * FROM " + name)
		slices.Sort(rows)
		out[name] = rows
	}
	return out
}

// sameAsRebuilt rebuilds from landing and compares.
func (n *nights) sameAsRebuilt(what string) {
	n.t.Helper()
	merged := n.content()
	n.mustNight(ModeLanding)
	if d := cmp.Diff(merged, n.content()); d != "" {
		n.t.Fatalf("%s: merged (-) and rebuilt (+) differ:\n%s", what, d)
	}
}

// keepCurrent returns what makes the generation that is published now the
// published one again, so that increments go on from increments.
func (n *nights) keepCurrent() func() {
	n.t.Helper()
	path := filepath.Join(n.cfg.Warehouse, "CURRENT")
	text, err := os.ReadFile(path)
	if err != nil {
		n.t.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			n.t.Fatal(err)
		}
	}
}

func (n *nights) balanced() {
	n.t.Helper()
	n.shows(`SELECT table_name, source FROM meta.table_load WHERE read <> loaded + quarantined OR run_read <> inserted + updated + unchanged + set_aside`)
	n.shows(`SELECT subject, unit, source_value, warehouse_value, explained FROM meta.reconciliation WHERE difference <> 0`)
}

func TestWatermark(t *testing.T) {
	n := newNights(t)
	n.database()
	n.erp.exec(`CREATE TABLE orders (id INTEGER, who INTEGER, day DATE, changed TIMESTAMP);
INSERT INTO orders VALUES (1, 7, '2024-03-01', '2024-03-01'), (2, 8, '2024-03-02', '2024-03-02'), (3, 7, '2024-03-05', '2024-03-05');
CREATE TABLE lines (id INTEGER, order_id INTEGER, n VARCHAR, price DECIMAL(9,2), changed TIMESTAMP);
INSERT INTO lines VALUES (1, 1, '2', 10, '2024-03-01'), (2, 1, '1', 5.5, '2024-03-01'), (3, 2, 'x', 1, '2024-03-02'), (4, 3, '4', 2.25, '2024-03-05')`)
	way := &config.Incremental{By: "updated_at", Overlap: "12h"}
	n.mapping("order_header", config.Map{From: "erp", Select: "SELECT id AS order_id, who AS customer_id, day AS order_date, changed AS updated_at FROM orders", Incremental: way})
	n.mapping("order_line", config.Map{From: "erp", Select: "SELECT id AS line_id, id AS line_no, order_id, n AS qty_ordered, price AS unit_price, changed AS updated_at FROM lines", Incremental: way})
	one := 1.0
	n.cfg.Checks["mostly-quarantined"] = config.Check{Threshold: &one}
	n.mustNight(ModeAuto)
	n.balanced()
	n.shows(`SELECT mode FROM meta.stage_change WHERE table_name = 'order_line'`, "all")
	n.erp.exec(`UPDATE lines SET n = '3', changed = '2024-03-06' WHERE id = 3; UPDATE lines SET n = 'y', changed = '2024-03-06' WHERE id = 2;
UPDATE lines SET price = 11, changed = '2024-03-06' WHERE id = 1; INSERT INTO lines VALUES (5, 3, '1', 1, '2024-03-06 10:00:00')`)
	n.mustNight(ModeAuto)
	n.balanced()
	n.shows(`SELECT mode, inserted, updated, deleted FROM meta.stage_change WHERE table_name = 'order_line'`, "some|2|1|0")
	n.shows(`SELECT line_id FROM seen.changed_order_line ORDER BY 1`, "1", "3", "5")
	n.shows(`SELECT run_read, inserted, updated, unchanged, set_aside, kept FROM meta.table_load WHERE table_name = 'order_line'`, "5|2|1|1|1|1")
	n.shows(`SELECT line_id, qty_ordered, unit_price FROM stage.order_line ORDER BY 1`, "1|2|11.0000", "2|1|5.5000", "3|3|1.0000", "4|4|2.2500", "5|1|1.0000")
	n.shows(`SELECT key, value FROM quarantine.order_line`, "2|y")
	n.sameAsRebuilt("second night")
	n.shows(`SELECT mode FROM meta.stage_change WHERE table_name = 'order_line'`, "all")
	n.mustNight(ModeAuto)
	n.shows(`SELECT mode, inserted, updated, deleted FROM meta.stage_change WHERE table_name = 'order_line'`, "some|0|0|0") // the overlap has other numbers
	n.sameAsRebuilt("quiet night")
}

func TestWholeTables(t *testing.T) {
	n := newNights(t)
	n.orders()
	n.file("old", "customer_id,name\n7,Seven\n8,Eight\n9,Nine\n")
	n.file("new", "customer_id,name\n9,Neun\n10,Ten\n")
	n.mapping("customer", config.Map{From: "old", Columns: identity("customer_id", "name")})
	n.mapping("customer", config.Map{From: "new", Columns: identity("customer_id", "name")})
	n.mustNight(ModeAuto)
	n.balanced()
	n.shows(`SELECT customer_id, name, source FROM stage.customer ORDER BY 1`, "7|Seven|old", "8|Eight|old", "9|Neun|new", "10|Ten|new")
	n.shows(`SELECT source, file, line, reason, value, raw FROM quarantine.customer`, "old|old.csv|4|duplicate key|9|9,Nine")
	n.sameAsRebuilt("first night")
	n.file("new", "customer_id,name\n10,Zehn\n11,Elf\n")
	n.mustNight(ModeAuto)
	n.balanced()
	n.shows(`SELECT customer_id, name, source, is_deleted FROM stage.customer ORDER BY 1`, "7|Seven|old|", "8|Eight|old|", "9|Nine|old|", "10|Zehn|new|", "11|Elf|new|")
	n.shows(`SELECT customer_id FROM seen.changed_customer ORDER BY 1`, "9", "10", "11")
	n.shows(`SELECT count(*) FROM quarantine.customer`, "0")
	n.shows(`SELECT mode FROM meta.stage_change WHERE table_name = 'order_line'`, "none")
	n.sameAsRebuilt("second night")
	n.file("lines", "line_id,order_id,title_id,qty_ordered,unit_price\n1,1,100,2,10.00\n3,2,100,two,10.00\n4,3,102,4,2.25\n")
	n.mustNight(ModeAuto)
	n.balanced()
	n.shows(`SELECT line_id, qty_ordered, is_deleted FROM stage.order_line ORDER BY 1`, "1|2|", "2|1|true", "3|-1|", "4|4|")
	n.shows(`SELECT read, loaded, quarantined, deleted, kept, newly_deleted FROM meta.table_load WHERE table_name = 'order_line'`, "5|3|2|1|1|1")
	n.sameAsRebuilt("a line deleted")
	n.mustNight(ModeFull)
	n.balanced()
	n.sameAsRebuilt("everything anew")
}

func TestVersions(t *testing.T) {
	n := newNights(t)
	n.orders()
	customers := func(rows string) { n.file("customers", "customer_id,name,status\n"+rows) }
	n.mapping("customer", config.Map{From: "customers", Columns: identity("customer_id", "name", "status")})
	n.cfg.AsOf = "2024-06-01"
	customers("7,Seven,active\n8,Eight,active\n")
	n.mustNight(ModeAuto)
	n.cfg.AsOf = "2024-06-02"
	customers("7,Sieben,active\n8,Eight,lost\n9,Nine,prospect\n")
	n.mustNight(ModeAuto)
	n.sameAsRebuilt("second night")
	n.cfg.AsOf = "2024-06-03"
	customers("7,Sieben,active\n8,Eight,active\n")
	n.mustNight(ModeAuto)
	versions := []string{"7|Seven|active||", "8|Eight|active||", "8|Eight|lost||2024-06-02", "8|Eight|active||2024-06-03",
		"9|Nine|prospect||2024-06-02", "9|Nine|prospect|true|2024-06-03"}
	n.shows(`SELECT customer_id, name, status, is_deleted, CAST("_from" AS VARCHAR) FROM stage.customer_version ORDER BY 1, "_from" NULLS FIRST`, versions...)
	n.sameAsRebuilt("third night")
	customers("7,Sieben,active\n8,Eight,dormant\n") // the same day again
	n.mustNight(ModeAuto)
	versions[3] = "8|Eight|dormant||2024-06-03"
	n.shows(`SELECT customer_id, name, status, is_deleted, CAST("_from" AS VARCHAR) FROM stage.customer_version ORDER BY 1, "_from" NULLS FIRST`, versions...)
	n.sameAsRebuilt("the same day again")
}

// A chain folded into one file rebuilds to the same warehouse as before.
func TestFoldedLanding(t *testing.T) {
	c := newCompany(t, 11, false)
	c.cfg.Landing.CompactAfter = 2
	folded := 0
	for night := range 7 {
		c.mustNight(ModeAuto)
		c.balanced()
		current := c.keepCurrent()
		c.sameAsRebuilt(fmt.Sprintf("night %d", night+1))
		current()
		chain, err := landing.Open(c.cfg.Warehouse).Load("erp.order_line")
		if err != nil {
			t.Fatal(err)
		}
		if tail := chain.Tail(); len(tail) > 3 {
			t.Errorf("night %d: %d segments", night+1, len(tail))
		} else if tail[0].First > 0 && len(tail) == 1 {
			folded++
		}
		c.change()
	}
	if folded < 2 {
		t.Errorf("folded %d times", folded)
	}
}
