// Package promotion runs the models of what campaigns caused, whom to address,
// how often is too often, and how customers answer to price.
package promotion

import (
	_ "embed"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

var (
	//go:embed sql/campaign.sql
	campaignSQL string
	//go:embed sql/placebo.sql
	placeboSQL string
	//go:embed sql/pull_forward.sql
	pullForwardSQL string
	//go:embed sql/test_size.sql
	testSizeSQL string
	//go:embed sql/uplift.sql
	upliftSQL string
	//go:embed sql/qini.sql
	qiniSQL string
	//go:embed sql/fatigue.sql
	fatigueSQL string
	//go:embed sql/price.sql
	priceSQL string
	//go:embed sql/elasticity.sql
	elasticitySQL string
)

// level is the probability below which a finding counts.
const level = .05

// parallel calls do(0) to do(n−1) on all cores; results go by index, so that
// they do not depend on how many there are.
func parallel(n int, do func(k int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	wait.Wait()
}

// known is x, or NaN, which is stored as NULL, for what is not finite.
func known(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
