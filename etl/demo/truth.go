package demo

import "sort"

// keep gathers what the closing parts need of a finished shard: the hundred
// largest customers of the last full year and the planted ones.
func (w *world) keep(s *shard) {
	if len(s.bigs) == 0 {
		return
	}
	w.bigs = append(w.bigs, s.bigs...)
	sort.Slice(w.bigs, func(i, j int) bool {
		if w.bigs[i].net != w.bigs[j].net {
			return w.bigs[i].net > w.bigs[j].net
		}
		return w.bigs[i].id < w.bigs[j].id
	})
	kept := w.bigs[:0]
	for i, b := range w.bigs {
		if i < 100 || b.plant != "" {
			kept = append(kept, b)
		}
	}
	w.bigs = kept
}

// writeTruth writes the truths that are not a customer's.
func (w *world) writeTruth(s *shard) error {
	if !w.effects {
		return nil
	}
	ep := &w.ep
	es := s.sheet(tTruthEvent)
	event := func(code, subject string, id int64, from, to day, size float64, note string) {
		es.str(code).str(subject).id(id).date(from).date(to).float(size).str(note).end()
	}
	event("fx_shock", "EUR", 0, ep.shockFrom, ep.shockTo, .07, "EUR dearer while prices are fixed for the quarter; the rate stays")
	event("customs_review", "customs", 0, ep.reviewFrom, ep.reviewTo, .18, "share of consignments reviewed, else 0.03; 30 days more")
	event("inspection_slow", "inspection", 0, ep.slowFrom, ep.slowTo, 4, "days more per consignment")
	event("mix", "margin", 0, ep.mixFrom, w.last, -1, "every class earns 1.8 % more per copy, low-margin classes gain share")
	event("drift", "taste", 0, ep.drift, w.last, .08, "share of customers whose first class changes")
	event("salesperson_x", "employee", int64(w.employeeX()), w.first, w.last, 0, "large revenue, negative contribution")
	event("salesperson_y", "employee", int64(w.employeeY()), ep.leaveY, w.last, 0, "left; accounts without an owner, some fade")
	event("service_hazard", "churn", 0, w.first, w.last, 2, "hazard ratio of two late deliveries or an unresolved complaint in half a year; 1.1 when resolved within 3 days")
	event("textbook_deadline", "textbook", 0, w.first, w.last, 0, "the last safe day for the autumn term is mid-June")
	for rank, b := range w.bigs {
		if b.plant == "silent" || b.plant == "halved" || b.plant == "complained" || b.plant == "agent_unsold" {
			event("big_customer", b.plant, b.id, date(ep.lastYear, 1, 1), w.last, float64(rank+1), "rank by net of the last full year among the hundred largest and the planted")
		}
	}
	for i := range w.suppliers {
		w.supplierTruth(s, i)
	}
	cs := s.sheet(tTruthCampaign)
	for i, c := range w.campaigns {
		id := int64(i + 1)
		switch c.code {
		case "A":
			cs.int(id).str("A").str("orders within two weeks").float(.02).str("random halves; about 4 % of the controls order").end()
		case "B":
			cs.int(id).str("B").str("none").float(0).str("sent to the best customers").end()
		case "C":
			cs.int(id).str("C").str("orders of attendees for six weeks").float(.35).str("attendees choose themselves").end()
		case "D":
			cs.int(id).str("D").str("third mail of its month").float(-.30).str("response").end()
		}
	}
	return nil
}

// supplierTruth writes what was planted on a supplier.
func (w *world) supplierTruth(s *shard, i int) {
	sh := s.sheet(tTruthSupplier)
	put := func(effect string, size float64, from day) {
		sh.int(int64(i + 1)).str(w.suppliers[i].code).str(effect).float(size).date(from).end()
	}
	switch w.suppliers[i].code {
	case "S1":
		put("days slower", 18, w.ep.s1From)
	case "S2":
		put("share of copies short", .12, w.ep.s2From)
	case "S3":
		put("share of copies damaged", .08, w.ep.s2From)
	case "S4":
		put("none: sells forthcoming titles", 0, w.first)
	}
}
