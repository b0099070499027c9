package basket

import (
	"math/rand/v2"
	"slices"
)

// Shuffle returns baskets of the same sizes with the same number of baskets for
// every item, filled at random: what mining must find nothing in. Items change
// places pairwise, rounds times as often as there are places, unless one basket
// would hold an item twice (swap randomization, Gionis et al. 2007; five rounds
// are ample).
func Shuffle(b Baskets, rounds int, random *rand.Rand) Baskets {
	out := Baskets{Distinct: b.Distinct, Start: make([]int, 1, len(b.Start)+1)}
	if b.Count() == 0 {
		return out
	}
	var owner []int32
	for k := range b.Count() {
		basket := slices.Clone(b.Items[b.Start[k]:b.Start[k+1]])
		slices.Sort(basket)
		basket = slices.Compact(basket)
		out.Items = append(out.Items, basket...)
		out.Start = append(out.Start, len(out.Items))
		for range basket {
			owner = append(owner, int32(k))
		}
	}
	if len(out.Items) == 0 {
		return out
	}
	has := func(k int32, item int32) bool { return slices.Contains(out.Items[out.Start[k]:out.Start[k+1]], item) }
	for range rounds * len(out.Items) {
		i, j := random.IntN(len(out.Items)), random.IntN(len(out.Items))
		x, y := out.Items[i], out.Items[j]
		if x != y && owner[i] != owner[j] && !has(owner[i], y) && !has(owner[j], x) {
			out.Items[i], out.Items[j] = y, x
		}
	}
	return out
}
