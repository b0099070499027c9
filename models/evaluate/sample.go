package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"verso/models/backtest"
	"verso/models/propensity"
)

// read builds the sample: outcome, customers, origins and features.
func (out *Result) read(r *Request) error {
	if err := r.check(); err != nil {
		return err
	}
	y, err := out.target(r)
	if err != nil {
		return err
	}
	var rows []int // with a known outcome
	for i, v := range y {
		if !math.IsNaN(v) {
			rows = append(rows, i)
		}
	}
	out.Rows, out.LeftOut = len(rows), len(y)-len(rows)
	if out.Rows == 0 {
		return errorf("no row has a value of the target %s", r.Target)
	}
	if out.LeftOut > 0 {
		out.note("%d rows without a value of %s are left out", out.LeftOut, r.Target)
	}
	s := backtest.Sample{Sample: propensity.Sample{Y: y}, Customer: r.customers(out)}
	if r.Segment != "" {
		s.Segment = r.Table.Column(r.Segment).Text()
	}
	time, err := r.origins(out, rows)
	if err != nil {
		return err
	}
	s.Origin = time
	s.X = r.features(out, time)
	if len(s.X) == 0 {
		return errorf("no column is left as a feature beside the target, the id and what is dropped")
	}
	out.sample = s.Take(rows)
	for _, v := range out.sample.Y {
		out.Target.Events += int(v)
	}
	out.Target.Rate = float64(out.Target.Events) / float64(out.Rows)
	return nil
}

// check refuses names that the table does not have.
func (r *Request) check() error {
	names := append([]string{r.Target, r.ID}, append(r.Drop, r.Keep...)...)
	for _, n := range []string{r.Time, r.Segment} {
		if n != "" {
			names = append(names, n)
		}
	}
	for _, n := range names {
		if r.Table.Column(n) == nil {
			return errorf("the file has no column %q; it has %s", n, strings.Join(r.Table.Names(), ", "))
		}
	}
	if r.Target == r.ID || r.Target == r.Time || slices.Contains(r.Drop, r.Target) {
		return errorf("%s is the target: it cannot be the id, the time or dropped", r.Target)
	}
	if r.Time != "" && r.Folds != nil {
		return errorf("folds are either given by a file or by the time of the rows, not both")
	}
	if r.Table.Rows == 0 {
		return errorf("the file has no rows")
	}
	return nil
}

// yes are the words for outcome 1 that need no --positive.
var yes = []string{"1", "yes", "true", "y", "t", "是"}

// target reads the outcome: 1 for the positive value, NaN where missing.
func (out *Result) target(r *Request) ([]float64, error) {
	c := r.Table.Column(r.Target)
	out.Target.Column = r.Target
	text := c.Text()
	counts := map[string]int{}
	for _, v := range text {
		if v != "" {
			counts[v]++
		}
	}
	values := make([]string, 0, len(counts))
	for v := range counts {
		values = append(values, v)
	}
	slices.Sort(values)
	shown := strings.Join(values[:min(len(values), 8)], ", ")
	positive := r.Positive
	if positive == "" {
		for _, v := range values {
			if slices.Contains(yes, strings.ToLower(v)) && len(values) <= 2 {
				positive = v
			}
		}
		if positive == "" && len(values) == 1 && slices.Contains([]string{"0", "no", "false", "n", "f", "否"}, strings.ToLower(values[0])) {
			positive = "1" // and no row has it
		}
		if positive == "" {
			return nil, errorf("the target %s has the values %s: say with --positive which one is predicted", r.Target, shown)
		}
		if positive != "1" {
			out.note("%s = %s is taken as the event", r.Target, positive)
		}
	} else if counts[positive] == 0 {
		return nil, errorf("no row has %s = %s; its values are %s", r.Target, positive, shown)
	}
	out.Target.Positive = positive
	if len(values) > 2 {
		out.note("%s has %d values: all but %s count as no event", r.Target, len(values), positive)
	}
	y := make([]float64, len(text))
	for i, v := range text {
		switch v {
		case "":
			y[i] = math.NaN()
		case positive:
			y[i] = 1
		}
	}
	return y, nil
}

// customers are the ids; a row without one is a customer of its own.
func (r *Request) customers(out *Result) []string {
	ids := slices.Clone(r.Table.Column(r.ID).Text())
	missing := 0
	for i, v := range ids {
		if v == "" {
			missing++
			ids[i] = fmt.Sprintf("(row %d)", i+1)
		}
	}
	if missing > 0 {
		out.note("%d rows without %s count as customers of their own", missing, r.ID)
	}
	return ids
}

// manyOrigins is how many distinct times are still taken as origins; more are cut
// into blocks.
const manyOrigins, blocks = 24, 6

