package change

import (
	"verso/olap"
	"verso/olap/cube"
)

// Table is the contributions of all splits as a table: attribute, member,
// before, after, contribution, share of the change and, for ratios, rate and
// mix. The rows of each attribute add up to the change.
func (a *Answer) Table(lang string) *olap.Table {
	w := tableWords[lang]
	if w == nil {
		w = tableWords["en"]
	}
	ratio := a.Measure.Kind == cube.Ratio
	t := a.frame()
	add := func(name, label, format, unit, kind string) {
		t.Columns = append(t.Columns, olap.Column{Name: name, Label: label, Kind: kind, Format: format, Unit: unit, Type: columnType(kind, a.Measure)})
	}
	add("attribute", w["attribute"], "text", "", "attribute")
	add("member", w["member"], "text", "", "attribute")
	add("before", w["before"], a.Measure.Format, a.Unit, "measure")
	add("after", w["after"], a.Measure.Format, a.Unit, "measure")
	format := a.Measure.Format
	if format == "percent" {
		format = "points" // what is added to a share is no share
	}
	add("contribution", w["contribution"], format, a.Unit, "measure")
	add("share", w["share"], "percent", "%", "measure")
	t.Columns[len(t.Columns)-1].Type = "double"
	if ratio {
		add("rate", w["rate"], format, a.Unit, "measure")
		add("mix", w["mix"], format, a.Unit, "measure")
	}
	row := func(level int, label, key, name string, c Contribution) {
		cells := []any{label, name, c.Before, c.After, c.Delta, c.Share}
		if ratio {
			cells = append(cells, c.Rate, c.Mix)
		}
		t.Rows = append(t.Rows, olap.Row{Level: level, Keys: []string{label, key}, Cells: cells})
	}
	for _, s := range a.Splits {
		for _, c := range s.Members {
			row(2, s.Label, c.Key, c.Member, c)
		}
		if s.Rest != nil {
			row(2, s.Label, "(others)", w["others"], *s.Rest)
		}
		if r := rat(s.Residual); r != nil && r.Sign() != 0 {
			row(2, s.Label, "(residual)", w["residual"], Contribution{Delta: s.Residual, Share: float(over(r, rat(a.Delta)))})
		}
	}
	row(0, "", "", w["total"], Contribution{Before: a.Before, After: a.After, Delta: a.Delta, Share: 1})
	last := t.Rows[len(t.Rows)-1].Cells
	if last[0] = nil; a.Delta == nil {
		last[5] = nil // nothing has no shares
	}
	t.Notes = a.Words
	return t
}

// BridgeTable is the bridge as a table from before to after, nil without one.
func (a *Answer) BridgeTable(lang string) *olap.Table {
	if a.Bridge == nil {
		return nil
	}
	w, steps := tableWords[lang], stepWords[lang]
	if w == nil {
		w, steps = tableWords["en"], stepWords["en"]
	}
	t := a.frame()
	t.Columns = []olap.Column{
		{Name: "step", Label: w["step"], Kind: "attribute", Type: "text", Format: "text"},
		{Name: "amount", Label: w["amount"], Kind: "measure", Type: a.Measure.ValueType(), Format: a.Measure.Format, Unit: a.Unit},
	}
	add := func(key, name string, amount any) {
		t.Rows = append(t.Rows, olap.Row{Level: 1, Keys: []string{key}, Cells: []any{name, amount}})
	}
	add("before", w["before"], a.Before)
	for _, s := range a.Bridge.Steps {
		add(s.Name, steps[s.Name], s.Amount)
	}
	add("after", w["after"], a.After)
	return t
}

func (a *Answer) frame() *olap.Table {
	return &olap.Table{Query: cube.Query{Cube: a.Question.Cube, Measures: []string{a.Measure.Name}}, AsOf: a.AsOf, Run: a.Run, Facts: a.Facts}
}

func columnType(kind string, m *cube.Measure) string {
	if kind == "attribute" {
		return "text"
	}
	return m.ValueType()
}

var tableWords = map[string]map[string]string{
	"en": {"attribute": "Attribute", "member": "Member", "before": "Before", "after": "After", "contribution": "Contribution",
		"share": "Share of change", "rate": "By rate", "mix": "By mix", "others": "(others)", "residual": "(residual)", "total": "(total)",
		"step": "Step", "amount": "Amount"},
	"zh": {"attribute": "属性", "member": "成员", "before": "前期", "after": "后期", "contribution": "贡献",
		"share": "占变化", "rate": "比率影响", "mix": "结构影响", "others": "(其他)", "residual": "(残差)", "total": "(合计)",
		"step": "步骤", "amount": "金额"},
}
