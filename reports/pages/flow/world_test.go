package flow

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/models/job/jobtest"
	runflow "verso/models/run/flow"
	"verso/models/run/performance"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// absentTables are tables that neither star of the tests has.
const absentTables = `CREATE TABLE core.dim_batch (batch_key INTEGER, batch_id VARCHAR, batch_type VARCHAR, supplier_key INTEGER, open_date DATE, close_date DATE, carrier VARCHAR, mode VARCHAR, freight DECIMAL(18,4), duty DECIMAL(18,4), weight_kg DOUBLE, is_deleted BOOLEAN, is_inferred BOOLEAN);
CREATE TABLE core.dim_ageing (ageing_key INTEGER, name VARCHAR, name_zh VARCHAR, from_days INTEGER, to_days INTEGER, is_overdue BOOLEAN);
CREATE TABLE core.fact_receivable_balance (date_key INTEGER, date DATE, customer_key INTEGER, geo_key INTEGER, ageing_key INTEGER, open DECIMAL(18,4), overdue DECIMAL(18,4), billed_90d DECIMAL(18,4), credit_limit DECIMAL(18,4));
CREATE TABLE core.fact_payable (inv_id BIGINT, invoice_date DATE, supplier_key INTEGER, ageing_key INTEGER, billed DECIMAL(18,4), open DECIMAL(18,4), overdue DECIMAL(18,4), is_open BOOLEAN, is_credit BOOLEAN, settled_date DATE, days_to_pay INTEGER, is_paid BOOLEAN, is_paid_late BOOLEAN);`

// world is a warehouse of 2025-06-30 with every table that the pages read, what the
// statements add, and the models' scores of it.
func world(t *testing.T, statements ...string) engine.Database {
	t.Helper()
	db := olaptest.Star(t)
	had := map[string]bool{}
	err := engine.Rows(t.Context(), db, engine.SQL("SELECT schema_name || '.' || table_name FROM duckdb_tables()"), func(row []any) error {
		had[page.Text(row[0])] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`CREATE TABLE (\w+\.\w+)`)
	for s := range strings.SplitSeq(jobtest.Star, ";\n") {
		if m := name.FindStringSubmatch(s); m != nil && !had[m[1]] {
			pagetest.Exec(t, db, s)
		}
	}
	pagetest.Exec(t, db, absentTables)
	for _, s := range statements {
		pagetest.Exec(t, db, s)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	j := &job.Job{Conn: conn, AsOf: time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC), Seed: 1, Months: 12}
	for _, s := range []string{"CREATE TABLE card.output (model VARCHAR, table_name VARCHAR)"} {
		pagetest.Exec(t, db, s)
	}
	for _, m := range []job.Model{performance.Supplier(), performance.Partner(), runflow.Arrival(), runflow.Deadline(), runflow.Control(), runflow.Goal()} {
		if _, err := m.Run(t.Context(), j); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
	}
	return db
}

// built builds every page of the package.
func built(t *testing.T, c *page.Context) map[string]view.Page {
	t.Helper()
	out := map[string]view.Page{}
	for _, list := range [][]page.Page{Pages(), Board(), Channel()} {
		for _, p := range list {
			v, err := p.Build(context.Background(), c)
			if err != nil {
				t.Fatalf("%s: %v", p.Slug, err)
			}
			pagetest.CheckWhole(t, v)
			if text := v.Message.Finding + v.Message.Consequence; strings.ContainsAny(text, "{[") || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
				t.Errorf("%s: %s", p.Slug, text)
			}
			out[p.Slug] = v
		}
	}
	return out
}

// tables are the tables of a page, those behind charts with them, and its key
// figures by label.
func tables(p view.Page) (map[string]*view.Table, map[string]view.Value) {
	found, figures := map[string]*view.Table{}, map[string]view.Value{}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			switch {
			case b.Table != nil:
				found[strings.TrimSuffix(b.Table.ID, "-rows")] = b.Table
			case b.Chart != nil:
				found[strings.TrimSuffix(b.Chart.Table.ID, "-rows")] = &b.Chart.Table
			case b.KPIs != nil:
				for _, k := range b.KPIs.Items {
					figures[k.Label] = k.Value
				}
			}
		}
	}
	return found, figures
}
