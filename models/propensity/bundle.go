package propensity

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// matrix holds the codes of all rows, row by row, as bytes. Features with few
// codes share a byte: three flags with a code for missing are 27 combinations,
// so their histograms are counted in one go and told apart afterwards. That is
// exact, and most features of customers are flags.
type matrix struct {
	features []Feature
	place    []place // of each feature
	stride   int     // bytes a row
	used     []int   // combinations in use of each byte
	rows     int
	data     []uint8   // by row, for histograms, which need every byte of some rows
	columns  [][]uint8 // the same by byte, for partitions, which need one byte of all
}

// place says where a feature's code is: data[row·stride+at] / times % codes.
type place struct{ at, times, codes int }

// chunk is the number of rows handed to a worker at a time, and the number of
// which float sums are taken before they are added up in order: the same on any
// number of cores.
const chunk = 1 << 13

// newMatrix puts features into bytes (first fit in the order of the features).
// codes is how many codes each has in x.
func newMatrix(x Table, features []Feature, codes []int, workers int) *matrix {
	m := &matrix{features: features, rows: x.Rows(), place: make([]place, len(features))}
	for k, n := range codes {
		at := 0
		for at < m.stride && m.used[at]*n > 256 {
			at++
		}
		if at == m.stride {
			m.stride++
			m.used = append(m.used, 1)
		}
		m.place[k] = place{at: at, times: m.used[at], codes: n}
		m.used[at] *= n
	}
	m.data = make([]uint8, m.rows*m.stride)
	m.columns = make([][]uint8, m.stride)
	for at := range m.columns {
		m.columns[at] = make([]uint8, m.rows)
	}
	coders := make([]*coder, len(features))
	for k := range features {
		coders[k] = newCoder(&features[k])
	}
	eachChunk(m.rows, workers, func(_, from, to int) {
		for k, c := range x {
			p, code := m.place[k], coders[k]
			times := uint8(p.times)
			if c.Levels != nil {
				for i := from; i < to; i++ {
					m.columns[p.at][i] += times * code.text(c.Levels[i])
				}
				continue
			}
			for i := from; i < to; i++ {
				m.columns[p.at][i] += times * code.number(c.Numbers[i])
			}
		}
		for at, column := range m.columns {
			for i := from; i < to; i++ {
				m.data[i*m.stride+at] = column[i]
			}
		}
	})
	return m
}

// eachChunk calls do for every chunk of n rows, on several goroutines.
func eachChunk(n, workers int, do func(k, from, to int)) {
	each((n+chunk-1)/chunk, workers, func(_, k int) { do(k, k*chunk, min(n, (k+1)*chunk)) })
}

// each calls do(w, 0) to do(w, n−1), where w tells the goroutines apart. Who
// does what is not fixed: results must not depend on it.
func each(n, workers int, do func(w, k int)) {
	if workers = min(workers, n); workers <= 1 {
		for k := range n {
			do(0, k)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(w, k)
			}
		})
	}
	wait.Wait()
}

// workersOr is the number of goroutines to use: all cores when it is not given.
func workersOr(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
