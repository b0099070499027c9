package olap

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"verso/olap/cube"
	"verso/olap/engine"
)

// HierarchyError is a hierarchy of parents that is none: a member is its own
// ancestor, or has a parent that the dimension does not have, or stands deeper
// than is declared. Nothing can be computed along it.
type HierarchyError struct {
	Hierarchy string   // dimension.hierarchy
	Table     string   // of the dimension
	Parent    string   // column of the parent's key
	Cycle     []string // the members of one cycle, each followed by its parent; the one that comes next is the first
	Cycles    int64    // members that are in a cycle or below one
	Dangling  []string // members whose parent is missing, at most 5
	Orphans   int64    // how many there are
	Depth     int      // levels that the data has
	Declared  int      // levels that the catalog allows
	TooDeep   int64    // members that stand deeper
}

// Error says what is wrong, with which members, and what to do.
func (e *HierarchyError) Error() string {
	head := fmt.Sprintf("%s (%s in %s) is no hierarchy: ", e.Hierarchy, e.Parent, e.Table)
	switch {
	case len(e.Cycle) == 1:
		return head + fmt.Sprintf("%s is its own parent; correct it in the source and run verso refresh", e.Cycle[0])
	case len(e.Cycle) > 0:
		return head + fmt.Sprintf("%s → %s go round in a circle (%d members are in one or below it); correct it in the source and run verso refresh",
			strings.Join(e.Cycle, " → "), e.Cycle[0], e.Cycles)
	case e.Orphans > 0:
		return head + fmt.Sprintf("%d members have a parent that the dimension does not have, such as %s; load the parents and run verso refresh",
			e.Orphans, strings.Join(e.Dangling, ", "))
	}
	return fmt.Sprintf("%s has %d levels and %d members below level %d, which is the depth declared for it; raise depth in the catalog (at most %d) or flatten it in the source",
		e.Hierarchy, e.Depth, e.TooDeep, e.Declared, cube.MaxDepth)
}

// trees remembers what was found out about the hierarchies of a generation.
type trees struct {
	mu    sync.Mutex
	found map[string]treeFinding
}

type treeFinding struct {
	depth int
	err   error // *HierarchyError
}

func treeID(h *cube.Parents) string { return h.Dimension.Name + "." + h.Name }

// knownDepths are the depths found so far; others count as one level until the
// hierarchy has been looked at.
func (o *Olap) knownDepths() map[string]int {
	depths := map[string]int{}
	o.trees.mu.Lock()
	defer o.trees.mu.Unlock()
	for _, d := range o.model.Dimensions {
		for _, h := range d.Parents {
			depths[treeID(h)] = max(1, o.trees.found[treeID(h)].depth)
		}
	}
	return depths
}

// soundTree looks at a hierarchy of parents, once, and gives its depth.
func (o *Olap) soundTree(ctx context.Context, h *cube.Parents) (int, error) {
	o.trees.mu.Lock()
	found, done := o.trees.found[treeID(h)]
	o.trees.mu.Unlock()
	if done {
		return found.depth, found.err
	}
	parents, err := o.readParents(ctx, h)
	if err != nil {
		return 0, err
	}
	found.depth = parents.depth()
	if found.err, err = o.judgeTree(ctx, h, parents); err != nil {
		return 0, err
	}
	o.trees.mu.Lock()
	if o.trees.found == nil {
		o.trees.found = map[string]treeFinding{}
	}
	o.trees.found[treeID(h)] = found
	o.trees.mu.Unlock()
	return found.depth, found.err
}

// forest is the members that have a parent, by key.
type forest struct {
	keys   []int64 // in order
	parent map[int64]int64
	orphan []int64 // those whose parent the dimension does not have
	level  map[int64]int
}

