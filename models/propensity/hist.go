package propensity

import (
	"math"
	"math/bits"
)

// sum is the total of gradients and of second derivatives of some rows, as
// integers in the units of a scale. Integers make a sum the same in any order:
// on any number of cores, for any order of rows, and for a histogram got by
// subtraction.
type sum struct{ g, h int64 }

func (a sum) plus(b sum) sum  { return sum{a.g + b.g, a.h + b.h} }
func (a sum) minus(b sum) sum { return sum{a.g - b.g, a.h - b.h} }

// histogram is the sums by code, 256 a byte of a matrix row.
type histogram []sum

// gradients are the derivatives of the loss by row in integer units: either
// both packed into one number (narrow) or apart (wide). Narrow is twice as fast
// and keeps 18 bits of each; it is used while weights are of one size.
type gradients struct {
	narrow         []int64 // gradient·2³² + second derivative
	wide           []sum
	unitG, unitH   float64 // value of one unit
	scaleG, scaleH float64 // units of 1
}

// narrowBits of a chunk of 2¹³ rows fill 31 bits, so that the lower half of the
// packed sum never overflows into the upper.
const narrowBits = 18

func newGradients(rows int, packed bool) *gradients {
	if packed {
		return &gradients{narrow: make([]int64, rows)}
	}
	return &gradients{wide: make([]sum, rows)}
}

// scale fits the units to the largest absolute values.
func (q *gradients) scale(maxG, maxH float64) {
	top := float64(int64(1)<<narrowBits - 1)
	if q.wide != nil {
		top = math.Ldexp(1, min(44, 61-bits.Len(uint(len(q.wide)))))
	}
	const tiny = 1e-290 // when all are 0
	q.unitG, q.unitH = max(maxG, tiny)/top, max(maxH, tiny)/top
	q.scaleG, q.scaleH = 1/q.unitG, 1/q.unitH
}

// pack is the narrow form of a gradient and a second derivative. The shift makes
// the number positive, where truncation rounds down.
func (q *gradients) pack(g, h float64) int64 {
	const shift = 1 << narrowBits
	a := int64(g*q.scaleG+(shift+.5)) - shift
	b := int64(h*q.scaleH + .5)
	return a<<32 + b
}

func (q *gradients) set(i int, g, h float64) {
	q.wide[i] = sum{int64(math.Round(g * q.scaleG)), int64(math.Round(h * q.scaleH))}
}

// tally counts histograms. It keeps its scratch memory between calls.
type tally struct {
	m       *matrix
	workers int
	parts   []histogram
	packed  [][][256]int64
}

func newTally(m *matrix, workers int) *tally {
	t := &tally{m: m, workers: workers, parts: make([]histogram, workers), packed: make([][][256]int64, workers)}
	for w := range workers {
		t.packed[w] = make([][256]int64, m.stride)
		t.parts[w] = make(histogram, m.stride*256)
	}
	return t
}

// count sets h to the histogram of the rows.
func (t *tally) count(h histogram, rows []uint32, q *gradients) {
	clear(h)
	if t.workers <= 1 || len(rows) <= 2*chunk {
		t.add(h, t.packed[0], rows, q)
		return
	}
	for w := range t.workers {
		clear(t.parts[w])
	}
	each((len(rows)+chunk-1)/chunk, t.workers, func(w, k int) {
		t.add(t.parts[w], t.packed[w], rows[k*chunk:min(len(rows), (k+1)*chunk)], q)
	})
	for w := range t.workers {
		for k, v := range t.parts[w] {
			h[k] = h[k].plus(v)
		}
	}
}

func (t *tally) add(h histogram, packed [][256]int64, rows []uint32, q *gradients) {
	if q.wide != nil {
		addWide(h, t.m.data, t.m.stride, rows, q.wide)
		return
	}
	for len(rows) > 0 {
		n := min(len(rows), chunk)
		for k := range packed {
			clear(packed[k][:t.m.used[k]])
		}
		addNarrow(packed, t.m.data, t.m.stride, rows[:n], q.narrow)
		for k := range packed {
			to := h[k*256 : k*256+256]
			for c, v := range packed[k][:t.m.used[k]] {
				to[c].g += v >> 32
				to[c].h += v & math.MaxUint32
			}
		}
		rows = rows[n:]
	}
}

// addNarrow is where most of the time of a fit goes: one addition a byte of each
// row, four at a time.
func addNarrow(h [][256]int64, data []uint8, stride int, rows []uint32, q []int64) {
	for _, i := range rows {
		v := q[i]
		row := data[int(i)*stride : int(i)*stride+stride]
		to := h[:len(row)]
		for len(row) >= 4 {
			to4, row4 := (*[4][256]int64)(to), (*[4]uint8)(row)
			to4[0][row4[0]] += v
			to4[1][row4[1]] += v
			to4[2][row4[2]] += v
			to4[3][row4[3]] += v
			to, row = to[4:], row[4:]
		}
		for k, code := range row {
			to[k][code] += v
		}
	}
}

func addWide(h histogram, data []uint8, stride int, rows []uint32, q []sum) {
	for _, i := range rows {
		v := q[i]
		row := data[int(i)*stride : int(i)*stride+stride]
		for k, code := range row {
			s := &h[k<<8|int(code)]
			s.g += v.g
			s.h += v.h
		}
	}
}

// feature reads one feature's sums by code out of a histogram.
func (m *matrix) feature(h histogram, k int, into []sum) []sum {
	p := m.place[k]
	into = into[:p.codes]
	from := h[p.at*256 : p.at*256+m.used[p.at]]
	if p.codes == len(from) {
		copy(into, from)
		return into
	}
	clear(into)
	for at := 0; at < len(from); {
		for c := range into {
			for range p.times {
				into[c].g += from[at].g
				into[c].h += from[at].h
				at++
			}
		}
	}
	return into
}
