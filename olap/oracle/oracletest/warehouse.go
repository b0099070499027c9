package oracletest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/olap/cube"
	"verso/olap/olaptest"
)

// Warehouse is rows together with the catalog of the cubes over them: the
// shipped ones and some of its own.
type Warehouse struct {
	Data    *olaptest.Data
	Catalog string // folder, for olap.Options
	Model   *cube.Model
}

// spans are ranges of days that hold what calendars can do to a query: a 29
// February, a week 53 over new year, several years, and few days only.
var spans = [][2]time.Time{
	{day(2023, 1, 20), day(2024, 3, 31)},
	{day(2019, 12, 20), day(2021, 2, 14)},
	{day(2024, 11, 10), day(2025, 2, 20)},
	{day(2021, 12, 27), day(2025, 2, 28)},
}

// Untidy makes a small random warehouse with everything that data can do to a
// query: missing values, members of one name, ties, unknown members, facts that
// point to members their dimension does not have (in every other warehouse),
// facts without a day or after the as-of date, rows that came late, days and
// months without facts, a snapshot with gaps, a ragged tree, and now and then
// no facts. The same seed and features give the same warehouse.
func Untidy(t testing.TB, seed uint64, features Features) *Warehouse {
	t.Helper()
	w, r := build(seed, features)
	w.load(t, r)
	return w
}

// Rows are those of Untidy, for questions to the shipped cubes alone.
func Rows(seed uint64, features Features) *olaptest.Data {
	w, _ := build(seed, features)
	return w.Data
}

func build(seed uint64, features Features) (*Warehouse, *rand.Rand) {
	r := rand.New(rand.NewPCG(seed, 7))
	span := spans[seed%uint64(len(spans))]
	s := olaptest.Shape{Seed: seed, Customers: 1 + r.IntN(12), Titles: 1 + r.IntN(15), Orders: r.IntN(60),
		Nulls: 0.3 * r.Float64(), Unknown: 0.3 * r.Float64(), Ties: r.IntN(2) == 0, From: span[0], AsOf: span[1]}
	if seed%6 == 5 {
		s.Orders = 0
	}
	w := &Warehouse{Data: olaptest.Build(s)}
	w.addTables(r, s)
	if seed%3 == 1 {
		fiscalFromApril(w.Data.Table("core.dim_date"))
	}
	customers := w.Data.Table("core.dim_customer")
	for _, row := range customers.Rows[1:] {
		if r.IntN(3) == 0 {
			row[customers.Column("name")] = "Same Name"
		}
		if r.IntN(6) == 0 && features.on(NamelessKeyed) {
			row[customers.Column("name")] = nil
		}
	}
	for _, name := range []string{"core.fact_order_line", "core.fact_return", "core.fact_move"} {
		spoil(r, w.Data.Table(name), s, seed%2 == 0, features)
	}
	return w, r
}

// spoil moves facts to days that matter, takes their days away, points them to
// members that do not exist and puts the rows out of order.
func spoil(r *rand.Rand, t *olaptest.Table, s olaptest.Shape, dangling bool, features Features) {
	danglingDays := features.on(DanglingDays)
	special := specialDays(s)
	for _, row := range t.Rows {
		chance := r.IntN(24)
		if !features.on(OddDays) {
			chance = 23
		}
		switch chance {
		case 0, 1, 2, 3, 4, 5, 6, 7:
			row[t.Column("date_key")] = keyOf(special[r.IntN(len(special))])
		case 8:
			row[t.Column("date_key")] = int64(-1)
		case 9:
			if dangling && danglingDays {
				row[t.Column("date_key")] = int64(19000101)
			}
		}
		if dangling && r.IntN(12) == 0 {
			var keys []int
			for i, c := range t.Columns {
				if strings.HasSuffix(c, "_key") && c != "date_key" && c != "order_key" && (c != "due_key" || danglingDays) {
					keys = append(keys, i)
				}
			}
			row[keys[r.IntN(len(keys))]] = int64(9999)
		}
	}
	if r.IntN(2) == 0 {
		r.Shuffle(len(t.Rows), func(i, j int) { t.Rows[i], t.Rows[j] = t.Rows[j], t.Rows[i] })
	}
}

// specialDays are ends of months, new year, leap days and the days about the
// as-of date that the calendar of a shape has.
func specialDays(s olaptest.Shape) (days []time.Time) {
	for y := s.From.Year(); y <= s.AsOf.Year(); y++ {
		days = append(days, day(y, 1, 1), day(y, 1, 3), day(y, 1, 30), day(y, 1, 31), day(y, 2, 28), day(y, 3, 1),
			day(y, 3, 30), day(y, 3, 31), day(y, 4, 30), day(y, 12, 28), day(y, 12, 31))
		if leap := day(y, 2, 29); leap.Day() == 29 {
			days = append(days, leap, leap)
		}
	}
	return append(days, s.AsOf, s.AsOf.AddDate(0, 0, 1), s.AsOf.AddDate(0, 0, 20), s.AsOf.AddDate(0, 0, -364), s.AsOf.AddDate(-1, 0, 0))
}

