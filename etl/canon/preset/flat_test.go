package preset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// columns makes sniffed columns of a header and rows.
func columns(header string, rows ...string) []Column {
	var all []Column
	for _, name := range strings.Split(header, "|") {
		all = append(all, Column{Name: name, Type: "VARCHAR"})
	}
	for _, row := range rows {
		for i, v := range strings.Split(row, "|") {
			all[i].Samples = append(all[i].Samples, v)
		}
	}
	return all
}

func shopify() []Column {
	return columns("Name|Email|Financial Status|Paid at|Currency|Subtotal|Total|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem sku|Lineitem discount|Billing Name|Billing Company|Billing Country|Vendor",
		"#1001|a@x.org|paid|2024-01-15 10:05:00 -0500|USD|70.00|75.00|2024-01-15 10:00:00 -0500|2|Atlas|20.00|ATL-1|4.00|Ann|Uni Library|US|Page",
		"#1001|a@x.org||||||2024-01-15 10:00:00 -0500|1|Lexicon|30.00|LEX-2|0.00||||Page",
		"#1002|b@x.org|paid|2024-02-01 09:00:00 -0500|USD|20.00|22.00|2024-02-01 08:59:59 -0500|1|Atlas|20.00|ATL-1|0.00|Bob|City Books|DE|Page",
		"#1003|c@x.org|refunded|2024-02-03 09:00:00 -0500|USD|30.00|30.00|2024-02-03 07:00:00 -0500|1|Lexicon, new|30.00|LEX-2|0.00|Cid|City Books|DE|Page",
		"#1003|||||||2024-02-03 07:00:00 -0500|3|Lexicon|30.00|LEX-2|0.00||||Page")
}

