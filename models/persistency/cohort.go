package persistency

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// Periods divide the days into stretches that follow each other.
type Periods struct {
	Start []int // first day of each, ascending
	End   int   // first day after the last
	From  int   // first day of the data
	Seen  int   // last day of the data
}

// Months are the calendar periods of the given number of months that hold the
// days from … seen, the first and the last in whole: 1 for months, 3 for
// quarters, 12 for years, aligned to January.
func Months(from, seen, months int) (Periods, error) {
	if seen < from || months < 1 || 12%months != 0 {
		return Periods{}, fmt.Errorf("%w: periods of %d months from day %d to %d; 1, 2, 3, 4, 6 or 12 months are periods", ErrValue, months, from, seen)
	}
	p := Periods{From: from, Seen: seen}
	at := date(from)
	at = time.Date(at.Year(), at.Month()-(at.Month()-1)%time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	for ; dayOf(at) <= seen; at = at.AddDate(0, months, 0) {
		p.Start = append(p.Start, dayOf(at))
	}
	p.End = dayOf(at)
	return p, nil
}

// Index is the period of a day; false outside all.
func (p Periods) Index(day int) (int, bool) {
	i := sort.SearchInts(p.Start, day+1) - 1
	return i, i >= 0 && day < p.End
}

// Complete tells whether the whole of a period has been seen.
func (p Periods) Complete(i int) bool {
	return i < len(p.Start)-1 || p.Seen >= p.End-1
}

func (p Periods) valid() error {
	if len(p.Start) == 0 {
		return fmt.Errorf("%w: no periods", ErrValue)
	}
	for i, s := range append(slices.Clone(p.Start[1:]), p.End) {
		if s <= p.Start[i] {
			return fmt.Errorf("%w: period %d from day %d ends at %d", ErrValue, i, p.Start[i], s)
		}
	}
	return nil
}

// CohortTable is the triangle of cohorts by age: row c are the customers whose
// first purchase fell into period c, column k what they did k periods later.
type CohortTable struct {
	Periods   Periods
	Size      []int       // customers a cohort
	Customers [][]int     // who bought in period c+k
	Value     [][]float64 // net amount in period c+k
	Ages      []AgeRow
	Earlier   int // customers who first bought before the first period: in no cohort
	Later     int // customers who first bought after the last period
	Never     int // customers without a purchase
	Reason    string
}

// AgeRow is one age over all cohorts that had a complete period of that age:
// shares of sums, not means of shares.
type AgeRow struct {
	Age            int
	Cohorts        int
	Size           int     // customers of these cohorts
	Active         int     // of them bought at this age
	Retention      float64 // Active / Size
	First          float64 // value of these cohorts at age 0
	Value          float64 // at this age
	ValueRetention float64 // Value / First; 0 when First is not positive
}

// Cohorts counts who came back, and with how much. A customer's cohort is the
// period of the first purchase in the history, whatever came before the data.
func Cohorts(h *History, p Periods) (*CohortTable, error) {
	if err := p.valid(); err != nil {
		return nil, err
	}
	n := len(p.Start)
	t := &CohortTable{Periods: p, Size: make([]int, n), Customers: make([][]int, n), Value: make([][]float64, n)}
	for c := range n {
		t.Customers[c], t.Value[c] = make([]int, n-c), make([]float64, n-c)
	}
	for c := range h.Customers() {
		t.add(h, c)
	}
	for k := range n {
		t.pool(k)
	}
	if p.From > p.Start[0] {
		t.Reason = "the data begin inside the first period: its cohort holds only those first seen after that"
	} else if t.Earlier == 0 {
		t.Reason = "nothing is known from before the first period: its cohort holds older customers as well as new ones"
	}
	return t, nil
}

func (t *CohortTable) add(h *History, customer int) {
	days := h.bought[h.boughtFrom[customer]:h.boughtFrom[customer+1]]
	if len(days) == 0 {
		t.Never++
		return
	}
	cohort, in := t.Periods.Index(days[0])
	switch {
	case days[0] < t.Periods.Start[0]:
		t.Earlier++
	case !in:
		t.Later++
	}
	if !in {
		return
	}
	t.Size[cohort]++
	last := -1
	for _, d := range days {
		if i, in := t.Periods.Index(d); in && i != last {
			t.Customers[cohort][i-cohort]++
			last = i
		}
	}
	for r := h.from[customer]; r < h.from[customer+1]; r++ {
		if i, in := t.Periods.Index(h.day[r]); in && i >= cohort {
			t.Value[cohort][i-cohort] += h.net[r]
		}
	}
}

// pool adds the row of one age.
func (t *CohortTable) pool(age int) {
	row := AgeRow{Age: age}
	for c := 0; c+age < len(t.Size); c++ {
		if !t.Complete(c, age) || t.Size[c] == 0 {
			continue
		}
		row.Cohorts++
		row.Size += t.Size[c]
		row.Active += t.Customers[c][age]
		row.First += t.Value[c][0]
		row.Value += t.Value[c][age]
	}
	if row.Cohorts == 0 {
		return
	}
	row.Retention = float64(row.Active) / float64(row.Size)
	if row.First > 0 {
		row.ValueRetention = row.Value / row.First
	}
	t.Ages = append(t.Ages, row)
}

// Complete tells whether the period of a cell has been seen in whole; one that
// has not must be shown as such.
func (t *CohortTable) Complete(cohort, age int) bool { return t.Periods.Complete(cohort + age) }

// Retention is the share of the cohort's customers who bought at the age; false
// for an empty cohort.
func (t *CohortTable) Retention(cohort, age int) (float64, bool) {
	if t.Size[cohort] == 0 {
		return 0, false
	}
	return float64(t.Customers[cohort][age]) / float64(t.Size[cohort]), true
}

// ValueRetention is the cohort's value at the age over that at age 0; false
// when that is not positive.
func (t *CohortTable) ValueRetention(cohort, age int) (float64, bool) {
	first := t.Value[cohort][0]
	if first <= 0 {
		return 0, false
	}
	return t.Value[cohort][age] / first, true
}
