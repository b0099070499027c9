package olap_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// ownCubes has measures that are not added up over days, a plan by month, and
// two cubes asked side by side.
const ownCubes = `
cubes:
  - name: sales
    extends: true
    scenarios:
      - {name: plan, cube: month_plan, label: {en: Plan, zh: 计划}}
    measures:
      - {name: net_last, kind: sum, column: net, over_time: last, format: money, unit: currency, label: {en: Net of the last day}, description: {en: Of the last day.}}
      - {name: net_first, kind: sum, column: net, over_time: first, format: money, unit: currency, label: {en: Net of the first day}, description: {en: Of the first day.}}
      - {name: net_average, kind: sum, column: net, over_time: average, format: money, unit: currency, label: {en: Net a day}, description: {en: A day.}}
  - name: month_plan
    label: {en: Sales plan, zh: 销售计划}
    description: {en: Plan by month.}
    table: core.plan
    dimensions:
      - {name: date, key: date_key, grain: month}
      - {name: channel, key: channel_key}
    measures:
      - {name: net, kind: sum, column: net, format: money, unit: currency, label: {en: Planned net}, description: {en: Planned.}}
      - {name: lines, kind: sum, column: n, type: integer, format: integer, label: {en: Planned lines}, description: {en: Planned.}}
  - name: across
    label: {en: Sales and returns}
    description: {en: Both.}
    combines:
      - {cube: sales, measures: [net, copies, aov, customers, net_last]}
      - {cube: returns, measures: [return_value, return_lines]}
    measures:
      - {name: rate, kind: ratio, numerator: return_value, denominator: net, format: percent, unit: "%", label: {en: Return rate}, description: {en: Returned.}}
`

func openPlan(t *testing.T) (*olap.Olap, engine.Database) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(ownCubes), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db := olaptest.Star(t)
	if _, err := db.Exec(ctx, engine.SQL(`CREATE TABLE core.plan AS SELECT year(month) * 10000 + month(month) * 100 + 1 AS date_key, c AS channel_key,
		CAST(1000 * c + 10 * month(month) AS DECIMAL(18, 4)) AS net, 5 * c AS n
		FROM (SELECT CAST(DATE '2024-01-01' + to_months(CAST(m AS INTEGER)) AS DATE) AS month FROM range(24) AS r(m)) AS x, range(1, 4) AS k(c)`)); err != nil {
		t.Fatal(err)
	}
	o, err := olap.Open(ctx, db, olap.Options{Catalog: dir})
	if err != nil {
		t.Fatal(err)
	}
	return o, db
}

// rowsOf is an answer as text, one line a row.
func rowsOf(t *testing.T, o *olap.Olap, q cube.Query) (lines []string) {
	t.Helper()
	table, err := o.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, digits(c))
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return lines
}

