package change

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"verso/olap/cube"
)

// words say the change in sentences, in the language of the façade.
func (e *explanation) words() []string {
	if e.olap.Lang() == "zh" {
		return e.chinese()
	}
	return e.english()
}

// spoken is how many splits the sentences name.
const spoken = 3

func (e *explanation) english() []string {
	a := e.answer
	name := a.Measure.Label.In("en")
	before, after := label(a.Question.Before, "the slice before"), label(a.Question.After, "the slice after")
	switch {
	case a.Delta == nil:
		return []string{fmt.Sprintf("There is no %s in %s nor in %s.", name, before, after)}
	case a.Before == nil || a.After == nil:
		missing, other := before, after
		if a.After == nil {
			missing, other = after, before
		}
		return []string{fmt.Sprintf("%s: %s in %s, nothing in %s.", name, e.amount(plus(e.before, e.after)), other, missing)}
	}
	delta := minus(e.after, e.before)
	if delta.Sign() == 0 {
		return []string{fmt.Sprintf("%s did not change from %s to %s: %s.", name, before, after, e.amount(e.after))}
	}
	verb, noun := "rose", "rise"
	if delta.Sign() < 0 {
		verb, noun = "fell", "fall"
	}
	first := fmt.Sprintf("%s %s by %s%s from %s to %s: %s after %s.", name, verb, e.difference(delta), relative(e.before, delta),
		before, after, e.amount(e.after), e.amount(e.before))
	list := []string{first}
	for _, s := range a.Splits[:min(spoken, len(a.Splits))] {
		list = append(list, e.splitEN(s, delta, noun))
	}
	for _, s := range a.Splits {
		if s.Paradox {
			list = append(list, fmt.Sprintf("By %s every part moved the other way: the %s of the whole comes from the mix alone (Simpson's paradox).", s.Label, noun))
		}
	}
	if a.Bridge != nil {
		var parts []string
		for _, s := range a.Bridge.Steps {
			if s.exact.Sign() != 0 {
				parts = append(parts, stepWords["en"][s.Name]+" "+signed(e.amount(s.exact), s.exact))
			}
		}
		if len(parts) > 0 {
			list = append(list, "Taken apart: "+strings.Join(parts, ", ")+".")
		}
	}
	return list
}

// splitEN names the members that moved with the change, and the largest against
// it.
func (e *explanation) splitEN(s Split, delta *big.Rat, noun string) string {
	with, against := e.movers(s, delta)
	text := fmt.Sprintf("By %s: ", s.Label)
	if len(with) > 0 {
		text += strings.Join(with, ", ")
	} else {
		text += "no member follows the " + noun
	}
	if against != "" {
		text += "; against it " + against
	}
	return text + "."
}

func (e *explanation) movers(s Split, delta *big.Rat) (with []string, against string) {
	for _, c := range s.Members {
		text := c.Member + " " + signed(e.difference(zero().Abs(c.exact)), c.exact)
		switch c.exact.Sign() {
		case delta.Sign():
			if len(with) < 3 {
				with = append(with, text+" ("+percent(c.Share)+")")
			}
		case -delta.Sign():
			if against == "" {
				against = text
			}
		}
	}
	return with, against
}

