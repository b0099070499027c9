package market

import (
	"sort"

	"verso/etl/demo/calendar"
	"verso/etl/demo/sheet"
)

// Keep gathers what the closing parts need of a finished shard: the hundred
// largest customers of the last full year and the planted ones.
func (w *World) Keep(s *Shard) {
	if len(s.Bigs) == 0 {
		return
	}
	w.bigs = append(w.bigs, s.Bigs...)
	sort.Slice(w.bigs, func(i, j int) bool {
		if w.bigs[i].Net != w.bigs[j].Net {
			return w.bigs[i].Net > w.bigs[j].Net
		}
		return w.bigs[i].ID < w.bigs[j].ID
	})
	kept := w.bigs[:0]
	for i, b := range w.bigs {
		if i < 100 || b.Plant != "" {
			kept = append(kept, b)
		}
	}
	w.bigs = kept
}

// WriteTruth writes the truths that are not a customer's.
func (w *World) WriteTruth(s *Shard) error {
	if !w.Effects {
		return nil
	}
	ep := &w.Ep
	es := s.Sheet(sheet.TTruthEvent)
	event := func(code, subject string, id int64, from, to calendar.Day, size float64, note string) {
		es.Str(code).Str(subject).ID(id).Date(from).Date(to).Float(size).Str(note).End()
	}
	event("fx_shock", "EUR", 0, ep.shockFrom, ep.shockTo, .07, "EUR dearer while prices are fixed for the quarter; the rate stays")
	event("customs_review", "customs", 0, ep.ReviewFrom, ep.ReviewTo, .18, "share of consignments reviewed, else 0.03; 30 days more")
	event("inspection_slow", "inspection", 0, ep.SlowFrom, ep.SlowTo, 4, "days more per consignment")
	event("mix", "margin", 0, ep.MixFrom, w.Last, -1, "every class earns 2.6 % more per copy, low-margin classes gain share")
	event("drift", "taste", 0, ep.Drift, w.Last, .08, "share of customers whose first class changes")
	event("salesperson_x", "employee", int64(w.EmployeeX()), w.First, w.Last, 0, "large revenue, negative contribution")
	event("salesperson_y", "employee", int64(w.EmployeeY()), ep.LeaveY, w.Last, 0, "left; accounts without an owner, some fade")
	event("service_hazard", "churn", 0, w.First, w.Last, 2, "hazard ratio of two late deliveries or an unresolved complaint in half a year; 1.1 when resolved within 3 days")
	event("textbook_deadline", "textbook", 0, w.First, w.Last, 0, "the last safe day for the autumn term is mid-June")
	for rank, b := range w.bigs {
		if b.Plant == "silent" || b.Plant == "halved" || b.Plant == "complained" || b.Plant == "agent_unsold" {
			event("big_customer", b.Plant, b.ID, calendar.Date(ep.LastYear, 1, 1), w.Last, float64(rank+1), "rank by net of the last full year among the hundred largest and the planted")
		}
	}
	for i := range w.Suppliers {
		w.supplierTruth(s, i)
	}
	cs := s.Sheet(sheet.TTruthCampaign)
	for i, c := range w.Campaigns {
		id := int64(i + 1)
		switch c.Code {
		case "A":
			cs.Int(id).Str("A").Str("orders within two weeks").Float(.02).Str("random halves; about 4 % of the controls order").End()
		case "B":
			cs.Int(id).Str("B").Str("none").Float(0).Str("sent to the best customers").End()
		case "C":
			cs.Int(id).Str("C").Str("orders of attendees for six weeks").Float(.35).Str("attendees choose themselves").End()
		case "D":
			cs.Int(id).Str("D").Str("third mail of its month").Float(-.30).Str("response").End()
		}
	}
	return nil
}

// supplierTruth writes what was planted on a supplier.
func (w *World) supplierTruth(s *Shard, i int) {
	sh := s.Sheet(sheet.TTruthSupplier)
	put := func(effect string, size float64, from calendar.Day) {
		sh.Int(int64(i + 1)).Str(w.Suppliers[i].Code).Str(effect).Float(size).Date(from).End()
	}
	switch w.Suppliers[i].Code {
	case "S1":
		put("days slower", 18, w.Ep.S1From)
	case "S2":
		put("share of copies short", .12, w.Ep.S2From)
	case "S3":
		put("share of copies damaged", .08, w.Ep.S2From)
	case "S4":
		put("none: sells forthcoming titles", 0, w.First)
	}
}