func handRows(t *testing.T, db engine.Database, sql string) (lines []string) {
	t.Helper()
	err := engine.Rows(context.Background(), db, engine.SQL(sql), func(row []any) error {
		var cells []string
		for _, c := range row {
			cells = append(cells, digits(c))
		}
		lines = append(lines, strings.Join(cells, " "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func same(t *testing.T, o *olap.Olap, db engine.Database, q cube.Query, sql string) {
	t.Helper()
	if diff := cmp.Diff(handRows(t, db, sql), rowsOf(t, o, q)); diff != "" {
		x, _ := o.Explain(q)
		t.Errorf("%v (-hand +cube):\n%s\n%s", q, diff, x.SQL)
	}
}

// A value of one day is that of the last or first day, within the period of the
// cell, on which the cube has facts, whatever the other filters; an average
// divides by these days.
func TestMeasuresOfOneDay(t *testing.T) {
	o, db := openPlan(t)
	const byMonth = `
		WITH f AS (SELECT s.*, d.%[1]s AS p FROM core.fact_order_line AS s JOIN core.dim_date AS d ON d.date_key = s.date_key WHERE s.date_key BETWEEN 20240110 AND 20240620),
		     e AS (SELECT p, max(date_key) AS l, min(date_key) AS a, count(DISTINCT date_key) AS n FROM f GROUP BY p)
		SELECT * FROM (SELECT f.p, sum(f.net) FILTER (WHERE f.date_key = e.l) AS x, sum(f.net) FILTER (WHERE f.date_key = e.a) AS y, CAST(sum(f.net) AS DOUBLE) / any_value(e.n) AS z, sum(f.net) AS s
		FROM f JOIN e ON e.p = f.p WHERE f.channel_key IN (1, 2, 3) GROUP BY f.p) AS q `
	q := cube.Query{Cube: "sales", Rows: []string{"date.month"}, Measures: []string{"net_last", "net_first", "net_average", "net"},
		Where: []cube.Filter{{Field: "channel.name", Op: "in", Values: []string{"mail", "fax", "phone"}}}, Time: &cube.Time{From: "2024-01-10", To: "2024-06-20"}}
	// A month in which the last day has facts of other channels only has no last value.
	same(t, o, db, q, fmt.Sprintf(byMonth, "year_month")+"ORDER BY p")
	q.Totals.Grand = true
	months := rowsOf(t, o, q)
	whole := handRows(t, db, fmt.Sprintf(byMonth, "year"))
	if got, want := strings.TrimSpace(months[len(months)-1]), strings.TrimSpace(strings.TrimPrefix(whole[0], "2024 ")); got != want {
		t.Errorf("the total is %s, want %s", got, want)
	}

	same(t, o, db, cube.Query{Cube: "sales", Rows: []string{"date.quarter"}, Measures: []string{"net_last@py", "net_last@ytd"}, Time: &cube.Time{From: "2024-01-01", To: "2024-12-31"}},
		`SELECT year_quarter, (SELECT sum(net) FROM core.fact_order_line WHERE date_key = (SELECT max(date_key) FROM core.fact_order_line AS f JOIN core.dim_date AS x USING (date_key) WHERE x.year = 2023 AND x.quarter = d.quarter)),
			(SELECT sum(net) FROM core.fact_order_line WHERE date_key = (SELECT max(date_key) FROM core.fact_order_line AS f JOIN core.dim_date AS x USING (date_key) WHERE x.year = 2024 AND x.quarter <= d.quarter))
		FROM core.dim_date AS d WHERE year = 2024 GROUP BY year_quarter, quarter ORDER BY 1`)
}

// Cubes are asked side by side: each measure over its own facts, ratios over
// both, members of either.
func TestDrillAcross(t *testing.T) {
	o, db := openPlan(t)
	const hand = `WITH m AS (SELECT x.kind, sum(x.net) AS net, count(DISTINCT nullif(x.customer_key, -1)) AS c, sum(x.v) AS v, count(x.v) AS l FROM (
			SELECT coalesce(c.kind, '(none)') AS kind, f.net, f.customer_key, NULL AS v FROM core.fact_order_line AS f JOIN core.dim_channel AS c USING (channel_key) WHERE channel_key <> -1 %[1]s
			UNION ALL SELECT coalesce(c.kind, '(none)'), NULL, NULL, f.value FROM core.fact_return AS f JOIN core.dim_channel AS c USING (channel_key) WHERE channel_key <> -1 %[1]s
		) AS x GROUP BY x.kind) SELECT kind, net, c, v, l, CAST(v AS DOUBLE) / CAST(net AS DOUBLE) FROM m ORDER BY kind`
	known := []cube.Filter{{Field: "channel.kind", Op: "not_null"}}
	q := cube.Query{Cube: "across", Rows: []string{"channel.kind"}, Measures: []string{"net", "customers", "return_value", "return_lines", "rate"}, Where: known}
	same(t, o, db, q, fmt.Sprintf(hand, ""))
	q.Time = &cube.Time{From: "2024-03-01", To: "2024-08-31"}
	same(t, o, db, q, fmt.Sprintf(hand, "AND date_key BETWEEN 20240301 AND 20240831"))
	q.Time = &cube.Time{From: "2025-03-01", To: "2025-05-31"}
	q.Measures = []string{"net@py", "customers@py", "return_value@py", "return_lines@py", "rate@py"}
	same(t, o, db, q, fmt.Sprintf(hand, "AND date_key BETWEEN 20240301 AND 20240531"))

	additive := cube.Query{Cube: "across", Rows: []string{"channel.kind"}, Measures: []string{"net", "return_value", "rate"}, Where: known,
		Top: &cube.Top{N: 2, By: "rate", Others: true}, Totals: cube.Totals{Grand: true}}
	same(t, o, db, additive, `WITH m AS (SELECT kind, sum(net) AS net, sum(v) AS v FROM (
			SELECT coalesce(c.kind, '(none)') AS kind, f.net, NULL AS v FROM core.fact_order_line AS f JOIN core.dim_channel AS c USING (channel_key) WHERE channel_key <> -1
			UNION ALL SELECT coalesce(c.kind, '(none)'), NULL, f.value FROM core.fact_return AS f JOIN core.dim_channel AS c USING (channel_key) WHERE channel_key <> -1) AS x GROUP BY kind),
		r AS (SELECT *, row_number() OVER (ORDER BY CAST(v AS DOUBLE) / CAST(net AS DOUBLE) DESC) AS n FROM m)
		SELECT k, net, v, CAST(v AS DOUBLE) / CAST(net AS DOUBLE) FROM (
			SELECT n, kind AS k, net, v FROM r WHERE n <= 2 UNION ALL SELECT 3, '(others)', sum(net), sum(v) FROM r WHERE n > 2
			UNION ALL SELECT 4, NULL, sum(net), sum(v) FROM r) AS x ORDER BY n`)
	// One cube alone answers as it does by itself.
	q = cube.Query{Cube: "across", Rows: []string{"date.month"}, Columns: []string{"customer.type"}, Measures: []string{"net", "net_last"}, Totals: cube.Totals{Grand: true, Cols: true}}
	both := rowsOf(t, o, q)
	q.Cube = "sales"
	if diff := cmp.Diff(rowsOf(t, o, q), both); diff != "" {
		t.Error(diff)
	}
}

// A plan by month is compared at months and coarser periods.
func TestScenarios(t *testing.T) {
	o, db := openPlan(t)
	same(t, o, db, cube.Query{Cube: "sales", Rows: []string{"date.quarter"}, Measures: []string{"net"}, Compare: []string{"plan"}, Time: &cube.Time{From: "2024-01-01", To: "2024-12-31"}, Totals: cube.Totals{Grand: true}},
		`SELECT q, a, b, a - b, CAST(a - b AS DOUBLE) / CAST(b AS DOUBLE) FROM (
			SELECT year_quarter AS q, (SELECT sum(net) FROM core.fact_order_line JOIN core.dim_date AS x USING (date_key) WHERE x.year_quarter = d.year_quarter) AS a,
				(SELECT sum(net) FROM core.plan JOIN core.dim_date AS x USING (date_key) WHERE x.year_quarter = d.year_quarter) AS b
			FROM core.dim_date AS d WHERE year = 2024 GROUP BY 1
			UNION ALL SELECT NULL, (SELECT sum(net) FROM core.fact_order_line WHERE date_key // 10000 = 2024), (SELECT sum(net) FROM core.plan WHERE date_key // 10000 = 2024)) AS x ORDER BY q NULLS LAST`)
	same(t, o, db, cube.Query{Cube: "sales", Rows: []string{"date.month"}, Measures: []string{"net@ytd.plan"}, Time: &cube.Time{From: "2024-01-01", To: "2024-12-31"}},
		`SELECT year_month, (SELECT sum(net) FROM core.plan WHERE date_key // 10000 = 2024 AND date_key // 100 <= min(d.date_key) // 100) FROM core.dim_date AS d WHERE year = 2024 GROUP BY 1 ORDER BY 1`)
	for _, c := range []struct {
		query cube.Query
		want  string
	}{
		{cube.Query{Cube: "sales", Rows: []string{"date.week"}, Measures: []string{"net@plan"}}, "rows: the facts of cube month_plan stand for a whole month each, so they cannot be told apart by date.week; ask by date.year, date.half, date.quarter, date.month, date.fiscal_year, date.fiscal_quarter, date.academic_year or date.term"},
		{cube.Query{Cube: "month_plan", Rows: []string{"date.day"}, Measures: []string{"net"}}, "rows: the facts of cube month_plan stand for a whole month each, so they cannot be told apart by date.day; ask by date.year, date.half, date.quarter, date.month, date.fiscal_year, date.fiscal_quarter, date.academic_year or date.term"},
		{cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net@plan:pct"}}, "rows: cube month_plan does not have the dimension customer, so its measures cannot be shown by customer.type; all cubes asked have date or channel"},
		{cube.Query{Cube: "sales", Measures: []string{"net@plan"}, Where: []cube.Filter{{Field: "title.language", Op: "=", Values: []string{"eng"}}}}, "where: cube month_plan does not have the dimension title, so its measures cannot be shown by title.language; all cubes asked have date or channel"},
		{cube.Query{Cube: "sales", Measures: []string{"copies@plan"}}, "measures: copies@plan: cube month_plan, the plan of sales, has no measure copies; it has net or lines"},
		{cube.Query{Cube: "sales", Measures: []string{"net@plan"}, Time: &cube.Time{From: "2024-01-10", To: "2024-03-31"}}, "time: the facts of cube month_plan stand for a whole month each, and the range cuts one; let it start on the first and end on the last day of a month"},
		{cube.Query{Cube: "sales", Measures: []string{"net@plan:lfl"}}, "measures: net@plan:lfl: lfl compares the days of two periods; a plan has none of its own, ask for net@plan:pct"},
		{cube.Query{Cube: "across", Rows: []string{"currency.code"}, Measures: []string{"net"}}, "rows: across cannot be asked by currency.code: cube returns does not have the dimension currency; with it can be asked net, copies, aov, customers, net_last (cube sales)"},
	} {
		_, err := o.Ask(context.Background(), c.query)
		var refused *compile.QueryError
		if !errors.As(err, &refused) || err.Error() != c.want {
			t.Errorf("%v\n got %v\nwant %s", c.query, err, c.want)
		}
	}
}

// What is shown says so: labels, units and notes in both languages.
func TestScopesSpeak(t *testing.T) {
	ctx := context.Background()
	o, _ := openPlan(t)
	q := cube.Query{Cube: "sales", Rows: []string{"date.week"}, Measures: []string{"net", "price_realisation@py:delta", "net@ytd.py2", "lines@roll12m", "net@pp:lfl"}, Compare: []string{"py"}, Time: &cube.Time{From: "2025-01-01", To: "2025-12-31"}}
	var got []string
	for _, lang := range []string{"en", "zh"} {
		table, err := o.In(lang).Ask(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range table.Columns[1:] {
			got = append(got, strings.Join([]string{c.Name, c.Measure, c.Scope, c.Calc, c.Label, c.Type, c.Unit, c.Format}, "|"))
		}
		got = append(got, table.Notes...)
	}
	want := []string{
		"net|net|||Net sales|decimal|CNY|money", "net@py|net|py||Net sales PY|decimal|CNY|money",
		"net@py:delta|net|py|delta|Net sales Δ PY|decimal|CNY|money", "net@py:pct|net|py|pct|Net sales Δ % PY|double|%|percent",
		"price_realisation@py:delta|price_realisation|py|delta|Price realisation Δ PY|double|pp|points", "net@ytd.py2|net|ytd.py2||Net sales YTD PY2|decimal|CNY|money",
		"lines@roll12m|lines|roll12m||Order lines last 12 months|integer||integer", "net@pp:lfl|net|pp|lfl|Net sales Δ % per working day PP|double|%|percent",
		"The days shown end on 2025-06-30, the as-of date; comparisons cover the same days.", "Weeks are compared with the weeks 364 days earlier, so that weekdays meet.",
		"net|net|||销售净额|decimal|CNY|money", "net@py|net|py||销售净额 上年|decimal|CNY|money",
		"net@py:delta|net|py|delta|销售净额 Δ 上年|decimal|CNY|money", "net@py:pct|net|py|pct|销售净额 Δ % 上年|double|%|percent",
		"price_realisation@py:delta|price_realisation|py|delta|价格实现率 Δ 上年|double|pp|points", "net@ytd.py2|net|ytd.py2||销售净额 本年累计 前2年|decimal|CNY|money",
		"lines@roll12m|lines|roll12m||订单行数 近12个月|integer||integer", "net@pp:lfl|net|pp|lfl|销售净额 日均 Δ % 上期|double|%|percent",
		"所示日期截至数据日期 2025-06-30，比较范围为相同的日期。", "按周展示时，上年同期取 364 天前，使星期对齐。",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The shipped cube of sales and returns says what each of them says by itself,
// at every attribute they share.
func TestTradeIsSalesAndReturns(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	cell := func(cubeName, measure, field string) map[string]any {
		table, err := o.Ask(ctx, cube.Query{Cube: cubeName, Rows: []string{field}, Measures: []string{measure}, Totals: cube.Totals{Grand: true}})
		if err != nil {
			t.Fatal(field, err)
		}
		values := map[string]any{}
		for _, r := range table.Rows {
			if r.Cells[1] != nil {
				values[engine.Text(r.Cells[0])] = r.Cells[1]
			}
		}
		return values
	}
	trade := modelOf(t).Cube("trade")
	for _, field := range trade.FieldNames() {
		net, back := cell("sales", "net", field), cell("returns", "return_value", field)
		if diff := cmp.Diff(fmt.Sprint(net), fmt.Sprint(cell("trade", "net", field))); diff != "" {
			t.Errorf("net by %s: %s", field, diff)
		}
		if diff := cmp.Diff(fmt.Sprint(back), fmt.Sprint(cell("trade", "return_value", field))); diff != "" {
			t.Errorf("return_value by %s: %s", field, diff)
		}
		rate := map[string]string{}
		for id, v := range back {
			if a, b := number(v), number(net[id]); b != nil && *b != 0 {
				rate[id] = fmt.Sprintf("%.9g", *a / *b)
			}
		}
		got := map[string]string{}
		for id, v := range cell("trade", "return_rate", field) {
			got[id] = fmt.Sprintf("%.9g", *number(v))
		}
		if diff := cmp.Diff(rate, got); diff != "" {
			t.Errorf("return_rate by %s: %s", field, diff)
		}
	}
}
