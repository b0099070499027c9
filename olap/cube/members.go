package cube

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"time"
)

// MaxDepth bounds the levels of a hierarchy of parents.
const MaxDepth = 8

// Parents is a hierarchy given by a parent's key in each row of a dimension; -1
// or nothing there makes the member a root. It gives the dimension an attribute
// for each level, name_1 (the root above a member, or the member) to name_N. A
// member that stands above a level has no value there: it shows as "(none)",
// under which the own facts of an inner member are found beside those of its
// children.
type Parents struct {
	Name        string `yaml:"name"`
	Parent      string `yaml:"parent"` // column of the parent's key
	Label       Text   `yaml:"label"`
	Description Text   `yaml:"description"`
	Depth       int    `yaml:"depth"`     // levels at most, 1 to 8 (default 8)
	Column      string `yaml:"column"`    // what is shown of a member; "": as the attribute keyed by the dimension's key
	ColumnZH    string `yaml:"column_zh"` // in Chinese; "": the same
	Code        string `yaml:"code"`      // text column shown before it
	ID          string `yaml:"id"`        // text column, shown in brackets where two members look the same
	Order       string `yaml:"order"`     // column that orders the members

	Dimension *Dimension `yaml:"-"`
}

// Attribute is the name of the level's attribute, without the dimension.
func (h *Parents) Attribute(level int) string { return h.Name + "_" + strconv.Itoa(level) }

// Set is a named set of members of a dimension: those that meet Where, or the
// first by a measure. It gives the dimension the attribute set_name, true for
// members in the set.
type Set struct {
	Name        string   `yaml:"name"`
	Label       Text     `yaml:"label"`
	Description Text     `yaml:"description"`
	Where       []Filter `yaml:"where"` // fields are attributes of the dimension, by name alone
	Top         *SetTop  `yaml:"top"`   // the first members of a ranking, instead of where

	Dimension *Dimension `yaml:"-"`
	Cube      *Cube      `yaml:"-"` // of Top
	Use       *Use       `yaml:"-"` // the dimension in it
	Measure   *Measure   `yaml:"-"` // ranked by
}

// SetTop ranks the members that have facts in a time, over all facts of a cube,
// whatever the query filters. Members of equal value are in the order of their
// keys, members without a value last.
type SetTop struct {
	N       int    `yaml:"n"`       // members
	Percent int    `yaml:"percent"` // or per cent of those ranked, rounded up
	Of      string `yaml:"of"`      // the attribute whose members are ranked: one keyed by the dimension's key
	By      string `yaml:"by"`      // cube.measure
	Time    string `yaml:"time"`    // as ParseTime reads it, from the as-of date; "" and all: everything
	Bottom  bool   `yaml:"bottom"`  // the least instead of the largest
}

// Calculated is a named union of members of an attribute. In filters it stands
// for them; on an axis (dimension.attribute+) it is a member more, in no total.
type Calculated struct {
	Name  string   `yaml:"name"`
	Label Text     `yaml:"label"`
	Of    []string `yaml:"of"` // as written in filters
}

