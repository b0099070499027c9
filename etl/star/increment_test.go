package star

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// nights is two databases with the same staged tables: one whose star is made
// anew night by night, one whose star is made whole from nothing.
type nights struct {
	t           testing.TB
	step, fresh engine.Conn
	scripts     fs.FS // of the increments
	steps       []step
	r           *rand.Rand
	asOf        time.Time
	next        int      // new ids
	absent      []string // tables nobody supplied, which stay empty
}

func newNights(t testing.TB, seed uint64, ids string) *nights {
	n := &nights{t: t, scripts: scripts, steps: steps(), r: rand.New(rand.NewPCG(seed, 4)), asOf: day(t, "2025-12-10").AddDate(0, -int(seed%7), int(seed%25)), next: 1000}
	_, n.step = newDatabase(t, ids, duck.Options{Threads: 1})
	_, n.fresh = newDatabase(t, ids, duck.Options{Threads: 1})
	for _, conn := range []engine.Conn{n.step, n.fresh} {
		exec(t, conn, "CREATE SCHEMA was; CREATE SCHEMA due; CREATE TABLE stage.customer_version AS SELECT *, CAST(NULL AS DATE) AS _from FROM stage.customer")
		exec(t, conn, "CREATE TABLE stage.supplier_version AS SELECT *, CAST(NULL AS DATE) AS _from FROM stage.supplier")
	}
	n.both("UPDATE meta.table_load SET supplied = true WHERE table_name IN ('customer', 'order_header', 'order_line', 'fx_rate', 'purchase_order', 'purchase_line', 'return_line', 'batch', 'campaign')")
	for _, table := range []string{"title", "employee", "supplier", "channel_partner", "geo"} {
		if n.r.IntN(4) == 0 {
			n.absent = append(n.absent, table)
		} else {
			n.both("UPDATE meta.table_load SET supplied = true WHERE table_name = '" + table + "'")
		}
	}
	return n
}

// both runs a statement on both databases.
func (n *nights) both(sql string, args ...any) {
	n.t.Helper()
	if len(args) > 0 {
		sql = fmt.Sprintf(sql, args...)
	}
	exec(n.t, n.step, sql)
	exec(n.t, n.fresh, sql)
}

func (n *nights) pick(values ...string) string { return values[n.r.IntN(len(values))] }

// upTo is a number from 1 to max, or now and then one that is nobody's.
func (n *nights) upTo(max int) string {
	if n.r.IntN(15) == 0 {
		return n.pick("NULL", "987")
	}
	return strconv.Itoa(1 + n.r.IntN(max))
}

func (n *nights) id() int { n.next++; return n.next }

// day is a day before the as-of date, seldom long before.
func (n *nights) day() string {
	back := n.r.IntN(12)
	switch n.r.IntN(40) {
	case 0, 1, 2, 3:
		back = n.r.IntN(200)
	case 4:
		back = n.r.IntN(1200)
	}
	return "'" + n.asOf.AddDate(0, 0, -back).Format(isoDay) + "'"
}

func (n *nights) orderDay() string {
	if n.r.IntN(40) == 0 {
		return n.pick("'2041-05-05'", "'1812-01-01'")
	}
	return n.day()
}

func (n *nights) ccy() string { return n.pick("'CNY'", "NULL", "'USD'", "'EUR'", "'GBP'") }
func (n *nights) region() string {
	return n.pick("NULL", "'110105'", "'440300'", "'3'", "'310000'", "'650100'")
}

// row inserts a row; the source numbers of rows are their ids.
func (n *nights) row(table, columns string, values ...any) {
	text := make([]string, len(values))
	for i, v := range values {
		text[i] = fmt.Sprint(v)
	}
	n.both("INSERT INTO stage.%s (%s, source, _row) VALUES (%s, 'test', %s)", table, columns, strings.Join(text, ", "), text[0])
}

// some is a condition that a few rows of a table meet.
func (n *nights) some(key string) string {
	return fmt.Sprintf("(CAST(%s AS INTEGER) * 7919 + %d) %% %d = 0", key, n.r.IntN(1000), 15+n.r.IntN(40))
}

func (n *nights) set(table, key, assignment string) {
	n.both("UPDATE stage.%s SET %s WHERE %s", table, assignment, n.some(key))
}

