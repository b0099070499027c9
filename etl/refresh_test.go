package etl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/source"
	"verso/etl/source/file"
	"verso/etl/star"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// bench is a company in a temporary folder.
type bench struct {
	t   testing.TB
	dir string
	db  *duck.DB
	cfg *config.Config
}

func newBench(t testing.TB) *bench {
	t.Helper()
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	dir := t.TempDir()
	return &bench{t: t, dir: dir, cfg: &config.Config{
		Version: 1, AsOf: "latest", Warehouse: filepath.Join(dir, "warehouse"), Keep: 2, Seed: 1, IDs: "integer",
		Company: config.Company{Name: "Test", Currency: "CNY", Language: "en", FiscalYearStart: 1},
		File:    filepath.Join(dir, "verso.yaml"),
		Sources: map[string]config.Source{}, Tables: map[string]config.Maps{}, Checks: map[string]config.Check{},
	}}
}

// file writes a source file and declares it.
func (b *bench) file(name, content string) {
	b.t.Helper()
	path := filepath.Join(b.dir, name+".csv")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.cfg.Sources[name] = config.Source{Kind: "file", Path: path}
}

func (b *bench) mapping(table string, m config.Map) {
	m.Line = 10 + len(b.cfg.Tables)
	b.cfg.Tables[table] = append(b.cfg.Tables[table], m)
}

// identity maps columns onto canonical columns of the same names.
func identity(names ...string) map[string]string {
	out := map[string]string{}
	for _, n := range names {
		out[n] = n
	}
	return out
}

