package demo

import (
	"fmt"
	"math"
)

// campaign is one campaign; its id is its position plus one.
type campaign struct {
	name       string
	kind       string
	code       string // A, B, C, D of the planted ones
	place      string
	medium     string
	start, end day
	owner      int
	budget     int64 // CNY
	nth        int   // which mail of its month
}

// fair is the fair of a year.
type fair struct {
	id         int64
	start, end day
}

// makeCampaigns plans the campaigns of the history.
func (w *world) makeCampaigns() {
	add := func(c campaign) {
		c.start = w.cal.onWork(c.start)
		if c.end < c.start {
			c.end = c.start
		}
		if c.start >= w.first && c.start <= w.last {
			c.owner = 2 + len(w.campaigns)%6
			w.campaigns = append(w.campaigns, c)
		}
	}
	for y := w.first.year(); y <= w.last.year(); y++ {
		start := date(y, 8, 26)
		if y%4 != 0 && y >= 2023 || y == 2024 {
			start = date(y, 6, 18)
		}
		add(campaign{name: fmt.Sprintf("International Book Fair %d", y), kind: "fair", code: "C", place: "Beijing", medium: "stand", start: start, end: start + 4, budget: 260000})
		add(campaign{name: fmt.Sprintf("Textbook tour spring %d", y), kind: "textbook_tour", place: "eight cities", medium: "visit", start: date(y, 4, 8), end: date(y, 4, 26), budget: 90000})
		add(campaign{name: fmt.Sprintf("Textbook tour autumn %d", y), kind: "textbook_tour", place: "five cities", medium: "visit", start: date(y, 10, 12), end: date(y, 10, 24), budget: 60000})
		add(campaign{name: fmt.Sprintf("Seminar %d", y), kind: "seminar", place: "Shanghai", medium: "event", start: date(y, 5, 16), end: date(y, 5, 17), budget: 30000})
		add(campaign{name: fmt.Sprintf("Exhibit hall %d", y), kind: "exhibit hall", place: "Beijing", medium: "hall", start: date(y, 3, 12), end: date(y, 12, 10), budget: 120000})
		add(campaign{name: fmt.Sprintf("November promotion %d", y), kind: "promo", medium: "web", start: date(y, 11, 1), end: date(y, 11, 20), budget: 25000})
		for m := 1; m <= 12; m++ {
			if m%3 == 0 {
				add(campaign{name: fmt.Sprintf("Catalogue mailing %d-%02d", y, m), kind: "catalogue_mailing", medium: "post", start: date(y, m, 6), end: date(y, m, 10), budget: 14000})
			}
			if y < w.last.year()-2 {
				continue
			}
			mails := 1
			if m%4 == 0 {
				mails = 3
			}
			for k := range mails {
				code := ""
				if k == 2 {
					code = "D"
				}
				add(campaign{name: fmt.Sprintf("New titles %d-%02d no. %d", y, m, k+1), kind: "email", code: code, medium: "e-mail", start: date(y, m, 5+9*k), end: date(y, m, 5+9*k), budget: 800, nth: k + 1})
			}
		}
	}
	add(campaign{name: "Autumn readers' mail", kind: "email", code: "A", medium: "e-mail", start: w.ep.mailA, end: w.ep.mailA, budget: 6000})
	add(campaign{name: "Spring letter to key accounts", kind: "catalogue_mailing", code: "B", medium: "post", start: w.ep.mailB, end: w.ep.mailB + 2, budget: 30000})
}

// campaignID is the id of the campaign with a code planted once, 0 if none.
func (w *world) campaignID(code string) int64 {
	for i := range w.campaigns {
		if w.campaigns[i].code == code {
			return int64(i + 1)
		}
	}
	return 0
}

// fairOf is the fair of a year.
func (w *world) fairOf(y int) (fair, bool) {
	for i := range w.campaigns {
		if c := &w.campaigns[i]; c.kind == "fair" && c.start.year() == y {
			return fair{int64(i + 1), c.start, c.end}, true
		}
	}
	return fair{}, false
}

// writeCampaigns writes the campaigns and their cost.
func (w *world) writeCampaigns(s *shard) error {
	sh := s.sheet(tCampaign)
	for i, c := range w.campaigns {
		id := int64(i + 1)
		scale := math.Max(w.o.Scale, .01)
		budget := int64(math.Round(float64(c.budget) * scale))
		late := day(mix(uint64(i)) % 3)
		sh.int(id).str(c.name).str(c.kind).null().str(c.place).str(c.medium).date(c.start).date(c.end).date(c.start).date(min(c.end+late, w.last)).int(int64(c.owner))
		sh.money(budget * 10000).str("orders").str("more orders within six weeks").end()
		spent := budget * int64(85+mix(uint64(i)+9)%30) / 100
		kinds := []string{"print", "postage"}
		if c.kind == "fair" || c.kind == "exhibit hall" || c.kind == "seminar" || c.kind == "textbook_tour" {
			kinds = []string{"stand", "travel", "print"}
		}
		for k, kind := range kinds {
			s.sheet(tCampaignCost).int(id).date(c.start).str(kind).money(spent * int64(len(kinds)-k) * 20000 / int64(len(kinds)*(len(kinds)+1))).end()
		}
	}
	return nil
}
