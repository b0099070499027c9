package market

import (
	"math"
	"strconv"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// employee is one member of the staff; its id is its position plus one.
type employee struct {
	name      string
	dept      string
	manager   int
	hire      calendar.Day
	Leave     calendar.Day
	territory string
}

// The first employees: the head, then the sales side. X and Y are sellers with
// planted fates.
const (
	firstSeller = 9
	sellers     = 24
)

// departments and their heads, employees 2 to 9.
func departments() []string {
	return []string{"sales", "cataloguing", "orders", "import", "distribution", "textbook", "IT", "service"}
}

// makeStaff invents the employees: 120 at scale 1.
func (w *World) makeStaff() {
	n := min(max(int(120*math.Sqrt(w.O.Scale)), 60), 3000)
	d := dice.New(w.O.Seed, dice.StreamStaff)
	depts := departments()
	for i := range n {
		zh, _ := w.Words.Person(d)
		e := employee{name: zh, Leave: calendar.NoDay, hire: w.First - calendar.Day(d.Between(100, 4000))}
		switch {
		case i == 0:
			e.dept = "management"
		case i <= len(depts):
			e.dept, e.manager = depts[i-1], 1
		case i < firstSeller+sellers || i%3 == 0:
			e.dept, e.manager = "sales", 2
			e.territory = []string{"north", "east", "south", "west"}[i%4]
		default:
			k := 1 + d.IntN(len(depts)-1)
			e.dept, e.manager = depts[k], k+2
		}
		if i > firstSeller+sellers && d.Chance(.08) {
			e.Leave = w.First + calendar.Day(d.IntN(int(w.Last-w.First)))
			if e.dept == "sales" {
				e.Leave = calendar.NoDay
			}
		}
		w.Staff = append(w.Staff, e)
	}
	if w.Effects {
		w.Staff[w.EmployeeY()-1].Leave = w.Ep.LeaveY
	}
}

// EmployeeX sells most and earns nothing.
func (w *World) EmployeeX() int { return firstSeller + 3 }

// EmployeeY has left and nobody took over the accounts.
func (w *World) EmployeeY() int { return firstSeller + 8 }

// OwnerOf draws the salesperson of a customer; readers belong to the service
// desk's head. X and Y have only the accounts planted on them.
func (w *World) OwnerOf(d *dice.Dice, kind int) int {
	if kind == KReader {
		return 2
	}
	n := sellers
	if len(w.Staff) > 200 {
		n += (len(w.Staff) - firstSeller - sellers) / 3
	}
	for {
		k := d.IntN(n)
		id := firstSeller + 1 + k
		if k >= sellers {
			id = (firstSeller+sellers+(k-sellers)*3)/3*3 + 4
		}
		if id <= len(w.Staff) && w.Staff[id-1].dept == "sales" && id != w.EmployeeX() && id != w.EmployeeY() {
			return id
		}
	}
}

// AgentOwner shares the agents out evenly among the sellers.
func (w *World) AgentOwner(i int) int {
	id := firstSeller + 1 + i*5%sellers
	for id == w.EmployeeX() || id == w.EmployeeY() {
		id++
	}
	return id
}

// ServiceDesk draws who answers a request.
func (w *World) ServiceDesk(d *dice.Dice) int {
	for range 40 {
		i := d.IntN(len(w.Staff))
		if w.Staff[i].dept == "service" && w.Staff[i].Leave == calendar.NoDay {
			return i + 1
		}
	}
	return 9
}

// WriteStaff writes employees, departments and the price policies.
func (w *World) WriteStaff(s *Shard) error {
	sh := s.Sheet(sheet.TEmployee)
	for i, e := range w.Staff {
		sh.Int(int64(i + 1)).Str(e.name).Str(e.dept).ID(int64(e.manager)).Date(e.hire).Date(e.Leave).Str(e.territory).End()
	}
	us := s.Sheet(sheet.TUnit)
	us.Int(1).Str("management").Str("division").Null().Int(1).End()
	for i, name := range departments() {
		us.Int(int64(i + 2)).Str(name).Str("department").Int(1).Int(int64(i + 2)).End()
	}
	ps := s.Sheet(sheet.TPolicy)
	for i, k := range w.Kinds {
		if i == KReader {
			break
		}
		ps.Int(int64(i + 1)).Null().Str(k.Name).Null().Null().Money(int64(k.Discount) * 10000).Int(1).Date(w.First).Null().End()
	}
	return nil
}

// PolicyOf is the price policy of a type, 0 none.
func (w *World) PolicyOf(kind int) int64 {
	if kind == KReader {
		return 0
	}
	return int64(kind + 1)
}

// WritePlans writes targets, commissions and the plan, made from what was sold:
// a target is last year's month and a little more.
func (w *World) WritePlans(s *Shard) error {
	months := len(w.Cal.Months)
	d := dice.New(w.O.Seed, dice.StreamPlan+1)
	from, to := w.Cal.MonthIndex(w.First), w.Cal.MonthIndex(w.Last)
	period := func(m int) string { return w.days.Name(w.Cal.MonthStart(m))[:7] }
	for e := range w.Staff {
		id := e + 1
		for m := from; m <= to; m++ {
			sold := w.OwnerMonth[id*months+m].Load()
			if sold == 0 {
				continue
			}
			rate := int64(20_000) // 2 %
			s.Sheet(sheet.TCommission).Int(int64(id)).Str(period(m)).Money(sold * 100).Rate(rate * 100).Money(sheet.MulMoney(sold, rate, 1_000_000) * 100).End()
			if m >= from+12 {
				base := w.OwnerMonth[id*months+m-12].Load()
				goal := int64(math.Round(float64(base)*d.Uniform(1.02, 1.10)/1e5)) * 1e7
				s.Sheet(sheet.TTarget).Str("employee").Str(strconv.Itoa(id)).Str(period(m)).Str("revenue").Money(goal).End()
			}
		}
	}
	for y := w.First.Year() + 1; y <= w.Last.Year(); y++ {
		for letter := range 26 {
			base := int64(0)
			for m := range 12 {
				base += w.ListedSold[letter*months+(y-1-w.Cal.First.Year())*12+m].Load()
			}
			if base > 0 {
				goal := int64(math.Round(float64(base)*d.Uniform(1.02, 1.08)/1e6)) * 1e8
				s.Sheet(sheet.TPlan).Int(int64(y)).Null().Str("clc").Str(string(rune('A' + letter))).Str("revenue").Money(goal).End()
			}
		}
		for _, g := range goals {
			share := g.last - int64(w.Last.Year()-y)*g.step
			s.Sheet(sheet.TPlan).Int(int64(y)).Null().Str("company").Null().Str(g.measure).Money(share * 1_000).End()
		}
	}
	return nil
}

// goals are the targets of the company, in tenths of a percent: that of the last
// year, and how much more it is every year.
var goals = []struct {
	measure    string
	last, step int64
}{{"answered_in_24h", 920, 5}, {"first_contact", 650, 10}, {"on_time", 950, 0}, {"spoken_to", 100, 10}, {"without_fault", 990, 0}, {"reached", 180, 10}, {"cost_known", 980, 0}}

// leadBase separates the ids of leads that led nowhere from those that became
// customers, whose id is the customer's.
const leadBase = 500_000_000

// LeadPiece is the number of leads written by one part of the work.
const LeadPiece = 8192

// Leads is the number of leads of the whole history that led nowhere.
func (w *World) Leads() int { return int(700 * w.O.Scale * float64(w.Last-w.First) / 365) }

// WriteLeads writes the leads from..to that led nowhere.
func (w *World) WriteLeads(s *Shard, from, to int) error {
	d := dice.New(w.O.Seed, dice.StreamLead+uint64(from))
	sh := s.Sheet(sheet.TLead)
	for i := from; i < to; i++ {
		on := w.Cal.OnWork(w.First + calendar.Day(d.IntN(int(w.Last-w.First)-10)))
		city := w.Places[d.Pick(w.CityCum)]
		mark, _ := w.Words.Pair(d, "ent_mark", "ent_mark_en")
		kind, _ := w.Words.Pair(d, "ent_kind", "ent_kind_en")
		sh.Int(leadBase + int64(i) + 1).Str([]string{"fair", "web", "referral", "mailing"}[d.IntN(4)]).Null().Str(w.Words.One(d, "surname_zh") + "先生").Str(city.Zh + mark + kind)
		sh.Str(city.Code).Date(on)
		switch u := d.Float64(); {
		case u < .25:
			sh.Null().Str("new").Float(dice.RoundTo(d.Uniform(5, 70), 1)).Null().Null().End()
		default:
			touched := w.Cal.OnWork(on + calendar.Day(d.Geometric(5)))
			sh.Time(min(touched, w.Last), 15*3600).Str("lost").Float(dice.RoundTo(d.Uniform(5, 70), 1)).Null()
			sh.Str([]string{"no budget", "competitor", "no answer", "wrong person"}[d.IntN(4)]).End()
		}
	}
	return s.Ctx.Err()
}
