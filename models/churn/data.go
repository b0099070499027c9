package churn

import (
	"math"
	"sort"

	"verso/models/propensity"
)

// Data are customers at origins, one element a row in every slice: in order of
// origin, then of customer. Days are since 1970-01-01.
type Data struct {
	Customer []int64
	Origin   []int
	Kind     []int     // place in Kinds
	Kinds    []string  // customer types
	Until    []int     // last day of the horizon
	Next     []float64 // day of the next order; NaN: none up to the as-of date
	First    int       // day of the first order of all; 0: the first origin
	X        propensity.Table
	// Y is the outcome over the whole horizon of an event other than no order. A row is
	// then learned from only once its horizon has ended. nil: the outcome is by Next.
	Y []float64
	// None is the probability of no order up to a day by a buy-till-you-die model
	// of the origin of a row; NaN where there is none. nil: there is no such model.
	None func(row, until int) float64
}

// Names of the columns that are added to the features.
const (
	NoneColumn   = "btyd"   // log-odds of None
	WindowColumn = "window" // ln of the part of the horizon that is looked at: 0 for all of it
	TypeColumn   = "customer_type"
)

// partHorizon is the part of a horizon that must have passed for a row to be
// learned from before all of it has.
const partHorizon = .5

// began is the day on which the history begins.
func (d *Data) began() int {
	if d.First != 0 || len(d.Origin) == 0 {
		return d.First
	}
	return d.Origin[0]
}

// Rows is the number of rows.
func (d *Data) Rows() int { return len(d.Customer) }

// Outcome is 1 for a row whose customer did not order after the origin up to a
// day, else 0; with Y that of the row, whatever the day.
func (d *Data) Outcome(row, until int) float64 {
	if d.Y != nil {
		return d.Y[row]
	}
	if d.Next[row] <= float64(until) { // false for NaN
		return 0
	}
	return 1
}

// At are the rows of an origin.
func (d *Data) At(origin int) []int {
	from, to := sort.SearchInts(d.Origin, origin), sort.SearchInts(d.Origin, origin+1)
	rows := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, i)
	}
	return rows
}

// known are the rows of earlier origins of which a day knows the outcome, the part
// of the horizon that had passed then, and that outcome. A row of which less than
// half the horizon has passed is not among them.
func (d *Data) known(day int) (rows, until []int, y []float64) {
	for i, o := range d.Origin {
		if o >= day {
			break
		}
		end := min(d.Until[i], day)
		if d.Y != nil && end < d.Until[i] || float64(end-o) < partHorizon*float64(d.Until[i]-o) {
			continue
		}
		rows, until, y = append(rows, i), append(until, end), append(y, d.Outcome(i, end))
	}
	return rows, until, y
}

// Known are the rows of origins up to the last whose whole horizon has ended by a
// day, with their features and outcomes.
func (d *Data) Known(last, day int) (rows []int, s propensity.Sample) {
	for i, until := range d.Until {
		if d.Origin[i] <= last && until <= day {
			rows, s.Y = append(rows, i), append(s.Y, d.Outcome(i, until))
		}
	}
	for _, c := range d.table(rows, d.ends(rows)) {
		if c.Name != WindowColumn {
			s.X = append(s.X, c)
		}
	}
	return rows, s
}

// table is the features of rows of which so much of the horizon is looked at.
func (d *Data) table(rows, until []int) propensity.Table {
	x := d.X.Take(rows)
	none := propensity.Column{Name: NoneColumn, Numbers: make([]float64, len(rows))}
	window := propensity.Column{Name: WindowColumn, Numbers: make([]float64, len(rows))}
	kind := propensity.Column{Name: TypeColumn, Levels: make([]string, len(rows))}
	for k, i := range rows {
		none.Numbers[k] = math.NaN()
		if d.None != nil {
			if p := d.None(i, until[k]); !math.IsNaN(p) {
				none.Numbers[k] = logit(p)
			}
		}
		window.Numbers[k] = math.Log(float64(until[k]-d.Origin[i]) / float64(d.Until[i]-d.Origin[i]))
		if kind.Levels[k] = d.Kinds[d.Kind[i]]; kind.Levels[k] == "" {
			kind.Levels[k] = "(none)"
		}
	}
	return append(x, none, window, kind)
}

// Whole is the features of all rows of an origin over their whole horizon.
func (d *Data) Whole(origin int) (rows []int, x propensity.Table) {
	rows = d.At(origin)
	return rows, d.table(rows, d.ends(rows))
}

func (d *Data) ends(rows []int) []int {
	out := make([]int, len(rows))
	for k, i := range rows {
		out[k] = d.Until[i]
	}
	return out
}

// Usable drops the columns that say nothing in a table: missing or one value in
// every row.
func Usable(x propensity.Table) propensity.Table {
	var out propensity.Table
	for _, c := range x {
		if c.Levels != nil {
			for _, level := range c.Levels {
				if level != c.Levels[0] {
					out = append(out, c)
					break
				}
			}
			continue
		}
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range c.Numbers {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
		if low < high {
			out = append(out, c)
		}
	}
	return out
}
