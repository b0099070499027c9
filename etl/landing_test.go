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

	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/source"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// fakeDatabase answers SELECTs with the scratch engine.
type fakeDatabase struct{ asked []string }

func (f *fakeDatabase) Columns(context.Context, engine.Conn, source.Request) ([]source.Column, error) {
	return nil, errors.New("not asked")
}

func (f *fakeDatabase) Close() error { return nil }

func (f *fakeDatabase) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	f.asked = append(f.asked, req.Name)
	var r source.Report
	err := engine.Rows(ctx, conn, engine.SQL("DESCRIBE "+req.SQL), func(row []any) error {
		r.Columns = append(r.Columns, source.Column{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Landed, err = conn.Exec(ctx, engine.SQL("COPY ("+req.SQL+") TO "+engine.QuoteText(req.Path)+" (FORMAT parquet)"))
	r.Read = r.Landed
	return r, err
}

func (b *bench) withDatabase(db source.Source) (*Result, error) {
	ctx := context.Background()
	draft, err := duck.Open(ctx, duck.Options{Path: filepath.Join(b.dir, "draft.duckdb"), Threads: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	b.db = draft
	b.t.Cleanup(func() { draft.Close() })
	scratch, err := duck.Open(ctx, duck.Options{Threads: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	defer scratch.Close()
	b.cfg.Sources["erp"] = config.Source{Kind: "postgres"}
	return Refresh(ctx, Options{Config: b.cfg, Version: "test", Sources: map[string]source.Source{"erp": db}, DB: draft, Scratch: scratch, Clock: time.Now, Star: starStep()})
}

func TestDatabaseExtracts(t *testing.T) {
	b := newBench(t)
	b.mapping("order_header", config.Map{From: "erp", Select: `SELECT CAST(i AS SMALLINT) AS order_id, DATE '2024-01-01' + CAST(i AS INTEGER) AS order_date, CAST(i * 1.5 AS DOUBLE) AS customer_id FROM range(4) AS t(i)`})
	b.mapping("order_line", config.Map{From: "erp", Select: `SELECT i AS line_id, i // 2 AS order_id, 1.23456::DECIMAL(12,5) AS unit_price, CAST(i AS DOUBLE) AS qty_ordered, 'x' AS title_text FROM range(6) AS t(i)`})
	one := 1.0
	b.cfg.Checks["mostly-quarantined"] = config.Check{Threshold: &one}
	fake := &fakeDatabase{}
	if _, err := b.withDatabase(fake); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"erp.order_header", "erp.order_line"}, fake.asked); d != "" {
		t.Error(d)
	}
	b.want(`SELECT order_id, customer_id FROM stage.order_header ORDER BY 1`, "0|0", "2|3")
	b.want(`SELECT record, reason, value, raw FROM quarantine.order_header ORDER BY 1`,
		`1|customer_id: not a whole number|1.5|{"order_id":1,"order_date":"2024-01-02","customer_id":1.5}`,
		`3|customer_id: not a whole number|4.5|{"order_id":3,"order_date":"2024-01-04","customer_id":4.5}`)
	b.want(`SELECT column_name, note, rows FROM meta.stage_note`, "unit_price|rounded|6")
	b.want(`SELECT count(*), min(unit_price) FROM stage.order_line`, "6|1.2346")
	b.want(`SELECT extract, format, read FROM meta.extract ORDER BY 1`, "erp.order_header|postgres|4", "erp.order_line|postgres|6")
}

func TestDatabaseSelectFails(t *testing.T) {
	b := newBench(t)
	b.mapping("order_header", config.Map{From: "erp", Select: "SELECT nope FROM nowhere"})
	_, err := b.withDatabase(&fakeDatabase{})
	var m *MappingError
	if !errors.As(err, &m) || m.Line != 10 || !strings.Contains(err.Error(), "nowhere") {
		t.Fatal(err)
	}
}

func TestInterrupted(t *testing.T) {
	b := newBench(t)
	b.orders()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := b.refresh(Step{Name: "stop", Run: func(context.Context, *State) error { cancel(); return ctx.Err() }})
	if Classify(err) != ledger.ClassInterrupted {
		t.Fatal(err)
	}
	runs, err := ledger.Read(b.cfg.Warehouse)
	if err != nil || runs[0].Status != ledger.StatusInterrupted {
		t.Fatal(runs, err)
	}
}

// What a crashed run left is cleared; only Keep landings stay.
func TestLandingIsPruned(t *testing.T) {
	b := newBench(t)
	b.orders()
	left := filepath.Join(b.cfg.Warehouse, "landing", "lines", tempMark+"1.parquet")
	if err := os.MkdirAll(filepath.Dir(left), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("half"), 0o666); err != nil {
		t.Fatal(err)
	}
	var last string
	for i := range 4 {
		b.file("lines", fmt.Sprintf("line_id,order_id,title_id,qty_ordered,unit_price\n1,1,100,%d,10.00\n", i+1))
		last = b.must().RunID
	}
	kept, err := filepath.Glob(filepath.Join(b.cfg.Warehouse, "landing", "lines", "*"))
	if err != nil || len(kept) != 2 {
		t.Fatal(kept, err)
	}
	if _, err := os.Stat(filepath.Join(b.cfg.Warehouse, "landing", "lines", last+".parquet")); err != nil {
		t.Error(err)
	}
}

// One company in two folders gives the same warehouse, to the byte of every
// table.
func TestSameInputSameWarehouse(t *testing.T) {
	export := func() map[string][]string {
		b := newBench(t)
		b.orders()
		b.file("lines", "line_id,order_id,title_id,qty_ordered,unit_price\n1,1,100,2,10.00\n1,1,100,2,10.00\n2,1,101,x,5.50\n3,2,100,-1,10.00\n4,3,102,4,2.25\n")
		b.must()
		out := map[string][]string{}
		for _, name := range b.rows(`SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('stage', 'quarantine', 'core', 'meta') ORDER BY 1`) {
			out[name] = b.rows("SELECT * FROM " + name)
		}
		return out
	}
	if d := cmp.Diff(export(), export()); d != "" {
		t.Error(d)
	}
}
