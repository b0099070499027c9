package segment

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Transform is what is done to a feature before it is standardised.
type Transform string

// The transforms. Log1p is for counts and money with a long tail:
// sign(x)·log(1 + |x|/Unit), so that net returns keep their sign. Logit is for
// shares: log(x/(1 − x)) of x moved into [Clip, 1 − Clip]. A share of 0 or 1
// mostly says that there were few orders to take a share of; with a small Clip
// such customers lie far from all others and segments form around them.
const (
	Identity Transform = ""
	Log1p    Transform = "log1p"
	Logit    Transform = "logit"
)

// Missing is what stands in for a value that is not there.
type Missing string

// The rules for missing values. Median is that of the values present; Zero is
// the value 0 itself (a customer without returns has returned nothing); Refuse
// is an error that names the row.
const (
	Median Missing = ""
	Zero   Missing = "zero"
	Refuse Missing = "refuse"
)

// Words are one text in the two languages of the reports.
type Words struct{ EN, ZH string }

// Feature describes one column of the input.
type Feature struct {
	Name      string
	Transform Transform
	Unit      float64 // of Log1p: values are divided by it first; 0 means 1
	Clip      float64 // of Logit: shares stay so far from 0 and 1; 0 means 0.05
	Robust    bool    // median and interquartile range instead of mean and standard deviation
	Missing   Missing
	High, Low Words // what members of a segment are called that have much, or little, of it
}

// Data is the input: one feature and one column each, Columns[feature][row]. NaN
// is a missing value.
type Data struct {
	Features []Feature
	Columns  [][]float64
}

// Errors that Fit returns, wrapped with what was found.
var (
	ErrShape   = errors.New("segment: malformed input")
	ErrTooFew  = errors.New("segment: too few customers")
	ErrUniform = errors.New("segment: nothing varies")
	ErrValue   = errors.New("segment: unusable value")
)

// Scale is how one feature was brought to a common scale:
// z = (transformed − Center)/Spread.
type Scale struct {
	Feature        Feature
	Center, Spread float64 // of the transformed values
	Fill           float64 // transformed value that stands in for a missing one
	Missing        int     // values filled in
	Clipped        int     // shares moved to Clip or 1 − Clip
	Dropped        bool    // the feature takes no part
	Note           string  // why it was dropped, or scaled otherwise than asked; "" otherwise
}

// transform is the transformed value; clipped says that a share was moved.
func (f Feature) transform(x float64) (y float64, clipped bool, err error) {
	if math.IsInf(x, 0) {
		return 0, false, fmt.Errorf("%w: %s is %v", ErrValue, f.Name, x)
	}
	switch f.Transform {
	case Identity:
		return x, false, nil
	case Log1p:
		unit := f.Unit
		if unit == 0 {
			unit = 1
		}
		return math.Copysign(math.Log1p(math.Abs(x)/unit), x), false, nil
	case Logit:
		if x < 0 || x > 1 {
			return 0, false, fmt.Errorf("%w: %s is %v, not a share", ErrValue, f.Name, x)
		}
		clip := f.Clip
		if clip == 0 {
			clip = .05
		}
		p := min(max(x, clip), 1-clip)
		return math.Log(p / (1 - p)), p != x, nil
	}
	return 0, false, fmt.Errorf("segment: feature %s has the unknown transform %q", f.Name, f.Transform)
}

// column transforms one column, leaving NaN where values are missing.
func (s *Scale) column(values []float64) ([]float64, error) {
	f := s.Feature
	if !(f.Unit >= 0 && f.Unit <= math.MaxFloat64) || !(f.Clip >= 0 && f.Clip < .5) {
		return nil, fmt.Errorf("segment: feature %s has the unit %v and the clip %v", f.Name, f.Unit, f.Clip)
	}
	if f.Missing != Median && f.Missing != Zero && f.Missing != Refuse {
		return nil, fmt.Errorf("segment: feature %s has the unknown rule %q for missing values", f.Name, f.Missing)
	}
	out := make([]float64, len(values))
	for i, x := range values {
		if math.IsNaN(x) {
			if f.Missing == Refuse {
				return nil, fmt.Errorf("%w: %s is missing in row %d", ErrValue, f.Name, i)
			}
			s.Missing++
			out[i] = math.NaN()
			continue
		}
		y, clipped, err := f.transform(x)
		if err != nil {
			return nil, fmt.Errorf("%w (row %d)", err, i)
		}
		if clipped {
			s.Clipped++
		}
		out[i] = y
	}
	return out, nil
}

