package compile

import (
	"slices"
	"strings"

	"verso/olap/cube"
)

// Members under members, named sets, calculated and default members: what a
// query may name of a dimension beside its attributes.

// filterField finds the attribute of a filter.
func (p *plan) filterField(f cube.Filter) (*field, error) {
	if u, h := p.tree(f.Field); h != nil {
		return nil, refuse("where", f.Field, "%s.%s is a hierarchy; write %[1]s.%[2]s under a member, or filter one of its levels, %[1]s.%[3]s", u.Name, h.Name, h.Attribute(1))
	}
	return p.field("where", f.Field)
}

// tree finds dimension.hierarchy, a hierarchy of parents, or nil. A name
// without a dimension is accepted where only one dimension has it.
func (p *plan) tree(name string) (*cube.Use, *cube.Parents) {
	dimension, hierarchy, dotted := strings.Cut(name, ".")
	var use *cube.Use
	for _, u := range p.cube.Dimensions {
		switch {
		case dotted && u.Name == dimension:
			return u, u.Of.Hierarchy(hierarchy)
		case dotted || u.Of.Hierarchy(name) == nil:
		case use != nil:
			return nil, nil
		default:
			use = u
		}
	}
	if use == nil || p.cube.Use(name) != nil {
		return nil, nil
	}
	return use, use.Of.Hierarchy(name)
}

// bindUnder checks a filter on a member and everything below it.
func (p *plan) bindUnder(f cube.Filter) (*condition, error) {
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	u, h := p.tree(f.Field)
	if h == nil {
		var known []string
		for _, u := range p.cube.Dimensions {
			for _, name := range cube.ParentNames(u.Of) {
				known = append(known, u.Name+"."+name)
			}
		}
		return nil, refuse("where", f.Field, "%s takes a hierarchy of parents, and %q is none; %s", f.Op, f.Field, cube.Hint(f.Field, known))
	}
	c := &condition{field: &field{name: u.Name + "." + h.Name, use: u, attr: &cube.Attribute{Type: "text", Dimension: u.Of}}, op: f.Op, tree: h}
	for _, text := range f.Values {
		switch text {
		case cube.Unknown:
			c.unknown = true
		case cube.None:
			return nil, refuse("where", text, "%s %s takes members, and %s is none", f.Field, f.Op, text)
		default:
			c.values = append(c.values, text)
			if key, err := parseTyped("integer", text); err == nil {
				c.keys = append(c.keys, key)
			}
		}
	}
	c.values, c.keys = unique(c.values), unique(c.keys)
	return c, nil
}

// bindSet checks a filter by named sets, or the one that keeps everything.
func (p *plan) bindSet(f cube.Filter) (*condition, error) {
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	u := p.cube.Use(f.Field)
	if u == nil {
		return nil, refuse("where", f.Field, "%s takes a dimension, and %q is none of cube %s; %s", f.Op, f.Field, p.cube.Name, cube.Hint(f.Field, useNames(p.cube)))
	}
	c := &condition{field: &field{name: u.Name, use: u, attr: &cube.Attribute{Type: "boolean", Dimension: u.Of}}, op: f.Op}
	for _, name := range f.Values {
		s := u.Of.Set(name)
		if s == nil {
			return nil, refuse("where", name, "dimension %s has no set %q; %s", u.Name, name, cube.Hint(name, cube.SetNames(u.Of)))
		}
		c.sets = append(c.sets, s)
	}
	return c, nil
}

// calculatedMember finds a calculated member by its name or label, or nil.
func calculatedMember(a *cube.Attribute, text string) *cube.Calculated {
	for _, m := range a.Members {
		if m.Name == text || strings.EqualFold(m.Label.EN, text) || m.Label.ZH != "" && m.Label.ZH == text {
			return m
		}
	}
	return nil
}

