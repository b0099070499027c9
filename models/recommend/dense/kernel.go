// Package dense has blocked float32 kernels for the recommendation models: dot
// products, scaled sums, products of packed panels and the inverse of a large
// symmetric positive definite matrix.
//
// Results have the same bytes on every processor and for any number of
// goroutines: sums run in a fixed order, and a product is rounded before it is
// added (no fused multiply-add) in the assembly as in the portable code.
package dense

// Rows and Columns are the size of the register tile that panels are packed for.
const (
	Rows    = 8
	Columns = 32
)

type kernel int

const (
	portable kernel = iota
	wide256
	wide512
)

// Dot is the inner product of x and y, which have the same length: 32 partial
// sums over whole blocks, added up pairwise, then the tail in order.
func Dot(x, y []float32) float32 {
	y = y[:len(x)]
	whole := len(x) &^ 31
	var total float32
	if whole > 0 {
		total = dot(x[:whole], y[:whole])
	}
	for i := whole; i < len(x); i++ {
		total += float32(x[i] * y[i])
	}
	return total
}

// Axpy adds alpha·x to y, which have the same length.
func Axpy(alpha float32, x, y []float32) {
	y = y[:len(x)]
	whole := len(x) &^ 31
	if whole > 0 {
		axpy(alpha, x[:whole], y[:whole])
	}
	for i := whole; i < len(x); i++ {
		y[i] += float32(alpha * x[i])
	}
}

// Tile adds A·B to an 8 × 32 part of a row-major matrix whose rows are stride
// apart. a has k packed columns of 8 values, b k packed rows of 32.
func Tile(k int, a, b, c []float32, stride int) {
	if k == 0 {
		return
	}
	_, _, _ = a[k*Rows-1], b[k*Columns-1], c[(Rows-1)*stride+Columns-1]
	tile(k, a, b, c, stride)
}

// Above is the first index, from the one given on, of an element of at least
// least; len(x) when there is none.
func Above(x []float32, from int, least float32) int {
	if whole := (len(x) - from) &^ 31; whole > 0 {
		from += 32 * above(x[from:from+whole], least)
	}
	for from < len(x) && !(x[from] >= least) {
		from++
	}
	return from
}

// Gather adds to the 32 elements of to, for each of rows in turn, weight times
// that row of base, whose rows have 32 elements.
func Gather(rows []int32, weights, base, to []float32) {
	if len(rows) == 0 {
		return
	}
	_, _ = weights[len(rows)-1], to[Columns-1]
	for _, r := range rows {
		_ = base[int(r)*Columns : (int(r)+1)*Columns]
	}
	gather(rows, weights, base, to)
}

func gatherPortable(rows []int32, weights, base, to []float32) {
	for k, r := range rows {
		axpyPortable(weights[k], base[int(r)*Columns:(int(r)+1)*Columns], to[:Columns])
	}
}

func abovePortable(x []float32, least float32) int {
	for b := range len(x) / 32 {
		for _, v := range x[b*32 : b*32+32] {
			if v >= least {
				return b
			}
		}
	}
	return len(x) / 32
}

func tilePortable(k int, a, b, c []float32, stride int) {
	for i := range Rows {
		var sum [Columns]float32
		row := c[i*stride : i*stride+Columns]
		copy(sum[:], row)
		for p := range k {
			x, line := a[p*Rows+i], b[p*Columns:p*Columns+Columns]
			for j := range sum {
				sum[j] += float32(x * line[j])
			}
		}
		copy(row, sum[:])
	}
}

func dotPortable(x, y []float32) float32 {
	var sum [32]float32
	for from := 0; from+32 <= len(x); from += 32 {
		p, q := x[from:from+32], y[from:from+32]
		for i := range sum {
			sum[i] += float32(p[i] * q[i])
		}
	}
	for half := 16; half > 0; half /= 2 {
		for i := range half {
			sum[i] += sum[i+half]
		}
	}
	return sum[0]
}

func axpyPortable(alpha float32, x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += float32(alpha * v)
	}
}
