package churn

import (
	"math"

	"verso/models/propensity"
)

// Volume are the probabilities, for rows of an origin, of a regression on nothing but how
// much is bought: each term is the logarithm of one and the sum of its columns. An event
// that may come about by chance where little is bought is predicted by it without any
// change; what a model tells beyond it is told within rows of equal volume. It is learned
// as a model of that day is; nil where there is too little to learn from.
func Volume(d *Data, terms [][]string, day int, rows []int) ([]float64, error) {
	learned, _, y := d.known(day)
	var ones float64
	for _, v := range y {
		ones += v
	}
	if ones < leastOutcomes || float64(len(y))-ones < leastOutcomes {
		return nil, nil
	}
	m, err := propensity.FitLogistic(propensity.Sample{X: d.volume(terms, learned), Y: y}, propensity.LogisticOptions{L2: penalty})
	if err != nil {
		return nil, err
	}
	return m.Score(d.volume(terms, rows))
}

func (d *Data) volume(terms [][]string, rows []int) propensity.Table {
	var x propensity.Table
	for _, names := range terms {
		c := propensity.Column{Name: names[0], Numbers: make([]float64, len(rows))}
		for _, name := range names {
			for _, column := range d.X {
				if column.Name != name {
					continue
				}
				for k, i := range rows {
					c.Numbers[k] += column.Numbers[i]
				}
			}
		}
		for k, v := range c.Numbers {
			c.Numbers[k] = math.Log1p(v)
		}
		x = append(x, c)
	}
	return x
}
