package market

import (
	"strconv"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// TitlePiece is the number of titles written by one part of the work.
const TitlePiece = 4096

// catalogueCodes are the monthly catalogues in the order of their ids.
func catalogueCodes() []string {
	return []string{"T", "S", "M", "C", "R", "J", "FAIR", "TEXTBOOK"}
}

// CatalogueCode is the catalogue a title is listed in: by language, else class.
func (w *World) CatalogueCode(t *Title) int {
	switch w.Suppliers[t.Sup].lang {
	case "rus":
		return 4
	case "jpn":
		return 5
	case "chi":
		return 3
	}
	switch w.Classes[t.Class].Code[0] {
	case 'N', 'O', 'P', 'T', 'U', 'V', 'X':
		return 0
	case 'Q', 'R', 'S':
		return 2
	}
	return 1
}

// CatalogueID is the id of a catalogue of a month of the history.
func (w *World) CatalogueID(code int, month int) int64 { return int64(month)*10 + int64(code) + 1 }

// WriteReference writes regions, rates, the calendar and catalogues.
func (w *World) WriteReference(s *Shard) error {
	gs := s.Sheet(sheet.TGeo)
	for _, p := range w.Places {
		level := []string{"", "province", "prefecture", "county"}[p.level]
		gs.Str(p.Code).Str(p.Zh).Str(level).Str(p.parent).Str(CountryOf(p.Code)).End()
	}
	for i, c := range w.Ccy {
		if i == CCNY {
			continue
		}
		for on := w.First - 10; on <= w.Last; on++ {
			if w.Cal.IsWorking(on) && !s.dirtyRate(i, on) {
				s.Sheet(sheet.TFX).Date(on).Str(c.Code).Rate(w.Fx.At(i, on)).Str("mid").End()
			}
		}
	}
	w.writeCalendar(s)
	w.writeCatalogues(s)
	return nil
}

// writeCalendar writes holidays, swap workdays, terms and fairs.
func (w *World) writeCalendar(s *Shard) {
	sh := s.Sheet(sheet.TCalendar)
	limit := calendar.Date(w.Last.Year()+1, 12, 31)
	for _, h := range w.Cal.Holidays {
		for on := h.From; on <= h.To; on++ {
			if on >= w.First && on <= limit {
				sh.Date(on).Str("holiday").Str(h.Name).End()
			}
		}
	}
	for _, on := range w.Cal.Swaps {
		if on >= w.First && on <= limit {
			sh.Date(on).Str("workday_swap").Str("swap workday").End()
		}
	}
	for y := w.First.Year(); y <= w.Last.Year()+1; y++ {
		sh.Date(calendar.Date(y, 2, 24)).Str("term_start").Str("spring term").End()
		sh.Date(calendar.Date(y, 7, 10)).Str("term_end").Str("spring term").End()
		sh.Date(calendar.Date(y, 9, 1)).Str("term_start").Str("autumn term").End()
		sh.Date(calendar.Date(y+1, 1, 18)).Str("term_end").Str("autumn term").End()
		sh.Date(calendar.Date(y, 12, 20)).Str("budget_close").Str("public budgets close").End()
	}
	for _, c := range w.Campaigns {
		if c.Kind == "fair" {
			for on := c.Start; on <= c.end; on++ {
				sh.Date(on).Str("fair").Str(c.name).End()
			}
		}
	}
}

// writeCatalogues writes the catalogues of every month; their items are written
// with the titles.
func (w *World) writeCatalogues(s *Shard) {
	sh := s.Sheet(sheet.TCatalogue)
	start := w.Cal.MonthIndex(w.First)
	for m := start; m <= w.Cal.MonthIndex(w.Last); m++ {
		from := w.Cal.MonthStart(m)
		issue := w.days.Name(from)
		for i, code := range catalogueCodes() {
			month := from.Month()
			if code == "FAIR" && month != 6 || code == "TEXTBOOK" && month != 3 && month != 9 {
				continue
			}
			on := w.Cal.OnWork(from + 24)
			if on > w.Last {
				continue
			}
			medium := []string{"print", "e", "print"}[i%3]
			sh.Int(w.CatalogueID(i, m-start)).Str(code).Str(issue[:4] + issue[5:7]).Date(on).Str(medium).Int(int64(400 + dice.Mix(uint64(m*10+i))%2200)).End()
		}
	}
}

// WriteTitles writes titles from..to with their people, subjects, prices and
// catalogue entries.
func (w *World) WriteTitles(s *Shard, from, to int) error {
	for i := from; i < to; i++ {
		s.D.Reseed(w.O.Seed, dice.StreamText+uint64(i))
		w.writeTitle(s, i)
	}
	return s.Ctx.Err()
}

// writeTitle writes one title.
func (w *World) writeTitle(s *Shard, i int) {
	t := &w.Titles[i]
	c, sup := &w.Classes[t.Class], &w.Suppliers[t.Sup]
	id := int64(i) + 1
	text, zh := w.TitleText(s.D, t)
	isbn := w.isbn(t)
	old := ""
	if t.Pub < calendar.Date(2007, 1, 1) || i%40 == 0 {
		old = Isbn10(isbn)
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
	case t.Pub > w.Last:
		status = "forthcoming"
	case t.Op && t.Listed < w.Last-500:
		status = "OP"
	}
	binding := "PB"
	if t.hard {
		binding = "HB"
	}
	level := []string{"academic", "professional", "reference", "trade", "textbook"}[t.Level]
	code := w.CatalogueCode(t)
	sh := s.Sheet(sheet.TTitle)
	ean := ""
	isbn, old, ean = s.dirtyISBN(i, isbn, old)
	sh.Int(id).Str(isbn).Str(old).Str(ean).Str(text).Str(zh).Int(int64(t.work) + 1).Str(edition).Str(volume).ID(int64(t.series)).Int(int64(t.Sup) + 1)
	sh.Date(t.Pub).Str(status).Str(sup.lang).Str(sup.country).Str(binding).Int(int64(120 + int(t.Weight)*2/3)).Float(float64(t.Weight))
	sh.Money(t.Price).Str(w.Ccy[sup.Ccy].Code).Str(level).Str(c.Code).Str(catalogueCodes()[code]).Bool(t.Level == Textbook).Date(t.Listed).Str(w.notSoldIn(i, sup.lang)).End()
	w.aroundTitle(s, i, t, code)
}

// notSoldIn are the regions that our right to sell a title leaves out: of every
// twelfth English title another agent serves Taiwan, Hong Kong and Macao.
func (w *World) notSoldIn(i int, language string) string {
	if language != "eng" || dice.Mix(uint64(i)+0x5a1e)%12 != 0 {
		return ""
	}
	return "710000;810000;820000"
}

// aroundTitle writes contributors, subjects, prices and the catalogue entry.
func (w *World) aroundTitle(s *Shard, i int, t *Title, code int) {
	id := int64(i) + 1
	c := &w.Classes[t.Class]
	cs := s.Sheet(sheet.TContributor)
	cs.Int(id).Int(1).Str("author").Str(w.Words.author(s.D)).End()
	if s.D.Chance(.2) {
		cs.Int(id).Int(2).Str("editor").Str(w.Words.author(s.D)).End()
	}
	s.Sheet(sheet.TSubject).Int(id).Str("CLC").Str(c.Code).Bool(true).End()
	if s.D.Chance(.15) {
		other := w.Classes[s.D.Pick(w.ClassCum)].Code
		if other != c.Code {
			s.Sheet(sheet.TSubject).Int(id).Str("CLC").Str(other).Bool(false).End()
		}
	}
	if i%5 == 0 {
		cur := w.Ccy[w.Suppliers[t.Sup].Ccy].Code
		s.Sheet(sheet.TTitlePrice).Int(id).Str(cur).Money(t.Price).Date(t.Listed).Null().End()
	}
	if t.Listed < w.First {
		return
	}
	month := w.Cal.MonthIndex(t.Listed) - w.Cal.MonthIndex(w.First)
	on := w.Cal.OnWork(w.Cal.MonthStart(w.Cal.MonthIndex(t.Listed)) + 24)
	if on > w.Last {
		return
	}
	unit, _ := w.PriceOf(t, t.Listed)
	h := dice.Mix(uint64(i))
	s.Sheet(sheet.TCatalogueItem).Int(w.CatalogueID(code, month)).Int(id).Int(int64(1 + h%60)).Int(int64(1 + h/60%12)).Money(unit).Date(on + 45).End()
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

// CountryOf is the country of a region code.
func CountryOf(code string) string {
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
