package churn

import (
	"context"
	"errors"
	"math"

	"verso/models/clv"
	"verso/models/frame"
	"verso/models/job"
)

// leastBuyers is the number of customers from which a type has a model of its own.
const leastBuyers = 300

// fitBTYD fits the buy-till-you-die model MBG/NBD on the order days of all
// customers up to each origin from one day to another, by customer type where it
// has enough of them: one model a type, nil where there is none.
func (r *rows) fitBTYD(ctx context.Context, j *job.Job, from, to int) error {
	f, err := j.Frame(ctx, `SELECT d.origin, u.type_no, d.days - 1 AS x, d.last_day - d.first_day AS tx, d.origin - d.first_day AS t, count(*) AS n
FROM (
    SELECT o.origin, b.customer_key, min(b.day) AS first_day, max(b.day) AS last_day, count(*) AS days
    FROM feature.churn_day AS b
    INNER JOIN feature.churn_who AS w ON w.customer_key = b.customer_key
    INNER JOIN (SELECT DISTINCT origin FROM feature.churn_until WHERE origin BETWEEN ? AND ?) AS o ON b.day <= o.origin
    GROUP BY o.origin, b.customer_key
) AS d
INNER JOIN core.dim_customer AS c ON c.customer_key = d.customer_key
INNER JOIN feature.churn_until AS u ON u.origin = d.origin AND u.customer_type = coalesce(c.customer_type, '')
GROUP BY d.origin, u.type_no, d.days, d.last_day - d.first_day, d.origin - d.first_day
ORDER BY 1, 2, 3, 4, 5`, from, to)
	if err != nil {
		return err
	}
	for first, last := 0, 0; first < f.Rows(); first = last {
		origin := f.Columns[0][first]
		for last < f.Rows() && f.Columns[0][last] == origin {
			last++
		}
		if r.models[int(origin)], err = modelsByType(f, first, last, len(r.kinds)); err != nil {
			return err
		}
	}
	return nil
}

// modelsByType fits the rows of one origin: type, orders but the first, days from
// the first order to the last and to the origin, and how many customers.
func modelsByType(f *frame.Frame, first, last, kinds int) ([]*clv.Model, error) {
	of := func(no int) (c clv.Customers, total float64) {
		for i := first; i < last; i++ {
			if no < 0 || int(f.Columns[1][i]) == no {
				c.X, c.Tx, c.T = append(c.X, f.Columns[2][i]), append(c.Tx, f.Columns[3][i]/7), append(c.T, f.Columns[4][i]/7)
				c.Weight = append(c.Weight, f.Columns[5][i])
				total += f.Columns[5][i]
			}
		}
		return c, total
	}
	fit := func(c clv.Customers) (*clv.Model, error) {
		m, err := clv.Fit(c, clv.Options{})
		if errors.Is(err, clv.ErrEmpty) || errors.Is(err, clv.ErrNoRepeat) || errors.Is(err, clv.ErrNoTime) {
			return nil, nil
		}
		return m, err
	}
	everyone, _ := of(-1)
	common, err := fit(everyone)
	if err != nil {
		return nil, err
	}
	models := make([]*clv.Model, kinds)
	for no := range models {
		models[no] = common
		c, n := of(no)
		if n < leastBuyers || kinds == 1 {
			continue
		}
		own, err := fit(c)
		if err != nil {
			return nil, err
		}
		if own != nil {
			models[no] = own
		}
	}
	return models, nil
}

// none is the probability that a row's customer orders nothing up to a day, by the
// model of its origin and type; NaN where there is no model.
func (r *rows) none(row, until int) float64 {
	origin := r.Origin[row]
	models := r.models[origin]
	if models == nil || models[r.Kind[row]] == nil {
		return math.NaN()
	}
	m := models[r.Kind[row]]
	p, err := m.At(clv.History{X: r.number("days", row) - 1, Tx: float64(r.last[row]-r.first[row]) / 7, T: float64(origin-r.first[row]) / 7})
	if err != nil {
		return math.NaN()
	}
	return p.None(float64(until-origin) / 7)
}
