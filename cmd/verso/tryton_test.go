package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"verso/etl/source/postgres/pgtest"
)

// trytonModules are what the preset maps.
func trytonModules() []string {
	return []string{"sale", "purchase", "sale_opportunity", "sale_complaint", "sale_credit_limit", "sale_supply", "commission"}
}

// trytonDatabase makes an empty Tryton database with trytond's own tool.
func trytonDatabase(t *testing.T) (dsn string) {
	t.Helper()
	if os.Getenv("VERSO_TRYTON") == "" {
		t.Skip("takes minutes: set VERSO_TRYTON=1 for a database that Tryton's own tool makes")
	}
	admin, err := exec.LookPath("trytond-admin")
	if err != nil {
		t.Skip("Tryton is not installed: no trytond-admin")
	}
	for _, m := range trytonModules() {
		if found, _ := filepath.Glob("/usr/lib/python3/dist-packages/trytond/modules/" + m); found == nil {
			t.Skipf("Tryton's module %s is not installed", m)
		}
	}
	server := pgtest.Start(t)
	socket := regexp.MustCompile(`host=(\S+)`).FindStringSubmatch(server)[1]
	pgtest.Exec(t, server, "CREATE DATABASE tryton")
	// The test's server gathers no statistics by itself, without which Tryton's
	// many questions about the catalog take minutes.
	pgtest.Exec(t, server, "ALTER DATABASE tryton SET enable_nestloop = off")
	analysed := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(analysed)
		for ctx.Err() == nil {
			_ = exec.CommandContext(ctx, pgtest.Binary(t, "psql"), "-X", "-q", "-c", "ANALYZE", strings.Replace(server, "dbname=postgres", "dbname=tryton", 1)).Run()
			select {
			case <-ctx.Done():
			case <-time.After(3 * time.Second):
			}
		}
	}()
	defer func() { stop(); <-analysed }()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	conf := write("trytond.conf", "[database]\nuri = postgresql://postgres@"+strings.ReplaceAll(socket, "/", "%2F")+":5432/\n")
	args := append([]string{"-c", conf, "-d", "tryton", "--activate-dependencies", "--email", "admin@example.org", "-u"}, trytonModules()...)
	cmd := exec.CommandContext(t.Context(), admin, args...)
	cmd.Env = append(os.Environ(), "TRYTONPASSFILE="+write("password", "only-for-a-test\n"))
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("trytond-admin cannot make a database here: %v\n%s", err, out[max(0, len(out)-1500):])
	}
	t.Logf("trytond-admin took %s", time.Since(began).Round(time.Second))
	return strings.Replace(server, "dbname=postgres", "dbname=tryton", 1)
}

// given copies the files of a generated company into the schema given, every
// column as text, and fills Tryton's tables from there.
func given(t *testing.T, dsn, data string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", data, err)
	}
	var b strings.Builder
	b.WriteString("CREATE SCHEMA given;\n")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		header, err := csv.NewReader(bytes.NewReader(text)).Read()
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".csv")
		fmt.Fprintf(&b, "CREATE TABLE given.%s (\"%s\" text);\n", name, strings.Join(header, `" text, "`))
		fmt.Fprintf(&b, "\\copy given.%s FROM '%s' WITH (FORMAT csv, HEADER, NULL '-none-')\n", name, f)
	}
	script := filepath.Join(t.TempDir(), "given.sql")
	if err := os.WriteFile(script, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	pgtest.Load(t, dsn, script)
	fill, err := filepath.Abs("testdata/tryton/fill.sql")
	if err != nil {
		t.Fatal(err)
	}
	pgtest.Load(t, dsn, fill)
	pgtest.Exec(t, dsn, "ALTER DATABASE tryton RESET enable_nestloop; DROP SCHEMA given CASCADE; ANALYZE")
}

