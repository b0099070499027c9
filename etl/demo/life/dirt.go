package life

import (
	"strconv"
	"strings"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// dirtyLine writes the line in a dirty way when its turn has come.
func (s *bench) dirtyLine(c *customer, o *order, l *line) bool {
	kind := ""
	switch s.Round() {
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
	w := s.W
	t := &w.Titles[l.title]
	sup := &w.Suppliers[t.Sup]
	sh := s.Sheet(sheet.TLine)
	id := strconv.FormatInt(l.id, 10)
	s.Note(sheet.TLine, id, kind, "")
	sh.Int(l.id).Int(o.id).Int(int64(l.no))
	if kind == "line without title" {
		s.D.Reseed(w.O.Seed, dice.StreamText+uint64(l.title))
		text, _ := w.TitleText(s.D, t)
		s.D.Reseed(w.O.Seed, dice.StreamSlot+uint64(l.id)+1<<50)
		sh.Null().Str(text)
	} else {
		sh.Int(int64(l.title) + 1).Null()
	}
	switch kind {
	case "full-width digits":
		sh.Raw(market.FullWidth(strconv.Itoa(l.qty)))
	case "negative quantity":
		sh.Int(int64(-l.qty))
	default:
		sh.Int(int64(l.qty))
	}
	sh.Int(int64(l.cancelled)).Str(l.reason).Money(t.Price)
	if kind == "retired currency" {
		sh.Str("DEM").Null()
	} else {
		sh.Str(w.Ccy[sup.Ccy].Code).Rate(l.quote)
	}
	sh.Money(l.discount).Money(l.unit).Bool(l.textbook).Str(termOf(l.textbook, o.day)).Str(l.flow.status).End()
	s.LineNo++
	return true
}

// dirtyOrder changes an order about to be written, or writes rows beside it.
func (s *bench) dirtyOrder(o *order) {
	switch s.Round() {
	case 100:
		s.oddOrder(o, "FRF", "order in a retired currency", 0)
	case 120:
		s.oddOrder(o, "SEK", "currency without any rate", 0)
	case 140:
		next := s.W.Cal.MonthIndex(o.day) - s.W.Cal.MonthIndex(s.W.First) + 2
		s.oddOrder(o, "CNY", "catalogue issued later than the order", s.W.CatalogueID(0, next))
	}
}

// oddOrder writes one more order, of one line, that differs in one point.
func (s *bench) oddOrder(like *order, ccy, kind string, catalogue int64) {
	if s.Odd[kind] {
		return
	}
	s.Odd[kind] = true
	id, line := s.Ids.Next(market.IdOrder), s.Ids.Next(market.IdLine)
	s.Note(sheet.TOrder, strconv.FormatInt(id, 10), kind, "")
	sh := s.Sheet(sheet.TOrder)
	sh.Int(id).Str("SO-ODD-"+strconv.FormatInt(id, 10)).Int(like.customer).Null().Time(like.day, like.second).Str("fax").ID(int64(like.staff))
	sh.Nulls(2).ID(catalogue).Bool(false).Null().Str(ccy).Nulls(2).Str("open").Money(1_500_000).End()
	s.Sheet(sheet.TLine).Int(line).Int(id).Int(1).Int(1).Null().Int(3).Int(0).Null().Money(500_000).Str(ccy).Null().Money(0).Money(500_000).Bool(false).Null().Str("open").End()
}

// dirtyEvents writes stage events that cannot be.
func (s *bench) dirtyEvents(c *customer, l *line) {
	if !s.W.O.Dirty {
		return
	}
	put := func(stage string, on calendar.Day, second int) {
		if on <= s.W.Last {
			s.Sheet(sheet.TEvent).Int(l.id).Str(stage).Time(on, second).Int(int64(l.qty)).Null().Null().End()
		}
	}
	f := &l.flow
	key := strconv.FormatInt(l.id, 10)
	s.EventNo++
	switch s.EventNo % market.DirtyEvery {
	case 25:
		s.Note(sheet.TEvent, key, "stages out of order", "inspected again before the order to the supplier")
		put("inspected", f.days[StReceived], 86399)
	case 50:
		s.Note(sheet.TEvent, key, "event before the order", "")
		put("supplier_ordered", f.days[StReceived]-9, 40000)
	case 75:
		s.Note(sheet.TEvent, key, "cancelled then delivered", "")
		put("cancelled", f.days[stConfirmed], 50000)
		put("delivered", f.days[stConfirmed]+40, 50000)
	}
}

// dirtyDate writes a date in another format when its turn has come.
func (s *bench) dirtyDate(t sheet.TableID, on calendar.Day) bool {
	if !s.W.O.Dirty {
		return false
	}
	s.DateNo++
	at := on.Time()
	text := ""
	switch s.DateNo % 40 {
	case 5:
		text = strconv.Itoa(at.Year()) + "/" + strconv.Itoa(int(at.Month())) + "/" + strconv.Itoa(at.Day())
	case 10:
		text = at.Format("02-01-2006")
	case 15:
		text = strconv.Itoa(int(on) + 25569) // Excel counts from 30 December 1899
	default:
		return false
	}
	s.Note(t, strconv.FormatInt(s.Ids.Shard*market.Stride(market.IdReturn)+s.Ids.Used[market.IdReturn], 10), "date format", text)
	s.Sheet(t).Raw(text)
	return true
}

// dirtyCustomer writes rows beside a customer's: its type changed in the middle
// of a year; a library known under three names; two customers merged.
func (s *bench) dirtyCustomer(c *customer, budget int64) {
	if !s.W.O.Dirty || c.dup != 0 || s.Odd["customers"] && c.kindNo != market.KLibrary {
		return
	}
	key := strconv.FormatInt(c.id, 10)
	switch {
	case c.kindNo == market.KInstitute && !s.Odd["type changed"]:
		s.Odd["type changed"] = true
		s.Note(sheet.TCustomer, key, "type changed in mid-year", "institute before, enterprise later")
		kind := c.kind
		other := *kind
		other.Name = "enterprise"
		c.kind = &other
		last := c.lastOrder
		c.lastOrder = s.W.Last - 1
		c.record(c.id, c.name, c.nameEN, c.created, c.status(), 0, budget)
		c.kind, c.lastOrder = kind, last
	case c.kindNo == market.KLibrary && !s.Odd["three names"]:
		s.Odd["three names"] = true
		for _, name := range []string{strings.Replace(c.name, "图书馆", "圖書館", 1), c.name + "（采访部）"} {
			id := s.Ids.Next(market.IdCustomer)
			s.Note(sheet.TCustomer, strconv.FormatInt(id, 10), "library under three names", key)
			c.record(id, name, c.nameEN, c.created+90, "active", 0, 0)
		}
	case c.kindNo == market.KGovernment && !s.Odd["merged"]:
		s.Odd["merged"] = true
		id := s.Ids.Next(market.IdCustomer)
		s.Note(sheet.TCustomer, strconv.FormatInt(id, 10), "merged into another customer", key)
		c.record(id, c.name+"(旧)", c.nameEN, c.created, "merged", c.id, 0)
	}
}
