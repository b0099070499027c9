package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/config"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/store"
	"verso/olap/cube"
	"verso/olap/cube/text"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/sqlworker"
	"verso/olap/warehouse"
)

// What is planted in the company of these tests, to be searched for: the name of a
// customer of East China, that of a person in North China, and a cost.
const (
	elsewhere = "ZZELSEWHERE QUITE UNIQUE"
	somebody  = "ZZSOMEBODY QUITE UNIQUE"
	dearly    = "987654.3210"
)

const testPolicy = `
version: 1
roles:
  everything: {rows: all, sql: true, facts: true, pages: all, personal: true}
  north: {rows: {region.area: [North China]}, sql: true, facts: true, pages: all}
  libraries: {rows: {customer.type: library}, sql: true, facts: true, pages: [index, sales]}
  costless: {rows: all, columns: {hide: [cost]}, sql: true}
  nameless: {rows: all, columns: {mask: [core.dim_customer.name]}, sql: true, personal: true}
  mine: {rows: {salesperson: "{employee}"}, tables: [core.dim_customer]}
  team: {rows: {team: "{employee}"}, tables: [core.dim_customer]}
  sales_only: {rows: all, tables: [core.fact_order_line, core.dim_date], sql: true}
  public: {rows: all, minimum_cell: {customers: 5, by: [customer.type, region.area, date.quarter]}}
  regions: {rows: all, columns: {aggregate: [net]}, minimum_cell: {customers: 8, by: [region.area, date.year, customer.name]}}
`

// guarded is a company with planted values, and what its policy shows of it.
type guarded struct {
	dir   string
	whole *duck.DB // the generation itself
	store *store.Store
}

// guardedCompany copies the small company and plants values in its generation.
func guardedCompany(t *testing.T) *guarded {
	t.Helper()
	from, _ := demoCompany(t, smallest...)
	g := &guarded{dir: t.TempDir()}
	path := copyGeneration(t, from, g.dir)
	copyTo(t, filepath.Join(from, "verso.yaml"), filepath.Join(g.dir, "verso.yaml"))
	appendTo(t, filepath.Join(g.dir, "verso.yaml"), "\naccess: {policy: access.yaml, users: users.yaml}\n")
	appendTo(t, filepath.Join(g.dir, "access.yaml"), testPolicy)
	plant(t, path)
	var err error
	if g.whole, err = duck.Open(t.Context(), duck.Options{Path: path, ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.whole.Close() })
	g.store = g.newStore(t)
	return g
}

// newStore is a store over the company's warehouse.
func (g *guarded) newStore(t *testing.T) *store.Store {
	t.Helper()
	return g.newStoreWith(t, func(*store.Options) {})
}

