// Package tree works on hierarchies kept as parent pointers: it finds and cuts
// cycles, and tells roots and depths. All of it is linear in the number of nodes.
package tree

// None is the parent of a root.
const None int32 = -1

// Cut makes a forest of parent, in which parent[i] is the parent of node i or
// [None]: in every cycle the node with the lowest index becomes a root. A node
// that is its own parent is the shortest cycle. The indices of the nodes cut
// are returned in ascending order; parent is changed in place. Parents outside
// the slice become None and are not reported.
func Cut(parent []int32) []int32 {
	const (
		unseen uint8 = iota
		walking
		done
	)
	state := make([]uint8, len(parent))
	inCycle := make([]bool, len(parent))
	for i, p := range parent {
		if p < 0 || int(p) >= len(parent) {
			parent[i] = None
		}
	}
	var lowest []int32
	var walk []int32
	for start := range parent {
		walk = walk[:0]
		at := int32(start)
		for at != None && state[at] == unseen {
			state[at] = walking
			walk = append(walk, at)
			at = parent[at]
		}
		if at != None && state[at] == walking { // a new cycle, entered at "at"
			low := at
			for next := parent[at]; next != at; next = parent[next] {
				low = min(low, next)
			}
			lowest = append(lowest, low)
			inCycle[low] = true
		}
		for _, i := range walk {
			state[i] = done
		}
	}
	cut := make([]int32, 0, len(lowest))
	for i, in := range inCycle {
		if in {
			parent[i] = None
			cut = append(cut, int32(i))
		}
	}
	return cut
}

// Roots returns, for a forest (see [Cut]), the root above each node and how
// many steps away it is; a root is its own root at depth 0.
func Roots(parent []int32) (root, depth []int32) {
	root = make([]int32, len(parent))
	depth = make([]int32, len(parent))
	for i := range root {
		root[i] = None
	}
	var walk []int32
	for start := range parent {
		walk = walk[:0]
		at := int32(start)
		for root[at] == None && parent[at] != None {
			walk = append(walk, at)
			at = parent[at]
		}
		if root[at] == None {
			root[at] = at
		}
		for i := len(walk) - 1; i >= 0; i-- {
			above := parent[walk[i]]
			root[walk[i]], depth[walk[i]] = root[above], depth[above]+1
		}
	}
	return root, depth
}
