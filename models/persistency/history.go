// Package persistency measures how faithful customers are: retention of cohorts,
// the rhythm of their purchases, moves between tiers, a loyalty index and who is
// new, active, dormant, reactivated or lost.
//
// Days are numbered from 1970-01-01. A customer buys on a day when some line of
// that day has a positive amount; lines with a negative amount are returns, which
// lower values but are no purchase.
package persistency

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Purchases are the sales lines, one a row in every slice.
type Purchases struct {
	Customer []int     // 0 … customers−1
	Day      []int     // day number
	Amount   []float64 // money; negative for a return
}

// Errors that a caller may want to tell apart; those returned add the place.
var (
	ErrShape = errors.New("persistency: the input slices differ in length")
	ErrEmpty = errors.New("persistency: there are no purchases")
	ErrValue = errors.New("persistency: a value is not usable")
)

// History holds the purchases by customer and day.
type History struct {
	from []int     // customer c has the rows from[c] … from[c+1]−1
	day  []int     // one row a customer and day, ascending
	net  []float64 // amount of the day, returns taken off
	// Purchase days apart: from, and the days.
	boughtFrom []int
	bought     []int
}

type line struct {
	day    int
	amount float64
}

// NewHistory sorts the purchases of the given number of customers; some may
// have none.
func NewHistory(p Purchases, customers int) (*History, error) {
	n := len(p.Customer)
	if len(p.Day) != n || len(p.Amount) != n {
		return nil, fmt.Errorf("%w: %d customers, %d days, %d amounts", ErrShape, n, len(p.Day), len(p.Amount))
	}
	if customers < 0 {
		return nil, fmt.Errorf("%w: %d customers", ErrValue, customers)
	}
	count := make([]int, customers+1)
	for i, c := range p.Customer {
		if c < 0 || c >= customers {
			return nil, fmt.Errorf("%w: row %d: customer %d is not one of the %d", ErrValue, i, c, customers)
		}
		if math.IsNaN(p.Amount[i]) || math.IsInf(p.Amount[i], 0) {
			return nil, fmt.Errorf("%w: row %d: the amount is %v", ErrValue, i, p.Amount[i])
		}
		count[c+1]++
	}
	if n == 0 {
		return nil, ErrEmpty
	}
	for c := range customers {
		count[c+1] += count[c]
	}
	lines, next := make([]line, n), slices.Clone(count)
	for i, c := range p.Customer {
		lines[next[c]] = line{p.Day[i], p.Amount[i]}
		next[c]++
	}
	h := &History{from: make([]int, customers+1), boughtFrom: make([]int, customers+1)}
	for c := range customers {
		h.add(lines[count[c]:count[c+1]])
		h.from[c+1], h.boughtFrom[c+1] = len(h.day), len(h.bought)
	}
	return h, nil
}

// add appends the days of one customer. Lines of a day are summed in order of
// their amount, so that the order of the input does not change a bit.
func (h *History) add(lines []line) {
	slices.SortFunc(lines, func(a, b line) int {
		if a.day != b.day {
			return cmp.Compare(a.day, b.day)
		}
		return cmp.Compare(a.amount, b.amount)
	})
	for from := 0; from < len(lines); {
		day, net, to := lines[from].day, 0.0, from
		for ; to < len(lines) && lines[to].day == day; to++ {
			net += lines[to].amount
		}
		h.day, h.net = append(h.day, day), append(h.net, net)
		if lines[to-1].amount > 0 {
			h.bought = append(h.bought, day)
		}
		from = to
	}
}

// Customers is the number of customers, those without purchases among them.
func (h *History) Customers() int { return len(h.from) - 1 }

// Days are the days on which customer c bought, ascending, up to and including
// asOf. The slice is the history's own: read only.
func (h *History) Days(c, asOf int) []int {
	days := h.bought[h.boughtFrom[c]:h.boughtFrom[c+1]]
	return days[:sort.SearchInts(days, asOf+1)]
}

// kinds checks a type per customer; nil means that all are of type 0.
func (h *History) kinds(types []int) ([]int, error) {
	if types == nil {
		return make([]int, h.Customers()), nil
	}
	if len(types) != h.Customers() {
		return nil, fmt.Errorf("%w: %d customers, %d types", ErrShape, h.Customers(), len(types))
	}
	return types, nil
}

// distinct lists the codes in ascending order.
func distinct(codes []int) []int {
	all := slices.Clone(codes)
	slices.Sort(all)
	return slices.Compact(all)
}

// median of a sorted slice that is not empty.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
