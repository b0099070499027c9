package recommend

import (
	"math"
	"slices"

	"verso/models/recommend/dense"
)

// ItemItem scores a title by the customer's own titles: the sum over them of
// their weight times a coefficient. It is sparse: most pairs have none.
type ItemItem struct {
	Kind  string // the model that made the coefficients
	Start []int  // items+1 offsets into Target
	// Target and Value are the coefficients of each own item, targets ascending.
	Target []int32
	Value  []float32
	// Scale is the weight of one own item before the coefficient; nil means 1.
	Scale []float32
}

// coefficient is that of an own item for the title that a list belongs to.
type coefficient struct {
	own   int32
	value float32
}

// newItemItem turns lists of coefficients by title into those by own item.
func newItemItem(kind string, byTitle [][]coefficient) *ItemItem {
	m := &ItemItem{Kind: kind, Start: make([]int, len(byTitle)+1)}
	total := 0
	for _, list := range byTitle {
		for _, c := range list {
			m.Start[c.own+1]++
		}
		total += len(list)
	}
	for i := range byTitle {
		m.Start[i+1] += m.Start[i]
	}
	m.Target, m.Value = make([]int32, total), make([]float32, total)
	at := slices.Clone(m.Start)
	for title, list := range byTitle {
		for _, c := range list {
			m.Target[at[c.own]], m.Value[at[c.own]] = int32(title), c.value
			at[c.own]++
		}
	}
	return m
}

// Name is the kind.
func (m *ItemItem) Name() string { return m.Kind }

// Scores adds up the coefficients of the history.
func (m *ItemItem) Scores(h History, scores []float32) {
	clear(scores)
	for k, i := range h.Item {
		w := h.Weight[k]
		if m.Scale != nil {
			w *= m.Scale[i]
		}
		value := m.Value[m.Start[i]:m.Start[i+1]]
		for p, j := range m.Target[m.Start[i]:m.Start[i+1]] {
			scores[j] += float32(w * value[p])
		}
	}
}

// scatter adds the scores of a history to sums and lists the titles it reached,
// some of them twice where sums cancelled out; false, with nothing done, when they
// would be a good part of the catalogue.
func (m *ItemItem) scatter(h History, sums []float32, reached []int32) ([]int32, bool) {
	work := 0
	for _, i := range h.Item {
		work += m.Start[i+1] - m.Start[i]
	}
	if work > len(sums)/8 {
		return reached, false
	}
	for k, i := range h.Item {
		w := h.Weight[k]
		if m.Scale != nil {
			w *= m.Scale[i]
		}
		value := m.Value[m.Start[i]:m.Start[i+1]]
		for p, j := range m.Target[m.Start[i]:m.Start[i+1]] {
			if sums[j] == 0 {
				reached = append(reached, j)
			}
			sums[j] += float32(w * value[p])
		}
	}
	return reached, true
}

// Coefficient is that of an own item for a title, 0 for none.
func (m *ItemItem) Coefficient(own, title int) float32 {
	p, found := slices.BinarySearch(m.Target[m.Start[own]:m.Start[own+1]], int32(title))
	if !found {
		return 0
	}
	return m.Value[m.Start[own]+p]
}

// Explain gives each own title that has a coefficient its part.
func (m *ItemItem) Explain(h History, item int) Explanation {
	var reasons []Reason
	for k, i := range h.Item {
		c := m.Coefficient(int(i), item)
		if c == 0 {
			continue
		}
		w := h.Weight[k]
		if m.Scale != nil {
			w *= m.Scale[i]
		}
		reasons = append(reasons, Reason{Part: m.Kind, Item: i, Value: float64(w) * float64(c)})
	}
	return explained(reasons)
}

// strongest collects the largest coefficients of one title: by absolute value,
// then own item. It is a heap with the weakest on top.
type strongest struct {
	n    int
	heap []coefficient
}

// weaker is the order of the heap; values of 0 never come in.
func weaker(a, b coefficient) bool {
	x, y := a.value, b.value
	if x < 0 {
		x = -x
	}
	if y < 0 {
		y = -y
	}
	return x < y || x == y && a.own > b.own
}

// begin empties the collection for n coefficients.
func (s *strongest) begin(n int) { s.n, s.heap = n, s.heap[:0] }

// least is the absolute value below which nothing comes in any more.
func (s *strongest) least() float32 {
	if len(s.heap) < s.n {
		return 0
	}
	return max(s.heap[0].value, -s.heap[0].value)
}

func (s *strongest) offer(c coefficient) {
	if len(s.heap) < s.n {
		s.heap = append(s.heap, c)
		k := len(s.heap) - 1
		for k > 0 && weaker(c, s.heap[(k-1)/2]) {
			s.heap[k] = s.heap[(k-1)/2]
			k = (k - 1) / 2
		}
		s.heap[k] = c
		return
	}
	if s.n == 0 || !weaker(s.heap[0], c) {
		return
	}
	k := 0
	for {
		child := 2*k + 1
		if child >= len(s.heap) {
			break
		}
		if child+1 < len(s.heap) && weaker(s.heap[child+1], s.heap[child]) {
			child++
		}
		if !weaker(s.heap[child], c) {
			break
		}
		s.heap[k] = s.heap[child]
		k = child
	}
	s.heap[k] = c
}

// list is what was collected, strongest first: a copy.
func (s *strongest) list() []coefficient {
	list := slices.Clone(s.heap)
	slices.SortFunc(list, func(a, b coefficient) int {
		if weaker(b, a) {
			return -1
		}
		return 1
	})
	return list
}

// counter adds up one row of the Gram matrix: sums over customers of weight
// times weight for the titles bought together with one.
type counter struct {
	sum   []float32
	found []int32 // room for one more than there are items
	n     int     // of found

	best strongest
}

// counters is one for every worker.
func counters(items int) []counter {
	c := make([]counter, dense.Workers())
	for k := range c {
		c[k].sum, c[k].found = make([]float32, items), make([]int32, items+1)
	}
	return c
}

// touched is the items with a sum, in no order.
func (c *counter) touched() []int32 { return c.found[:c.n] }

// row sums, over the users of item j in order, left·right where left is the
// user's factor times the weight of j and right that of the other title. All
// factors are positive. The sums stand until reset.
func (c *counter) row(x *Matrix, j int, user []float32) {
	users, weights := x.Column(j)
	n, found, sum := c.n, c.found, c.sum
	for k, u := range users {
		left := float32(user[u] * weights[k])
		from, to := x.RowStart[u], x.RowStart[u+1]
		right := x.Weight[from:to]
		for p, i := range x.RowItem[from:to] {
			// Without a branch, which would be guessed wrong half of the time: the
			// bits of a sum of 0 less 1 have the highest bit, those of others not.
			before := sum[i]
			found[n] = i
			n += int((math.Float32bits(before) - 1) >> 31)
			sum[i] = before + float32(left*right[p])
		}
	}
	c.n = n
}

func (c *counter) reset() {
	for _, i := range c.touched() {
		c.sum[i] = 0
	}
	c.n = 0
}