// origins are the days or numbers of the time column; nil without one.
func (r *Request) origins(out *Result, rows []int) ([]int, error) {
	if r.Time == "" {
		return nil, nil
	}
	c := r.Table.Column(r.Time)
	if c.Kind == Category {
		return nil, errorf("the time %s is neither dates nor numbers, such as %q", r.Time, c.Levels[0])
	}
	time := make([]int, len(c.Numbers))
	for i, v := range c.Numbers {
		time[i] = int(math.Floor(v))
	}
	seen := map[int]bool{}
	for _, i := range rows {
		if !finite(c.Numbers[i]) || math.Abs(c.Numbers[i]) > 1e9 {
			return nil, errorf("row %d has no usable %s; every row with an outcome needs one", i+1, r.Time)
		}
		seen[time[i]] = true
	}
	if len(seen) > manyOrigins {
		kept := make([]int, len(rows))
		for k, i := range rows {
			kept[k] = time[i]
		}
		for k, v := range backtest.Blocks(kept, blocks) {
			time[rows[k]] = v
		}
		out.note("%s has %d times: cut into %d blocks of about equally many rows, each tested by what is earlier", r.Time, len(seen), blocks)
	}
	return time, nil
}

// features are all other columns. Dates are days before the origin where there
// is one, else days since 1970-01-01.
func (r *Request) features(out *Result, time []int) propensity.Table {
	var x propensity.Table
	for k := range r.Table.Columns {
		c := &r.Table.Columns[k]
		if c.Name == r.Target || c.Name == r.ID || c.Name == r.Time || slices.Contains(r.Drop, c.Name) {
			continue
		}
		if c.Stray > 0 {
			out.note("%s is read as numbers; %d values that are none count as missing", c.Name, c.Stray)
		}
		if c.Kind == Date && time != nil && r.Table.Column(r.Time).Kind == Date {
			ages := make([]float64, len(c.Numbers))
			for i, v := range c.Numbers {
				ages[i] = float64(time[i]) - v
			}
			x = append(x, propensity.Column{Name: c.Name, Numbers: ages})
			out.note("%s enters as days before %s", c.Name, r.Time)
			continue
		}
		x = append(x, c.Column)
	}
	return x
}

// folds are the rows held out.
func (out *Result) folds(r *Request) ([]backtest.Fold, error) {
	var folds []backtest.Fold
	var err error
	switch {
	case r.Folds != nil:
		var fold []string
		if fold, err = r.givenFolds(out.sample.Customer); err != nil {
			return nil, err
		}
		out.Split.How = "folds of the file given"
		folds, err = backtest.Given(fold)
	case r.Time != "":
		out.Split.How = fmt.Sprintf("rolling origins by %s, learned from those at least %d earlier", r.Time, r.Horizon)
		if r.Horizon == 0 {
			out.Split.How = fmt.Sprintf("rolling origins by %s, learned from all earlier", r.Time)
			out.note("no --horizon is given: outcomes of earlier origins are taken as known at the next")
		}
		o := backtest.RollingOptions{Gap: r.Horizon}
		if r.Table.Column(r.Time).Kind != Date {
			o.Name = func(at int) string { return fmt.Sprint(at) }
		}
		folds, err = backtest.Rolling(out.sample.Origin, o)
	default:
		out.Split.How = fmt.Sprintf("5 folds drawn by %s with seed %d", r.ID, r.Seed)
		out.note("neither folds nor a time are given: %s; rows of one customer stay together", out.Split.How)
		folds, err = backtest.Seeded(out.sample.Y, out.sample.Customer, 5, r.Seed)
	}
	if err != nil {
		return nil, err
	}
	kept := folds[:0]
	for _, f := range folds {
		ones := 0.0
		for _, i := range f.Train {
			ones += out.sample.Y[i]
		}
		if ones == 0 || int(ones) == len(f.Train) {
			out.note("fold %s is not tested: the rows to learn from all have the same outcome", f.Name)
			continue
		}
		kept = append(kept, f)
		out.Split.Folds = append(out.Split.Folds, f.Name)
	}
	if len(kept) == 0 {
		return nil, errorf("no fold has both outcomes among the rows to learn from")
	}
	return kept, nil
}

// givenFolds looks up the fold of each customer.
func (r *Request) givenFolds(customer []string) ([]string, error) {
	id, fold := r.Folds.Column(r.ID), r.Folds.Column("fold")
	if id == nil {
		id = r.Folds.Column("id")
	}
	if id == nil || fold == nil {
		return nil, errorf("the file of folds needs a column %q or \"id\" and a column \"fold\"; it has %s", r.ID, strings.Join(r.Folds.Names(), ", "))
	}
	folds := fold.Text()
	of := map[string]string{}
	for i, v := range id.Text() {
		if was, ok := of[v]; ok && was != folds[i] {
			return nil, errorf("the file of folds puts %s into fold %s and into fold %s", v, was, folds[i])
		}
		of[v] = folds[i]
	}
	out := make([]string, len(customer))
	missing, example := 0, ""
	for i, v := range customer {
		f, ok := of[v]
		if !ok || f == "" {
			missing++
			example = v
		}
		out[i] = f
	}
	if missing > 0 {
		return nil, errorf("the file of folds has no fold for %d rows, such as %s", missing, example)
	}
	return out, nil
}
