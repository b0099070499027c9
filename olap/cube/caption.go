package cube

import "fmt"

// Shown is how the values of a measure are shown under a calculation: their
// type (as ValueType), unit and format. A difference of shares is in percentage
// points, "pp".
func (m *Measure) Shown(calc string) (kind, unit, format string) {
	switch {
	case calc == Pct || calc == LikeForLike:
		return "double", "%", "percent"
	case calc == Delta && m.Format == "percent":
		return m.ValueType(), "pp", "points"
	}
	return m.ValueType(), m.Unit, m.Format
}

// Caption is the label of a measure of the cube with its scope and calculation,
// "Net sales Δ % PY", in a language.
func (c *Cube) Caption(r Ref, lang string) string {
	zh := lang == "zh"
	label := c.Measure(r.Measure).Label.In(lang)
	add := func(en, text string) {
		if zh {
			en = text
		}
		if en != "" {
			label += " " + en
		}
	}
	switch r.Calc {
	case Delta:
		add("Δ", "Δ")
	case Pct:
		add("Δ %", "Δ %")
	case LikeForLike:
		add("Δ % per working day", "日均 Δ %")
	}
	if n, unit, ok := r.Roll(); ok {
		add(fmt.Sprintf("last %d %s", n, r.RollUnit()), fmt.Sprintf("近%d%s", n, rollUnits[unit].zh))
	} else if r.Window != "" {
		add(windowLabels[r.Window].EN, windowLabels[r.Window].ZH)
	}
	n, years := r.YearsBack()
	switch s := c.Scenario(r.Against); {
	case r.Against == "":
	case s != nil && s.Label.EN != "":
		add(s.Label.EN, s.Label.In("zh"))
	case s != nil:
		add(s.Of.Label.EN, s.Of.Label.In("zh"))
	case years && n > 1:
		add(fmt.Sprintf("PY%d", n), fmt.Sprintf("前%d年", n))
	case years:
		add("PY", "上年")
	case r.Against == "pp":
		add("PP", "上期")
	case r.Against == "pw":
		add("PY same weekday", "上年同星期")
	}
	return label + calcLabels[r.Calc].In(lang)
}

// calcLabels are what calculations made of an answer add to a label.
var calcLabels = map[string]Text{
	ShareParent: {EN: ", share of parent", ZH: "占上级"},
	ShareRow:    {EN: ", share of row", ZH: "占行"},
	ShareColumn: {EN: ", share of column", ZH: "占列"},
	ShareTotal:  {EN: ", share of total", ZH: "占总计"},
	Rank:        {EN: ", rank", ZH: "排名"},
	Running:     {EN: ", running total", ZH: "累计"},
	Index:       {EN: ", index", ZH: "指数"},
}

// RollUnit is the word for the unit of a rolling window, in English and in the
// number of the window's length.
func (r Ref) RollUnit() string {
	n, unit, _ := r.Roll()
	if n == 1 {
		return rollUnits[unit].en
	}
	return rollUnits[unit].en + "s"
}

var rollUnits = map[byte]struct{ en, zh string }{
	'd': {"day", "日"}, 'w': {"week", "周"}, 'm': {"month", "个月"}, 'q': {"quarter", "个季度"}, 'y': {"year", "年"},
}

var windowLabels = map[string]Text{
	"ytd": {EN: "YTD", ZH: "本年累计"}, "htd": {EN: "HTD", ZH: "半年累计"}, "qtd": {EN: "QTD", ZH: "本季累计"},
	"mtd": {EN: "MTD", ZH: "本月累计"}, "wtd": {EN: "WTD", ZH: "本周累计"}, "fytd": {EN: "fiscal YTD", ZH: "财年累计"},
	"aytd": {EN: "academic YTD", ZH: "学年累计"},
}