func (e *explanation) chinese() []string {
	a := e.answer
	name := a.Measure.Label.In("zh")
	before, after := label(a.Question.Before, "前期"), label(a.Question.After, "后期")
	switch {
	case a.Delta == nil:
		return []string{fmt.Sprintf("%s和%s均无%s。", before, after, name)}
	case a.Before == nil || a.After == nil:
		missing, other := before, after
		if a.After == nil {
			missing, other = after, before
		}
		return []string{fmt.Sprintf("%s：%s为 %s，%s没有数据。", name, other, e.amount(plus(e.before, e.after)), missing)}
	}
	delta := minus(e.after, e.before)
	if delta.Sign() == 0 {
		return []string{fmt.Sprintf("%s从%s到%s没有变化：%s。", name, before, after, e.amount(e.after))}
	}
	verb := "增加"
	if delta.Sign() < 0 {
		verb = "减少"
	}
	list := []string{fmt.Sprintf("%s从%s到%s%s %s%s：由 %s 变为 %s。", name, before, after, verb, e.difference(delta),
		strings.NewReplacer(" (", "（", ")", "）").Replace(relative(e.before, delta)), e.amount(e.before), e.amount(e.after))}
	for _, s := range a.Splits[:min(spoken, len(a.Splits))] {
		with, against := e.movers(s, delta)
		text := "按" + s.Label + "："
		if len(with) == 0 {
			text += "没有成员与总体同向"
		}
		text += strings.NewReplacer(" (", "（", "%)", "%）").Replace(strings.Join(with, "、"))
		if against != "" {
			text += "；反向的有 " + against
		}
		list = append(list, text+"。")
	}
	for _, s := range a.Splits {
		if s.Paradox {
			list = append(list, fmt.Sprintf("按%s看，各部分都向相反方向变化：总体变化只来自结构（辛普森悖论）。", s.Label))
		}
	}
	if a.Bridge != nil {
		var parts []string
		for _, s := range a.Bridge.Steps {
			if s.exact.Sign() != 0 {
				parts = append(parts, stepWords["zh"][s.Name]+" "+signed(e.amount(s.exact), s.exact))
			}
		}
		if len(parts) > 0 {
			list = append(list, "分解："+strings.Join(parts, "，")+"。")
		}
	}
	return list
}

// stepWords are the steps of a bridge as they are shown.
var stepWords = map[string]map[string]string{
	"en": {"volume": "volume", "mix": "mix", "price": "price", "currency": "currency", "cost": "cost", "assortment": "assortment"},
	"zh": {"volume": "数量", "mix": "结构", "price": "价格", "currency": "汇率", "cost": "成本", "assortment": "品种更替"},
}

func label(s Slice, otherwise string) string {
	if s.Label != "" {
		return s.Label
	}
	if s.Time != nil && s.Time.From != "" && s.Time.To != "" {
		return period(s.Time.From, s.Time.To)
	}
	return otherwise
}

// period is a range of days: its year or months where it has whole ones.
func period(from, to string) string {
	first, err1 := time.Parse(time.DateOnly, from)
	last, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || first.Day() != 1 || last.AddDate(0, 0, 1).Day() != 1 {
		return from + ".." + to
	}
	a, b := first.Format("2006-01"), last.Format("2006-01")
	switch {
	case a == b:
		return a
	case first.Month() == time.January && last.Month() == time.December && first.Year() == last.Year():
		return first.Format("2006")
	}
	return a + ".." + b
}

// amount is the size of a value with its unit: whole units of money, per cents
// with one decimal.
func (e *explanation) amount(r *big.Rat) string {
	r = zero().Abs(or0(r))
	switch e.answer.Measure.Format {
	case "percent":
		return percent(float(r))
	case "ratio":
		return r.FloatString(2)
	}
	text := grouped(r.FloatString(e.decimals()))
	if e.answer.Unit != "" && e.answer.Unit != "%" {
		text += " " + e.answer.Unit
	}
	return text
}

// decimals are shown of a ratio of money, none of a sum.
func (e *explanation) decimals() int {
	if e.answer.Measure.Kind == cube.Ratio {
		return 2
	}
	return 0
}

// difference is a change: in percentage points where the measure is a per cent.
func (e *explanation) difference(r *big.Rat) string {
	if e.answer.Measure.Format == "percent" {
		r = zero().Abs(zero().Mul(r, big.NewRat(100, 1)))
		if e.olap.Lang() == "zh" {
			return r.FloatString(2) + " 个百分点"
		}
		return r.FloatString(2) + " points"
	}
	return e.amount(r)
}

// relative is " (-8.2%)", nothing where there is no base to compare with.
func relative(before, delta *big.Rat) string {
	if before == nil || before.Sign() == 0 {
		return ""
	}
	share := over(delta, zero().Abs(before))
	return " (" + signed(percent(float(zero().Abs(share))), delta) + ")"
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", share*100) }

// signed puts the sign of r before a text without one.
func signed(text string, r *big.Rat) string {
	if r.Sign() < 0 {
		return "−" + text
	}
	return "+" + text
}

// grouped puts commas between thousands.
func grouped(number string) string {
	whole, fraction, dotted := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dotted {
		return whole + "." + fraction
	}
	return whole
}
