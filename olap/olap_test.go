package olap_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func open(t testing.TB, db engine.Database) *olap.Olap {
	t.Helper()
	o, err := olap.Open(context.Background(), db, olap.Options{Model: olaptest.Model(t, "")})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// byHand is each measure of the shipped cubes as SQL written by hand, over the
// facts f joined to the customers c.
var byHand = map[string]map[string]string{
	"sales": {
		"net":               `sum(f.net)`,
		"gross":             `sum(f.gross)`,
		"discount":          `sum(f.discount)`,
		"copies":            `sum(f.qty)`,
		"lines":             `count(*)`,
		"orders":            `count(DISTINCT f.order_key)`,
		"customers":         `count(DISTINCT f.customer_key) FILTER (WHERE f.customer_key <> -1)`,
		"titles":            `count(DISTINCT f.title_key) FILTER (WHERE f.title_key <> -1)`,
		"aov":               `sum(f.net)::DOUBLE / count(DISTINCT f.order_key)`,
		"net_per_copy":      `sum(f.net)::DOUBLE / nullif(sum(f.qty), 0)`,
		"price_realisation": `sum(f.net)::DOUBLE / nullif(sum(f.gross)::DOUBLE, 0)`,
		"discount_rate":     `sum(f.discount)::DOUBLE / nullif(sum(f.gross)::DOUBLE, 0)`,
		"cost":              `sum(f.cost)`,
		"margin":            `sum(f.net - f.cost)`,
		"margin_pct":        `(sum(f.net - f.cost) FILTER (WHERE f.cost IS NOT NULL))::DOUBLE / nullif((sum(f.net) FILTER (WHERE f.cost IS NOT NULL))::DOUBLE, 0)`,
		"cost_coverage":     `(sum(f.net) FILTER (WHERE f.cost IS NOT NULL))::DOUBLE / nullif(sum(f.net)::DOUBLE, 0)`,
		"tax":               `sum(f.tax)`,

		"lines_per_order":     `count(*)::DOUBLE / count(DISTINCT f.order_key)`,
		"copies_per_line":     `sum(f.qty)::DOUBLE / count(*)`,
		"copies_per_order":    `sum(f.qty)::DOUBLE / count(DISTINCT f.order_key)`,
		"mean_line_value":     `sum(f.net)::DOUBLE / count(*)`,
		"median_line_value":   `median(f.net::DOUBLE)`,
		"largest_line":        `max(f.net)`,
		"net_per_customer":    `sum(f.net)::DOUBLE / nullif(count(DISTINCT f.customer_key) FILTER (WHERE f.customer_key <> -1), 0)`,
		"orders_per_customer": `count(DISTINCT f.order_key)::DOUBLE / nullif(count(DISTINCT f.customer_key) FILTER (WHERE f.customer_key <> -1), 0)`,
		"titles_per_customer": `(count(DISTINCT f.title_key) FILTER (WHERE f.title_key <> -1))::DOUBLE / nullif(count(DISTINCT f.customer_key) FILTER (WHERE f.customer_key <> -1), 0)`,
		"copies_per_title":    `sum(f.qty)::DOUBLE / nullif(count(DISTINCT f.title_key) FILTER (WHERE f.title_key <> -1), 0)`,
		"net_per_title":       `sum(f.net)::DOUBLE / nullif(count(DISTINCT f.title_key) FILTER (WHERE f.title_key <> -1), 0)`,
		"list_price_per_copy": `sum(f.gross)::DOUBLE / nullif(sum(f.qty), 0)`,
		"rush_lines":          `count(*) FILTER (WHERE f.is_rush)`,
		"rush_share":          `avg(f.is_rush::INTEGER)`,
		"textbook_net":        `sum(f.net) FILTER (WHERE f.is_textbook)`,
		"textbook_copies":     `sum(f.qty) FILTER (WHERE f.is_textbook)`,
		"textbook_share":      `coalesce(sum(f.net) FILTER (WHERE f.is_textbook), 0)::DOUBLE / nullif(sum(f.net)::DOUBLE, 0)`,
		"copies_cancelled":    `sum(f.qty_cancelled)`,
		"copies_ordered":      `sum(f.qty + f.qty_cancelled)`,
		"cancel_rate":         `sum(f.qty_cancelled)::DOUBLE / nullif(sum(f.qty + f.qty_cancelled), 0)`,
		"net_with_tax":        `sum(f.net + f.tax)`,
		"tax_share":           `sum(f.tax)::DOUBLE / nullif(sum(f.net + f.tax)::DOUBLE, 0)`,
		"tax_rate":            `sum(f.tax)::DOUBLE / nullif(sum(f.net)::DOUBLE, 0)`,
		"margin_per_copy":     `sum(f.net - f.cost)::DOUBLE / nullif(sum(f.qty) FILTER (WHERE f.cost IS NOT NULL), 0)`,
		"cost_per_copy":       `sum(f.cost)::DOUBLE / nullif(sum(f.qty) FILTER (WHERE f.cost IS NOT NULL), 0)`,
		"markup":              `sum(f.net - f.cost)::DOUBLE / nullif(sum(f.cost)::DOUBLE, 0)`,
		"margin_per_order":    `sum(f.net - f.cost)::DOUBLE / nullif(count(DISTINCT f.order_key) FILTER (WHERE f.cost IS NOT NULL), 0)`,
		"first_order":         `min(f.order_date)`,
		"last_order":          `max(f.order_date)`,
		"order_days":          `count(DISTINCT f.date_key)`,
		"orders_per_day":      `count(DISTINCT f.order_key)::DOUBLE / count(DISTINCT f.date_key)`,
		"publishers":          `count(DISTINCT f.publisher_key) FILTER (WHERE f.publisher_key <> -1)`,
		"net_constant":        `sum(f.net_constant)`,
		"currency_effect":     `sum(f.net - f.net_constant)`,
		"cost_constant":       `sum(f.cost_constant)`,
		"margin_constant":     `sum(f.net_constant - f.cost_constant)`,
		"margin_constant_pct": `sum(f.net_constant - f.cost_constant)::DOUBLE / nullif((sum(f.net_constant) FILTER (WHERE f.cost_constant IS NOT NULL))::DOUBLE, 0)`,

		// Goods of the test warehouse are paid at the rate of the order: landed cost adds to their cost what bringing
		// them in cost, and is not known where a part of it is not.
		"freight":          `sum(f.freight)`,
		"duty":             `sum(f.duty)`,
		"handling":         `sum(f.handling)`,
		"landed_cost":      `sum(f.cost + f.freight + f.duty + f.handling)`,
		"gross_margin":     `sum(f.net - f.cost - f.freight - f.duty - f.handling)`,
		"gross_margin_pct": `sum(f.net - f.cost - f.freight - f.duty - f.handling)::DOUBLE / nullif((sum(f.net) FILTER (WHERE f.cost IS NOT NULL AND f.freight IS NOT NULL AND f.duty IS NOT NULL))::DOUBLE, 0)`,
		"landed_coverage":  `(sum(f.net) FILTER (WHERE f.cost IS NOT NULL AND f.freight IS NOT NULL AND f.duty IS NOT NULL))::DOUBLE / nullif(sum(f.net)::DOUBLE, 0)`,
	},
	"returns": {
		"return_value":  `sum(f."value")`,
		"return_copies": `sum(f.qty)`,
		"return_lines":  `count(*)`,

		"return_orders":           `count(DISTINCT f.order_key) FILTER (WHERE f.order_key <> -1)`,
		"return_customers":        `count(DISTINCT f.customer_key) FILTER (WHERE f.customer_key <> -1)`,
		"return_titles":           `count(DISTINCT f.title_key) FILTER (WHERE f.title_key <> -1)`,
		"value_per_return":        `sum(f."value")::DOUBLE / count(*)`,
		"median_return":           `median(f."value"::DOUBLE)`,
		"value_per_copy_returned": `sum(f."value")::DOUBLE / nullif(sum(f.qty), 0)`,
		"copies_per_return":       `sum(f.qty)::DOUBLE / count(*)`,
		"returns_with_reason":     `count(f.reason)`,
		"reason_share":            `count(f.reason)::DOUBLE / count(*)`,
		"negative_lines":          `count(*) FILTER (WHERE f.from_order_line)`,
		"first_return":            `min(f.return_date)`,
		"last_return":             `max(f.return_date)`,
	},
}

// Every measure, by customer type and in total, equals SQL written by hand.
// Ratios are compared to 12 digits: here they are divided without scaling.
func TestMeasuresEqualHandWrittenSQL(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	o := open(t, db)
	for _, c := range o.Cubes() {
		if c.Virtual() {
			continue // see TestTradeIsSalesAndReturns
		}
		for _, measure := range c.MeasureNames() {
			expression := byHand[c.Name][measure]
			if expression == "" {
				t.Errorf("%s.%s has no SQL written by hand", c.Name, measure)
				continue
			}
			table, err := o.Ask(ctx, cube.Query{Cube: c.Name, Rows: []string{"customer.type"}, Measures: []string{measure}, Totals: cube.Totals{Grand: true}})
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, r := range table.Rows {
				got = append(got, engine.Text(r.Cells[0])+"="+digits(r.Cells[1]))
			}
			text := fmt.Sprintf(`SELECT * FROM (
				SELECT CASE WHEN f.customer_key = -1 THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type", %[1]s AS "m", 0 AS "total"
				FROM %[2]s AS f JOIN core.dim_customer AS c ON c.customer_key = f.customer_key GROUP BY 1
				UNION ALL SELECT NULL, %[1]s, 1 FROM %[2]s AS f) AS x ORDER BY "total", "type" LIKE '(u%%', "type" LIKE '(%%', "type"`, expression, c.Table)
			err = engine.Rows(ctx, db, engine.SQL(text), func(row []any) error {
				want = append(want, engine.Text(row[0])+"="+digits(row[1]))
				return nil
			})
			if err != nil {
				t.Fatal(measure, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s.%s (-hand +cube):\n%s", c.Name, measure, diff)
			}
		}
	}
}

func digits(v any) string {
	if f, ok := v.(float64); ok {
		return fmt.Sprintf("%.12g", f)
	}
	return engine.Text(v)
}

// Every attribute can be put on rows, on columns and in a filter with each of
// its members, and the parts add up to the whole.
func TestEveryAttributeAddsUp(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	for _, c := range o.Cubes() {
		if c.Virtual() {
			continue
		}
		count := "return_lines"
		if c.Name == "sales" {
			count = "lines"
		}
		for _, field := range c.FieldNames() {
			table, err := o.Ask(ctx, cube.Query{Cube: c.Name, Rows: []string{field}, Measures: []string{count}, Totals: cube.Totals{Grand: true}})
			if err != nil {
				t.Fatal(field, err)
			}
			sum, seen := int64(0), map[string]bool{}
			for i, r := range table.Rows {
				n, _ := engine.Int(r.Cells[1])
				if r.Level == 0 {
					if n != sum || n != table.Facts {
						t.Errorf("%s %s: members add up to %d, the total is %d, facts are %d", c.Name, field, sum, n, table.Facts)
					}
					continue
				}
				sum += n
				shown := engine.Text(r.Cells[0])
				if seen[shown] {
					t.Errorf("%s: two rows are shown as %s", field, shown)
				}
				seen[shown] = true
				// What is shown can be asked for; members of one name by their keys.
				filter := cube.Filter{Field: field, Op: "=", Values: []string{shown}}
				switch {
				case strings.HasPrefix(shown, "Chen Wei ("):
					filter = cube.Filter{Field: field, Op: "key_in", Values: r.Keys}
				case i%7 > 0:
					continue
				}
				one, err := o.Ask(ctx, cube.Query{Cube: c.Name, Measures: []string{count}, Where: []cube.Filter{filter}})
				if err != nil {
					t.Fatal(field, err)
				}
				if m, _ := engine.Int(one.Rows[0].Cells[0]); m != n || one.Facts != n {
					t.Errorf("%s = %v: %d facts, the row says %d", field, r.Cells[0], m, n)
				}
			}
		}
	}
}

func TestMembersOfOneNameStayApart(t *testing.T) {
	o := open(t, olaptest.Star(t))
	table, err := o.Ask(context.Background(), cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"lines"},
		Where: []cube.Filter{{Field: "customer.name", Op: "=", Values: []string{"Chen Wei"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range table.Rows {
		names = append(names, r.Cells[0].(string))
	}
	if diff := cmp.Diff([]string{"Chen Wei (1019)", "Chen Wei (1038)", "Chen Wei (1057)"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestLimitsAreErrorsWithBothCounts(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	for _, c := range []struct {
		query cube.Query
		want  string
	}{
		{cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"net"}, Limit: 10}, "the answer has 61 rows, the limit is 10;"},
		{cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Columns: []string{"date.year"}, Measures: []string{"net"}, Limit: 10}, "the answer has 61 rows, the limit is 10;"},
	} {
		_, err := o.Ask(ctx, c.query)
		var limit *olap.LimitError
		if !errors.As(err, &limit) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	fits, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"net"}, Limit: 61})
	if err != nil || len(fits.Rows) != 61 {
		t.Errorf("a limit that fits gives %v", err)
	}
}

func TestJoinThatFansOutIsRefused(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	if _, err := db.Exec(ctx, engine.SQL(`INSERT INTO score.rfm SELECT * FROM score.rfm WHERE customer_key = 1; DROP TABLE score.pyramid; DROP TABLE core.fact_return`)); err != nil {
		t.Fatal(err)
	}
	o := open(t, db)
	for field, want := range map[string]string{
		"customer.rfm_segment": "score.rfm repeats customer_key in 1 rows",
		"customer.tier":        "the generation has no score.pyramid: the model pyramid has not run",
	} {
		for range 2 {
			_, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{field}, Measures: []string{"net"}})
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: %v, want %s", field, err, want)
			}
		}
	}
	_, err := o.Ask(ctx, cube.Query{Cube: "returns", Measures: []string{"return_lines"}})
	var missing *olap.MissingTableError
	if !errors.As(err, &missing) || missing.Cube != "returns" {
		t.Errorf("a cube without its facts gives %v", err)
	}
	if _, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}}); err != nil {
		t.Error("other questions suffer:", err)
	}
}

