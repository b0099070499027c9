package uplift

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Quotes are prices offered to customers, one element a quote.
type Quotes struct {
	Customer []string
	Price    []float64 // relative to what is usual for the title, above 0
	Accepted []float64 // 1 when the customer took the offer, else 0
}

// Grids of elasticities and of log acceptance at the usual price.
const (
	slopeLow, slopeHigh, slopeStep = -6.0, 3.0, .15
	rateLow, rateHigh, rateStep    = -3.6, -.02, .15
)

// levelSpread is the prior standard deviation of customers' log acceptance at the
// usual price around that of all. The slopes depend on it but weakly.
const levelSpread = .5

// FitAcceptance estimates each customer's elasticity of the chance to accept an
// offer: log chance = own level + slope·log price, at most 0. The likelihood of
// each customer is taken on a grid of slopes, its level integrated out under a
// normal prior; the slopes of all are one or two normal classes, whose means,
// common spread and weights maximise the marginal likelihood
// (expectation-maximisation; empirical Bayes, Efron and Morris 1975). Two
// classes stay when BIC prefers them; without two, Transaction is the probability
// of a slope below −1. Own is the mean of a customer's likelihood
// over the grid and OwnSE its standard deviation; Shrunk that of the posterior.
//
// The slopes are causes only if prices moved for reasons other than demand.
func FitAcceptance(q Quotes, o ElasticityOptions) (*Elasticity, error) {
	n := len(q.Price)
	if n == 0 || len(q.Customer) != n || len(q.Accepted) != n {
		return nil, fmt.Errorf("%w: %d prices, %d customers, %d answers", ErrShape, n, len(q.Customer), len(q.Accepted))
	}
	if o.Least == 0 {
		o.Least = 5
	}
	e := &Elasticity{Counts: map[string]int{}}
	id, names := numbered(q.Customer)
	rows := make([][]int, len(names))
	accepted := 0.0
	for i, k := range id {
		if !(q.Price[i] > 0) || math.IsInf(q.Price[i], 0) || q.Accepted[i] != 0 && q.Accepted[i] != 1 {
			return nil, fmt.Errorf("%w: price %v, answer %v in row %d", ErrValue, q.Price[i], q.Accepted[i], i)
		}
		rows[k] = append(rows[k], i)
		accepted += q.Accepted[i]
	}
	e.Rows = n
	grid := slopes()
	offers := make([]offer, len(names))
	level := math.Log(min(max(accepted, .5)/float64(n), .98))
	parallel(len(names), func(k int) { offers[k] = newOffer(q, rows[k], level, grid) })
	changed := 0
	for k, name := range names {
		c := CustomerElasticity{Customer: name, Purchases: len(rows[k]), PriceChanged: offers[k].changed}
		if c.PriceChanged {
			changed++
			c.Own, c.OwnSE = moments2(grid, offers[k].likelihood)
		}
		e.Customers = append(e.Customers, c)
	}
	if changed < 3 || accepted == 0 || accepted == float64(n) {
		e.Reason = fmt.Sprintf("only %d customers were offered more than one price, and %.0f of %d offers were accepted: slopes need 3 customers and both answers", changed, accepted, n)
		e.classify(o)
		return e, nil
	}
	e.mixClasses(offers, grid, o)
	e.classify(o)
	if o.Group != nil {
		e.group(offers, grid, o.Group)
	}
	return e, nil
}

// mostFitted is how many customers classes and groups are fitted on at most: every
// so manieth in their order. All of them are scored.
const mostFitted = 2000

// some are at most mostFitted customers with more than one price.
func some(offers []offer) []offer {
	var changed []offer
	for _, o := range offers {
		if o.changed {
			changed = append(changed, o)
		}
	}
	n := len(changed)
	if n <= mostFitted {
		return changed
	}
	out := make([]offer, mostFitted)
	for k := range out {
		out[k] = changed[k*n/mostFitted]
	}
	return out
}

// group fits the mean slope of every group.
func (e *Elasticity) group(offers []offer, grid []float64, of func(customer string) string) {
	members := map[string][]int{}
	var names []string
	for k, c := range e.Customers {
		name := of(c.Customer)
		if len(members[name]) == 0 {
			names = append(names, name)
		}
		members[name] = append(members[name], k)
	}
	slices.Sort(names)
	for _, name := range names {
		g := GroupElasticity{Name: name, Customers: len(members[name])}
		var part []offer
		for _, k := range members[name] {
			g.Rows += e.Customers[k].Purchases
			part = append(part, offers[k])
		}
		if part = some(part); len(part) < 3 {
			continue
		}
		one := fitMix(part, grid, mix{classes: []PriceClass{{Weight: 1, Mean: e.Mean}}, within: max(e.Spread*e.Spread, slopeStep*slopeStep)})
		var precision float64
		for _, k := range members[name] {
			if c := e.Customers[k]; c.PriceChanged {
				precision += 1 / (one.within + c.OwnSE*c.OwnSE)
			}
		}
		g.Mean, g.SE = one.classes[0].Mean, math.Sqrt(1/precision)
		e.Groups = append(e.Groups, g)
	}
}

