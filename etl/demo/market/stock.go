package market

import (
	"cmp"
	"math"
	"slices"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// The store: demand is counted by month for as long as moves are written, and
// a part of it is served from stock.
const (
	demandMonths = 14
	movesDays    = 400
	fromStock    = .6  // share of the copies ordered that the store serves
	deadShare    = .12 // share of the titles kept that nobody asks for any more
)

// CountDemand adds copies of a title ordered on a day. Days before the last
// demandMonths months are left out. It may be called side by side.
func (w *World) CountDemand(title int32, on calendar.Day, copies int) {
	m := w.Cal.MonthIndex(on) - w.demandFrom()
	if m >= 0 && copies > 0 {
		w.demand[int(title)*demandMonths+m].Add(int32(copies))
	}
}

// demandFrom is the first month of which demand is counted.
func (w *World) demandFrom() int { return w.Cal.MonthIndex(w.Last) - demandMonths + 1 }

// demandOf is what was ordered of a title in a counted month, and in all of them.
func (w *World) demandOf(title int32, month int) int {
	return int(w.demand[int(title)*demandMonths+month].Load())
}

func (w *World) demandSum(title int32) int {
	sum := 0
	for m := range demandMonths {
		sum += w.demandOf(title, m)
	}
	return sum
}

// stocked are the titles kept in store, by number: those most asked for, and
// some older ones that nobody asks for any more. Textbooks go straight to the
// courses that use them.
func (w *World) stocked() []int32 {
	n := min(max(int(120*math.Sqrt(w.O.Scale)), 20), 2000, len(w.Titles))
	type asked struct {
		title  int32
		copies int
	}
	var sold []asked
	var dead []int32
	for t := range w.Titles {
		title := &w.Titles[t]
		copies := w.demandSum(int32(t))
		switch {
		case title.Level == Textbook:
		case copies > 0:
			sold = append(sold, asked{int32(t), copies})
		case title.Listed < w.Last-800 && dice.Mix(uint64(t)+11)%8 == 0:
			dead = append(dead, int32(t))
		}
	}
	slices.SortFunc(sold, func(a, b asked) int {
		return cmp.Or(cmp.Compare(b.copies, a.copies), cmp.Compare(a.title, b.title))
	})
	still := min(int(math.Round(deadShare*float64(n))), len(dead))
	kept := dead[:still:still]
	for _, s := range sold[:min(n-still, len(sold))] {
		kept = append(kept, s.title)
	}
	slices.Sort(kept)
	return kept
}

// WriteStock writes monthly snapshots and moves of the titles kept in store. It
// needs the demand that all shards have counted.
func (w *World) WriteStock(s *Shard) error {
	k := keeper{w: w, s: s, d: dice.New(w.O.Seed, dice.StreamStock)}
	for _, t := range w.stocked() {
		k.keep(t)
	}
	return nil
}

// keeper writes the store title by title.
type keeper struct {
	w    *World
	s    *Shard
	d    *dice.Dice
	move int64
}

// keep writes one title from the month it was listed in.
func (k *keeper) keep(t int32) {
	w, d := k.w, k.d
	unit, _ := w.PriceOf(&w.Titles[t], w.First)
	unit = unit * 3 / 4
	usual := fromStock * float64(w.demandSum(t)) / demandMonths
	hand := 1 + d.Poisson(2*usual+3)
	from := w.Cal.MonthIndex(max(w.First, w.Titles[t].Listed))
	for m := from; m < w.Cal.MonthIndex(w.Last); m++ {
		switch counted := m - w.demandFrom(); {
		case usual == 0:
		case counted >= 0 && w.Cal.MonthStart(m) >= w.Last-movesDays:
			hand = k.month(t, m, hand, usual, unit)
		default:
			hand = max(0, hand+d.Poisson(usual)-d.Poisson(usual))
		}
		on := w.Cal.MonthStart(m+1) - 1
		k.s.Sheet(sheet.TSnapshot).Date(on).Str("main").Int(int64(t) + 1).Int(int64(hand)).Int(int64(min(hand, d.IntN(3)))).Int(int64(d.IntN(5))).Money(unit * int64(hand)).End()
	}
}

// month receives what the store lacks at the beginning of a month, issues what
// was asked for in its middle, and returns what is left. Now and then too much
// is bought.
func (k *keeper) month(t int32, m, hand int, usual float64, unit int64) int {
	w, d := k.w, k.d
	start := w.Cal.MonthStart(m)
	if float64(hand) < 1.2*usual {
		cover := d.Uniform(1.5, 3)
		if d.Chance(.04) {
			cover = 12
		}
		if in := int(math.Ceil(cover * usual)); in > 0 {
			k.write(w.Cal.OnWork(start), t, "supplier", "main", in, unit)
			hand += in
		}
	}
	asked := float64(w.demandOf(t, m-w.demandFrom())) * fromStock
	out := min(hand, int(asked+d.Float64()))
	if out > 0 {
		k.write(w.Cal.OnWork(start+14), t, "main", "customer", out, unit)
	}
	return hand - out
}

func (k *keeper) write(on calendar.Day, t int32, from, to string, copies int, unit int64) {
	k.move++
	k.s.Sheet(sheet.TMove).Int(k.move).Time(on, 10*3600).Int(int64(t) + 1).Str(from).Str(to).Int(int64(copies)).Money(unit).Str("stock").End()
}
