package demo

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files that come in another encoding when the data are dirty.
const (
	fileGBK = "customer_contact"
	fileBOM = "employee"
)

// dirtyEvery is how many lines pass between two rounds of dirty lines.
const dirtyEvery = 1500

// note records a planted case.
func (s *shard) note(file tableID, key, kind, text string) {
	s.sheet(tTruthDirty).str(s.w.tables[file].name).str(key).str(kind).str(text).end()
}

// round is the place of the line about to be written in its round of dirty
// cases, -1 when the data are clean.
func (s *shard) round() int {
	if !s.w.o.Dirty {
		return -1
	}
	return s.lineNo % dirtyEvery
}

// fullWidth writes digits in their full-width forms.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// dirtyLine writes the line in a dirty way when its turn has come.
func (s *shard) dirtyLine(c *customer, o *order, l *line) bool {
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
func (s *shard) dirtyOrder(o *order) {
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
func (s *shard) oddOrder(like *order, ccy, kind string, catalogue int64) {
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
func (s *shard) dirtyEvents(c *customer, l *line) {
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
func (s *shard) dirtyDate(t tableID, on day) bool {
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

// dirtyRate leaves out the rates of one week-long stretch of one currency.
func (s *shard) dirtyRate(ccy int, on day) bool {
	from := s.w.cal.monthStart(s.w.cal.monthIndex(s.w.ep.mixFrom)+4) + 10
	if !s.w.o.Dirty || ccy != cUSD || on < from || on > from+13 {
		return false
	}
	s.note(tFX, s.w.days.name(on), "rate missing", "USD")
	return true
}

// dirtyISBN spoils the ISBN of some titles; goods without an ISBN have an EAN.
func (s *shard) dirtyISBN(i int, isbn, old string) (string, string, string) {
	if !s.w.o.Dirty {
		return isbn, old, ""
	}
	key := strconv.Itoa(i + 1)
	switch i % 700 {
	case 11:
		s.note(tTitle, key, "ISBN with hyphens", "")
		return isbn[:3] + "-" + isbn[3:4] + "-" + isbn[4:8] + "-" + isbn[8:12] + "-" + isbn[12:], old, ""
	case 22:
		ten := isbn10(isbn)
		s.note(tTitle, key, "ISBN-10 in the column of ISBN-13", ten)
		return ten, old, ""
	case 33:
		ten := isbn10(isbn)
		s.note(tTitle, key, "ISBN-10 without its check character", ten[:9])
		return ten[:9], old, ""
	case 44:
		wrong := isbn[:12] + string('0'+(isbn[12]-'0'+1)%10)
		s.note(tTitle, key, "wrong check digit", wrong)
		return wrong, old, ""
	case 55:
		s.note(tTitle, key, "EAN that is no ISBN", "")
		body := []byte("690" + isbn[3:12])
		ean := string(append(body, check13(body)))
		return ean, "", ean
	case 66:
		s.note(tTitle, key, "full-width digits", "")
		return fullWidth(isbn), old, ""
	}
	return isbn, old, ""
}

// dirtyCustomer writes rows beside a customer's: its type changed in the middle
// of a year; a library known under three names; two customers merged.
func (s *shard) dirtyCustomer(c *customer, budget int64) {
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

// writeDirt writes the cases that are not a shard's: encodings, the export that
// came twice, a late payment.
func (w *world) writeDirt(s *shard) error {
	if !w.o.Dirty {
		return nil
	}
	s.note(tContact, "", "file in GBK", "")
	s.note(tEmployee, "", "file with a UTF-8 byte order mark", "")
	s.note(tOrder, duplicateFile, "export delivered twice", "the first rows of order_header again")
	id := int64(99_999_999)
	s.note(tPayment, strconv.FormatInt(id, 10), "payment entered long after its date", "")
	s.sheet(tPayment).int(id).int(1).date(w.first + 30).money(1_000_000).str("CNY").str("bank transfer").end()
	return nil
}

// duplicateFile is the second delivery of the first orders.
const duplicateFile = "order_header_again"

// writeAgain delivers the first rows of order_header a second time, as a file
// of its own.
func (w *world) writeAgain() error {
	dir := filepath.Join(w.o.Dir, "data")
	text, err := os.Open(filepath.Join(dir, "order_header.csv"))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer text.Close()
	var head strings.Builder
	lines := bufio.NewScanner(text)
	for n := 0; n <= 40 && lines.Scan(); n++ {
		head.WriteString(lines.Text() + "\n")
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("demo: order_header.csv: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, duplicateFile+".csv"), []byte(head.String()), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
