package clv

import (
	"math"
	"sort"
)

// Independence says how far spend and frequency hang together. Gamma-Gamma takes
// them to be independent; where they are not, spend by class of frequency is the
// safer figure.
type Independence struct {
	N              int     // repeat buyers with positive spend
	R              float64 // Pearson correlation of x and mean spend
	Low, High      float64 // its 95 % interval by Fisher's z; −1 and 1 below four customers
	Spearman       float64 // correlation of the ranks
	WithoutOutlier float64 // R without the one customer that moves it most
	Warning        string  // empty when the interval holds 0
	Classes        []SpendClass
}

// SpendClass is the mean spend of the customers with From to To repeat purchases.
type SpendClass struct {
	From, To  float64 // To is the largest seen in the last class
	Customers float64
	Mean      float64 // of the customers' mean spends
}

func independence(rows []spendRow) Independence {
	x, z, w := make([]float64, len(rows)), make([]float64, len(rows)), make([]float64, len(rows))
	for i, r := range rows {
		x[i], z[i], w[i] = r.x, r.z, r.w
	}
	d := Independence{N: len(rows), Low: -1, High: 1, Classes: spendClasses(rows)}
	p := newPairs(x, z, w)
	d.R = p.correlation()
	d.WithoutOutlier = d.R
	for i := range rows {
		if r := p.without(x[i], z[i], min(w[i], 1)).correlation(); math.Abs(r-d.R) > math.Abs(d.WithoutOutlier-d.R) {
			d.WithoutOutlier = r
		}
	}
	d.Spearman = newPairs(ranks(x), ranks(z), w).correlation()
	if d.N > 3 && math.Abs(d.R) < 1 {
		half := normal95 / math.Sqrt(float64(d.N-3))
		d.Low, d.High = math.Tanh(math.Atanh(d.R)-half), math.Tanh(math.Atanh(d.R)+half)
	}
	switch {
	case d.Low > 0:
		d.Warning = "customers who buy more often spend more a purchase: the model, which takes the two to be independent, values frequent buyers too low"
	case d.High < 0:
		d.Warning = "customers who buy more often spend less a purchase: the model, which takes the two to be independent, values frequent buyers too high"
	}
	return d
}

// ranks are mid-ranks.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return v[order[a]] < v[order[b]] })
	list := make([]float64, len(v))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && v[order[to]] == v[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			list[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return list
}

func spendClasses(rows []spendRow) []SpendClass {
	var list []SpendClass
	for _, c := range [][2]float64{{1, 1}, {2, 2}, {3, 4}, {5, 9}, {10, math.Inf(1)}} {
		class := SpendClass{From: c[0], To: c[1]}
		var sum float64
		for _, r := range rows {
			if r.x >= c[0] && r.x <= c[1] {
				class.Customers += r.w
				sum += r.w * r.z
				if c[1] > 9 {
					class.To = r.x
				}
			}
		}
		if class.Customers > 0 {
			class.Mean = sum / class.Customers
			list = append(list, class)
		}
	}
	return list
}

// pairs are the sums behind a correlation, about the means.
type pairs struct{ n, meanX, meanY, xx, yy, xy float64 }

// newPairs adds pairs with weights (nil: one each).
func newPairs(x, y, w []float64) pairs {
	var p pairs
	weight := func(i int) float64 {
		if w == nil {
			return 1
		}
		return w[i]
	}
	for i := range x {
		p.n += weight(i)
		p.meanX += weight(i) * x[i]
		p.meanY += weight(i) * y[i]
	}
	if p.n > 0 {
		p.meanX, p.meanY = p.meanX/p.n, p.meanY/p.n
	}
	for i := range x {
		dx, dy := x[i]-p.meanX, y[i]-p.meanY
		p.xx += weight(i) * dx * dx
		p.yy += weight(i) * dy * dy
		p.xy += weight(i) * dx * dy
	}
	return p
}

// without takes one pair of weight w away.
func (p pairs) without(x, y, w float64) pairs {
	rest := p.n - w
	if rest <= 0 {
		return pairs{}
	}
	dx, dy := x-p.meanX, y-p.meanY
	f := w + w*w/rest
	return pairs{rest, p.meanX - w*dx/rest, p.meanY - w*dy/rest, p.xx - f*dx*dx, p.yy - f*dy*dy, p.xy - f*dx*dy}
}

// correlation is 0 where one of the two does not vary.
func (p pairs) correlation() float64 {
	if !(p.xx > 1e-12*p.n*p.meanX*p.meanX) || !(p.yy > 1e-12*p.n*p.meanY*p.meanY) {
		return 0
	}
	return min(max(p.xy/math.Sqrt(p.xx*p.yy), -1), 1)
}
