package compile

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
)

// Bounds of filters.
const (
	maxValues    = 100_000 // values of one filter
	maxAllValues = 200_000 // of all filters of a query
	maxFilters   = 1_000
	maxNesting   = 8  // groups in groups
	listFrom     = 50 // more values than this are one parameter
)

// condition is a filter whose values have the type of their attribute.
type condition struct {
	field   *field
	op      string
	values  []any
	none    bool // (none) is among the values
	unknown bool // (unknown) is among the values

	keys  []any         // of key_in and not_key_in
	sets  []*cube.Set   // of in_set and not_in_set
	tree  *cube.Parents // of under and not_under
	stage int           // the number in the names of the stages it needs; from 1
	inner bool          // in a group
}

// group is filters of which any, or all, must hold; with a condition it is
// that alone.
type group struct {
	any       bool
	of        []*group
	condition *condition
}

// conditions are those of the group and of the groups in it.
func (g *group) conditions() (list []*condition) {
	if g.condition != nil {
		return []*condition{g.condition}
	}
	for _, x := range g.of {
		list = append(list, x.conditions()...)
	}
	return list
}

// field is the attribute of the first condition.
func (g *group) field() *field { return g.conditions()[0].field }

// operators are the filter operators and how many values each takes (-1: one
// or more).
var operators = []struct {
	name   string
	values int
}{
	{"=", 1}, {"!=", 1}, {"in", -1}, {"not_in", -1}, {"<", 1}, {"<=", 1}, {">", 1}, {">=", 1},
	{"between", 2}, {"contains", 1}, {"not_contains", 1}, {"starts", 1}, {"ends", 1}, {"is_null", 0}, {"not_null", 0},
	{"key_in", -1}, {"not_key_in", -1}, {"under", -1}, {"not_under", -1}, {"in_set", -1}, {"not_in_set", -1}, {"all", 0},
}

// equalities compare whole values, so that (none) and (unknown) may be meant.
var equalities = []string{"=", "!=", "in", "not_in", "key_in", "not_key_in"}

func operatorNames() (names []string) {
	for _, o := range operators {
		names = append(names, o.name)
	}
	return names
}

// bindFilters checks the filters and types their values.
func (p *plan) bindFilters() error {
	filters, values := countFilters(p.query.Where)
	switch {
	case filters > maxFilters:
		return refuse("where", "", "%d filters; at most %d", filters, maxFilters)
	case values > maxAllValues:
		return refuse("where", "", "the filters have %d values together; at most %d", values, maxAllValues)
	}
	for _, f := range p.query.Where {
		g, err := p.bindGroup(f, 0)
		if err != nil {
			return err
		}
		if g.condition == nil {
			p.grouped = append(p.grouped, g)
		}
	}
	return p.bindDefaults()
}

// countFilters counts filters, groups included, and all their values.
func countFilters(filters []cube.Filter) (n, values int) {
	for _, f := range filters {
		n, values = n+1, values+len(f.Values)
		for _, inner := range [][]cube.Filter{f.Any, f.All} {
			m, v := countFilters(inner)
			n, values = n+m, values+v
		}
	}
	return n, values
}

// bindGroup checks a filter or a group of them, depth groups deep.
func (p *plan) bindGroup(f cube.Filter, depth int) (*group, error) {
	inner := f.Any
	if f.Any == nil {
		inner = f.All
	}
	switch {
	case f.Any == nil && f.All == nil:
		c, err := p.bindFilter(f)
		if err != nil {
			return nil, err
		}
		c.inner = depth > 0
		if c.op != "all" {
			p.filters = append(p.filters, c)
			c.stage = len(p.filters)
		} else if depth > 0 {
			return nil, refuse("where", f.Field, "%s all stands by itself, not in a group", f.Field)
		}
		p.touched = append(p.touched, c.field.use)
		return &group{condition: c}, nil
	case f.Any != nil && f.All != nil:
		return nil, refuse("where", "", "a group is either any or all; put one into the other")
	case f.Field != "" || f.Op != "" || len(f.Values) > 0:
		return nil, refuse("where", f.Field, "a filter is either a group or a condition on %s", f.Field)
	case len(inner) == 0:
		return nil, refuse("where", "", "an empty group of filters")
	case depth == maxNesting:
		return nil, refuse("where", "", "groups of filters stand in each other more than %d deep", maxNesting)
	}
	g := &group{any: f.Any != nil}
	for _, x := range inner {
		of, err := p.bindGroup(x, depth+1)
		if err != nil {
			return nil, err
		}
		g.of = append(g.of, of)
	}
	return g, nil
}