func slopes() []float64 {
	var grid []float64
	for k := 0; slopeLow+float64(k)*slopeStep < slopeHigh+slopeStep/2; k++ {
		grid = append(grid, slopeLow+float64(k)*slopeStep)
	}
	return grid
}

// offer is one customer's likelihood on the grid of slopes, 1 at its top.
type offer struct {
	likelihood []float64
	changed    bool // it was offered more than one price
}

// newOffer multiplies the chances of the answers for every level and slope.
func newOffer(q Quotes, rows []int, level float64, grid []float64) offer {
	o := offer{likelihood: make([]float64, len(grid))}
	for _, i := range rows {
		o.changed = o.changed || math.Abs(math.Log(q.Price[i]/q.Price[rows[0]])) > 1e-9
	}
	var rates, priors []float64
	for a := rateLow; a < rateHigh+rateStep/2; a += rateStep {
		rates = append(rates, math.Exp(a))
		d := (a - level) / levelSpread
		priors = append(priors, -d*d/2)
	}
	power, price := make([]float64, len(rows)), make([]float64, len(rows))
	for k, i := range rows {
		price[k] = math.Log(q.Price[i])
	}
	logs := make([][]float64, len(grid))
	top := math.Inf(-1)
	for h, slope := range grid {
		for k, p := range price {
			power[k] = math.Exp(slope * p)
		}
		logs[h] = make([]float64, len(rates))
		for g, rate := range rates {
			logs[h][g] = priors[g] + answers(q, rows, power, rate)
			top = max(top, logs[h][g])
		}
	}
	for h := range grid {
		for _, l := range logs[h] {
			o.likelihood[h] += math.Exp(l - top)
		}
	}
	best := 0.0
	for _, l := range o.likelihood {
		best = max(best, l)
	}
	for h := range o.likelihood {
		o.likelihood[h] /= best
	}
	return o
}

// answers is the log-likelihood of a customer's answers. Chances are multiplied
// and taken to logarithms only before they would vanish.
func answers(q Quotes, rows []int, power []float64, rate float64) float64 {
	const surest, small = 1 - 1e-6, 1e-200
	product, sum := 1.0, 0.0
	for k, i := range rows {
		p := min(rate*power[k], surest)
		if q.Accepted[i] == 0 {
			p = 1 - p
		}
		if product *= p; product < small {
			sum += math.Log(product)
			product = 1
		}
	}
	return sum + math.Log(product)
}

func moments2(grid, weight []float64) (mean, sd float64) {
	var total float64
	for h, w := range weight {
		total += w
		mean += w * grid[h]
	}
	mean /= total
	for h, w := range weight {
		sd += w * (grid[h] - mean) * (grid[h] - mean)
	}
	return mean, math.Sqrt(sd / total)
}

// mix is one or two normal classes of slopes.
type mix struct {
	classes []PriceClass
	within  float64 // variance
	loglik  float64
}

// mixClasses fits one class, then two from several starts, and shrinks each
// customer towards what it settled on.
func (e *Elasticity) mixClasses(offers []offer, grid []float64, o ElasticityOptions) {
	fitted := some(offers)
	one := fitMix(fitted, grid, mix{classes: []PriceClass{{Weight: 1, Mean: -1}}, within: 1})
	e.Mean, e.Spread = one.classes[0].Mean, math.Sqrt(one.within)
	var precision float64
	for k, x := range offers {
		if x.changed {
			se := e.Customers[k].OwnSE
			precision += 1 / (one.within + se*se)
		}
	}
	e.SE = math.Sqrt(1 / precision)
	best, two := one, false
	if !o.OneClass {
		best, two = twoClasses(fitted, grid, one)
	}
	if two {
		e.TwoClasses, e.Classes = true, [2]PriceClass{best.classes[0], best.classes[1]}
		for k, se := range leaveOut(fitted, grid, best) {
			e.Classes[k].SE = se
		}
	} else {
		e.Reason = "the slopes do not fall into two classes: one group explains them as well"
	}
	for k := range e.Customers {
		c := &e.Customers[k]
		post, share := best.posterior(offers[k].likelihood, grid)
		c.Shrunk, c.ShrunkSE = moments2(grid, post)
		c.Transaction = share[1]
		if !two {
			c.Transaction = below(grid, post, elastic)
		}
	}
}

// elastic is the slope below which a dearer offer earns less in all.
const elastic = -1

