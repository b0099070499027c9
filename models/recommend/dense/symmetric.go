package dense

import (
	"context"
	"fmt"
)

// block is the side of the square tiles of a Symmetric: one fits the second
// level cache in packed form.
const block = 256

// Symmetric is a symmetric n × n matrix kept as the square tiles of its lower
// triangle: 4 bytes for each of about n²/2 elements.
type Symmetric struct {
	n, blocks int
	tiles     [][]float32 // row-major block × block, in order of (0,0), (1,0), (1,1), (2,0) …
}

// NewSymmetric is the zero matrix of n rows.
func NewSymmetric(n int) *Symmetric {
	s := &Symmetric{n: n, blocks: (n + block - 1) / block}
	s.tiles = make([][]float32, s.blocks*(s.blocks+1)/2)
	for t := range s.tiles {
		s.tiles[t] = make([]float32, block*block)
	}
	return s
}

// tileOf is the tile of block row i and block column j ≤ i.
func (s *Symmetric) tileOf(i, j int) []float32 { return s.tiles[i*(i+1)/2+j] }

// Lower is the part of row i at and left of its diagonal that lies in one tile:
// the elements (i, from) onwards, to be read or written. The next part begins
// where this one ends; nil when from is beyond the diagonal.
func (s *Symmetric) Lower(i, from int) []float32 {
	if from > i {
		return nil
	}
	bi, bj := i/block, from/block
	start := (i % block) * block
	end := block
	if bi == bj {
		end = i%block + 1
	}
	return s.tileOf(bi, bj)[start+from%block : start+end]
}

// Row copies all n elements of row i.
func (s *Symmetric) Row(i int, into []float32) {
	bi, row := i/block, i%block
	for bj := 0; bj < bi; bj++ {
		copy(into[bj*block:], s.tileOf(bi, bj)[row*block:(row+1)*block])
	}
	diagonal := s.tileOf(bi, bi)
	copy(into[bi*block:s.n], diagonal[row*block:row*block+row+1])
	for k := row + 1; k < block && bi*block+k < s.n; k++ {
		into[bi*block+k] = diagonal[k*block+row]
	}
	for bj := bi + 1; bj < s.blocks; bj++ {
		t := s.tileOf(bj, bi)
		for k := 0; k < block && bj*block+k < s.n; k++ {
			into[bj*block+k] = t[k*block+row]
		}
	}
}

// SingularError says that a matrix to be inverted is not positive definite.
type SingularError struct{ Row int }

// Error names the row and what to change.
func (e *SingularError) Error() string {
	return fmt.Sprintf("the matrix is not positive definite at row %d: regularise more", e.Row)
}

// Invert replaces a positive definite matrix by its inverse: a symmetric sweep
// block by block (Goodnight 1979, "A tutorial on the SWEEP operator"), n³
// floating point operations, nearly all of them in Tile.
func (s *Symmetric) Invert(ctx context.Context) error {
	for i := s.n; i < s.blocks*block; i++ {
		s.tileOf(i/block, i/block)[(i%block)*block+i%block] = 1
	}
	w := newSweep(s.blocks)
	for k := range s.blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if row := w.pivot(s.tileOf(k, k)); row >= 0 {
			return &SingularError{Row: k*block + row}
		}
		Each(s.blocks, func(worker, i int) {
			if i != k {
				w.panel(s, worker, i, k)
			}
		})
		Each(len(s.tiles), func(_, t int) {
			// The last rows of tiles first: they are the longest to wait for.
			i, j := place(len(s.tiles) - 1 - t)
			if i != k && j != k {
				product(w.minus[i], w.right[j], s.tileOf(i, j))
			}
		})
	}
	Each(len(s.tiles), func(_, t int) {
		for x, v := range s.tiles[t] {
			s.tiles[t][x] = -v
		}
	})
	return nil
}

// place is the block row and column of a tile.
func place(t int) (i, j int) {
	for t >= (i+1)*(i+2)/2 {
		i++
	}
	return i, t - i*(i+1)/2
}

// sweep is the working space of one block step.
type sweep struct {
	inverse []float32   // of the pivot tile, packed as B
	right   [][]float32 // V of each block row, packed as B of its transpose
	minus   [][]float32 // −V·inverse, packed as A
	scratch [][2][]float32
}

func newSweep(blocks int) *sweep {
	w := &sweep{inverse: make([]float32, block*block), scratch: make([][2][]float32, Workers())}
	for range blocks {
		w.right = append(w.right, make([]float32, block*block))
		w.minus = append(w.minus, make([]float32, block*block))
	}
	for i := range w.scratch {
		w.scratch[i] = [2][]float32{make([]float32, block*block), make([]float32, block*block)}
	}
	return w
}

