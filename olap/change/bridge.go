package change

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Bridge takes the change of an amount of money apart. The steps and the
// residual, which is rounding to ten-thousandths only, add up to the change
// exactly.
//
// With q, A, F and C the quantity, revenue, revenue in its own currency and cost
// of an item in one currency, 0 before and 1 after, f = A/F its rate, M = A - C:
//
//	price     (F1/q1 - F0/q0) q1 f0         items sold in both slices
//	currency  (f1 - f0) F1
//	cost      -(C1/q1 - C0/q0) q1
//	volume    (Q1 - Q0) M0/Q0               Q and M over all items sold in both
//	mix       Σ (q1 - q0) M0/q0 - volume
//	new       M1 of items without quantity before
//	gone      -M0 of items without quantity after
type Bridge struct {
	Steps    []Step
	Residual any
	Items    int // items sold in either slice
	Both     int // of which in both
}

// Step is one step of a bridge.
type Step struct {
	Name   string // volume, mix, price, currency, cost, new, gone
	Amount any
	exact  *big.Rat
}

// stepNames is the order of a bridge's steps.
var stepNames = []string{"volume", "mix", "price", "currency", "cost", "new", "gone"}

// item is one item in one currency: quantity, revenue, foreign revenue and cost
// before and after.
type item struct{ q, a, f, c [2]*big.Rat }

func (i *item) margin(side int) *big.Rat { return minus(i.a[side], i.c[side]) }

// bridge is the measure's bridge, nil where the cube declares none.
func (e *explanation) bridge(ctx context.Context) (*Bridge, error) {
	b := e.cube.Bridge(e.answer.Measure.Name)
	if b == nil || e.answer.Delta == nil {
		return nil, nil
	}
	items, err := e.items(ctx, b)
	if err != nil {
		return nil, err
	}
	out := &Bridge{Items: len(items)}
	steps := map[string]*big.Rat{}
	for _, name := range stepNames {
		steps[name] = zero()
	}
	out.Both = takeApart(items, steps)
	sum := zero()
	for _, name := range stepNames {
		if name == "currency" && b.Foreign == "" || name == "cost" && b.Cost == "" {
			continue
		}
		amount := decimal(steps[name])
		out.Steps = append(out.Steps, Step{Name: name, Amount: amount, exact: steps[name]})
		sum.Add(sum, rat(amount))
	}
	out.Residual = decimal(minus(minus(e.after, e.before), sum))
	return out, nil
}

// takeApart adds every item to the steps and counts the items sold in both
// slices.
func takeApart(items []*item, steps map[string]*big.Rat) (both int) {
	add := func(name string, amount *big.Rat) { steps[name].Add(steps[name], amount) }
	q0, q1, m0 := zero(), zero(), zero()
	for _, i := range items {
		before, after := or0(i.q[0]).Sign() != 0, or0(i.q[1]).Sign() != 0
		if !before || !after {
			// What has no quantity has no price: its amount came or went.
			add("new", i.margin(1))
			add("gone", zero().Neg(i.margin(0)))
			continue
		}
		both++
		q0.Add(q0, i.q[0])
		q1.Add(q1, i.q[1])
		m0.Add(m0, i.margin(0))
		growth := over(i.q[1], i.q[0])
		rated := i.a[1]
		if rate := over(i.a[0], i.f[0]); rate != nil && i.f[1] != nil {
			rated = times(rate, i.f[1])
		}
		add("currency", minus(i.a[1], rated))
		add("price", minus(rated, times(i.a[0], growth)))
		add("cost", minus(times(i.c[0], growth), i.c[1]))
		add("mix", times(i.margin(0), minus(growth, big.NewRat(1, 1))))
	}
	if each := over(m0, q0); each != nil {
		volume := times(minus(q1, q0), each)
		add("volume", volume)
		add("mix", zero().Neg(volume))
	}
	return both
}

// items asks for the parts of the bridge by item and currency.
func (e *explanation) items(ctx context.Context, b *cube.Bridge) ([]*item, error) {
	by := []string{cmp.Or(e.question.Item, b.Item)}
	if b.Currency != "" {
		by = append(by, b.Currency)
	}
	measures := []string{b.Quantity, cmp.Or(b.Revenue, b.Measure)}
	for _, m := range []string{b.Foreign, b.Cost} {
		if m != "" {
			measures = append(measures, m)
		}
	}
	measures = unique(measures)
	byKey := map[string]*item{}
	var keys []string
	for side, s := range [2]Slice{e.question.Before, e.question.After} {
		t, err := e.olap.Ask(ctx, e.query(s, measures, by...))
		if err != nil {
			return nil, err
		}
		at := func(row olap.Row, measure string) *big.Rat {
			if measure == "" {
				return nil
			}
			return rat(row.Cells[t.Index(measure)])
		}
		for _, row := range t.Rows {
			key := engine.Text(len(row.Keys[0])) + ":" + row.Keys[0] + row.Keys[len(row.Keys)-1]
			i := byKey[key]
			if i == nil {
				i = &item{}
				byKey[key] = i
				keys = append(keys, key)
			}
			i.q[side], i.a[side] = at(row, b.Quantity), at(row, cmp.Or(b.Revenue, b.Measure))
			i.f[side], i.c[side] = at(row, b.Foreign), at(row, b.Cost)
		}
	}
	slices.Sort(keys)
	items := make([]*item, len(keys))
	for n, key := range keys {
		items[n] = byKey[key]
	}
	return items, nil
}

func unique(names []string) (list []string) {
	for _, n := range names {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}
