package clv

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// Validation compares predictions made at the as-of date with what came after.
type Validation struct {
	Customers   int
	Length      float64 // of the holdout, in units
	Actual      float64 // purchases in the holdout
	Expected    float64
	Model       Accuracy
	Naive       Accuracy         // x·Length/T: everyone goes on as before
	Grade       Grade            // of the model against the naive baseline
	ByFrequency []FrequencyClass // conditional expectations
	Coverage    float64          // share of customers within their prediction interval; at least Level when the model holds, as counts are discrete
	Level       float64          // of the interval, 0.8
}

// Accuracy is how close the predictions of customers come.
type Accuracy struct {
	Bias        float64 // expected / actual − 1 over all customers; 0 when there was nothing to expect
	MAE, RMSE   float64 // of a customer's purchases
	Correlation float64
	TopDecile   float64 // share of all holdout purchases made by the tenth of customers predicted to buy most
}

// FrequencyClass is the customers with From to To repeat purchases.
type FrequencyClass struct {
	From, To         float64 // To is the largest seen in the last class
	Customers        int
	Actual, Expected float64 // mean purchases a customer in the holdout
}

// Validate scores the model on a holdout: purchases[i] is what customer i bought
// in the length of time after T. c has one customer a row: weights are refused.
func (m *Model) Validate(c Customers, purchases []float64, length float64) (*Validation, error) {
	switch {
	case len(purchases) != len(c.X):
		return nil, ErrShape
	case len(c.X) == 0:
		return nil, ErrEmpty
	case c.Weight != nil:
		return nil, errors.New("clv: a validation wants one customer a row, without weights")
	}
	for i, v := range purchases {
		if !finite(v) || v < 0 {
			return nil, &RowError{i, fmt.Sprintf("%v purchases in the holdout; want a number, not negative", v)}
		}
	}
	v := &Validation{Customers: len(c.X), Length: length, Level: 0.8, Actual: totalOf(purchases)}
	s, err := m.Score(c, ScoreOptions{Horizon: length, Level: v.Level})
	if err != nil {
		return nil, err
	}
	v.Expected = totalOf(s.Expected)
	naive := make([]float64, len(c.X))
	inside := 0
	for i := range naive {
		if c.T[i] > 0 {
			naive[i] = c.X[i] * length / c.T[i]
		}
		if purchases[i] >= float64(s.Low[i]) && purchases[i] <= float64(s.High[i]) {
			inside++
		}
	}
	v.Coverage = float64(inside) / float64(len(naive))
	v.Model, v.Naive = accuracy(s.Expected, purchases), accuracy(naive, purchases)
	if v.Grade, err = GradeAgainst(s.Expected, naive, purchases, 0.2); err != nil {
		return nil, err
	}
	v.ByFrequency = byFrequency(c.X, s.Expected, purchases)
	return v, nil
}

func accuracy(predicted, actual []float64) Accuracy {
	var a Accuracy
	n := float64(len(actual))
	for i, p := range predicted {
		a.MAE += math.Abs(p-actual[i]) / n
		a.RMSE += (p - actual[i]) * (p - actual[i]) / n
	}
	a.RMSE = math.Sqrt(a.RMSE)
	if total := totalOf(actual); total > 0 {
		a.Bias = totalOf(predicted)/total - 1
		var captured float64
		for i, share := range topShare(predicted, 0.1) {
			captured += share * actual[i]
		}
		a.TopDecile = captured / total
	}
	a.Correlation = newPairs(predicted, actual, nil).correlation()
	return a
}

// topShare is 1 for the customers in the top share of the values, 0 for the
// others, and the same fraction for all who tie at its edge, so that the order
// of the customers does not matter.
func topShare(values []float64, share float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] > values[order[b]] })
	room := share * float64(len(values))
	in := make([]float64, len(values))
	for from := 0; from < len(order) && room > 0; {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		part := min(room/float64(to-from), 1)
		for _, i := range order[from:to] {
			in[i] = part
		}
		room -= float64(to - from)
		from = to
	}
	return in
}

// byFrequency is the conditional expectation for x = 0 … 6 and 7 or more.
func byFrequency(x, expected, actual []float64) []FrequencyClass {
	const last = 7
	classes := make([]FrequencyClass, last+1)
	for i, v := range x {
		k := int(min(v, last))
		f := &classes[k]
		f.Customers++
		f.From, f.To = float64(k), max(f.To, v)
		f.Actual += actual[i]
		f.Expected += expected[i]
	}
	list := classes[:0]
	for _, f := range classes {
		if f.Customers > 0 {
			f.Actual /= float64(f.Customers)
			f.Expected /= float64(f.Customers)
			list = append(list, f)
		}
	}
	return list
}

