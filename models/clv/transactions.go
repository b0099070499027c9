package clv

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Transactions are sales lines or orders, one element each, in any order.
type Transactions struct {
	Customer []int64   // any key
	Day      []int     // day number, such as days since 1970-01-01
	Amount   []float64 // money; returns negative
}

// RowOptions say how transactions become customers.
type RowOptions struct {
	AsOf        int     // last day that is known; transactions after it are left out
	Since       int     // with HasSince: customers whose first purchase is before this day are left out
	HasSince    bool    // set where the data begin later than the company, whose old customers only look new
	DaysPerUnit float64 // 0: 7, weeks
	Clock       *Clock  // nil: the calendar
	GrossSpend  bool    // leave returns out of Spend instead of taking them off
	CountFree   bool    // a day whose amounts are all 0 is an occasion too: gifts, full discounts
}

// Rows are customers made of transactions, in ascending order of their key, and
// a count of all that was left out.
type Rows struct {
	Customers
	Key      []int64   // the customer
	FirstDay []int     // day of the first purchase
	LastDay  []int     // day of the last purchase
	Net      []float64 // spend of all repeat purchases, net of returns unless GrossSpend

	Transactions   int // read
	AfterAsOf      int // transactions after the as-of date
	NoPurchase     int // customers of whom no day had a positive amount
	BeforeSince    int // customers whose first purchase is before Since
	NotPositive    int // days with returns and no purchase, or as much of both
	SpendNotUsable int // repeat buyers whose Spend is not positive: none for a spend model
}

// FromTransactions makes the one definition of a purchase that this package
// uses:
//
//   - the amounts of a customer on one day are added; a day whose sum is positive
//     is a purchase occasion, however many orders it has;
//   - X counts the occasions after the first; Tx and T run from the first
//     occasion to the last and to the as-of date, in units of DaysPerUnit days or
//     on the clock;
//   - a day whose sum is not positive is no occasion (unless all its amounts are
//     0 and CountFree is set); after the first occasion
//     its amount is taken off the spend of the repeats (or not, with GrossSpend),
//     before it, it is counted and ignored;
//   - Spend is the spend of the repeats divided by X, 0 for one-time buyers. It
//     can be negative: such customers are shown and valued, but a spend model
//     cannot use them.
func FromTransactions(tx Transactions, o RowOptions) (*Rows, error) {
	n := len(tx.Customer)
	if len(tx.Day) != n || len(tx.Amount) != n {
		return nil, ErrShape
	}
	if o.DaysPerUnit == 0 {
		o.DaysPerUnit = 7
	}
	if !(o.DaysPerUnit > 0) || !finite(o.DaysPerUnit) {
		return nil, fmt.Errorf("clv: %v days per unit; want a positive number", o.DaysPerUnit)
	}
	r := &Rows{Transactions: n}
	days, err := customerDays(tx, o.AsOf, o, r)
	if err != nil {
		return nil, err
	}
	for from := 0; from < len(days); {
		to := from
		for to < len(days) && days[to].customer == days[from].customer {
			to++
		}
		r.add(days[from:to], o)
		from = to
	}
	return r, nil
}

type customerDay struct {
	customer int64
	day      int
	amount   float64
	occasion bool
}

// customerDays adds the amounts of each customer and day. Amounts of one day
// are added in ascending order, so that the order of the input does not matter.
func customerDays(tx Transactions, asOf int, o RowOptions, r *Rows) ([]customerDay, error) {
	all := make([]customerDay, 0, len(tx.Customer))
	for i, c := range tx.Customer {
		if !finite(tx.Amount[i]) {
			return nil, &RowError{i, fmt.Sprintf("the amount is %v", tx.Amount[i])}
		}
		if tx.Day[i] > asOf {
			r.AfterAsOf++
			continue
		}
		all = append(all, customerDay{c, tx.Day[i], tx.Amount[i], tx.Amount[i] == 0})
	}
	slices.SortFunc(all, func(a, b customerDay) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.day, b.day), cmp.Compare(a.amount, b.amount))
	})
	days := all[:0]
	for _, d := range all {
		if n := len(days); n > 0 && days[n-1].customer == d.customer && days[n-1].day == d.day {
			days[n-1].amount += d.amount
			days[n-1].occasion = days[n-1].occasion && d.occasion
			continue
		}
		days = append(days, d)
	}
	for i := range days {
		// 0.1+0.2−0.3 is no purchase.
		days[i].amount = math.Round(days[i].amount*1e6) / 1e6
		days[i].occasion = days[i].amount > 0 || days[i].occasion && o.CountFree
	}
	return days, nil
}

