package olap_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// oracle answers cube queries from the raw rows, one obvious step after the
// other, without SQL: find the facts, find each fact's members, keep what the
// filters keep, and for every cell of the answer take its facts and compute the
// measures from them.
type oracle struct {
	model *cube.Model
	data  *olaptest.Data
	index map[string]map[int64][]any // dimension table → key → row
}

func newOracle(m *cube.Model, d *olaptest.Data) *oracle {
	return &oracle{model: m, data: d, index: map[string]map[int64][]any{}}
}

// omember is a member as the oracle sees it.
type omember struct {
	state        int // 0 a member, 1 none, 2 unknown
	identity     string
	order, value any
	shown        string
	id           string
}

type ofact struct {
	row     []any
	members map[string]omember // by field
}

func (o *oracle) lookup(table, key string, k int64, where map[string]string) []any {
	id := table + key + fmt.Sprint(where)
	if o.index[id] == nil {
		o.index[id] = map[int64][]any{}
		t := o.data.Table(table)
	rows:
		for _, row := range t.Rows {
			for c, v := range where {
				if row[t.Column(c)] != v {
					continue rows
				}
			}
			o.index[id][row[t.Column(key)].(int64)] = row
		}
	}
	return o.index[id][k]
}

func (o *oracle) member(c *cube.Cube, fact *olaptest.Table, row []any, name string) omember {
	dimension, attribute, _ := strings.Cut(name, ".")
	use := c.Use(dimension)
	a := use.Of.Attribute(attribute)
	key := row[fact.Column(use.Key)].(int64)
	drow := o.lookup(use.Of.Table, use.Of.Key, key, nil)
	if key == -1 || drow == nil {
		return omember{state: 2, identity: "unknown", shown: "(unknown)"}
	}
	t := o.data.Table(use.Of.Table)
	at := t
	if a.In != "" {
		for _, b := range use.Of.Beside {
			if b.Name == a.In {
				at, drow = o.data.Table(b.Table), o.lookup(b.Table, b.Key, key, b.Where)
			}
		}
	}
	get := func(column string) any {
		if column == "" || drow == nil {
			return nil
		}
		return drow[at.Column(column)]
	}
	m := omember{value: get(a.Column), order: get(a.Order), id: engine.Text(get(a.ID))}
	if a.ShowKey {
		if k := get(a.Key); k == nil {
			m.value = nil
		} else if m.value == nil {
			m.value = k
		} else {
			m.value = k.(string) + " " + m.value.(string)
		}
	}
	m.identity = engine.Text(m.value)
	if a.Key != "" {
		m.identity = engine.Text(get(a.Key))
	}
	if m.value == nil {
		m.state, m.shown = 1, "(none)"
		m.identity = "none" + m.identity
		return m
	}
	m.shown = engine.Text(m.value)
	if n, ok := a.Names[m.shown]; ok {
		m.shown = n.EN
	}
	return m
}

func compareValues(a, b any) int {
	switch x := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return 1
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(strconv.FormatBool(x), strconv.FormatBool(y))
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	}
	return -1
}

func (m omember) compare(n omember) int {
	if m.state != n.state || m.state > 0 {
		return cmp.Compare(m.state, n.state)
	}
	if c := compareValues(m.order, n.order); c != 0 {
		return c
	}
	if c := compareValues(m.value, n.value); c != 0 {
		return c
	}
	if a, err := strconv.Atoi(m.identity); err == nil {
		if b, err := strconv.Atoi(n.identity); err == nil {
			return cmp.Compare(a, b)
		}
	}
	return cmp.Compare(m.identity, n.identity)
}

