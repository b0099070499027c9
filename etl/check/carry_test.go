package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/etl/config"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// carryTables are the canonical tables of the warehouse that results are carried
// in, and carryFacts what else their checks read.
var carryTables = []string{"title", "order_header", "order_line"}

const carryFacts = `
CREATE TABLE meta.run AS SELECT 'r0' AS run_id, DATE '2026-06-30' AS as_of;
CREATE TABLE meta.table_load (table_name VARCHAR, supplied BOOLEAN, read BIGINT, loaded BIGINT, quarantined BIGINT, run_read BIGINT);
CREATE TABLE meta.stage_note (table_name VARCHAR, source VARCHAR, column_name VARCHAR, note VARCHAR, rows BIGINT);
CREATE TABLE meta.stage_change (table_name VARCHAR, mode VARCHAR);
CREATE TABLE meta.star_build (fact VARCHAR, mode VARCHAR, due BIGINT);
CREATE TABLE meta.reconciliation (subject VARCHAR, unit VARCHAR, difference DECIMAL(18,4));
CREATE TABLE meta.extract (source VARCHAR, read BIGINT);
CREATE TABLE quarantine.extract (source VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR);
CREATE TABLE core.fact_order_stage (line_id BIGINT, qty_ordered BIGINT, qty_cancelled BIGINT, qty_delivered BIGINT, qty_open BIGINT, qty_untracked BIGINT);
CREATE TABLE core.fact_customer_month (month DATE, is_open INTEGER, is_new INTEGER, is_reactivated INTEGER, is_lost INTEGER);
CREATE TABLE core.dim_title (title_id BIGINT, isbn13 VARCHAR, isbn_valid BOOLEAN, clc_primary VARCHAR, clc_key BIGINT);
INSERT INTO core.dim_title SELECT i, '978', i % 3 <> 0, 'A', i FROM range(1, 20) AS r(i);
INSERT INTO core.fact_order_stage SELECT i, 2, 0, 2, 0, 0 FROM range(1, 200) AS r(i);
INSERT INTO core.fact_customer_month SELECT DATE '2026-01-01', 1, 1, 0, 0;`

// carried is a warehouse of few tables that is changed as refreshes change it.
type carrying struct {
	t    *testing.T
	conn engine.Conn
	no   int
}

