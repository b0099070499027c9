package metric

import (
	"fmt"
	"math"
)

// Forecast is a Ranking whose scores are probabilities, so that their size can
// be judged and not only their order.
type Forecast struct{ *Ranking }

// NewForecast is NewRanking for probabilities from 0 to 1.
func NewForecast(y, p, w []float64) (*Forecast, error) {
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("%w: probability %v in row %d is not within 0 to 1", ErrValue, v, i)
		}
	}
	r, err := NewRanking(y, p, w)
	if err != nil {
		return nil, err
	}
	return &Forecast{r}, nil
}

// Reweight is the same forecast with other weights; see Ranking.Reweight.
func (f *Forecast) Reweight(w []float64) (*Forecast, error) {
	r, err := f.Ranking.Reweight(w)
	if err != nil {
		return nil, err
	}
	return &Forecast{r}, nil
}

// logLossFloor keeps a wrong certainty finite: it costs ln(1e15) = 34.5.
const logLossFloor = 1e-15

// LogLoss is the weighted mean of −ln of the probability given to what
// happened, with probabilities kept within 1e-15 of 0 and 1.
func (f *Forecast) LogLoss() float64 {
	var sum float64
	for _, g := range f.groups {
		p := min(max(f.score[f.order[g.from]], logLossFloor), 1-logLossFloor)
		sum -= g.pos*math.Log(p) + g.neg*math.Log1p(-p)
	}
	return sum / (f.pos + f.neg)
}

// Brier is the weighted mean of (p − y)².
func (f *Forecast) Brier() float64 {
	var sum float64
	for _, g := range f.groups {
		p := f.score[f.order[g.from]]
		sum += g.pos*(1-p)*(1-p) + g.neg*p*p
	}
	return sum / (f.pos + f.neg)
}

// CalibrationBin compares the forecasts of one bin with what happened.
type CalibrationBin struct {
	Low, High float64 // smallest and largest probability in the bin
	Rows      int     // rows, whatever their weight
	Weight    float64
	Mean      float64 // mean probability
	Rate      float64 // share of outcome 1
}

// Calibration cuts the rows by probability into at most n bins of equal weight.
// Equal probabilities share a bin (the one their middle rank falls into), so
// bins can differ in size and empty ones are left out.
func (f *Forecast) Calibration(n int) ([]CalibrationBin, error) {
	if n < 1 {
		return nil, fmt.Errorf("%w: calibration needs at least 1 bin, not %d", ErrValue, n)
	}
	var bins []CalibrationBin
	total, before, last := f.pos+f.neg, 0.0, -1
	for k := len(f.groups) - 1; k >= 0; k-- {
		g := f.groups[k]
		all := g.pos + g.neg
		if all == 0 {
			continue
		}
		p := f.score[f.order[g.from]]
		at := min(n-1, int(float64(n)*(before+all/2)/total))
		if at != last {
			bins = append(bins, CalibrationBin{Low: p})
			last = at
		}
		b := &bins[len(bins)-1]
		b.High = p
		b.Rows += g.to - g.from
		b.Weight += all
		b.Mean += all * p // sums until the end
		b.Rate += g.pos
		before += all
	}
	for i := range bins {
		bins[i].Mean /= bins[i].Weight
		bins[i].Rate /= bins[i].Weight
	}
	return bins, nil
}

// ECE is the expected calibration error: the weighted mean over n bins of equal
// count of |mean probability − rate|. 10 bins are customary.
func (f *Forecast) ECE(n int) (float64, error) {
	bins, err := f.Calibration(n)
	if err != nil {
		return 0, err
	}
	var sum float64
	for _, b := range bins {
		sum += b.Weight * math.Abs(b.Mean-b.Rate)
	}
	return sum / (f.pos + f.neg), nil
}

// BrierParts splits the Brier score over the bins of Calibration:
// Brier = Reliability − Resolution + Uncertainty + Within (Murphy 1973; the
// within-bin part after Stephenson, Coelho and Jolliffe 2008, without which
// the parts do not add up when a bin holds different probabilities).
type BrierParts struct {
	Brier       float64
	Reliability float64 // mean squared distance of forecast and rate by bin; 0 is perfect
	Resolution  float64 // variance of the rates between bins; more is better
	Uncertainty float64 // base rate · (1 − base rate): no model changes it
	Within      float64 // variance of the forecasts within bins less twice their covariance with the outcome
}

// BrierParts decomposes the Brier score over n bins of equal count.
func (f *Forecast) BrierParts(n int) (BrierParts, error) {
	bins, err := f.Calibration(n)
	if err != nil {
		return BrierParts{}, err
	}
	total, base := f.pos+f.neg, f.BaseRate()
	parts := BrierParts{Brier: f.Brier(), Uncertainty: base * (1 - base)}
	for _, b := range bins {
		parts.Reliability += b.Weight * (b.Mean - b.Rate) * (b.Mean - b.Rate) / total
		parts.Resolution += b.Weight * (b.Rate - base) * (b.Rate - base) / total
	}
	k := 0
	for i := len(f.groups) - 1; i >= 0; i-- {
		g := f.groups[i]
		all, p := g.pos+g.neg, f.score[f.order[g.from]]
		if all == 0 {
			continue
		}
		for p > bins[k].High {
			k++
		}
		d := p - bins[k].Mean
		// Σ d·(y − rate) over the group: d·(pos − rate·all).
		parts.Within += (all*d*d - 2*d*(g.pos-bins[k].Rate*all)) / total
	}
	return parts, nil
}
