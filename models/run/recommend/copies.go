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

	scale    float64 // factor that the last quarter of listings asks for
	coverage float64 // share of that quarter within the interval
	bias     float64 // forecast ÷ what came, before the factor
	tested   int
}

const (
	copiesPrior  = 10.0
	copiesLeast  = 50 // listings needed
	intervalTail = .1 // each side of the 80 % interval
	orderAt      = .6 // quantile to order: too few costs more than too many
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
	m.scale = 1
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
		cut := len(mature) * 3 / 4
		early := fitCopies(t, mature[:cut])
		late := mature[cut:]
		seen, expected := 0.0, 0.0
		for _, i := range late {
			seen += t.copies[i]
			expected += early.of(t, i)
		}
		m = fitCopies(t, mature)
		m.tested = len(late)
		if expected > 0 && seen > 0 {
			// The factor is shrunk as all others are.
			m.scale, m.bias = (seen+copiesPrior)/(expected+copiesPrior), expected/seen
		}
		within := 0
		for _, i := range late {
			mu := early.of(t, i)
			if t.copies[i] >= quantile(mu, early.k, intervalTail) && t.copies[i] <= quantile(mu, early.k, 1-intervalTail) {
				within++
			}
		}
		m.coverage = float64(within) / float64(len(late))
	}
	var title, catalogue, order []int64
	var mean, low, high []float64
	if m != nil {
		keys, issues := f.Column("title_key"), f.Column("catalogue_key")
		for _, i := range now {
			mu := m.of(t, i) * m.scale
			title, catalogue = append(title, int64(keys[i])), append(catalogue, int64(issues[i]))
			mean, low, high = append(mean, mu), append(low, quantile(mu, m.k, intervalTail)), append(high, quantile(mu, m.k, 1-intervalTail))
			order = append(order, int64(quantile(mu, m.k, orderAt)))
		}
	}
	err = j.Score(ctx, demandSQL, []any{dateKey(j.AsOf)}, job.Col("title_key", title), job.Col("catalogue_key", catalogue), job.Col("copies", mean), job.Col("low", low),
		job.Col("high", high), job.Col("to_order", order))
	return m, len(title), err
}