func newCarrying(t *testing.T) *carrying {
	t.Helper()
	c := &carrying{t: t, conn: ruleConn(t, "CREATE SCHEMA quarantine")}
	c.exec(ResultTable + ";" + carryFacts)
	ids := []string{"title_id", "order_id", "line_id"}
	for i, name := range carryTables {
		table, _ := canon.Lookup(name)
		var columns, values []string
		for _, col := range table.Columns {
			kind := cast.EngineType(col.Type, false)
			columns = append(columns, q(col.Name)+" "+kind)
			value := "NULL"
			switch {
			case col.Name == ids[i]:
				value = "i"
			case slices.Contains(ids, col.Name):
				value = "1 + i % 7"
			case col.Type == canon.Date || col.Type == canon.Timestamp:
				value = "DATE '2026-01-02'"
			case col.Name == "unit_price" || col.Name == "qty_ordered":
				value = "1"
			}
			values = append(values, "CAST("+value+" AS "+kind+")")
		}
		c.exec(fmt.Sprintf(`CREATE TABLE stage.%[1]s (%[2]s, "source" VARCHAR, "_row" BIGINT); INSERT INTO stage.%[1]s SELECT %[3]s, 's', i FROM range(1, 10) AS r(i);
CREATE TABLE quarantine.%[1]s (source VARCHAR, record BIGINT, reason VARCHAR, value VARCHAR);
INSERT INTO meta.table_load VALUES ('%[1]s', true, 9, 9, 0, 9); INSERT INTO meta.stage_change VALUES ('%[1]s', 'all')`,
			name, strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
	c.exec("INSERT INTO meta.star_build VALUES ('core.fact_order_stage', 'all', 0)")
	return c
}

func (c *carrying) exec(sql string) {
	c.t.Helper()
	if _, err := c.conn.Exec(context.Background(), engine.SQL(sql)); err != nil {
		c.t.Fatal(err)
	}
}

// begin is a refresh in which nothing has changed yet but its own id.
func (c *carrying) begin() {
	c.no++
	c.exec(fmt.Sprintf(`UPDATE meta.run SET run_id = 'r%d'; UPDATE meta.stage_change SET mode = 'none'; UPDATE meta.star_build SET mode = 'some', due = 0; UPDATE meta.table_load SET run_read = %[1]d`, c.no))
}

// run checks as a refresh does, and proves that a full run finds the same.
func (c *carrying) run(o Options) *Report {
	c.t.Helper()
	full := o
	o.Run = fmt.Sprintf("r%d", c.no)
	got, err := Run(context.Background(), c.conn, withCanon(o))
	if err != nil {
		c.t.Fatal(err)
	}
	full.Carry = 0
	want, err := Run(context.Background(), c.conn, withCanon(full))
	if err != nil {
		c.t.Fatal(err)
	}
	if d := cmp.Diff(want.Results, got.Results, cmpopts.IgnoreFields(Result{}, "Carried")); d != "" {
		c.t.Fatalf("run %d: found by a full run (-) and with results carried (+):\n%s", c.no, d)
	}
	if err := Write(context.Background(), c.conn, got); err != nil {
		c.t.Fatal(err)
	}
	return got
}

func withCanon(o Options) Options {
	for _, t := range canon.Tables() {
		if slices.Contains(carryTables, t.Name) {
			o.Canon = append(o.Canon, t)
		}
	}
	if o.Extra == nil {
		o.Extra = []Definition{}
	}
	return o
}

func carriedFrom(r *Report) map[string]string {
	out := map[string]string{}
	for _, x := range r.Results {
		out[x.ID] = x.Carried
	}
	return out
}

// TestCarry holds what is carried and what is not, one thing at a time.
func TestCarry(t *testing.T) {
	landed := func(content string) []Definition {
		return []Definition{DuplicateRows("e", "order_line", "(VALUES (1, 'a'), (1, 'a')) AS t(a, b)", content, []string{"a", "b"})}
	}
	half := 0.5
	tests := map[string]struct {
		change  string
		options Options
		want    map[string]bool // by check: carried
	}{
		"nothing":                {"", Options{}, map[string]bool{"key.order_line": true, "orphan.order_line.order_id": true, "future.order_header.order_date": false, "duplicate-rows.e": true, "quarantined.title": true, "flow-conservation": true, "isbn-invalid": true}},
		"its table":              {"UPDATE meta.stage_change SET mode = 'some' WHERE table_name = 'order_line'", Options{}, map[string]bool{"key.order_line": false, "orphan.order_line.order_id": false, "key.title": true, "order-empty": false}},
		"the table referred to":  {"UPDATE meta.stage_change SET mode = 'all' WHERE table_name = 'order_header'", Options{}, map[string]bool{"key.order_line": true, "orphan.order_line.order_id": false, "key.order_header": false}},
		"the as-of date":         {"UPDATE meta.run SET as_of = DATE '2025-01-01'", Options{}, map[string]bool{"future.order_header.order_date": false, "orders-stale": false, "key.order_header": true}},
		"a fact":                 {"UPDATE meta.star_build SET due = 1 WHERE fact = 'core.fact_order_stage'", Options{}, map[string]bool{"flow-conservation": false, "key.order_line": true}},
		"a dimension's cell":     {"UPDATE core.dim_title SET isbn_valid = NOT isbn_valid WHERE title_id = 4", Options{}, map[string]bool{"isbn-invalid": false, "class-unreadable": false, "key.title": true}},
		"rows set aside":         {"INSERT INTO quarantine.title VALUES ('s', 1, 'duplicate key', '1')", Options{}, map[string]bool{"repeated-key.title": false, "quarantined.title": false, "quarantined.order_line": true}},
		"how much was read":      {"UPDATE meta.table_load SET read = 10 WHERE table_name = 'title'", Options{}, map[string]bool{"quarantined.title": false, "quarantined.order_line": true}},
		"a note":                 {"INSERT INTO meta.stage_note VALUES ('title', 's', 'c', 'rounded', 1)", Options{}, map[string]bool{"rounded.title": false, "rounded.order_line": true}},
		"rows nobody told of":    {"DELETE FROM stage.title WHERE title_id = 9", Options{}, map[string]bool{"key.title": false, "key.order_line": true}},
		"no word of the changes": {"DROP TABLE meta.stage_change", Options{}, map[string]bool{"flow-conservation": true}},
		"the threshold":          {"", Options{Overrides: map[string]config.Check{"isbn-invalid": {Threshold: &half}}}, map[string]bool{"isbn-invalid": false, "class-unreadable": true}},
		"the severity":           {"", Options{Overrides: map[string]config.Check{"orphan": {Severity: Error}}}, map[string]bool{"orphan.order_line.order_id": false, "key.order_line": true}},
		"what was landed":        {"", Options{Extra: landed("two")}, map[string]bool{"duplicate-rows.e": false}},
		"landed, not told":       {"", Options{Extra: landed("")}, map[string]bool{"duplicate-rows.e": false}},
		"the user's own":         {"", Options{Overrides: map[string]config.Check{"mine": {Rule: &config.Rule{Type: "not_null", Table: "title", Columns: []string{"title_id"}}}}}, map[string]bool{"mine": false}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCarrying(t)
			first := tt.options
			first.Extra, first.Carry = landed("one"), 6
			if tt.options.Overrides["mine"].Rule == nil {
				first.Overrides = nil
			}
			c.run(first)
			c.begin()
			if tt.change != "" {
				c.exec(tt.change)
			}
			o := tt.options
			if o.Carry = 6; o.Extra == nil {
				o.Extra = landed("one")
			}
			got := carriedFrom(c.run(o))
			for id, want := range tt.want {
				from, ran := got[id]
				if !ran || (from != "") != want || want && from != "r0" {
					t.Errorf("%s is carried from %q, want it carried: %v", id, from, want)
				}
			}
		})
	}
}

// A result is carried so many runs in a row, then its check runs; where nothing
// may be carried, and in a run of its own as verso check asks for, all run.
func TestCarryEnds(t *testing.T) {
	c := newCarrying(t)
	var from []string
	for range 8 {
		from = append(from, carriedFrom(c.run(Options{Carry: 2}))["key.title"])
		c.begin()
	}
	if d := cmp.Diff([]string{"", "r0", "r0", "", "r3", "r3", "", "r6"}, from); d != "" {
		t.Error(d)
	}
	if n := c.run(Options{}).Carried(); n != 0 {
		t.Errorf("%d results are carried where none may be", n)
	}
	again, err := Run(context.Background(), c.conn, withCanon(Options{Carry: 6}))
	if err != nil || again.Carried() != 0 {
		t.Errorf("%d results are carried by a run of its own; %v", again.Carried(), err)
	}
}

// TestCarryRandomNights changes tables at random, as refreshes do and tell of:
// what is found is what a full run finds. That is asked of each run itself.
func TestCarryRandomNights(t *testing.T) {
	changes := []string{
		"UPDATE stage.%[1]s SET %[2]s = 100 + %[3]d WHERE %[2]s = %[3]d", "UPDATE stage.%[1]s SET %[2]s = NULL WHERE %[2]s = %[3]d", "DELETE FROM stage.%[1]s WHERE _row = %[3]d",
		"INSERT INTO stage.%[1]s SELECT * FROM stage.%[1]s WHERE _row = %[3]d",
	}
	untold := []string{
		"UPDATE core.dim_title SET isbn_valid = false WHERE title_id = %d", "INSERT INTO quarantine.title VALUES ('s', %d, 'duplicate row', 'x')",
		"UPDATE meta.table_load SET quarantined = %d WHERE table_name = 'order_line'",
		"UPDATE core.fact_customer_month SET is_open = %d", "INSERT INTO meta.reconciliation VALUES ('x', 'y', %d)",
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newCarrying(t)
			dice := rand.New(rand.NewPCG(seed, 1))
			carried := c.run(Options{Carry: 3}).Carried()
			for range 6 {
				c.begin()
				for range dice.IntN(4) {
					table := carryTables[dice.IntN(len(carryTables))]
					decl, _ := canon.Lookup(table)
					column := decl.Key[0]
					for _, col := range decl.Columns {
						if col.References != "" && dice.IntN(3) == 0 {
							column = col.Name
						}
					}
					if column == decl.Key[0] || !strings.HasSuffix(column, "_id") {
						column = "_row"
					}
					c.exec(fmt.Sprintf(changes[dice.IntN(len(changes))], table, column, 1+dice.IntN(9)))
					c.exec("UPDATE meta.stage_change SET mode = 'some' WHERE table_name = '" + table + "'")
				}
				if dice.IntN(2) == 0 {
					c.exec(fmt.Sprintf(untold[dice.IntN(len(untold))], 1+dice.IntN(9)))
				}
				carried += c.run(Options{Carry: 3}).Carried()
			}
			if carried == 0 {
				t.Error("nothing was ever carried")
			}
		})
	}
}

