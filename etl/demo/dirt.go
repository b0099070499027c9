package demo

import (
	"strconv"
	"strings"
)

// dirtyLine writes the line in a dirty way when its turn has come.
func (s *bench) dirtyLine(c *customer, o *order, l *line) bool {
	kind := ""
	switch s.round() {
	case 20:
		kind = "line without title"
	case 40:
		kind = "full-width digits"
	case 60:
		kind = "negative quantity"
	case 80:
		kind = "retired currency"
	default:
		return false
	}
	w := s.w
	t := &w.titles[l.title]
	sup := &w.suppliers[t.sup]
	sh := s.sheet(tLine)
	id := strconv.FormatInt(l.id, 10)
	s.note(tLine, id, kind, "")
	sh.int(l.id).int(o.id).int(int64(l.no))
	if kind == "line without title" {
		s.d.reseed(w.o.Seed, streamText+uint64(l.title))
		text, _ := w.titleText(s.d, t)
		s.d.reseed(w.o.Seed, streamSlot+uint64(l.id)+1<<50)
		sh.null().str(text)
	} else {
		sh.int(int64(l.title) + 1).null()
	}
	switch kind {
	case "full-width digits":
		sh.raw(fullWidth(strconv.Itoa(l.qty)))
	case "negative quantity":
		sh.int(int64(-l.qty))
	default:
		sh.int(int64(l.qty))
	}
	sh.int(int64(l.cancelled)).str(l.reason).money(t.price)
	if kind == "retired currency" {
		sh.str("DEM").null()
	} else {
		sh.str(w.ccy[sup.ccy].code).rate(l.quote)
	}
	sh.money(l.discount).money(l.unit).bool(l.textbook).str(termOf(l.textbook, o.day)).str(l.flow.status).end()
	s.lineNo++
	return true
}

// dirtyOrder changes an order about to be written, or writes rows beside it.
func (s *bench) dirtyOrder(o *order) {
	switch s.round() {
	case 100:
		s.oddOrder(o, "FRF", "order in a retired currency", 0)
	case 120:
		s.oddOrder(o, "SEK", "currency without any rate", 0)
	case 140:
		next := s.w.cal.monthIndex(o.day) - s.w.cal.monthIndex(s.w.first) + 2
		s.oddOrder(o, "CNY", "catalogue issued later than the order", s.w.catalogueID(0, next))
	}
}

// oddOrder writes one more order, of one line, that differs in one point.
func (s *bench) oddOrder(like *order, ccy, kind string, catalogue int64) {
	if s.odd[kind] {
		return
	}
	s.odd[kind] = true
	id, line := s.ids.next(idOrder), s.ids.next(idLine)
	s.note(tOrder, strconv.FormatInt(id, 10), kind, "")
	sh := s.sheet(tOrder)
	sh.int(id).str("SO-ODD-"+strconv.FormatInt(id, 10)).int(like.customer).null().time(like.day, like.second).str("fax").id(int64(like.staff))
	sh.nulls(2).id(catalogue).bool(false).null().str(ccy).nulls(2).str("open").money(1_500_000).end()
	s.sheet(tLine).int(line).int(id).int(1).int(1).null().int(3).int(0).null().money(500_000).str(ccy).null().money(0).money(500_000).bool(false).null().str("open").end()
}

// dirtyEvents writes stage events that cannot be.
func (s *bench) dirtyEvents(c *customer, l *line) {
	if !s.w.o.Dirty {
		return
	}
	put := func(stage string, on day, second int) {
		if on <= s.w.last {
			s.sheet(tEvent).int(l.id).str(stage).time(on, second).int(int64(l.qty)).null().null().end()
		}
	}
	f := &l.flow
	key := strconv.FormatInt(l.id, 10)
	s.eventNo++
	switch s.eventNo % dirtyEvery {
	case 25:
		s.note(tEvent, key, "stages out of order", "inspected again before the order to the supplier")
		put("inspected", f.days[stReceived], 86399)
	case 50:
		s.note(tEvent, key, "event before the order", "")
		put("supplier_ordered", f.days[stReceived]-9, 40000)
	case 75:
		s.note(tEvent, key, "cancelled then delivered", "")
		put("cancelled", f.days[stConfirmed], 50000)
		put("delivered", f.days[stConfirmed]+40, 50000)
	}
}

// dirtyDate writes a date in another format when its turn has come.
func (s *bench) dirtyDate(t tableID, on day) bool {
	if !s.w.o.Dirty {
		return false
	}
	s.dateNo++
	at := on.time()
	text := ""
	switch s.dateNo % 40 {
	case 5:
		text = strconv.Itoa(at.Year()) + "/" + strconv.Itoa(int(at.Month())) + "/" + strconv.Itoa(at.Day())
	case 10:
		text = at.Format("02-01-2006")
	case 15:
		text = strconv.Itoa(int(on) + 25569) // Excel counts from 30 December 1899
	default:
		return false
	}
	s.note(t, strconv.FormatInt(s.ids.shard*stride(idReturn)+s.ids.used[idReturn], 10), "date format", text)
	s.sheet(t).raw(text)
	return true
}

// dirtyCustomer writes rows beside a customer's: its type changed in the middle
// of a year; a library known under three names; two customers merged.
func (s *bench) dirtyCustomer(c *customer, budget int64) {
	if !s.w.o.Dirty || c.dup != 0 || s.odd["customers"] && c.kindNo != kLibrary {
		return
	}
	key := strconv.FormatInt(c.id, 10)
	switch {
	case c.kindNo == kInstitute && !s.odd["type changed"]:
		s.odd["type changed"] = true
		s.note(tCustomer, key, "type changed in mid-year", "institute before, enterprise later")
		kind := c.kind
		other := *kind
		other.name = "enterprise"
		c.kind = &other
		last := c.lastOrder
		c.lastOrder = s.w.last - 1
		c.record(c.id, c.name, c.nameEN, c.created, c.status(), 0, budget)
		c.kind, c.lastOrder = kind, last
	case c.kindNo == kLibrary && !s.odd["three names"]:
		s.odd["three names"] = true
		for _, name := range []string{strings.Replace(c.name, "图书馆", "圖書館", 1), c.name + "（采访部）"} {
			id := s.ids.next(idCustomer)
			s.note(tCustomer, strconv.FormatInt(id, 10), "library under three names", key)
			c.record(id, name, c.nameEN, c.created+90, "active", 0, 0)
		}
	case c.kindNo == kGovernment && !s.odd["merged"]:
		s.odd["merged"] = true
		id := s.ids.next(idCustomer)
		s.note(tCustomer, strconv.FormatInt(id, 10), "merged into another customer", key)
		c.record(id, c.name+"(旧)", c.nameEN, c.created, "merged", c.id, 0)
	}
}
