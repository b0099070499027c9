package compile

import (
	"errors"
	"slices"
	"strings"

	"verso/olap/cube"
)

// ofAnswer are the calculations made of a finished answer, not in SQL.
var ofAnswer = []string{cube.ShareParent, cube.ShareRow, cube.ShareColumn, cube.ShareTotal, cube.Rank, cube.Running, cube.Index}

// resolveRefs finds the measures asked for.
func (p *plan) resolveRefs() error {
	for _, text := range p.query.Measures {
		r, m, err := p.ref("measures", text)
		switch {
		case err != nil:
			return err
		case slices.Contains(p.refs, r):
			return refuse("measures", text, "%s is asked for twice", r)
		case r.Calc == cube.Running && m.Kind != cube.Sum && m.Kind != cube.Count:
			return refuse("measures", text, "%s does not add up, so it has no running total; ask for sums and counts of facts: %s",
				m.Name, strings.Join(firstOf(summable(p.cube), 5), ", "))
		case r.Calc != "" && r.Calc != cube.Rank && m.ValueType() == "date":
			return refuse("measures", text, "%s is a date, not a number", m.Name)
		}
		p.refs = append(p.refs, r)
		if !slices.Contains(p.measures, m) {
			p.measures = append(p.measures, m)
		}
	}
	return nil
}

func summable(c *cube.Cube) (names []string) {
	for _, name := range c.MeasureNames() {
		if k := c.Measure(name).Kind; k == cube.Sum || k == cube.Count {
			names = append(names, name)
		}
	}
	return names
}

// ref reads a Ref; its measure gets the catalog's name.
func (p *plan) ref(part, text string) (cube.Ref, *cube.Measure, error) {
	name, _, _ := strings.Cut(text, ":")
	name, _, _ = strings.Cut(name, "@")
	m, err := p.measure(part, name)
	if err != nil {
		return cube.Ref{}, nil, err
	}
	r, err := cube.ParseRef(text)
	var wrong *cube.ParseError
	if errors.As(err, &wrong) {
		return cube.Ref{}, nil, refuse(part, text, "%s: %s", text, wrong.Message)
	}
	if r.Scope() != "" {
		return cube.Ref{}, nil, refuse(part, text, "%s: no scope %q", text, r.Scope())
	}
	r.Measure = m.Name
	return r, m, err
}

// plainRef reads a Ref that SQL can compare: its calculation, if any, is not
// one of the answer.
func (p *plan) plainRef(part, text string) (*cube.Measure, error) {
	r, m, err := p.ref(part, text)
	if err == nil && slices.Contains(ofAnswer, r.Calc) {
		return nil, refuse(part, text, "%s is calculated from the finished answer; use %s, or the same without %s", r, r.Measure, r.Calc)
	}
	return m, err
}

// isRef reports whether a sort key is a measure asked for.
func (p *plan) isRef(key string) bool {
	return slices.ContainsFunc(p.refs, func(r cube.Ref) bool { return r.String() == key })
}

// sortRef is the measure asked for that a name means; "" if it is no measure.
func (p *plan) sortRef(name string) (string, error) {
	measure, _, _ := strings.Cut(name, ":")
	measure, _, _ = strings.Cut(measure, "@")
	if p.cube.Measure(measure) == nil {
		return "", nil
	}
	r, _, err := p.ref("sort", name)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(p.refs, r):
		return "", refuse("sort", name, "%s is not among the measures asked for", r)
	case r.Calc == cube.Running || r.Calc == cube.Index:
		return "", refuse("sort", name, "%s depends on the order of the rows; sort by %s", r, r.Measure)
	}
	return r.String(), nil
}

// calcLabel is what a calculation adds to a measure's label.
func calcLabel(calc, lang string) string {
	label := map[string]cube.Text{
		cube.ShareParent: {EN: ", share of parent", ZH: "占上级"},
		cube.ShareRow:    {EN: ", share of row", ZH: "占行"},
		cube.ShareColumn: {EN: ", share of column", ZH: "占列"},
		cube.ShareTotal:  {EN: ", share of total", ZH: "占总计"},
		cube.Rank:        {EN: ", rank", ZH: "排名"},
		cube.Running:     {EN: ", running total", ZH: "累计"},
		cube.Index:       {EN: ", index", ZH: "指数"},
	}
	return label[calc].In(lang)
}
