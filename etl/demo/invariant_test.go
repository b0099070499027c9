package demo

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/etl/demo/calendar"
	"verso/etl/demo/life"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// number reads a whole number, 0 when empty.
func number(t *testing.T, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// amount reads a decimal in ten-thousandths.
func amount(t *testing.T, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("no number: %q", s)
	}
	r.Mul(r, big.NewRat(10000, 1))
	if !r.IsInt() {
		t.Fatalf("%s has more than four decimals", s)
	}
	return r.Num().Int64()
}

func TestInvariants(t *testing.T) {
	for _, o := range []Options{{Scale: .02, Seed: 3}, {Scale: .02, Seed: 4, Placebo: true, AsOf: time.Date(2024, 3, 15, 0, 0, 0, 0, time.UTC), Years: 3}} {
		dir := generate(t, o)
		t.Run(fmt.Sprintf("seed %d", o.Seed), func(t *testing.T) {
			t.Run("references resolve", func(t *testing.T) { checkReferences(t, dir) })
			t.Run("accepted values", func(t *testing.T) { checkValues(t, dir) })
			t.Run("nothing after the as-of date", func(t *testing.T) { checkDates(t, dir, o) })
			t.Run("orders on working days", func(t *testing.T) { checkWorkdays(t, dir) })
			t.Run("copies are conserved", func(t *testing.T) { checkCopies(t, dir) })
			t.Run("stages in order", func(t *testing.T) { checkStages(t, dir) })
			t.Run("money adds up", func(t *testing.T) { checkMoney(t, dir) })
			t.Run("ISBNs are valid", func(t *testing.T) { checkISBN(t, dir) })
		})
	}
}

func checkReferences(t *testing.T, dir string) {
	keys := map[string]map[string]bool{}
	column := func(ref string) map[string]bool {
		if keys[ref] == nil {
			table, col, _ := strings.Cut(ref, ".")
			d := read(t, dir, table)
			keys[ref] = map[string]bool{}
			for _, r := range d.rows {
				keys[ref][d.get(r, col)] = true
			}
		}
		return keys[ref]
	}
	for _, tab := range sheet.Tables() {
		if tab.Truth {
			continue
		}
		c, _ := canon.Lookup(tab.Name)
		d := read(t, dir, tab.Name)
		for _, col := range tab.Cols {
			cc, _ := c.Column(col.Name)
			if cc.References == "" {
				continue
			}
			missing := 0
			for _, r := range d.rows {
				if v := d.get(r, col.Name); v != "" && !column(cc.References)[v] {
					if missing++; missing == 1 {
						t.Errorf("%s.%s: %s is not in %s", tab.Name, col.Name, v, cc.References)
					}
				}
			}
		}
		if len(c.Key) > 0 {
			checkKey(t, tab.Name, c.Key, d)
		}
	}
}

// checkKey fails when two rows share a key.
func checkKey(t *testing.T, name string, key []string, d *data) {
	seen := map[string]bool{}
	for _, r := range d.rows {
		var k []string
		for _, col := range key {
			if _, ok := d.at[col]; !ok {
				return // numbered by the stage step
			}
			k = append(k, d.get(r, col))
		}
		joined := strings.Join(k, "|")
		if seen[joined] {
			t.Errorf("%s: key %s twice", name, joined)
			return
		}
		seen[joined] = true
	}
}

func checkValues(t *testing.T, dir string) {
	for _, tab := range sheet.Tables() {
		if tab.Truth {
			continue
		}
		c, _ := canon.Lookup(tab.Name)
		d := read(t, dir, tab.Name)
		if len(d.rows) == 0 {
			t.Errorf("%s is empty", tab.Name)
		}
		for _, col := range tab.Cols {
			cc, _ := c.Column(col.Name)
			for _, r := range d.rows {
				v := d.get(r, col.Name)
				if v == "" && cc.Required {
					t.Errorf("%s.%s is empty in %v", tab.Name, col.Name, r)
					break
				}
				if v != "" && cc.Values != nil && !slices.Contains(cc.Values, strings.ToLower(v)) {
					t.Errorf("%s.%s: %q is not accepted", tab.Name, col.Name, v)
					break
				}
				if n, err := strconv.ParseFloat(v, 64); err == nil && (cc.Min != nil && n < *cc.Min || cc.Max != nil && n > *cc.Max) {
					t.Errorf("%s.%s: %s is out of range", tab.Name, col.Name, v)
					break
				}
			}
		}
	}
}

