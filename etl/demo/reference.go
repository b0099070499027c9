package demo

import (
	"strconv"
)

// titlePiece is the number of titles written by one part of the work.
const titlePiece = 4096

// catalogueCodes are the monthly catalogues in the order of their ids.
func catalogueCodes() []string {
	return []string{"T", "S", "M", "C", "R", "J", "FAIR", "TEXTBOOK"}
}

// catalogueCode is the catalogue a title is listed in: by language, else class.
func (w *world) catalogueCode(t *title) int {
	switch w.suppliers[t.sup].lang {
	case "rus":
		return 4
	case "jpn":
		return 5
	case "chi":
		return 3
	}
	switch w.classes[t.class].code[0] {
	case 'N', 'O', 'P', 'T', 'U', 'V', 'X':
		return 0
	case 'Q', 'R', 'S':
		return 2
	}
	return 1
}

// catalogueID is the id of a catalogue of a month of the history.
func (w *world) catalogueID(code int, month int) int64 { return int64(month)*10 + int64(code) + 1 }

// writeReference writes regions, rates, the calendar and catalogues.
func (w *world) writeReference(s *shard) error {
	gs := s.sheet(tGeo)
	for _, p := range w.places {
		level := []string{"", "province", "prefecture", "county"}[p.level]
		gs.str(p.code).str(p.zh).str(level).str(p.parent).str(countryOf(p.code)).end()
	}
	for i, c := range w.ccy {
		if i == cCNY {
			continue
		}
		for on := w.first - 10; on <= w.last; on++ {
			if w.cal.isWorking(on) && !s.dirtyRate(i, on) {
				s.sheet(tFX).date(on).str(c.code).rate(w.fx.at(i, on)).str("mid").end()
			}
		}
	}
	w.writeCalendar(s)
	w.writeCatalogues(s)
	return nil
}

// writeCalendar writes holidays, swap workdays, terms and fairs.
func (w *world) writeCalendar(s *shard) {
	sh := s.sheet(tCalendar)
	limit := date(w.last.year()+1, 12, 31)
	for _, h := range w.cal.holidays {
		for on := h.from; on <= h.to; on++ {
			if on >= w.first && on <= limit {
				sh.date(on).str("holiday").str(h.name).end()
			}
		}
	}
	for _, on := range w.cal.swaps {
		if on >= w.first && on <= limit {
			sh.date(on).str("workday_swap").str("swap workday").end()
		}
	}
	for y := w.first.year(); y <= w.last.year()+1; y++ {
		sh.date(date(y, 2, 24)).str("term_start").str("spring term").end()
		sh.date(date(y, 7, 10)).str("term_end").str("spring term").end()
		sh.date(date(y, 9, 1)).str("term_start").str("autumn term").end()
		sh.date(date(y+1, 1, 18)).str("term_end").str("autumn term").end()
		sh.date(date(y, 12, 20)).str("budget_close").str("public budgets close").end()
	}
	for _, c := range w.campaigns {
		if c.kind == "fair" {
			for on := c.start; on <= c.end; on++ {
				sh.date(on).str("fair").str(c.name).end()
			}
		}
	}
}

// writeCatalogues writes the catalogues of every month; their items are written
// with the titles.
func (w *world) writeCatalogues(s *shard) {
	sh := s.sheet(tCatalogue)
	start := w.cal.monthIndex(w.first)
	for m := start; m <= w.cal.monthIndex(w.last); m++ {
		from := w.cal.monthStart(m)
		issue := w.days.name(from)
		for i, code := range catalogueCodes() {
			month := from.month()
			if code == "FAIR" && month != 6 || code == "TEXTBOOK" && month != 3 && month != 9 {
				continue
			}
			on := w.cal.onWork(from + 24)
			if on > w.last {
				continue
			}
			medium := []string{"print", "e", "print"}[i%3]
			sh.int(w.catalogueID(i, m-start)).str(code).str(issue[:4] + issue[5:7]).date(on).str(medium).int(int64(400 + mix(uint64(m*10+i))%2200)).end()
		}
	}
}

