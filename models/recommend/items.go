package recommend

import (
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

// strongest keeps the n largest coefficients of one title: by absolute value,
// then own item. The list is reordered.
func strongest(list []coefficient, n int) []coefficient {
	order := func(a, b coefficient) int {
		x, y := a.value, b.value
		if x < 0 {
			x = -x
		}
		if y < 0 {
			y = -y
		}
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return int(a.own) - int(b.own)
	}
	if len(list) > n {
		partition(list, n, order)
		list = list[:n]
	}
	slices.SortFunc(list, order)
	return slices.Clone(list)
}

// partition moves the n first elements of the order to the front (Hoare's
// selection with the median of three).
func partition(list []coefficient, n int, order func(a, b coefficient) int) {
	for low, high := 0, len(list)-1; low < high; {
		middle := (low + high) / 2
		if order(list[middle], list[low]) < 0 {
			list[middle], list[low] = list[low], list[middle]
		}
		if order(list[high], list[low]) < 0 {
			list[high], list[low] = list[low], list[high]
		}
		if order(list[high], list[middle]) < 0 {
			list[high], list[middle] = list[middle], list[high]
		}
		pivot := list[middle]
		i, j := low, high
		for i <= j {
			for order(list[i], pivot) < 0 {
				i++
			}
			for order(list[j], pivot) > 0 {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			high = j
		case n > i:
			low = i
		default:
			return
		}
	}
}

// counter adds up one row of the Gram matrix: sums over customers of weight
// times weight for the titles bought together with one.
type counter struct {
	sum     []float32
	touched []int32
}

// counters is one for every worker.
func counters(items int) []counter {
	c := make([]counter, dense.Workers())
	for k := range c {
		c[k].sum = make([]float32, items)
	}
	return c
}

// row sums, over the users of item j in order, left·right where left is the
// user's factor times the weight of j and right that of the other title. All
// factors are positive. The sums stand until reset.
func (c *counter) row(x *Matrix, j int, user []float32) {
	users, weights := x.Column(j)
	for k, u := range users {
		left := float32(user[u] * weights[k])
		from, to := x.RowStart[u], x.RowStart[u+1]
		right := x.Weight[from:to]
		for p, i := range x.RowItem[from:to] {
			if c.sum[i] == 0 {
				c.touched = append(c.touched, i)
			}
			c.sum[i] += float32(left * right[p])
		}
	}
}

func (c *counter) reset() {
	for _, i := range c.touched {
		c.sum[i] = 0
	}
	c.touched = c.touched[:0]
}
