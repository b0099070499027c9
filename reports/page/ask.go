package page

import (
	"context"
	"fmt"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/view"
)

// value takes a cell of an answer over, exact.
func value(v any) view.Value {
	switch x := v.(type) {
	case nil:
		return view.Value{}
	case string:
		return view.T(x)
	case int64:
		return view.I(x)
	case float64:
		return view.N(x)
	case engine.Decimal:
		return view.Value{Kind: view.Number, Float: x.Float64(), Exact: x.String()}
	case time.Time:
		return view.D(x)
	}
	return view.T(fmt.Sprint(v))
}

// figures are measures by name.
type figures map[string]view.Value

// member is one member of an attribute with its figures.
type member struct {
	key    string // as the cube gave it; joins two answers
	label  string // in the page's language
	known  bool   // false for the unknown member and for members without a value
	values figures
}

// total asks for measures over a window, without breaking them down.
func (c *Context) total(ctx context.Context, cubeName string, w window, measures ...string) (figures, error) {
	t, err := c.asker.Ask(ctx, cube.Query{Cube: cubeName, Measures: measures, Time: &cube.Time{From: iso(w.from), To: iso(w.to)}})
	if err != nil {
		return nil, err
	}
	out := figures{}
	for _, row := range t.Rows {
		readMeasures(t, row, out)
	}
	return out, nil
}

// by asks for measures over a window by one attribute.
func (c *Context) by(ctx context.Context, cubeName, attribute string, w window, measures ...string) ([]member, error) {
	return c.members(ctx, attribute, cube.Query{Cube: cubeName, Rows: []string{attribute}, Measures: measures,
		Time: &cube.Time{From: iso(w.from), To: iso(w.to)}})
}

// members asks a question whose first row attribute is the given one.
func (c *Context) members(ctx context.Context, attribute string, q cube.Query) ([]member, error) {
	t, err := c.asker.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []member
	for _, row := range t.Rows {
		if row.Level == 0 || row.Other || len(row.Cells) == 0 {
			continue
		}
		key := memberKey(row.Cells[0])
		m := member{key: key, label: c.memberLabel(attribute, key), known: key != unknownMember && key != noMember, values: figures{}}
		readMeasures(t, row, m.values)
		out = append(out, m)
	}
	return out, nil
}

func readMeasures(t *olap.Table, row olap.Row, into figures) {
	for i, col := range t.Columns {
		if col.Kind == "measure" && i < len(row.Cells) {
			into[col.Name] = value(row.Cells[i])
		}
	}
}

// The cube's words for a fact that names no member, and for a member without the
// attribute. It gives them in its own language.
const (
	unknownMember = "(unknown)"
	noMember      = "(none)"
)

// memberKey is a member as the cube names it, the same in every language for
// the two that are no members.
func memberKey(v any) string {
	switch s := strings.TrimSpace(text(v)); s {
	case "", noMember, "(无)":
		return noMember
	case unknownMember, "(未知)":
		return unknownMember
	default:
		return s
	}
}

// memberLabel is a member in the page's language: known codes are translated,
// the unknown member and missing values are named.
func (c *Context) memberLabel(attribute string, v any) string {
	s := memberKey(v)
	switch s {
	case noMember:
		return c.t("member.none")
	case unknownMember:
		return c.t("member.unknown")
	}
	if label, ok := c.words["member."+attribute+"."+strings.ToLower(s)]; ok {
		return label
	}
	return s
}

