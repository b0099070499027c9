package churn

import (
	"math"

	"verso/models/propensity"
)

const (
	yearDays    = 365
	seasonDays  = 46  // rows of a year ago are those of origins within so many days
	leastSeason = 200 // rows it takes to tell a season from chance
	leastEach   = 20  // of each outcome
)

// recalibrate moves all odds by the factor that was missing a year before: in the
// rows of the same season the model's mean probability is made what came true.
// Without a year of outcomes see Level.
func (f *Fitted) recalibrate(d *Data, day int, rows, until []int, y []float64) error {
	ref := pick(rows, func(k int) bool {
		o := d.Origin[rows[k]]
		return o >= day-yearDays-seasonDays && o <= day-yearDays+seasonDays && until[k] == d.Until[rows[k]]
	})
	if f.Season = enough(y, ref); !f.Season {
		return nil
	}
	r, u, sum := make([]int, len(ref)), make([]int, len(ref)), 0.0
	for n, k := range ref {
		r[n], u[n] = rows[k], until[k]
		sum += y[k]
	}
	x := d.table(r, u)
	for _, kind := range Kinds() {
		p, err := f.Model.Of(kind, f.Slope[kind], 0).Score(x)
		if err != nil {
			return err
		}
		if f.Shift[kind], err = propensity.RateShift(p, nil, sum/float64(len(ref))); err != nil {
			return err
		}
	}
	return nil
}

// Level is the model of a kind with its odds moved for the rows that it is to score.
// Where a season of a year before is known, by its factor. Else, on a short
// history, learners mistake customers who came early for all others, and a
// buy-till-you-die model, which knows tenure but neither origins nor seasons, errs
// otherwise: the mean log-odds are put between the two, nearer to the learner the
// larger the part of a year is that it has seen.
func (f *Fitted) Level(d *Data, kind string, rows []int) (*Model, error) {
	m := f.Model.Of(kind, f.Slope[kind], f.Shift[kind])
	if f.Season {
		return m, nil
	}
	none := d.none(rows)
	if len(rows) == 0 || none == nil {
		return m, nil
	}
	p, err := m.Score(d.table(rows, d.ends(rows)))
	if err != nil {
		return nil, err
	}
	own, other := mean(p), mean(none)
	seen := math.Min(1, float64(f.History)/yearDays)
	m.Shift, err = propensity.RateShift(p, nil, sigmoid(seen*logit(own)+(1-seen)*logit(other)))
	return m, err
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func pick(rows []int, keep func(k int) bool) []int {
	var out []int
	for k := range rows {
		if keep(k) {
			out = append(out, k)
		}
	}
	return out
}

func enough(y []float64, rows []int) bool {
	var ones int
	for _, k := range rows {
		if y[k] == 1 {
			ones++
		}
	}
	return len(rows) >= leastSeason && ones >= leastEach && len(rows)-ones >= leastEach
}
