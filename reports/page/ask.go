package page

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/view"
)

// KeptBack reports whether an error is of a table, column or measure that what is open
// to a reader does not have.
func KeptBack(err error) bool {
	var table *olap.MissingTableError
	var query *compile.QueryError
	var statement *engine.StatementError
	return errors.As(err, &table) || errors.As(err, &query) || errors.As(err, &statement)
}

// Value takes a cell of an answer over, exact.
func Value(v any) view.Value {
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

// Figures are measures by name.
type Figures map[string]view.Value

// From says which question the figures answer.
func (f Figures) From(q *cube.Query) {
	for name, v := range f {
		v.Origin = q
		f[name] = v
	}
}

// Member is one Member of an attribute with its figures.
type Member struct {
	Key    string // as the cube gave it; joins two answers
	Ref    string // what tells it apart in every language, see [Ref]
	Label  string // in the page's language
	Known  bool   // false for the unknown member and for members without a value
	Values Figures
}

// Total asks for measures over a window, without breaking them down.
func (c *Context) Total(ctx context.Context, cubeName string, w Window, measures ...string) (Figures, error) {
	t, err := c.Asker.Ask(ctx, cube.Query{Cube: cubeName, Measures: measures, Time: &cube.Time{From: ISO(w.From), To: ISO(w.To)}})
	if err != nil {
		return nil, err
	}
	out := Figures{}
	for _, row := range t.Rows {
		ReadMeasures(t, row, out)
	}
	return out, nil
}

// By asks for measures over a window By one attribute.
func (c *Context) By(ctx context.Context, cubeName, attribute string, w Window, measures ...string) ([]Member, error) {
	return c.Members(ctx, attribute, cube.Query{Cube: cubeName, Rows: []string{attribute}, Measures: measures,
		Time: &cube.Time{From: ISO(w.From), To: ISO(w.To)}})
}

// Members asks a question whose first row attribute is the given one.
func (c *Context) Members(ctx context.Context, attribute string, q cube.Query) ([]Member, error) {
	t, err := c.Asker.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, row := range t.Rows {
		if row.Level == 0 || row.Other || len(row.Cells) == 0 {
			continue
		}
		key := memberKey(row.Cells[0])
		m := Member{Key: key, Ref: refOf(row), Label: c.MemberLabel(attribute, key), Known: key != unknownMember && key != noMember, Values: Figures{}}
		ReadMeasures(t, row, m.Values)
		out = append(out, m)
	}
	return out, nil
}

// refOf is the key of the first member of a row; "" where the answer has none.
func refOf(row olap.Row) string {
	if len(row.Keys) == 0 {
		return ""
	}
	return row.Keys[0]
}

// ReadMeasures adds the measures of a row to figures, by their names.
func ReadMeasures(t *olap.Table, row olap.Row, into Figures) {
	for i, col := range t.Columns {
		if col.Kind == "measure" && i < len(row.Cells) {
			v := Value(row.Cells[i])
			v.Origin = &t.Query
			into[col.Name] = v
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
	switch s := strings.TrimSpace(Text(v)); s {
	case "", noMember, "(无)":
		return noMember
	case unknownMember, "(未知)":
		return unknownMember
	default:
		return s
	}
}

// MemberLabel is a member in the page's language: known codes are translated,
// the unknown member and missing values are named.
func (c *Context) MemberLabel(attribute string, v any) string {
	s := memberKey(v)
	switch s {
	case noMember:
		return c.T("member.none")
	case unknownMember:
		return c.T("member.unknown")
	}
	if label, ok := c.Word("member." + attribute + "." + strings.ToLower(s)); ok {
		return label
	}
	if c.translated(attribute) {
		return c.Lang.Either(s, s)
	}
	return s
}

// ByMonth asks for measures by month over a list of months, up to a last day,
// and returns one value per month and measure; a month without facts has zero
// of what adds up and no data of the rest.
func (c *Context) ByMonth(ctx context.Context, cubeName string, list []time.Time, to time.Time, measures ...string) (map[string][]view.Value, error) {
	t, err := c.Asker.Ask(ctx, cube.Query{Cube: cubeName, Rows: []string{"date.month"}, Measures: measures,
		Time: &cube.Time{From: ISO(list[0]), To: ISO(to)}})
	if err != nil {
		return nil, err
	}
	found := map[string]Figures{}
	for _, row := range t.Rows {
		if row.Level > 0 {
			f := Figures{}
			ReadMeasures(t, row, f)
			found[Text(row.Cells[0])] = f
		}
	}
	out := map[string][]view.Value{}
	for _, measure := range measures {
		series := make([]view.Value, len(list))
		for i, m := range list {
			v := found[m.Format("2006-01")][measure]
			if v.Kind == view.NoData && c.Covered(m) && Additive(measure) {
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

// Covered tells whether the data reach back to the month.
func (c *Context) Covered(month time.Time) bool {
	return !c.Facts.First.IsZero() && !month.Before(monthStart(c.Facts.First))
}

// Additive tells the measures that are zero, not unknown, without facts.
func Additive(measure string) bool {
	switch measure {
	case "net", "gross", "discount", "copies", "lines", "orders", "customers", "titles", "return_value", "return_copies", "return_lines":
		return true
	}
	return false
}

// Trends asks for a measure by member and month, for sparklines.
func (c *Context) Trends(ctx context.Context, attribute string, list []time.Time, to time.Time, measure string) (map[string][]view.Value, error) {
	t, err := c.Asker.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{attribute, "date.month"}, Measures: []string{measure},
		Time: &cube.Time{From: ISO(list[0]), To: ISO(to)}})
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
				if c.Covered(m) {
					out[key][i] = view.I(0)
				}
			}
		}
		if i, ok := position[Text(row.Cells[1])]; ok {
			f := Figures{}
			ReadMeasures(t, row, f)
			out[key][i] = f[measure]
		}
	}
	return out, nil
}

// Comparable tells whether the data reach back far enough for a window to be
// a fair base of comparison. Models judge by the same grace (job.Reaches).
func (c *Context) Comparable(w Window) bool {
	const grace = 31 // days by which the first order may come later
	return !c.Facts.First.IsZero() && !c.Facts.First.After(w.From.AddDate(0, 0, grace))
}

// Money picks format and unit for amounts up to the largest of the values.
func (c *Context) Money(values ...view.Value) (view.Format, string) {
	biggest := 0.0
	for _, v := range values {
		if v.Has() {
			biggest = max(biggest, v.Float, -v.Float)
		}
	}
	return view.MoneyFormat(c.Lang, c.Currency, biggest)
}

// TableMoney is money for a column that runs from small members to a total.
func (c *Context) TableMoney(values ...view.Value) (view.Format, string) {
	biggest := 0.0
	for _, v := range values {
		if v.Has() {
			biggest = max(biggest, v.Float, -v.Float)
		}
	}
	return view.TableFormat(c.Lang, c.Currency, biggest)
}

// Amount writes an Amount in a sentence, its size without a sign.
func (c *Context) Amount(v view.Value) string {
	x := v.Float
	if x < 0 {
		x = -x
	}
	return view.Money(c.Lang, c.Currency, x)
}

// SignedAmount writes an amount in a sentence with its sign.
func (c *Context) SignedAmount(v view.Value) string {
	sign := ""
	switch {
	case v.Float > 0:
		sign = "+"
	case v.Float < 0:
		sign = "−"
	}
	return sign + c.Amount(v)
}

// Share writes the size of a Share in a sentence.
func (c *Context) Share(v view.Value) string {
	x := v.Float
	if x < 0 {
		x = -x
	}
	return view.Percentage(c.Lang, x)
}

// SignedShare writes a share of 1 as a change: "+2.7%", "−3.4%".
func (c *Context) SignedShare(v view.Value) string {
	return view.Show(c.Lang, v, view.Pct().Change())
}

// Rounded writes a number without decimals.
func (c *Context) Rounded(v view.Value) string { return view.Figure(c.Lang, v.Float, 0, false) }
