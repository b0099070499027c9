//go:build !amd64

package dense

var level = portable

func tile(k int, a, b, c []float32, stride int) { tilePortable(k, a, b, c, stride) }

func dot(x, y []float32) float32 { return dotPortable(x, y) }

func axpy(alpha float32, x, y []float32) { axpyPortable(alpha, x, y) }

func above(x []float32, least float32) int { return abovePortable(x, least) }

func gather(rows []int32, weights, base, to []float32) { gatherPortable(rows, weights, base, to) }
