// Package recommend ranks the titles of existing stock for a customer: sparse
// interactions of customers with titles, a family of models over them, their
// blend tuned on held-out rows, reasons that add up to the score, and the full
// ranking evaluation that compares them.
//
// Users and items are dense integers from 0; text ids stay with the caller.
// Every model scores a history, not a user number, so that a customer who was
// not there at the fit is scored like any other. All results have the same bytes
// for any order of the input rows and for any number of cores.
package recommend

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Rows are interactions, one element a line in every slice that is not nil.
type Rows struct {
	User, Item []int32   // dense numbers from 0
	Copies     []float64 // copies bought, negative for returns; nil means 1 each
	Day        []int32   // days on any scale that ascends; nil means all alike
}

// Weighting says how the lines of a customer and a title become one weight. The
// zero value means the documented defaults.
type Weighting struct {
	Binary   bool    // 1 for any title kept, instead of the logarithm of copies
	MaxLog   float64 // cap of the weight before decay; 0 means 3
	HalfLife float64 // days after which a purchase counts half; 0 means no decay
	AsOf     int32   // the day that decay counts from; 0 with decay means the last day
	Heavy    int     // titles beyond which a customer is damped in fits; 0 means ten times the 99th percentile, at least 1,000
}

// Matrix is the sparse interactions of Users × Items by row and by column. The
// weights are positive; what was returned in full is in Returned alone.
type Matrix struct {
	Users, Items int

	RowStart []int     // Users+1 offsets into RowItem
	RowItem  []int32   // items of each user, ascending
	Weight   []float32 // by row
	LastDay  []int32   // last purchase of the pair, by row; nil without days

	ColStart  []int // Items+1 offsets into ColUser
	ColUser   []int32
	ColWeight []float32

	Returned [][]int32 // items of each user of which all copies came back; nil when there are none
	Damping  []float32 // of each user in fits, 1 or less
	Report   BuildReport
}

// BuildReport counts what the rows held.
type BuildReport struct {
	Rows     int `json:"rows"`
	Pairs    int `json:"pairs"`
	Returned int `json:"returned_pairs"`
	Heavy    int `json:"heavy_users"`  // users damped as resellers or bots
	HeavyAt  int `json:"heavy_from"`   // titles beyond which they are
	Empty    int `json:"users_empty"`  // users without a title kept
	Unsold   int `json:"items_unsold"` // items that nobody kept
}

// History is what one customer has: titles and their weights. A title returned in
// full has a negative weight: it speaks against titles like it.
type History struct {
	Item   []int32
	Weight []float32
}

// returnedWeight is the weight in a history of a title that went back: half the
// weight of one bought, since a return also has reasons that are not taste.
const returnedWeight = -.5

// ErrNoRows is returned when there is nothing to learn from.
var ErrNoRows = errors.New("recommend: no customer kept any title: there is nothing to learn from")

// Build sums the lines of each pair and weights it: log2(1 + net copies), at
// most MaxLog, so that 10,000 copies in one line count no more than three times
// a single one; halved for every HalfLife since the last purchase. A pair whose
// net copies are not positive is no interest; when something was bought it is
// counted as returned. A user of n > Heavy titles has the damping Heavy/n: fits
// count a reseller or a bot no more than a customer of Heavy titles.
func Build(r Rows, users, items int, o Weighting) (*Matrix, error) {
	if err := r.valid(users, items); err != nil {
		return nil, err
	}
	m := &Matrix{Users: users, Items: items, RowStart: make([]int, users+1), Damping: make([]float32, users)}
	m.Report.Rows = len(r.User)
	asOf := o.AsOf
	if asOf == 0 && len(r.Day) > 0 {
		asOf = slices.Max(r.Day)
	}
	order := r.byUser(users)
	for u := range users {
		m.addUser(r, order[u], u, o, asOf)
		m.RowStart[u+1] = len(m.RowItem)
	}
	if len(m.RowItem) == 0 {
		return nil, ErrNoRows
	}
	m.Report.Pairs = len(m.RowItem)
	m.damp(o.Heavy)
	m.columns()
	return m, nil
}

func (r Rows) valid(users, items int) error {
	n := len(r.User)
	if len(r.Item) != n || r.Copies != nil && len(r.Copies) != n || r.Day != nil && len(r.Day) != n {
		return errors.New("recommend: the columns of the rows differ in length")
	}
	for k, u := range r.User {
		if u < 0 || int(u) >= users {
			return fmt.Errorf("recommend: row %d: user %d is not within 0 to %d", k, u, users-1)
		}
		if i := r.Item[k]; i < 0 || int(i) >= items {
			return fmt.Errorf("recommend: row %d: item %d is not within 0 to %d", k, i, items-1)
		}
		if r.Copies != nil && (math.IsNaN(r.Copies[k]) || math.IsInf(r.Copies[k], 0)) {
			return fmt.Errorf("recommend: row %d: %v copies is no number", k, r.Copies[k])
		}
	}
	return nil
}

// byUser lists the row numbers of each user.
func (r Rows) byUser(users int) [][]int32 {
	order := make([][]int32, users)
	for k, u := range r.User {
		order[u] = append(order[u], int32(k))
	}
	return order
}

