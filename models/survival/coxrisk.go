package survival

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// riskData holds the rows of a Cox model in the order in which risk sets grow,
// the covariates centred and scaled to unit variance.
type riskData struct {
	n, p   int
	ties   Ties
	order  *order
	x      []float64 // n × p, row after row
	time   []float64
	entry  []float64 // of the rows in order.byEntry; nil without left truncation
	start  []float64 // entry of the rows in x; nil without left truncation
	place  []int     // place in x of the rows in order.byEntry
	weight []float64
	event  []bool
	mean   []float64
	scale  []float64 // standard deviation; 1 for a constant column
	span   []float64 // highest minus lowest value, scaled
}

func newRiskData(s Sample, columns [][]float64, o CoxOptions) *riskData {
	r := &riskData{p: len(columns), ties: o.Ties, order: newOrder(s, o.Strata)}
	r.n = len(r.order.byTime)
	r.x = make([]float64, r.n*r.p)
	r.time, r.weight, r.event = make([]float64, r.n), make([]float64, r.n), make([]bool, r.n)
	place := make([]int, s.Len())
	for pos, i := range r.order.byTime {
		r.time[pos], r.weight[pos], r.event[pos] = s.Time[i], s.weight(i), s.Event[i]
		place[i] = pos
	}
	if s.Entry != nil {
		r.entry, r.start, r.place = make([]float64, r.n), make([]float64, r.n), make([]int, r.n)
		for k, i := range r.order.byEntry {
			r.entry[k], r.place[k] = s.Entry[i], place[i]
			r.start[place[i]] = s.Entry[i]
		}
	}
	r.mean, r.scale, r.span = make([]float64, r.p), make([]float64, r.p), make([]float64, r.p)
	for j, column := range columns {
		r.scaleColumn(j, column)
	}
	return r
}

func (r *riskData) scaleColumn(j int, column []float64) {
	var total, sum, square float64
	low, high := math.Inf(1), math.Inf(-1)
	for pos, i := range r.order.byTime {
		total += r.weight[pos]
		sum += r.weight[pos] * column[i]
		low, high = min(low, column[i]), max(high, column[i])
	}
	mean := sum / total
	for pos, i := range r.order.byTime {
		d := column[i] - mean
		square += r.weight[pos] * d * d
	}
	scale := math.Sqrt(square / total)
	if scale <= 1e-12*max(math.Abs(low), math.Abs(high)) || math.IsInf(scale, 0) {
		mean, scale = low, 1 // constant: exact zeros
	}
	r.mean[j], r.scale[j], r.span[j] = mean, scale, (high-low)/scale
	for pos, i := range r.order.byTime {
		r.x[pos*r.p+j] = (column[i] - mean) / scale
	}
}

// only is the data with some of the columns.
func (r *riskData) only(columns []int) *riskData {
	if len(columns) == r.p {
		return r
	}
	less := *r
	less.p = len(columns)
	less.x = make([]float64, r.n*less.p)
	less.mean, less.scale, less.span = make([]float64, less.p), make([]float64, less.p), make([]float64, less.p)
	for a, j := range columns {
		less.mean[a], less.scale[a], less.span[a] = r.mean[j], r.scale[j], r.span[j]
		for pos := range r.n {
			less.x[pos*less.p+a] = r.x[pos*r.p+j]
		}
	}
	return &less
}

func (r *riskData) eta(pos int, beta []float64) float64 {
	sum := 0.0
	for j, x := range r.x[pos*r.p : (pos+1)*r.p] {
		sum += x * beta[j]
	}
	return sum
}

