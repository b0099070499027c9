package cold

import "slices"

// split is one inner cold split: some of the known titles are hidden, and the
// choices of them are what weights are fitted on.
type split struct {
	w         *world
	hidden    []int32 // titles, ascending
	titles    *sample // choices of hidden titles by customers
	customers *sample // and of customers by hidden titles
}

// What a list is judged by is its top, and most rows of a random sample are far
// below it: weights are fitted again among the first of each list.
const (
	listedTitles    = 100
	listedCustomers = 300
	listedOf        = 20_000 // customers ranked for a title, at most
)

// listed are the choices of all splits among what weights rank first: of each
// customer the first hidden titles, of each title the first customers. What was
// taken counts where it stands among these, so that a list is drawn without
// regard to what was taken of it and bends no weight (McFadden 1978).
func listed(splits []*split, b *baskets, titles, customers []float64) (ofTitles, ofCustomers *sample) {
	ofTitles, ofCustomers = &sample{}, &sample{power: .5}
	for _, s := range splits {
		w, p := s.w, s.w.layout.columns()
		m := &Model{w: w, Activity: customers[p], plans: [2]*plan{w.plan(titles), w.plan(customers[:p])}}
		who, what := s.titles.heads(s.titles.customer), s.customers.heads(s.customers.title)
		lists, _, err := m.Match(who, s.hidden, listedTitles, 0)
		if err != nil {
			continue // indices are those of the sample: not reached
		}
		_, wanted, err := m.Match(w.some(listedOf), what, 0, listedCustomers)
		if err != nil {
			continue
		}
		t, c := &sample{}, &sample{power: .5}
		for i, list := range lists {
			t.among(list, func(index int32) [2]int32 { return [2]int32{who[i], index} }, b)
		}
		for i, list := range wanted {
			c.among(list, func(index int32) [2]int32 { return [2]int32{index, what[i]} }, b)
		}
		t.fill(w, false)
		c.fill(w, true)
		ofTitles.join(t)
		ofCustomers.join(c)
	}
	return ofTitles, ofCustomers
}

// heads is the value of each group's first row.
func (s *sample) heads(values []int32) []int32 {
	var list []int32
	for i := range s.taken {
		list = append(list, values[s.start[i]])
	}
	return list
}

// some are customers with a purchase, at most so many, evenly spaced.
func (w *world) some(most int) []int32 {
	var list []int32
	for c, titles := range w.b.of {
		if len(titles) > 0 {
			list = append(list, int32(c))
		}
	}
	if n := len(list); n > most {
		for k := range most {
			list[k] = list[k*n/most]
		}
		list = list[:most]
	}
	return list
}

// among adds a list as a group, where some of it was taken and some was not.
func (s *sample) among(list []Ranked, pair func(index int32) [2]int32, b *baskets) {
	var taken, left [][2]int32
	for _, r := range list {
		p := pair(r.Index)
		if _, took := slices.BinarySearch(b.of[p[0]], p[1]); took {
			taken = append(taken, p)
		} else {
			left = append(left, p)
		}
	}
	if len(taken) > 0 && len(left) > 0 {
		s.group(taken, left)
	}
}
