package product

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"

	"verso/models/basket"
	"verso/models/frame"
	"verso/models/job"
)

var (
	//go:embed sql/basket_item.sql
	basketItemSQL string
	//go:embed sql/order_title.sql
	orderTitleSQL string
	//go:embed sql/order_class.sql
	orderClassSQL string
	//go:embed sql/order_subject.sql
	orderSubjectSQL string
	//go:embed sql/customer_class.sql
	customerClassSQL string
	//go:embed sql/customer_series.sql
	customerSeriesSQL string
	//go:embed sql/basket_rule.sql
	basketRuleSQL string
	//go:embed sql/basket_level.sql
	basketLevelSQL string
)

// BasketOptions choose what counts as a rule. The zero value means the stated
// rule: at each level a pair must stand in 5 baskets and a share of them,
// doubled until at most MaxRules pass the tests.
type BasketOptions struct {
	MinSupport    float64 // share of baskets; 0: that of the level
	MinConfidence float64 // 0: that of the level
	MaxLength     int     // items in a rule, up to 4; 0: that of the level
	MaxRules      int     // rules kept at a level; 0: 1,000
	MaxBaskets    int     // baskets looked at at a level; 0: 200,000
	Untested      bool    // keep every rule above the thresholds, whatever its tests say
}

// rate is the false discovery rate that rules are kept at.
const rate = .05

// least is the smallest number of baskets a rule may rest on.
const least = 5

// worth is the least lift beyond the sizes of baskets: in very many baskets the
// tests find differences that are of no use to anybody.
const worth = 1.2

// level is what stands for a basket and an item.
type level struct {
	name, kind, sql string
	months          int     // 0: all history
	support         float64 // least share of baskets
	confidence      float64
	longest         int
	words           job.Words
}

var levels = []level{
	{"order_subject", "subject", orderSubjectSQL, 36, .001, .05, 3, job.Words{EN: "subjects in one order", ZH: "同一订单中的学科"}},
	{"order_class", "class", orderClassSQL, 36, .001, .05, 3, job.Words{EN: "classes in one order", ZH: "同一订单中的大类"}},
	{"order_title", "title", orderTitleSQL, 36, 0, .1, 2, job.Words{EN: "titles in one order", ZH: "同一订单中的品种"}},
	{"customer_class", "class", customerClassSQL, 12, .01, .05, 3, job.Words{EN: "classes of one customer in twelve months", ZH: "同一客户十二个月内的大类"}},
	{"customer_series", "series", customerSeriesSQL, 0, 0, .1, 2, job.Words{EN: "series of one customer", ZH: "同一客户的丛书"}},
}

// around is what is known of baskets beside their items.
type around struct {
	sizes  []int32 // different items in all, those in too few baskets included
	owners []int64 // whose they are
}

// kept is a rule with its worth beside the sizes of baskets, and its customers.
type kept struct {
	basket.Rule
	by        basket.Sized
	customers int
}

// outcome is what one level gave.
type outcome struct {
	level
	from           int64 // day
	baskets, items int
	frequent       int
	least, raised  int  // raised: how often the least count was doubled
	narrowed       bool // the period is shorter than the level's
	every          int  // every so manyth basket was taken; 1: all
	tests, found   int
	control        float64 // rules kept in shuffled baskets; NaN: not shuffled
	reason         job.Words
	rules          []rule
}

// rule is one row of score.basket_rule.
type rule struct {
	antecedent             [3]float64 // item keys in order, NaN: none
	consequent             int64
	baskets, a, c, both    int
	support, confidence    float64
	lift, leverage         float64
	conviction             float64 // NaN: without exception
	p, q, improvement      float64
	expected, bySize, qFor float64 // by the sizes of baskets; NaN: not judged
	customers              int     // different ones whose baskets hold the rule
}

// Basket writes score.basket_rule, what is bought together by level, and
// score.basket_level, how each level was searched.
func Basket(o BasketOptions) job.Model {
	return job.Model{Name: "basket", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runBasket(ctx, j, o) }}
}

func runBasket(ctx context.Context, j *job.Job, o BasketOptions) (int64, error) {
	if o.MaxRules == 0 {
		o.MaxRules = 1000
	}
	if o.MaxBaskets == 0 {
		o.MaxBaskets = 200_000
	}
	if o.MaxLength > 4 {
		return 0, fmt.Errorf("rules of %d items have no columns; at most 4", o.MaxLength)
	}
	if err := j.Exec(ctx, basketItemSQL); err != nil {
		return 0, fmt.Errorf("items of baskets: %w", err)
	}
	all, err := searchLevels(ctx, j, o)
	if err != nil {
		return 0, err
	}
	next, pooled, err := nextVolumes(ctx, j)
	if err != nil {
		return 0, fmt.Errorf("next volumes: %w", err)
	}
	all = append(all, next)
	rows, err := writeRules(ctx, j, all)
	if err != nil {
		return 0, err
	}
	return rows, j.Save(ctx, basketCard(all, pooled, o, rows))
}

