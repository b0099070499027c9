package uplift

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Panel is outcomes of customers over periods before and after a campaign, one
// element a customer and period.
type Panel struct {
	Customer []string
	Treated  []bool    // the same in all rows of a customer
	Period   []int     // such as month numbers
	Y        []float64 // outcome in the period, such as purchases or money
	From     int       // first period of the campaign
}

// DiD is a difference in differences: the change of the treated less that of
// the others over the same time.
type DiD struct {
	Effect    float64 // per customer and period
	SE        float64 // clustered by customer
	Low, High float64 // 95 % interval, t with customers − 1 degrees of freedom
	T, P      float64 // two-sided test of no effect
	Means     [2][2]float64
	Customers [2]int // others, treated
	Rows      int
	PreTrend  *Trend // nil with fewer than 2 periods before the campaign
	Warning   string // NotRandom, and what else to know
}

// Trend is how much faster per period the treated grew before the campaign.
// Differences in differences take it to be 0.
type Trend struct {
	Slope, SE, T, P float64
	Periods         int
}

// DifferenceInDifferences fits y = a + b·treated + c·after + effect·treated·after
// by least squares with standard errors clustered by customer (Liang and Zeger
// 1986, small-sample factor G/(G−1)·(N−1)/(N−4)), as Bertrand, Duflo and
// Mullainathan (2004) ask for. Means of the result are indexed [treated][after].
func DifferenceInDifferences(p Panel) (*DiD, error) {
	c, err := p.clusters()
	if err != nil {
		return nil, err
	}
	d := &DiD{Rows: len(p.Y), Warning: NotRandom}
	var n, sum [2][2]float64
	for i, y := range p.Y {
		a, b := arm(p.Treated[i]), arm(p.Period[i] >= p.From)
		n[a][b]++
		sum[a][b] += y
	}
	for a := range 2 {
		for b := range 2 {
			if n[a][b] == 0 {
				return nil, fmt.Errorf("%w: no rows of %s %s period %d", ErrNoContrast, [2]string{"others", "treated"}[a], [2]string{"before", "from"}[b], p.From)
			}
			d.Means[a][b] = sum[a][b] / n[a][b]
		}
	}
	for _, t := range c.treated {
		d.Customers[arm(t)]++
	}
	if min(d.Customers[0], d.Customers[1]) < 2 {
		return nil, fmt.Errorf("%w: %d treated and %d other customers", ErrNoContrast, d.Customers[1], d.Customers[0])
	}
	d.Effect = d.Means[1][1] - d.Means[1][0] - d.Means[0][1] + d.Means[0][0]
	d.SE = c.clustered(len(p.Y), 4, func(i int) float64 {
		a, b := arm(p.Treated[i]), arm(p.Period[i] >= p.From)
		sign := float64(1 - 2*(a^b))
		return sign * (p.Y[i] - d.Means[a][b]) / n[a][b]
	})
	d.Low, d.High, d.T, d.P = c.test(d.Effect, d.SE)
	d.PreTrend = p.preTrend(c)
	if d.PreTrend != nil && d.PreTrend.P < .05 {
		d.Warning += fmt.Sprintf(" Before the campaign the treated already moved by %.3g a period more than the others (p = %.2g): the effect may be that trend.", d.PreTrend.Slope, d.PreTrend.P)
	}
	if d.PreTrend == nil {
		d.Warning += " With fewer than two periods before the campaign it cannot be seen whether both groups moved alike."
	}
	return d, nil
}

// clusters numbers customers in their order.
type clusters struct {
	id      []int // by row
	treated []bool
}

func (p Panel) clusters() (*clusters, error) {
	n := len(p.Y)
	if n == 0 || len(p.Customer) != n || len(p.Treated) != n || len(p.Period) != n {
		return nil, fmt.Errorf("%w: %d outcomes, %d customers, %d treatments, %d periods", ErrShape, n, len(p.Customer), len(p.Treated), len(p.Period))
	}
	id, names := numbered(p.Customer)
	c := &clusters{id: id, treated: make([]bool, len(names))}
	seen := make([]bool, len(names))
	for i, k := range id {
		if math.IsNaN(p.Y[i]) || math.IsInf(p.Y[i], 0) {
			return nil, fmt.Errorf("%w: outcome %v in row %d", ErrValue, p.Y[i], i)
		}
		if seen[k] && c.treated[k] != p.Treated[i] {
			return nil, fmt.Errorf("%w: customer %q is treated in some rows and not in others", ErrValue, p.Customer[i])
		}
		seen[k], c.treated[k] = true, p.Treated[i]
	}
	return c, nil
}

// numbered replaces keys by their place among the distinct keys in order.
func numbered[K cmp.Ordered](keys []K) (id []int, names []K) {
	names = slices.Clone(keys)
	slices.Sort(names)
	names = slices.Compact(names)
	id = make([]int, len(keys))
	for i, k := range keys {
		id[i], _ = slices.BinarySearch(names, k)
	}
	return id, names
}

// clustered is the standard error of an estimate that moves by influence(i)
// with row i, summed within customers.
func (c *clusters) clustered(rows, parameters int, influence func(i int) float64) float64 {
	sums := make([]float64, len(c.treated))
	for i, k := range c.id {
		sums[k] += influence(i)
	}
	var total float64
	for _, s := range sums {
		total += s * s
	}
	g, n := float64(len(sums)), float64(rows)
	return math.Sqrt(total * g / (g - 1) * (n - 1) / max(1, n-float64(parameters)))
}

// test is interval and test of an estimate with customers − 1 degrees of freedom.
func (c *clusters) test(estimate, se float64) (low, high, t, p float64) {
	dist := distuv.StudentsT{Sigma: 1, Nu: float64(len(c.treated) - 1)}
	half := dist.Quantile(.975) * se
	low, high, p = estimate-half, estimate+half, 1
	if se > 0 {
		t = estimate / se
		p = 2 * dist.Survival(math.Abs(t))
	}
	return low, high, t, p
}

// preTrend is the difference of the slopes of both groups before the campaign.
func (p Panel) preTrend(c *clusters) *Trend {
	var n, mean, square, sum [2]float64
	periods := map[int]bool{}
	rows := 0
	for i, t := range p.Period {
		if t < p.From {
			n[arm(p.Treated[i])]++
			mean[arm(p.Treated[i])] += float64(t)
			periods[t] = true
			rows++
		}
	}
	if len(periods) < 2 {
		return nil
	}
	mean[0], mean[1] = mean[0]/n[0], mean[1]/n[1]
	var level, slope [2]float64
	for i, t := range p.Period {
		if a := arm(p.Treated[i]); t < p.From {
			d := float64(t) - mean[a]
			square[a] += d * d
			sum[a] += d * p.Y[i]
			level[a] += p.Y[i] / n[a]
		}
	}
	if square[0] == 0 || square[1] == 0 {
		return nil
	}
	slope[0], slope[1] = sum[0]/square[0], sum[1]/square[1]
	out := &Trend{Slope: slope[1] - slope[0], Periods: len(periods)}
	out.SE = c.clustered(rows, 4, func(i int) float64 {
		if p.Period[i] >= p.From {
			return 0
		}
		a := arm(p.Treated[i])
		d := float64(p.Period[i]) - mean[a]
		return float64(2*a-1) * d * (p.Y[i] - level[a] - slope[a]*d) / square[a]
	})
	_, _, out.T, out.P = c.test(out.Slope, out.SE)
	return out
}
