package recommend

import (
	"math"
	"slices"
	"strings"

	"verso/models/offer"
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

// bases counts what each type takes.
func (c *catalogue) bases() *base {
	b := &base{c: c, kind: map[string][]float64{}, area: map[[2]string][]float64{}, total: map[string]float64{}, near: map[[2]string]float64{}, n12: map[string][]int32{}}
	for u, kind := range c.kind {
		if b.kind[kind] == nil {
			b.kind[kind], b.n12[kind] = make([]float64, len(c.titles)), make([]int32, len(c.titles))
		}
		for _, i := range c.left12[u] {
			b.n12[kind][i]++
		}
	}
	for k, day := range c.rows.Day {
		if c.rows.Copies[k] <= 0 || day <= c.day-730 {
			continue
		}
		u, i := c.rows.User[k], c.rows.Item[k]
		w := math.Exp2(-float64(c.day-day) / demandHalfLife)
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

// candidates are the best titles among some for a customer without a history.
func (b *base) candidates(u int, titles []int32, n int) []offer.Candidate {
	kind, key := b.c.kind[u], [2]string{b.c.kind[u], b.c.area[u]}
	list := make([]offer.Candidate, 0, len(titles))
	for _, i := range titles {
		share := (b.kind[kind][i] + .01) / (b.total[kind] + 1)
		local := 0.0
		if b.area[key] != nil {
			local = b.area[key][i]
		}
		score := (local + basePull*share) / (b.near[key] + basePull)
		if b.interested(u, i) != "" {
			score *= interestLift
		}
		list = append(list, offer.Candidate{Title: i, Score: math.Log(score)})
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
