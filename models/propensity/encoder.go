package propensity

import "math"

// Term is one coefficient of a logistic regression: a number, one level of a
// categorical feature, or "the number is missing".
type Term struct {
	Feature string  `json:"feature"`
	Level   string  `json:"level,omitempty"` // of a categorical feature
	Kind    string  `json:"kind"`            // "number", "level", "other" (any level not named), "missing"
	Center  float64 `json:"center"`          // of a number: its mean
	Step    float64 `json:"step"`            // of a number: its standard deviation; else 1
	Mean    float64 `json:"mean"`            // share of training rows with the term; 0 for a number
	Beta    float64 `json:"beta"`            // change of the log-odds per unit of the number, or with the level
	SE      float64 `json:"se"`              // standard error of Beta, 0 when the L1 penalty removed the term
	Z       float64 `json:"z"`
	P       float64 `json:"p"`          // two-sided, of Beta = 0
	Odds    float64 `json:"odds_ratio"` // exp(Beta·Step): per standard deviation of a number
	OddsLow float64 `json:"odds_low"`   // 95 % interval
	OddsTop float64 `json:"odds_high"`
}

// Kinds of terms.
const (
	numberTerm  = "number"
	levelTerm   = "level"
	otherTerm   = "other"
	missingTerm = "missing"
)

// none is the place of a term that does not exist: the entry has the value 0.
const none = -1

// column says which terms the values of a feature stand for.
type column struct {
	feature Feature
	number  int   // term of a number, or none
	missing int   // term of a missing value, or none
	level   []int // terms by code of a level, the last for any other; none where left out
}

// encoder turns a row into one entry a feature: a place among the terms and a
// value, which is the number of standard deviations from the mean, or 1.
type encoder struct {
	terms   []Term
	columns []column
}

// newEncoder looks at the sample. reference leaves out the most frequent level
// of each categorical feature; numbers that do not vary have no term.
func newEncoder(s Sample, levels int, reference bool) *encoder {
	e := &encoder{}
	var total float64
	for i := range s.Y {
		total += s.weight(i)
	}
	for _, c := range s.X {
		if c.Levels != nil {
			e.addLevels(c, s, levels, reference)
		} else {
			e.addNumber(c, s)
		}
	}
	for k, c := range s.X {
		known := newLevelIndex(e.columns[k].feature.Levels)
		for i := range s.Y {
			if at, _ := e.entry(k, c, i, &known); at != none && e.terms[at].Kind != numberTerm {
				e.terms[at].Mean += s.weight(i) / total
			}
		}
	}
	return e
}

func (s Sample) weight(i int) float64 {
	if s.W == nil {
		return 1
	}
	return s.W[i]
}

func (e *encoder) addNumber(c Column, s Sample) {
	var weight, sum, square float64
	missing := false
	for i, v := range c.Numbers {
		if math.IsNaN(v) {
			missing = true
			continue
		}
		weight += s.weight(i)
		sum += s.weight(i) * v
	}
	mean := sum / weight
	for i, v := range c.Numbers {
		if !math.IsNaN(v) {
			square += s.weight(i) * (v - mean) * (v - mean)
		}
	}
	out := column{feature: Feature{Name: c.Name}, number: none, missing: none}
	if sd := math.Sqrt(square / weight); weight > 0 && sd > 1e-12*math.Abs(mean) && !math.IsInf(sd, 0) {
		out.number = e.add(Term{Feature: c.Name, Kind: numberTerm, Center: mean, Step: sd})
	}
	if missing && weight > 0 {
		out.missing = e.add(Term{Feature: c.Name, Kind: missingTerm, Step: 1})
	}
	e.columns = append(e.columns, out)
}

func (e *encoder) addLevels(c Column, s Sample, levels int, reference bool) {
	names, all := topLevels(c.Levels, s.W, levels)
	out := column{feature: Feature{Name: c.Name, Categorical: true, Levels: names}, number: none, missing: none}
	for k, name := range names {
		at := none
		if k > 0 || !reference {
			at = e.add(Term{Feature: c.Name, Level: name, Kind: levelTerm, Step: 1})
		}
		out.level = append(out.level, at)
	}
	other := none
	if all > len(names) {
		other = e.add(Term{Feature: c.Name, Kind: otherTerm, Step: 1})
	}
	out.level = append(out.level, other)
	for _, v := range c.Levels {
		if v == "" && len(names) > 0 {
			out.missing = e.add(Term{Feature: c.Name, Kind: missingTerm, Step: 1})
			break
		}
	}
	e.columns = append(e.columns, out)
}

func (e *encoder) add(t Term) int {
	e.terms = append(e.terms, t)
	return len(e.terms) - 1
}

// entry is the term and value of row i of column k, whose levels are known.
func (e *encoder) entry(k int, c Column, i int, known *levelIndex) (at int, value float64) {
	col := &e.columns[k]
	if c.Levels == nil {
		v := c.Numbers[i]
		if math.IsNaN(v) {
			return col.missing, 1
		}
		if col.number == none {
			return none, 0
		}
		t := &e.terms[col.number]
		return col.number, (v - t.Center) / t.Step
	}
	v := c.Levels[i]
	if v == "" {
		return col.missing, 1
	}
	return col.level[known.find(v)], 1
}

// design holds the entries of all rows, one a feature, row by row. Term none
// has become place 0 (the intercept's) with value 0.
type design struct {
	width int // entries a row
	rows  int
	at    []int32 // place 1+term
	value []float64
}

func (e *encoder) design(x Table) *design {
	d := &design{width: len(x), rows: x.Rows()}
	d.at, d.value = make([]int32, d.rows*d.width), make([]float64, d.rows*d.width)
	known := make([]levelIndex, len(x))
	for k := range x {
		known[k] = newLevelIndex(e.columns[k].feature.Levels)
	}
	eachChunk(d.rows, workersOr(0), func(_, from, to int) {
		for k, c := range x {
			for i := from; i < to; i++ {
				if at, v := e.entry(k, c, i, &known[k]); at != none {
					d.at[i*d.width+k], d.value[i*d.width+k] = int32(at+1), v
				}
			}
		}
	})
	return d
}

func (d *design) row(i int) ([]int32, []float64) {
	return d.at[i*d.width : (i+1)*d.width], d.value[i*d.width : (i+1)*d.width]
}

// dot is the margin of row i for coefficients with the intercept first.
func (d *design) dot(i int, b []float64) float64 {
	sum := b[0]
	at, value := d.row(i)
	for k, j := range at {
		sum += b[j] * value[k]
	}
	return sum
}