// TestTryton refreshes from a real Tryton database and compares the warehouse
// with sums over Tryton's own tables.
func TestTryton(t *testing.T) {
	needsAssets(t)
	dsn := trytonDatabase(t)
	dir := t.TempDir()
	verso(t, exitDone, "demo", "--dir", filepath.Join(dir, "demo"), "--scale", "0.02", "--generate-only")
	given(t, dsn, filepath.Join(dir, "demo", "data"))
	t.Setenv("TRYTON_DSN", dsn)
	out, _ := verso(t, exitDone, "init", "--dsn", "${TRYTON_DSN}", "--dir", dir)
	for _, want := range []string{"this is Tryton 6.0", "campaign is left out: there is no table sale_promotion"} {
		if !strings.Contains(out, want) {
			t.Errorf("init does not say %q:\n%s", want, out)
		}
	}
	path := filepath.Join(dir, "verso.yaml")
	verso(t, exitDone, "refresh", "-c", path)
	db := generation(t, dir)
	for _, tt := range trytonSums() {
		want := postgresValue(t, dsn, tt.theirs)
		got := figure(t, db, "SELECT CAST(("+tt.ours+") AS VARCHAR)")
		if !sameNumber(want, got) {
			t.Errorf("%s: Tryton %s, verso %s\n%s\n%s", tt.name, want, got, tt.theirs, tt.ours)
		}
		if want == "0" || want == "" {
			t.Errorf("%s: nothing to compare", tt.name)
		}
		t.Logf("%-28s %s", tt.name, want)
	}
	if got := figure(t, db, "SELECT CAST(sum(quarantined) AS VARCHAR) FROM meta.table_load"); got != "0" {
		t.Errorf("%s rows in quarantine", got)
	}
}

