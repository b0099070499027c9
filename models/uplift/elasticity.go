package uplift

import (
	"fmt"
	"math"
)

// Purchases is what customers bought at which price, one element a purchase or
// quote. Prices and quantities are best taken relative to what is usual for the
// title: a price level that differs between titles is not a change of price.
type Purchases struct {
	Customer []string
	Price    []float64 // above 0
	Quantity []float64 // purchases of 0 and below are left out: their logarithm does not exist
}

// ElasticityOptions choose who is judged. The zero value means 5 purchases.
type ElasticityOptions struct {
	Least    int  // purchases a customer needs to be classified; 0: 5. Fewer still count for the means
	OneClass bool // do not look for two classes
	// Group names the group of a customer, for FitAcceptance; nil: none.
	Group func(customer string) string
}

// Classes of customers by their answer to price.
const (
	Relationship = "relationship" // quality, service and time count: weak answer to price
	Transaction  = "transaction"  // price counts: strong answer
	Unclear      = "unclear"      // too little is known, or one class only
)

// Elasticity is the answer of quantity to price: log quantity = own level +
// slope·log price, each customer with a slope of its own. A slope of −1.5 means
// 1.5 % less for each 1 % of price.
type Elasticity struct {
	Mean, SE   float64 // of the slopes over customers
	Spread     float64 // standard deviation of the slopes between customers, noise taken off
	Noise      float64 // standard deviation of log quantity around a customer's line
	Customers  []CustomerElasticity
	TwoClasses bool           // two classes explain the slopes better than one (by BIC)
	Classes    [2]PriceClass  // relationship, transaction; of weight 0 without two classes
	Counts     map[string]int // customers by class
	Groups     []GroupElasticity
	Rows, Left int    // purchases used; left out for a quantity or price that is not above 0
	Reason     string // why there are no slopes or classes, in plain words
}

// PriceClass is one class of customers.
type PriceClass struct {
	Weight float64 // share of customers
	Mean   float64 // of their slopes
	SE     float64 // of the mean; 0 where it is not known
}

// GroupElasticity is the mean of the slopes of a group of customers, at least 3.
type GroupElasticity struct {
	Name            string
	Customers, Rows int
	Mean, SE        float64
}

// CustomerElasticity is one customer's slope.
type CustomerElasticity struct {
	Customer     string
	Purchases    int
	Own, OwnSE   float64 // from the customer's purchases alone; 0 when the price never changed
	Shrunk       float64 // drawn towards the mean as far as the own slope is noise
	ShrunkSE     float64
	Transaction  float64 // probability of the transaction class
	Class        string
	PriceChanged bool // false: the customer's price never changed, Shrunk is the mean
}

// FitElasticity estimates slopes within customers by least squares, the noise
// from all of them together, the spread of the true slopes by the moments of
// Paule and Mandel (1982), and shrinks each slope by spread²/(spread²+SE²)
// (empirical Bayes, Efron and Morris 1975). The classes are a mixture of two
// normal distributions of the true slopes, fitted by expectation-maximisation
// with each slope's own standard error.
//
// The slopes are causes only if prices moved for reasons other than demand.
func FitElasticity(p Purchases, o ElasticityOptions) (*Elasticity, error) {
	n := len(p.Price)
	if n == 0 || len(p.Customer) != n || len(p.Quantity) != n {
		return nil, fmt.Errorf("%w: %d prices, %d customers, %d quantities", ErrShape, n, len(p.Customer), len(p.Quantity))
	}
	if o.Least == 0 {
		o.Least = 5
	}
	e := &Elasticity{Counts: map[string]int{}}
	lines, err := e.lines(p)
	if err != nil {
		return nil, err
	}
	if e.Reason != "" {
		e.classify(o)
		return e, nil
	}
	e.shrink(lines)
	if !o.OneClass {
		e.mixture(lines)
	}
	e.classify(o)
	return e, nil
}

// line is a customer's sums around its means.
type line struct{ n, xx, xy, yy, slope, variance float64 }

// lines fills the customers and their own slopes.
func (e *Elasticity) lines(p Purchases) ([]line, error) {
	id, names := numbered(p.Customer)
	lines := make([]line, len(names))
	mean := make([][2]float64, len(names))
	used := func(i int) bool { return p.Price[i] > 0 && p.Quantity[i] > 0 }
	for i, k := range id {
		if math.IsNaN(p.Price[i]+p.Quantity[i]) || math.IsInf(p.Price[i]+p.Quantity[i], 0) {
			return nil, fmt.Errorf("%w: price %v, quantity %v in row %d", ErrValue, p.Price[i], p.Quantity[i], i)
		}
		if !used(i) {
			e.Left++
			continue
		}
		e.Rows++
		lines[k].n++
		mean[k][0] += math.Log(p.Price[i])
		mean[k][1] += math.Log(p.Quantity[i])
	}
	for i, k := range id {
		if used(i) {
			l := &lines[k]
			x, y := math.Log(p.Price[i])-mean[k][0]/l.n, math.Log(p.Quantity[i])-mean[k][1]/l.n
			l.xx, l.xy, l.yy = l.xx+x*x, l.xy+x*y, l.yy+y*y
		}
	}
	var rss, free float64
	sloped := 0
	const least = 1e-12 // of Σx²: a price that is the same but for rounding
	for k := range lines {
		l := &lines[k]
		if l.xx <= least*max(1, l.n) {
			l.xx = 0
			continue
		}
		l.slope = l.xy / l.xx
		sloped++
		if l.n > 2 {
			rss += max(0, l.yy-l.slope*l.xy)
			free += l.n - 2
		}
	}
	for k, name := range names {
		e.Customers = append(e.Customers, CustomerElasticity{Customer: name, Purchases: int(lines[k].n), PriceChanged: lines[k].xx > 0})
	}
	switch {
	case sloped < 3:
		e.Reason = fmt.Sprintf("only %d customers bought at more than one price; a spread of slopes needs 3", sloped)
	case free < 1 || rss <= 1e-12*free:
		e.Reason = "purchases lie on their customers' lines without any noise, or no customer has more than 2, so slopes have no standard error"
	default:
		e.Noise = math.Sqrt(rss / free)
	}
	for k := range lines {
		if l := &lines[k]; l.xx > 0 {
			l.variance = e.Noise * e.Noise / l.xx
			e.Customers[k].Own, e.Customers[k].OwnSE = l.slope, math.Sqrt(l.variance)
		}
	}
	return lines, nil
}

