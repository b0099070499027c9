package persistency

import "fmt"

// Absent is the tier of a customer who is in none in a period.
const Absent = -1

// Tiers are the places of the same customers in two periods, one element a
// customer in every slice.
type Tiers struct {
	From, To           []int     // 0 is the highest tier; Absent for none
	FromValue, ToValue []float64 // value in each period; nil: counts only
}

// Flow is a group of customers and their value in both periods.
type Flow struct {
	Customers int
	FromValue float64
	ToValue   float64
}

// Migration is who moved where between two periods.
type Migration struct {
	Tiers int
	// Cells[from][to]; the index Tiers stands for Absent.
	Cells [][]Flow
	Up    Flow // to a higher tier
	Down  Flow
	Stay  Flow
	Lost  Flow // from a tier to none
	New   Flow // from none to a tier
}

// Migrate counts the moves between the given number of tiers. All customers of
// the input are in one cell, those absent twice in the last; all others are in
// exactly one of the five flows.
func Migrate(t Tiers, tiers int) (*Migration, error) {
	n := len(t.From)
	if len(t.To) != n || t.FromValue != nil && len(t.FromValue) != n || t.ToValue != nil && len(t.ToValue) != n {
		return nil, fmt.Errorf("%w: %d customers from, %d to, %d and %d values", ErrShape, n, len(t.To), len(t.FromValue), len(t.ToValue))
	}
	if tiers < 1 {
		return nil, fmt.Errorf("%w: %d tiers", ErrValue, tiers)
	}
	m := &Migration{Tiers: tiers, Cells: make([][]Flow, tiers+1)}
	for i := range m.Cells {
		m.Cells[i] = make([]Flow, tiers+1)
	}
	place := func(tier int) int {
		if tier == Absent {
			return tiers
		}
		return tier
	}
	for i := range t.From {
		from, to := t.From[i], t.To[i]
		if from < Absent || from >= tiers || to < Absent || to >= tiers {
			return nil, fmt.Errorf("%w: customer %d moves from tier %d to %d of %d tiers", ErrValue, i, from, to, tiers)
		}
		var f Flow
		f.Customers = 1
		if t.FromValue != nil {
			f.FromValue = t.FromValue[i]
		}
		if t.ToValue != nil {
			f.ToValue = t.ToValue[i]
		}
		m.Cells[place(from)][place(to)].add(f)
		if flow := m.flow(from, to); flow != nil {
			flow.add(f)
		}
	}
	return m, nil
}

func (f *Flow) add(g Flow) {
	f.Customers += g.Customers
	f.FromValue += g.FromValue
	f.ToValue += g.ToValue
}

func (m *Migration) flow(from, to int) *Flow {
	switch {
	case from == Absent && to == Absent:
		return nil
	case from == Absent:
		return &m.New
	case to == Absent:
		return &m.Lost
	case to < from:
		return &m.Up
	case to > from:
		return &m.Down
	default:
		return &m.Stay
	}
}