// Hierarchy returns a hierarchy of parents by name, or nil.
func (d *Dimension) Hierarchy(name string) *Parents {
	for _, h := range d.Parents {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Set returns a named set, or nil.
func (d *Dimension) Set(name string) *Set {
	for _, s := range d.Sets {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// SetNames are the named sets of a dimension.
func SetNames(d *Dimension) (names []string) {
	for _, s := range d.Sets {
		names = append(names, s.Name)
	}
	return names
}

// ParentNames are the hierarchies of parents of a dimension.
func ParentNames(d *Dimension) (names []string) {
	for _, h := range d.Parents {
		names = append(names, h.Name)
	}
	return names
}

// addMembers checks what a dimension says about its members and derives the
// attributes that follow from it.
func (l *loader) addMembers(d *Dimension, p place) {
	for i, h := range d.Parents {
		l.addParents(d, h, p.item("parents", i))
	}
	for i, s := range d.Sets {
		l.addSet(d, s, p.item("sets", i))
	}
	for i, a := range d.Attributes {
		l.checkCalculated(a, p.item("attributes", i))
	}
	for _, name := range sortedKeys(d.Default) {
		a := d.Attribute(name)
		if a == nil || a.Dimension == nil || slices.Contains(d.Derived, a) {
			l.fail(p.key("default"), "default of %s: no attribute %q; %s", d.Name, name, Hint(name, AttributeNames(d)))
		} else if len(d.Default[name]) == 0 {
			l.fail(p.key("default"), "default of %s.%s: at least one value is needed", d.Name, name)
		}
	}
}

func sortedKeys[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// derive adds an attribute under a name that must be free.
func (l *loader) derive(d *Dimension, a *Attribute, p place) {
	if d.Attribute(a.Name) != nil {
		l.fail(p.key("name"), "the name gives %s an attribute %s, which it has already", d.Name, a.Name)
		return
	}
	a.Dimension = d
	d.attributes[a.Name] = a
	d.Derived = append(d.Derived, a)
}

func (l *loader) addParents(d *Dimension, h *Parents, p place) {
	h.Dimension = d
	if !l.name(p, "hierarchy of parents", h.Name) {
		return
	}
	if d.Hierarchy(h.Name) != h || d.Attribute(h.Name) != nil {
		l.fail(p.key("name"), "%s.%s is defined twice", d.Name, h.Name)
		return
	}
	l.words(p, h.Label, h.Description)
	l.needed(p, "parent", h.Parent)
	if h.Depth == 0 {
		h.Depth = MaxDepth
	}
	if h.Depth < 1 || h.Depth > MaxDepth {
		l.fail(p.key("depth"), "depth %d of %s.%s; want 1 to %d", h.Depth, d.Name, h.Name, MaxDepth)
		return
	}
	if h.Column == "" {
		a := keyed(d)
		if a == nil {
			l.fail(p, "%s.%s: name the column to show; no attribute of %s has the key %s", d.Name, h.Name, d.Name, d.Key)
			return
		}
		h.Column, h.ColumnZH, h.ID, h.Order = a.Column, a.ColumnZH, a.ID, a.Order
	}
	for level := 1; level <= h.Depth; level++ {
		l.derive(d, &Attribute{Name: h.Attribute(level), Type: "text", Column: h.Column, ColumnZH: h.ColumnZH, Key: d.Key, ID: h.ID,
			Order: h.Order, Lead: h.Code, Tree: h, Level: level, Description: h.Description,
			Label: Text{EN: h.Label.EN + " " + strconv.Itoa(level), ZH: h.Label.In("zh") + strconv.Itoa(level)}}, p)
	}
}

// keyed is the first attribute whose members are those of the dimension, or nil.
func keyed(d *Dimension) *Attribute {
	for _, a := range d.Attributes {
		if a.Key == d.Key && a.In == "" {
			return a
		}
	}
	return nil
}

func (l *loader) addSet(d *Dimension, s *Set, p place) {
	s.Dimension = d
	if !l.name(p, "set", s.Name) {
		return
	}
	if d.Set(s.Name) != s {
		l.fail(p.key("name"), "set %s of %s is defined twice", s.Name, d.Name)
		return
	}
	l.words(p, s.Label, s.Description)
	switch {
	case s.Top == nil && len(s.Where) == 0, s.Top != nil && len(s.Where) > 0:
		l.fail(p, "set %s of %s: want either where or top", s.Name, d.Name)
	case s.Top != nil:
		l.checkSetTop(d, s, p.key("top"))
	default:
		for i, f := range s.Where {
			l.checkSetFilter(d, s, f, p.item("where", i))
		}
	}
	l.derive(d, &Attribute{Name: "set_" + s.Name, Type: "boolean", Column: "#key", Label: s.Label, Description: s.Description, Set: s,
		Names: map[string]Text{"true": {EN: "in", ZH: "属于"}, "false": {EN: "not in", ZH: "不属于"}}}, p)
}

func (l *loader) checkSetFilter(d *Dimension, s *Set, f Filter, p place) {
	inner := slices.Concat(f.Any, f.All)
	if len(inner) > 0 {
		for _, g := range inner {
			l.checkSetFilter(d, s, g, p)
		}
		return
	}
	if a := d.Attribute(f.Field); a == nil || slices.Contains(d.Derived, a) {
		l.fail(p, "set %s of %s: no attribute %q; %s", s.Name, d.Name, f.Field, Hint(f.Field, AttributeNames(d)))
	}
}

func (l *loader) checkSetTop(d *Dimension, s *Set, p place) {
	t := s.Top
	if (t.N > 0) == (t.Percent > 0) || t.N < 0 || t.Percent < 0 || t.Percent > 100 {
		l.fail(p, "set %s of %s: want n, or percent from 1 to 100", s.Name, d.Name)
	}
	if a := d.Attribute(t.Of); a == nil || a.Key != d.Key || a.In != "" {
		l.fail(p, "set %s of %s: of is %q; want an attribute with the key %s", s.Name, d.Name, t.Of, d.Key)
	}
	if t.Time != "" {
		if _, err := ParseTime(t.Time, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			l.fail(p, "set %s of %s: %s", s.Name, d.Name, err)
		}
	}
	l.sets = append(l.sets, placedSet{s, p})
}

type placedSet struct {
	set   *Set
	place place
}

// linkSets finds the cubes and measures of the ranked sets, once all cubes are
// known.
func (l *loader) linkSets() {
	for _, x := range l.sets {
		s, by := x.set, x.set.Top.By
		s.Cube, s.Measure = l.model.measureOf(by)
		if s.Measure == nil {
			l.fail(x.place, "set %s of %s: by is %q; want cube.measure", s.Name, s.Dimension.Name, by)
			continue
		}
		switch {
		case s.Cube.Virtual():
			l.fail(x.place, "set %s of %s: cube %s has no facts of its own; rank by a measure of a cube that has", s.Name, s.Dimension.Name, s.Cube.Name)
		case s.Measure.Stock():
			l.fail(x.place, "set %s of %s: %s is not added up over days and cannot rank a set", s.Name, s.Dimension.Name, by)
		case slices.Contains([]string{Sum, Count, Distinct, Min, Max, Ratio}, s.Measure.Kind):
		default:
			l.fail(x.place, "set %s of %s: a %s measure cannot rank a set", s.Name, s.Dimension.Name, s.Measure.Kind)
		}
		dated := false
		for _, u := range s.Cube.Dimensions {
			if u.Of == s.Dimension && s.Use == nil {
				s.Use = u
			}
			dated = dated || u.Of != nil && u.Of.Date
		}
		if s.Use == nil {
			l.fail(x.place, "set %s: cube %s has no dimension %s", s.Name, s.Cube.Name, s.Dimension.Name)
		}
		if !dated && s.Top.Time != "" && s.Top.Time != "all" {
			l.fail(x.place, "set %s of %s: cube %s has no date dimension", s.Name, s.Dimension.Name, s.Cube.Name)
		}
	}
}

// measureOf finds cube.measure, or nil.
func (m *Model) measureOf(name string) (*Cube, *Measure) {
	for _, c := range m.Cubes {
		for _, x := range c.Measures {
			if c.Name+"."+x.Name == name {
				return c, x
			}
		}
	}
	return nil, nil
}

func (l *loader) checkCalculated(a *Attribute, p place) {
	taken := map[string]bool{}
	for i, m := range a.Members {
		at := p.item("members", i)
		if m == nil {
			l.fail(at, "an empty item in a list")
			continue
		}
		if !l.name(at, "calculated member", m.Name) {
			continue
		}
		l.needed(at, "label.en", m.Label.EN)
		if _, named := a.Names[m.Name]; named || taken[m.Name] {
			l.fail(at.key("name"), "%s has a member %s already", a.Name, m.Name)
		}
		taken[m.Name] = true
		if len(m.Of) == 0 {
			l.fail(at, "calculated member %s: name the members it is made of", m.Name)
		}
	}
	for _, m := range a.Members {
		if m == nil {
			continue
		}
		for _, of := range m.Of {
			if taken[of] {
				l.fail(p.key("members"), "calculated member %s is made of %s, which is calculated too; name its members", m.Name, of)
			}
		}
	}
	for _, v := range a.Hide {
		if v == None || v == Unknown {
			l.fail(p.key("hide"), "%s cannot be hidden", fmt.Sprint(v))
		}
	}
}

// DerivedNames are what a dimension has beside its attributes: hierarchies of
// parents, without their levels, and the attributes of sets.
func DerivedNames(d *Dimension) []string {
	names := ParentNames(d)
	for _, a := range d.Derived {
		if a.Set != nil {
			names = append(names, a.Name)
		}
	}
	return names
}

// OfOne is a cube of one dimension and nothing else, to name its attributes in.
func OfOne(u *Use) *Cube {
	return &Cube{Name: u.Name, Dimensions: []*Use{u}, uses: map[string]*Use{u.Name: u}}
}