// riskSet is what the likelihood needs at one event time: sums of r = w·exp(η),
// r·x and r·x·x′ over those at risk and over those with the event. All r are
// divided by exp(shift), which follows the largest η at risk so that no sum
// overflows or vanishes.
type riskSet struct {
	stratum    int
	time       float64
	shift      float64
	from, to   int     // rows that leave at time, the events among them
	events     float64 // weighted
	s0, d0     float64
	s1, d1     []float64
	s2, d2     []float64 // packed upper triangles; nil when not asked for
	sumX       []float64 // Σ w·x over the events
	sumEta     float64   // Σ w·(η − shift) over the events
	a, b       float64   // Σ 1/q and Σ f/q over the tied events, q = s0 − f·d0
	c0, c1, c2 float64   // Σ 1/q², Σ f/q², Σ f²/q²
	logs       float64   // Σ log q
	peak       float64   // largest s0 since the sums were made afresh
}

// walk visits every event time, stratum by stratum from the longest time down.
// The set handed to visit is used again for the next.
func (r *riskData) walk(beta []float64, second bool, visit func(*riskSet)) {
	eta := make([]float64, r.n)
	for pos := range eta {
		eta[pos] = r.eta(pos, beta)
	}
	for st := range r.order.strata() {
		r.walkStratum(st, eta, second, visit)
	}
}

func (r *riskData) walkStratum(st int, eta []float64, second bool, visit func(*riskSet)) {
	from, to := r.order.bounds[st], r.order.bounds[st+1]
	set := &riskSet{stratum: st, shift: math.Inf(-1), s1: make([]float64, r.p), d1: make([]float64, r.p), sumX: make([]float64, r.p)}
	if second {
		set.s2, set.d2 = make([]float64, r.p*(r.p+1)/2), make([]float64, r.p*(r.p+1)/2)
	}
	gone := from
	for pos := from; pos < to; {
		set.time, set.from, set.to = r.time[pos], pos, pos
		highest := set.shift
		for ; set.to < to && r.time[set.to] == set.time; set.to++ {
			highest = max(highest, eta[set.to])
		}
		pos = set.to
		if highest > set.shift+10 {
			set.lift(highest)
		}
		r.enter(set, eta)
		if set.events == 0 {
			continue
		}
		set.peak = max(set.peak, set.s0)
		for ; r.entry != nil && gone < to && r.entry[gone] >= set.time; gone++ {
			at := r.place[gone]
			addRow(-r.weight[at]*math.Exp(eta[at]-set.shift), r.row(at), &set.s0, set.s1, set.s2)
		}
		if set.s0 < 1e-6*set.peak { // too little is left of what was taken away to trust its digits
			r.rebuild(set, from, eta)
		}
		set.tie(r.ties)
		visit(set)
	}
}

func (r *riskData) row(at int) []float64 { return r.x[at*r.p : (at+1)*r.p] }

// enter adds the rows that leave at this time to those at risk.
func (r *riskData) enter(set *riskSet, eta []float64) {
	set.clearEvents()
	for at := set.from; at < set.to; at++ {
		risk := r.weight[at] * math.Exp(eta[at]-set.shift)
		if !r.event[at] {
			addRow(risk, r.row(at), &set.s0, set.s1, set.s2)
			continue
		}
		addRow(risk, r.row(at), &set.d0, set.d1, set.d2)
		set.events += r.weight[at]
		set.sumEta += r.weight[at] * (eta[at] - set.shift)
		for j, x := range r.row(at) {
			set.sumX[j] += r.weight[at] * x
		}
	}
	set.addEvents()
}

// lift moves the shift up and what was summed so far with it.
func (set *riskSet) lift(shift float64) {
	factor := math.Exp(set.shift - shift) // 0 at the first row
	set.shift = shift
	set.s0 *= factor
	set.peak *= factor
	for j := range set.s1 {
		set.s1[j] *= factor
	}
	for j := range set.s2 {
		set.s2[j] *= factor
	}
}

// addRow adds r, r·x and r·x·x′ to the sums.
func addRow(risk float64, x []float64, s0 *float64, s1, s2 []float64) {
	*s0 += risk
	for j, v := range x {
		s1[j] += risk * v
	}
	if s2 == nil {
		return
	}
	k := 0
	for j, v := range x {
		v *= risk
		tail := x[j:]
		sums := s2[k : k+len(tail)]
		for i, w := range tail {
			sums[i] += v * w
		}
		k += len(tail)
	}
}