// Grade compares how many high-value customers two predictions find.
type Grade struct {
	Letter   string  // A: at least 5 % more than the baseline; B: 0 to 5 %; C: fewer
	Share    float64 // the share of customers called high-value
	Found    float64 // high-value customers among as many predicted to be; ties count in parts
	Baseline float64 // the same by the baseline
	More     float64 // Found / Baseline − 1; 0 when the baseline finds none
}

// GradeAgainst grades a prediction of value by the gate that Dynamics 365
// Customer Insights uses for lifetime value: the customers who became the top
// share by actual value, found among the top share by prediction, against a
// naive baseline (past rate × horizon × overall retention, of which only the
// first matters for an order). All three slices have one element a customer.
func GradeAgainst(predicted, baseline, actual []float64, share float64) (Grade, error) {
	if len(predicted) != len(actual) || len(baseline) != len(actual) {
		return Grade{}, ErrShape
	}
	if !(share > 0 && share < 1) {
		return Grade{}, fmt.Errorf("clv: a share of %v high-value customers; want more than 0 and less than 1", share)
	}
	truth := topShare(actual, share)
	found := func(v []float64) (sum float64) {
		for i, in := range topShare(v, share) {
			sum += in * truth[i]
		}
		return sum
	}
	g := Grade{Letter: "C", Share: share, Found: found(predicted), Baseline: found(baseline)}
	if g.Baseline > 0 {
		g.More = g.Found/g.Baseline - 1
	}
	switch {
	case g.Found >= 1.05*g.Baseline && g.Found > 0:
		g.Letter = "A"
	case g.Found >= g.Baseline:
		g.Letter = "B"
	}
	return g, nil
}

// Histogram compares how many customers made 0, 1, … repeat purchases with how
// many the model expects.
type Histogram struct {
	Observed, Expected []float64 // customers with 0, 1, … repeats; the last element is "as many or more"
	ChiSquare          float64
	DF                 int     // classes − 1 − parameters; the test needs at least 1
	P                  float64 // of the χ² test; 1 where DF is below 1
}

// Histogram makes the classes 0 … last−1 and last or more; classes at the end
// are joined until each expects five customers.
func (m *Model) Histogram(c Customers, last int) (*Histogram, error) {
	if last < 1 {
		return nil, fmt.Errorf("clv: a histogram to %d purchases; want at least 1", last)
	}
	if len(c.X) == 0 {
		return nil, ErrEmpty
	}
	if err := c.validate(m.Kind); err != nil {
		return nil, err
	}
	// Only T and the covariates matter for what is expected.
	starts := c
	starts.X, starts.Tx = make([]float64, len(c.X)), make([]float64, len(c.X))
	u, _ := Unique(starts)
	parts := make([][]float64, len(u.X))
	fresh := func(i int) History { return History{Purchase: u.at(i).Purchase, Dropout: u.at(i).Dropout} }
	if _, err := m.At(fresh(0)); err != nil {
		return nil, err
	}
	inParallel(len(u.X), func(i int) { parts[i] = m.at(fresh(i)).Probabilities(u.T[i], last-1) })
	h := &Histogram{Observed: make([]float64, last+1), Expected: make([]float64, last+1), P: 1}
	for i, list := range parts {
		rest := 1.0
		for k, v := range list {
			h.Expected[k] += u.Weight[i] * v
			rest -= v
		}
		h.Expected[last] += u.Weight[i] * rest
	}
	for i, x := range c.X {
		h.Observed[int(min(x, float64(last)))] += c.weight(i)
	}
	h.test(len(m.Base) + len(m.PurchaseEffects) + len(m.DropoutEffects[0]) + len(m.DropoutEffects[1]))
	return h, nil
}

func (h *Histogram) test(parameters int) {
	for n := len(h.Expected); n > 1 && h.Expected[n-1] < 5; n-- {
		h.Expected[n-2] += h.Expected[n-1]
		h.Observed[n-2] += h.Observed[n-1]
		h.Expected, h.Observed = h.Expected[:n-1], h.Observed[:n-1]
	}
	for k, e := range h.Expected {
		if e > 0 {
			h.ChiSquare += (h.Observed[k] - e) * (h.Observed[k] - e) / e
		}
	}
	h.DF = len(h.Expected) - 1 - parameters
	if h.DF >= 1 {
		h.P = mathext.GammaIncRegComp(float64(h.DF)/2, h.ChiSquare/2)
	}
}