// refresh runs a refresh into a new draft, which stays open for queries.
func (b *bench) refresh(after ...Step) (*Result, error) {
	b.t.Helper()
	ctx := context.Background()
	if b.db != nil {
		b.db.Close()
	}
	if err := os.MkdirAll(b.cfg.Warehouse, 0o777); err != nil {
		b.t.Fatal(err)
	}
	path := filepath.Join(b.dir, fmt.Sprintf("draft-%d.duckdb", time.Now().UnixNano()))
	db, err := duck.Open(ctx, duck.Options{Path: path, Threads: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	b.db = db
	b.t.Cleanup(func() { db.Close() })
	scratch, err := duck.Open(ctx, duck.Options{Threads: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	defer scratch.Close()
	sources := map[string]source.Source{}
	for name, s := range b.cfg.Sources {
		if sources[name], err = file.New(name, s, ""); err != nil {
			b.t.Fatal(err)
		}
		defer sources[name].Close()
	}
	return Refresh(ctx, Options{Config: b.cfg, Version: "test", Sources: sources, DB: db, Scratch: scratch,
		Clock: time.Now, Star: starStep(), After: after})
}

func starStep() Step {
	return Step{Name: "star", Run: func(ctx context.Context, s *State) error {
		return star.Build(ctx, s.Conn, star.Options{AsOf: s.AsOf, Currency: s.Config.Company.Currency, FiscalYearStart: s.Config.Company.FiscalYearStart,
			Progress: func(_ string, rows int64) { s.Rows += rows }})
	}}
}

// must runs a refresh that has to succeed.
func (b *bench) must(after ...Step) *Result {
	b.t.Helper()
	r, err := b.refresh(after...)
	if err != nil {
		b.t.Fatalf("%T: %v", err, err)
	}
	return r
}

// rows are the rows of a query, each joined by "|".
func (b *bench) rows(sql string) []string {
	b.t.Helper()
	var out []string
	err := engine.Rows(context.Background(), b.db, engine.SQL(sql), func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = engine.Text(v)
		}
		out = append(out, strings.Join(cells, "|"))
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) want(sql string, want ...string) {
	b.t.Helper()
	if d := cmp.Diff(want, b.rows(sql)); d != "" {
		b.t.Errorf("%s\n%s", sql, d)
	}
}

// orders declares two small, clean sources.
func (b *bench) orders() {
	b.file("heads", "order_id,customer_id,order_date\n1,7,2024-03-01\n2,8,2024-03-02\n3,7,2024-03-05\n")
	b.file("lines", "line_id,order_id,title_id,qty_ordered,unit_price\n1,1,100,2,10.00\n2,1,101,1,5.50\n3,2,100,-1,10.00\n4,3,102,4,2.25\n")
	b.mapping("order_header", config.Map{From: "heads", Columns: identity("order_id", "customer_id", "order_date")})
	b.mapping("order_line", config.Map{From: "lines", Columns: identity("line_id", "order_id", "title_id", "qty_ordered", "unit_price")})
}

func TestRefresh(t *testing.T) {
	b := newBench(t)
	b.orders()
	r := b.must(Step{Name: "publish", Run: func(_ context.Context, s *State) error { s.Generation = "g1"; return nil }})
	b.want(`SELECT table_name, source, read, loaded, quarantined FROM meta.table_load WHERE supplied ORDER BY 1`,
		"order_header|heads|3|3|0", "order_line|lines|4|4|0")
	b.want(`SELECT count(*) FROM core.fact_order_line`, "3")
	b.want(`SELECT count(*), sum(qty) FROM core.fact_return`, "1|1")
	b.want(`SELECT CAST(as_of AS VARCHAR), run_id FROM meta.run`, "2024-03-05|"+r.RunID)
	b.want(`SELECT count(*) FROM meta.reconciliation WHERE difference <> 0`, "0")
	b.want(`SELECT file FROM meta.extract ORDER BY 1`, "heads.csv", "lines.csv")
	for _, x := range []string{"heads", "lines"} {
		if _, err := os.Stat(filepath.Join(b.cfg.Warehouse, "landing", x, r.RunID+".parquet")); err != nil {
			t.Error(err)
		}
	}
	runs, err := ledger.Read(b.cfg.Warehouse)
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	if g := runs[0]; g.Status != ledger.StatusSucceeded || g.Generation != "g1" || g.RunID != r.RunID || len(g.Steps) != 6 || g.Class != ledger.ClassDone {
		t.Errorf("ledger: %+v", g)
	}
	for _, st := range runs[0].Steps {
		t.Logf("%s %.3f s %d rows %d MB", st.Name, st.Seconds, st.Rows, st.PeakBytes>>20)
	}
	if again := b.must(); again.RunID != r.RunID {
		t.Errorf("the same input gave run %s, then %s", r.RunID, again.RunID)
	}
}

func TestQuarantine(t *testing.T) {
	b := newBench(t)
	b.file("heads", "order_id,customer_id,order_date,entry_channel\n1,7,2024-03-01,web\n2,8,soon,web\n3,7,2024-03-05,pigeon\n3,7,2024-03-05,pigeon\n3,9,2024-03-05,web\n")
	b.file("lines", "line_id,order_id,title_id,qty_ordered,unit_price,discount_pct\n"+
		"1,1,100,2,10.00,5\n"+
		"2,1,101,two,5.50,\n"+
		"3,1,101,1,5.50,101\n"+
		"4,1,,1,,\n"+
		"5,1,103,1,1.23456,\n"+
		"6,2,103,1,1,\n"+
		"7,1,103,1,1,0,extra,fields\n"+
		"x8,3,103,1,1,\n")
	b.mapping("order_header", config.Map{From: "heads", Columns: identity("order_id", "customer_id", "order_date", "entry_channel")})
	b.mapping("order_line", config.Map{From: "lines", Columns: identity("line_id", "order_id", "title_id", "qty_ordered", "unit_price", "discount_pct")})
	one := 1.0
	b.cfg.Checks["mostly-quarantined"] = config.Check{Threshold: &one}
	b.must()
	b.want(`SELECT file, line, record, reason, column_name, value, raw FROM quarantine.order_header ORDER BY record`,
		"heads.csv|3|1|order_date: not a date|order_date|soon|2,8,soon,web",
		"heads.csv|4|2|duplicate key|order_id|3|3,7,2024-03-05,pigeon",
		"heads.csv|5|3|duplicate key|order_id|3|3,7,2024-03-05,pigeon")
	b.want(`SELECT line, reason, value FROM quarantine.order_line WHERE reason <> 'no order header' ORDER BY line`,
		"3|qty_ordered: not a whole number|two",
		"4|discount_pct: more than 100|101",
		"5|unit_price: missing|",
		"8|too many fields|",
		"9|line_id: not a whole number|x8")
	b.want(`SELECT reason, count(*) FROM quarantine.order_line WHERE reason = 'no order header' GROUP BY reason`, "no order header|1")
	b.want(`SELECT table_name, read, loaded, quarantined FROM meta.table_load WHERE supplied ORDER BY 1`, "order_header|5|2|3", "order_line|8|2|6")
	b.want(`SELECT table_name, column_name, note, rows FROM meta.stage_note ORDER BY ALL`, "order_line|unit_price|rounded|1")
	b.want(`SELECT count(*) FROM meta.reconciliation WHERE difference <> 0`, "0")
	b.want(`SELECT entry_channel FROM stage.order_header ORDER BY order_id`, "web", "web")
}

func TestTwoMappingsFeedOneTable(t *testing.T) {
	b := newBench(t)
	b.file("old", "no,day,who\n1,2023-01-02,5\n2,2023-01-03,5\n")
	b.file("new", "no,day,who\n2,2024-01-03,6\n3,2024-01-04,6\n")
	b.file("flat", "inv;item;n;price\n1;9;1;1,50\n2;9;2;2,50\n3;8;1;3,00\n")
	b.mapping("order_header", config.Map{From: "old", Columns: map[string]string{"order_id": "no", "order_date": "day", "customer_id": "who"}})
	b.mapping("order_header", config.Map{From: "new", Columns: map[string]string{"order_id": "no", "order_date": "day", "customer_id": "who"}})
	s := b.cfg.Sources["flat"]
	s.Decimal = ","
	b.cfg.Sources["flat"] = s
	lines := config.Map{From: "flat", Columns: map[string]string{"order_id": "inv", "title_id": "item", "qty_ordered": "n", "unit_price": "price"}}
	b.mapping("order_line", lines)
	b.mapping("order_line", config.Map{From: "flat", Select: `SELECT "inv" AS order_id, "item" AS title_id, "n" AS qty_ordered, "price" AS unit_price FROM flat WHERE "inv" = '3'`})
	b.must()
	b.want(`SELECT source, read, loaded, quarantined FROM meta.table_load WHERE supplied ORDER BY 1`, "flat|4|4|0", "new|2|2|0", "old|2|1|1")
	b.want(`SELECT order_id, source, CAST(order_date AS DATE) FROM stage.order_header ORDER BY 1`, "1|old|2023-01-02", "2|new|2024-01-03", "3|new|2024-01-04")
	b.want(`SELECT line_id, line_no, order_id, _row, unit_price FROM stage.order_line ORDER BY 1`, "1|1|1|0|1.5000", "2|1|2|1|2.5000", "3|1|3|2|3.0000", "4|1|3||3.0000")
}

func TestSelectMappingIsLocated(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.cfg.Tables["order_line"] = nil
	b.mapping("order_line", config.Map{From: "lines", Select: `SELECT line_id, order_id, CASE WHEN line_id = '2' THEN 'many' ELSE qty_ordered END AS qty_ordered, unit_price, _row
FROM lines WHERE line_id <> '4' -- the last`})
	b.must()
	b.want(`SELECT line, value, raw FROM quarantine.order_line`, "3|many|2,1,101,1,5.50")
	b.want(`SELECT source_value, warehouse_value, explained FROM meta.reconciliation WHERE subject LIKE '%selected'`, "4.0000|3.0000|1.0000")
}

func TestMappingErrors(t *testing.T) {
	tests := map[string]struct {
		change func(b *bench)
		want   []string
	}{
		"source column": {func(b *bench) { b.cfg.Tables["order_line"][0].Columns["qty_ordered"] = "qty_orderd" },
			[]string{"verso.yaml:11: table order_line from lines", `"qty_orderd"`, "did you mean qty_ordered?"}},
		"canonical column": {func(b *bench) { b.cfg.Tables["order_line"][0].Columns["quantiti"] = "line_id" }, []string{`no column "quantiti"`}},
		"missing":          {func(b *bench) { delete(b.cfg.Tables["order_line"][0].Columns, "unit_price") }, []string{"nothing is mapped to unit_price"}},
		"select": {func(b *bench) {
			b.cfg.Tables["order_line"] = config.Maps{{From: "lines", Line: 20, Select: "SELECT line_id,\n  nope AS order_id\nFROM lines"}}
		}, []string{"verso.yaml:20", "the SELECT fails", `"nope"`, "LINE 2"}},
		"select name": {func(b *bench) {
			b.cfg.Tables["order_line"] = config.Maps{{From: "lines", Line: 20, Select: "SELECT line_id, qty_ordered AS qty_order FROM lines"}}
		}, []string{`no column "qty_order"`, "qty_ordered"}},
		"ambiguous dates": {func(b *bench) {
			b.file("heads", "order_id,customer_id,order_date\n1,7,03/04/2024\n2,8,05/06/2024\n3,8,05/06/2024\n")
		}, []string{"day first or month first", `dates: ["%d/%m/%Y"]`}},
		"mixed dates": {func(b *bench) {
			b.file("heads", "order_id,customer_id,order_date\n1,7,13/04/2024\n2,8,05/16/2024\n3,8,05/06/2024\n")
		}, []string{"13/04/2024", "05/16/2024", "mixes"}},
		"unknown check": {func(b *bench) { b.cfg.Checks["orphans"] = config.Check{Severity: "off"} }, []string{`no check "orphans"`, "orphan"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.orders()
			tt.change(b)
			_, err := b.refresh()
			if err == nil || Classify(err) != ledger.ClassConfig {
				t.Fatalf("class %s: %v", Classify(err), err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("want %q in: %v", w, err)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(b.cfg.Warehouse, "landing", "*", "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestDateOrderOfColumn(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.file("heads", "order_id,customer_id,order_date\n1,7,03/04/2024\n2,8,03/16/2024\n3,8,2024-03-17\n")
	b.must()
	b.want(`SELECT CAST(order_date AS DATE) FROM stage.order_header ORDER BY order_id`, "2024-03-04", "2024-03-16", "2024-03-17")
}

func TestRefused(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.must()
	b.file("heads", "order_id,customer_id,order_date\n1,7,2024-03-01\n")
	zero := 0.0
	b.cfg.Checks["quarantined.order_line"] = config.Check{Severity: "error", Threshold: &zero}
	_, err := b.refresh(Step{Name: "publish", Run: func(context.Context, *State) error { t.Error("published"); return nil }})
	var refused *check.RefusedError
	if !errors.As(err, &refused) || len(refused.Failed) != 1 || refused.Failed[0].Offenders != 2 {
		t.Fatalf("%v", err)
	}
	if Classify(err) != ledger.ClassRefused {
		t.Error(Classify(err))
	}
	b.want(`SELECT passed, offenders, tested FROM meta.check_result WHERE check_id = 'quarantined.order_line'`, "false|2|4")
	runs, err := ledger.Read(b.cfg.Warehouse)
	if err != nil || len(runs) != 2 || runs[1].Status != ledger.StatusRefused {
		t.Fatal(runs, err)
	}
	if kept, _ := filepath.Glob(filepath.Join(b.cfg.Warehouse, "landing", "lines", "*")); len(kept) != 1 {
		t.Errorf("landings: %v", kept)
	}
}

func TestTextIDsAreRefusedWithAHint(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.file("lines", "line_id,order_id,title_id,qty_ordered,unit_price\nA1,1,100,2,10.00\nA2,1,101,1,5.50\n3,2,100,1,10.00\n")
	_, err := b.refresh()
	if Classify(err) != ledger.ClassRefused || !strings.Contains(err.Error(), "ids: text") {
		t.Fatal(err)
	}
	b.cfg.IDs = "text"
	b.must()
	b.want(`SELECT line_id FROM stage.order_line ORDER BY 1`, "3", "A1", "A2")
}

func TestSmallInputs(t *testing.T) {
	tests := map[string]struct {
		heads, lines string
		class        ledger.Class
		what         string
	}{
		"empty file":  {"", "line_id,order_id,qty_ordered,unit_price\n", ledger.ClassSource, "empty"},
		"header only": {"order_id,customer_id,order_date\n", "line_id,order_id,title_id,qty_ordered,unit_price\n", ledger.ClassRefused, "as_of"},
		"one row":     {"order_id,customer_id,order_date\n1,7,2024-03-01\n", "line_id,order_id,title_id,qty_ordered,unit_price\n1,1,1,1,1\n", ledger.ClassDone, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.orders()
			b.file("heads", tt.heads)
			b.file("lines", tt.lines)
			_, err := b.refresh()
			if Classify(err) != tt.class || err != nil && !strings.Contains(err.Error(), tt.what) {
				t.Errorf("class %s: %v", Classify(err), err)
			}
		})
	}
	b := newBench(t)
	b.orders()
	b.cfg.AsOf = "2024-03-31"
	b.file("heads", tests["header only"].heads)
	b.file("lines", tests["header only"].lines)
	_, err := b.refresh()
	var refused *check.RefusedError
	if !errors.As(err, &refused) || refused.Failed[0].ID != "empty.order_header" {
		t.Error(err)
	}
}

func TestCyclicParents(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.file("customers", "customer_id,name,parent_customer_id\n7,Seven,8\n8,Eight,9\n9,Nine,7\n10,Ten,7\n11,Own,11\n12,Top,\n")
	b.mapping("customer", config.Map{From: "customers", Columns: identity("customer_id", "name", "parent_customer_id")})
	b.must()
	b.want(`SELECT offenders, tested, samples FROM meta.check_result WHERE check_id = 'cycle.customer.parent_customer_id'`,
		`4|5|[{"customer_id": 7, "value": 3}, {"customer_id": 8, "value": 3}, {"customer_id": 9, "value": 3}, {"customer_id": 11, "value": 1}]`)
}

// evil are texts that break careless SQL, HTML, CSV and terminals.
func evil() []string {
	return []string{`'; DROP TABLE stage.customer; --`, `"quoted"`, `\'`, `{"a":1}`, `<script>alert(1)</script>`, "=cmd|' /C calc'!A0", "\u202eabc", "emoji 📚", `%s%n`, `${HOME}`, "{r} {c} ?", "NULL"}
}

func TestMaliciousTexts(t *testing.T) {
	b := newBench(t)
	b.orders()
	b.cfg.IDs = "text"
	var f strings.Builder
	f.WriteString("customer_id,name,city,customer_type,credit_limit\n")
	for i, e := range evil() {
		cell := `"` + strings.ReplaceAll(e, `"`, `""`) + `"`
		fmt.Fprintf(&f, "%d,%s,%s,%s,\n", i+100, cell, cell, cell)
		fmt.Fprintf(&f, "%s,%s,%s,,%s\n", cell, cell, cell, cell)
	}
	b.file("customers", f.String())
	b.mapping("customer", config.Map{From: "customers", Columns: identity("customer_id", "name", "city", "customer_type", "credit_limit")})
	one := 1.0
	b.cfg.Checks["mostly-quarantined"] = config.Check{Threshold: &one}
	b.must()
	got := b.rows(`SELECT name FROM stage.customer WHERE TRY_CAST(customer_id AS INTEGER) >= 100 ORDER BY CAST(customer_id AS INTEGER)`)
	if d := cmp.Diff(evil(), got); d != "" {
		t.Error(d)
	}
	got = b.rows(`SELECT value FROM quarantine.customer ORDER BY record`)
	if d := cmp.Diff(evil()[:len(evil())-1], got); d != "" {
		t.Error(d)
	}
}

func TestCheckOnPublished(t *testing.T) {
	b := newBench(t)
	b.orders()
	r := b.must()
	again, err := check.Run(context.Background(), b.db, check.Options{Overrides: b.cfg.Checks})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Checks.Results, again.Results, cmpopts.IgnoreFields(check.Result{}, "Took")); d != "" {
		t.Error(d)
	}
}
