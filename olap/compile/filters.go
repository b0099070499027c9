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

// maxValues bounds the values of one filter.
const maxValues = 100_000

// condition is a filter whose values have the type of their attribute.
type condition struct {
	field   *field
	op      string
	values  []any
	none    bool // (none) is among the values
	unknown bool // (unknown) is among the values
}

// operators are the filter operators and how many values each takes (-1: one
// or more).
var operators = []struct {
	name   string
	values int
}{
	{"=", 1}, {"!=", 1}, {"in", -1}, {"not_in", -1}, {"<", 1}, {"<=", 1}, {">", 1}, {">=", 1},
	{"between", 2}, {"contains", 1}, {"starts", 1}, {"is_null", 0}, {"not_null", 0},
	{"key_in", -1}, {"key_not_in", -1},
}

func operatorNames() (names []string) {
	for _, o := range operators {
		names = append(names, o.name)
	}
	return names
}

// bindFilters checks the filters and types their values.
func (p *plan) bindFilters() error {
	for _, f := range p.query.Where {
		c, err := p.bindFilter(f)
		if err != nil {
			return err
		}
		p.filters = append(p.filters, c)
	}
	return nil
}

func (p *plan) bindFilter(f cube.Filter) (*condition, error) {
	fd, err := p.field("where", f.Field)
	if err != nil {
		return nil, err
	}
	at := slices.Index(operatorNames(), f.Op)
	if at < 0 {
		advice := cube.Hint(f.Op, operatorNames())
		if strings.EqualFold(f.Op, "like") {
			advice = "write contains or starts"
		}
		return nil, refuse("where", f.Op, "%s: no operator %q; %s", fd.name, f.Op, advice)
	}
	want := operators[at].values
	switch {
	case want >= 0 && len(f.Values) != want:
		return nil, refuse("where", f.Field, "%s %s takes %s, got %d", fd.name, f.Op, []string{"no value", "one value", "two values"}[want], len(f.Values))
	case want < 0 && len(f.Values) == 0:
		return nil, refuse("where", f.Field, "%s %s needs at least one value", fd.name, f.Op)
	case len(f.Values) > maxValues:
		return nil, refuse("where", f.Field, "%s %s has %d values; at most %d", fd.name, f.Op, len(f.Values), maxValues)
	case fd.attr.Type != "text" && (f.Op == "contains" || f.Op == "starts"):
		return nil, refuse("where", f.Field, "%s holds no text, and %s is for text", fd.name, f.Op)
	}
	c := &condition{field: fd, op: f.Op}
	byKey := f.Op == "key_in" || f.Op == "key_not_in"
	equality := f.Op == "=" || f.Op == "!=" || f.Op == "in" || f.Op == "not_in" || byKey
	for _, text := range f.Values {
		if text == cube.None || text == cube.Unknown {
			if !equality {
				return nil, refuse("where", text, "%s: %s takes = != in and not_in only", fd.name, text)
			}
			c.none = c.none || text == cube.None
			c.unknown = c.unknown || text == cube.Unknown
			continue
		}
		if byKey {
			v, err := fd.parseKey("where", text)
			if err != nil {
				return nil, err
			}
			c.values = append(c.values, v)
			continue
		}
		values, err := parseValue(fd, text, equality)
		if err != nil {
			return nil, err
		}
		c.values = append(c.values, values...)
	}
	if f.Op == "between" && less(c.values[1], c.values[0]) {
		return nil, refuse("where", f.Field, "%s between %s and %s: the first value is the larger", fd.name, f.Values[0], f.Values[1])
	}
	return c, nil
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
		lines = append(lines, cube.FormatWhere([]cube.Filter{f}))
	}
	return strings.Join(lines, "\n")
}
