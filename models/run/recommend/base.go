package recommend

import (
	"math"
	"slices"
	"strings"

	"verso/models/offer"
	"verso/models/recommend"
	"verso/models/recommend/dense"
)

// base ranks for customers who bought nothing yet: what customers of their type
// and region take, first of all in the subjects they said to care for.
type base struct {
	c     *catalogue
	kind  map[string][]float64 // type → sales now of each title
	area  map[[2]string][]float64
	total map[string]float64
	near  map[[2]string]float64
	n12   map[string][]int32 // type → customers in twelve months
}

// basePull is how many purchases the type's shares count for beside those of the
// region, and interestLift what a declared interest multiplies a chance by.
const (
	basePull     = 50
	interestLift = 8
)

// bases counts what each type takes up to a day.
func (c *catalogue) bases(day int32) *base {
	b := &base{c: c, kind: map[string][]float64{}, area: map[[2]string][]float64{}, total: map[string]float64{}, near: map[[2]string]float64{}, n12: map[string][]int32{}}
	for _, kind := range c.kind {
		if b.kind[kind] == nil {
			b.kind[kind], b.n12[kind] = make([]float64, len(c.titles)), make([]int32, len(c.titles))
		}
	}
	last := [2]int32{-1, -1} // rows come by customer and title
	for k, d := range c.rows.Day {
		if c.rows.Copies[k] <= 0 || d > day || d <= day-730 {
			continue
		}
		u, i := c.rows.User[k], c.rows.Item[k]
		if d > day-365 && last != [2]int32{u, i} {
			b.n12[c.kind[u]][i]++
			last = [2]int32{u, i}
		}
		w := math.Exp2(-float64(day-d) / demandHalfLife)
		key := [2]string{c.kind[u], c.area[u]}
		if b.area[key] == nil {
			b.area[key] = make([]float64, len(c.titles))
		}
		b.kind[c.kind[u]][i] += w
		b.area[key][i] += w
		b.total[c.kind[u]] += w
		b.near[key] += w
	}
	return b
}

// newcomerDays is how long ago the test of lists by type begins.
const newcomerDays = 182

// testBase measures lists by type for customers who came in the last half year:
// of what they took since, what the list of the day before would have held,
// against the titles that sold best by then.
func (c *catalogue) testBase(f *fitted) {
	day := c.day - newcomerDays
	had := make([]bool, len(c.customers))
	sold := make([]float64, len(c.titles))
	for k, d := range c.rows.Day {
		if d <= day && c.rows.Copies[k] > 0 {
			had[c.rows.User[k]] = true
			sold[c.rows.Item[k]]++
		}
	}
	took := map[int32][]int32{}
	var users []int32
	after := c.between(day, c.day)
	for k, u := range after.User {
		if had[u] {
			continue
		}
		if took[u] == nil {
			users = append(users, u)
		}
		took[u] = append(took[u], after.Item[k])
	}
	if len(users) < leastUsers {
		return
	}
	b := c.bases(day)
	var titles, best []int32
	for i := range c.titles {
		if c.listed[i] <= day {
			titles = append(titles, int32(i))
		}
	}
	scores := make([]float32, len(sold))
	for i, n := range sold {
		scores[i] = float32(n)
	}
	for _, s := range recommend.Top(scores, listLength, nil) {
		best = append(best, s.Item)
	}
	slices.Sort(users)
	own := &recommend.Evaluation{Model: "type", K: listLength, Users: len(users)}
	popular := &recommend.Evaluation{Model: "popularity", K: listLength, Users: len(users)}
	order := b.rank(titles, func(u int) bool { return took[int32(u)] != nil })
	lists := make([][]int32, len(users))
	dense.Each(len(users), func(_, n int) {
		for _, e := range b.candidates(int(users[n]), order, listLength) {
			lists[n] = append(lists[n], e.Title)
		}
	})
	for n, u := range users {
		count(own, lists[n], took[u])
		count(popular, best, took[u])
	}
	f.tests = append(f.tests, tested{"newcomers", popular, 0}, tested{"newcomers", own, 1})
}

