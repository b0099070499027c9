package basket

import "slices"

// node is a frequent itemset: the items of its parent and one more, of higher
// rank.
type node struct {
	item, parent, count int32
}

const none = int32(-1)

// tree is all frequent itemsets. Nodes of single items have no parent; a parent
// stands before its children.
type tree struct {
	items []int32 // by rank, the item id
	nodes []node
	roots []int32          // by rank, the node of the single item
	child map[uint64]int32 // by parent and rank
}

// join puts the branches of all single items into one tree.
func join(items []int32, branches [][]node) *tree {
	total := 0
	for _, b := range branches {
		total += len(b)
	}
	t := &tree{items: items, nodes: make([]node, 0, total), roots: make([]int32, len(items)),
		child: make(map[uint64]int32, total-len(items))}
	for r, branch := range branches {
		offset := int32(len(t.nodes))
		t.roots[r] = offset
		for i, n := range branch {
			if i > 0 {
				n.parent += offset
				t.child[edge(n.parent, n.item)] = offset + int32(i)
			}
			t.nodes = append(t.nodes, n)
		}
	}
	return t
}

func edge(parent, item int32) uint64 { return uint64(uint32(parent))<<32 | uint64(uint32(item)) }

// step is the node of the itemset of at, or of the empty set when at is none,
// with one more item of higher rank. It must be frequent.
func (t *tree) step(at, item int32) int32 {
	if at == none {
		return t.roots[item]
	}
	return t.child[edge(at, item)]
}

// ranks writes the items of a node, ascending, into room.
func (t *tree) ranks(at int32, room []int32) []int32 {
	room = room[:0]
	for ; at != none; at = t.nodes[at].parent {
		room = append(room, t.nodes[at].item)
	}
	slices.Reverse(room)
	return room
}

// ids are the item ids of some ranks, ascending.
func (t *tree) ids(ranks []int32) []int32 {
	ids := make([]int32, len(ranks))
	for i, r := range ranks {
		ids[i] = t.items[r]
	}
	slices.Sort(ids)
	return ids
}

func (t *tree) itemsets() []Itemset {
	sets := make([]Itemset, len(t.nodes))
	var room []int32
	for i := range t.nodes {
		room = t.ranks(int32(i), room)
		sets[i] = Itemset{Items: t.ids(room), Count: int(t.nodes[i].count)}
	}
	slices.SortFunc(sets, func(a, b Itemset) int {
		if len(a.Items) != len(b.Items) {
			return len(a.Items) - len(b.Items)
		}
		return slices.Compare(a.Items, b.Items)
	})
	return sets
}

// tests counts the rules that could have been found: every frequent antecedent
// short enough, with every frequent item outside it.
func (t *tree) tests(longest int) int {
	size, total := make([]int32, len(t.nodes)), 0
	for i, n := range t.nodes {
		size[i] = 1
		if n.parent != none {
			size[i] = size[n.parent] + 1
		}
		if int(size[i]) < longest {
			total += len(t.items) - int(size[i])
		}
	}
	return total
}
