package demo

import (
	"math"
	"strconv"
)

// employee is one member of the staff; its id is its position plus one.
type employee struct {
	name      string
	dept      string
	manager   int
	hire      day
	leave     day
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
func (w *world) makeStaff() {
	n := min(max(int(120*math.Sqrt(w.o.Scale)), 60), 3000)
	d := newDice(w.o.Seed, streamStaff)
	depts := departments()
	for i := range n {
		zh, _ := w.words.person(d)
		e := employee{name: zh, leave: noDay, hire: w.first - day(d.between(100, 4000))}
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
		if i > firstSeller+sellers && d.chance(.08) {
			e.leave = w.first + day(d.IntN(int(w.last-w.first)))
			if e.dept == "sales" {
				e.leave = noDay
			}
		}
		w.staff = append(w.staff, e)
	}
	if w.effects {
		w.staff[w.employeeY()-1].leave = w.ep.leaveY
	}
}

// employeeX sells most and earns nothing.
func (w *world) employeeX() int { return firstSeller + 3 }

// employeeY has left and nobody took over the accounts.
func (w *world) employeeY() int { return firstSeller + 8 }

// ownerOf draws the salesperson of a customer; readers belong to the service
// desk's head. X and Y have only the accounts planted on them.
func (w *world) ownerOf(d *dice, kind int) int {
	if kind == kReader {
		return 2
	}
	n := sellers
	if len(w.staff) > 200 {
		n += (len(w.staff) - firstSeller - sellers) / 3
	}
	for {
		k := d.IntN(n)
		id := firstSeller + 1 + k
		if k >= sellers {
			id = (firstSeller+sellers+(k-sellers)*3)/3*3 + 4
		}
		if id <= len(w.staff) && w.staff[id-1].dept == "sales" && id != w.employeeX() && id != w.employeeY() {
			return id
		}
	}
}

// agentOwner shares the agents out evenly among the sellers.
func (w *world) agentOwner(i int) int {
	id := firstSeller + 1 + i*5%sellers
	for id == w.employeeX() || id == w.employeeY() {
		id++
	}
	return id
}

// serviceDesk draws who answers a request.
func (w *world) serviceDesk(d *dice) int {
	for range 40 {
		i := d.IntN(len(w.staff))
		if w.staff[i].dept == "service" && w.staff[i].leave == noDay {
			return i + 1
		}
	}
	return 9
}

// writeStaff writes employees, departments and the price policies.
func (w *world) writeStaff(s *shard) error {
	sh := s.sheet(tEmployee)
	for i, e := range w.staff {
		sh.int(int64(i + 1)).str(e.name).str(e.dept).id(int64(e.manager)).date(e.hire).date(e.leave).str(e.territory).end()
	}
	us := s.sheet(tUnit)
	us.int(1).str("management").str("division").null().int(1).end()
	for i, name := range departments() {
		us.int(int64(i + 2)).str(name).str("department").int(1).int(int64(i + 2)).end()
	}
	ps := s.sheet(tPolicy)
	for i, k := range w.kinds {
		if i == kReader {
			break
		}
		ps.int(int64(i + 1)).null().str(k.name).null().null().money(int64(k.discount) * 10000).int(1).date(w.first).null().end()
	}
	return nil
}

// policyOf is the price policy of a type, 0 none.
func (w *world) policyOf(kind int) int64 {
	if kind == kReader {
		return 0
	}
	return int64(kind + 1)
}

// writePlans writes targets, commissions and the plan, made from what was sold:
// a target is last year's month and a little more.
func (w *world) writePlans(s *shard) error {
	months := len(w.cal.months)
	d := newDice(w.o.Seed, streamPlan+1)
	from, to := w.cal.monthIndex(w.first), w.cal.monthIndex(w.last)
	period := func(m int) string { return w.days.name(w.cal.monthStart(m))[:7] }
	for e := range w.staff {
		id := e + 1
		for m := from; m <= to; m++ {
			sold := w.ownerMonth[id*months+m].Load()
			if sold == 0 {
				continue
			}
			rate := int64(20_000) // 2 %
			s.sheet(tCommission).int(int64(id)).str(period(m)).money(sold * 100).rate(rate * 100).money(mulMoney(sold, rate, 1_000_000) * 100).end()
			if m >= from+12 {
				base := w.ownerMonth[id*months+m-12].Load()
				goal := int64(math.Round(float64(base)*d.uniform(1.02, 1.10)/1e5)) * 1e7
				s.sheet(tTarget).str("employee").str(strconv.Itoa(id)).str(period(m)).str("revenue").money(goal).end()
			}
		}
	}
	for y := w.first.year() + 1; y <= w.last.year(); y++ {
		for letter := range 26 {
			base := int64(0)
			for m := range 12 {
				base += w.listedSold[letter*months+(y-1-w.cal.first.year())*12+m].Load()
			}
			if base > 0 {
				goal := int64(math.Round(float64(base)*d.uniform(1.02, 1.08)/1e6)) * 1e8
				s.sheet(tPlan).int(int64(y)).null().str("clc").str(string(rune('A' + letter))).str("revenue").money(goal).end()
			}
		}
	}
	return nil
}

// leadBase separates the ids of leads that led nowhere from those that became
// customers, whose id is the customer's.
const leadBase = 500_000_000

// writeLeads writes the leads that led nowhere.
func (w *world) writeLeads(s *shard) error {
	d := newDice(w.o.Seed, streamLead)
	n := int(700 * w.o.Scale * float64(w.last-w.first) / 365)
	sh := s.sheet(tLead)
	for i := range n {
		if i%4096 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		on := w.cal.onWork(w.first + day(d.IntN(int(w.last-w.first)-10)))
		city := w.places[d.pick(w.cityCum)]
		mark, _ := w.words.pair(d, "ent_mark", "ent_mark_en")
		kind, _ := w.words.pair(d, "ent_kind", "ent_kind_en")
		sh.int(leadBase + int64(i) + 1).str([]string{"fair", "web", "referral", "mailing"}[d.IntN(4)]).null().str(w.words.one(d, "surname_zh") + "先生").str(city.zh + mark + kind)
		sh.str(city.code).date(on)
		switch u := d.Float64(); {
		case u < .25:
			sh.null().str("new").float(roundTo(d.uniform(5, 70), 1)).null().null().end()
		default:
			touched := w.cal.onWork(on + day(d.geometric(5)))
			sh.time(min(touched, w.last), 15*3600).str("lost").float(roundTo(d.uniform(5, 70), 1)).null()
			sh.str([]string{"no budget", "competitor", "no answer", "wrong person"}[d.IntN(4)]).end()
		}
	}
	return nil
}
