package recommend

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"slices"
)

// SplitOptions choose what is held out of rows.
type SplitOptions struct {
	Share  float64 // of the pairs; 0 means 0.2
	Random bool    // by chance within each user also when the rows have days
	Least  int     // titles of a user from which some are held out by chance; 0 means 5
	Seed   uint64
}

// ErrShare is returned for a share that is not between 0 and 1.
var ErrShare = errors.New("recommend: the share held out must lie between 0 and 1")

// Split parts rows into those to fit on and those to test on. With days it is by
// time: the day after which the share of all pairs was first bought; pairs bought
// before and again after are in the first part alone, since what is known cannot
// be a surprise. Without days the share of each user's titles is drawn by seed,
// the same for any order of the rows. Returns (negative copies) stay in the first
// part when they fall before the day, and are dropped after it.
func Split(r Rows, o SplitOptions) (fit, test Rows, rule string, err error) {
	share := cmp.Or(o.Share, .2)
	if !(share > 0 && share < 1) {
		return fit, test, "", ErrShare
	}
	if r.Day != nil && !o.Random {
		if fit, test, ok := r.byTime(share); ok {
			return fit, test, "temporal", nil
		}
	}
	fit, test = r.byChance(share, cmp.Or(o.Least, 5), o.Seed)
	return fit, test, "random", nil
}

type pairKey struct{ user, item int32 }

// byTime is false when all rows have one day.
func (r Rows) byTime(share float64) (fit, test Rows, ok bool) {
	first := map[pairKey]int32{}
	for k := range r.User {
		if r.Copies != nil && r.Copies[k] <= 0 {
			continue
		}
		key := pairKey{r.User[k], r.Item[k]}
		if day, known := first[key]; !known || r.Day[k] < day {
			first[key] = r.Day[k]
		}
	}
	days := make([]int32, 0, len(first))
	for _, d := range first {
		days = append(days, d)
	}
	if len(days) == 0 {
		return fit, test, false
	}
	slices.Sort(days)
	cut := days[min(len(days)-1, int(float64(len(days))*(1-share)))]
	if cut == days[0] {
		return fit, test, false
	}
	for k := range r.User {
		day, known := first[pairKey{r.User[k], r.Item[k]}]
		switch {
		case r.Day[k] < cut:
			fit.add(r, k)
		case known && day >= cut && (r.Copies == nil || r.Copies[k] > 0):
			test.add(r, k)
		}
	}
	return fit, test, true
}

func (r Rows) byChance(share float64, least int, seed uint64) (fit, test Rows) {
	items := map[int32][]int32{}
	users := []int32{}
	for k, u := range r.User {
		if items[u] == nil {
			users = append(users, u)
		}
		items[u] = append(items[u], r.Item[k])
	}
	slices.Sort(users)
	held := map[pairKey]bool{}
	for _, u := range users {
		own := items[u]
		slices.Sort(own)
		own = slices.Compact(own)
		if len(own) < least {
			continue
		}
		draw := rand.New(rand.NewPCG(seed, uint64(u)))
		draw.Shuffle(len(own), func(a, b int) { own[a], own[b] = own[b], own[a] })
		for _, i := range own[:max(1, int(float64(len(own))*share))] {
			held[pairKey{u, i}] = true
		}
	}
	for k := range r.User {
		if held[pairKey{r.User[k], r.Item[k]}] {
			if r.Copies == nil || r.Copies[k] > 0 {
				test.add(r, k)
			}
		} else {
			fit.add(r, k)
		}
	}
	return fit, test
}

// add appends row k of another.
func (r *Rows) add(from Rows, k int) {
	r.User, r.Item = append(r.User, from.User[k]), append(r.Item, from.Item[k])
	if from.Copies != nil {
		r.Copies = append(r.Copies, from.Copies[k])
	}
	if from.Day != nil {
		r.Day = append(r.Day, from.Day[k])
	}
}

// Without leaves out the rows whose pair is among others.
func (r Rows) Without(others Rows) Rows {
	leave := map[pairKey]bool{}
	for k := range others.User {
		leave[pairKey{others.User[k], others.Item[k]}] = true
	}
	var kept Rows
	for k := range r.User {
		if !leave[pairKey{r.User[k], r.Item[k]}] {
			kept.add(r, k)
		}
	}
	return kept
}

// With appends rows; columns that one of the two lacks are filled with what their
// absence means.
func (r Rows) With(others Rows) Rows {
	all := Rows{User: slices.Concat(r.User, others.User), Item: slices.Concat(r.Item, others.Item)}
	if r.Copies != nil || others.Copies != nil {
		all.Copies = slices.Concat(r.copies(), others.copies())
	}
	if r.Day != nil && others.Day != nil {
		all.Day = slices.Concat(r.Day, others.Day)
	}
	return all
}

func (r Rows) copies() []float64 {
	if r.Copies != nil {
		return r.Copies
	}
	return slices.Repeat([]float64{1}, len(r.User))
}

// Marked are the rows with a mark; none without marks.
func (r Rows) Marked(marks []bool) Rows {
	var kept Rows
	for k, m := range marks {
		if m {
			kept.add(r, k)
		}
	}
	return kept
}
