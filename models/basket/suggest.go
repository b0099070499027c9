package basket

import "slices"

// Suggestion is an item that goes with what a basket holds, and the rule that
// says so.
type Suggestion struct {
	Item int32
	Rule Rule
}

// Suggest returns at most limit items that the basket lacks, each by the surest
// of the rules whose antecedent the basket holds: highest confidence first, then
// the order in which the rules are given.
func Suggest(rules []Rule, basket []int32, limit int) []Suggestion {
	held := make(map[int32]bool, len(basket))
	for _, item := range basket {
		held[item] = true
	}
	surer := func(i, j int) int {
		if c := compare(rules[j].Confidence, rules[i].Confidence); c != 0 {
			return c
		}
		return i - j
	}
	best := map[int32]int{}
	for i, r := range rules {
		lacks := func(item int32) bool { return !held[item] }
		if held[r.Consequent] || slices.ContainsFunc(r.Antecedent, lacks) {
			continue
		}
		if old, known := best[r.Consequent]; !known || surer(i, old) < 0 {
			best[r.Consequent] = i
		}
	}
	chosen := make([]int, 0, len(best))
	for _, i := range best {
		chosen = append(chosen, i)
	}
	slices.SortFunc(chosen, surer)
	list := make([]Suggestion, 0, len(chosen))
	for _, i := range chosen[:min(len(chosen), max(0, limit))] {
		list = append(list, Suggestion{rules[i].Consequent, rules[i]})
	}
	return list
}