// fit measures centre and spread on the transformed values, filled in. All sums
// run over sorted values, so that the order of rows does not change a bit.
func (s *Scale) fit(values []float64) {
	sorted := make([]float64, 0, len(values))
	for _, y := range values {
		if !math.IsNaN(y) {
			sorted = append(sorted, y)
		}
	}
	if len(sorted) == 0 {
		s.drop("no values")
		return
	}
	slices.Sort(sorted)
	if s.Feature.Missing == Median {
		s.Fill = quantile(sorted, .5)
	} else if s.Missing > 0 {
		s.Fill, _, _ = s.Feature.transform(0)
	}
	if missing := len(values) - len(sorted); missing > 0 {
		at, _ := slices.BinarySearch(sorted, s.Fill)
		sorted = slices.Insert(sorted, at, slices.Repeat([]float64{s.Fill}, missing)...)
	}
	mean, deviation := moments(sorted)
	if sorted[0] == sorted[len(sorted)-1] || deviation <= 1e-12*math.Abs(mean) {
		s.drop("the same for all")
		return
	}
	s.Center, s.Spread = mean, deviation
	if s.Feature.Robust {
		// 1.349 is the interquartile range of the standard normal distribution.
		if r := (quantile(sorted, .75) - quantile(sorted, .25)) / 1.349; r > 1e-12*math.Abs(mean) {
			s.Center, s.Spread = quantile(sorted, .5), r
		} else {
			s.Note = "half of the values are equal: scaled by mean and standard deviation"
		}
	}
}

func (s *Scale) drop(why string) { s.Dropped, s.Note = true, "dropped: "+why }

// z standardises one raw value.
func (s *Scale) z(x float64) (float64, error) {
	y := s.Fill
	if !math.IsNaN(x) {
		var err error
		if y, _, err = s.Feature.transform(x); err != nil {
			return 0, err
		}
	} else if s.Feature.Missing == Refuse {
		return 0, fmt.Errorf("%w: %s is missing", ErrValue, s.Feature.Name)
	}
	return (y - s.Center) / s.Spread, nil
}

// moments are the mean and the standard deviation (divisor n).
func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	sum := 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sum / float64(len(values)))
}

// quantile interpolates linearly between the order statistics (type 7 of Hyndman
// & Fan 1996).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	k := int(at)
	if k+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}

// standardise brings all columns to scale. The points hold the features that
// were not dropped, in order.
func standardise(d Data, robust bool) ([]Scale, points, error) {
	if len(d.Features) != len(d.Columns) {
		return nil, points{}, fmt.Errorf("%w: %d features, %d columns", ErrShape, len(d.Features), len(d.Columns))
	}
	if len(d.Features) == 0 {
		return nil, points{}, fmt.Errorf("%w: no features", ErrShape)
	}
	n := len(d.Columns[0])
	scales, kept := make([]Scale, len(d.Features)), make([][]float64, 0, len(d.Features))
	for c, values := range d.Columns {
		s := &scales[c]
		s.Feature = d.Features[c]
		s.Feature.Robust = s.Feature.Robust || robust
		if len(values) != n {
			return nil, points{}, fmt.Errorf("%w: %s has %d rows, %s %d", ErrShape, s.Feature.Name, len(values), d.Features[0].Name, n)
		}
		transformed, err := s.column(values)
		if err != nil {
			return nil, points{}, err
		}
		if s.fit(transformed); s.Dropped {
			continue
		}
		for i, y := range transformed {
			if math.IsNaN(y) {
				y = s.Fill
			}
			transformed[i] = (y - s.Center) / s.Spread
		}
		kept = append(kept, transformed)
	}
	p := points{n: n, d: len(kept), x: make([]float64, n*len(kept))}
	for c, z := range kept {
		for i, v := range z {
			p.x[i*p.d+c] = v
		}
	}
	return scales, p, nil
}
