package compile

import (
	"fmt"
	"strings"
)

// Rejected is a rollup that could not answer a question, and why.
type Rejected struct {
	Rollup string `json:"rollup"`
	Reason string `json:"reason"`
}

// route finds the cheapest rollup that can answer the question: the one with
// the least rows. Without one the answer comes from the facts.
func (p *plan) route() error {
	p.factCube = p.cube
	var best *Rollup
	for _, r := range p.rollups {
		if r.Cube != p.cube.Name {
			continue
		}
		reason := p.reject(r)
		switch {
		case reason != "":
		case best == nil:
			best = r
			continue
		case r.Rows < best.Rows:
			reason, best, r = larger(best, r), r, best
		default:
			reason = larger(r, best)
		}
		p.rejected = append(p.rejected, Rejected{r.Name, reason})
	}
	if best != nil {
		p.takeFrom(best)
	}
	return nil
}

func larger(a, b *Rollup) string {
	return fmt.Sprintf("has %d rows, %s has %d", a.Rows, b.Name, b.Rows)
}

// reject says why the rollup cannot answer the question exactly; "" if it can.
func (p *plan) reject(r *Rollup) string {
	if r.Unfit != "" {
		return r.Unfit
	}
	if reason := p.needsFacts(); reason != "" {
		return reason
	}
	for _, f := range p.allFields() {
		g := r.grain(f.use.Name)
		if g == nil {
			return "is not by " + f.use.Name
		}
		if !g.tells(f.attr.Name) {
			return "does not tell " + f.name
		}
	}
	for _, t := range p.parts {
		if _, kept := r.Parts[t.name]; !kept {
			return "does not hold " + t.name
		}
	}
	return p.cuts(r)
}

// needsFacts says what no rollup is asked: what is worked out from single
// members of a dimension, which a rollup may not have.
func (p *plan) needsFacts() string {
	switch {
	case p.clock != nil:
		return "is not by the days that scopes of time need"
	case len(p.sources) != 1 || p.sources[0].cube != p.cube:
		return "is of one cube, and the question needs several"
	}
	for _, c := range p.filters {
		switch {
		case c.tree != nil || len(c.keys) > 0:
			return "does not know single members, which a filter names"
		case len(c.sets) > 0:
			return "does not know the members of named sets"
		}
	}
	for _, f := range p.allFields() {
		if f.attr.Tree != nil || f.attr.Set != nil {
			return "does not know the members behind " + f.name
		}
	}
	if p.also != nil || len(p.hiding()) > 0 {
		return "does not know calculated and hidden members"
	}
	return ""
}

func (g *Grain) tells(attribute string) bool {
	if g.Members == "" {
		return true
	}
	for _, a := range g.Attributes {
		if a == attribute {
			return true
		}
	}
	return false
}

// cuts says what stands against the time range; "" if nothing does. Every
// member of the rollup must lie inside the range with all its facts, or outside.
func (p *plan) cuts(r *Rollup) string {
	if p.period == nil {
		return ""
	}
	g := r.grain(p.period.use.Name)
	switch {
	case g == nil:
		return "is not by " + p.period.use.Name
	case g.Members == "":
		return ""
	case g.Stray > 0:
		return fmt.Sprintf("cannot place %d facts whose day the calendar lacks", g.Stray)
	}
	runs, before := 0, false
	for _, s := range g.Spans {
		inside := p.period.holds(s)
		if !inside && !p.period.misses(s) {
			return "the time range cuts " + s.Label
		}
		if inside && !before {
			runs++
		}
		before = inside
	}
	if runs > 1 {
		return "the time range is not one run of its members"
	}
	return ""
}

func (p *plan) showSource() string {
	if p.rollup == nil && len(p.rejected) == 0 {
		return ""
	}
	lines := []string{"facts: " + p.factCube.Table}
	if r := p.rollup; r != nil {
		lines[0] = fmt.Sprintf("rollup %s: %s, %d rows", r.Name, r.Table, r.Rows)
	}
	for _, x := range p.rejected {
		lines = append(lines, "not "+x.Rollup+": "+x.Reason)
	}
	return strings.Join(lines, "\n")
}
