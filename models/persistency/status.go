package persistency

import (
	"fmt"
	"math"
	"slices"
)

// Status is where a customer stands.
type Status string

// The statuses, in the order in which the rule tries them after Never.
const (
	Never       Status = "never"       // no purchase up to the day
	Lost        Status = "lost"        // silent for longer than the limit
	Dormant     Status = "dormant"     // silent for longer than a share of the limit
	Reactivated Status = "reactivated" // came back after a silence longer than the limit
	New         Status = "new"         // bought first not long ago
	Active      Status = "active"
)

// StatusOptions are the rule. The zero value means: lost when silent for longer
// than max(180, 3 × own median gap) active days, dormant from half of that, new
// and reactivated for 180 active days.
type StatusOptions struct {
	Factor  float64 // times the median gap
	Floor   float64 // active days
	Dormant float64 // share of the limit, below 1
	Fresh   float64 // active days for which a customer counts as new or reactivated
	MinGaps int     // gaps from which the customer's own median is used, otherwise the median of the type; 0 means 2
	Clocks  Clocks
}

func (o StatusOptions) withDefaults() (StatusOptions, error) {
	for _, d := range []struct {
		value    *float64
		standard float64
	}{{&o.Factor, 3}, {&o.Floor, 180}, {&o.Dormant, 0.5}, {&o.Fresh, 180}} {
		if *d.value == 0 {
			*d.value = d.standard
		}
		if !(*d.value > 0) || math.IsInf(*d.value, 0) {
			return o, fmt.Errorf("%w: factor, floor, dormant and fresh must be positive numbers, not %v", ErrValue, *d.value)
		}
	}
	if o.Dormant >= 1 {
		return o, fmt.Errorf("%w: dormant must be below 1, not %v: it is a share of the limit", ErrValue, o.Dormant)
	}
	if o.MinGaps == 0 {
		o.MinGaps = 2
	}
	return o, nil
}

// Filled is the rule with the defaults where nothing is set.
func (o StatusOptions) Filled() (StatusOptions, error) { return o.withDefaults() }

// Words prints the rule with the numbers in use.
func (o StatusOptions) Words() string {
	o, err := o.withDefaults()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("lost: silent for more active days than the larger of %g and %g times the own median gap "+
		"(that of the customer type with fewer than %d gaps); dormant: silent for more than %g of that limit; "+
		"reactivated: back within the last %g active days after a silence beyond the limit of that time; "+
		"new: first bought within the last %g active days; active: all others",
		o.Floor, o.Factor, o.MinGaps, o.Dormant, o.Fresh, o.Fresh)
}

// State is one customer's status with what it rests on. Without a purchase only
// the status is set.
type State struct {
	Status  Status
	Last    int     // day of the last purchase
	Silence float64 // active days since
	Gap     float64 // median gap in use, active days; 0 when nobody of any type came back yet
	OwnGap  bool    // the customer's own
	Limit   float64 // active days
	LostOn  int     // day on which the silence passes or passed the limit
	Return  int     // day of the return of a reactivated customer; 0 otherwise
}

// Classify finds the status of every customer as of a day, from purchases up to
// that day only.
func Classify(h *History, types []int, asOf int, o StatusOptions) ([]State, error) {
	kinds, err := h.kinds(types)
	if err != nil {
		return nil, err
	}
	if o, err = o.withDefaults(); err != nil {
		return nil, err
	}
	typical := typicalGaps(h, kinds, o.Clocks, asOf)
	states := make([]State, h.Customers())
	var gaps []float64
	for c, kind := range kinds {
		days := h.Days(c, asOf)
		if len(days) == 0 {
			states[c].Status = Never
			continue
		}
		clock := o.Clocks[kind]
		gaps = appendGaps(gaps[:0], days, clock)
		s := &states[c]
		s.Last = days[len(days)-1]
		s.Silence = clock.Elapsed(s.Last, asOf)
		s.Gap, s.OwnGap = o.gap(gaps, typical[kind])
		s.Limit = math.Max(o.Floor, o.Factor*s.Gap)
		s.LostOn = clock.After(s.Last, s.Limit)
		s.Status = o.status(s, days, gaps, typical[kind], clock, asOf)
	}
	return states, nil
}

// gap is the median of the gaps when there are enough, otherwise the typical.
func (o StatusOptions) gap(gaps []float64, typical float64) (float64, bool) {
	if len(gaps) < o.MinGaps {
		return typical, false
	}
	sorted := slices.Clone(gaps)
	slices.Sort(sorted)
	return median(sorted), true
}

func (o StatusOptions) status(s *State, days []int, gaps []float64, typical float64, clock *Clock, asOf int) Status {
	if s.Silence > s.Limit {
		return Lost
	}
	if s.Silence > o.Dormant*s.Limit {
		return Dormant
	}
	for i := len(gaps) - 1; i >= 0 && clock.Elapsed(days[i+1], asOf) <= o.Fresh; i-- {
		// The limit of that time knows only the gaps before the silence.
		gap, _ := o.gap(gaps[:i], typical)
		if gaps[i] > math.Max(o.Floor, o.Factor*gap) {
			s.Return = days[i+1]
			return Reactivated
		}
	}
	if clock.Elapsed(days[0], asOf) <= o.Fresh {
		return New
	}
	return Active
}

// typicalGaps is the median over the customers of a type of their own median
// gaps, over all customers for a type in which nobody came back, 0 when nobody
// did at all.
func typicalGaps(h *History, kinds []int, clocks Clocks, asOf int) map[int]float64 {
	byKind := map[int][]float64{}
	var all []float64
	for c, kind := range kinds {
		gaps := appendGaps(nil, h.Days(c, asOf), clocks[kind])
		if len(gaps) == 0 {
			continue
		}
		slices.Sort(gaps)
		m := median(gaps)
		byKind[kind] = append(byKind[kind], m)
		all = append(all, m)
	}
	fallback := 0.0
	if len(all) > 0 {
		slices.Sort(all)
		fallback = median(all)
	}
	typical := map[int]float64{}
	for _, kind := range distinct(kinds) {
		typical[kind] = fallback
		if list := byKind[kind]; len(list) > 0 {
			slices.Sort(list)
			typical[kind] = median(list)
		}
	}
	return typical
}

// Balance is how the number of customers went from one day to a later one:
// Open + New + Reactivated − Lost = Close.
type Balance struct {
	Open        int // neither never nor lost on the first day
	New         int // never bought by the first day, customers on the second
	Reactivated int // lost on the first day, customers on the second
	Lost        int // customers on the first day, lost on the second
	Close       int // customers on the second day
	Passing     int // never bought by the first day, lost already on the second: in neither count
}

// Reconcile compares the states of the same customers on two days. The number
// of those who came back without ever being lost on one of the two days is not
// in it.
func Reconcile(before, after []State) (Balance, error) {
	var b Balance
	if len(before) != len(after) {
		return b, fmt.Errorf("%w: %d states before, %d after", ErrShape, len(before), len(after))
	}
	is := func(s State) bool { return s.Status != Never && s.Status != Lost }
	for c := range before {
		if is(before[c]) {
			b.Open++
		}
		if is(after[c]) {
			b.Close++
		}
		switch {
		case is(before[c]) && after[c].Status == Lost:
			b.Lost++
		case before[c].Status == Never && is(after[c]):
			b.New++
		case before[c].Status == Lost && is(after[c]):
			b.Reactivated++
		case before[c].Status == Never && after[c].Status == Lost:
			b.Passing++
		}
	}
	return b, nil
}
