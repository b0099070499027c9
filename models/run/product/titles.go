package product

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"time"

	"verso/models/assortment"
	"verso/models/frame"
	"verso/models/job"
)

var (
	//go:embed sql/title_life.sql
	titleLifeSQL string
	//go:embed sql/title_sales.sql
	titleSalesSQL string
	//go:embed sql/title_stock.sql
	titleStockSQL string
	//go:embed sql/title_month.sql
	titleMonthSQL string
	//go:embed sql/title.sql
	titleSQL string
	//go:embed sql/title_matrix.sql
	titleMatrixSQL string
)

const (
	salesMonths = 12 // what titles sold, and the stock it is set against
	xyzMonths   = 24 // complete months that demand is watched over
	deadDays    = 365
)

// Titles writes score.title, one row a title: what it sells, how steadily, where
// it stands in its life, what its stock earns. With it go score.title_matrix, ABC
// by XYZ, and score.life_cycle, how demand fades by level and class. It reads
// score.substitution.
func Titles() job.Model { return job.Model{Name: "titles", Run: runTitles} }

// titles are all titles in order of key.
type titles struct {
	asOf   int
	f      *frame.Frame // of life, sales and stock; NaN where there is none
	demand [][]float64  // by title, copies of the complete months it could be had
	abc    []assortment.ABCPlace
	margin []string // ABC class by margin; "" unknown
	steady []assortment.Steadiness
	phase  []assortment.Phase
	idle   []float64 // days since stock moved; NaN: no stock
	dead   []bool
	stock  assortment.DeadStock
	curves []curve
	own    []float64 // half-life, NaN: none
	ownOf  []string  // "title", "level" or ""
}

func runTitles(ctx context.Context, j *job.Job) (int64, error) {
	from := since(j, salesMonths)
	for _, s := range []struct {
		name, sql string
		args      []any
	}{{"life", titleLifeSQL, nil}, {"sales", titleSalesSQL, []any{from}}, {"stock", titleStockSQL, []any{from}}} {
		if err := j.Exec(ctx, s.sql, s.args...); err != nil {
			return 0, fmt.Errorf("%s of titles: %w", s.name, err)
		}
	}
	t, err := readTitles(ctx, j)
	if err != nil {
		return 0, err
	}
	for _, step := range []func() error{t.classify, t.live, t.judgeStock} {
		if err := step(); err != nil {
			return 0, err
		}
	}
	if t.curves, err = fade(ctx, j, t.f); err != nil {
		return 0, err
	}
	t.halfLives()
	if err := t.write(ctx, j); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, titleMatrixSQL); err != nil {
		return 0, err
	}
	if err := writeCurves(ctx, j, t.curves); err != nil {
		return 0, err
	}
	return int64(t.f.Rows()), j.Save(ctx, t.card(j))
}

func readTitles(ctx context.Context, j *job.Job) (*titles, error) {
	f, err := j.Frame(ctx, `SELECT l.title_key, l.origin, l.age, l.last_sale, l.lines_ever, l.recent, l.before, l.watched_from, l.watched_to, l.faded, l.days_faded,
l.to_30, l.to_90, l.to_180, l.to_365, l.to_730, l.level_no, l.class_no,
coalesce(v.lines, 0) AS lines, coalesce(v.copies, 0) AS copies, coalesce(v.net, 0) - coalesce(v.value_returned, 0) AS net, v.margin,
coalesce(v.copies_returned, 0) AS copies_returned,
k.on_hand, k.value, k.mean_value, k.opening, k.moved_in, k.moved_out, k.last_issue, k.last_receipt, k.first_move, k.first_count
FROM feature.title_life AS l
LEFT JOIN feature.title_sales AS v ON v.title_key = l.title_key
LEFT JOIN feature.title_stock AS k ON k.title_key = l.title_key
ORDER BY l.title_key`)
	if err != nil {
		return nil, err
	}
	t := &titles{asOf: int(day(j.AsOf)), f: f}
	return t, t.readDemand(ctx, j)
}

