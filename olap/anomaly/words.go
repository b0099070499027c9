package anomaly

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"verso/olap"
	"verso/olap/cube"
)

// words say a finding in a sentence, in the façade's language.
func (s *scan) words(f Finding) string {
	zh := s.olap.Lang() == "zh"
	name := s.answer.Measure.Label.In(s.olap.Lang())
	if f.Member != "" {
		if zh {
			name = f.Member + "的" + name
		} else {
			name += " of " + f.Member
		}
	}
	away, side := "", "above"
	if f.Value < f.Expected {
		side = "below"
	}
	if f.Expected != 0 {
		away = fmt.Sprintf("%.0f%% ", 100*math.Abs(f.Value-f.Expected)/math.Abs(f.Expected))
	}
	if zh {
		return fmt.Sprintf("%s：%s %s，%s预期的 %s（通常在 %s 至 %s 之间）%s。", f.Period, name, s.show(f.Value),
			map[string]string{"above": "高于", "below": "低于"}[side], s.show(f.Expected), s.show(f.Low), s.show(f.High),
			map[bool]string{true: "，偏离 " + strings.TrimSpace(away), false: ""}[away != ""])
	}
	return fmt.Sprintf("%s: %s %s, %s%s the expected %s (usual: %s to %s).", f.Period, name, s.show(f.Value), away, side,
		s.show(f.Expected), s.show(f.Low), s.show(f.High))
}

// show writes a number as a person would: whole units, per cents with one
// decimal.
func (s *scan) show(v float64) string {
	switch m := s.answer.Measure; {
	case m.Format == "percent":
		return strconv.FormatFloat(v*100, 'f', 1, 64) + "%"
	case m.Kind != cube.Sum && !m.Counts():
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if v < 0 {
		text = "−" + text
	}
	return text
}

// Table is the findings as a table, the least probable first; its notes say how
// many false alarms are to be expected.
func (a *Answer) Table(lang string) *olap.Table {
	w := tableWords[lang]
	if w == nil {
		w = tableWords["en"]
	}
	t := &olap.Table{Query: cube.Query{Cube: a.Question.Cube, Measures: []string{a.Question.Measure}}, AsOf: a.AsOf, Run: a.Run, Facts: a.Facts}
	attribute := func(name string) {
		t.Columns = append(t.Columns, olap.Column{Name: name, Label: w[name], Kind: "attribute", Type: "text", Format: "text"})
	}
	value := func(name string) {
		t.Columns = append(t.Columns, olap.Column{Name: name, Label: w[name], Kind: "measure", Type: "double", Format: a.Measure.Format, Unit: a.Unit})
	}
	attribute("period")
	attribute("member")
	for _, name := range []string{"value", "expected", "low", "high"} {
		value(name)
	}
	t.Columns = append(t.Columns, olap.Column{Name: "score", Label: w["score"], Kind: "measure", Type: "double", Format: "ratio"})
	attribute("sure")
	for _, f := range a.Findings {
		member := f.Member
		if f.Key == "" {
			member = w["everything"]
		}
		t.Rows = append(t.Rows, olap.Row{Keys: []string{f.Period, f.Key}, Cells: []any{f.Period, member, f.Value, f.Expected, f.Low, f.High, f.Score,
			map[bool]string{true: w["yes"], false: w["no"]}[f.Sure]}})
	}
	t.Notes = a.notes(lang)
	return t
}

func (a *Answer) notes(lang string) (notes []string) {
	for _, f := range a.Findings[:min(3, len(a.Findings))] {
		notes = append(notes, f.Words)
	}
	expected := a.Question.Alpha * float64(a.Tested)
	if lang == "zh" {
		notes = append(notes, fmt.Sprintf("检验了 %d 个数值，%d 个异常；若一切正常，预计误报 %.1f 个。", a.Tested, len(a.Findings), expected))
	} else {
		notes = append(notes, fmt.Sprintf("%d of %d values stand out; if nothing were unusual, about %.1f would.", len(a.Findings), a.Tested, expected))
	}
	if len(a.Skipped) > 0 {
		format := "Too little history: %s."
		if lang == "zh" {
			format = "历史过短：%s。"
		}
		notes = append(notes, fmt.Sprintf(format, strings.Join(a.Skipped, ", ")))
	}
	return notes
}

var tableWords = map[string]map[string]string{
	"en": {"period": "Period", "member": "Member", "value": "Value", "expected": "Expected", "low": "Usual from", "high": "Usual to",
		"score": "Score", "sure": "Sure", "yes": "yes", "no": "no", "everything": "(total)"},
	"zh": {"period": "期间", "member": "成员", "value": "实际", "expected": "预期", "low": "通常下限", "high": "通常上限",
		"score": "偏离", "sure": "确凿", "yes": "是", "no": "否", "everything": "(合计)"},
}
