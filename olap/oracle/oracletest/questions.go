package oracletest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"verso/olap/cube"
	"verso/olap/formula"
	"verso/olap/oracle"
)

// Features are the parts of a question that [Questions] may use beside rows,
// columns, measures, plain filters, time ranges, first-attribute rankings,
// sorting and totals: those whose entry is "". Another entry says why not.
type Features map[string]string

// The features there are.
const (
	ScopeYears    = "scope.py"           // @py … @py3
	ScopePeriod   = "scope.pp"           // @pp
	ScopeWeekday  = "scope.pw"           // @pw
	ScopeWindow   = "scope.window"       // @ytd …
	ScopeRoll     = "scope.roll"         // @roll3m …
	ScopeBoth     = "scope.both"         // @ytd.py
	ScopeScenario = "scope.scenario"     // @plan
	OverTime      = "measure.over_time"  // measures of one day
	Combined      = "cube.combined"      // cubes that combine others
	CalcDelta     = "calc.delta"         // :delta :pct
	CalcOpenDays  = "calc.lfl"           // :lfl
	CalcShare     = "calc.share"         // :share.…
	CalcRank      = "calc.rank"          // :rank
	CalcRunning   = "calc.running"       // :running
	CalcIndex     = "calc.index"         // :index
	CompareWith   = "compare"            // Query.Compare
	HavingRows    = "having"             // Query.Having
	TopPercent    = "top.percent"        // Top.Percent
	TopField      = "top.field"          // Top.Field
	ColSub        = "totals.colsub"      // Totals.ColSub
	SortMembers   = "sort.members"       // Sort.Members
	FilterGroups  = "filter.groups"      // Filter.Any, Filter.All
	FilterText    = "filter.text"        // not_contains, ends
	FilterKeys    = "filter.keys"        // key_in, not_key_in
	FilterUnder   = "filter.under"       // under, not_under
	FilterSets    = "filter.sets"        // in_set, not_in_set, all
	AxisTree      = "axis.tree"          // levels of a hierarchy of parents, and all of them
	AxisSet       = "axis.set"           // the attribute of a set
	AxisAlso      = "axis.also"          // calculated members
	RowKeys       = "answer.keys"        // Row.Keys, Column.Keys
	NamelessKeyed = "data.nameless"      // members with a key and no name
	OddDays       = "data.odd_days"      // facts on ends of months, leap days, after the as-of date, without a day
	DanglingDays  = "data.dangling_days" // facts on days that the calendar does not have
	TwoDates      = "time.other_date"    // Time.Field other than the first date
)

func (f Features) on(feature string) bool {
	reason, known := f[feature]
	return known && reason == ""
}

// Questions makes random questions for a warehouse.
type Questions struct {
	Rand     *rand.Rand
	Model    *cube.Model
	Oracle   *oracle.Oracle
	Features Features
}

// has is whether a feature is on and its turn, one time in n.
func (g *Questions) has(feature string, n int) bool {
	return g.Features.on(feature) && g.Rand.IntN(n) == 0
}

// Next is a question that names only what exists. It may be one that must be
// refused: the oracle knows.
func (g *Questions) Next() cube.Query {
	r := g.Rand
	cubes := slices.DeleteFunc(slices.Clone(g.Model.Cubes), func(c *cube.Cube) bool { return c.Virtual() && !g.Features.on(Combined) })
	c := cubes[r.IntN(len(cubes))]
	q := cube.Query{Cube: c.Name}
	fields := append(c.FieldNames(), g.derived(c)...)
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	if r.IntN(2) == 0 { // periods more often than their number
		period := []string{"date.month", "date.quarter", "date.year", "date.week", "date.day", "date.half"}[r.IntN(6)]
		fields = append([]string{period}, slices.DeleteFunc(fields, func(f string) bool { return f == period })...)
	}
	n := r.IntN(4)
	q.Rows, fields = fields[:n:n], fields[n:]
	if r.IntN(2) == 0 {
		n = 1 + r.IntN(2)
		q.Columns = fields[:n]
	}
	r.Shuffle(len(q.Rows), func(i, j int) { q.Rows[i], q.Rows[j] = q.Rows[j], q.Rows[i] })
	for range 1 + r.IntN(4) {
		if ref := g.ref(c, true); !slices.Contains(q.Measures, ref) {
			q.Measures = append(q.Measures, ref)
		}
	}
	q.Totals = cube.Totals{Grand: r.IntN(2) == 0, Rows: len(q.Rows) > 0 && r.IntN(2) == 0, Cols: len(q.Columns) > 0 && r.IntN(2) == 0}
	q.Totals.ColSub = len(q.Columns) > 1 && g.has(ColSub, 2)
	for range r.IntN(3) {
		q.Where = append(q.Where, g.filter(c, 2))
	}
	if r.IntN(3) == 0 {
		q.Time = g.time(c)
	}
	if g.has(CompareWith, 4) {
		q.Compare = []string{"py", "pp", "pw", "py2"}[r.IntN(4):][:1]
	}
	g.arrange(&q, c)
	g.addAlso(&q, c)
	g.settle(&q, c)
	if strings.Contains(fmt.Sprint(q), "td") || strings.Contains(fmt.Sprint(q), "@roll") {
		g.narrow(&q)
	}
	return q
}