func (n *nights) remove(table, key string) {
	n.both("DELETE FROM stage.%s WHERE %s", table, n.some(key))
}

func (n *nights) order() {
	id := n.id()
	if n.r.IntN(8) > 0 { // else it comes late or never
		n.header(id)
	}
	for range 1 + n.r.IntN(3) {
		n.row("order_line", "line_id, order_id, line_no, title_id, qty_ordered, qty_cancelled, unit_price, discount_pct, unit_cost",
			n.id(), id, 1, n.upTo(12), n.pick("1", "5", "-2", "0", "2000000000"), n.pick("NULL", "1"), n.pick("10", "33.33", "99999999"), n.pick("NULL", "12.5"), n.pick("NULL", "3"))
	}
}

func (n *nights) header(id int) {
	n.row("order_header", "order_id, order_no, customer_id, order_date, entry_channel, salesperson_id, ccy, ship_to_region, status, is_rush, campaign_id",
		id, fmt.Sprintf("'A%d'", id), n.upTo(12), n.orderDay(), n.pick("'web'", "'mail'", "NULL", "'telex'", "'Fair'"), n.upTo(4), n.ccy(), n.region(), n.pick("'open'", "'cancelled'"), n.pick("true", "NULL"),
		n.pick("NULL", n.upTo(campaigns)))
}

// newcomer is a customer with one order of these days, or takes the orders of
// newcomers back, as if they had never been.
func (n *nights) newcomer() {
	if n.r.IntN(2) == 0 {
		n.both("DELETE FROM stage.order_header WHERE CAST(customer_id AS INTEGER) BETWEEN 13 AND 18")
		return
	}
	id, customer := n.id(), 13+n.r.IntN(6)
	if query(n.t, n.step, fmt.Sprintf("SELECT count(*) FROM stage.customer WHERE customer_id = '%d'", customer))[0] == "0" {
		n.row("customer", "customer_id, name, customer_type, status", customer, "'n'", "'library'", "'active'")
	}
	n.row("order_header", "order_id, order_no, customer_id, order_date, status", id, "'N'", customer, "'"+n.asOf.Format(isoDay)+"'", "'open'")
	n.row("order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price", n.id(), id, 1, n.upTo(12), 1, 10)
}

// lateHeader brings the header of lines that have none.
func (n *nights) lateHeader() {
	rows := query(n.t, n.step, "SELECT DISTINCT l.order_id FROM stage.order_line l LEFT JOIN stage.order_header h ON h.order_id = l.order_id WHERE h.order_id IS NULL ORDER BY l.order_id")
	if len(rows) > 0 {
		id, _ := strconv.Atoi(rows[n.r.IntN(len(rows))])
		n.header(id)
	}
}

func (n *nights) purchase() {
	po := n.id()
	n.row("purchase_order", "po_id, supplier_id, po_date, ccy", po, n.upTo(4), n.day(), n.ccy())
	lines := query(n.t, n.step, "SELECT line_id FROM stage.order_line ORDER BY line_id")
	for range 1 + n.r.IntN(3) {
		line := "NULL"
		if len(lines) > 0 && n.r.IntN(6) > 0 {
			line = lines[n.r.IntN(len(lines))]
		}
		n.row("purchase_line", "po_line_id, po_id, order_line_id, qty, unit_cost_fcy, qty_received", n.id(), po, line, 3, n.pick("NULL", "2", "7.5"), n.pick("NULL", "0", "2"))
	}
}

func (n *nights) returned() {
	lines := append(query(n.t, n.step, "SELECT line_id FROM stage.order_line ORDER BY line_id"), "NULL", "404")
	n.row("return_line", "return_id, line_id, customer_id, title_id, return_date, qty, value_cny, reason",
		n.id(), lines[n.r.IntN(len(lines))], n.pick("NULL", n.upTo(12)), n.pick("NULL", n.upTo(12)), n.orderDay(), 1, n.pick("NULL", "NULL", "50"), "'damaged'")
}

func (n *nights) missing(table, key string, max int, columns string, values ...any) {
	id := 1 + n.r.IntN(max)
	if slices.Contains(n.absent, table) {
		return
	}
	if query(n.t, n.step, fmt.Sprintf("SELECT count(*) FROM stage.%s WHERE %s = '%d'", table, key, id))[0] == "0" {
		n.row(table, key+", "+columns, append([]any{id}, values...)...)
	}
}

