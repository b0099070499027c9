package text

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// names finds what people call the things of a model.
type names struct {
	model *cube.Model
	cube  *cube.Cube
	found map[string]string // attributes looked up before
}

// cubes are the names of the cubes; none without a model.
func (n *names) cubes() []string {
	if n == nil {
		return nil
	}
	return n.model.Names()
}

// fold is a name without what people leave out: case, blanks, signs.
func fold(name string) string {
	name = strings.NewReplacer("%", "pct", " ", "", "_", "", "-", "", "’", "", "'", "").Replace(strings.ToLower(name))
	return name
}

// called reports whether a folded name is one of the names or the label.
func called(folded string, label cube.Text, names ...string) bool {
	if folded == "" {
		return false
	}
	if fold(label.EN) == folded || fold(label.ZH) == folded {
		return true
	}
	return slices.ContainsFunc(names, func(name string) bool { return fold(name) == folded })
}

// find finds the cube, which the other names are looked up in.
func (n *names) find(name string) (string, error) {
	n.cube = n.model.Cube(name)
	var found []string
	for _, c := range n.model.Cubes {
		if n.cube == nil && called(fold(name), c.Label, c.Name) {
			found = append(found, c.Name)
		}
	}
	switch {
	case len(found) == 1:
		n.cube = n.model.Cube(found[0])
	case len(found) > 1:
		return "", fmt.Errorf("%q may be %s; write which", cube.Shorten(name), cube.OrList(found))
	}
	if n.cube == nil && n.model.Withheld(name) {
		return "", fmt.Errorf("cube %s is not open to you", name)
	}
	if n.cube == nil {
		return "", fmt.Errorf("no cube %q; %s", cube.Shorten(name), cube.Hint(name, n.model.Names()))
	}
	n.found = map[string]string{}
	return n.cube.Name, nil
}

