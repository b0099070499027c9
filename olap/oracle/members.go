package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"verso/olap/cube"
	"verso/olap/engine"
)

// member is a member of an attribute. Within one evaluation every member of a
// field is one *member, so that they compare by address.
type member struct {
	state    int    // 0 a member, 1 no value, 2 unknown
	identity string // tells members of a field apart
	hasKey   bool
	order    any
	value    any
	compared any // by < and the like: the value, or what is shown before it
	shown    string
	id       string   // shown in brackets beside members that look the same
	written  []string // how filters may name it
	made     int      // position from 1 among the attribute's calculated members, 0 for others
	parts    []string // of a calculated member: the keys of its members
}

const (
	known = iota
	none
	unknown
)

// key is the member's key in Row.Keys.
//
// Choice: a member that has a key and no value keeps its key, so that keys are
// unique; only members without a key are "(none)".
func (m *member) key() string {
	switch {
	case m.state == unknown:
		return cube.Unknown
	case m.state == none && !m.hasKey:
		return cube.None
	}
	return m.identity
}

// includes reports whether a calculated member is made of another, among others.
func (m *member) includes(part *member) bool {
	return m.made > 0 && part.made == 0 && slices.ContainsFunc(m.parts, part.is)
}

// lookup finds the row of a table by key, among the rows with the values of
// where.
func (o *Oracle) lookup(table, key string, k int64, where map[string]string) []any {
	id := table + " " + key + fmt.Sprint(where)
	if o.index[id] == nil {
		o.index[id] = map[int64][]any{}
		t := o.data.Table(table)
	rows:
		for _, row := range t.Rows {
			for c, v := range where {
				if row[t.Column(c)] != v {
					continue rows
				}
			}
			o.index[id][row[t.Column(key)].(int64)] = row
		}
	}
	return o.index[id][k]
}

// member is the member of an attribute that a key of its dimension has.
func (o *Oracle) member(a *cube.Attribute, key int64) member {
	d := a.Dimension
	row := o.lookup(d.Table, d.Key, key, nil)
	if key == -1 || row == nil {
		return member{state: unknown, identity: cube.Unknown, shown: cube.Unknown}
	}
	table := o.data.Table(d.Table)
	switch {
	case a.Set != nil:
		return memberOf(a, func(column string) any {
			if column == "" {
				return nil
			}
			return o.set(a.Set)[key]
		})
	case a.Tree != nil:
		path := o.ancestors(a.Tree, key)
		if a.Level > len(path) {
			// A branch that ends above a level has no value there.
			return member{state: none, identity: "-1", hasKey: true, shown: cube.None}
		}
		row = o.lookup(d.Table, d.Key, path[len(path)-a.Level], nil)
	}
	for _, b := range d.Beside {
		if b.Name == a.In {
			table, row = o.data.Table(b.Table), o.lookup(b.Table, b.Key, key, b.Where)
		}
	}
	return memberOf(a, func(column string) any {
		if column == "" || row == nil {
			return nil
		}
		return row[table.Column(column)]
	})
}

func memberOf(a *cube.Attribute, get func(column string) any) member {
	m := member{value: get(a.Column), order: get(a.Order), id: engine.Text(get(a.ID))}
	lead := a.Lead // shown before the value
	if a.ShowKey {
		lead = a.Key
	}
	k := get(lead)
	for _, v := range []any{m.value, get(a.ColumnZH)} {
		if v == nil {
			continue
		}
		m.written = append(m.written, engine.Text(v))
		if k != nil {
			m.written = append(m.written, engine.Text(k)+" "+engine.Text(v))
		}
	}
	if k != nil {
		m.written = append(m.written, engine.Text(k))
	}
	m.compared = m.value
	if lead != "" {
		m.compared = k
		switch {
		case k == nil:
			m.value = nil
		case m.value == nil:
			m.value = k
		default:
			m.value = engine.Text(k) + " " + engine.Text(m.value)
		}
	}
	if a.Tree != nil && a.ID != "" && get(a.ID) != nil {
		for _, w := range slices.Clone(m.written) {
			m.written = append(m.written, w+" ("+m.id+")")
		}
	}
	m.identity = engine.Text(m.value)
	if a.Key != "" {
		k := get(a.Key)
		m.identity, m.hasKey = engine.Text(k), k != nil
	}
	if m.value == nil {
		m.state, m.shown = none, cube.None
		if !m.hasKey {
			m.identity = cube.None
		}
		return m
	}
	m.shown = engine.Text(m.value)
	if n, ok := a.Names[m.shown]; ok {
		m.shown = n.EN
		m.written = append(m.written, n.EN, n.ZH)
	}
	return m
}