// checkFilter finds the operator and checks the number of values.
func checkFilter(f cube.Filter) error {
	at := slices.Index(operatorNames(), f.Op)
	if at < 0 {
		advice := cube.Hint(f.Op, operatorNames())
		if strings.EqualFold(f.Op, "like") {
			advice = "write contains, starts or ends"
		}
		return refuse("where", f.Op, "%s: no operator %q; %s", f.Field, f.Op, advice)
	}
	want := operators[at].values
	switch {
	case want >= 0 && len(f.Values) != want:
		return refuse("where", f.Field, "%s %s takes %s, got %d", f.Field, f.Op, []string{"no value", "one value", "two values"}[want], len(f.Values))
	case want < 0 && len(f.Values) == 0:
		return refuse("where", f.Field, "%s %s needs at least one value", f.Field, f.Op)
	case len(f.Values) > maxValues:
		return refuse("where", f.Field, "%s %s has %d values; at most %d", f.Field, f.Op, len(f.Values), maxValues)
	}
	return nil
}

func (p *plan) bindFilter(f cube.Filter) (*condition, error) {
	switch f.Op {
	case "in_set", "not_in_set", "all":
		return p.bindSet(f)
	case "under", "not_under":
		return p.bindUnder(f)
	}
	fd, err := p.filterField(f)
	if err != nil {
		return nil, err
	}
	f.Field = fd.name
	if err := checkFilter(f); err != nil {
		return nil, err
	}
	return bindValues(fd, f)
}

// bindValues types the values of a filter on an attribute.
func bindValues(fd *field, f cube.Filter) (*condition, error) {
	textual := []string{"contains", "not_contains", "starts", "ends"}
	if fd.attr.Type != "text" && slices.Contains(textual, f.Op) {
		return nil, refuse("where", f.Field, "%s holds no text, and %s is for text", fd.name, f.Op)
	}
	c := &condition{field: fd, op: f.Op}
	equality, byKey := slices.Contains(equalities, f.Op), f.Op == "key_in" || f.Op == "not_key_in"
	for _, text := range f.Values {
		calculated := (*cube.Calculated)(nil)
		if equality {
			calculated = calculatedMember(fd.attr, text)
		}
		of := []string{text}
		if calculated != nil {
			of = calculated.Of
		}
		for _, text := range of {
			if err := c.addValue(text, equality, byKey && calculated == nil); err != nil {
				return nil, err
			}
		}
	}
	c.values, c.keys = unique(c.values), unique(c.keys)
	if f.Op == "between" && less(c.values[1], c.values[0]) {
		return nil, refuse("where", f.Field, "%s between %s and %s: the first value is the larger", fd.name, f.Values[0], f.Values[1])
	}
	return c, nil
}

// addValue adds one value, or key, as written.
func (c *condition) addValue(text string, equality, key bool) error {
	if text == cube.None || text == cube.Unknown {
		if !equality {
			return refuse("where", text, "%s: %s takes = != in and not_in only", c.field.name, text)
		}
		c.none = c.none || text == cube.None
		c.unknown = c.unknown || text == cube.Unknown
		return nil
	}
	if key {
		v, err := c.field.parseKey("where", text)
		c.keys = append(c.keys, v)
		return err
	}
	values, err := parseValue(c.field, text, equality)
	c.values = append(c.values, values...)
	return err
}

