package market

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// batchBase separates the ids of customs batches from those of supplier orders.
const batchBase = 100_000_000

// WriteSuppliers writes the suppliers.
func (w *World) WriteSuppliers(s *Shard) error {
	sh := s.Sheet(sheet.TSupplier)
	for i := range w.Suppliers {
		p := &w.Suppliers[i]
		status := "active"
		if i%17 == 16 {
			status = "dormant"
		}
		sh.Int(int64(i + 1)).Str(p.name).Str(p.kind).Str(p.country).Str(w.Ccy[p.Ccy].Code).Money(int64(p.Discount*100) * 10000).Int(int64(p.Quoted))
		sh.Int(int64(p.payDays)).Money(int64(dice.Mix(uint64(i))%5) * 500_000).Str(p.group).Str(status).End()
	}
	return nil
}

// WritePurchasing writes the purchase orders, batches, supplier invoices and
// payments that the shards' lines add up to.
func (w *World) WritePurchasing(s *Shard) error {
	for sup := range w.Suppliers {
		if err := s.Ctx.Err(); err != nil {
			return err
		}
		for k := range w.Periods() {
			w.writePeriod(s, sup, k)
		}
	}
	bs := s.Sheet(sheet.TBatch)
	for k := range w.CustomsGrams {
		grams := w.CustomsGrams[k].Load()
		if grams == 0 {
			continue
		}
		open := w.First + calendar.Day(k*7)
		closes := min(open+6, w.Last)
		kg := float64(grams) / 1000
		mode, freight := "air", 38.0
		if k%3 == 0 {
			mode, freight = "sea", 11
		}
		bs.Int(batchBase+int64(k)+1).Str("customs").Null().Time(open, 9*3600).Time(closes, 17*3600).Str([]string{"Eastern Freight", "Ocean Link", "Sky Parcel"}[k%3]).Str(mode)
		bs.Money(int64(math.Round(kg*freight)) * 10000).Money(w.CustomsValue[k].Load() * 2 / 1000 * 10000).Float(kg).End()
	}
	return nil
}

// writePeriod writes the purchase order of a supplier's fortnight, with its
// batch, invoice and payment, if anything was ordered.
func (w *World) writePeriod(s *Shard, sup, k int) {
	at := sup*w.Periods() + k
	used, cost := w.PeriodUsed[at].Load(), w.PeriodCost[at].Load()
	if !used && cost == 0 {
		return
	}
	p := &w.Suppliers[sup]
	phase := calendar.Day(dice.Mix(uint64(sup)+7) % 14)
	closes := w.Cal.OnWork(w.First + calendar.Day(k)*14 + phase)
	status := "closed"
	if closes > w.Last-120 {
		status = "open"
	}
	id := int64(at) + 1
	ccy := w.Ccy[p.Ccy].Code
	s.Sheet(sheet.TPO).Int(id).Int(int64(sup) + 1).Date(min(closes, w.Last)).Int(id).Str(ccy).Str(status).End()
	bs := s.Sheet(sheet.TBatch)
	bs.Int(id).Str("supplier_order").Int(int64(sup)+1).Time(min(closes-13, w.Last), 9*3600)
	if closes > w.Last {
		bs.Null()
	} else {
		bs.Time(closes, 17*3600)
	}
	bs.Nulls(5).End()
	billed := w.Cal.OnWork(closes + 60)
	if cost == 0 || billed > w.Last {
		return
	}
	due := billed + calendar.Day(p.payDays)
	s.Sheet(sheet.TSupInvoice).Int(id).Int(int64(sup) + 1).Date(billed).Date(due).Money(cost).Str(ccy).Int(id).End()
	paid := w.Cal.OnWork(due + calendar.Day(dice.Mix(uint64(at)+3)%12))
	if paid <= w.Last {
		s.Sheet(sheet.TSupPayment).Int(id).Int(id).Date(paid).Money(cost).Rate(w.Fx.At(p.Ccy, paid)).End()
	}
}

// Week numbers the weeks of the history.
func (w *World) Week(d calendar.Day) int { return min(max(int(d-w.First)/7, 0), w.weeks()-1) }

// CustomsBatch is the week's consignment at customs.
func (w *World) CustomsBatch(cleared calendar.Day) int64 {
	return batchBase + int64(w.Week(cleared)) + 1
}
