package metric

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Interval is a statistic with its bootstrap spread.
type Interval struct {
	Value     float64 // on the data as they are
	SE        float64 // standard deviation over the draws
	Low, High float64 // percentile interval
	Draws     int     // draws that gave a value
	Failed    int     // draws in which the statistic could not be computed
}

// ErrFewDraws is returned when fewer than half of the bootstrap draws gave a
// value, so that an interval of the rest would mislead.
var ErrFewDraws = errors.New("metric: the statistic could not be computed in most bootstrap draws")

// BootstrapOptions choose the resampling. The zero value means 1,000 draws, a
// 95 % interval, seed 0.
type BootstrapOptions struct {
	Draws int
	Level float64 // of the interval, between 0 and 1; 0: .95
	Seed  uint64
}

// Bootstrap draws customers, not rows, with replacement and computes the
// statistic anew each time: all rows of a customer come and go together, as
// they must when rows of one customer resemble each other (Field and Welsh
// 2007). The statistic gets one weight a row, the number of times its customer
// was drawn; nil stands for the data as they are. It is called from several
// goroutines at once and must not keep or change the weights.
//
// Each draw has its own random stream, so a seed gives the same interval on
// any number of cores and in any order of rows.
func Bootstrap[K cmp.Ordered](customer []K, o BootstrapOptions, statistic func(w []float64) (float64, error)) (*Interval, error) {
	all, err := BootstrapAll(customer, o, func(w []float64) ([]float64, error) {
		v, err := statistic(w)
		return []float64{v}, err
	})
	if err != nil {
		return nil, err
	}
	if all[0] == nil {
		return nil, fmt.Errorf("%w: of %d draws", ErrFewDraws, o.withDefaults().Draws)
	}
	return all[0], nil
}

func (o BootstrapOptions) withDefaults() BootstrapOptions {
	if o.Draws == 0 {
		o.Draws = 1000
	}
	if o.Level == 0 {
		o.Level = .95
	}
	return o
}

// BootstrapAll is Bootstrap for several statistics of the same draws: it gives
// one interval for each number the function returns, always in the same order.
// A number that is NaN could not be computed in that draw; one that could not in
// most has no interval (nil).
func BootstrapAll[K cmp.Ordered](customer []K, o BootstrapOptions, statistics func(w []float64) ([]float64, error)) ([]*Interval, error) {
	if len(customer) == 0 {
		return nil, fmt.Errorf("%w: no rows", ErrShape)
	}
	o = o.withDefaults()
	if o.Draws < 2 || !(o.Level > 0 && o.Level < 1) {
		return nil, fmt.Errorf("%w: bootstrap needs at least 2 draws and a level between 0 and 1: %+v", ErrValue, o)
	}
	values, err := statistics(nil)
	if err != nil {
		return nil, err
	}
	id, customers := numbered(customer)
	draws := make([][]float64, len(values)) // by statistic
	for s := range draws {
		draws[s] = make([]float64, o.Draws)
	}
	parallel(o.Draws, func(d int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(d)))
		count := make([]float64, customers)
		for range customers {
			count[rng.IntN(customers)]++
		}
		w := make([]float64, len(id))
		for i, c := range id {
			w[i] = count[c]
		}
		v, err := statistics(w)
		for s := range draws {
			if draws[s][d] = math.NaN(); err == nil && s < len(v) {
				draws[s][d] = v[s]
			}
		}
	})
	out := make([]*Interval, len(values))
	for s := range draws {
		out[s] = interval(values[s], draws[s], o)
	}
	return out, nil
}

// interval summarises the draws; those that are NaN failed. It is nil when most
// did.
func interval(value float64, draws []float64, o BootstrapOptions) *Interval {
	kept := slices.DeleteFunc(draws, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	out := &Interval{Value: value, Draws: len(kept), Failed: o.Draws - len(kept)}
	if len(kept) < 2 || out.Failed > out.Draws {
		return nil
	}
	slices.Sort(kept)
	var mean float64
	for _, v := range kept {
		mean += v / float64(len(kept))
	}
	for _, v := range kept {
		out.SE += (v - mean) * (v - mean) / float64(len(kept)-1)
	}
	out.SE = math.Sqrt(out.SE)
	out.Low = quantile(kept, (1-o.Level)/2)
	out.High = quantile(kept, (1+o.Level)/2)
	return out
}

// quantile interpolates linearly between the order statistics (type 7 of
// Hyndman and Fan 1996).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	k := min(int(at), len(sorted)-2)
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}

// numbered replaces keys by their place among the distinct keys in order.
func numbered[K cmp.Ordered](keys []K) (id []int, distinct int) {
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	id = make([]int, len(keys))
	for i, k := range keys {
		id[i], _ = slices.BinarySearch(sorted, k)
	}
	return id, len(sorted)
}

// parallel calls do(0) to do(n−1) on all cores.
func parallel(n int, do func(int)) {
	var wait sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}
