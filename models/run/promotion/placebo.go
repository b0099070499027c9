package promotion

import (
	"context"
	"math"
	"math/rand/v2"

	"verso/models/job"
	"verso/models/uplift"
)

// Invented campaigns: how many, on how many customers at most, and the share of
// them that is said to have been addressed.
const (
	placebos       = 200
	placeboMost    = 2000
	placeboTreated = .2
)

// placeboStream is the random stream of invented campaigns.
const placeboStream = 0x706c61

// writePlacebo judges campaigns that never were: customers drawn at random among
// those that the latest campaign did not address, matched and compared as those
// of a real one. A method that finds lifts there would find them anywhere.
func writePlacebo(ctx context.Context, j *job.Job, list []campaign, c *job.Card) error {
	var pool customers
	for k := len(list) - 1; k >= 0; k-- {
		if x := &list[k]; !x.open && x.held == 0 && len(x.who.of(false, x.who.ordered)) >= 10*least && (pool.key == nil || len(x.who.of(false, x.who.ordered)) > 2*len(pool.key)) {
			pool = unaddressed(x.who)
		}
	}
	found := make([]effect, placebos)
	if pool.key == nil {
		found = nil
	}
	parallel(len(found), func(k int) { found[k] = invented(pool, rand.New(rand.NewPCG(uint64(j.Seed), placeboStream+uint64(k)))) })
	var no []int64
	var lift, low, high, p []float64
	var claimed []bool
	quiet := 0
	for k, e := range found {
		if e.method != byMatch {
			continue
		}
		says := e.p < level && e.lift.Value > 0
		if !says {
			quiet++
		}
		no, lift, low, high, p, claimed = append(no, int64(k+1)), append(lift, e.lift.Value), append(low, e.lift.Low), append(high, e.lift.High), append(p, e.p), append(claimed, says)
	}
	if len(no) > 0 {
		c.Metric("placebo_quiet", float64(quiet)/float64(len(no)), "share", job.Wordsf("of %d campaigns that never were and showed no lift at p < %.2f, not adjusted", "%d 个虚构活动中在 p < %.2f（未校正）下未显示增量的比例", len(no), level))
	}
	return j.Score(ctx, placeboSQL, nil, job.Col("repetition", no), job.Col("lift", lift), job.Col("low", low), job.Col("high", high), job.Col("p", p), job.Col("is_lift", claimed))
}

func unaddressed(c customers) customers {
	var rows []int
	for i, t := range c.treated {
		if !t && len(rows) < placeboMost {
			rows = append(rows, i)
		}
	}
	return c.take(rows)
}

// invented draws whom a campaign is said to have addressed, and judges it.
func invented(pool customers, rng *rand.Rand) effect {
	n := len(pool.key)
	treated := make([]bool, n)
	for _, i := range rng.Perm(n)[:int(placeboTreated*float64(n))] {
		treated[i] = true
	}
	e := effect{method: byNothing, p: math.NaN()}
	m, err := uplift.Match(uplift.Experiment{X: pool.x, Treated: treated, Y: pool.ordered}, uplift.MatchOptions{})
	if err != nil {
		return e
	}
	e.method, e.p, e.lift = byMatch, m.P, uplift.Range{Value: m.Effect, Low: m.Low, High: m.High}
	return e
}