func below(grid, weight []float64, limit float64) float64 {
	var part, total float64
	for h, w := range weight {
		total += w
		if grid[h] < limit {
			part += w
		}
	}
	return part / total
}

// twoClasses starts from several guesses and keeps two classes when BIC says so.
func twoClasses(offers []offer, grid []float64, one mix) (best mix, two bool) {
	mean := one.classes[0].Mean
	weights, apart := []float64{.15, .4}, []float64{1, 2}
	fits := make([]mix, len(weights)*len(apart))
	parallel(len(fits), func(k int) {
		w, d := weights[k/len(apart)], apart[k%len(apart)]
		fits[k] = fitMix(offers, grid, mix{classes: []PriceClass{{Weight: 1 - w, Mean: mean + w*d}, {Weight: w, Mean: mean - (1-w)*d}}, within: .05})
	})
	best = one
	for _, m := range fits {
		if m.classes[0].Mean < m.classes[1].Mean {
			m.classes[0], m.classes[1] = m.classes[1], m.classes[0]
		}
		// Two classes have two parameters more: a mean and a weight.
		if m.loglik > best.loglik+1e-9 && m.loglik-one.loglik > math.Log(float64(len(offers))) {
			best, two = m, true
		}
	}
	return best, two
}

// leaveOutGroups of the jackknife for the classes.
const leaveOutGroups = 20

// leaveOut is the standard error of the means of the classes by the jackknife
// that leaves out a group of customers at a time (Shao and Wu 1989).
func leaveOut(offers []offer, grid []float64, best mix) [2]float64 {
	fits := make([]mix, leaveOutGroups)
	parallel(leaveOutGroups, func(g int) {
		var kept []offer
		for i, o := range offers {
			if i%leaveOutGroups != g {
				kept = append(kept, o)
			}
		}
		fits[g] = fitMix(kept, grid, mix{classes: slices.Clone(best.classes), within: best.within})
	})
	var se [2]float64
	for k := range se {
		var mean, square float64
		for _, m := range fits {
			mean += m.classes[k].Mean / leaveOutGroups
		}
		for _, m := range fits {
			square += (m.classes[k].Mean - mean) * (m.classes[k].Mean - mean)
		}
		se[k] = math.Sqrt(square * (leaveOutGroups - 1) / leaveOutGroups)
	}
	return se
}

// mixGridSteps of the expectation-maximisation; it gains nothing visible after them.
const mixGridSteps = 300

func fitMix(offers []offer, grid []float64, m mix) mix {
	m.classes = slices.Clone(m.classes)
	before, n := math.Inf(-1), float64(len(offers))
	for range mixGridSteps {
		// What the customers' likelihoods add to every slope of the grid, each over
		// the customer's own total: all sums below are sums over the grid of these.
		var weight, sum [2]float64
		var square float64
		m.loglik = 0
		density := m.densities(grid)
		both, share := slices.Clone(density[0]), make([]float64, len(grid))
		for _, d := range density[1:] {
			floats.Add(both, d)
		}
		for _, o := range offers {
			total := floats.Dot(o.likelihood, both)
			m.loglik += math.Log(total)
			floats.AddScaled(share, 1/total, o.likelihood)
		}
		for k, c := range m.classes {
			for h, x := range share {
				p, d := x*density[k][h], grid[h]-c.Mean
				weight[k], sum[k], square = weight[k]+p, sum[k]+p*grid[h], square+p*d*d
			}
		}
		for k := range m.classes {
			if weight[k] > 0 {
				m.classes[k].Mean = sum[k] / weight[k]
			}
			m.classes[k].Weight = min(max(weight[k]/n, 1e-9), 1)
		}
		m.within = max(square/n, slopeStep*slopeStep/4)
		if m.loglik-before < 1e-5 {
			break
		}
		before = m.loglik
	}
	return m
}

// densities of the classes on the grid, times their weights; each sums to its
// weight, however narrow the class is against the grid.
func (m mix) densities(grid []float64) [][]float64 {
	out := make([][]float64, len(m.classes))
	for k, c := range m.classes {
		out[k] = make([]float64, len(grid))
		var total float64
		for h, x := range grid {
			out[k][h] = math.Exp(-(x - c.Mean) * (x - c.Mean) / 2 / m.within)
			total += out[k][h]
		}
		for h := range grid {
			out[k][h] *= c.Weight / total
		}
	}
	return out
}

// posterior of a customer's slope, and the share of each class in it.
func (m mix) posterior(likelihood, grid []float64) (weights []float64, share [2]float64) {
	weights = make([]float64, len(grid))
	var total float64
	for k, d := range m.densities(grid) {
		for h, l := range likelihood {
			weights[h] += l * d[h]
			share[k] += l * d[h]
		}
		total += share[k]
	}
	for k := range share {
		share[k] /= total
	}
	return weights, share
}
