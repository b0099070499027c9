package recommend

import (
	"cmp"
	"math"
	"slices"
)

const (
	intervalShare = .8 // of listings that intervals are to hold
	intervalLeast = 20 // listings needed to set the level by; else it is the share
)

// shortest walks through the numbers of copies from the likeliest on, as the
// shortest interval grows, of a negative binomial with a mean and shape: at each
// step it has low to high, of the chance given. It ends when step returns false.
func shortest(mean, k float64, step func(low, high, chance float64) bool) {
	if mean <= 0 {
		step(0, 0, 1)
		return
	}
	q := k / (k + mean)
	up := func(n, chance float64) float64 { return chance * (n + k) / (n + 1) * (1 - q) }
	down := func(n, chance float64) float64 { return chance * n / ((n - 1 + k) * (1 - q)) }
	mode := max(0, math.Floor((k-1)*mean/k))
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	top := math.Exp(lg(mode+k) - lg(k) - lg(mode+1) + k*math.Log(q) + mode*math.Log1p(-q))
	low, high, sum := mode, mode, top
	below, above := 0., up(mode, top)
	if mode > 0 {
		below = down(mode, top)
	}
	for step(low, high, sum) && sum < 1-1e-9 && high < 1e5 {
		if low > 0 && below >= above {
			low--
			sum += below
			if below = down(low, below); low == 0 {
				below = 0
			}
			continue
		}
		high++
		sum += above
		above = up(high, above)
	}
}

// interval is the shortest one whose chance is at least the level.
func interval(mean, k, level float64) (low, high float64) {
	shortest(mean, k, func(l, h, chance float64) bool {
		low, high = l, h
		return chance < level
	})
	return low, high
}

// needed is the level above which the interval holds a number of copies: the
// chance of the widest that does not, 0 where the narrowest does.
func needed(mean, k, copies float64) float64 {
	before := 0.
	shortest(mean, k, func(low, high, chance float64) bool {
		if low <= copies && copies <= high {
			return false
		}
		before = chance
		return true
	})
	return before
}

// levels are those of intervals by forecast: each holds for forecasts up to its
// mean, the last for all above.
type levels []struct{ mean, level float64 }

func (l levels) at(mean float64) float64 {
	for _, e := range l {
		if mean <= e.mean {
			return e.level
		}
	}
	return intervalShare
}

// levelsOf sets a level for each third of the listings by forecast: of titles that
// sell none or one an interval cannot hold 80 %, and what they hold beyond it must
// not make the intervals of those that sell many too short.
func levelsOf(means, needs []float64) levels {
	order := make([]int, len(means))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(means[a], means[b]) })
	parts := 3
	if len(order) < parts*intervalLeast {
		parts = 1
	}
	var l levels
	for part := range parts {
		mine := order[len(order)*part/parts : len(order)*(part+1)/parts]
		values, top := make([]float64, len(mine)), math.Inf(1)
		for k, i := range mine {
			values[k] = needs[i]
		}
		if part < parts-1 {
			top = means[mine[len(mine)-1]]
		}
		l = append(l, struct{ mean, level float64 }{top, calibrated(values)})
	}
	return l
}

// calibrated is the level at which intervals would have held nearest to the share
// of past listings, of which it is given what each needs (split conformal
// prediction: Vovk, Gammerman and Shafer 2005). Copies are whole and few, so an
// interval of a chance of at least 80 % is one of more; the level takes that off,
// and whatever the shape is wrong by.
func calibrated(needs []float64) float64 {
	if len(needs) < intervalLeast {
		return intervalShare
	}
	sorted := slices.Clone(needs)
	slices.Sort(sorted)
	aim := intervalShare * float64(len(sorted))
	at := sorted[min(len(sorted)-1, int(aim))]
	// Many listings may need the same: with them, or without.
	under, _ := slices.BinarySearch(sorted, at)
	over, _ := slices.BinarySearch(sorted, math.Nextafter(at, 2))
	if aim-float64(under) < float64(over)-aim {
		return at
	}
	return math.Nextafter(at, 2)
}