// searchLevels reads the baskets of the levels one after another, and mines them
// side by side.
func searchLevels(ctx context.Context, j *job.Job, o BasketOptions) ([]outcome, error) {
	all := make([]outcome, len(levels))
	group, inGroup := errgroup.WithContext(ctx)
	for no, l := range levels {
		if o.MinSupport > 0 {
			l.support = o.MinSupport
		}
		if o.MinConfidence > 0 {
			l.confidence = o.MinConfidence
		}
		if o.MaxLength > 0 {
			l.longest = o.MaxLength
		}
		all[no] = outcome{level: l, control: nan}
		b, keys, of, err := all[no].read(ctx, j, o.MaxBaskets)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("level %s: %w", l.name, err), group.Wait())
		}
		group.Go(func() error {
			if err := all[no].search(inGroup, b, keys, of, o, rand.New(rand.NewPCG(uint64(j.Seed), uint64(no)))); err != nil {
				return fmt.Errorf("level %s: %w", l.name, err)
			}
			return nil
		})
	}
	return all, group.Wait()
}

// search mines the baskets of a level.
func (out *outcome) search(ctx context.Context, b basket.Baskets, keys []int64, of around, o BasketOptions, random *rand.Rand) (err error) {
	l := out.level
	if out.baskets == 0 {
		out.reason = job.Words{EN: "no baskets", ZH: "无购物篮"}
		return nil
	}
	out.least = max(1, ceilShare(l.support, out.baskets))
	if o.MinSupport == 0 {
		out.least = max(least, out.least)
	}
	for {
		if out.least > out.baskets {
			out.reason = job.Wordsf("%d baskets, of which a rule would need %d", "共 %d 个购物篮，一条规则至少需要 %d 个", out.baskets, out.least)
			return nil
		}
		m, rules, err := l.mine(ctx, b, of, out.least, o)
		var limit *basket.LimitError
		if errors.As(err, &limit) || err == nil && len(rules) > o.MaxRules && !o.Untested {
			out.least *= 2
			out.raised++
			continue
		}
		if err != nil {
			return err
		}
		out.frequent, out.tests, out.found = m.Frequent, m.Tests, len(m.Rules)
		for _, r := range rules {
			out.rules = append(out.rules, asRule(r, keys, out.baskets))
		}
		switch {
		case m.Tests == 0:
			out.reason = job.Wordsf("fewer than two items are in %d baskets", "在 %d 个购物篮中出现的项目不足两个", out.least)
		case len(rules) == 0:
			out.reason = job.Wordsf("none of %d tests passes", "%d 项检验均未通过", m.Tests)
		}
		break
	}
	if !o.Untested {
		out.control, err = l.shuffled(ctx, b, of, *out, o, random)
	}
	return err
}

// mine finds the rules of baskets and keeps those that pass: Fisher's test with
// the false discovery rate controlled over all tests, each item of the
// antecedent adding to the others, more baskets than their sizes explain, and of
// more than a few customers.
func (l level) mine(ctx context.Context, b basket.Baskets, of around, count int, o BasketOptions) (*basket.Model, []kept, error) {
	m, err := basket.Mine(ctx, b, basket.Options{MinSupport: float64(count) / float64(b.Count()), MinConfidence: l.confidence, MaxLength: l.longest,
		MaxItemsets: 500_000, MaxRules: 200_000})
	if err != nil {
		return nil, nil, err
	}
	rules := m.Rules
	if !o.Untested {
		rules = m.Select(basket.Filter{MaxRate: rate, Productive: true})
	}
	sized, err := basket.BySize(ctx, b, of.sizes, rules, m.Tests)
	if err != nil {
		return nil, nil, err
	}
	var pass []basket.Rule
	var list []kept
	for i, r := range rules {
		if o.Untested || r.Lift > 1 && sized[i].Q <= rate && sized[i].Lift >= worth {
			pass, list = append(pass, r), append(list, kept{Rule: r, by: sized[i]})
		}
	}
	owners, err := basket.Owners(ctx, b, of.owners, pass)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		list[i].customers = owners[i]
	}
	if !o.Untested {
		list = slices.DeleteFunc(list, func(k kept) bool { return k.customers < least })
	}
	return m, list, nil
}

// shuffled counts the rules kept in baskets of the same sizes filled at random.
func (l level) shuffled(ctx context.Context, b basket.Baskets, of around, found outcome, o BasketOptions, random *rand.Rand) (float64, error) {
	_, list, err := l.mine(ctx, basket.Shuffle(b, 5, random), of, found.least, o)
	var limit *basket.LimitError
	if errors.As(err, &limit) {
		return nan, nil
	}
	return float64(len(list)), err
}

