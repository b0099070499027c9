package product

import (
	"cmp"
	"context"
	_ "embed"
	"math"
	"slices"

	"verso/models/job"
	"verso/models/metric"
)

//go:embed sql/next_volume.sql
var nextVolumeSQL string

func asRule(r kept, keys []int64, baskets int) rule {
	out := rule{antecedent: [3]float64{nan, nan, nan}, consequent: keys[r.Consequent], baskets: baskets, a: r.AntecedentCount, c: r.ConsequentCount, both: r.Count,
		support: r.Support, confidence: r.Confidence, lift: r.Lift, leverage: r.Leverage, conviction: r.Conviction, p: r.P, q: r.Q, improvement: r.Improvement,
		expected: r.by.Expected, bySize: r.by.Lift, qFor: r.by.Q, customers: r.customers}
	if r.Certain {
		out.conviction = nan
	}
	for k, item := range r.Antecedent {
		out.antecedent[k] = float64(keys[item])
	}
	return out
}

// continuation is how many of those who had a volume and came again took the
// next one, over all series.
type continuation struct{ pairs, could, did int }

// leastContinued is the smallest number of customers that a rule of next volumes
// may rest on.
const leastContinued = 3

// nextVolumes tests every volume of a series and the next: are those who had the
// one among those who bought the other more often than others?
func nextVolumes(ctx context.Context, j *job.Job) (outcome, continuation, error) {
	out := outcome{level: level{name: "next_volume", kind: "title", longest: 2, words: job.Words{EN: "a volume and the next one", ZH: "丛书的一册与下一册"}},
		from: day(since(j, 0)), least: leastContinued, control: nan}
	var pooled continuation
	f, err := j.Frame(ctx, nextVolumeSQL, j.AsOf)
	if err != nil {
		return out, pooled, err
	}
	out.tests, pooled.pairs = f.Rows(), f.Rows()
	out.items = f.Rows()
	whole := func(name string, i int) int { return int(f.Column(name)[i]) }
	p := make([]float64, f.Rows())
	rules := make([]rule, f.Rows())
	for i := range f.Rows() {
		n, a, c, both := whole("baskets", i), whole("antecedent_count", i), whole("consequent_count", i), whole("both", i)
		pooled.could, pooled.did = pooled.could+a, pooled.did+both
		out.baskets = max(out.baskets, n)
		r := rule{antecedent: [3]float64{f.Column("antecedent")[i], nan, nan}, consequent: int64(whole("consequent", i)), baskets: n, a: a, c: c, both: both,
			conviction: nan, customers: both, expected: nan, bySize: nan, qFor: nan, p: math.Exp(metric.LogFisherGreater(n, a, c, both))}
		fn, fa, fc, fx := float64(n), float64(a), float64(c), float64(both)
		r.support, r.confidence, r.leverage = fx/fn, fx/fa, fx/fn-fa/fn*(fc/fn)
		if both > 0 {
			r.lift = fx * fn / (fa * fc)
		}
		if both < a {
			r.conviction = (1 - fc/fn) / (1 - r.confidence)
		}
		r.improvement = r.confidence - fc/fn
		p[i], rules[i] = r.p, r
	}
	for i, q := range metric.BenjaminiHochberg(p, 0) {
		if rules[i].q = q; rules[i].both >= leastContinued {
			out.found++
			if q <= rate && rules[i].lift > 1 {
				out.rules = append(out.rules, rules[i])
			}
		}
	}
	slices.SortFunc(out.rules, byLift)
	switch {
	case out.tests == 0:
		out.reason = job.Words{EN: "no series has a volume whose buyers came again after the next one", ZH: "没有丛书的买家在下一册发布后再次购买"}
	case len(out.rules) == 0:
		out.reason = job.Wordsf("none of %d tests passes", "%d 项检验均未通过", out.tests)
	}
	return out, pooled, nil
}

func byLift(a, b rule) int {
	return cmp.Or(cmp.Compare(b.lift, a.lift), cmp.Compare(b.both, a.both), cmp.Compare(a.antecedent[0], b.antecedent[0]), cmp.Compare(a.consequent, b.consequent))
}

// writeRules writes the rules of all levels and the levels themselves, and says
// how many rules there are.
func writeRules(ctx context.Context, j *job.Job, all []outcome) (int64, error) {
	var name, kind []string
	var no, place, consequent, baskets, a, c, both, customers []int64
	cols := map[string]*[]float64{}
	order := []string{"antecedent_1", "antecedent_2", "antecedent_3", "support", "confidence", "lift", "leverage", "conviction", "p", "q", "improvement", "expected_by_size", "lift_by_size", "q_by_size"}
	for _, k := range order {
		cols[k] = &[]float64{}
	}
	for l, out := range all {
		for i, r := range out.rules {
			name, kind = append(name, out.name), append(kind, out.kind)
			no, place, consequent = append(no, int64(l)), append(place, int64(i+1)), append(consequent, r.consequent)
			baskets, a, c, both = append(baskets, int64(r.baskets)), append(a, int64(r.a)), append(c, int64(r.c)), append(both, int64(r.both))
			customers = append(customers, int64(r.customers))
			for k, v := range []float64{r.antecedent[0], r.antecedent[1], r.antecedent[2], r.support, r.confidence, r.lift, r.leverage, r.conviction, r.p, r.q, r.improvement, r.expected, r.bySize, r.qFor} {
				*cols[order[k]] = append(*cols[order[k]], v)
			}
		}
	}
	columns := []job.Column{job.Col("level", name), job.Col("kind", kind), job.Col("level_no", no), job.Col("rule_no", place), job.Col("consequent", consequent),
		job.Col("baskets", baskets), job.Col("antecedent_count", a), job.Col("consequent_count", c), job.Col("count", both), job.Col("customers", customers)}
	for _, k := range order {
		columns = append(columns, job.Col(k, *cols[k]))
	}
	if err := j.Score(ctx, basketRuleSQL, nil, columns...); err != nil {
		return 0, err
	}
	return int64(len(name)), writeLevels(ctx, j, all)
}

func writeLevels(ctx context.Context, j *job.Job, all []outcome) error {
	n := len(all)
	name, confidence, control := make([]string, n), make([]float64, n), make([]float64, n)
	whole := map[string][]int64{}
	order := []string{"level_no", "from_day", "baskets", "items", "frequent", "least", "longest", "tests", "found", "kept", "raised"}
	for i, o := range all {
		name[i], confidence[i], control[i] = o.name, o.confidence, o.control
		for k, v := range []int64{int64(i), o.from, int64(o.baskets), int64(o.items), int64(o.frequent), int64(o.least), int64(o.longest), int64(o.tests), int64(o.found), int64(len(o.rules)), int64(o.raised)} {
			whole[order[k]] = append(whole[order[k]], v)
		}
	}
	columns := []job.Column{job.Col("level", name), job.Col("confidence", confidence), job.Col("control", control)}
	for _, k := range order {
		columns = append(columns, job.Col(k, whole[k]))
	}
	return j.Score(ctx, basketLevelSQL, nil, columns...)
}
