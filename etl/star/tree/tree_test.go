package tree

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCut(t *testing.T) {
	tests := []struct {
		name        string
		parent      []int32
		forest, cut []int32
		root, depth []int32
	}{
		{"empty", []int32{}, []int32{}, []int32{}, []int32{}, []int32{}},
		{"chain", []int32{-1, 0, 1}, []int32{-1, 0, 1}, []int32{}, []int32{0, 0, 0}, []int32{0, 1, 2}},
		{"own parent", []int32{0, 0}, []int32{-1, 0}, []int32{0}, []int32{0, 0}, []int32{0, 1}},
		{"two", []int32{1, 0}, []int32{-1, 0}, []int32{0}, []int32{0, 0}, []int32{0, 1}},
		{"tail into a cycle", []int32{3, 2, 3, 1}, []int32{3, -1, 3, 1}, []int32{1}, []int32{1, 1, 1, 1}, []int32{2, 0, 2, 1}},
		{"two cycles", []int32{1, 0, 3, 2}, []int32{-1, 0, -1, 2}, []int32{0, 2}, []int32{0, 0, 2, 2}, []int32{0, 1, 0, 1}},
		{"outside", []int32{9, -7}, []int32{-1, -1}, []int32{}, []int32{0, 1}, []int32{0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parent := append([]int32{}, test.parent...)
			cut := Cut(parent)
			root, depth := Roots(parent)
			got := [][]int32{parent, cut, root, depth}
			want := [][]int32{test.forest, test.cut, test.root, test.depth}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLongChain(t *testing.T) {
	parent := make([]int32, 1_000_000)
	for i := range parent {
		parent[i] = int32(i + 1)
	}
	parent[len(parent)-1] = 500_000 // a cycle of half of them
	if cut := Cut(parent); len(cut) != 1 || cut[0] != 500_000 {
		t.Fatal(cut)
	}
	if root, depth := Roots(parent); root[0] != 500_000 || depth[0] != 500_000 || depth[500_001] != 499_999 {
		t.Fatal(root[0], depth[0], depth[500_001])
	}
}