// pair makes the temporary table of baskets and items of the last so many months,
// and counts the baskets.
func (out *outcome) pair(ctx context.Context, j *job.Job, months int) (baskets int, err error) {
	from := since(j, months)
	out.months, out.from = months, day(from)
	if err := j.Exec(ctx, "CREATE OR REPLACE TEMP TABLE basket_pair AS\n"+out.sql, from, j.AsOf); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT count(DISTINCT basket) AS baskets FROM temp.main.basket_pair")
	if err != nil {
		return 0, err
	}
	return int(f.Column("baskets")[0]), nil
}

// gather makes the table of pairs with no more than most baskets: of as many of
// the last months as these fill, and where one month or all history is too much,
// every so manyth basket.
func (out *outcome) gather(ctx context.Context, j *job.Job, most int) error {
	out.every = 1
	n, err := out.pair(ctx, j, out.months)
	if err != nil || n <= most {
		return err
	}
	if out.months > 0 {
		months, err := out.fitting(ctx, j, most)
		if err != nil {
			return err
		}
		out.narrowed = true
		if n, err = out.pair(ctx, j, max(1, months)); err != nil || n <= most {
			return err
		}
	}
	out.every = (n + most - 1) / most
	return j.Exec(ctx, "DELETE FROM temp.main.basket_pair WHERE basket % ? <> 0", out.every)
}

// fitting is the largest number of the last months that hold no more than most
// baskets; the table of pairs is that of all its months.
func (out *outcome) fitting(ctx context.Context, j *job.Job, most int) (int, error) {
	f, err := j.Frame(ctx, `SELECT last_day, count(*) AS baskets FROM (
    SELECT CAST(max(last_date) - DATE '1970-01-01' AS INTEGER) AS last_day FROM temp.main.basket_pair GROUP BY basket) AS b
GROUP BY last_day ORDER BY last_day DESC`)
	if err != nil {
		return 0, err
	}
	days, baskets := f.Column("last_day"), f.Column("baskets")
	n, at := 0, 0
	for months := 1; months < out.months; months++ {
		for from := day(since(j, months)); at < len(days) && int64(days[at]) >= from; at++ {
			n += int(baskets[at])
		}
		if n > most {
			return months - 1, nil
		}
	}
	return out.months - 1, nil
}

// read fills baskets with the items that are in enough of them; keys[i] is the
// key of item i.
func (out *outcome) read(ctx context.Context, j *job.Job, most int) (b basket.Baskets, keys []int64, of around, err error) {
	if err := out.gather(ctx, j, most); err != nil {
		return b, nil, of, err
	}
	all, err := j.Frame(ctx, "SELECT basket, count(*) AS size, min(owner) AS owner FROM temp.main.basket_pair GROUP BY basket ORDER BY basket")
	if err != nil {
		return b, nil, of, err
	}
	items, err := j.Frame(ctx, "SELECT count(DISTINCT item) AS items FROM temp.main.basket_pair")
	if err != nil {
		return b, nil, of, err
	}
	out.baskets, out.items = all.Rows(), int(items.Column("items")[0])
	pairs, err := j.Frame(ctx, `SELECT p.basket, p.item FROM temp.main.basket_pair AS p
INNER JOIN (SELECT item FROM temp.main.basket_pair GROUP BY item HAVING count(*) >= ?) AS i ON i.item = p.item ORDER BY p.basket, p.item`,
		min(least, max(1, ceilShare(out.support, out.baskets))))
	if err != nil {
		return b, nil, of, err
	}
	b, keys = fill(all.Column("basket"), pairs)
	for i, n := range all.Column("size") {
		of.sizes, of.owners = append(of.sizes, int32(n)), append(of.owners, int64(all.Column("owner")[i]))
	}
	return b, keys, of, nil
}

// fill puts pairs, in order of basket, into all baskets, those without pairs
// empty.
func fill(all []float64, pairs *frame.Frame) (basket.Baskets, []int64) {
	of, items := pairs.Column("basket"), pairs.Column("item")
	place := map[int64]int32{}
	var keys []int64
	for _, item := range items {
		if _, known := place[int64(item)]; !known {
			place[int64(item)], keys = 0, append(keys, int64(item))
		}
	}
	slices.Sort(keys)
	for id, key := range keys {
		place[key] = int32(id)
	}
	b := basket.Baskets{Start: make([]int, 1, len(all)+1), Items: make([]int32, 0, len(items))}
	at := 0
	for _, k := range all {
		for ; at < len(of) && of[at] == k; at++ {
			b.Items = append(b.Items, place[int64(items[at])])
		}
		b.Start = append(b.Start, len(b.Items))
	}
	b.Distinct = len(keys)
	return b, keys
}

func ceilShare(share float64, n int) int {
	k := int(share * float64(n) * (1 - 1e-12))
	if float64(k) < share*float64(n)*(1-1e-12) {
		k++
	}
	return k
}