// checkDates allows dates after the as-of date only where something is planned.
func checkDates(t *testing.T, dir string, o Options) {
	o, err := func() (Options, error) { o.Dir = dir; return o.WithDefaults() }()
	if err != nil {
		t.Fatal(err)
	}
	last := o.AsOf.Format(time.DateOnly)
	planned := []string{"due_date", "deadline", "promised_date", "required_date", "plan_end", "act_end", "valid_to", "cert_until", "expected_close",
		"next_step_date", "end_date", "calendar_event.date", "title.pub_date"}
	for _, tab := range sheet.Tables() {
		if tab.Truth {
			continue
		}
		d := read(t, dir, tab.Name)
		for _, col := range tab.Cols {
			if col.Kind != sheet.KDate && col.Kind != sheet.KTime || slices.Contains(planned, col.Name) || slices.Contains(planned, tab.Name+"."+col.Name) {
				continue
			}
			for _, r := range d.rows {
				if v := d.get(r, col.Name); len(v) >= 10 && v[:10] > last {
					t.Errorf("%s.%s: %s is after %s", tab.Name, col.Name, v, last)
					break
				}
			}
		}
	}
}

func checkWorkdays(t *testing.T, dir string) {
	cal := calendar.New(2018, 2028)
	d := read(t, dir, "order_header")
	for _, r := range d.rows {
		if on := calendar.ParseDay(d.get(r, "order_date")[:10]); !cal.IsWorking(on) {
			t.Fatalf("order %s on %s", d.get(r, "order_no"), d.get(r, "order_date"))
		}
	}
}

// checkCopies holds ordered = cancelled + delivered + open for every line.
func checkCopies(t *testing.T, dir string) {
	lines, bought, events := read(t, dir, "order_line"), read(t, dir, "purchase_line"), read(t, dir, "order_line_stage_event")
	received, delivered, tracked := map[string]int64{}, map[string]int64{}, map[string]bool{}
	for _, r := range bought.rows {
		id := bought.get(r, "order_line_id")
		if _, twice := received[id]; twice {
			t.Fatalf("line %s has two purchase lines", id)
		}
		received[id] = number(t, bought.get(r, "qty_received"))
	}
	for _, r := range events.rows {
		tracked[events.get(r, "line_id")] = true
		if events.get(r, "stage") == "delivered" {
			delivered[events.get(r, "line_id")] += number(t, events.get(r, "qty"))
		}
	}
	back := map[string]int64{}
	returns := read(t, dir, "return_line")
	for _, r := range returns.rows {
		back[returns.get(r, "line_id")] += number(t, returns.get(r, "qty"))
	}
	if len(received) != len(lines.rows) {
		t.Errorf("%d lines, %d purchase lines", len(lines.rows), len(received))
	}
	for _, r := range lines.rows {
		id, qty, cancelled := lines.get(r, "line_id"), number(t, lines.get(r, "qty_ordered")), number(t, lines.get(r, "qty_cancelled"))
		got := received[id]
		if got+cancelled > qty || back[id] > got || delivered[id] > got {
			t.Fatalf("line %s: ordered %d, cancelled %d, received %d, delivered %d, returned %d", id, qty, cancelled, got, delivered[id], back[id])
		}
		done := got+cancelled == qty
		switch status := lines.get(r, "status"); {
		case status == "delivered" && (!done || tracked[id] && delivered[id] != got),
			status == "cancelled" && cancelled != qty,
			status == "open" && tracked[id] && delivered[id] > 0:
			t.Fatalf("line %s is %s: ordered %d, cancelled %d, received %d, delivered %d", id, status, qty, cancelled, got, delivered[id])
		}
	}
}