// shrink sets mean, spread and shrunk slopes.
func (e *Elasticity) shrink(lines []line) {
	excess := func(spread2 float64) (mean, weight, q float64) {
		for _, l := range lines {
			if l.xx > 0 {
				weight += 1 / (spread2 + l.variance)
				mean += l.slope / (spread2 + l.variance)
			}
		}
		mean /= weight
		q = 1
		for _, l := range lines {
			if l.xx > 0 {
				q += (l.slope-mean)*(l.slope-mean)/(spread2+l.variance) - 1
			}
		}
		return mean, weight, q
	}
	low, high := 0.0, 1.0
	if _, _, q := excess(0); q > 0 {
		for _, _, q := excess(high); q > 0 && high < 1e12; _, _, q = excess(high) {
			high *= 2
		}
		for range 100 {
			mid := (low + high) / 2
			if _, _, q := excess(mid); q > 0 {
				low = mid
			} else {
				high = mid
			}
		}
	} else {
		high = 0
	}
	mean, weight, _ := excess(high)
	e.Mean, e.SE, e.Spread = mean, math.Sqrt(1/weight), math.Sqrt(high)
	for k, l := range lines {
		c := &e.Customers[k]
		c.Shrunk, c.ShrunkSE = mean, math.Hypot(e.Spread, e.SE)
		if l.xx > 0 {
			keep := high / (high + l.variance)
			c.Shrunk = mean + keep*(l.slope-mean)
			c.ShrunkSE = math.Sqrt(keep*l.variance + (1-keep)*(1-keep)*e.SE*e.SE)
		}
	}
}

// steps of the expectation-maximisation; it gains nothing visible after them.
const mixtureSteps = 500

// mixture fits one and two classes and keeps two when BIC says so.
func (e *Elasticity) mixture(lines []line) {
	var used []line
	var at []int
	for k, l := range lines {
		if l.xx > 0 {
			used, at = append(used, l), append(at, k)
		}
	}
	one := 0.0
	for _, l := range used {
		one += logNormal(l.slope, e.Mean, e.Spread*e.Spread+l.variance)
	}
	// Start one spread either side; the lower mean is the transaction class.
	start := max(e.Spread, .1)
	c := [2]PriceClass{{Weight: .5, Mean: e.Mean + start}, {Weight: .5, Mean: e.Mean - start}}
	within, two := start*start/4, 0.0
	share := make([]float64, len(used)) // of the transaction class
	for range mixtureSteps {
		two = 0
		var weight, sum, precision [2]float64
		var square float64
		for i, l := range used {
			a := math.Log(c[0].Weight) + logNormal(l.slope, c[0].Mean, within+l.variance)
			b := math.Log(c[1].Weight) + logNormal(l.slope, c[1].Mean, within+l.variance)
			top := max(a, b)
			both := top + math.Log(math.Exp(a-top)+math.Exp(b-top))
			two += both
			share[i] = math.Exp(b - both)
			for k, r := range [2]float64{1 - share[i], share[i]} {
				keep := within / (within + l.variance)
				m := c[k].Mean + keep*(l.slope-c[k].Mean)
				weight[k] += r
				sum[k] += r * l.slope / (within + l.variance)
				precision[k] += r / (within + l.variance)
				square += r * (keep*l.variance + (m-c[k].Mean)*(m-c[k].Mean))
			}
		}
		n := float64(len(used))
		for k := range c {
			if precision[k] > 0 {
				c[k].Mean = sum[k] / precision[k]
			}
			c[k].Weight = min(max(weight[k]/n, 1e-9), 1-1e-9)
		}
		within = max(square/n, 1e-6)
	}
	// Two classes have two parameters more: a mean and a weight.
	if !(two-one > math.Log(float64(len(used)))) || c[1].Mean >= c[0].Mean {
		e.Reason = "the slopes do not fall into two classes: one group explains them as well"
		return
	}
	e.TwoClasses, e.Classes = true, c
	for k := range e.Customers {
		e.Customers[k].Transaction = c[1].Weight
	}
	for i, k := range at {
		e.Customers[k].Transaction = share[i]
	}
}

func logNormal(x, mean, variance float64) float64 {
	return -.5 * (math.Log(2*math.Pi*variance) + (x-mean)*(x-mean)/variance)
}

// classify names each customer's class.
func (e *Elasticity) classify(o ElasticityOptions) {
	for k := range e.Customers {
		c := &e.Customers[k]
		c.Class = Unclear
		if e.TwoClasses && c.PriceChanged && c.Purchases >= o.Least {
			if c.Class = Relationship; c.Transaction > .5 {
				c.Class = Transaction
			}
		}
		e.Counts[c.Class]++
	}
}