// writeTitles writes titles from..to with their people, subjects, prices and
// catalogue entries.
func (w *world) writeTitles(s *shard, from, to int) error {
	for i := from; i < to; i++ {
		s.d.reseed(w.o.Seed, streamText+uint64(i))
		w.writeTitle(s, i)
	}
	return s.ctx.Err()
}

// writeTitle writes one title.
func (w *world) writeTitle(s *shard, i int) {
	t := &w.titles[i]
	c, sup := &w.classes[t.class], &w.suppliers[t.sup]
	id := int64(i) + 1
	text, zh := w.titleText(s.d, t)
	isbn := w.isbn(t)
	old := ""
	if t.pub < date(2007, 1, 1) || i%40 == 0 {
		old = isbn10(isbn)
	}
	edition, volume := "", ""
	if t.edition > 1 {
		edition = ordinal(int(t.edition)) + " ed."
	}
	if t.volume > 0 {
		volume = strconv.Itoa(int(t.volume))
	}
	status := "in print"
	switch {
	case t.pub > w.last:
		status = "forthcoming"
	case t.op && t.listed < w.last-500:
		status = "OP"
	}
	binding := "PB"
	if t.hard {
		binding = "HB"
	}
	level := []string{"academic", "professional", "reference", "trade", "textbook"}[t.level]
	code := w.catalogueCode(t)
	sh := s.sheet(tTitle)
	ean := ""
	isbn, old, ean = s.dirtyISBN(i, isbn, old)
	sh.int(id).str(isbn).str(old).str(ean).str(text).str(zh).int(int64(t.work) + 1).str(edition).str(volume).id(int64(t.series)).int(int64(t.sup) + 1)
	sh.date(t.pub).str(status).str(sup.lang).str(sup.country).str(binding).int(int64(120 + int(t.weight)*2/3)).float(float64(t.weight))
	sh.money(t.price).str(w.ccy[sup.ccy].code).str(level).str(c.code).str(catalogueCodes()[code]).bool(t.level == textbook).date(t.listed).end()
	w.aroundTitle(s, i, t, code)
}

// aroundTitle writes contributors, subjects, prices and the catalogue entry.
func (w *world) aroundTitle(s *shard, i int, t *title, code int) {
	id := int64(i) + 1
	c := &w.classes[t.class]
	cs := s.sheet(tContributor)
	cs.int(id).int(1).str("author").str(w.words.author(s.d)).end()
	if s.d.chance(.2) {
		cs.int(id).int(2).str("editor").str(w.words.author(s.d)).end()
	}
	s.sheet(tSubject).int(id).str("CLC").str(c.code).bool(true).end()
	if s.d.chance(.15) {
		other := w.classes[s.d.pick(w.classCum)].code
		if other != c.code {
			s.sheet(tSubject).int(id).str("CLC").str(other).bool(false).end()
		}
	}
	if i%5 == 0 {
		cur := w.ccy[w.suppliers[t.sup].ccy].code
		s.sheet(tTitlePrice).int(id).str(cur).money(t.price).date(t.listed).null().end()
	}
	if t.listed < w.first {
		return
	}
	month := w.cal.monthIndex(t.listed) - w.cal.monthIndex(w.first)
	on := w.cal.onWork(w.cal.monthStart(w.cal.monthIndex(t.listed)) + 24)
	if on > w.last {
		return
	}
	unit, _ := w.priceOf(t, t.listed)
	h := mix(uint64(i))
	s.sheet(tCatalogueItem).int(w.catalogueID(code, month)).int(id).int(int64(1 + h%60)).int(int64(1 + h/60%12)).money(unit).date(on + 45).end()
}

// ordinal is 2nd, 3rd, 4th …
func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return strconv.Itoa(n) + suffix
}

// countryOf is the country of a region code.
func countryOf(code string) string {
	switch code {
	case "710000":
		return "TW"
	case "810000":
		return "HK"
	case "820000":
		return "MO"
	}
	return "CN"
}