// ancestors are the keys from a member up to its root, nearest first; empty
// for the unknown member.
func (o *Oracle) ancestors(h *cube.Parents, key int64) (path []int64) {
	d := h.Dimension
	t := o.data.Table(d.Table)
	for range len(t.Rows) + 1 {
		row := o.lookup(d.Table, d.Key, key, nil)
		if key == -1 || row == nil {
			break
		}
		path = append(path, key)
		parent, ok := row[t.Column(h.Parent)].(int64)
		if !ok {
			break
		}
		key = parent
	}
	return path
}

// depth is the number of levels that a hierarchy of parents has.
func (o *Oracle) depth(h *cube.Parents) int {
	deepest := 1
	t := o.data.Table(h.Dimension.Table)
	for _, row := range t.Rows {
		deepest = max(deepest, len(o.ancestors(h, row[t.Column(h.Dimension.Key)].(int64))))
	}
	return deepest
}

// checkTree refuses a hierarchy that is deeper than declared, as one with a
// circle is, or in which a parent is missing.
func (o *Oracle) checkTree(h *cube.Parents) {
	if n := o.depth(h); n > h.Depth {
		refuse("%s has %d levels, declared are %d", h.Name, n, h.Depth)
	}
	d := h.Dimension
	t := o.data.Table(d.Table)
	for _, row := range t.Rows {
		parent, ok := row[t.Column(h.Parent)].(int64)
		if ok && parent != -1 && o.lookup(d.Table, d.Key, parent, nil) == nil {
			refuse("%s: a parent is missing", h.Name)
		}
	}
}

// compareValues orders two values of one column: no value last in either
// direction.
func compareValues(a, b any, desc bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case desc:
		a, b = b, a
	}
	switch x := a.(type) {
	case string:
		return cmp.Compare(x, b.(string))
	case bool:
		return cmp.Compare(strconv.FormatBool(x), strconv.FormatBool(b.(bool)))
	case time.Time:
		return x.Compare(b.(time.Time))
	}
	return exact(a).Cmp(exact(b))
}

// compare is the order of members: (none) and (unknown) last in either
// direction, the others by order column, value and key.
//
// Calculated members stand after all others, in the order of the model.
func (m *member) compare(n *member, desc bool) int {
	if c := cmp.Compare(m.made, n.made); c != 0 {
		return c
	}
	if c := cmp.Compare(m.state, n.state); c != 0 {
		return c
	}
	if m.state == known {
		if c := compareValues(m.order, n.order, desc); c != 0 {
			return c
		}
		if c := compareValues(m.value, n.value, desc); c != 0 {
			return c
		}
	}
	if m.state == none {
		// Choice: members with a key and no value stand in the order of their keys.
		desc = false
	}
	a, b := any(m.identity), any(n.identity)
	if x, err := strconv.ParseInt(m.identity, 10, 64); err == nil {
		if y, err := strconv.ParseInt(n.identity, 10, 64); err == nil {
			a, b = x, y
		}
	}
	return compareValues(a, b, desc)
}

// Shown is the member of an attribute that each fact of a cube has, in the
// order of the fact table: for tests that need values which occur.
func (o *Oracle) Shown(cubeName, field string) (list []string) {
	e := o.evaluation(cube.Query{Cube: cubeName, Rows: []string{field}})
	for _, f := range e.factsOf(o.parts(e.cube)) {
		m := f.members
		use := f.cube.Use(e.fields[0].dimension)
		if m == nil && use != nil {
			shown := o.member(e.fields[0].attribute, f.key(use))
			list = append(list, shown.shown)
		}
	}
	return list
}