// byMonth asks for measures by month over a list of months, up to a last day,
// and returns one value per month and measure; a month without facts has zero
// of what adds up and no data of the rest.
func (c *Context) byMonth(ctx context.Context, cubeName string, list []time.Time, to time.Time, measures ...string) (map[string][]view.Value, error) {
	t, err := c.asker.Ask(ctx, cube.Query{Cube: cubeName, Rows: []string{"date.month"}, Measures: measures,
		Time: &cube.Time{From: iso(list[0]), To: iso(to)}})
	if err != nil {
		return nil, err
	}
	found := map[string]figures{}
	for _, row := range t.Rows {
		if row.Level > 0 {
			f := figures{}
			readMeasures(t, row, f)
			found[text(row.Cells[0])] = f
		}
	}
	out := map[string][]view.Value{}
	for _, measure := range measures {
		series := make([]view.Value, len(list))
		for i, m := range list {
			v := found[m.Format("2006-01")][measure]
			if v.Kind == view.NoData && c.covered(m) && additive(measure) {
				v = view.I(0)
			}
			if m.After(to) {
				v = view.Value{}
			}
			series[i] = v
		}
		out[measure] = series
	}
	return out, nil
}

// covered tells whether the data reach back to the month.
func (c *Context) covered(month time.Time) bool {
	return !c.facts.first.IsZero() && !month.Before(monthStart(c.facts.first))
}

// additive tells the measures that are zero, not unknown, without facts.
func additive(measure string) bool {
	switch measure {
	case "net", "gross", "discount", "copies", "lines", "orders", "customers", "titles", "return_value", "return_copies", "return_lines":
		return true
	}
	return false
}

// trends asks for a measure by member and month, for sparklines.
func (c *Context) trends(ctx context.Context, attribute string, list []time.Time, to time.Time, measure string) (map[string][]view.Value, error) {
	t, err := c.asker.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{attribute, "date.month"}, Measures: []string{measure},
		Time: &cube.Time{From: iso(list[0]), To: iso(to)}})
	if err != nil {
		return nil, err
	}
	position := map[string]int{}
	for i, m := range list {
		position[m.Format("2006-01")] = i
	}
	out := map[string][]view.Value{}
	for _, row := range t.Rows {
		if row.Level < 2 {
			continue
		}
		key := memberKey(row.Cells[0])
		if out[key] == nil {
			out[key] = make([]view.Value, len(list))
			for i, m := range list {
				if c.covered(m) {
					out[key][i] = view.I(0)
				}
			}
		}
		if i, ok := position[text(row.Cells[1])]; ok {
			f := figures{}
			readMeasures(t, row, f)
			out[key][i] = f[measure]
		}
	}
	return out, nil
}

// comparable tells whether the data reach back far enough for a window to be
// a fair base of comparison.
func (c *Context) comparable(w window) bool {
	return !c.facts.first.IsZero() && !c.facts.first.After(w.from.AddDate(0, 0, 31))
}

// money picks format and unit for amounts up to the largest of the values.
func (c *Context) money(values ...view.Value) (view.Format, string) {
	biggest := 0.0
	for _, v := range values {
		if v.Has() {
			biggest = max(biggest, v.Float, -v.Float)
		}
	}
	return view.MoneyFormat(c.Lang, c.Currency, biggest)
}

// tableMoney is money for a column that runs from small members to a total.
func (c *Context) tableMoney(values ...view.Value) (view.Format, string) {
	biggest := 0.0
	for _, v := range values {
		if v.Has() {
			biggest = max(biggest, v.Float, -v.Float)
		}
	}
	return view.TableFormat(c.Lang, c.Currency, biggest)
}

// amount writes an amount in a sentence, its size without a sign.
func (c *Context) amount(v view.Value) string {
	x := v.Float
	if x < 0 {
		x = -x
	}
	return view.Money(c.Lang, c.Currency, x)
}

// signedAmount writes an amount in a sentence with its sign.
func (c *Context) signedAmount(v view.Value) string {
	sign := ""
	switch {
	case v.Float > 0:
		sign = "+"
	case v.Float < 0:
		sign = "−"
	}
	return sign + c.amount(v)
}

// share writes the size of a share in a sentence.
func share(v view.Value) string {
	x := v.Float
	if x < 0 {
		x = -x
	}
	return view.Percentage(x)
}