// TestReads holds that the tables a check is known to read are all that its
// statements read, by the database's own parser, and that of the tables it reads
// in part its statements name that part.
func TestReads(t *testing.T) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	supplied := map[string]int64{}
	for _, table := range canon.Tables() {
		supplied[table.Name] = 1
	}
	const parsed = `WITH tree AS (SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS JSON) AS j),
node AS (SELECT t.value AS v FROM tree, json_tree(tree.j) AS t WHERE t.type = 'OBJECT')
SELECT CASE WHEN (v->>'type') = 'BASE_TABLE' THEN 'table' WHEN (v->>'type') = 'TABLE_FUNCTION' THEN 'function' ELSE 'with' END, v->>'schema_name', v->>'table_name', v->>'key' FROM node
WHERE (v->>'type') IN ('BASE_TABLE', 'TABLE_FUNCTION') OR (v->'value'->'query') IS NOT NULL`
	for _, d := range Definitions(canon.Tables(), supplied) {
		reads := map[string]bool{}
		for _, s := range d.reads() {
			reads[s.table] = true
			if sliced[s.table] == "" || s.of == "" {
				continue
			}
			for _, text := range []string{d.Tested, d.Offenders, d.Count} {
				own := s.table + ` WHERE "table_name" = ` + engine.QuoteText(d.Slice)
				if strings.Count(text, s.table) != strings.Count(text, own) {
					t.Errorf("%s reads more of %s than the rows of %s:\n%s", d.ID, s.table, d.Slice, text)
				}
			}
		}
		for _, text := range []string{d.Tested, d.Offenders, d.Count} {
			if text == "" {
				continue
			}
			named := map[string]bool{}
			var unknown []string
			err := engine.Rows(ctx, db, engine.SQL(parsed, text), func(row []any) error {
				schema, table := engine.Text(row[1]), engine.Text(row[2])
				switch kind := engine.Text(row[0]); {
				case kind == "with":
					named[engine.Text(row[3])] = true
				case kind == "function":
					t.Errorf("%s reads a table function", d.ID)
				case schema == "":
					unknown = append(unknown, table)
				case !reads[schema+"."+table]:
					t.Errorf("%s reads %s.%s, which is not known of it", d.ID, schema, table)
				}
				return nil
			})
			if err != nil {
				t.Fatalf("%s: %v", d.ID, err)
			}
			for _, name := range unknown {
				if !named[name] {
					t.Errorf("%s reads %s, of no schema", d.ID, name)
				}
			}
		}
	}
}