// keeps evaluates a filter on a fact.
func (o *oracle) keeps(c *cube.Cube, m omember, f cube.Filter) bool {
	dimension, attribute, _ := strings.Cut(f.Field, ".")
	a := c.Use(dimension).Of.Attribute(attribute)
	is := func(v string) bool {
		switch {
		case v == "(none)":
			return m.state == 1
		case v == "(unknown)":
			return m.state == 2
		case m.state != 0:
			return false
		case m.shown == v || engine.Text(m.value) == v:
			return true
		}
		return a.ShowKey && (strings.HasPrefix(m.shown, v+" ") || strings.HasSuffix(m.shown, " "+v) && m.identity+" "+v == m.shown)
	}
	typed := func(i int) any {
		switch a.Type {
		case "integer":
			n, _ := strconv.ParseInt(f.Values[i], 10, 64)
			return n
		case "date":
			d, _ := time.Parse(time.DateOnly, f.Values[i])
			return d
		}
		return f.Values[i]
	}
	value := m.value
	if a.ShowKey {
		value = m.identity
	}
	switch f.Op {
	case "=", "in":
		return slices.ContainsFunc(f.Values, is)
	case "!=", "not_in":
		return !slices.ContainsFunc(f.Values, is)
	case "is_null":
		return m.state != 0
	case "not_null":
		return m.state == 0
	}
	if m.state != 0 {
		return false
	}
	switch f.Op {
	case "contains":
		return strings.Contains(strings.ToLower(m.shown), strings.ToLower(f.Values[0]))
	case "starts":
		return strings.HasPrefix(strings.ToLower(m.shown), strings.ToLower(f.Values[0]))
	case "between":
		return compareValues(value, typed(0)) >= 0 && compareValues(value, typed(1)) <= 0
	}
	d := compareValues(value, typed(0))
	return f.Op == "<" && d < 0 || f.Op == "<=" && d <= 0 || f.Op == ">" && d > 0 || f.Op == ">=" && d >= 0
}

// facts are the fact rows that the query keeps.
func (o *oracle) facts(q cube.Query) []ofact {
	c := o.model.Cube(q.Cube)
	t := o.data.Table(c.Table)
	var list []ofact
rows:
	for _, row := range t.Rows {
		f := ofact{row: row, members: map[string]omember{}}
		for _, name := range slices.Concat(q.Rows, q.Columns) {
			f.members[name] = o.member(c, t, row, name)
		}
		for _, w := range q.Where {
			if !o.keeps(c, o.member(c, t, row, w.Field), w) {
				continue rows
			}
		}
		if q.Time != nil {
			key := row[t.Column("date_key")].(int64)
			day := fmt.Sprintf("%04d-%02d-%02d", key/10000, key/100%100, key%100)
			if q.Time.From != "" && day < q.Time.From || q.Time.To != "" && day > q.Time.To {
				continue
			}
		}
		list = append(list, f)
	}
	return list
}

// measure computes one measure over facts: nil, int64, float64 or text of an
// exact decimal.
func (o *oracle) measure(c *cube.Cube, name string, facts []ofact) any {
	m, t := c.Measure(name), o.data.Table(c.Table)
	if v, ok := o.otherKinds(c, m, facts); ok {
		return v
	}
	if m.Kind == cube.Ratio {
		n, d := exact(o.measure(c, m.Numerator, facts)), exact(o.measure(c, m.Denominator, facts))
		if n == nil || d == nil || d.Sign() == 0 {
			return nil
		}
		f, _ := n.Quo(n, d).Float64() // the nearest double to the true quotient
		return f
	}
	var values []any
	for _, f := range facts {
		if m.WhenKnown != "" && f.row[t.Column(m.WhenKnown)] == nil || m.WhenTrue != "" && f.row[t.Column(m.WhenTrue)] != true {
			continue
		}
		if m.Kind == cube.Count {
			values = append(values, int64(1))
		} else if v := f.row[t.Column(m.Column)]; v != nil {
			values = append(values, v)
		}
	}
	switch m.Kind {
	case cube.Count:
		return int64(len(values))
	case cube.Distinct:
		set := map[any]bool{}
		for _, v := range values {
			if v != int64(-1) {
				set[v] = true
			}
		}
		return int64(len(set))
	}
	if len(values) == 0 {
		return nil
	}
	sum, scale := int64(0), int32(-1)
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			sum += v
		case engine.Decimal:
			sum, scale = sum+int64(v.Num.LowBits()), v.Scale
		}
	}
	if scale < 0 {
		return sum
	}
	return olaptest.Money(sum)
}

func exact(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return big.NewRat(v, 1)
	case engine.Decimal:
		return big.NewRat(int64(v.Num.LowBits()), 10000)
	}
	return nil
}

func number(v any) *float64 {
	if d, ok := v.(time.Time); ok {
		day := float64(d.Unix())
		return &day
	}
	f, ok := engine.Float(v)
	if !ok {
		return nil
	}
	return &f
}