// fiscalFromApril makes fiscal years begin in April, and some Saturdays workdays.
func fiscalFromApril(t *olaptest.Table) {
	for _, row := range t.Rows[1:] {
		date := row[t.Column("date")].(time.Time)
		year, month := date.Year(), int64(date.Month())-3
		if month < 1 {
			year, month = year-1, month+12
		}
		row[t.Column("fiscal_year")], row[t.Column("fiscal_month")] = int64(year), month
		row[t.Column("fiscal_quarter")] = (month + 2) / 3
		row[t.Column("fiscal_year_quarter")] = fmt.Sprintf("FY%d-Q%d", year, (month+2)/3)
		if date.Weekday() == time.Saturday && date.Day() < 8 {
			row[t.Column("is_workday")] = true
		}
	}
}

// addTables adds a tree of units and three facts: moves with two dates, a stock
// counted at the ends of months with gaps, and a plan with few dimensions.
func (w *Warehouse) addTables(r *rand.Rand, s olaptest.Shape) {
	units := w.add("core.dim_unit", "unit_key INTEGER, unit_id VARCHAR, name VARCHAR, kind VARCHAR, kind_code VARCHAR, kind_no INTEGER, size INTEGER, opened DATE, is_open BOOLEAN, parent_key INTEGER")
	put(units, -1, "(unknown)", "(unknown)", nil, nil, nil, nil, nil, nil, -1)
	n := 1 + r.IntN(9)
	maybe := func(v any) any {
		if r.Float64() < s.Nulls {
			return nil
		}
		return v
	}
	for i := range n {
		kind := r.IntN(3)
		var parent any = -1
		if i > 0 && r.IntN(3) > 0 {
			parent = 1 + r.IntN(i)
		}
		put(units, i+1, fmt.Sprintf("U%d", i+1), []string{"North", "South", "Unit"}[r.IntN(3)], []any{"shop", "depot", nil}[kind],
			maybe([]string{"S", "D", "V"}[kind]), []any{1, nil, nil}[kind], maybe(10*r.IntN(4)), maybe(day(2020+r.IntN(4), 2, 28)), maybe(r.IntN(2) == 0), parent)
	}
	days := int(s.AsOf.Sub(s.From).Hours()/24) + 1
	date := func() time.Time { return s.From.AddDate(0, 0, r.IntN(days)) }
	unit := func() int {
		if r.Float64() < s.Unknown {
			return -1
		}
		return 1 + r.IntN(n)
	}
	moves := w.add("core.fact_move", "date_key INTEGER, due_key INTEGER, unit_key INTEGER, customer_key INTEGER, doc_key INTEGER, pieces INTEGER, amount DECIMAL(18,4), fee DECIMAL(18,4), flag BOOLEAN")
	for range r.IntN(2 * (s.Orders + 1)) {
		d := date()
		put(moves, keyOf(d), keyOf(d.AddDate(0, 0, r.IntN(40))), unit(), 1+r.IntN(s.Customers), maybeKey(r, 20), maybe(r.IntN(9)-4),
			maybe(olaptest.Money(int64(r.IntN(9)-2)*12_3400)), maybe(olaptest.Money(int64(r.IntN(4))*5000)), maybe(r.IntN(2) == 0))
	}
	stock := w.add("core.fact_stock", "date_key INTEGER, unit_key INTEGER, title_key INTEGER, pieces INTEGER, amount DECIMAL(18,4), flag BOOLEAN")
	for d := s.From; !d.After(s.AsOf); d = d.AddDate(0, 0, 1) {
		monthEnd := d.AddDate(0, 0, 1).Day() == 1
		if !monthEnd && r.IntN(60) > 0 || r.IntN(8) == 0 {
			continue // no count that day
		}
		for range r.IntN(6) {
			put(stock, keyOf(d), unit(), 1+r.IntN(s.Titles), maybe(r.IntN(30)), maybe(olaptest.Money(int64(r.IntN(90))*10_0000)), r.IntN(3) == 0)
		}
	}
	plan := w.add("core.fact_plan", "date_key INTEGER, channel_key INTEGER, net DECIMAL(18,4), qty INTEGER, flag BOOLEAN")
	for d := day(s.From.Year(), s.From.Month(), 1); !d.After(s.AsOf.AddDate(0, 2, 0)); d = d.AddDate(0, 1, 0) {
		for range r.IntN(4) {
			put(plan, keyOf(d), 1+r.IntN(9), maybe(olaptest.Money(int64(r.IntN(50))*100_0000)), r.IntN(40), maybe(true))
		}
	}
}

func maybeKey(r *rand.Rand, n int) int {
	if r.IntN(6) == 0 {
		return -1
	}
	return 1 + r.IntN(n)
}

// add adds a table, its columns written as in SQL.
func (w *Warehouse) add(name, columns string) *olaptest.Table {
	t := &olaptest.Table{Name: name}
	for _, c := range strings.Split(columns, ", ") {
		column, kind, _ := strings.Cut(c, " ")
		t.Columns, t.Types = append(t.Columns, column), append(t.Types, kind)
	}
	w.Data.Tables = append(w.Data.Tables, t)
	return t
}

func put(t *olaptest.Table, values ...any) {
	for i, v := range values {
		if n, ok := v.(int); ok {
			values[i] = int64(n)
		}
	}
	t.Rows = append(t.Rows, values)
}

// load writes the warehouse's own catalog and loads the whole.
func (w *Warehouse) load(t testing.TB, r *rand.Rand) {
	t.Helper()
	w.Catalog = t.TempDir()
	err := os.WriteFile(filepath.Join(w.Catalog, "random.yaml"), []byte(ownCubes(r)), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w.Model = olaptest.Model(t, w.Catalog)
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func keyOf(d time.Time) int64 { return int64(d.Year()*10000 + int(d.Month())*100 + d.Day()) }