func TestGuess(t *testing.T) {
	tests := []struct {
		name    string
		columns []Column
		said    map[string]string
		want    map[Role]string
	}{
		{"online retail", columns("InvoiceNo|StockCode|Description|Quantity|InvoiceDate|UnitPrice|CustomerID|Country",
			"536365|85123A|WHITE HANGING HEART|6|2010-12-01 08:26:00|2.55|17850.0|United Kingdom",
			"C536379|D|Discount|-1|2010-12-01 09:41:00|27.5||United Kingdom"), nil,
			map[Role]string{Order: "InvoiceNo", Date: "InvoiceDate", Customer: "CustomerID", Product: "StockCode", ProductName: "Description",
				Quantity: "Quantity", Price: "UnitPrice", Country: "Country"}},
		{"shopify", shopify(), nil,
			map[Role]string{Order: "Name", Date: "Created at", Customer: "Email", CustomerName: "Billing Company", Product: "Lineitem sku",
				ProductName: "Lineitem name", Quantity: "Lineitem quantity", Price: "Lineitem price", Discount: "Lineitem discount",
				Country: "Billing Country", CurrencyCode: "Currency", Status: "Financial Status"}},
		{"chinese", columns("订单号|下单日期|客户名称|ISBN|书名|数量|单价|折扣",
			"2024-001|2024/3/5|北京图书馆|9787302511625|数据挖掘|2|59.00|0.85",
			"2024-002|2024/3/6|上海书城|9787111544937|算法|10|128.00|0.78"), nil,
			map[Role]string{Order: "订单号", Date: "下单日期", CustomerName: "客户名称", Product: "ISBN", ProductName: "书名",
				Quantity: "数量", Price: "单价", Discount: "折扣"}},
		{"german, without order number", columns("Datum|Kunde|Artikel|Menge|Gesamtpreis",
			"31.12.2023|K01|Lexikon Band 1|2|1.079,80", "02.01.2024|K02|Atlas|1|20,00"), nil,
			map[Role]string{Date: "Datum", Customer: "Kunde", ProductName: "Artikel", Quantity: "Menge", Amount: "Gesamtpreis"}},
		{"a name is no order number", columns("Name|Date|Qty|Price", "Ann|2024-01-01|3|9.99", "Bob|2024-01-02|1|5.50"), nil,
			map[Role]string{Date: "Date", Quantity: "Qty", Price: "Price"}},
		{"a bad value in each", columns("Datum|Menge|Preis|Rabatt",
			"31.12.2023|1|2,50|0,1", "x|2|2,50|0,2", "02.01.2024|x|y|z"), nil,
			map[Role]string{Date: "Datum", Quantity: "Menge", Price: "Preis", Discount: "Rabatt"}},
		{"names that say nothing", columns("a|b|c|d",
			"2024-01-01|3|9.99|x", "2024-01-02|1|5.50|y", "2024-01-02|3|7.25|z"), nil,
			map[Role]string{Date: "a", Quantity: "b", Price: "c"}},
		{"said by hand", columns("Date|Qty|Stück geliefert|Price|Customer",
			"2024-01-01|3|2|9.99|7", "2024-01-02|1|1|5.50|8"), map[string]string{"qty": "Stück geliefert", "customer": "-"},
			map[Role]string{Date: "Date", Quantity: "Stück geliefert", Price: "Price"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := GuessFlat(tt.columns, tt.said)
			if err != nil {
				t.Fatal(err)
			}
			got := map[Role]string{}
			for _, p := range g.Picked {
				got[p.Role] = p.Column
				if p.Confidence <= 0 || p.Confidence > 1 || p.Reason == "" {
					t.Errorf("%+v", p)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestGuessMissing(t *testing.T) {
	_, err := GuessFlat(columns("id|colour", "1|red", "2|blue"), nil)
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Missing) != 3 {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"date", "quantity", "price", "amount", "id, colour", "--map"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if _, err := GuessFlat(columns("Date|Qty|Price", "2024-01-01|1|2.5"), map[string]string{"quantty": "Qty"}); err == nil || !strings.Contains(err.Error(), "did you mean quantity?") {
		t.Errorf("got %v", err)
	}
	if _, err := GuessFlat(columns("Date|Qty|Price", "2024-01-01|1|2.5"), map[string]string{"price": "Prise"}); err == nil || !strings.Contains(err.Error(), "did you mean Price?") {
		t.Errorf("got %v", err)
	}
}

func TestDateFormats(t *testing.T) {
	for _, tt := range []struct {
		samples []string
		want    []string
		doubt   bool
	}{
		{[]string{"2010-12-01 08:26:00"}, nil, false},
		{[]string{"12/1/2010 8:26", "12/13/2010 9:00"}, []string{"%m/%d/%Y %H:%M"}, false},
		{[]string{"31.12.2023", "02.01.2024"}, []string{"%d.%m.%Y"}, false},
		{[]string{"1/2/2024 1:05:00 PM", "2/2/2024 2:05:00 PM", "1/3/2024 3:00:00 PM"}, []string{"%d/%m/%Y %I:%M:%S %p"}, false},
		{[]string{"2024年3月5日"}, []string{"%Y年%m月%d日"}, false},
		{[]string{"01/02/24"}, []string{"%m/%d/%y"}, true},
	} {
		got, note := dateFormats(Column{Samples: tt.samples})
		if d := cmp.Diff(tt.want, got); d != "" || (note != "") != tt.doubt {
			t.Errorf("%v: %s, note %q", tt.samples, d, note)
		}
	}
}

// TestRendered: what is rendered is a configuration, and as reviewed.
func TestRendered(t *testing.T) {
	for name, in := range map[string]Inputs{
		"shopify": {Company: "Page & Co: books", Files: []File{{Path: "exports/orders_export.csv", Columns: shopify()}}},
		"amount": {Files: []File{{Path: "2024/Verkäufe 2024.csv", Encoding: "latin-1", Columns: columns("Datum|Kunde|Artikel|Menge|Gesamtpreis",
			"31.12.2023|K01|Lexikon Band 1|2|1.079,80", "02.01.2024|K02|Atlas|1|20,00")}}},
		"chinese": {Language: "zh", Files: []File{{Path: "订单.csv", Columns: columns("订单号|下单日期|客户名称|ISBN|书名|数量|单价|折扣",
			"2024-001|2024/3/5|北京图书馆|9787302511625|数据挖掘|2|59.00|0.85")}}},
	} {
		t.Run(name, func(t *testing.T) {
			text, _, err := Render("flat-orders", in)
			if err != nil {
				t.Fatal(err)
			}
			load(t, text)
			golden(t, "flat-"+name+".yaml", text)
		})
	}
}

func TestFlatNeedsOneFile(t *testing.T) {
	if _, _, err := Render("flat-orders", Inputs{}); err == nil || !strings.Contains(err.Error(), "--file") {
		t.Errorf("got %v", err)
	}
}

// TestOddNames: whatever columns and paths are called, what is rendered is a
// configuration, and its SELECTs are SQL.
func TestOddNames(t *testing.T) {
	cols := columns("Order \"No\"|# Date: x|{{.Qty}} quantity|'Price' -- net|Customer;|{a: b} title|\t", "A1|2024-01-01|1|2.5|K;1|x|")
	cols[0].Samples, cols[6].Samples = []string{"A1"}, []string{""}
	text, report, err := Render("flat-orders", Inputs{Company: "# no: {comment}\n'", Source: "s",
		Files: []File{{Path: "it's # a: {path}/*.csv", Columns: cols}}})
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, text)
	if !strings.HasSuffix(c.Sources["s"].Path, "it's # a: {path}/*.csv") || c.Company.Name != "# no: {comment}\n'" {
		t.Errorf("%+v %q", c.Sources, c.Company.Name)
	}
	if len(report.Guess.Notes) == 0 || !strings.Contains(report.Guess.Notes[0], "cannot be used") {
		t.Errorf("notes %q", report.Guess.Notes)
	}
	var names, values []string
	for _, col := range cols {
		names, values = append(names, ident(col.Name)), append(values, literal(col.Samples[0]))
	}
	db := run(t, c, "s", fmt.Sprintf("SELECT * FROM (VALUES (0, %s)) AS v(_row, %s)", strings.Join(values, ", "), strings.Join(names, ", ")))
	if d := cmp.Diff([]string{"1|A1|1|2.5"}, rows(t, db, "SELECT line_id, order_id, qty_ordered, unit_price FROM out_order_line")); d != "" {
		t.Error(d)
	}
}

// run creates the extract of a rendered configuration with the given SELECT,
// and every mapped table from it.
func run(t *testing.T, c *config.Config, source, extract string) *duck.DB {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	statements := []string{fmt.Sprintf("CREATE TABLE %s AS %s", ident(source), extract)}
	for name, maps := range c.Tables {
		statements = append(statements, fmt.Sprintf("CREATE TABLE %s AS SELECT * FROM (\n%s\n) AS s", ident("out_"+name), maps[0].Select))
	}
	for _, s := range statements {
		if _, err := db.Exec(ctx, engine.SQL(s)); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	return db
}

// rows reads a result, each row as values separated by |.
func rows(t *testing.T, db *duck.DB, sql string) []string {
	t.Helper()
	var all []string
	err := engine.Rows(context.Background(), db, engine.SQL(sql), func(row []any) error {
		var values []string
		for _, v := range row {
			values = append(values, engine.Text(v))
		}
		all = append(all, strings.Join(values, "|"))
		return nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

func TestShopifyRuns(t *testing.T) {
	cols := shopify()
	text, _, err := Render("flat-orders", Inputs{Source: "orders", Files: []File{{Path: "orders.csv", Columns: cols}}})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for i := range cols[0].Samples {
		var row []string
		for _, c := range cols {
			row = append(row, "nullif("+literal(c.Samples[i])+", '')")
		}
		values = append(values, fmt.Sprintf("(%d, %s)", i, strings.Join(row, ", ")))
	}
	var names []string
	for _, c := range cols {
		names = append(names, ident(c.Name))
	}
	db := run(t, load(t, text), "orders", fmt.Sprintf("SELECT * FROM (VALUES %s) AS v(_row, %s)", strings.Join(values, ", "), strings.Join(names, ", ")))
	got := rows(t, db, `SELECT order_id, customer_id, order_date, ccy, status, ship_to_region FROM out_order_header ORDER BY order_id`)
	want := []string{
		"#1001|a@x.org|2024-01-15 10:00:00|USD|paid|US",
		"#1002|b@x.org|2024-02-01 08:59:59|USD|paid|DE",
		"#1003|c@x.org|2024-02-03 07:00:00|USD|refunded|DE",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = rows(t, db, `SELECT line_id, order_id, title_id, qty_ordered, unit_price, discount_pct FROM out_order_line ORDER BY line_id`)
	want = []string{"1|#1001|ATL-1|2|20.00|10", "2|#1001|LEX-2|1|30.00|0", "3|#1002|ATL-1|1|20.00|0",
		"4|#1003|LEX-2|1|30.00|0", "5|#1003|LEX-2|3|30.00|0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = rows(t, db, `SELECT title_id, title FROM out_title ORDER BY title_id`)
	if d := cmp.Diff([]string{"ATL-1|Atlas", "LEX-2|Lexicon"}, got); d != "" {
		t.Error(d)
	}
}

// dataFile finds a file of the public data sets, or skips.
func dataFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here; set VERSO_DATA to the folder of the data sets", name)
	}
	return path
}

// TestOnlineRetail: the counts of the UCI data set (541,909 lines of 25,900
// invoices by 4,372 customers; 397,884 sales to known customers for 8,911,407.90)
// come out of the guessed mapping.
func TestOnlineRetail(t *testing.T) {
	path := dataFile(t, "online_retail/online_retail.csv.gz")
	ctx := context.Background()
	sniff, err := duck.Open(ctx, duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer sniff.Close()
	scan := "read_csv(" + literal(path) + ", all_varchar = true, header = true)"
	cols := columns("InvoiceNo|StockCode|Description|Quantity|InvoiceDate|UnitPrice|CustomerID|Country",
		rows(t, sniff, "SELECT * FROM "+scan+" LIMIT 1000")...)
	text, report, err := Render("flat-orders", Inputs{Source: "sales", Currency: "GBP", Files: []File{{Path: path, Columns: cols}}})
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, text)
	if c.IDs != "text" || report.Guess.Column(Customer) != "CustomerID" || !strings.Contains(string(text), `\.0$`) {
		t.Errorf("ids %s, %+v", c.IDs, report.Guess)
	}
	db := run(t, c, "sales", "SELECT row_number() OVER () - 1 AS _row, * FROM "+scan)
	for _, tt := range [][2]string{
		{`SELECT count(*), count(DISTINCT line_id), count(DISTINCT order_id) FROM out_order_line`, "541909|541909|25900"},
		{`SELECT count(*), count(DISTINCT order_id), count(CASE WHEN status = 'cancelled' THEN 1 END) FROM out_order_header`, "25900|25900|3836"},
		{`SELECT count(*), count(DISTINCT customer_id), min(customer_id), max(customer_id) FROM out_customer`, "4372|4372|12346|18287"},
		{`SELECT count(*), count(DISTINCT title_id) FROM out_title`, "4070|4070"},
		{`SELECT title FROM out_title WHERE title_id = '85123A'`, "WHITE HANGING HEART T-LIGHT HOLDER"},
		{`SELECT count(*), count(DISTINCT h.customer_id), count(DISTINCT l.order_id),
			CAST(sum(CAST(qty_ordered AS INTEGER) * CAST(unit_price AS DECIMAL(18,4))) AS DECIMAL(18,2))
			FROM out_order_line AS l JOIN out_order_header AS h USING (order_id)
			WHERE CAST(qty_ordered AS INTEGER) > 0 AND CAST(unit_price AS DECIMAL(18,4)) > 0 AND h.customer_id IS NOT NULL`,
			"397884|4338|18532|8911407.90"},
	} {
		if got := rows(t, db, tt[0]); len(got) != 1 || got[0] != tt[1] {
			t.Errorf("%s\n got %v, want %s", tt[0], got, tt[1])
		}
	}
}
