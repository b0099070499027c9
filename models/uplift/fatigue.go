package uplift

import (
	"fmt"
	"math"
	"sort"
)

// Contacts is a history of messages, one element a message.
type Contacts struct {
	Customer []string
	Day      []int     // day number of the message, from any start
	Response []float64 // 1 when the customer responded to it, else 0
	// Nth is which message of its window this one is, from 1, where it is counted
	// another way, such as by calendar month; nil: counted by Day.
	Nth []int
}

// FatigueOptions choose the window. The zero value means 30 days and 4 steps.
type FatigueOptions struct {
	Window int // days; 0: 30
	Most   int // so many contacts and more are one step; 0: 4
}

// Fatigue says how the response depends on the number of contacts in the
// window, this one included.
type Fatigue struct {
	Steps []FatigueStep
	// Slope is the change of the response rate per further contact in the window
	// within the same customer: a customer's own mean is taken off first, so it
	// does not matter who is contacted often. SE is clustered by customer.
	Slope, SE, Low, High float64
	T, P                 float64 // two-sided test of no dependence
	Customers, Messages  int
	Warning              string
}

// FatigueStep is the messages with so many contacts in the window.
type FatigueStep struct {
	Contacts  int // Most stands for so many and more
	Messages  int
	Rate      float64
	Low, High float64 // 95 % interval (Wilson)
	// Ratio is the rate against that of first contacts within the same customer
	// (Mantel and Haenszel's risk ratio; interval after Greenland and Robins
	// 1985). It is 0 for the first step and when no customer has both.
	Ratio, RatioLow, RatioHigh float64
}

// MeasureFatigue counts for each message the customer's messages in the days up
// to it and compares the responses.
func MeasureFatigue(c Contacts, o FatigueOptions) (*Fatigue, error) {
	n := len(c.Day)
	if n == 0 || len(c.Customer) != n || len(c.Response) != n || c.Nth != nil && len(c.Nth) != n {
		return nil, fmt.Errorf("%w: %d days, %d customers, %d responses, %d counts", ErrShape, n, len(c.Customer), len(c.Response), len(c.Nth))
	}
	if o.Window == 0 {
		o.Window = 30
	}
	if o.Most == 0 {
		o.Most = 4
	}
	if o.Window < 1 || o.Most < 2 {
		return nil, fmt.Errorf("%w: the window is at least 1 day and the steps at least 2: %+v", ErrValue, o)
	}
	for i, y := range c.Response {
		if y != 0 && y != 1 {
			return nil, fmt.Errorf("%w: response %v in row %d is neither 0 nor 1", ErrValue, y, i)
		}
	}
	id, names := numbered(c.Customer)
	rows := make([][]int, len(names))
	for i, k := range id {
		rows[k] = append(rows[k], i)
	}
	contacts := c.Nth
	if contacts == nil {
		contacts = counted(c.Day, rows, o.Window)
	}
	for i, k := range contacts {
		if k < 1 {
			return nil, fmt.Errorf("%w: message %d of its window in row %d", ErrValue, k, i)
		}
	}
	f := &Fatigue{Customers: len(names), Messages: n}
	f.steps(contacts, c.Response, rows, o.Most)
	f.within(contacts, c.Response, &clusters{id: id, treated: make([]bool, len(names))}, rows)
	if f.SE == 0 {
		f.Warning = "no customer has messages with different numbers of contacts and different responses, so nothing can be said about fatigue"
	}
	return f, nil
}

// counted is how many messages each customer had in the days up to each.
func counted(day []int, rows [][]int, window int) []int {
	contacts := make([]int, len(day))
	for _, list := range rows {
		days := make([]int, len(list))
		for k, i := range list {
			days[k] = day[i]
		}
		sort.Ints(days)
		for _, i := range list {
			contacts[i] = sort.SearchInts(days, day[i]+1) - sort.SearchInts(days, day[i]-window+1)
		}
	}
	return contacts
}

func (f *Fatigue) steps(contacts []int, y []float64, rows [][]int, most int) {
	step := func(i int) int { return min(contacts[i], most) }
	for s := 1; s <= most; s++ {
		var n, ones float64
		var a, b, variance float64
		for _, list := range rows {
			var m, hit [2]float64 // first contacts, this step
			for _, i := range list {
				switch step(i) {
				case s:
					m[1], hit[1] = m[1]+1, hit[1]+y[i]
				case 1:
					m[0], hit[0] = m[0]+1, hit[0]+y[i]
				}
			}
			n, ones = n+m[1], ones+hit[1]
			if s == 1 || m[0] == 0 || m[1] == 0 {
				continue
			}
			all := m[0] + m[1]
			a += hit[1] * m[0] / all
			b += hit[0] * m[1] / all
			variance += (m[0]*m[1]*(hit[0]+hit[1]) - hit[0]*hit[1]*all) / all / all
		}
		if n == 0 {
			continue
		}
		x := FatigueStep{Contacts: s, Messages: int(n), Rate: ones / n}
		x.Low, x.High = wilson(x.Rate, n)
		if a > 0 && b > 0 {
			se := math.Sqrt(variance / a / b)
			x.Ratio = a / b
			x.RatioLow, x.RatioHigh = x.Ratio*math.Exp(-normal975*se), x.Ratio*math.Exp(normal975*se)
		}
		f.Steps = append(f.Steps, x)
	}
}

// within is the slope with customers' own means taken off.
func (f *Fatigue) within(contacts []int, y []float64, c *clusters, rows [][]int) {
	dx, dy := make([]float64, len(y)), make([]float64, len(y))
	var xx, xy float64
	for _, list := range rows {
		var mx, my float64
		for _, i := range list {
			mx += float64(contacts[i]) / float64(len(list))
			my += y[i] / float64(len(list))
		}
		for _, i := range list {
			dx[i], dy[i] = float64(contacts[i])-mx, y[i]-my
			xx += dx[i] * dx[i]
			xy += dx[i] * dy[i]
		}
	}
	if f.P = 1; xx == 0 || len(rows) < 2 {
		return
	}
	f.Slope = xy / xx
	f.SE = c.clustered(len(y), 1, func(i int) float64 { return dx[i] * (dy[i] - f.Slope*dx[i]) / xx })
	f.Low, f.High, f.T, f.P = c.test(f.Slope, f.SE)
}