func (o *Olap) readParents(ctx context.Context, h *cube.Parents) (*forest, error) {
	f := &forest{parent: map[int64]int64{}, level: map[int64]int{}}
	key, parent, table := engine.QuoteIdent(h.Dimension.Key), engine.QuoteIdent(h.Parent), quoteTable(h.Dimension.Table)
	text := "SELECT d." + key + ` AS "key", d.` + parent + ` AS "parent", p.` + key + ` IS NULL AS "orphan" FROM ` + table + " AS d LEFT JOIN (SELECT DISTINCT " + key + " FROM " + table +
		") AS p ON p." + key + " = d." + parent + " WHERE d." + key + " <> -1 AND d." + parent + " <> -1 ORDER BY 1"
	err := engine.Rows(ctx, o.db, engine.SQL(text), func(row []any) error {
		k, _ := engine.Int(row[0])
		f.keys = append(f.keys, k)
		f.parent[k], _ = engine.Int(row[1])
		if row[2] == true {
			f.orphan = append(f.orphan, k)
		}
		return nil
	})
	return f, err
}

// levelOf is how deep a member stands, 1 for a root, and -1 for one that is in
// a cycle or below one. It walks up to the first member whose level is known.
func (f *forest) levelOf(key int64) int {
	var path []int64
	for at := key; ; at = f.parent[at] {
		if level, known := f.level[at]; known {
			if level == 0 {
				level = -1 // the walk has come back to where it was
			}
			f.settle(path, level)
			break
		}
		if _, child := f.parent[at]; !child {
			f.level[at] = 1
			f.settle(path, 1)
			break
		}
		f.level[at] = 0
		path = append(path, at)
	}
	return f.level[key]
}

// settle gives a walked path its levels, the last below a member of that level.
func (f *forest) settle(path []int64, level int) {
	for _, k := range slices.Backward(path) {
		if level > 0 {
			level++
		}
		f.level[k] = level
	}
}

// depth is the deepest level, 1 where no member has a parent.
func (f *forest) depth() int {
	deepest := 1
	for _, k := range f.keys {
		deepest = max(deepest, f.levelOf(k))
	}
	return deepest
}

// cycle is the members of the first cycle by key, and how many members are in
// cycles or below them.
func (f *forest) cycle() (members []int64, all int64) {
	for _, k := range f.keys {
		if f.levelOf(k) < 0 {
			if all++; all > 1 {
				continue
			}
			seen := map[int64]bool{}
			at := k
			for ; !seen[at]; at = f.parent[at] {
				seen[at] = true
			}
			least := at
			for x := f.parent[at]; x != at; x = f.parent[x] {
				least = min(least, x)
			}
			members = []int64{least}
			for x := f.parent[least]; x != least; x = f.parent[x] {
				members = append(members, x)
			}
		}
	}
	return members, all
}

// judgeTree gives a *HierarchyError for what is no hierarchy, or nil; err is a
// failure to look.
func (o *Olap) judgeTree(ctx context.Context, h *cube.Parents, f *forest) (wrong, err error) {
	e := &HierarchyError{Hierarchy: treeID(h), Table: h.Dimension.Table, Parent: h.Parent, Depth: f.depth(), Declared: h.Depth, Orphans: int64(len(f.orphan))}
	var cycle []int64
	cycle, e.Cycles = f.cycle()
	for _, k := range f.keys {
		if f.levelOf(k) > h.Depth {
			e.TooDeep++
		}
	}
	if e.Cycles+e.Orphans+e.TooDeep == 0 {
		return nil, nil
	}
	const shown = 20
	if e.Cycle, err = o.memberNames(ctx, h, cycle[:min(shown, len(cycle))]); err != nil {
		return nil, err
	}
	if n := len(cycle); n > shown {
		e.Cycle = append(e.Cycle, fmt.Sprintf("… %d more", n-shown))
	}
	e.Dangling, err = o.memberNames(ctx, h, f.orphan[:min(5, len(f.orphan))])
	return e, err
}

// memberNames are members as people know them: what is shown, and the key.
func (o *Olap) memberNames(ctx context.Context, h *cube.Parents, keys []int64) (names []string, err error) {
	for _, k := range keys {
		row, err := engine.One(ctx, o.db, engine.SQL("SELECT CAST(min("+engine.QuoteIdent(h.Column)+`) AS VARCHAR) AS "name" FROM `+
			quoteTable(h.Dimension.Table)+" WHERE "+engine.QuoteIdent(h.Dimension.Key)+" = ?", k))
		if err != nil {
			return nil, err
		}
		names = append(names, strings.TrimSpace(fmt.Sprintf("%s (%s %d)", engine.Text(row[0]), h.Dimension.Key, k)))
	}
	return names, nil
}