// pivot replaces the pivot tile by minus its inverse and packs the inverse. It
// returns the row that is not positive, or −1.
func (w *sweep) pivot(t []float32) int {
	for i := range block {
		for j := i + 1; j < block; j++ {
			t[i*block+j] = t[j*block+i]
		}
	}
	column := make([]float32, block)
	for k := range block {
		row := t[k*block : (k+1)*block]
		d := row[k]
		if !(d > 0) {
			return k
		}
		copy(column, row)
		for j := range row {
			row[j] /= d
		}
		row[k] = -1 / d
		for i := range block {
			if i == k {
				continue
			}
			line := t[i*block : (i+1)*block]
			line[k] = 0
			Axpy(-column[i], row, line)
			line[k] = column[i] / d
		}
	}
	for j := 0; j < block; j += Columns {
		for p := range block {
			for x, v := range t[p*block+j : p*block+j+Columns] {
				w.inverse[j*block+p*Columns+x] = -v
			}
		}
	}
	return -1
}

// panel packs what block row i needs in this step, and writes its new part of
// the pivot's block column.
func (w *sweep) panel(s *Symmetric, worker, i, k int) {
	v, product8 := w.scratch[worker][0], w.scratch[worker][1]
	if i > k {
		copy(v, s.tileOf(i, k))
	} else {
		transpose(s.tileOf(k, i), v)
	}
	packTransposed(v, w.right[i])
	packLeft(v, w.minus[i], 1)
	clear(product8)
	product(w.minus[i], w.inverse, product8)
	packLeft(product8, w.minus[i], -1)
	if i > k {
		copy(s.tileOf(i, k), product8)
	} else {
		transpose(product8, s.tileOf(k, i))
	}
}

// product adds the product of packed a and b to the tile c.
func product(a, b, c []float32) {
	for j := 0; j < block; j += Columns {
		for i := 0; i < block; i += Rows {
			Tile(block, a[i*block:(i+Rows)*block], b[j*block:(j+Columns)*block], c[i*block+j:], block)
		}
	}
}

func transpose(from, to []float32) {
	const step = 16
	for i0 := 0; i0 < block; i0 += step {
		for j0 := 0; j0 < block; j0 += step {
			for i := i0; i < i0+step; i++ {
				for j := j0; j < j0+step; j++ {
					to[j*block+i] = from[i*block+j]
				}
			}
		}
	}
}

// packLeft packs the rows of v, times sign, for the left side of Tile.
func packLeft(v, into []float32, sign float32) {
	for i := 0; i < block; i += Rows {
		for r := range Rows {
			line := v[(i+r)*block : (i+r+1)*block]
			to := into[i*block+r:]
			for p, x := range line {
				to[p*Rows] = sign * x
			}
		}
	}
}

// packTransposed packs the transpose of v for the right side of Tile.
func packTransposed(v, into []float32) {
	for j := 0; j < block; j += Columns {
		for r := range Columns {
			line := v[(j+r)*block : (j+r+1)*block]
			to := into[j*block+r:]
			for p, x := range line {
				to[p*Columns] = x
			}
		}
	}
}

// Square is the full matrix as square tiles: row-major, padded with the identity.
type Square struct {
	n, blocks int
	tiles     [][]float32
}

// Full adds the upper tiles, which doubles the memory. s must not be used after.
func (s *Symmetric) Full() *Square {
	q := &Square{n: s.n, blocks: s.blocks, tiles: make([][]float32, s.blocks*s.blocks)}
	Each(len(s.tiles), func(_, t int) {
		i, j := place(t)
		lower := s.tiles[t]
		q.tiles[i*s.blocks+j] = lower
		if i == j {
			for r := range block {
				for c := r + 1; c < block; c++ {
					lower[r*block+c] = lower[c*block+r]
				}
			}
			return
		}
		upper := make([]float32, block*block)
		transpose(lower, upper)
		q.tiles[j*s.blocks+i] = upper
	})
	return q
}

// AddRow adds alpha times row i to y, which has n elements.
func (q *Square) AddRow(alpha float32, i int, y []float32) {
	bi, row := i/block, i%block*block
	for b := range q.blocks {
		part := y[b*block : min((b+1)*block, q.n)]
		Axpy(alpha, q.tiles[bi*q.blocks+b][row:row+len(part)], part)
	}
}
