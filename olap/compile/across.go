package compile

import (
	"strings"

	"verso/olap/cube"
)

// source is a cube whose facts are read: the one asked, those it combines, or
// that of a scenario.
type source struct {
	cube  *cube.Cube
	name  string  // behind the names of its stages: "" for the first
	parts []*part // base aggregates of its facts, whatever their scope
	joins []*join
	plan  bool // of a scenario
}

// findSources lists the cubes of the parts; without any, the cube asked.
func (p *plan) findSources() {
	for _, t := range p.parts {
		s := p.sourceOf(t.stream.home)
		if t.stream.home != p.cube && !p.cube.Virtual() {
			s.plan = true
		}
		known := false
		for _, x := range s.parts {
			known = known || x.measure == t.measure
		}
		if !known && t.extra == "" {
			s.parts = append(s.parts, &part{name: t.measure.Name, measure: t.measure, stream: t.stream})
		}
	}
}

// sourceOf is the source of a cube, added where it is new.
func (p *plan) sourceOf(c *cube.Cube) *source {
	for _, s := range p.sources {
		if s.cube == c {
			return s
		}
	}
	s := &source{cube: c}
	if len(p.sources) > 0 {
		s.name = " " + c.Name
	}
	p.sources = append(p.sources, s)
	return s
}

// has refuses attributes that the facts of a source do not have, or have
// coarser.
func (s *source) has(p *plan, part string, f *field) error {
	use := s.cube.Use(f.use.Name)
	if use == nil || use.Of != f.use.Of {
		var known []string
		for _, u := range p.cube.Dimensions {
			if x := s.cube.Use(u.Name); x != nil && x.Of == u.Of {
				known = append(known, u.Name)
			}
		}
		return refuse(part, f.name, "cube %s does not have the dimension %s, so its measures cannot be shown by %s; all cubes asked have %s",
			s.cube.Name, f.use.Name, f.name, cube.OrList(known))
	}
	if use.Grain == "" || cube.Nests(use.Grain, f.attr.Grain) {
		return nil
	}
	var known []string
	for _, a := range use.Of.Attributes {
		if a.Grain != "" && cube.Nests(use.Grain, a.Grain) {
			known = append(known, use.Name+"."+a.Name)
		}
	}
	return refuse(part, f.name, "the facts of cube %s stand for a whole %s each, so they cannot be told apart by %s; ask by %s",
		s.cube.Name, use.Grain, f.name, cube.OrList(known))
}

// factsOf names the facts of a cube.
func factsOf(c *cube.Cube) string {
	if !c.Virtual() {
		return c.Table
	}
	var names []string
	for _, from := range c.Combines {
		names = append(names, from.Cube)
	}
	return strings.Join(names, " and ")
}
