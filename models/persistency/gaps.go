package persistency

import (
	"fmt"
	"math"
	"slices"
)

// All is the type of a row that holds all customers.
const All = math.MinInt

// GapQuantile says that a share of the gaps was at most Days long.
type GapQuantile struct {
	Share float64
	Days  float64 // active days when the type has a clock
}

// GapRow is how long customers of a type take from one purchase day to the
// next. Only gaps that ended are measured: the customers whose last gap is still
// open may take longer, or never come back.
type GapRow struct {
	Type       int // All for all together
	Buyers     int // customers with a purchase
	Repeaters  int // of them with a second
	RepeatRate float64
	Gaps       int
	Mean       float64
	Quantiles  []GapQuantile
	Reason     string // in words, when no gap ended
}

// InterPurchase measures the gaps by customer type up to asOf, all together in
// the last row when there are several types. A quantile is the least number of
// days within which at least that share had bought again. shares nil means .25,
// .5, .8 and .9.
func InterPurchase(h *History, types []int, clocks Clocks, asOf int, shares []float64) ([]GapRow, error) {
	kinds, err := h.kinds(types)
	if err != nil {
		return nil, err
	}
	if shares == nil {
		shares = []float64{0.25, 0.5, 0.8, 0.9}
	}
	for _, s := range shares {
		if !(s > 0 && s <= 1) {
			return nil, fmt.Errorf("%w: the share %v of a quantile must lie above 0 and not above 1", ErrValue, s)
		}
	}
	codes := distinct(kinds)
	rows, gaps := make([]GapRow, len(codes)), make([][]float64, len(codes))
	for k, code := range codes {
		rows[k].Type = code
	}
	for c, kind := range kinds {
		k, _ := slices.BinarySearch(codes, kind)
		days := h.Days(c, asOf)
		if len(days) > 0 {
			rows[k].Buyers++
		}
		if len(days) > 1 {
			rows[k].Repeaters++
		}
		gaps[k] = appendGaps(gaps[k], days, clocks[kind])
	}
	if len(codes) > 1 {
		all := GapRow{Type: All}
		var every []float64
		for k := range rows {
			all.Buyers, all.Repeaters = all.Buyers+rows[k].Buyers, all.Repeaters+rows[k].Repeaters
			every = append(every, gaps[k]...)
		}
		rows, gaps = append(rows, all), append(gaps, every)
	}
	for k := range rows {
		rows[k].measure(gaps[k], shares)
	}
	return rows, nil
}

func appendGaps(gaps []float64, days []int, clock *Clock) []float64 {
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, clock.Elapsed(days[i-1], days[i]))
	}
	return gaps
}

func (r *GapRow) measure(gaps []float64, shares []float64) {
	if r.Buyers > 0 {
		r.RepeatRate = float64(r.Repeaters) / float64(r.Buyers)
	}
	r.Gaps = len(gaps)
	if len(gaps) == 0 {
		r.Reason = "nobody bought a second time"
		return
	}
	slices.Sort(gaps)
	sum := 0.0
	for _, g := range gaps {
		sum += g
	}
	r.Mean = sum / float64(len(gaps))
	for _, s := range shares {
		// The tolerance keeps 0.8 · 5 = 4.000000000000001 from becoming 5.
		i := int(math.Ceil(s*float64(len(gaps))-1e-9)) - 1
		r.Quantiles = append(r.Quantiles, GapQuantile{Share: s, Days: gaps[max(i, 0)]})
	}
}
