package survival

import "sort"

// Concordance is how well a score orders the subjects by time: Harrell's C. A
// pair counts when it is known who had the event first: the first by an event at
// t, the other at risk at t and then staying longer, or leaving at t without an
// event. Two events at the same time are no pair; pairs of different strata are
// none either. Pairs with the same score count as half.
type Concordance struct {
	C          float64 // (Concordant + TiedScore/2) / Pairs; 0.5 without pairs
	Pairs      float64
	Concordant float64
	Discordant float64
	TiedScore  float64
}

// HarrellC measures a risk score, higher for an earlier event, against the
// sample (Harrell, Lee & Mark 1996). strata may be nil. It takes n·log n steps.
func HarrellC(s Sample, score []float64, strata []int) (Concordance, error) {
	if err := s.valid(); err != nil {
		return Concordance{}, err
	}
	if len(score) != s.Len() || strata != nil && len(strata) != s.Len() {
		return Concordance{}, ErrShape
	}
	for _, v := range score {
		if v != v {
			return Concordance{}, ErrValue
		}
	}
	return concordance(s, score, newOrder(s, strata)), nil
}

func concordance(s Sample, score []float64, o *order) Concordance {
	c := Concordance{C: 0.5}
	for st := range o.strata() {
		c.addStratum(s, score, o, o.bounds[st], o.bounds[st+1])
	}
	c.Pairs = c.Concordant + c.Discordant + c.TiedScore
	if c.Pairs > 0 {
		c.C = (c.Concordant + c.TiedScore/2) / c.Pairs
	}
	return c
}

// addStratum goes from the longest time down and keeps the weights of those
// who stay longer in a Fenwick tree over the ranks of their scores.
func (c *Concordance) addStratum(s Sample, score []float64, o *order, from, to int) {
	ranks := make([]float64, 0, to-from)
	for _, i := range o.byTime[from:to] {
		ranks = append(ranks, score[i])
	}
	sort.Float64s(ranks)
	unique := 0
	for i, v := range ranks {
		if i == 0 || v != ranks[unique-1] {
			ranks[unique] = v
			unique++
		}
	}
	ranks = ranks[:unique]
	rank := func(i int) int { return sort.SearchFloat64s(ranks, score[i]) }
	tree := fenwick(make([]float64, unique+1))
	gone := from
	for pos := from; pos < to; {
		time, end := s.Time[o.byTime[pos]], pos
		for ; end < to && s.Time[o.byTime[end]] == time; end++ {
			if i := o.byTime[end]; !s.Event[i] {
				tree.add(rank(i), s.weight(i))
			}
		}
		for ; o.byEntry != nil && gone < to && s.Entry[o.byEntry[gone]] >= time; gone++ {
			i := o.byEntry[gone]
			tree.add(rank(i), -s.weight(i))
		}
		total := tree.below(unique)
		for k := pos; k < end; k++ {
			i := o.byTime[k]
			if !s.Event[i] {
				continue
			}
			lower, upto := tree.below(rank(i)), tree.below(rank(i)+1)
			c.Concordant += s.weight(i) * lower
			c.TiedScore += s.weight(i) * (upto - lower)
			c.Discordant += s.weight(i) * (total - upto)
		}
		for k := pos; k < end; k++ {
			if i := o.byTime[k]; s.Event[i] {
				tree.add(rank(i), s.weight(i))
			}
		}
		pos = end
	}
}

// fenwick holds prefix sums; its element 0 is not used.
type fenwick []float64

func (f fenwick) add(i int, w float64) {
	for i++; i < len(f); i += i & -i {
		f[i] += w
	}
}

// below is the sum of the elements before i.
func (f fenwick) below(i int) float64 {
	sum := 0.0
	for ; i > 0; i -= i & -i {
		sum += f[i]
	}
	return sum
}