// expand puts the levels of a hierarchy of parents in the place of its name,
// and takes the + of calculated members off.
func (p *plan) expand(part string, names []string) (list []string, err error) {
	for _, name := range names {
		u, h := p.tree(name)
		plain, also := strings.CutSuffix(name, "+")
		switch {
		case h != nil:
			p.expanded = true
			for level := 1; level <= p.depth(u, h); level++ {
				list = append(list, u.Name+"."+h.Attribute(level))
			}
		case also:
			f, err := p.field(part, plain)
			if err != nil {
				return nil, err
			}
			if len(f.attr.Members) == 0 {
				return nil, refuse(part, name, "%s has no calculated members; write %s", f.name, f.name)
			}
			if p.also != nil {
				return nil, refuse(part, name, "calculated members of %s and of %s: one attribute at a time", p.also.name, f.name)
			}
			p.also = f
			list = append(list, f.name)
		default:
			list = append(list, name)
		}
	}
	return list, nil
}

// fieldNames are the attributes of an axis as a query names them.
func (p *plan) fieldNames(fields []*field) (names []string) {
	for _, f := range fields {
		name := f.name
		if f == p.also {
			name += "+"
		}
		names = append(names, name)
	}
	return names
}

// depth is the number of levels of a hierarchy of parents.
func (p *plan) depth(u *cube.Use, h *cube.Parents) int {
	if n, known := p.options.Depths[u.Of.Name+"."+h.Name]; known {
		return max(1, n)
	}
	return h.Depth
}

// bindDefaults adds the default filters of dimensions that the query neither
// shows nor filters, and says so.
func (p *plan) bindDefaults() error {
	for _, u := range p.cube.Dimensions {
		if len(u.Of.Default) == 0 || p.touches(u) {
			continue
		}
		for _, name := range sorted(u.Of.Default) {
			f := cube.Filter{Field: u.Name + "." + name, Op: "in", Values: u.Of.Default[name]}
			c, err := p.bindFilter(f)
			if err != nil {
				return err
			}
			p.filters = append(p.filters, c)
			c.stage = len(p.filters)
			p.notes = append(p.notes, defaultNote(p.lang, c.field, u, f.Values))
		}
	}
	return nil
}

func defaultNote(lang string, f *field, u *cube.Use, values []string) string {
	if lang == "zh" {
		return "默认只含" + f.label(lang) + "为 " + strings.Join(values, "、") + " 的数据；筛选 " + u.Name + " all 可取消。"
	}
	return "By default only " + f.label(lang) + " " + cube.OrList(values) + "; the filter " + u.Name + " all includes everything."
}

// touches reports whether the query shows or filters a dimension.
func (p *plan) touches(u *cube.Use) bool {
	for _, f := range p.axes() {
		if f.use == u {
			return true
		}
	}
	for _, t := range p.touched {
		if t == u {
			return true
		}
	}
	if t := p.query.Time; t != nil && (t.From != "" || t.To != "") && u.Of.Date {
		return t.Field == u.Name || t.Field == ""
	}
	return false
}

// describeMembers lists what must be sound, and read, beside the dimension
// itself.
func (r *renderer) describeMembers(c *Compiled, j *join) {
	trees := j.trees()
	for _, w := range j.where {
		if w.tree != nil {
			trees = append(trees, w.tree)
		}
	}
	for _, h := range trees {
		if !slices.Contains(c.Trees, h) {
			c.Trees = append(c.Trees, h)
		}
	}
	for _, s := range j.sets() {
		if s.Cube != nil {
			c.addTable(s.Cube.Table)
		}
		for _, b := range setBeside(s.Dimension, s.Where) {
			c.addTable(b.Table)
			c.Unique = append(c.Unique, Unique{Table: b.Table, Key: b.Key, Where: b.Where})
		}
	}
}

func (c *Compiled) addTable(table string) {
	if !slices.Contains(c.Tables, table) {
		c.Tables = append(c.Tables, table)
	}
}

// setBeside are the tables beside a dimension that a set's filters read.
func setBeside(d *cube.Dimension, filters []cube.Filter) (list []*cube.Beside) {
	for _, f := range filters {
		list = append(list, setBeside(d, slices.Concat(f.Any, f.All))...)
		for _, b := range d.Beside {
			if a := d.Attribute(f.Field); a != nil && a.In == b.Name {
				list = append(list, b)
			}
		}
	}
	return list
}