// settle takes away most of what must be refused.
func (g *Questions) settle(q *cube.Query, c *cube.Cube) {
	r := g.Rand
	text := fmt.Sprint(*q)
	if r.IntN(8) == 0 {
		return
	}
	stock := func(name string) bool {
		ref, _ := cube.ParseRef(name)
		return c.Measure(ref.Measure).Stock()
	}
	if strings.Contains(text, "@") || len(q.Compare) > 0 || slices.ContainsFunc(q.Measures, stock) {
		q.Where = slices.DeleteFunc(q.Where, func(f cube.Filter) bool { return len(f.Any)+len(f.All) > 1 })
	}
	if periods := q.Top != nil && q.Top.Others && (strings.HasPrefix(q.Rows[0], "date.") || strings.HasPrefix(q.Top.Field, "date.")); periods {
		q.Top.Others = false
	}
	if (strings.Contains(text, "pp") || slices.Contains(q.Compare, "pp")) && (q.Time == nil || q.Time.From == "") {
		from := day(2023+r.IntN(2), time.Month(1+r.IntN(12)), 1+13*r.IntN(2))
		q.Time = &cube.Time{From: from.Format(time.DateOnly), To: from.AddDate(0, 1+r.IntN(9), -1).Format(time.DateOnly)}
	}
}

// derived are attributes that follow from trees and sets, and the trees
// themselves.
func (g *Questions) derived(c *cube.Cube) (fields []string) {
	for _, u := range c.Dimensions {
		for _, h := range u.Of.Parents {
			if g.has(AxisTree, 1) {
				fields = append(fields, u.Name+"."+h.Name, u.Name+"."+h.Attribute(1), u.Name+"."+h.Attribute(2), u.Name+"."+h.Attribute(3))
			}
		}
		for _, s := range u.Of.Sets {
			if g.has(AxisSet, 1) {
				fields = append(fields, u.Name+".set_"+s.Name)
			}
		}
	}
	return fields
}

// addAlso asks for the calculated members of an attribute on the axes, or puts
// one there that has some.
func (g *Questions) addAlso(q *cube.Query, c *cube.Cube) {
	if q.Top != nil || len(q.Having) > 0 || !g.has(AxisAlso, 2) {
		return
	}
	for _, axis := range [][]string{q.Rows, q.Columns} {
		for i, name := range axis {
			dimension, attribute, _ := strings.Cut(name, ".")
			if a := c.Use(dimension).Of.Attribute(attribute); a != nil && len(a.Members) > 0 {
				axis[i] += "+"
				return
			}
		}
	}
}

