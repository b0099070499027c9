package assortment

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Sales are the ages at which titles sold. Title i was watched from age From[i]
// to age To[i] (days since publication; From is above 0 when the data begins
// later than the title, To is its age on the as-of date) and sold at the ages
// Age[Start[i]:Start[i+1]], Quantity copies each time (nil: one each). Sales
// outside the window are an error. Returns do not belong here.
type Sales struct {
	From, To []float64
	Start    []int
	Age      []float64
	Quantity []float64
}

func (s Sales) check() error {
	n := len(s.From)
	if len(s.To) != n || len(s.Start) != n+1 || s.Start[0] != 0 || s.Start[n] != len(s.Age) ||
		!slices.IsSorted(s.Start) || s.Quantity != nil && len(s.Quantity) != len(s.Age) {
		return fmt.Errorf("%w: %d from, %d to, %d starts, %d ages, %d quantities", ErrShape, n, len(s.To), len(s.Start), len(s.Age), len(s.Quantity))
	}
	for i := range n {
		if !(s.From[i] >= 0 && s.From[i] <= s.To[i]) || math.IsInf(s.To[i], 0) {
			return fmt.Errorf("assortment: title %d is watched from age %v to %v", i, s.From[i], s.To[i])
		}
		for k := s.Start[i]; k < s.Start[i+1]; k++ {
			if !(s.Age[k] >= s.From[i] && s.Age[k] <= s.To[i]) {
				return fmt.Errorf("assortment: title %d sold at age %v but is watched from %v to %v", i, s.Age[k], s.From[i], s.To[i])
			}
			if q := s.quantity(k); !(q > 0) || math.IsInf(q, 0) {
				return fmt.Errorf("assortment: title %d sold %v copies at age %v; want a positive number", i, q, s.Age[k])
			}
		}
	}
	return nil
}

func (s Sales) quantity(k int) float64 {
	if s.Quantity == nil {
		return 1
	}
	return s.Quantity[k]
}

// Curve is the share of copies sold up to each age.
type Curve struct {
	Titles int       // watched through the whole horizon, sold or not
	Copies float64   // they sold within it
	Share  []float64 // of those copies, up to and including each age asked for; nil without copies
}

// Cumulated is the share of the copies sold up to the horizon (days) that had
// sold by each of the ages. Only titles watched from age 0 to the horizon count:
// younger ones would pull the curve to the left.
func Cumulated(s Sales, horizon float64, ages []float64) (Curve, error) {
	if err := s.check(); err != nil {
		return Curve{}, err
	}
	if !(horizon > 0) {
		return Curve{}, fmt.Errorf("assortment: horizon %v is not above 0 days", horizon)
	}
	var c Curve
	sold := make([]float64, len(ages))
	for i := range s.From {
		if s.From[i] > 0 || s.To[i] < horizon {
			continue
		}
		c.Titles++
		for k := s.Start[i]; k < s.Start[i+1]; k++ {
			if s.Age[k] > horizon {
				continue
			}
			c.Copies += s.quantity(k)
			for a, age := range ages {
				if s.Age[k] <= age {
					sold[a] += s.quantity(k)
				}
			}
		}
	}
	if c.Copies > 0 {
		for a := range sold {
			sold[a] /= c.Copies
		}
		c.Share = sold
	}
	return c, nil
}

// Decay is a fitted exponential decay of demand with age.
type Decay struct {
	Rate, RateSE  float64 // per day; the demand of a title at age t is proportional to e^(−Rate·t)
	HalfLife      float64 // days, ln 2 / Rate; 0 when Reason is given
	Low, High     float64 // interval of the half-life at Level; both 0 when HasInterval is false
	HasInterval   bool
	HighOpen      bool // the interval has no upper end: no decay at all is within it; High is then 0
	Level         float64
	Titles        int // with sales and a window
	Sales         int // sales of those titles
	Copies        float64
	LogLikelihood float64
	Iterations    int
	Reason        string // why there is no half-life; "" when there is
}

// FitDecay fits one half-life to all titles by maximum likelihood. Given how many
// copies a title sold in its window, the ages of its sales follow an exponential
// distribution cut to the window; so titles may differ in level and in how long
// they were watched without bias, and need no level of their own.
//
// The interval (level 0 means 0.95) is Wald's in the rate, its variance the
// sandwich with titles as clusters and Student's t with titles−1 degrees of
// freedom, so that lumps of copies and titles that fade at different rates widen
// it. With fewer than 30 titles it is rough.
func FitDecay(s Sales, level float64) (*Decay, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if level == 0 {
		level = .95
	}
	if !(level > 0 && level < 1) {
		return nil, fmt.Errorf("assortment: interval level %v is not between 0 and 1", level)
	}
	d := &Decay{Level: level}
	windows := s.windows(d)
	if d.Sales < 2 {
		d.Reason = "fewer than two sales within a window"
		return d, nil
	}
	if !d.solve(windows) {
		d.Reason = "all sales fall on an edge of their windows: no rate fits"
		return d, nil
	}
	d.spread(windows)
	if d.Rate <= 0 {
		d.HalfLife, d.Low, d.High, d.HasInterval, d.HighOpen = 0, 0, 0, false, false
		d.Reason = "demand does not fall with age"
	}
	return d, nil
}