// add makes one customer of its days, in order.
func (r *Rows) add(days []customerDay, o RowOptions) {
	first := slices.IndexFunc(days, func(d customerDay) bool { return d.occasion })
	for _, d := range days {
		if !d.occasion {
			r.NotPositive++
		}
	}
	if first < 0 {
		r.NoPurchase++
		return
	}
	if o.HasSince && days[first].day < o.Since {
		r.BeforeSince++
		return
	}
	var x, net float64
	last := days[first].day
	for _, d := range days[first+1:] {
		if d.occasion {
			x++
			last = d.day
		}
		if d.amount > 0 || !o.GrossSpend {
			net += d.amount
		}
	}
	r.Key = append(r.Key, days[first].customer)
	r.FirstDay, r.LastDay = append(r.FirstDay, days[first].day), append(r.LastDay, last)
	r.X = append(r.X, x)
	r.Tx = append(r.Tx, o.between(days[first].day, last))
	r.T = append(r.T, o.between(days[first].day, o.AsOf))
	var spend float64
	if x > 0 {
		spend = net / x
		if spend <= 0 {
			r.SpendNotUsable++
		}
	} else {
		net = 0
	}
	r.Spend, r.Net = append(r.Spend, spend), append(r.Net, net)
}

// between is the time between two days in units, on the clock if there is one.
func (o RowOptions) between(from, to int) float64 {
	if o.Clock != nil {
		return (o.Clock.Operational(float64(to)) - o.Clock.Operational(float64(from))) / o.DaysPerUnit
	}
	return float64(to-from) / o.DaysPerUnit
}

// Holdout is what the customers of rows bought in (rows' as-of date, until].
type Holdout struct {
	Purchases []float64 // purchase occasions, one element a customer of the rows
	Net       []float64 // their spend, net of returns unless GrossSpend
	Length    float64   // of the period, in units
	Others    int       // customers who bought but are not in the rows: acquired later, or left out
}

// HoldoutOf counts what came after the calibration period by the same
// definition: occasions are the days with a positive sum in (o.AsOf, until].
func HoldoutOf(tx Transactions, rows *Rows, o RowOptions, until int) (*Holdout, error) {
	if len(tx.Day) != len(tx.Customer) || len(tx.Amount) != len(tx.Customer) {
		return nil, ErrShape
	}
	if until <= o.AsOf {
		return nil, fmt.Errorf("clv: the holdout ends on day %d, not after the as-of day %d", until, o.AsOf)
	}
	if o.DaysPerUnit == 0 {
		o.DaysPerUnit = 7
	}
	later := Transactions{}
	for i, d := range tx.Day {
		if d > o.AsOf {
			later.Customer, later.Day, later.Amount = append(later.Customer, tx.Customer[i]), append(later.Day, d), append(later.Amount, tx.Amount[i])
		}
	}
	days, err := customerDays(later, until, o, &Rows{})
	if err != nil {
		return nil, err
	}
	h := &Holdout{Purchases: make([]float64, len(rows.Key)), Net: make([]float64, len(rows.Key)), Length: o.between(o.AsOf, until)}
	place := make(map[int64]int, len(rows.Key))
	for i, k := range rows.Key {
		place[k] = i
	}
	strangers := map[int64]bool{}
	for _, d := range days {
		i, known := place[d.customer]
		switch {
		case !known && d.occasion:
			strangers[d.customer] = true
		case known && d.occasion:
			h.Purchases[i]++
			h.Net[i] += d.amount
		case known && !o.GrossSpend:
			h.Net[i] += d.amount
		}
	}
	h.Others = len(strangers)
	return h, nil
}
