package change

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"verso/olap/cube"
	"verso/olap/engine"
)

// side is a member in one slice: the value, and of a ratio what it is divided by.
type side struct{ value, denominator *big.Rat }

// member is a member of an attribute in both slices.
type member struct {
	key, shown string
	sides      [2]side
	seen       [2]bool
	cells      [2]any
}

// split finds the contributions of the members of an attribute.
func (e *explanation) split(ctx context.Context, field string) (*Split, error) {
	members, label, err := e.members(ctx, field)
	if err != nil {
		return nil, err
	}
	s := &Split{Field: field, Label: label, Count: len(members)}
	sum := zero()
	for _, m := range members {
		c := e.contribution(m)
		s.all = append(s.all, c)
		sum.Add(sum, c.exact)
	}
	delta := minus(e.after, e.before)
	s.Residual = e.value(minus(delta, sum))
	for i := range s.all {
		if delta.Sign() != 0 {
			s.all[i].Share = float(over(s.all[i].exact, delta))
		}
	}
	s.Concentration = e.concentration(s)
	s.Paradox = e.paradox(members, delta)
	slices.SortStableFunc(s.all, func(a, b Contribution) int {
		x, y := zero().Abs(a.exact), zero().Abs(b.exact)
		if c := y.Cmp(x); c != 0 {
			return c
		}
		return cmp.Compare(a.Key, b.Key)
	})
	n := min(e.question.Members, len(s.all))
	s.Members = s.all[:n]
	s.Rest = e.rest(s.all[n:], delta)
	return s, nil
}

// members asks for both slices and joins them by key.
func (e *explanation) members(ctx context.Context, field string) ([]*member, string, error) {
	var list []*member
	byKey := map[string]*member{}
	label := field
	for i, s := range [2]Slice{e.question.Before, e.question.After} {
		t, err := e.olap.Ask(ctx, e.query(s, e.parts, field))
		if err != nil {
			return nil, "", err
		}
		label = t.Columns[0].Label
		for _, row := range t.Rows {
			key := row.Keys[0]
			m := byKey[key]
			if m == nil {
				m = &member{key: key, shown: engine.Text(row.Cells[0])}
				byKey[key] = m
				list = append(list, m)
			}
			m.seen[i], m.cells[i] = true, row.Cells[1]
			m.sides[i].value = rat(row.Cells[1])
			if e.answer.Measure.Kind == cube.Ratio {
				m.sides[i].denominator = rat(row.Cells[3])
				m.sides[i].value = over(rat(row.Cells[2]), m.sides[i].denominator)
			}
		}
	}
	slices.SortFunc(list, func(a, b *member) int { return cmp.Compare(a.key, b.key) })
	return list, label, nil
}

// contribution is a member's part of the change: of a sum, its own change; of a
// ratio, the change of its own ratio at its average weight (rate) and the change
// of its weight at the distance of its ratio from the total's (mix).
func (e *explanation) contribution(m *member) Contribution {
	c := Contribution{Key: m.key, Member: m.shown, Before: m.cells[0], After: m.cells[1]}
	if e.answer.Measure.Kind != cube.Ratio {
		c.exact = minus(m.sides[1].value, m.sides[0].value)
		c.Delta = e.value(c.exact)
		return c
	}
	w0, w1 := or0(over(m.sides[0].denominator, e.weights[0])), or0(over(m.sides[1].denominator, e.weights[1]))
	r0, r1 := m.sides[0].value, m.sides[1].value
	// A member without a ratio in one slice cannot have changed it.
	if r0 == nil {
		r0 = r1
	}
	if r1 == nil {
		r1 = r0
	}
	half := big.NewRat(1, 2)
	c.rate = times(minus(r1, r0), times(plus(w0, w1), half))
	level := minus(times(plus(r0, r1), half), times(plus(e.before, e.after), half))
	mix := times(minus(w1, w0), level)
	c.exact = plus(c.rate, mix)
	c.Rate, c.Mix, c.Delta = float(c.rate), float(mix), float(c.exact)
	return c
}

// rest gathers the members that are not named.
func (e *explanation) rest(others []Contribution, delta *big.Rat) *Contribution {
	if len(others) == 0 {
		return nil
	}
	c := &Contribution{exact: zero(), rate: zero()}
	before, after := zero(), zero()
	for _, o := range others {
		c.exact.Add(c.exact, o.exact)
		c.rate.Add(c.rate, or0(o.rate))
		before.Add(before, or0(rat(o.Before)))
		after.Add(after, or0(rat(o.After)))
	}
	c.Delta = e.value(c.exact)
	if e.answer.Measure.Kind == cube.Ratio {
		c.Rate, c.Mix = float(c.rate), float(minus(c.exact, c.rate))
	} else if e.answer.Measure.Kind != cube.Distinct {
		c.Before, c.After = e.value(before), e.value(after)
	}
	if delta.Sign() != 0 {
		c.Share = float(over(c.exact, delta))
	}
	return c
}

// concentration says how much of a story the attribute tells (see Split).
func (e *explanation) concentration(s *Split) float64 {
	sum := zero()
	if e.answer.Measure.Kind == cube.Ratio {
		for _, c := range s.all {
			sum.Add(sum, zero().Abs(c.exact))
		}
		size := zero().Abs(minus(e.after, e.before))
		for _, r := range []*big.Rat{e.before, e.after} {
			if r != nil && zero().Abs(r).Cmp(size) > 0 {
				size = zero().Abs(r)
			}
		}
		return float(over(sum, size))
	}
	before, after := or0(e.before), or0(e.after)
	larger := zero().Abs(before)
	if a := zero().Abs(after); a.Cmp(larger) > 0 {
		larger = a
	}
	growth := over(after, before)
	for _, c := range s.all {
		even := zero()
		if growth != nil {
			even = times(rat(c.Before), growth)
		}
		sum.Add(sum, zero().Abs(minus(rat(c.After), even)))
	}
	return float(over(times(sum, big.NewRat(1, 2)), larger))
}

// paradox reports Simpson's: the ratio of the whole moved one way, that of
// every member with a ratio in both slices the other way or not at all.
func (e *explanation) paradox(members []*member, delta *big.Rat) bool {
	if e.answer.Measure.Kind != cube.Ratio || delta.Sign() == 0 {
		return false
	}
	against := 0
	for _, m := range members {
		r0, r1 := m.sides[0].value, m.sides[1].value
		if r0 == nil || r1 == nil {
			continue
		}
		switch r1.Cmp(r0) {
		case delta.Sign():
			return false
		case -delta.Sign():
			against++
		}
	}
	return against > 1
}