// narrow keeps a question with windows small: a fact is shown on many days.
func (g *Questions) narrow(q *cube.Query) {
	from, _ := time.Parse(time.DateOnly, "2024-02-20")
	if q.Time != nil && q.Time.From != "" {
		from, _ = time.Parse(time.DateOnly, q.Time.From)
	}
	to := from.AddDate(0, 0, 40)
	fields := slices.Concat(q.Rows, q.Columns)
	if !slices.Contains(fields, "date.day") && !slices.Contains(fields, "date.week") && g.Rand.IntN(3) == 0 {
		to = from.AddDate(0, 13, 0)
	}
	q.Time = &cube.Time{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
	if len(fields) > 3 && len(q.Columns) > 0 {
		q.Columns = q.Columns[:1]
		q.Sort = slices.DeleteFunc(q.Sort, func(s cube.Sort) bool { return len(s.Members) > 0 })
	}
}

// arrange asks for a ranking, an order and a having.
func (g *Questions) arrange(q *cube.Query, c *cube.Cube) {
	r := g.Rand
	if len(q.Rows) > 0 && r.IntN(3) == 0 {
		q.Top = &cube.Top{N: 1 + r.IntN(4), By: g.ref(c, false), Others: r.IntN(2) == 0, Bottom: r.IntN(3) == 0}
		if g.has(TopPercent, 3) {
			q.Top.Percent, q.Top.N = true, 1+r.IntN(100)
		}
		if g.has(TopField, 2) {
			q.Top.Field = g.attribute(q, c)
		}
	}
	if r.IntN(3) == 0 {
		by := q.Measures[r.IntN(len(q.Measures))]
		if ref, _ := cube.ParseRef(by); exact(c.Measure(ref.Measure)) && (ref.Calc == "" || ref.Calc == cube.Delta || ref.Calc == cube.Pct) {
			q.Sort = append(q.Sort, cube.Sort{By: by, Desc: r.IntN(2) == 0})
		}
	}
	if by := g.attribute(q, c); by != "" && r.IntN(3) == 0 {
		q.Sort = append(q.Sort, cube.Sort{By: by, Desc: r.IntN(2) == 0})
	}
	if len(q.Rows) > 0 && g.has(HavingRows, 4) {
		h := cube.Having{By: g.ref(c, false), Op: []string{"=", "!=", "<", "<=", ">", ">=", "between", "is_null", "not_null"}[r.IntN(9)]}
		low := []int{-2, 0, 1, 2, 100, 1000}[r.IntN(6)]
		h.Values = []string{fmt.Sprint(low), fmt.Sprint(low + r.IntN(3000))}
		if by, _ := cube.ParseRef(h.By); c.Measure(by.Measure).ValueType() == "date" {
			h.Values = []string{"2024-11-20", fmt.Sprintf("2025-0%d-15", 1+r.IntN(9))}
		}
		switch {
		case strings.HasSuffix(h.Op, "null"):
			h.Values = nil
		case h.Op != "between":
			h.Values = h.Values[:1]
		}
		q.Having = append(q.Having, h)
	}
	if len(q.Sort) > 0 && len(q.Columns) > 0 && g.has(SortMembers, 2) {
		g.sortByColumn(q)
	}
}

// attribute is one on the rows; of a tree, its first level. "" if there is none.
func (g *Questions) attribute(q *cube.Query, c *cube.Cube) string {
	if len(q.Rows) == 0 {
		return ""
	}
	name := q.Rows[g.Rand.IntN(len(q.Rows))]
	dimension, attribute, _ := strings.Cut(name, ".")
	if h := c.Use(dimension).Of.Hierarchy(attribute); h != nil {
		return dimension + "." + h.Attribute(1)
	}
	return name
}

// sortByColumn sorts by a column of the answer.
func (g *Questions) sortByColumn(q *cube.Query) {
	if strings.Contains(q.Sort[0].By, ".") && !strings.Contains(q.Sort[0].By, ":share") {
		return
	}
	plain := *q
	plain.Sort = nil
	answer, err := g.Oracle.Evaluate(plain)
	if err == nil && len(answer.Columns) > 0 {
		q.Sort[0].Members = answer.Columns[g.Rand.IntN(len(answer.Columns))].Members
	}
}

// ref is a measure with, now and then, a scope and a calculation; one that
// rows can be chosen by unless shown.
func (g *Questions) ref(c *cube.Cube, shown bool) string {
	r := g.Rand
	names := c.MeasureNames()
	if !g.Features.on(OverTime) {
		names = slices.DeleteFunc(names, func(name string) bool { return c.Measure(name).Stock() })
	}
	if !shown {
		names = slices.DeleteFunc(names, func(name string) bool { return !exact(c.Measure(name)) })
	}
	ref := cube.Ref{Measure: names[r.IntN(len(names))]}
	against := func() string {
		for _, f := range r.Perm(3) {
			switch feature := []string{ScopeYears, ScopePeriod, ScopeWeekday}[f]; {
			case !g.has(feature, 1):
			case feature == ScopeYears:
				return []string{"py", "py", "py2", "py3"}[r.IntN(4)]
			default:
				return feature[len("scope."):]
			}
		}
		return ""
	}
	if r.IntN(3) == 0 {
		ref.Against = against()
		if n := len(c.Scenarios); n > 0 && g.has(ScopeScenario, 4) {
			ref.Against = c.Scenarios[r.IntN(n)].Name
		}
	}
	if ref.Against == "" || g.has(ScopeBoth, 3) {
		if g.has(ScopeWindow, 5) {
			ref.Window = []string{"ytd", "htd", "qtd", "mtd", "wtd", "fytd", "aytd"}[r.IntN(7)]
		} else if g.has(ScopeRoll, 6) {
			ref.Window = []string{"roll1d", "roll30d", "roll2w", "roll1m", "roll12m", "roll3m", "roll2q", "roll1y"}[r.IntN(8)]
		}
	}
	m := c.Measure(ref.Measure)
	adds := (m.Kind == cube.Sum || m.Kind == cube.Count) && !m.Stock() && ref.Window == ""
	dated := m.ValueType() == "date" && r.IntN(8) > 0
	var calcs []string
	for _, of := range []struct {
		feature string
		calcs   []string
		ok      bool
	}{
		{CalcDelta, []string{cube.Delta, cube.Pct}, ref.Against != ""},
		{CalcOpenDays, []string{cube.LikeForLike}, ref.Against != "" && shown && m.Kind != cube.Formula},
		{CalcShare, []string{cube.ShareParent, cube.ShareRow, cube.ShareColumn, cube.ShareTotal}, shown},
		{CalcRank, []string{cube.Rank}, shown && exact(c.Measure(ref.Measure))},
		{CalcRunning, []string{cube.Running}, shown && (adds || r.IntN(8) == 0)},
		{CalcIndex, []string{cube.Index}, shown},
	} {
		if of.ok && g.has(of.feature, 1) {
			calcs = append(calcs, of.calcs...)
		}
	}
	if len(calcs) > 0 && !dated && r.IntN(3) == 0 {
		ref.Calc = calcs[r.IntN(len(calcs))]
	}
	return ref.String()
}

// exact reports whether a measure has one right value to the last bit, so that
// rows can be ranked, ordered and chosen by it: not what is computed from doubles,
// nor approximate counts.
func exact(m *cube.Measure) bool {
	if len(m.Bases()) > 1 && slices.ContainsFunc(m.Bases(), func(b *cube.Measure) bool { return b.OverTime == cube.Average }) {
		return false
	}
	switch m.Kind {
	case cube.Approx, cube.StdDev, cube.Weighted, cube.Quantile:
		return m.Kind == cube.Quantile && m.ValueType() == "date"
	case cube.Formula:
		e := m.Expr()
		inner := e.Args
		if e.Op != formula.OpDivide {
			inner = []*formula.Expr{e}
		}
		return !slices.ContainsFunc(inner, func(a *formula.Expr) bool { return double(a) || a.Scale > 4 })
	}
	return true
}

// double reports whether a double is computed with.
func double(e *formula.Expr) bool {
	if m := cube.Of(e.Measure); m != nil {
		return !exact(m)
	}
	return e.Type == "double" || slices.ContainsFunc(e.Args, double)
}

// time is a range of some months or days within the facts' years, now and then
// open.
func (g *Questions) time(c *cube.Cube) *cube.Time {
	r := g.Rand
	var days []string
	for _, field := range c.FieldNames() {
		if field == "date.day" {
			for _, text := range g.Oracle.Shown(c.Name, field) {
				if text != cube.None && text != cube.Unknown {
					days = append(days, text)
				}
			}
		}
	}
	if len(days) == 0 {
		return &cube.Time{From: "2024-12-05"}
	}
	from, _ := time.Parse(time.DateOnly, days[r.IntN(len(days))])
	to := from.AddDate(0, r.IntN(14), r.IntN(40))
	if r.IntN(2) == 0 {
		from = day(from.Year(), from.Month(), 1)
		to = from.AddDate(0, 1+r.IntN(12), -1)
	}
	t := &cube.Time{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}
	switch r.IntN(6) {
	case 0:
		t.From = ""
	case 1:
		t.To = ""
	}
	if c.Use("due") != nil && g.has(TwoDates, 2) {
		t.Field = "due"
	}
	return t
}

// filter is a condition on values that occur, and sometimes on one that does
// not, or a group of conditions.
func (g *Questions) filter(c *cube.Cube, depth int) cube.Filter {
	r := g.Rand
	if depth > 0 && g.has(FilterGroups, 5) {
		list := []cube.Filter{g.filter(c, depth-1)}
		for range r.IntN(3) {
			list = append(list, g.filter(c, depth-1))
		}
		if r.IntN(3) == 0 {
			return cube.Filter{All: list}
		}
		return cube.Filter{Any: list}
	}
	if f := g.memberFilter(c); f.Op != "" {
		return f
	}
	names := append(c.FieldNames(), slices.DeleteFunc(g.derived(c), func(name string) bool {
		dimension, attribute, _ := strings.Cut(name, ".")
		return c.Use(dimension).Of.Attribute(attribute) == nil
	})...)
	return g.FilterOn(c, names[r.IntN(len(names))])
}

// FilterOn is a condition on an attribute, mostly on values that occur.
func (g *Questions) FilterOn(c *cube.Cube, field string) cube.Filter {
	r := g.Rand
	occur := g.Oracle.Shown(c.Name, field)
	var values []string
	for range 3 {
		v := "2024"
		if len(occur) > 0 && r.IntN(8) > 0 {
			v = occur[r.IntN(len(occur))]
		}
		values = append(values, v)
	}
	dimension, attribute, _ := strings.Cut(field, ".")
	return g.condition(field, c.Use(dimension).Of.Attribute(attribute), values)
}

func (g *Questions) condition(field string, a *cube.Attribute, values []string) cube.Filter {
	r := g.Rand
	f := cube.Filter{Field: field, Op: "in", Values: values[:1+r.IntN(3)]}
	one := values[0]
	switch a.Type {
	case "integer":
		one = fmt.Sprint(2015 + r.IntN(11))
		if len(a.Names) > 0 {
			one = fmt.Sprint(1 + r.IntN(7))
		}
	case "date":
		one = "2025-01-15"
	case "boolean":
		f.Values = []string{"true"}
	}
	if a.Type != "text" && a.Type != "boolean" {
		f.Values = []string{one, cube.None, cube.Unknown}[:1+r.IntN(3)]
	}
	if n := len(a.Members); n > 0 && r.IntN(3) == 0 {
		return cube.Filter{Field: field, Op: []string{"in", "not_in", "=", "!=", "key_in", "not_key_in"}[r.IntN(6)], Values: []string{a.Members[r.IntN(n)].Name}}
	}
	sized := one != cube.None && one != cube.Unknown && a.Type != "boolean"
	part := []rune(one)
	at := r.IntN(len(part))
	switch op := r.IntN(9); {
	case op == 0:
		f.Op = "not_in"
	case op == 1:
		f.Op, f.Values = "!=", f.Values[:1]
	case op == 2:
		f.Op, f.Values = "is_null", nil
	case op == 3:
		f.Op, f.Values = "not_null", nil
	case op == 4 && sized:
		f.Op, f.Values = []string{"<", "<=", ">", ">="}[r.IntN(4)], []string{one}
	case op == 5 && sized:
		f.Op, f.Values = "between", []string{one, one}
	case op == 8 && a.Key != "" && g.has(FilterKeys, 1):
		f.Op, f.Values = "key_in", []string{"T", "F", "S", "TP"}[r.IntN(3):]
		if a.Key == a.Dimension.Key {
			f.Values = []string{fmt.Sprint(1 + r.IntN(9)), fmt.Sprint(1 + r.IntN(9))}
		}
		if r.IntN(2) == 0 {
			f.Op = "not_key_in"
		}
		f.Values = append(f.Values, []string{cube.None, cube.Unknown}[:r.IntN(3)]...)
	case op == 6 && sized && a.Type == "text":
		f.Op, f.Values = "starts", []string{string(part[:min(3, len(part))])}
	case op == 7 && sized && a.Type == "text":
		f.Op, f.Values = "contains", []string{string(part[at:min(at+3, len(part))])}
		if g.has(FilterText, 2) {
			f.Op = []string{"not_contains", "ends"}[r.IntN(2)]
		}
	}
	return f
}
