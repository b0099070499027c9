package memory

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/compile"
)

// What could overflow, and what is no whole number, is left to the database; the
// column is told to be unfit, however many batches it comes in.
func TestUnfitColumns(t *testing.T) {
	decimals := func(list ...decimal128.Num) arrow.Array {
		b := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 38, Scale: 4})
		defer b.Release()
		b.AppendValues(list, nil)
		b.AppendNull()
		return b.NewArray()
	}
	large := decimal128.FromI64(1 << 61)
	for name, c := range map[string]struct {
		batches [][]decimal128.Num
		fits    bool
	}{
		"small":               {[][]decimal128.Num{{decimal128.FromI64(-5), decimal128.FromI64(7)}, {decimal128.FromI64(1)}}, true},
		"a sum beyond":        {[][]decimal128.Num{{large}, {large}}, false},
		"of both signs":       {[][]decimal128.Num{{large}, {large.Negate()}}, false},
		"a value beyond":      {[][]decimal128.Num{{decimal128.New(1, 0)}}, false},
		"the least of values": {[][]decimal128.Num{{decimal128.FromI64(-1 << 63)}}, false},
	} {
		n, sum := &numbers{fits: true}, uint64(0)
		for _, list := range c.batches {
			n.read(decimals(list...), &sum)
		}
		if n.fits != c.fits || n.scale != 4 || !n.decimal || len(n.null) != len(n.values) || !n.null[len(n.null)-1] {
			t.Errorf("%s: %+v", name, n)
		}
	}
	text := array.NewStringBuilder(memory.DefaultAllocator)
	text.Append("x")
	n, sum := &numbers{fits: true}, uint64(0)
	if n.read(text.NewArray(), &sum); n.fits {
		t.Error("text is added up")
	}
}

// Members that are told apart by the same columns, but carry different names, are
// those of the database: it takes the least name among those that have facts.
func TestMembersThatDiffer(t *testing.T) {
	axes := []compile.CellAxis{{Groups: 1, Into: []int{0, 1}}}
	same := membersOf([][]any{{int64(2), "k", "Name"}, {int64(1), "k", "Name"}, {int64(3), nil, nil}}, axes)
	if !same.sure || len(same.rows[0]) != 2 || same.keys[0] != 1 || same.axes[0][0] != same.axes[0][1] || same.axes[0][2] == same.axes[0][0] {
		t.Errorf("%+v", same)
	}
	if other := membersOf([][]any{{int64(1), "k", "Name"}, {int64(2), "k", "Another"}}, axes); other.sure {
		t.Errorf("%+v", other)
	}
	if lost := membersOf([][]any{{nil, "k", "Name"}}, axes); lost.sure {
		t.Errorf("%+v", lost)
	}
}