// keyType is the type of what tells the members of an attribute apart.
func (f *field) keyType() string {
	switch {
	case f.attr.Key == "":
		return f.attr.Type
	case f.byKey():
		return "integer"
	}
	return "text"
}

// parseKey reads the text of a key.
func (f *field) parseKey(part, text string) (any, error) {
	v, err := parseTyped(f.keyType(), text)
	if err != nil {
		known := ""
		if f.byKey() {
			known = "; keys are those of the answer's rows and columns, not the names shown"
		}
		return nil, refuse(part, text, "%s: key %q is not %s%s", f.name, text, err, known)
	}
	return v, nil
}

// unique leaves out repeated values; between has two that may be one.
func unique(values []any) []any {
	if len(values) <= 2 {
		return values
	}
	seen, list := make(map[any]bool, len(values)), values[:0]
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	return list
}

// parseValue reads a value of the attribute's type. For equality, the name
// shown for a value is accepted in place of the value; where several values go
// by one name, all of them are meant.
func parseValue(f *field, text string, equality bool) ([]any, error) {
	if equality {
		if values := namedValues(f.attr, text); values != nil {
			return values, nil
		}
	}
	v, err := parseTyped(f.attr.Type, text)
	if err != nil {
		known := ""
		if len(f.attr.Names) > 0 {
			known = "; " + cube.Hint(text, nameList(f.attr))
		}
		return nil, refuse("where", text, "%s: %q is not %s%s", f.name, text, err, known)
	}
	return []any{v}, nil
}

func namedValues(a *cube.Attribute, text string) (values []any) {
	var raws []string
	for raw, name := range a.Names {
		if raw != text && (strings.EqualFold(name.EN, text) || name.ZH == text) {
			raws = append(raws, raw)
		}
	}
	if _, isRaw := a.Names[text]; isRaw || len(raws) == 0 {
		return nil
	}
	sort.Strings(raws)
	for _, raw := range raws {
		if v, err := parseTyped(a.Type, raw); err == nil {
			values = append(values, v)
		}
	}
	return values
}

func nameList(a *cube.Attribute) (names []string) {
	for _, name := range a.Names {
		names = append(names, name.EN)
	}
	sort.Strings(names)
	return names
}

// parseTyped reads a value; its error completes "… is not".
func parseTyped(kind, text string) (any, error) {
	switch kind {
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, nil
		}
		return nil, fmt.Errorf("a whole number")
	case "date":
		if d, err := time.Parse(time.DateOnly, text); err == nil {
			return d, nil
		}
		return nil, fmt.Errorf("a date; write YYYY-MM-DD")
	case "boolean":
		switch strings.ToLower(text) {
		case "true", "yes", "1":
			return true, nil
		case "false", "no", "0":
			return false, nil
		}
		return nil, fmt.Errorf("true or false")
	}
	return text, nil
}

func less(a, b any) bool {
	switch a := a.(type) {
	case int64:
		return a < b.(int64)
	case string:
		return a < b.(string)
	case time.Time:
		return a.Before(b.(time.Time))
	}
	return false
}

func (p *plan) showFilters() string {
	var lines []string
	for _, f := range p.query.Where {
		lines = append(lines, showFilter(f))
	}
	return strings.Join(append(lines, p.notes...), "\n")
}

// showFilter is a filter in words, long lists cut.
func showFilter(f cube.Filter) string {
	if f.Any != nil || f.All != nil {
		word := " or "
		if f.Any == nil {
			word = " and "
		}
		var parts []string
		for _, g := range slices.Concat(f.Any, f.All) {
			parts = append(parts, showFilter(g))
		}
		return "(" + strings.Join(parts, word) + ")"
	}
	if n := len(f.Values); n > 20 {
		f.Values = append(slices.Clone(f.Values[:10]), fmt.Sprintf("… %d more", n-10))
	}
	return cube.FormatWhere([]cube.Filter{f})
}