// trytonSums are pairs of questions with one answer: of Tryton's tables and of
// the warehouse.
func trytonSums() []struct{ name, theirs, ours string } {
	const live = `s.state NOT IN ('draft', 'quotation')`
	return []struct{ name, theirs, ours string }{
		{"orders", `SELECT count(*) FROM sale_sale AS s WHERE ` + live, `SELECT count(*) FROM stage.order_header`},
		{"Tryton's own order totals", `SELECT sum(s.untaxed_amount_cache) FROM sale_sale AS s WHERE ` + live,
			`SELECT sum(total) FROM stage.order_header`},
		{"copies sold", `SELECT CAST(sum(l.quantity) AS bigint) FROM sale_line AS l JOIN sale_sale AS s ON s.id = l.sale WHERE l.quantity > 0 AND s.state IN ('confirmed', 'processing', 'done')`,
			`SELECT sum(qty) FROM core.fact_order_line`},
		{"net in documents' currency", `SELECT sum(CAST(l.quantity AS numeric) * l.unit_price) FROM sale_line AS l JOIN sale_sale AS s ON s.id = l.sale WHERE l.quantity > 0 AND s.state IN ('confirmed', 'processing', 'done')`,
			`SELECT sum(net_ccy) FROM core.fact_order_line`},
		{"net in CNY", `SELECT sum(round(CAST(l.quantity AS numeric) * l.unit_price * CASE WHEN k.code = 'CNY' THEN 1 ELSE
			(SELECT round(1 / r.rate, 8) FROM currency_currency_rate AS r WHERE r.currency = s.currency AND r.date <= s.sale_date ORDER BY r.date DESC LIMIT 1) END, 4))
			FROM sale_line AS l JOIN sale_sale AS s ON s.id = l.sale JOIN currency_currency AS k ON k.id = s.currency WHERE l.quantity > 0 AND s.state IN ('confirmed', 'processing', 'done')`,
			`SELECT sum(net) FROM core.fact_order_line`},
		{"returned copies", `SELECT CAST(-sum(l.quantity) AS bigint) FROM sale_line AS l JOIN sale_sale AS s ON s.id = l.sale WHERE l.quantity < 0 AND ` + live, `SELECT sum(qty) FROM core.fact_return`},
		{"quotations", `SELECT count(*) FROM sale_line AS l JOIN sale_sale AS s ON s.id = l.sale WHERE l.type = 'line' AND s.state = 'quotation'`, `SELECT count(*) FROM stage.quote`},
		{"copies gone out", `SELECT CAST(sum(m.quantity) AS bigint) FROM stock_move AS m WHERE m.state = 'done' AND m.origin LIKE 'sale.line,%'`,
			`SELECT sum(qty) FROM stage.order_line_stage_event WHERE stage = 'outbound'`},
		{"copies received", `SELECT CAST(sum(m.quantity) AS bigint) FROM stock_move AS m WHERE m.state = 'done' AND m.origin LIKE 'purchase.line,%'`, `SELECT sum(qty_received) FROM stage.purchase_line`},
		{"purchased", `SELECT sum(CAST(l.quantity AS numeric) * round(l.unit_price, 4)) FROM purchase_line AS l`, `SELECT sum(qty * unit_cost_fcy) FROM stage.purchase_line`},
		{"stock on hand", `SELECT CAST(sum(CASE WHEN m.to_location = 3 THEN m.quantity ELSE -m.quantity END) AS bigint) FROM stock_move AS m WHERE m.state = 'done'`, `SELECT sum(qty_on_hand) FROM stage.inventory_snapshot`},
		{"receivable entries", `SELECT sum(g.debit) FROM account_move_line AS g JOIN account_account AS a ON a.id = g.account WHERE a.code = '1122' AND g.debit > 0`, `SELECT sum(total) FROM stage.invoice`},
		{"payments", `SELECT sum(g.credit) FROM account_move_line AS g JOIN account_account AS a ON a.id = g.account WHERE a.code = '1122' AND g.credit > 0`, `SELECT sum(amount) FROM stage.payment`},
		{"payable entries", `SELECT -sum(g.amount_second_currency) FROM account_move_line AS g WHERE g.account = 2 AND g.credit > 0`, `SELECT sum(amount_fcy) FROM stage.supplier_invoice`},
		{"payments to suppliers", `SELECT sum(g.amount_second_currency) FROM account_move_line AS g WHERE g.account = 2 AND g.debit > 0`, `SELECT sum(amount_fcy) FROM stage.supplier_payment`},
		{"pipeline", `SELECT sum(o.amount) FROM sale_opportunity AS o`, `SELECT sum(amount) FROM stage.opportunity`},
		{"won", `SELECT count(*) FROM sale_opportunity AS o WHERE o.state = 'converted'`, `SELECT count(*) FROM stage.opportunity WHERE won`},
		{"complaints", `SELECT count(*) FROM sale_complaint`, `SELECT count(*) FROM stage.ticket WHERE is_complaint`},
		{"commissions", `SELECT sum(c.amount) FROM commission AS c`, `SELECT sum(amount) FROM stage.commission`},
		{"credit limits", `SELECT sum(c.credit_limit_amount) FROM party_party_credit_limit_amount AS c WHERE c.party IN (SELECT s.party FROM sale_sale AS s WHERE ` + live + `)`,
			`SELECT sum(credit_limit) FROM stage.customer WHERE customer_id IN (SELECT customer_id FROM stage.order_header)`},
		{"titles with ISBN", `SELECT count(DISTINCT product) FROM product_identifier WHERE type = 'isbn'`, `SELECT count(isbn13) FROM stage.title`},
	}
}

// postgresValue is the only value of a query of the source, asked with psql.
func postgresValue(t *testing.T, dsn, sql string) string {
	t.Helper()
	out, err := exec.Command(pgtest.Binary(t, "psql"), "-X", "-A", "-t", "-c", sql, dsn).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s in %s", err, out, sql)
	}
	return strings.TrimSpace(string(out))
}

// sameNumber compares two decimals, whatever zeros they end in.
func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}
