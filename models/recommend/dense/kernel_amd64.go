package dense

import "golang.org/x/sys/cpu"

//go:noescape
func tile512(k int, a, b, c *float32, stride int)

//go:noescape
func quarter256(k int, a, b, c *float32, stride int)

//go:noescape
func dot512(blocks int, x, y *float32) float32

//go:noescape
func dot256(blocks int, x, y *float32) float32

//go:noescape
func axpy512(blocks int, alpha float32, x, y *float32)

//go:noescape
func axpy256(blocks int, alpha float32, x, y *float32)

//go:noescape
func gather512(n int, rows *int32, weights, base, to *float32)

//go:noescape
func gather256(n int, rows *int32, weights, base, to *float32)

//go:noescape
func above256(blocks int, least float32, x *float32) int

// level is the widest kernel that the processor runs; all give the same bytes.
var level = detect()

func detect() kernel {
	switch {
	case cpu.X86.HasAVX512F:
		return wide512
	case cpu.X86.HasAVX2:
		return wide256
	}
	return portable
}

func tile(k int, a, b, c []float32, stride int) {
	switch level {
	case wide512:
		tile512(k, &a[0], &b[0], &c[0], stride)
	case wide256:
		quarter256(k, &a[0], &b[0], &c[0], stride)
		quarter256(k, &a[0], &b[16], &c[16], stride)
		quarter256(k, &a[4], &b[0], &c[4*stride], stride)
		quarter256(k, &a[4], &b[16], &c[4*stride+16], stride)
	default:
		tilePortable(k, a, b, c, stride)
	}
}

func dot(x, y []float32) float32 {
	switch level {
	case wide512:
		return dot512(len(x)/32, &x[0], &y[0])
	case wide256:
		return dot256(len(x)/32, &x[0], &y[0])
	}
	return dotPortable(x, y)
}

func axpy(alpha float32, x, y []float32) {
	switch level {
	case wide512:
		axpy512(len(x)/32, alpha, &x[0], &y[0])
	case wide256:
		axpy256(len(x)/32, alpha, &x[0], &y[0])
	default:
		axpyPortable(alpha, x, y)
	}
}

// above is the number of leading blocks of 32 without an element of at least
// least.
func above(x []float32, least float32) int {
	if level == portable {
		return abovePortable(x, least)
	}
	return above256(len(x)/32, least, &x[0])
}

func gather(rows []int32, weights, base, to []float32) {
	switch level {
	case wide512:
		gather512(len(rows), &rows[0], &weights[0], &base[0], &to[0])
	case wide256:
		gather256(len(rows), &rows[0], &weights[0], &base[0], &to[0])
	default:
		gatherPortable(rows, weights, base, to)
	}
}
