package churn

import (
	"context"

	"verso/models/churn"
	"verso/models/clv"
	"verso/models/job"
	"verso/models/propensity"
)

// rows are customers at origins as the models see them, with the buy-till-you-die
// model of each origin and customer type.
type rows struct {
	*churn.Data
	kinds  []kind
	first  []int // day of the first order
	last   []int // day of the last order
	models map[int][]*clv.Model
}

func newRows(kinds []kind) *rows {
	r := &rows{Data: &churn.Data{}, kinds: kinds, models: map[int][]*clv.Model{}}
	for _, k := range kinds {
		r.Kinds = append(r.Kinds, k.name)
	}
	for _, f := range features {
		r.X = append(r.X, propensity.Column{Name: f.name, Numbers: []float64{}})
	}
	r.None = r.none
	return r
}

// add reads the customers at risk at the origins of feature.churn_until from one
// day to another, in order of origin, then of customer.
func (r *rows) add(ctx context.Context, j *job.Job, from, to int) error {
	if err := j.Feature(ctx, "churn", from, to); err != nil {
		return err
	}
	columns := "customer_key, origin, type_no, until, first_day, last_day, next_day"
	for _, f := range features {
		columns += ", CAST(" + f.name + " AS DOUBLE) AS " + f.name
	}
	f, err := j.Frame(ctx, "SELECT "+columns+" FROM feature.churn ORDER BY origin, customer_key")
	if err != nil {
		return err
	}
	for i := range f.Rows() {
		r.Customer, r.Origin = append(r.Customer, int64(f.Columns[0][i])), append(r.Origin, int(f.Columns[1][i]))
		r.Kind, r.Until = append(r.Kind, int(f.Columns[2][i])), append(r.Until, int(f.Columns[3][i]))
		r.first, r.last = append(r.first, int(f.Columns[4][i])), append(r.last, int(f.Columns[5][i]))
	}
	r.Next = append(r.Next, f.Columns[6]...)
	for k := range features {
		r.X[k].Numbers = append(r.X[k].Numbers, f.Columns[7+k]...)
	}
	return r.fitBTYD(ctx, j, from, to)
}

// number is a feature of a row; NaN where it is unknown.
func (r *rows) number(name string, row int) float64 {
	return r.X[place[name]].Numbers[row]
}

// place is where a feature stands in the table.
var place = func() map[string]int {
	out := map[string]int{}
	for i, f := range features {
		out[f.name] = i
	}
	return out
}()
