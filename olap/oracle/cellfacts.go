package oracle

import "verso/olap/cube"

// days are those whose facts a cell shows under a scope.
func (e *evaluation) days(c cell, s scope) map[int]bool {
	p := e.period(c)
	if p.facts[s.calls] == nil {
		p.facts[s.calls] = e.factDays(s, p.shown)
	}
	return p.facts[s.calls]
}

// factsIn are the facts of a cube that a cell shows under a scope.
func (e *evaluation) factsIn(cube *cube.Cube, c cell, s scope) (list []*fact) {
	days := e.days(c, s)
	for _, f := range c.row.facts(e, cube) {
		if days[f.day] && c.column.has(f.member) && e.keepsMixed(f, s) {
			list = append(list, f)
		}
	}
	return list
}

func (f *fact) member(field int) *member { return f.members[field] }

// facts are the kept facts of a cube that have the line's members, leaving
// aside days.
func (l *line) facts(e *evaluation, c *cube.Cube) (list []*fact) {
	if list, done := l.cached[c.Name]; done {
		return list
	}
	for _, f := range e.keptFacts(c) {
		if l.has(f.member) {
			list = append(list, f)
		}
	}
	if l.cached == nil {
		l.cached = map[string][]*fact{}
	}
	l.cached[c.Name] = list
	return list
}