// window is what the likelihood needs of one title: the days watched, copies,
// and the sum over copies of days since the window began.
type window struct{ width, copies, days float64 }

func (s Sales) windows(d *Decay) []window {
	var list []window
	for i := range s.From {
		w := window{width: s.To[i] - s.From[i]}
		for k := s.Start[i]; k < s.Start[i+1]; k++ {
			w.copies += s.quantity(k)
			w.days += s.quantity(k) * (s.Age[k] - s.From[i])
		}
		if w.width > 0 && w.copies > 0 {
			list = append(list, w)
			d.Titles++
			d.Sales += s.Start[i+1] - s.Start[i]
			d.Copies += w.copies
		}
	}
	// The sums below must not depend on the order of titles.
	slices.SortFunc(list, func(a, b window) int {
		for _, k := range [3][2]float64{{a.width, b.width}, {a.copies, b.copies}, {a.days, b.days}} {
			if k[0] < k[1] {
				return -1
			} else if k[0] > k[1] {
				return 1
			}
		}
		return 0
	})
	return list
}

// solve finds the root of the score, which falls with the rate: Newton's steps
// within a bracket. It says whether there is one.
func (d *Decay) solve(windows []window) bool {
	widest := 0.0
	var lowest, highest bool // some sale is off the near and the far edge
	for _, w := range windows {
		widest = max(widest, w.width)
		lowest = lowest || w.days > 0
		highest = highest || w.days < w.copies*w.width*(1-1e-12)
	}
	if !lowest || !highest {
		return false
	}
	low, high := -1/widest, 1/widest
	for at, _ := score(windows, low); at < 0; at, _ = score(windows, low) {
		low *= 2
	}
	for at, _ := score(windows, high); at > 0; at, _ = score(windows, high) {
		high *= 2
	}
	rate := 0.0
	for d.Iterations = 1; d.Iterations < 200; d.Iterations++ {
		value, information := score(windows, rate)
		if value > 0 {
			low = rate
		} else {
			high = rate
		}
		next := rate + value/information
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-rate) <= 1e-13*math.Abs(next)+1e-18 {
			break
		}
		rate = next
	}
	d.Rate = rate
	for _, w := range windows {
		d.LogLikelihood += w.copies*(logScale(rate*w.width)-math.Log(w.width)) - rate*w.days
	}
	return true
}

// spread fills in the standard error, the half-life and its interval.
func (d *Decay) spread(windows []window) {
	d.HalfLife = math.Ln2 / d.Rate
	var squares float64
	for _, w := range windows {
		mean, _ := cutMean(d.Rate * w.width)
		own := w.copies*w.width*mean - w.days
		squares += own * own
	}
	_, information := score(windows, d.Rate)
	if d.Titles < 2 || information <= 0 {
		return
	}
	g := float64(d.Titles)
	d.RateSE = math.Sqrt(squares*g/(g-1)) / information
	t := distuv.StudentsT{Sigma: 1, Nu: g - 1}.Quantile(.5 + d.Level/2)
	d.HasInterval = true
	d.Low = math.Ln2 / (d.Rate + t*d.RateSE)
	if slow := d.Rate - t*d.RateSE; slow > 0 {
		d.High = math.Ln2 / slow
	} else {
		d.HighOpen = true
	}
}

// score is the derivative of the log-likelihood in the rate, and its negative
// derivative.
func score(windows []window, rate float64) (value, information float64) {
	for _, w := range windows {
		mean, variance := cutMean(rate * w.width)
		value += w.copies*w.width*mean - w.days
		information += w.copies * w.width * w.width * variance
	}
	return value, information
}

// cutMean is the mean and variance of an exponential of rate u cut to [0, 1]:
// 1/u − 1/(e^u − 1) and 1/u² − e^u/(e^u − 1)². Near 0 both are differences of
// large numbers, so their series stand in.
func cutMean(u float64) (mean, variance float64) {
	if math.Abs(u) < .1 {
		s := u * u
		return .5 - u/12*(1-s/60*(1-s/42)), 1.0/12 - s/240*(1-s*5/126)
	}
	if u < 0 { // the mirror image
		mean, variance = cutMean(-u)
		return 1 - mean, variance
	}
	e := -math.Expm1(-u) // 1 − e^(−u)
	return 1/u - math.Exp(-u)/e, 1/(u*u) - math.Exp(-u)/(e*e)
}

// logScale is log(u/(1 − e^(−u))).
func logScale(u float64) float64 {
	switch {
	case math.Abs(u) < 1e-4:
		return u/2 - u*u/24
	case u < 0:
		return logScale(-u) + u
	}
	return math.Log(u / -math.Expm1(-u))
}
