package catalog

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// members writes what a dimension has beside its attributes: hierarchies of
// parents, named sets, calculated, hidden and default members.
func members(b *bufio.Writer, d *cube.Dimension) {
	for _, h := range d.Parents {
		fmt.Fprintf(b, "\nHierarchy of parents `%s.%s`: %s (%s). %s %s By `%s`, up to %d levels, `%s` to `%s`.\n", d.Name, h.Name, h.Label.EN, h.Label.ZH,
			h.Description.EN, h.Description.ZH, h.Parent, h.Depth, h.Attribute(1), h.Attribute(h.Depth))
	}
	for _, s := range d.Sets {
		fmt.Fprintf(b, "\nSet `%s`, also as attribute `%s.set_%s`: %s (%s). %s %s %s.\n", s.Name, d.Name, s.Name, s.Label.EN, s.Label.ZH,
			s.Description.EN, s.Description.ZH, setRule(s))
	}
	for _, a := range d.Attributes {
		for _, m := range a.Members {
			fmt.Fprintf(b, "\nCalculated member `%s` of `%s.%s`: %s (%s), %s.\n", m.Name, d.Name, a.Name, m.Label.EN, m.Label.ZH, strings.Join(m.Of, ", "))
		}
		if len(a.Hide) > 0 {
			fmt.Fprintf(b, "\nHidden members of `%s.%s`: %s.\n", d.Name, a.Name, strings.Join(a.Hide, ", "))
		}
	}
	var names []string
	for name := range d.Default {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(b, "\nDefault: `%s.%s` is %s where a question neither shows nor filters the dimension.\n", d.Name, name, strings.Join(d.Default[name], " or "))
	}
}

// setRule is how a set is made, in words.
func setRule(s *cube.Set) string {
	if s.Top == nil {
		return "Where " + cube.FormatWhere(s.Where)
	}
	t := s.Top
	how := fmt.Sprintf("%d", t.N)
	if t.Percent > 0 {
		how = fmt.Sprintf("%d%%", t.Percent)
	}
	which, when := "first", "of all time"
	if t.Bottom {
		which = "last"
	}
	if t.Time != "" {
		when = "of " + t.Time
	}
	return fmt.Sprintf("The %s %s of `%s` by `%s` %s", which, how, t.Of, t.By, when)
}