func (n *names) measure(name string) (string, error) {
	if m := n.cube.Measure(name); m != nil {
		return m.Name, nil
	}
	var found []string
	for _, m := range n.cube.Measures {
		if called(fold(name), m.Label, append([]string{m.Name}, m.Synonyms...)...) {
			found = append(found, m.Name)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("%q may be %s; write which", name, cube.OrList(found))
	}
	if a, err := n.attribute(name); err == nil {
		return "", fmt.Errorf("%s is an attribute, and here stands a measure such as %s", a, strings.Join(n.cube.MeasureNames()[:min(3, len(n.cube.MeasureNames()))], ", "))
	}
	if n.model.Withheld(n.cube.Name + "." + name) {
		return "", fmt.Errorf("the measure %s of cube %s is not open to you", name, n.cube.Name)
	}
	for _, other := range n.model.Cubes {
		if other.Measure(name) != nil {
			return "", fmt.Errorf("%s is a measure of cube %s, not of %s; ask that cube", name, other.Name, n.cube.Name)
		}
	}
	return "", fmt.Errorf("no measure %q in cube %s; %s", cube.Shorten(name), n.cube.Name, cube.Hint(name, n.cube.MeasureNames()))
}

// isAttribute reports whether a name in sort is that of an attribute; measures
// come first.
func (n *names) isAttribute(name string) bool {
	if strings.ContainsAny(name, "@:") || n.cube.Measure(name) != nil {
		return false
	}
	_, err := n.attribute(name)
	return err == nil
}

// attribute finds dimension.attribute, or an attribute that only one dimension
// has.
func (n *names) attribute(name string) (string, error) {
	if known := n.found[name]; known != "" {
		return known, nil
	}
	// A + after the name adds the calculated members.
	if base, plus := strings.CutSuffix(name, "+"); plus && base != "" {
		known, err := n.attribute(base)
		return known + "+", err
	}
	var list []string
	var err error
	if dimension, attribute, dotted := strings.Cut(name, "."); dotted {
		list, err = n.dotted(name, dimension, attribute)
	} else if list = n.plain(name); len(list) == 0 {
		err = n.noAttribute(name)
	}
	switch {
	case err != nil:
		return "", err
	case len(list) > 1:
		return "", fmt.Errorf("%q may be %s; write which", name, cube.OrList(list))
	}
	n.found[name] = list[0]
	return list[0], nil
}

// filtered finds what a filter is on: an attribute, for sets and all a
// dimension, for under a hierarchy of a dimension.
func (n *names) filtered(name, op string) (string, error) {
	dimension, rest, dotted := strings.Cut(name, ".")
	u := n.use(dimension)
	switch {
	case op == "in_set" || op == "not_in_set" || op == "all":
		if u == nil || dotted {
			return "", fmt.Errorf("%q is no dimension of cube %s; %s", cube.Shorten(name), n.cube.Name, cube.Hint(dimension, n.uses()))
		}
		return u.Name, nil
	case (op == "under" || op == "not_under") && u != nil && dotted:
		return u.Name + "." + rest, nil
	}
	return n.attribute(name)
}

func (n *names) dotted(name, dimension, attribute string) ([]string, error) {
	u := n.use(dimension)
	if u == nil {
		return nil, fmt.Errorf("cube %s has no dimension %q; %s", n.cube.Name, cube.Shorten(dimension), cube.Hint(dimension, n.uses()))
	}
	if a := u.Of.Attribute(attribute); a != nil {
		return []string{u.Name + "." + a.Name}, nil
	}
	list := folded(u, attribute)
	if len(list) == 0 && n.model.Withheld(u.Of.Name+"."+attribute) {
		return nil, fmt.Errorf("%s.%s is not open to you", u.Name, attribute)
	}
	if len(list) == 0 {
		var known []string
		for _, a := range cube.AttributeNames(u.Of) {
			known = append(known, u.Name+"."+a)
		}
		return nil, fmt.Errorf("dimension %s has no attribute %q; %s", u.Name, cube.Shorten(attribute), cube.Hint(name, known))
	}
	return list, nil
}

// plain are the attributes that a name without a dimension may mean: those of
// the name, else those called so.
func (n *names) plain(name string) (list []string) {
	for _, u := range n.cube.Dimensions {
		if a := u.Of.Attribute(name); a != nil && !u.Of.Qualified {
			list = append(list, u.Name+"."+a.Name)
		}
	}
	if len(list) > 0 {
		return list
	}
	for _, u := range n.cube.Dimensions {
		if !u.Of.Qualified {
			list = append(list, folded(u, name)...)
		}
	}
	return list
}

func folded(u *cube.Use, name string) (list []string) {
	for _, a := range u.Of.Attributes {
		if called(fold(name), a.Label, append([]string{a.Name}, a.Synonyms...)...) {
			list = append(list, u.Name+"."+a.Name)
		}
	}
	return list
}

// noAttribute says what is wrong with a name that is no attribute.
func (n *names) noAttribute(name string) error {
	if m := n.cube.Measure(name); m != nil {
		return fmt.Errorf("%s is a measure, and here stands an attribute such as %s", m.Name, n.cube.FieldNames()[0])
	}
	if u := n.use(name); u != nil {
		return fmt.Errorf("%s is a dimension; name one of its attributes: %s.%s", u.Name, u.Name, strings.Join(cube.AttributeNames(u.Of), ", "+u.Name+"."))
	}
	return fmt.Errorf("no attribute %q in cube %s; %s", cube.Shorten(name), n.cube.Name, cube.Hint(name, n.cube.FieldNames()))
}

// use finds a dimension of the cube.
func (n *names) use(name string) *cube.Use {
	if u := n.cube.Use(name); u != nil {
		return u
	}
	var found []*cube.Use
	for _, u := range n.cube.Dimensions {
		if called(fold(name), u.Label, u.Name) || u.Label.EN == "" && called(fold(name), u.Of.Label) {
			found = append(found, u)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func (n *names) uses() (list []string) {
	for _, u := range n.cube.Dimensions {
		list = append(list, u.Name)
	}
	return list
}

// dimension finds a date dimension.
func (n *names) dimension(name string) (string, error) {
	u := n.use(name)
	if u == nil {
		return "", fmt.Errorf("cube %s has no dimension %q; %s", n.cube.Name, cube.Shorten(name), cube.Hint(name, n.uses()))
	}
	if !u.Of.Date {
		return "", errors.New(u.Name + " holds no days; time is on a date dimension")
	}
	return u.Name, nil
}
