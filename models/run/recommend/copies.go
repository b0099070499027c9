package recommend

import (
	"context"
	"math"

	"verso/models/frame"
	"verso/models/job"
)

// copies forecasts how many copies of a new title are ordered in 90 days: the mean
// of all listings times a factor for each of its class, publisher, level,
// catalogue and being a later volume of a series. Factors are those of earlier
// listings, shrunk towards 1 (gamma prior of copiesPrior expected copies), fitted
// in turn until they settle. Copies are spread as a negative binomial around it.
type copies struct {
	mean    float64
	factors [5][]float64
	k       float64 // shape: variance = mean + mean²/k
	listed  int     // listings learned from

	scale float64 // factor that the last quarter of listings asks for
	// level is the chance of the intervals that would have held 80 % of that quarter.
	level levels

	coverage float64 // share of that quarter within intervals set by the quarter before
	bias     float64 // forecast ÷ what came, before the factor
	tested   int
}

const (
	copiesPrior = 10.0
	copiesLeast = 50 // listings needed
	orderAt     = .6 // quantile to order: too few costs more than too many
)

var copiesBy = [5]string{"class", "publisher", "level", "code", "is_later"}

// traits are the columns of listings.
type traits struct {
	by             [5][]int32
	copies, issued []float64
	mature         []bool
}

func traitsOf(f *frame.Frame) *traits {
	t := &traits{copies: f.Column("copies"), issued: f.Column("issued"), mature: flags(f, "is_mature")}
	for k, name := range copiesBy {
		t.by[k] = whole(f, name, 0)
	}
	return t
}

// fitCopies learns from some listings.
func fitCopies(t *traits, rows []int) *copies {
	m := &copies{listed: len(rows)}
	total := 0.0
	for _, i := range rows {
		total += t.copies[i]
	}
	m.mean = total / float64(len(rows))
	for k := range m.factors {
		size := int32(0)
		for _, v := range t.by[k] {
			size = max(size, v+1)
		}
		m.factors[k] = make([]float64, size)
		for v := range m.factors[k] {
			m.factors[k][v] = 1
		}
	}
	for range 5 {
		for k := range m.factors {
			seen, expected := make([]float64, len(m.factors[k])), make([]float64, len(m.factors[k]))
			for _, i := range rows {
				v := t.by[k][i]
				seen[v] += t.copies[i]
				expected[v] += m.of(t, i) / m.factors[k][v]
			}
			for v := range seen {
				m.factors[k][v] = (seen[v] + copiesPrior) / (expected[v] + copiesPrior)
			}
		}
	}
	// Shape by moments: Σ(y−μ)² − Σμ = Σμ²/k.
	over, squares := 0.0, 0.0
	for _, i := range rows {
		mu := m.of(t, i)
		over += (t.copies[i]-mu)*(t.copies[i]-mu) - mu
		squares += mu * mu
	}
	m.k = 1e6
	if over > 0 {
		m.k = min(1e6, max(.05, squares/over))
	}
	m.scale, m.level = 1, levels{{math.Inf(1), intervalShare}}
	return m
}

// settle sets the scale and the level of the intervals by listings after those
// learned from.
func (m *copies) settle(t *traits, rows []int) (bias float64) {
	seen, expected := 0.0, 0.0
	for _, i := range rows {
		seen += t.copies[i]
		expected += m.of(t, i)
	}
	if expected > 0 && seen > 0 {
		// The factor is shrunk as all others are.
		m.scale, bias = (seen+copiesPrior)/(expected+copiesPrior), expected/seen
	}
	means, needs := make([]float64, len(rows)), make([]float64, len(rows))
	for k, i := range rows {
		means[k] = m.of(t, i) * m.scale
		needs[k] = needed(means[k], m.k, t.copies[i])
	}
	m.level = levelsOf(means, needs)
	return bias
}

// testCopies fits three quarters of the listings, oldest first, sets scale and
// level by the third of them, and tests on the last; the model returned is of all
// listings, its scale and level set by the last quarter.
func testCopies(t *traits, mature []int) *copies {
	half, cut := len(mature)/2, len(mature)*3/4
	before := fitCopies(t, mature[:half])
	before.settle(t, mature[half:cut])
	early, late := fitCopies(t, mature[:cut]), mature[cut:]
	within := 0
	for _, i := range late {
		mu := early.of(t, i) * before.scale
		low, high := interval(mu, early.k, before.level.at(mu))
		if low <= t.copies[i] && t.copies[i] <= high {
			within++
		}
	}
	m := fitCopies(t, mature)
	m.bias = early.settle(t, late)
	m.scale, m.level = early.scale, early.level
	m.tested, m.coverage = len(late), float64(within)/float64(len(late))
	return m
}

// of is the forecast of a listing.
func (m *copies) of(t *traits, i int) float64 {
	v := m.mean
	for k := range m.factors {
		v *= m.factors[k][t.by[k][i]]
	}
	return v
}

// quantile is the smallest number of copies whose probability to suffice is p, of
// a negative binomial with a mean and shape.
func quantile(mean, k, p float64) float64 {
	if mean <= 0 {
		return 0
	}
	q := k / (k + mean)
	chance := math.Exp(k * math.Log(q))
	sum, n := chance, 0.0
	for sum < p && n < 1e5 {
		chance *= (n + k) / (n + 1) * (1 - q)
		n++
		sum += chance
	}
	return n
}

// forecastCopies fits, tests on the last quarter of listings, and writes
// score.title_demand.
func (l *lists) forecastCopies(ctx context.Context, j *job.Job) (*copies, int, error) {
	f, err := j.Frame(ctx, listingSQL, j.AsOf)
	if err != nil {
		return nil, 0, err
	}
	t := traitsOf(f)
	var mature, now []int
	for i, old := range t.mature {
		if old {
			mature = append(mature, i)
		}
		if t.issued[i] > float64(l.c.day-issueDays) {
			now = append(now, i)
		}
	}
	var m *copies
	if len(mature) >= copiesLeast {
		m = testCopies(t, mature)
	}
	var title, catalogue, order []int64
	var mean, low, high []float64
	if m != nil {
		keys, issues := f.Column("title_key"), f.Column("catalogue_key")
		for _, i := range now {
			mu := m.of(t, i) * m.scale
			title, catalogue = append(title, int64(keys[i])), append(catalogue, int64(issues[i]))
			from, to := interval(mu, m.k, m.level.at(mu))
			mean, low, high = append(mean, mu), append(low, from), append(high, to)
			order = append(order, int64(quantile(mu, m.k, orderAt)))
		}
	}
	err = j.Score(ctx, demandSQL, []any{dateKey(j.AsOf)}, job.Col("title_key", title), job.Col("catalogue_key", catalogue), job.Col("copies", mean), job.Col("low", low),
		job.Col("high", high), job.Col("to_order", order))
	return m, len(title), err
}
