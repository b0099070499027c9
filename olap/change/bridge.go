package change

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"strings"

	"verso/olap"
	"verso/olap/cube"
)

// Bridge takes the change of an amount of money apart. The steps add up to the
// change exactly.
//
// With q, A, F and C the quantity, revenue, revenue in its own currency and cost
// of an item in one currency, 0 before and 1 after, f = A/F its rate and
// M = A - C the amount:
//
//	price       Σ (F1/q1 - F0/q0) q1 f0    known items sold in both slices
//	currency    Σ (f1 - f0) F1             "
//	cost        -Σ (C1/q1 - C0/q0) q1      "
//	volume      (Q1 - Q0) M0/Q0            Q and M of everything
//	mix         Σ (Qg1 - Qg0) Mg0/Qg0 - volume    over groups g of items
//	assortment  the remainder: within the groups, other items than before
//
// A group without quantity before is mix with all that it has after.
type Bridge struct {
	Group, Item string // the attributes, as labelled
	Steps       []Step
	Items       int // items sold in either slice
	Both        int // of which in both
}

// Step is one step of a bridge: volume, mix, assortment, price, currency or
// cost.
type Step struct {
	Name   string
	Amount any // in the measure's unit
	exact  *big.Rat
}

// item is one item of a group in one currency: quantity, revenue, foreign
// revenue and cost before and after.
type item struct {
	group      string
	nameless   bool // the unknown member: many items that have no price in common
	q, a, f, c [2]*big.Rat
}

func (i *item) amount(side int) *big.Rat { return minus(i.a[side], i.c[side]) }

// bridge is the measure's bridge, nil where the cube declares none.
func (e *explanation) bridge(ctx context.Context) (*Bridge, error) {
	b := e.cube.Bridge(e.answer.Measure.Name)
	if b == nil || e.answer.Delta == nil {
		return nil, nil
	}
	out := &Bridge{}
	items, err := e.items(ctx, b, out)
	if err != nil {
		return nil, err
	}
	steps := takeApart(items, out)
	rest := minus(e.after, e.before)
	for _, name := range []string{"volume", "mix", "price", "currency", "cost"} {
		if name == "currency" && b.Foreign == "" || name == "cost" && b.Cost == "" {
			continue
		}
		rounded := decimal(steps[name])
		out.Steps = append(out.Steps, Step{name, rounded, rat(rounded)})
		rest.Sub(rest, rat(rounded))
	}
	out.Steps = slices.Insert(out.Steps, 2, Step{"assortment", decimal(rest), rest})
	return out, nil
}

// totals of a group of items, before and after.
type totals struct{ q, m [2]*big.Rat }

func (t *totals) add(i *item) {
	for side := range 2 {
		t.q[side], t.m[side] = plus(t.q[side], i.q[side]), plus(t.m[side], i.amount(side))
	}
}

// byQuantity is the change that follows from the quantity alone.
func (t *totals) byQuantity() *big.Rat {
	if each := over(t.m[0], t.q[0]); each != nil {
		return times(minus(t.q[1], t.q[0]), each)
	}
	return minus(t.m[1], t.m[0])
}

// takeApart computes the steps and counts the items.
func takeApart(items []*item, out *Bridge) map[string]*big.Rat {
	steps := map[string]*big.Rat{"price": zero(), "currency": zero(), "cost": zero(), "mix": zero()}
	add := func(name string, amount *big.Rat) { steps[name].Add(steps[name], amount) }
	all, groups := &totals{}, map[string]*totals{}
	for _, i := range items {
		if groups[i.group] == nil {
			groups[i.group] = &totals{}
		}
		groups[i.group].add(i)
		all.add(i)
		out.Items++
		growth := over(i.q[1], i.q[0])
		if growth == nil || growth.Sign() == 0 || i.nameless {
			continue // not sold in both slices, or nobody knows what it was
		}
		out.Both++
		rated := i.a[1]
		if rate := over(i.a[0], i.f[0]); rate != nil && i.f[1] != nil {
			rated = times(rate, i.f[1])
		}
		add("currency", minus(i.a[1], rated))
		add("price", minus(rated, times(i.a[0], growth)))
		add("cost", minus(times(i.c[0], growth), i.c[1]))
	}
	steps["volume"] = all.byQuantity()
	for _, g := range groups {
		add("mix", g.byQuantity())
	}
	steps["mix"].Sub(steps["mix"], steps["volume"])
	return steps
}

// items asks for the parts of the bridge by group, item and currency.
func (e *explanation) items(ctx context.Context, b *cube.Bridge, out *Bridge) ([]*item, error) {
	by := []string{b.Group, b.Item}
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
		out.Group, out.Item = t.Columns[0].Label, t.Columns[1].Label
		at := func(row olap.Row, measure string) *big.Rat {
			if measure == "" {
				return nil
			}
			return rat(row.Cells[t.Index(measure)])
		}
		for _, row := range t.Rows {
			key := strings.Join(row.Keys, "\x00")
			i := byKey[key]
			if i == nil {
				i = &item{group: row.Keys[0], nameless: row.Keys[1] == cube.Unknown || row.Keys[1] == cube.None}
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