// count adds a customer to the means of an evaluation.
func count(e *recommend.Evaluation, list, took []int32) {
	slices.Sort(took)
	took = slices.Compact(took)
	hits, gain, ideal := 0.0, 0.0, 0.0
	for place, i := range list {
		if _, hit := slices.BinarySearch(took, i); hit {
			hits++
			gain += 1 / math.Log2(float64(place)+2)
		}
	}
	for place := range min(e.K, len(took)) {
		ideal += 1 / math.Log2(float64(place)+2)
	}
	n := float64(e.Users)
	e.Recall += hits / float64(len(took)) / n
	e.NDCG += gain / ideal / n
	e.HitRate += min(hits, 1) / n
}

// rankings are orders of titles for every type and region, best first, with their
// scores: customers of one differ in their interests alone.
type rankings map[[2]string][]offer.Candidate

// rank orders some titles for every type and region of the customers who need it.
func (b *base) rank(titles []int32, needs func(u int) bool) rankings {
	var keys [][2]string
	out := rankings{}
	for u, kind := range b.c.kind {
		if !needs(u) {
			continue
		}
		key := [2]string{kind, b.c.area[u]}
		if _, known := out[key]; !known {
			out[key] = nil
			keys = append(keys, key)
		}
	}
	lists := make([][]offer.Candidate, len(keys))
	dense.Each(len(keys), func(_, n int) {
		key := keys[n]
		for _, i := range titles {
			share := (b.kind[key[0]][i] + .01) / (b.total[key[0]] + 1)
			local := 0.0
			if b.area[key] != nil {
				local = b.area[key][i]
			}
			lists[n] = append(lists[n], offer.Candidate{Title: i, Score: math.Log((local + basePull*share) / (b.near[key] + basePull))})
		}
		slices.SortFunc(lists[n], byScore)
	})
	for n, key := range keys {
		out[key] = lists[n]
	}
	return out
}

// candidates are the best titles of a ranking for a customer without a history:
// a title in a subject he cares for counts interestLift times.
func (b *base) candidates(u int, r rankings, n int) []offer.Candidate {
	all := r[[2]string{b.c.kind[u], b.c.area[u]}]
	if len(b.c.interest[u]) == 0 {
		return slices.Clone(all[:min(n, len(all))])
	}
	var list []offer.Candidate
	liked, others := 0, 0
	for _, c := range all {
		switch like := b.interested(u, c.Title) != ""; {
		case like && liked < n:
			c.Score += math.Log(interestLift)
			liked++
		case !like && others < n:
			others++
		default:
			continue
		}
		if list = append(list, c); liked == n && others == n {
			break
		}
	}
	slices.SortFunc(list, byScore)
	return slices.Clone(list[:min(n, len(list))])
}

// explain gives a line its reasons.
func (b *base) explain(u int, e *entry) {
	var found []reason
	if code := b.interested(u, e.Title); code != "" {
		found = append(found, reason{kind: reasonInterest, text: code})
	}
	if n := int(b.n12[b.c.kind[u]][e.Title]); n > 1 {
		found = append(found, reason{kind: reasonType, n: n, text: b.c.kind[u]})
	} else if q := b.c.popular(e.Title); q.kind != noReason {
		found = append(found, q)
	} else if len(found) == 0 && b.c.issued[e.Title] > b.c.day-issueDays {
		found = append(found, reason{kind: reasonIssue})
	}
	copy(e.reasons[:], found)
}

// interested is the declared interest that a title's class falls under.
func (b *base) interested(u int, title int32) string {
	class := b.c.text.class[title]
	if class == "" {
		return ""
	}
	best := ""
	for _, code := range b.c.interest[u] {
		if strings.HasPrefix(class, code) && len(code) > len(best) {
			best = code
		}
	}
	return best
}