// pair is the lines of one user and item added up.
type pair struct {
	item           int32
	day            int32
	copies, bought float64
}

func (m *Matrix) addUser(r Rows, rows []int32, u int, o Weighting, asOf int32) {
	pairs := make([]pair, len(rows))
	for k, row := range rows {
		p := pair{item: r.Item[row], copies: 1}
		if r.Copies != nil {
			p.copies = r.Copies[row]
		}
		if r.Day != nil {
			p.day = r.Day[row]
		}
		pairs[k] = p
	}
	// A total order of equal items, so that sums do not depend on the rows' order.
	slices.SortFunc(pairs, func(a, b pair) int {
		switch {
		case a.item != b.item:
			return int(a.item) - int(b.item)
		case a.day != b.day:
			return int(a.day) - int(b.day)
		case a.copies < b.copies:
			return -1
		case a.copies > b.copies:
			return 1
		}
		return 0
	})
	for from := 0; from < len(pairs); {
		p := pair{item: pairs[from].item, day: math.MinInt32}
		to := from
		for ; to < len(pairs) && pairs[to].item == p.item; to++ {
			p.copies += pairs[to].copies
			if pairs[to].copies > 0 {
				p.bought += pairs[to].copies
				p.day = max(p.day, pairs[to].day)
			}
		}
		from = to
		m.addPair(p, u, o, asOf, r.Day != nil)
	}
}

func (m *Matrix) addPair(p pair, u int, o Weighting, asOf int32, days bool) {
	if p.copies <= 0 {
		if p.bought > 0 {
			if m.Returned == nil {
				m.Returned = make([][]int32, m.Users)
			}
			m.Returned[u] = append(m.Returned[u], p.item)
			m.Report.Returned++
		}
		return
	}
	limit := o.MaxLog
	if limit <= 0 {
		limit = 3
	}
	w := 1.0
	if !o.Binary {
		w = min(math.Log2(1+p.copies), limit)
	}
	if o.HalfLife > 0 && asOf > p.day {
		w *= math.Exp2(-float64(asOf-p.day) / o.HalfLife)
	}
	m.RowItem = append(m.RowItem, p.item)
	m.Weight = append(m.Weight, float32(w))
	if days {
		m.LastDay = append(m.LastDay, p.day)
	}
}

// damp finds the users too large to be readers.
func (m *Matrix) damp(heavy int) {
	if heavy <= 0 {
		var sizes []int
		for u := range m.Users {
			if n := m.Size(u); n > 0 {
				sizes = append(sizes, n)
			}
		}
		slices.Sort(sizes)
		heavy = max(1000, 10*sizes[len(sizes)*99/100])
	}
	m.Report.HeavyAt = heavy
	for u := range m.Users {
		n := m.Size(u)
		m.Damping[u] = 1
		switch {
		case n == 0:
			m.Report.Empty++
		case n > heavy:
			m.Damping[u] = float32(heavy) / float32(n)
			m.Report.Heavy++
		}
	}
}

// columns builds the matrix by column from the rows.
func (m *Matrix) columns() {
	m.ColStart = make([]int, m.Items+1)
	for _, i := range m.RowItem {
		m.ColStart[i+1]++
	}
	for i := range m.Items {
		if m.ColStart[i+1] == 0 {
			m.Report.Unsold++
		}
		m.ColStart[i+1] += m.ColStart[i]
	}
	m.ColUser = make([]int32, len(m.RowItem))
	m.ColWeight = make([]float32, len(m.RowItem))
	at := slices.Clone(m.ColStart)
	for u := range m.Users {
		for k := m.RowStart[u]; k < m.RowStart[u+1]; k++ {
			i := m.RowItem[k]
			m.ColUser[at[i]], m.ColWeight[at[i]] = int32(u), m.Weight[k]
			at[i]++
		}
	}
}

// Size is the number of titles that a user kept.
func (m *Matrix) Size(u int) int { return m.RowStart[u+1] - m.RowStart[u] }

// Count is the number of users who kept an item.
func (m *Matrix) Count(i int) int { return m.ColStart[i+1] - m.ColStart[i] }

// Row is the titles a user kept, without those returned: a view.
func (m *Matrix) Row(u int) History {
	from, to := m.RowStart[u], m.RowStart[u+1]
	return History{Item: m.RowItem[from:to], Weight: m.Weight[from:to]}
}

// Column is the users who kept an item and their weights: a view.
func (m *Matrix) Column(i int) (users []int32, weights []float32) {
	from, to := m.ColStart[i], m.ColStart[i+1]
	return m.ColUser[from:to], m.ColWeight[from:to]
}

// History is what scores a user: the titles kept, then those returned with
// negative weight.
func (m *Matrix) History(u int) History {
	h := m.Row(u)
	if m.Returned == nil || len(m.Returned[u]) == 0 {
		return h
	}
	h = History{Item: slices.Clone(h.Item), Weight: slices.Clone(h.Weight)}
	for _, i := range m.Returned[u] {
		h.Item = append(h.Item, i)
		h.Weight = append(h.Weight, returnedWeight)
	}
	return h
}
