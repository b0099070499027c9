package cube

import (
	"maps"
	"slices"
	"strings"
)

// join brings a dimension, or a table beside it, to the facts: a left join on
// an integer key that is unique there, so that no fact is lost or repeated.
type join struct {
	alias string
	table string
	key   string
	fact  string            // key column of the fact table
	where map[string]string // further conditions on the joined table
}

// findJoins lists the tables that the attributes used are in, each once, in
// the order of the cube's dimensions.
func (p *plan) findJoins() error {
	used := map[string]bool{}
	for _, f := range p.allFields() {
		used[f.use.Name+"/"] = true
		used[f.use.Name+"/"+f.attr.In] = true
	}
	for _, u := range p.cube.Dimensions {
		if used[u.Name+"/"] {
			p.joins = append(p.joins, &join{alias: u.Name, table: u.Of.Table, key: u.Of.Key, fact: u.Key})
		}
		for _, b := range u.Of.Beside {
			if used[u.Name+"/"+b.Name] {
				p.joins = append(p.joins, &join{alias: u.Name + "." + b.Name, table: b.Table, key: b.Key, fact: u.Key, where: b.Where})
			}
		}
	}
	return nil
}

func (p *plan) allFields() []*field {
	fields := slices.Concat(p.rows, p.cols)
	for _, c := range p.filters {
		fields = append(fields, c.field)
	}
	return fields
}

// alias is the SQL name of the table that holds the attribute.
func (f *field) alias() string {
	if f.attr.In != "" {
		return quote(f.use.Name + "." + f.attr.In)
	}
	return quote(f.use.Name)
}

// unknown is the SQL of "the fact does not say which member", or says one that
// the dimension does not have.
func (f *field) unknown() string {
	return "COALESCE(" + quote(f.use.Name) + "." + quote(f.use.Of.Key) + ", -1) = -1"
}

// known is the SQL of "the fact says which member", NULL where the dimension
// does not have it.
func (f *field) known() string {
	return quote(f.use.Name) + "." + quote(f.use.Of.Key) + " <> -1"
}

func (j *join) conditions() []string { return slices.Sorted(maps.Keys(j.where)) }

func (p *plan) showJoins() string {
	var lines []string
	for _, j := range p.joins {
		lines = append(lines, j.table+" on "+j.key+" = "+j.fact)
	}
	return strings.Join(lines, "\n")
}