func (set *riskSet) clearEvents() {
	set.events, set.d0, set.sumEta = 0, 0, 0
	clear(set.d1)
	clear(set.d2)
	clear(set.sumX)
}

// addEvents counts those with the event among those at risk.
func (set *riskSet) addEvents() {
	if set.d0 == 0 {
		return
	}
	set.s0 += set.d0
	for j, v := range set.d1 {
		set.s1[j] += v
	}
	for j, v := range set.d2 {
		set.s2[j] += v
	}
}

// rebuild sums the risk set afresh, with a shift that fits it.
func (r *riskData) rebuild(set *riskSet, from int, eta []float64) {
	shift := math.Inf(-1)
	for at := from; at < set.to; at++ {
		if r.start[at] < set.time {
			shift = max(shift, eta[at])
		}
	}
	set.s0, set.shift = 0, shift
	clear(set.s1)
	clear(set.s2)
	for at := from; at < set.from; at++ {
		if r.start[at] < set.time {
			addRow(r.weight[at]*math.Exp(eta[at]-shift), r.row(at), &set.s0, set.s1, set.s2)
		}
	}
	r.enter(set, eta)
	set.peak = set.s0
}

// tie sums over the events at one time: with Efron's ties the l-th of m sees
// the others with the event at (m−l)/m of their weight, with Breslow's in full.
func (set *riskSet) tie(ties Ties) {
	set.a, set.b, set.c0, set.c1, set.c2, set.logs = 0, 0, 0, 0, 0, 0
	if ties == Breslow {
		m := set.events
		set.a, set.c0, set.logs = m/set.s0, m/(set.s0*set.s0), m*math.Log(set.s0)
		return
	}
	for l := 0.0; l < set.events; l++ {
		f := l / set.events
		q := set.s0 - f*set.d0
		i := 1 / q
		set.a += i
		set.b += f * i
		set.c0 += i * i
		set.c1 += f * i * i
		set.c2 += f * f * i * i
		set.logs += math.Log(q)
	}
}

// meanX is the sum over the events of the mean of covariate j among those at
// risk.
func (set *riskSet) meanX(j int) float64 { return set.a*set.s1[j] - set.b*set.d1[j] }

// variance is the sum over the events of the covariance of covariates i ≤ j
// among those at risk; packed is their place in the upper triangle.
func (set *riskSet) variance(i, j, packed int) float64 {
	return set.a*set.s2[packed] - set.b*set.d2[packed] -
		(set.c0*set.s1[i]*set.s1[j] - set.c1*(set.s1[i]*set.d1[j]+set.d1[i]*set.s1[j]) + set.c2*set.d1[i]*set.d1[j])
}

// likelihood is the partial log-likelihood with its derivatives.
type likelihood struct {
	logLik float64
	score  []float64
	info   *mat.SymDense // minus the second derivatives
}

func (r *riskData) evaluate(beta []float64) *likelihood {
	l := &likelihood{score: make([]float64, r.p)}
	info := make([]float64, r.p*(r.p+1)/2)
	r.walk(beta, true, func(set *riskSet) {
		l.logLik += set.sumEta - set.logs
		k := 0
		for i := range l.score {
			l.score[i] += set.sumX[i] - set.meanX(i)
			for j := i; j < r.p; j++ {
				info[k] += set.variance(i, j, k)
				k++
			}
		}
	})
	l.info = unpack(info, r.p)
	return l
}

func unpack(packed []float64, p int) *mat.SymDense {
	m := mat.NewSymDense(p, nil)
	k := 0
	for i := range p {
		for j := i; j < p; j++ {
			m.SetSym(i, j, packed[k])
			k++
		}
	}
	return m
}