// changes are what may happen in a night.
func (n *nights) changes() []func() {
	pub := n.pick("'Press'", "'Presse'", "NULL")
	return []func(){
		n.order, n.order, n.order, n.lateHeader, n.newcomer, n.purchase, n.returned,
		func() { n.set("order_line", "line_id", "qty_ordered = "+n.pick("2", "-1", "9")) },
		func() { n.set("order_line", "line_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.set("order_line", "line_id", "order_id = "+strconv.Itoa(1000+n.r.IntN(n.next-999))) },
		func() { n.set("order_line", "line_id", "title_id = "+n.upTo(12)) },
		func() { n.remove("order_line", "line_id") },
		func() { n.set("order_header", "order_id", "order_date = "+n.orderDay()) },
		func() { n.set("order_header", "order_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("order_header", "order_id", "ccy = "+n.ccy()) },
		func() { n.set("order_header", "order_id", "ship_to_region = "+n.region()) },
		func() { n.set("order_header", "order_id", "salesperson_id = "+n.upTo(4)) },
		func() { n.set("order_header", "order_id", "status = 'delivered', order_no = 'B'") },
		func() { n.set("order_header", "order_id", "is_rush = true") },
		func() {
			n.set("order_header", "order_id", "entry_channel = "+n.pick("'e-mail'", "'telex'", "'pigeon'"))
		},
		func() { n.set("order_header", "order_id", "is_deleted = "+n.pick("true", "false")) },
		func() { n.remove("order_header", "order_id") },
		func() { n.set("purchase_line", "po_line_id", "unit_cost_fcy = "+n.pick("4", "NULL")) },
		func() { n.set("purchase_line", "po_line_id", "order_line_id = CAST(order_line_id AS INTEGER) + 1") },
		func() { n.set("purchase_line", "po_line_id", "is_deleted = true") },
		func() { n.remove("purchase_line", "po_line_id") },
		func() { n.set("purchase_order", "po_id", "po_date = "+n.day()) },
		func() { n.set("purchase_order", "po_id", "ccy = "+n.ccy()) },
		func() { n.remove("purchase_order", "po_id") },
		func() { n.set("return_line", "return_id", "value_cny = "+n.pick("NULL", "9")) },
		func() { n.set("return_line", "return_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("return_line", "return_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.remove("return_line", "return_id") },
		func() {
			n.missing("customer", "customer_id", 12, "name, customer_type, region_code, country, status", "'c'", n.pick("'library'", "'agent'"), n.region(), n.pick("NULL", "'Germany'"), "'active'")
		},
		func() {
			n.set("customer", "customer_id", "customer_type = "+n.pick("'university'", "'library'", "'agent'"))
		},
		func() { n.set("customer", "customer_id", "region_code = "+n.region()) },
		func() { n.set("customer", "customer_id", "country = "+n.pick("'Germany'", "'France'")) },
		func() { n.set("customer", "customer_id", "merged_into = "+n.pick("NULL", n.upTo(12))) },
		func() { n.set("customer", "customer_id", "parent_customer_id = "+n.pick("NULL", n.upTo(12))) },
		func() { n.set("customer", "customer_id", "channel_id = "+n.upTo(4)+", owner_employee_id = "+n.upTo(4)) },
		func() { n.set("customer", "customer_id", "name = 'renamed'") },
		func() { n.remove("customer", "customer_id") },
		func() {
			n.missing("title", "title_id", 12, "title, clc_primary, publisher", "'t'", n.pick("'TP3'", "'O1'", "NULL", "'K825'"), pub)
		},
		func() { n.set("title", "title_id", "clc_primary = "+n.pick("'I712.45'", "'O4'", "'NOVEL'")) },
		func() { n.set("title", "title_id", "publisher_id = "+n.upTo(4)) },
		func() { n.set("title", "title_id", "publisher = "+pub) },
		func() { n.set("title", "title_id", "is_textbook = "+n.pick("true", "false")) },
		func() { n.remove("title", "title_id") },
		func() { n.row("title_subject", "title_id, scheme, code", n.upTo(12), "'clc'", n.pick("'B84'", "'R4'")) },
		func() { n.missing("supplier", "supplier_id", 4, "name, ccy", n.pick("'Press'", "'House'"), n.ccy()) },
		func() { n.set("supplier", "supplier_id", "name = "+n.pick("'Press'", "'Presse'")) },
		func() { n.set("supplier", "supplier_id", "payment_days = "+n.pick("30", "60")) },
		func() { n.missing("employee", "employee_id", 4, "name, dept", "'e'", "'sales'") },
		func() { n.missing("channel_partner", "channel_id", 4, "name, kind", "'p'", "'agent'") },
		n.rate, n.rate, n.rate, n.rate,
		func() { n.both("DELETE FROM stage.fx_rate WHERE day(rate_date) = %d", 1+n.r.IntN(28)) },
		func() {
			n.both("INSERT INTO stage.calendar_event (date, kind, name) VALUES (%s, 'holiday', 'x')", n.day())
		},
		func() {
			n.both("INSERT INTO stage.geo (region_code, name, level) VALUES ('G%d', 'g', 'country')", n.id())
		},
	}
}

func (n *nights) rate() {
	day, ccy := n.day(), n.pick("'USD'", "'EUR'", "'GBP'")
	n.both("DELETE FROM stage.fx_rate WHERE rate_date = %s AND ccy = %s", day, ccy)
	n.both("INSERT INTO stage.fx_rate (rate_date, ccy, rate, kind) VALUES (%s, %s, 7.%d, 'mid')", day, ccy, n.r.IntN(100))
}

// touched are the tables that nights change.
var touched = []string{"order_header", "order_line", "return_line", "purchase_order", "purchase_line", "customer", "title", "title_subject",
	"supplier", "employee", "channel_partner", "fx_rate", "calendar_event", "geo",
	"order_line_stage_event", "batch", "title_price", "invoice", "invoice_line", "payment", "payment_alloc", "supplier_invoice", "supplier_payment",
	"activity", "message", "web_session", "ticket", "campaign", "campaign_target", "campaign_response", "campaign_cost", "expense", "commission", "quote",
	"customer_contact", "survey_response"}

// night is one in which so many random changes happen.
func (n *nights) night(changes int) {
	all := slices.Concat(n.changes(), n.dealings(), n.customers())
	n.nightOf(func() {
		for range changes {
			all[n.r.IntN(len(all))]()
		}
		if n.r.IntN(8) == 0 { // nights were missed
			n.asOf = n.asOf.AddDate(0, 0, 5+n.r.IntN(35))
		} else {
			n.asOf = n.asOf.AddDate(0, 0, n.r.IntN(2))
		}
	})
}

// nightOf changes the staged tables, says what was changed, and keeps versions.
func (n *nights) nightOf(change func()) {
	var copies strings.Builder
	for _, t := range touched {
		copies.WriteString("CREATE OR REPLACE TABLE was." + t + " AS SELECT * FROM stage." + t + ";\n")
	}
	exec(n.t, n.step, copies.String())
	change()
	var untouched []string
	exec(n.t, n.step, "CREATE SCHEMA IF NOT EXISTS due; CREATE OR REPLACE TABLE meta.stage_change (table_name VARCHAR, mode VARCHAR, inserted BIGINT, updated BIGINT, deleted BIGINT)")
	for _, t := range canon.Tables() {
		if slices.Contains(touched, t.Name) {
			n.changed(&t)
		} else {
			untouched = append(untouched, "('"+t.Name+"', 'none', 0, 0, 0)")
		}
	}
	exec(n.t, n.step, "INSERT INTO meta.stage_change VALUES "+strings.Join(untouched, ", "))
	for table, key := range map[string]string{"customer": "customer_id", "supplier": "supplier_id"} {
		changed := query(n.t, n.step, fmt.Sprintf("SELECT %[2]s FROM due.changed_%[1]s ORDER BY %[2]s", table, key))
		n.both("DELETE FROM stage.%s_version WHERE _from = '%s' AND CAST(%s AS VARCHAR) IN ('%s')", table, n.asOf.Format(isoDay), key, strings.Join(changed, "', '"))
		n.both("INSERT INTO stage.%[1]s_version SELECT s.*, DATE '%[2]s' FROM stage.%[1]s s WHERE CAST(%[3]s AS VARCHAR) IN ('%[4]s')",
			table, n.asOf.Format(isoDay), key, strings.Join(changed, "', '"))
	}
}

// changed compares a table with what it was.
func (n *nights) changed(t *canon.Table) {
	columns := slices.Clone(t.Key)
	for _, c := range t.Columns {
		if len(t.Key) == 0 && c.Type == canon.ID {
			columns = append(columns, c.Name)
		}
	}
	mode := "none"
	differ := fmt.Sprintf("((SELECT * FROM stage.%[1]s EXCEPT ALL SELECT * FROM was.%[1]s) UNION ALL (SELECT * FROM was.%[1]s EXCEPT ALL SELECT * FROM stage.%[1]s))", t.Name)
	if query(n.t, n.step, "SELECT count(*) FROM "+differ+" AS d")[0] != "0" || t.Name == "customer" || t.Name == "supplier" {
		mode = "some"
		if len(columns) > 0 {
			exec(n.t, n.step, fmt.Sprintf("CREATE OR REPLACE TABLE due.changed_%s AS SELECT DISTINCT %s FROM %s AS d", t.Name, strings.Join(columns, ", "), differ))
		}
	}
	exec(n.t, n.step, fmt.Sprintf("INSERT INTO meta.stage_change VALUES ('%s', '%s', 0, 0, 0)", t.Name, mode))
}

const compared = "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE (table_schema IN ('core', 'quarantine') OR table_schema = 'meta' AND table_name LIKE 'star%' OR table_name = 'clc_code') AND table_name NOT IN ('star_build', 'star_day') ORDER BY 1"

// build makes the next star; compared, it must be that of a whole build in
// every table.
func (n *nights) build(o Options, compare bool) error {
	n.t.Helper()
	o.AsOf, o.Currency = n.asOf, "CNY"
	if !compare {
		return buildFrom(context.Background(), n.step, n.scripts, o, n.steps)
	}
	again := query(n.t, n.step, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'star_key'")[0] == "1"
	exec(n.t, n.fresh, "DROP SCHEMA IF EXISTS core CASCADE; DROP SCHEMA IF EXISTS quarantine CASCADE; DROP TABLE IF EXISTS meta.star_key; DROP TABLE IF EXISTS meta.star_order_key")
	if again {
		n.copyKeys()
	}
	if err := buildFrom(context.Background(), n.step, n.scripts, o, n.steps); err != nil {
		return fmt.Errorf("increment: %w", err)
	}
	if n.next%2 == 0 {
		o.SliceRows = 15 // of an eighth of the rows at once
	}
	if err := buildFrom(context.Background(), n.fresh, scripts, o, n.steps); err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	for _, member := range []string{"customer", "supplier", "employee", "channel"} {
		checkVersions(n.t, n.step, member)
	}
	for _, table := range query(n.t, n.fresh, compared) {
		const digest = "SELECT count(*), md5(string_agg(CAST(t AS VARCHAR), chr(10) ORDER BY CAST(t AS VARCHAR))) FROM %s AS t"
		if slices.Equal(query(n.t, n.step, fmt.Sprintf(digest, table)), query(n.t, n.fresh, fmt.Sprintf(digest, table))) {
			continue
		}
		rows := "SELECT CAST(t AS VARCHAR) FROM " + table + " AS t ORDER BY 1"
		got, want := query(n.t, n.step, rows), query(n.t, n.fresh, rows)
		return fmt.Errorf("%s differs:\nincrement only %s\nwhole only     %s", table, only(got, want), only(want, got))
	}
	return nil
}

// copyKeys gives the whole build the keys as they were before the night.
func (n *nights) copyKeys() {
	dir := n.t.TempDir()
	files := Keys{filepath.Join(dir, "members.parquet"), filepath.Join(dir, "orders.parquet")}
	if err := SaveKeys(context.Background(), n.step, files); err != nil {
		n.t.Fatal(err)
	}
	if err := LoadKeys(context.Background(), n.fresh, Keys{"read_parquet('" + files.Members + "')", "read_parquet('" + files.Orders + "')"}); err != nil {
		n.t.Fatal(err)
	}
}

// only are up to three values of a that b has not.
func only(a, b []string) string {
	left := map[string]int{}
	for _, v := range b {
		left[v]++
	}
	var out []string
	for _, v := range a {
		if left[v]--; left[v] < 0 && len(out) < 3 {
			out = append(out, v)
		}
	}
	return strings.Join(out, "\n               ")
}

// TestNights compares increments with whole builds over random nights:
// companies as many as VERSO_STAR_COMPANIES says, else 2, of 9 nights each.
// VERSO_STAR_SEED is the first company's seed.
func TestNights(t *testing.T) {
	companies, _ := strconv.ParseUint(os.Getenv("VERSO_STAR_COMPANIES"), 10, 64)
	if companies == 0 {
		companies = 2
	}
	first, _ := strconv.ParseUint(os.Getenv("VERSO_STAR_SEED"), 10, 64)
	for seed := first; seed < first+companies; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			manyNights(t, seed)
		})
	}
}

func manyNights(t *testing.T, seed uint64) {
	const count = 9
	n := newNights(t, seed, []string{"BIGINT", "VARCHAR"}[seed%2])
	o := Options{DueShare: 2, AppendedShare: 1e9}
	if seed%5 == 4 {
		o = Options{} // as people have it: much is made whole
	}
	some := 0
	for i := range count {
		changes := 1 + n.r.IntN(10)
		if i == 0 {
			changes = 250
		}
		n.night(changes)
		if err := n.build(o, i == 0 || i == count-1 || n.r.IntN(2) == 0); err != nil {
			t.Fatalf("night %d: %v", i, err)
		}
		modes := query(t, n.step, "SELECT mode || coalesce(': ' || reason, '') FROM meta.star_build WHERE fact = 'core.fact_order_line'")
		if modes[0] == "some" {
			some++
		} else if o.DueShare == 2 && i > 0 && !strings.Contains(modes[0], "another year") {
			t.Errorf("night %d: %s", i, modes[0])
		}
	}
	if some == 0 {
		t.Error("no night was an increment")
	}
}

// checkVersions checks that the versions of every member cover all days
// without gap or overlap, the last of them as the member is now.
func checkVersions(t testing.TB, conn engine.Conn, member string) {
	t.Helper()
	table, key := "core.dim_"+member+"_version", member+"_key"
	for what, sql := range map[string]string{
		"members without a version": "SELECT count(*) FROM core.dim_" + member + " d LEFT JOIN " + table + " v ON v." + key + " = d." + key + " WHERE v." + key + " IS NULL",
		"versions of nobody":        "SELECT count(*) FROM " + table + " v LEFT JOIN core.dim_" + member + " d ON v." + key + " = d." + key + " WHERE d." + key + " IS NULL",
		"gaps or overlaps": "SELECT count(*) FROM (SELECT valid_from, valid_to, lag(valid_to, 1, DATE '1900-01-01') OVER w AS ended, lead(valid_from, 1, DATE '9999-12-31') OVER w AS next FROM " + table +
			" WINDOW w AS (PARTITION BY " + key + " ORDER BY valid_from)) WHERE valid_from <> ended OR valid_to <> next OR valid_from >= valid_to",
		"wrong ends":     "SELECT count(*) FROM " + table + " WHERE is_current <> (valid_to = DATE '9999-12-31')",
		"keys not dense": "SELECT count(*) - 1 - greatest(max(version_key), 0) + count(*) - count(DISTINCT version_key) FROM " + table,
	} {
		if n := query(t, conn, sql)[0]; n != "0" {
			t.Errorf("%s: %s %s", table, n, what)
		}
	}
	if member == "customer" {
		const differ = `SELECT count(*) FROM core.dim_customer d JOIN core.dim_customer_version v ON v.customer_key = d.customer_key AND v.is_current
WHERE v.name <> d.name OR v.customer_type IS DISTINCT FROM d.customer_type OR v.subtype IS DISTINCT FROM d.subtype OR v.geo_key <> d.geo_key OR v.channel_key <> d.channel_key
   OR v.owner_employee_key <> d.owner_employee_key OR v.status IS DISTINCT FROM d.status OR v.credit_days IS DISTINCT FROM d.credit_days OR v.parent_customer_key <> d.parent_customer_key`
		want := "0"
		if got := query(t, conn, differ)[0]; got != want {
			t.Errorf("%s current versions are not the customers as they are now", got)
		}
	}
}
