package market

import (
	"fmt"
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// Campaign is one campaign; its id is its position plus one.
type Campaign struct {
	name       string
	Kind       string
	Code       string // A, B, C, D of the planted ones
	place      string
	medium     string
	Start, end calendar.Day
	owner      int
	budget     int64 // CNY
	Nth        int   // which mail of its month
}

// fair is the fair of a year.
type fair struct {
	Id         int64
	start, End calendar.Day
}

// makeCampaigns plans the campaigns of the history.
func (w *World) makeCampaigns() {
	add := func(c Campaign) {
		c.Start = w.Cal.OnWork(c.Start)
		if c.end < c.Start {
			c.end = c.Start
		}
		if c.Start >= w.First && c.Start <= w.Last {
			c.owner = 2 + len(w.Campaigns)%6
			w.Campaigns = append(w.Campaigns, c)
		}
	}
	for y := w.First.Year(); y <= w.Last.Year(); y++ {
		start := calendar.Date(y, 8, 26)
		if y%4 != 0 && y >= 2023 || y == 2024 {
			start = calendar.Date(y, 6, 18)
		}
		add(Campaign{name: fmt.Sprintf("International Book Fair %d", y), Kind: "fair", Code: "C", place: "Beijing", medium: "stand", Start: start, end: start + 4, budget: 260000})
		add(Campaign{name: fmt.Sprintf("Textbook tour spring %d", y), Kind: "textbook_tour", place: "eight cities", medium: "visit", Start: calendar.Date(y, 4, 8), end: calendar.Date(y, 4, 26), budget: 90000})
		add(Campaign{name: fmt.Sprintf("Textbook tour autumn %d", y), Kind: "textbook_tour", place: "five cities", medium: "visit", Start: calendar.Date(y, 10, 12), end: calendar.Date(y, 10, 24), budget: 60000})
		add(Campaign{name: fmt.Sprintf("Seminar %d", y), Kind: "seminar", place: "Shanghai", medium: "event", Start: calendar.Date(y, 5, 16), end: calendar.Date(y, 5, 17), budget: 30000})
		add(Campaign{name: fmt.Sprintf("Exhibit hall %d", y), Kind: "exhibit hall", place: "Beijing", medium: "hall", Start: calendar.Date(y, 3, 12), end: calendar.Date(y, 12, 10), budget: 120000})
		add(Campaign{name: fmt.Sprintf("November promotion %d", y), Kind: "promo", medium: "web", Start: calendar.Date(y, 11, 1), end: calendar.Date(y, 11, 20), budget: 25000})
		for m := 1; m <= 12; m++ {
			if m%3 == 0 {
				add(Campaign{name: fmt.Sprintf("Catalogue mailing %d-%02d", y, m), Kind: "catalogue_mailing", medium: "post", Start: calendar.Date(y, m, 6), end: calendar.Date(y, m, 10), budget: 14000})
			}
			if y < w.Last.Year()-2 {
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
				add(Campaign{name: fmt.Sprintf("New titles %d-%02d no. %d", y, m, k+1), Kind: "email", Code: code, medium: "e-mail", Start: calendar.Date(y, m, 5+9*k), end: calendar.Date(y, m, 5+9*k), budget: 800, Nth: k + 1})
			}
		}
	}
	add(Campaign{name: "Autumn readers' mail", Kind: "email", Code: "A", medium: "e-mail", Start: w.Ep.MailA, end: w.Ep.MailA, budget: 6000})
	add(Campaign{name: "Spring letter to key accounts", Kind: "catalogue_mailing", Code: "B", medium: "post", Start: w.Ep.mailB, end: w.Ep.mailB + 2, budget: 30000})
}

// CampaignID is the id of the campaign with a code planted once, 0 if none.
func (w *World) CampaignID(code string) int64 {
	for i := range w.Campaigns {
		if w.Campaigns[i].Code == code {
			return int64(i + 1)
		}
	}
	return 0
}

// FairOf is the fair of a year.
func (w *World) FairOf(y int) (fair, bool) {
	for i := range w.Campaigns {
		if c := &w.Campaigns[i]; c.Kind == "fair" && c.Start.Year() == y {
			return fair{int64(i + 1), c.Start, c.end}, true
		}
	}
	return fair{}, false
}

// WriteCampaigns writes the campaigns and their cost.
func (w *World) WriteCampaigns(s *Shard) error {
	sh := s.Sheet(sheet.TCampaign)
	for i, c := range w.Campaigns {
		id := int64(i + 1)
		scale := math.Max(w.O.Scale, .01)
		budget := int64(math.Round(float64(c.budget) * scale))
		late := calendar.Day(dice.Mix(uint64(i)) % 3)
		sh.Int(id).Str(c.name).Str(c.Kind).Null().Str(c.place).Str(c.medium).Date(c.Start).Date(c.end).Date(c.Start).Date(min(c.end+late, w.Last)).Int(int64(c.owner))
		sh.Money(budget * 10000).Str("orders").Str("more orders within six weeks").End()
		spent := budget * int64(85+dice.Mix(uint64(i)+9)%30) / 100
		kinds := []string{"print", "postage"}
		if c.Kind == "fair" || c.Kind == "exhibit hall" || c.Kind == "seminar" || c.Kind == "textbook_tour" {
			kinds = []string{"stand", "travel", "print"}
		}
		for k, kind := range kinds {
			s.Sheet(sheet.TCampaignCost).Int(id).Date(c.Start).Str(kind).Money(spent * int64(len(kinds)-k) * 20000 / int64(len(kinds)*(len(kinds)+1))).End()
		}
	}
	return nil
}