// checkStages holds that the copies that reached a stage by some moment never
// exceed those that reached the stage before by then.
func checkStages(t *testing.T, dir string) {
	order := life.StepNames()
	rank := map[string]int{}
	for i, n := range order {
		rank[n] = i
	}
	d := read(t, dir, "order_line_stage_event")
	type step struct {
		at  string
		qty int64
	}
	lines := map[string][life.Steps][]step{}
	for _, r := range d.rows {
		k, ok := rank[d.get(r, "stage")]
		if !ok {
			continue
		}
		l := lines[d.get(r, "line_id")]
		l[k] = append(l[k], step{d.get(r, "event_ts"), number(t, d.get(r, "qty"))})
		lines[d.get(r, "line_id")] = l
	}
	for id, l := range lines {
		if len(l[life.StReceived]) != 1 {
			t.Fatalf("line %s was received %d times", id, len(l[life.StReceived]))
		}
		for k := 1; k < life.Steps; k++ {
			for _, s := range l[k] {
				before, reached := int64(0), int64(0)
				for _, p := range l[k-1] {
					if p.at <= s.at {
						before += p.qty
					}
				}
				for _, p := range l[k] {
					if p.at <= s.at {
						reached += p.qty
					}
				}
				if reached > before {
					t.Fatalf("line %s: %d copies %s at %s, only %d %s before", id, reached, order[k], s.at, before, order[k-1])
				}
			}
		}
	}
}

// checkMoney holds invoices to deliveries, payments to invoices, lines to
// headers.
func checkMoney(t *testing.T, dir string) {
	got := map[string]int64{}
	bought := read(t, dir, "purchase_line")
	for _, r := range bought.rows {
		got[bought.get(r, "order_line_id")] = number(t, bought.get(r, "qty_received"))
	}
	sums, billed := map[string]int64{}, map[string]int64{}
	lines := read(t, dir, "invoice_line")
	for _, r := range lines.rows {
		sums[lines.get(r, "invoice_id")] += amount(t, lines.get(r, "amount")) + amount(t, lines.get(r, "tax"))
		billed[lines.get(r, "line_id")] += number(t, lines.get(r, "qty"))
	}
	for id, n := range billed {
		if n > got[id] {
			t.Fatalf("line %s: %d copies billed, %d received", id, n, got[id])
		}
	}
	paid, alloc := map[string]int64{}, map[string]int64{}
	allocs := read(t, dir, "payment_alloc")
	for _, r := range allocs.rows {
		v := amount(t, allocs.get(r, "amount"))
		paid[allocs.get(r, "invoice_id")] += v
		alloc[allocs.get(r, "payment_id")] += v
	}
	invoices := read(t, dir, "invoice")
	for _, r := range invoices.rows {
		id, total := invoices.get(r, "invoice_id"), amount(t, invoices.get(r, "total"))
		if sums[id] != total || paid[id] > total {
			t.Fatalf("invoice %s of %d: lines %d, paid %d", id, total, sums[id], paid[id])
		}
	}
	payments := read(t, dir, "payment")
	for _, r := range payments.rows {
		if id := payments.get(r, "payment_id"); alloc[id] != amount(t, payments.get(r, "amount")) {
			t.Fatalf("payment %s is not allocated in full", id)
		}
	}
	net := map[string]int64{}
	orderLines := read(t, dir, "order_line")
	for _, r := range orderLines.rows {
		gross := amount(t, orderLines.get(r, "unit_price")) * (number(t, orderLines.get(r, "qty_ordered")) - number(t, orderLines.get(r, "qty_cancelled")))
		net[orderLines.get(r, "order_id")] += sheet.MulMoney(gross, 1_000_000-amount(t, orderLines.get(r, "discount_pct")), 1_000_000)
	}
	headers := read(t, dir, "order_header")
	for _, r := range headers.rows {
		if id := headers.get(r, "order_id"); net[id] != amount(t, headers.get(r, "total")) {
			t.Fatalf("order %s: lines %d, total %s", id, net[id], headers.get(r, "total"))
		}
	}
}

