package oracle

import "verso/olap/engine"

// Same compares a cell of the engine with the oracle's: exactly, doubles to the
// last bit, but for a [Near].
func Same(got, want any) bool {
	if near, ok := want.(Near); ok {
		f, isNumber := engine.Float(got)
		return isNumber && abs(f-near.Value) <= near.Within
	}
	x, xok := got.(float64)
	y, yok := want.(float64)
	if xok && yok {
		return x == y
	}
	return (got == nil) == (want == nil) && engine.Text(got) == engine.Text(want)
}