func TestOpenNeedsAGeneration(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	if _, err := db.Exec(ctx, engine.SQL("DROP TABLE meta.run")); err != nil {
		t.Fatal(err)
	}
	if _, err := olap.Open(ctx, db, olap.Options{}); err == nil || err.Error() != "the database has no meta.run: it is no generation of verso" {
		t.Error(err)
	}
}

func TestCancelledQuestion(t *testing.T) {
	o := open(t, olaptest.Star(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := o.Ask(ctx, cube.Query{Cube: "sales", Measures: []string{"net"}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.tier"}, Columns: []string{"date.quarter"}, Measures: []string{"net", "customers"}, Totals: cube.Totals{Grand: true, Cols: true}}
	want, err := o.Ask(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			got, err := o.In("en").Ask(ctx, q)
			if err != nil {
				t.Error(err)
				return
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b engine.Decimal) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
		})
	}
	wg.Wait()
}

func TestLanguages(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t)).In("zh")
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"date.weekday"}, Columns: []string{"region.area"}, Measures: []string{"net"},
		Where: []cube.Filter{{Field: "date.weekday", Op: "in", Values: []string{"星期一", "Tuesday", "3"}}, {Field: "region.area", Op: "in", Values: []string{"华北", "East", "(unknown)"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range table.Columns {
		got = append(got, c.Label+strings.Join(c.Members, ""))
	}
	for _, r := range table.Rows {
		got = append(got, r.Cells[0].(string))
	}
	if diff := cmp.Diff([]string{"星期", "销售净额华东", "销售净额华北", "销售净额(未知)", "星期一", "星期二", "星期三"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestUserCatalog(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	own := `
dimensions:
  - name: seller_flags
    label: {en: Flags}
    description: {en: Employees in a second role.}
    table: core.dim_employee
    key: employee_key
    attributes:
      - {name: active, type: boolean, column: is_active, label: {en: Active}, description: {en: Still with us.}}
cubes:
  - name: sales
    extends: true
    dimensions:
      - {name: seller, dimension: seller_flags, key: employee_key}
    measures:
      - {name: largest, kind: max, column: net, format: money, unit: currency, label: {en: Largest line}, description: {en: The largest line.}}
      - {name: last_day, kind: max, type: date, column: order_date, format: date, label: {en: Last day}, description: {en: The last order date.}}
      - {name: costed, kind: count, when_known: cost, format: integer, label: {en: Costed}, description: {en: Lines with a cost.}}
`
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	db := olaptest.Star(t)
	o, err := olap.Open(ctx, db, olap.Options{Catalog: dir})
	if err != nil {
		t.Fatal(err)
	}
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"seller.active"}, Measures: []string{"largest", "last_day", "costed"}, Totals: cube.Totals{Grand: true}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range table.Rows {
		got = append(got, fmt.Sprintf("%s %s %s %s", engine.Text(r.Cells[0]), engine.Text(r.Cells[1]), engine.Text(r.Cells[2]), engine.Text(r.Cells[3])))
	}
	var want []string
	err = engine.Rows(ctx, db, engine.SQL(`SELECT * FROM (
		SELECT CASE WHEN f.employee_key = -1 THEN '(unknown)' ELSE e.is_active::VARCHAR END AS "a", max(f.net), max(f.order_date), count(f.cost)
		FROM core.fact_order_line AS f JOIN core.dim_employee AS e ON e.employee_key = f.employee_key GROUP BY 1
		UNION ALL SELECT NULL, max(net), max(order_date), count(cost) FROM core.fact_order_line) AS x ORDER BY "a" = '(unknown)' NULLS LAST, "a"`), func(row []any) error {
		want = append(want, fmt.Sprintf("%s %s %s %s", engine.Text(row[0]), engine.Text(row[1]), engine.Text(row[2]), engine.Text(row[3])))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkAsk(b *testing.B) {
	ctx := context.Background()
	o := open(b, olaptest.Star(b))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Columns: []string{"date.year"}, Measures: []string{"net", "aov"}, Totals: cube.Totals{Grand: true, Cols: true}}
	for b.Loop() {
		if _, err := o.Ask(ctx, q); err != nil {
			b.Fatal(err)
		}
	}
}