func checkISBN(t *testing.T, dir string) {
	d := read(t, dir, "title")
	seen := map[string]bool{}
	for _, r := range d.rows {
		isbn := d.get(r, "isbn13")
		if len(isbn) != 13 || market.Check13([]byte(isbn)) != isbn[12] {
			t.Fatalf("%q is no ISBN", isbn)
		}
		if seen[isbn] {
			t.Fatalf("ISBN %s twice", isbn)
		}
		seen[isbn] = true
	}
	if got := market.Isbn10("9780306406157"); got != "0306406152" {
		t.Errorf("ISBN-10 of 9780306406157 is %s", got)
	}
	if got := market.Check13([]byte("978711154742")); got != '6' {
		t.Errorf("check digit of 9787111547426 is %c", got)
	}
}

func TestScaleOne(t *testing.T) {
	if testing.Short() {
		t.Skip("a company of full size: not with -short")
	}
	dir := t.TempDir()
	start := time.Now()
	sum, err := Generate(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("generated in %v, Customers %d", time.Since(start).Round(time.Millisecond), sum.Customers)
	near(t, "customers on the books", float64(sum.Customers), 10060, 0)
	c := companyYear(t, dir, "2025")
	near(t, "lines of 2025 without textbook lots", c.lines, 72220, .05)
	near(t, "copies of 2025 without textbook lots", c.copies, 113214, .05)
	near(t, "active customers of 2025", float64(len(c.net)), 5614, .05)
	near(t, "net of 2025, million CNY", c.total/1e10, 59, .08)
	near(t, "top 1%", c.top(.01), .365, .06)
	near(t, "top 5%", c.top(.05), .582, .06)
	near(t, "top 20%", c.top(.20), .851, .06)
	bytes := int64(0)
	for name, n := range sum.Bytes {
		if st, err := os.Stat(filepath.Join(dir, "data", name+".csv")); err == nil && st.Size() != n {
			t.Errorf("%s: %d bytes told, %d written", name, n, st.Size())
		}
		bytes += n
	}
	near(t, "megabytes", float64(bytes)/1e6, 185, .1)
	checkPlanted(t, dir)
}

// near fails when a figure is further from what is wanted than a share of it.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if got < want*(1-tolerance) || got > want*(1+tolerance) {
		t.Errorf("%s: %.4g, want %.4g ± %.0f%%", what, got, want, 100*tolerance)
	}
	t.Logf("%s: %.4g", what, got)
}

// year is what one year sold without textbook lots.
type year struct {
	lines, copies, total float64
	net                  map[string]float64
}

// companyYear adds up a year.
func companyYear(t *testing.T, dir, y string) year {
	t.Helper()
	headers, lines := read(t, dir, "order_header"), read(t, dir, "order_line")
	customer := map[string]string{}
	for _, r := range headers.rows {
		if strings.HasPrefix(headers.get(r, "order_date"), y) {
			customer[headers.get(r, "order_id")] = headers.get(r, "customer_id")
		}
	}
	out := year{net: map[string]float64{}}
	for _, r := range lines.rows {
		c, ok := customer[lines.get(r, "order_id")]
		if !ok || lines.get(r, "is_textbook") == "true" {
			continue
		}
		qty := number(t, lines.get(r, "qty_ordered"))
		net := float64(amount(t, lines.get(r, "unit_price"))*qty) * (1 - float64(amount(t, lines.get(r, "discount_pct")))/1e6)
		out.lines++
		out.copies += float64(qty)
		out.total += net
		out.net[c] += net
	}
	return out
}

// top is the share of the largest customers.
func (y year) top(share float64) float64 {
	var all []float64
	for _, v := range y.net {
		all = append(all, v)
	}
	slices.Sort(all)
	slices.Reverse(all)
	n := int(share*float64(len(all)) + .999)
	sum := 0.0
	for _, v := range all[:n] {
		sum += v
	}
	return sum / y.total
}
