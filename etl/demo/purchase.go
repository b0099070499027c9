package demo

import "math"

// batchBase separates the ids of customs batches from those of supplier orders.
const batchBase = 100_000_000

// writeSuppliers writes the suppliers.
func (w *world) writeSuppliers(s *shard) error {
	sh := s.sheet(tSupplier)
	for i := range w.suppliers {
		p := &w.suppliers[i]
		status := "active"
		if i%17 == 16 {
			status = "dormant"
		}
		sh.int(int64(i + 1)).str(p.name).str(p.kind).str(p.country).str(w.ccy[p.ccy].code).money(int64(p.discount*100) * 10000).int(int64(p.quoted))
		sh.int(int64(p.payDays)).money(int64(mix(uint64(i))%5) * 500_000).str(p.group).str(status).end()
	}
	return nil
}

// writePurchasing writes the purchase orders, batches, supplier invoices and
// payments that the shards' lines add up to.
func (w *world) writePurchasing(s *shard) error {
	for sup := range w.suppliers {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		for k := range w.periods() {
			w.writePeriod(s, sup, k)
		}
	}
	bs := s.sheet(tBatch)
	for k := range w.customsGrams {
		grams := w.customsGrams[k].Load()
		if grams == 0 {
			continue
		}
		open := w.first + day(k*7)
		closes := min(open+6, w.last)
		kg := float64(grams) / 1000
		mode, freight := "air", 38.0
		if k%3 == 0 {
			mode, freight = "sea", 11
		}
		bs.int(batchBase+int64(k)+1).str("customs").null().time(open, 9*3600).time(closes, 17*3600).str([]string{"Eastern Freight", "Ocean Link", "Sky Parcel"}[k%3]).str(mode)
		bs.money(int64(math.Round(kg*freight)) * 10000).money(w.customsValue[k].Load() * 2 / 1000 * 10000).float(kg).end()
	}
	return nil
}

// writePeriod writes the purchase order of a supplier's fortnight, with its
// batch, invoice and payment, if anything was ordered.
func (w *world) writePeriod(s *shard, sup, k int) {
	at := sup*w.periods() + k
	used, cost := w.periodUsed[at].Load(), w.periodCost[at].Load()
	if !used && cost == 0 {
		return
	}
	p := &w.suppliers[sup]
	phase := day(mix(uint64(sup)+7) % 14)
	closes := w.cal.onWork(w.first + day(k)*14 + phase)
	status := "closed"
	if closes > w.last-120 {
		status = "open"
	}
	id := int64(at) + 1
	ccy := w.ccy[p.ccy].code
	s.sheet(tPO).int(id).int(int64(sup) + 1).date(min(closes, w.last)).int(id).str(ccy).str(status).end()
	bs := s.sheet(tBatch)
	bs.int(id).str("supplier_order").int(int64(sup)+1).time(min(closes-13, w.last), 9*3600)
	if closes > w.last {
		bs.null()
	} else {
		bs.time(closes, 17*3600)
	}
	bs.nulls(5).end()
	billed := w.cal.onWork(closes + 60)
	if cost == 0 || billed > w.last {
		return
	}
	due := billed + day(p.payDays)
	s.sheet(tSupInvoice).int(id).int(int64(sup) + 1).date(billed).date(due).money(cost).str(ccy).int(id).end()
	paid := w.cal.onWork(due + day(mix(uint64(at)+3)%12))
	if paid <= w.last {
		s.sheet(tSupPayment).int(id).int(id).date(paid).money(cost).rate(w.fx.at(p.ccy, paid)).end()
	}
}

// writeStock writes monthly snapshots and moves of the few titles kept in store.
func (w *world) writeStock(s *shard) error {
	d := newDice(w.o.Seed, streamStock)
	n := min(max(int(120*math.Sqrt(w.o.Scale)), 20), 2000, len(w.titles))
	move := int64(0)
	for i := range n {
		t := i * 7 % len(w.titles)
		hand := d.between(0, 40)
		unit, _ := w.priceOf(&w.titles[t], w.first)
		unit = unit * 3 / 4
		for m := w.cal.monthIndex(w.first); m < w.cal.monthIndex(w.last); m++ {
			on := w.cal.monthStart(m+1) - 1
			before := hand
			hand = max(0, hand+d.between(-8, 6))
			if hand == 0 && d.chance(.4) {
				hand = d.between(5, 30)
			}
			s.sheet(tSnapshot).date(on).str("main").int(int64(t) + 1).int(int64(hand)).int(int64(min(hand, d.IntN(3)))).int(int64(d.IntN(5))).money(unit).end()
			if hand == before || w.cal.monthStart(m) < w.last-400 {
				continue
			}
			move++
			from, to := "supplier", "main"
			qty := hand - before
			if qty < 0 {
				from, to, qty = "main", "customer", -qty
			}
			s.sheet(tMove).int(move).time(w.cal.onWork(w.cal.monthStart(m)), 10*3600).int(int64(t) + 1).str(from).str(to).int(int64(qty)).money(unit).str("stock").end()
		}
	}
	return nil
}

// week numbers the weeks of the history.
func (w *world) week(d day) int { return min(max(int(d-w.first)/7, 0), w.weeks()-1) }

// customsBatch is the week's consignment at customs.
func (w *world) customsBatch(cleared day) int64 {
	return batchBase + int64(w.week(cleared)) + 1
}