// readDemand lays the months of all titles out, from the first complete month in
// which a title could be had.
func (t *titles) readDemand(ctx context.Context, j *job.Job) error {
	end := j.AsOf.AddDate(0, 0, 1)
	end = time.Date(end.Year(), end.Month(), 1, 0, 0, 0, 0, time.UTC)
	first := end.AddDate(0, -xyzMonths, 0)
	months, err := j.Frame(ctx, titleMonthSQL, first, end)
	if err != nil {
		return err
	}
	n := t.f.Rows()
	t.demand = make([][]float64, n)
	skip := make([]int, n)
	origin, watched := t.f.Column("origin"), t.f.Column("watched_from")
	for i := range n {
		if math.IsNaN(origin[i]) {
			continue // neither listed nor sold
		}
		begin := time.Unix(int64(origin[i]+watched[i])*86400, 0).UTC().AddDate(0, 0, -1)
		skip[i] = max(0, (begin.Year()*12+int(begin.Month()))+1-(first.Year()*12+int(first.Month())))
		t.demand[i] = make([]float64, max(0, xyzMonths-skip[i]))
	}
	keys, i := t.f.Column("title_key"), 0
	for k, key := range months.Column("title_key") {
		for i < n && keys[i] < key {
			i++
		}
		if no := int(months.Column("month_no")[k]); i < n && keys[i] == key && no >= skip[i] && t.demand[i] != nil {
			t.demand[i][no-skip[i]] += months.Column("copies")[k]
		}
	}
	return nil
}

// classify finds ABC by net sales after returns and by margin, and XYZ.
func (t *titles) classify() error {
	n := t.f.Rows()
	t.abc, t.margin, t.steady = make([]assortment.ABCPlace, n), make([]string, n), make([]assortment.Steadiness, n)
	lines, net, margin, keys := t.f.Column("lines"), t.f.Column("net"), t.f.Column("margin"), t.f.Column("title_key")
	places := func(values []float64, put func(i int, p assortment.ABCPlace)) error {
		var sold []int
		var v []float64
		var k []int64
		for i := range n {
			if lines[i] > 0 && !math.IsNaN(values[i]) {
				sold, v, k = append(sold, i), append(v, values[i]), append(k, int64(keys[i]))
			}
		}
		found, err := assortment.ABC(v, k, assortment.ABCOptions{})
		for at, p := range found {
			put(sold[at], p)
		}
		return err
	}
	if err := places(net, func(i int, p assortment.ABCPlace) { t.abc[i] = p }); err != nil {
		return err
	}
	if err := places(margin, func(i int, p assortment.ABCPlace) { t.margin[i] = p.Class }); err != nil {
		return err
	}
	for i := range n {
		s, err := assortment.XYZ(t.demand[i], assortment.XYZOptions{})
		if err != nil {
			return err
		}
		t.steady[i] = s
	}
	return nil
}

// live finds the phases.
func (t *titles) live() error {
	age, last, ever, recent, before := t.f.Column("age"), t.f.Column("last_sale"), t.f.Column("lines_ever"), t.f.Column("recent"), t.f.Column("before")
	t.phase = make([]assortment.Phase, t.f.Rows())
	for i := range t.phase {
		l := assortment.Life{Sold: ever[i] > 0, Recent: int(recent[i]), Before: int(before[i])}
		if l.Sold {
			l.Silent = t.asOf - int(last[i])
		}
		if l.Age = deadDays; !math.IsNaN(age[i]) { // a title of no known date is no new one
			l.Age = int(age[i])
		}
		t.phase[i] = assortment.PhaseOf(l)
	}
	return nil
}

// judgeStock finds what no longer moves. A copy moves when it is issued, or was
// received if none ever was. Where moves are not on record for a year, an order
// of the title stands for a move, and failing that its first count.
func (t *titles) judgeStock() error {
	hand, value, reach := t.f.Column("on_hand"), t.f.Column("value"), t.f.Column("first_move")
	issue, receipt, sale, counted := t.f.Column("last_issue"), t.f.Column("last_receipt"), t.f.Column("last_sale"), t.f.Column("first_count")
	n := t.f.Rows()
	t.idle, t.dead = make([]float64, n), make([]bool, n)
	place := map[int64]int{}
	var stock []assortment.Stock
	for i, key := range t.f.Column("title_key") {
		t.idle[i] = nan
		if !(hand[i] > 0) {
			continue
		}
		moved := firstKnown(issue[i], receipt[i])
		switch {
		case !math.IsNaN(moved):
		case reach[i] <= float64(t.asOf-deadDays):
			moved = reach[i]
		default:
			moved = firstKnown(sale[i], counted[i])
		}
		t.idle[i] = float64(t.asOf) - moved
		place[int64(key)] = i
		stock = append(stock, assortment.Stock{Key: int64(key), Quantity: hand[i], Value: value[i], LastMove: int(moved)})
	}
	found, err := assortment.Dead(stock, t.asOf, deadDays)
	for _, d := range found.Dead {
		t.dead[place[d.Key]] = true
	}
	t.stock = found
	return err
}

func firstKnown(values ...float64) float64 {
	for _, v := range values {
		if !math.IsNaN(v) {
			return v
		}
	}
	return nan
}