// newStoreWith is newStore with other options.
func (g *guarded) newStoreWith(t *testing.T, change func(*store.Options)) *store.Store {
	t.Helper()
	policy, err := access.LoadPolicy(filepath.Join(g.dir, "access.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Warehouse: filepath.Join(g.dir, "warehouse")}
	w, err := warehouse.Open(cfg.Warehouse, opener(cfg))
	if err != nil {
		t.Fatal(err)
	}
	o := store.Options{Warehouse: w, Open: opener(cfg), Policy: policy}
	change(&o)
	s := store.New(o)
	t.Cleanup(func() {
		s.Close()
		w.Close()
	})
	return s
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func plant(t *testing.T, path string) {
	t.Helper()
	db, err := duck.Open(t.Context(), duck.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one := func(area, kind string) string {
		return fmt.Sprintf("(SELECT min(c.customer_key) FROM core.dim_customer c JOIN core.dim_geo g USING (geo_key) WHERE g.area = '%s' AND c.customer_type = '%s')", area, kind)
	}
	for _, x := range [][2]string{{elsewhere, one("East China", "library")}, {somebody, one("North China", "individual")}} {
		for _, table := range []string{"core.dim_customer", "core.dim_customer_version"} {
			mustExec(t, db, "UPDATE "+table+" SET name = '"+x[0]+"' WHERE customer_key = "+x[1])
		}
		mustExec(t, db, "UPDATE core.dim_customer SET name_en = name, group_name = name WHERE name = '"+x[0]+"'")
	}
	// A customer of the north belongs to the group of the one elsewhere.
	mustExec(t, db, "UPDATE core.dim_customer SET group_name = '"+elsewhere+"', parent_customer_key = (SELECT customer_key FROM core.dim_customer WHERE name = '"+elsewhere+"') WHERE customer_key = "+one("North China", "library"))
	mustExec(t, db, "UPDATE core.fact_order_line SET cost = "+dearly+", margin = net - "+dearly+" WHERE line_id = (SELECT min(line_id) FROM core.fact_order_line)")
	mustExec(t, db, "CHECKPOINT")
}

func mustExec(t *testing.T, db engine.Execer, sql string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), engine.SQL(sql)); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// column is the first column of an answer, as text.
func firstColumn(t *testing.T, db engine.Querier, sql string, args ...any) (list []string) {
	t.Helper()
	err := engine.Rows(t.Context(), db, engine.SQL(sql, args...), func(row []any) error {
		list = append(list, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// as opens what a person with the roles sees.
func (g *guarded) as(t *testing.T, p access.Person) *api.Lease {
	t.Helper()
	l, err := g.store.Open(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	return l
}

func person(roles ...string) access.Person { return access.Person{Name: "li", Roles: roles} }

// visible are the customers of an area or a type, by hand.
const (
	inNorth     = "SELECT c.customer_key FROM core.dim_customer c JOIN core.dim_geo g USING (geo_key) WHERE g.area = 'North China'"
	areLibrary  = "SELECT customer_key FROM core.dim_customer WHERE customer_type = 'library'"
	eitherOfTwo = "SELECT c.customer_key FROM core.dim_customer c LEFT JOIN core.dim_geo g USING (geo_key) WHERE g.area = 'North China' OR c.customer_type = 'library'"
)

func TestAccess(t *testing.T) {
	g := guardedCompany(t)
	t.Run("classes", func(t *testing.T) { everyTableClassified(t, g) })
	for _, x := range []struct {
		roles []string
		keys  string
	}{{[]string{"north"}, inNorth}, {[]string{"libraries"}, areLibrary}, {[]string{"north", "libraries"}, eitherOfTwo}} {
		t.Run("rows of "+strings.Join(x.roles, "+"), func(t *testing.T) { onlyTheirRows(t, g, person(x.roles...), x.keys) })
	}
	t.Run("cubes", func(t *testing.T) { cubesOfTheirRows(t, g) })
	t.Run("planted", func(t *testing.T) { plantedNowhere(t, g) })
	t.Run("hidden columns", func(t *testing.T) { hiddenColumnsNowhere(t, g) })
	t.Run("persons", func(t *testing.T) { rowsOfPersons(t, g) })
	t.Run("existence", func(t *testing.T) { existenceUntold(t, g) })
	t.Run("SQL", func(t *testing.T) { sqlSeesTheCut(t, g) })
	t.Run("minimum", func(t *testing.T) { smallCellsGathered(t, g) })
	t.Run("store", func(t *testing.T) { storeSharesAndPrunes(t, g) })
	t.Run("rollups", func(t *testing.T) { cutsHaveRollups(t, g) })
	t.Run("switch", func(t *testing.T) { storeSwitches(t, g) })
	t.Run("overtaken", func(t *testing.T) { storeOvertaken(t, g) })
	t.Run("serve", func(t *testing.T) { servedByRights(t, g) })
	t.Run("command line", func(t *testing.T) { accessCommands(t, g) })
}

// Every table of the warehouse is classified: what is new has to be thought about.
func everyTableClassified(t *testing.T, g *guarded) {
	r, err := g.store.Report(t.Context(), person("north"))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range r.Tables {
		if table.Class == access.Unknown {
			t.Errorf("%s is not in classes.yaml", table.Name)
		}
		if table.Class == access.Company && table.Out == "" {
			t.Errorf("%s is about the whole company and is in the cut of a role of some rows", table.Name)
		}
	}
}

// onlyTheirRows checks every table of a cut against the generation: the rows of
// the visible customers are there, and no row of another is.
func onlyTheirRows(t *testing.T, g *guarded, p access.Person, keys string) {
	l := g.as(t, p)
	if l.Rights.Told == "" || !strings.Contains(l.Rights.Told, "totals are of these") {
		t.Errorf("told %q", l.Rights.Told)
	}
	theirs := map[string]bool{}
	for _, k := range firstColumn(t, g.whole, keys) {
		theirs[k] = true
	}
	checked := 0
	for _, name := range firstColumn(t, l.DB, `SELECT table_schema || '.' || table_name FROM information_schema.columns
WHERE column_name IN ('customer_key', 'parent_customer_key') GROUP BY ALL ORDER BY ALL`) {
		for _, column := range firstColumn(t, l.DB, `SELECT column_name FROM information_schema.columns
WHERE table_schema || '.' || table_name = ? AND column_name IN ('customer_key', 'parent_customer_key')`, name) {
			for _, k := range firstColumn(t, l.DB, "SELECT DISTINCT "+column+" FROM "+name+" WHERE "+column+" IS NOT NULL AND "+column+" <> -1") {
				if !theirs[k] {
					t.Errorf("%s.%s holds customer %s", name, column, k)
				}
			}
			if column == "customer_key" {
				got := firstColumn(t, l.DB, "SELECT count(*) FROM "+name)
				want := firstColumn(t, g.whole, "SELECT count(*) FROM "+name+" WHERE customer_key IN ("+keys+")")
				if got[0] != want[0] {
					t.Errorf("%s has %s rows, want %s", name, got[0], want[0])
				}
				checked++
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d tables have a customer", checked)
	}
	for _, table := range []string{"score.forecast", "card.metric", "stage.customer_version", "core.fact_inventory", "meta.star_customer"} {
		if found := firstColumn(t, l.DB, "SELECT 1 FROM information_schema.tables WHERE table_schema || '.' || table_name = ?", table); len(found) > 0 {
			t.Errorf("%s is in the cut", table)
		}
	}
}

// cubesOfTheirRows compares totals of cubes with SQL written by hand over the
// whole generation.
func cubesOfTheirRows(t *testing.T, g *guarded) {
	l := g.as(t, person("north", "libraries"))
	for _, x := range []struct{ question, sql string }{
		{"sales show net", "SELECT sum(net) FROM core.fact_order_line"},
		{"sales show customers", "SELECT count(DISTINCT customer_key) FROM core.fact_order_line"},
		{"sales show margin time 2025", "SELECT sum(margin) FROM core.fact_order_line WHERE date_key BETWEEN 20250101 AND 20251231"},
		{"sales show net where customer.type = library", "SELECT sum(net) FROM core.fact_order_line WHERE 'library' = (SELECT customer_type FROM core.dim_customer c WHERE c.customer_key = fact_order_line.customer_key)"},
		{"returns show return_value", "SELECT sum(value) FROM core.fact_return"},
		{"tickets show tickets", "SELECT count(*) FROM core.fact_ticket"},
		{"receivables show open", "SELECT sum(\"open\") FROM core.fact_receivable"},
		{"trade show net", "SELECT sum(net) FROM core.fact_order_line"},
	} {
		word := " WHERE "
		if strings.Contains(x.sql, "WHERE") {
			word = " AND "
		}
		want := firstColumn(t, g.whole, x.sql+word+"customer_key IN ("+eitherOfTwo+")")
		if got := askOne(t, l, x.question); got != want[0] {
			t.Errorf("%s: %s, by hand %s", x.question, got, want[0])
		}
	}
	ask := func(question string) error {
		q, err := text.ParseWith(l.Olap.Model(), question, parsedAsOf(t, l))
		if err == nil {
			_, err = l.Olap.Ask(t.Context(), q)
		}
		return err
	}
	if err := ask("inventory show value"); err == nil {
		t.Error("the stock of the company can be asked")
	}
	for _, c := range l.Olap.Cubes() { // what is left can be asked
		measure := ""
		for _, m := range c.Measures {
			if !m.Hidden {
				measure = m.Name
				break
			}
		}
		if measure == "" {
			continue
		}
		if _, err := l.Olap.Ask(t.Context(), cube.Query{Cube: c.Name, Measures: []string{measure}}); err != nil {
			t.Errorf("cube %s: %v", c.Name, err)
		}
	}
}

func askOne(t *testing.T, l *api.Lease, question string) string {
	t.Helper()
	q, err := text.ParseWith(l.Olap.Model(), question, parsedAsOf(t, l))
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	table, err := l.Olap.Ask(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return engine.Text(table.Rows[0].Cells[len(table.Rows[0].Cells)-1])
}

// rowsOfPersons fills attributes in, also such as would be SQL.
func rowsOfPersons(t *testing.T, g *guarded) {
	count := func(role string, employee ...string) string {
		p := person(role)
		p.Attributes = map[string][]string{"employee": employee}
		return firstColumn(t, g.as(t, p).DB, "SELECT count(*) FROM core.dim_customer")[0]
	}
	owner := firstColumn(t, g.whole, `SELECT e.employee_id FROM core.dim_customer c JOIN core.dim_employee e ON e.employee_key = c.owner_employee_key WHERE e.employee_key > 0 GROUP BY 1 ORDER BY count(*) DESC, 1`)[0]
	want := firstColumn(t, g.whole, "SELECT count(*) FROM core.dim_customer WHERE owner_employee_key = (SELECT employee_key FROM core.dim_employee WHERE employee_id = ?)", owner)[0]
	if got := count("mine", owner); got != want || got == "0" {
		t.Errorf("%s customers of %s, want %s", got, owner, want)
	}
	for _, bad := range []string{"x' OR 1=1 --", "x') OR TRUE; DROP TABLE visible; --", "{me}", ""} {
		if got := count("mine", bad); got != "0" {
			t.Errorf("the attribute %q shows %s customers", bad, got)
		}
	}
	if got := count("mine"); got != "0" {
		t.Errorf("without the attribute %s customers are seen", got)
	}
	boss := firstColumn(t, g.whole, "SELECT b.employee_id FROM core.dim_employee e JOIN core.dim_employee b ON b.employee_key = e.manager_key WHERE b.employee_key > 0 GROUP BY 1 ORDER BY count(*) DESC, 1")
	if len(boss) > 0 && count("team", boss[0]) == "0" {
		t.Errorf("the team of %s has no customers", boss[0])
	}
}

// existenceUntold compares what is said of a customer who is not seen with what is
// said of one who does not exist.
func existenceUntold(t *testing.T, g *guarded) {
	l := g.as(t, person("north"))
	hidden := firstColumn(t, g.whole, "SELECT customer_id FROM core.dim_customer WHERE name = ?", elsewhere)[0]
	say := func(id string) string {
		table, err := l.Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}, Where: []cube.Filter{{Field: "customer.id", Op: "=", Values: []string{id}}}})
		return strings.ReplaceAll(fmt.Sprint(table.Rows, table.Notes, err), id, "ID")
	}
	if a, b := say(hidden), say("99999999"); a != b {
		t.Errorf("of a customer who is not seen: %s\nof one who does not exist: %s", a, b)
	}
}

// sqlSeesTheCut runs SQL in the worker on the file that the person's SQL reads.
func sqlSeesTheCut(t *testing.T, g *guarded) {
	l := g.as(t, person("costless"))
	rows := func(path, sql string) (int64, error) {
		r, err := sqlworker.Run(t.Context(), sqlworker.Request{Path: path, SQL: sql, MaxRows: 1000})
		if err != nil {
			return 0, err
		}
		defer r.Release()
		var n int64
		for r.Next() {
			n += r.RecordBatch().NumRows()
		}
		return n, r.Err()
	}
	for _, sql := range []string{
		"SELECT column_name FROM information_schema.columns WHERE column_name = 'cost' OR column_name = 'margin' AND table_name NOT IN ('fact_plan', 'fact_target')",
		"SELECT table_name FROM information_schema.tables WHERE table_schema IN ('stage', 'quarantine', 'feature', 'rollup')",
		"SELECT name, sql FROM sqlite_master WHERE sql LIKE '% cost %' OR name LIKE '%_customer_contact'",
	} {
		if n, err := rows(l.Path, sql); err == nil && n != 0 {
			t.Errorf("%s: %d rows", sql, n)
		}
	}
	for _, sql := range []string{
		"SELECT cost FROM core.fact_order_line", "SELECT * FROM whole.core.dim_customer", "SELECT * FROM stage.customer",
		"ATTACH '" + filepath.Join(g.dir, "warehouse", "generations") + "' AS other", "SELECT * FROM read_blob('" + l.Path + "')",
	} {
		_, err := rows(l.Path, sql)
		if err == nil {
			t.Errorf("%s runs", sql)
		}
	}
	if l := g.as(t, person("public")); l.Path != "" || l.Rights.SQL || l.Rights.Facts {
		t.Errorf("who may not write SQL has the file %q", l.Path)
	}
}

func parsedAsOf(t *testing.T, l *api.Lease) time.Time {
	t.Helper()
	day, err := dateOf(l.Olap.Run().AsOf)
	if err != nil {
		t.Fatal(err)
	}
	return day
}
