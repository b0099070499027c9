package propensity

import "math"

// Term is one coefficient of a logistic regression: a number, one level of a
// categorical feature, or "the number is missing".
type Term struct {
	Feature string  `json:"feature"`
	Level   string  `json:"level,omitempty"` // of a categorical feature
	Kind    string  `json:"kind"`            // "number", "log" (±ln(1+|number|/Scale)), "level", "other" (any level not named), "missing"
	Scale   float64 `json:"scale,omitempty"` // of a log
	Center  float64 `json:"center"`          // of a number or log: its mean
	Step    float64 `json:"step"`            // of a number or log: its standard deviation; else 1
	Mean    float64 `json:"mean"`            // share of training rows with the term; 0 for a number or log
	Beta    float64 `json:"beta"`            // change of the log-odds per unit of the number or log, or with the level
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
	logTerm     = "log"
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
func newEncoder(s Sample, o LogisticOptions) *encoder {
	e := &encoder{}
	var total float64
	for i := range s.Y {
		total += s.weight(i)
	}
	for _, c := range s.X {
		if c.Levels != nil {
			e.addLevels(c, s, o.Levels, o.Reference)
		} else {
			e.addNumber(c, s, o.Logs)
		}
	}
	for k, c := range s.X {
		known := newLevelIndex(e.columns[k].feature.Levels)
		for i := range s.Y {
			if at, _ := e.entry(k, c, i, &known); at != none && e.columns[k].number != at {
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

func (e *encoder) addNumber(c Column, s Sample, logs bool) {
	t, m := s.number(c, logs)
	out := column{feature: Feature{Name: c.Name}, number: none, missing: none}
	if m.weight > 0 && m.sd > 1e-12*math.Abs(m.mean) && !math.IsInf(m.sd, 0) {
		t.Center, t.Step = m.mean, m.sd
		out.number = e.add(t)
	}
	if m.missing && m.weight > 0 {
		out.missing = e.add(Term{Feature: c.Name, Kind: missingTerm, Step: 1})
	}
	e.columns = append(e.columns, out)
}

// number is the term of a column of numbers, its log where that is asked for and
// lessens a large skewness.
func (s Sample) number(c Column, logs bool) (Term, moments) {
	t := Term{Feature: c.Name, Kind: numberTerm}
	m := s.moments(c.Numbers, &t)
	if !logs || !(math.Abs(m.skew) > skewed) {
		return t, m
	}
	l := Term{Feature: c.Name, Kind: logTerm, Scale: s.middleSize(c.Numbers)}
	if l.Scale > 0 {
		if in := s.moments(c.Numbers, &l); math.Abs(in.skew) < math.Abs(m.skew) {
			return l, in
		}
	}
	return t, m
}

// LongTailed says whether LogisticOptions.Logs would take the logs of a column. w
// is the weight of each row; nil: 1 each.
func LongTailed(c Column, w []float64) bool {
	if c.Levels != nil {
		return false
	}
	t, _ := Sample{W: w}.number(c, true)
	return t.Kind == logTerm
}

// skewed is the skewness from which a number may enter as its log: that of an
// exponential distribution is 2.
const skewed = 2

// moments are those of the numbers there are, as a term sees them.
type moments struct {
	weight, mean, sd, skew float64
	missing                bool
}

func (s Sample) moments(v []float64, t *Term) moments {
	var m moments
	var sum float64
	for i, x := range v {
		if math.IsNaN(x) {
			m.missing = true
			continue
		}
		m.weight += s.weight(i)
		sum += s.weight(i) * t.seen(x)
	}
	m.mean = sum / m.weight
	var square, cube float64
	for i, x := range v {
		if !math.IsNaN(x) {
			d := t.seen(x) - m.mean
			square += s.weight(i) * d * d
			cube += s.weight(i) * d * d * d
		}
	}
	m.sd = math.Sqrt(square / m.weight)
	if m.sd > 0 {
		m.skew = cube / m.weight / (m.sd * m.sd * m.sd)
	}
	return m
}

// seen is the number as the term sees it, before it is standardised.
func (t *Term) seen(v float64) float64 {
	if t.Kind != logTerm {
		return v
	}
	return math.Copysign(math.Log1p(math.Abs(v)/t.Scale), v)
}

// middleSize is the median size of the numbers that are not 0, in whose units the
// log is taken, so that the unit of money does not matter. 0: none.
func (s Sample) middleSize(v []float64) float64 {
	sizes := make([]float64, len(v))
	for i, x := range v {
		if sizes[i] = math.Abs(x); x == 0 {
			sizes[i] = math.NaN()
		}
	}
	values, weights := distinct(sizes, s.W)
	var total, sum float64
	for _, w := range weights {
		total += w
	}
	for k, w := range weights {
		if sum += w; sum >= total/2 {
			return values[k]
		}
	}
	return 0
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
		return col.number, (t.seen(v) - t.Center) / t.Step
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
