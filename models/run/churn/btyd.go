package churn

import (
	"context"
	"errors"
	"math"

	"verso/models/clv"
	"verso/models/job"
)

// leastBuyers is the number of customers from which a type has a model of its own.
const leastBuyers = 300

// fitBTYD fits the buy-till-you-die model MBG/NBD on the order days of all
// customers up to an origin, by customer type where it has enough of them: one
// model a type, nil where there is none.
func fitBTYD(ctx context.Context, j *job.Job, origin, kinds int) ([]*clv.Model, error) {
	f, err := j.Frame(ctx, `SELECT u.type_no, d.days - 1 AS x, d.last_day - d.first_day AS tx, u.origin - d.first_day AS t, count(*) AS n
FROM (
    SELECT b.customer_key, min(b.day) AS first_day, max(b.day) AS last_day, count(*) AS days
    FROM feature.churn_day AS b INNER JOIN feature.churn_who AS w ON w.customer_key = b.customer_key WHERE b.day <= ? GROUP BY b.customer_key
) AS d
INNER JOIN core.dim_customer AS c ON c.customer_key = d.customer_key
INNER JOIN feature.churn_until AS u ON u.origin = ? AND u.customer_type = coalesce(c.customer_type, '')
GROUP BY u.type_no, d.days, d.last_day - d.first_day, u.origin - d.first_day
ORDER BY 1, 2, 3, 4`, origin, origin)
	if err != nil {
		return nil, err
	}
	of := func(no int) (c clv.Customers, total float64) {
		for i, t := range f.Columns[0] {
			if no < 0 || int(t) == no {
				c.X, c.Tx, c.T = append(c.X, f.Columns[1][i]), append(c.Tx, f.Columns[2][i]/7), append(c.T, f.Columns[3][i]/7)
				c.Weight = append(c.Weight, f.Columns[4][i])
				total += f.Columns[4][i]
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
	m := r.models[origin][r.Kind[row]]
	if m == nil {
		return math.NaN()
	}
	p, err := m.At(clv.History{X: r.number("days", row) - 1, Tx: float64(r.last[row]-r.first[row]) / 7, T: float64(origin-r.first[row]) / 7})
	if err != nil {
		return math.NaN()
	}
	return p.None(float64(until-origin) / 7)
}
