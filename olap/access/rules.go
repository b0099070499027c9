package access

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// layout is part of every cut's name: it changes with the way cuts are made, so
// that a newer verso does not serve what an older one made.
const layout = "1"

// Rules are what a person's roles come to, with what is known of the person
// filled in. Two persons with equal rules see the same.
//
// Rows add up: a customer that any of the roles shows is seen. Everything else is
// the strictest of the roles: a column that one of them hides is hidden, a door
// opens only where all of them open it. A role that opens nothing that another
// one does not open as well is left out first, so that holding it takes nothing
// away.
type Rules struct {
	Whole     bool                  // everything: an administrator
	All       bool                  // every customer
	Any       []map[string][]string // else customers that meet all conditions of one of these
	Hide      []string
	Mask      []string
	Aggregate []string
	Show      []string  // computed from what is hidden, and open all the same
	Tables    *[]string // schemas and tables; nil: all that the rows permit
	Names     bool      // of persons
	Minimum   int       // customers behind a cell; 0: any
	By        []string  // attributes to ask by; only with Minimum

	SQL, Facts, AllPages bool
	Pages                []string // where not AllPages
}

// Rules gives what a person may see. The error names a role that the policy does
// not have: whoever holds it is let in nowhere.
func (p *Policy) Rules(person Person) (Rules, error) {
	if person.Admin {
		return Rules{Whole: true, All: true, Names: true, SQL: true, Facts: true, AllPages: true}, nil
	}
	var roles []*Role
	for _, name := range person.Roles {
		r := p.Roles[name]
		if r == nil {
			return Rules{}, &RoleError{fmt.Sprintf("%s holds the role %q, which the policy does not have: %s", person.Name, name, strings.Join(sortedKeys(p.Roles), ", "))}
		}
		roles = append(roles, r)
	}
	if len(roles) == 0 {
		return Rules{}, &RoleError{fmt.Sprintf("%s holds no role and may see nothing: give one in the users file", person.Name)}
	}
	roles = slices.DeleteFunc(slices.Clone(roles), func(r *Role) bool {
		return slices.ContainsFunc(roles, func(wider *Role) bool {
			return wider != r && wider.covers(r) && (!r.covers(wider) || wider.Name < r.Name)
		})
	})
	rules := roles[0].rules(person)
	for _, r := range roles[1:] {
		rules = rules.with(r.rules(person))
	}
	return rules, nil
}

// covers reports whether a role shows everything that another one shows.
func (r *Role) covers(o *Role) bool {
	tables := !r.Tables.Said || r.Tables.All || o.Tables.Said && subset(o.Tables.List, r.Tables.List) && !o.Tables.All
	pages := r.Pages.All || !o.Pages.All && subset(o.Pages.List, r.Pages.List)
	shown := len(r.Columns.Hide)+len(r.Columns.Mask) == 0 || subset(o.Columns.Show, r.Columns.Show)
	return r.Rows.All && r.Cells == nil && tables && pages && shown &&
		subset(r.Columns.Hide, o.Columns.Hide) && subset(r.Columns.Mask, o.Columns.Mask) && len(r.Columns.Aggregate) == 0 &&
		(r.SQL || !o.SQL) && (r.Facts || !o.Facts) && (r.Names || !o.Names)
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

// rules are those of one role for one person.
func (r *Role) rules(person Person) Rules {
	rules := Rules{All: r.Rows.All, Hide: sorted(r.Columns.Hide), Mask: sorted(r.Columns.Mask), Aggregate: sorted(r.Columns.Aggregate), Show: sorted(r.Columns.Show),
		Names: r.Names, SQL: r.SQL, Facts: r.Facts, AllPages: r.Pages.All, Pages: sorted(r.Pages.List)}
	if r.Tables.Said && !r.Tables.All {
		list := sorted(r.Tables.List)
		rules.Tables = &list
	}
	if r.Cells != nil {
		rules.Minimum, rules.By = r.Cells.Customers, sorted(r.Cells.By)
	}
	if !r.Rows.All {
		where := map[string][]string{}
		for field, list := range r.Rows.Where {
			field := canonicalField(field)
			where[field] = sorted(append(where[field], fill(list, person)...))
		}
		rules.Any = []map[string][]string{where}
	}
	return rules
}

// fill puts what is known of the person in the place of {me} and {attribute}.
// What is not known stands for no value: nothing is seen by it.
func fill(list []string, person Person) (filled []string) {
	for _, v := range list {
		name, isName := strings.CutPrefix(v, "{")
		switch {
		case !isName:
			filled = append(filled, v)
		case name == "me}":
			filled = append(filled, person.Name)
		default:
			filled = append(filled, person.Attributes[strings.TrimSuffix(name, "}")]...)
		}
	}
	return filled
}

// with are the rules of a person with both.
func (r Rules) with(o Rules) Rules {
	out := Rules{All: r.All || o.All, Hide: both(r.Hide, o.Hide), Mask: both(r.Mask, o.Mask), Aggregate: both(r.Aggregate, o.Aggregate), Show: shownByBoth(r, o),
		Names: r.Names && o.Names, SQL: r.SQL && o.SQL, Facts: r.Facts && o.Facts, AllPages: r.AllPages && o.AllPages,
		Minimum: max(r.Minimum, o.Minimum)}
	if !out.All {
		out.Any = slices.Concat(r.Any, o.Any)
	}
	out.Tables = r.Tables
	switch {
	case r.Tables == nil:
		out.Tables = o.Tables
	case o.Tables != nil:
		list := slices.Concat(within(*r.Tables, *o.Tables), within(*o.Tables, *r.Tables))
		list = sorted(list)
		out.Tables = &list
	}
	switch {
	case r.AllPages:
		out.Pages = o.Pages
	case o.AllPages:
		out.Pages = r.Pages
	default:
		out.Pages = common(r.Pages, o.Pages)
	}
	switch {
	case r.Minimum == 0:
		out.By = o.By
	case o.Minimum == 0:
		out.By = r.By
	default:
		out.By = common(r.By, o.By)
	}
	if out.Minimum > 0 {
		out.SQL, out.Facts, out.AllPages, out.Pages = false, false, false, nil
	}
	return out
}

// within are the names of a that b opens: themselves, or by their schema.
func within(a, b []string) (kept []string) {
	for _, name := range a {
		if opened(name, b) {
			kept = append(kept, name)
		}
	}
	return kept
}

// opened reports whether a list of schemas and tables opens a name.
func opened(name string, list []string) bool {
	schema, _, _ := strings.Cut(name, ".")
	return slices.Contains(list, name) || slices.Contains(list, schema)
}

// Cut names the rules: a short hash, the same for the same rules; "" for
// everything.
func (r Rules) Cut() string {
	if r.Whole {
		return ""
	}
	data := r
	// Doors are no part of what the file holds, but for the rows of persons.
	data.SQL, data.Facts, data.AllPages, data.Pages = false, false, false, nil
	if !data.All {
		data.Any = slices.Clone(data.Any)
		slices.SortFunc(data.Any, func(a, b map[string][]string) int { return strings.Compare(encoded(a), encoded(b)) })
	}
	sum := sha256.Sum256([]byte(layout + "\x00" + classesText + "\x00" + encoded(data)))
	return hex.EncodeToString(sum[:8])
}

// encoded is a value as text, the same for equal values.
func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("access: " + err.Error()) // texts, numbers and lists only
	}
	return string(text)
}

// Rights are what the rules grant beside the rows and columns of the cut.
func (r Rules) Rights() Rights {
	rights := Rights{Cut: r.Cut(), Told: r.told("en"), ToldZH: r.told("zh"), SQL: r.SQL, Facts: r.Facts, MinimumCell: r.Minimum}
	if !r.AllPages {
		rights.Pages = append([]string{}, r.Pages...)
	}
	return rights
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

func both(a, b []string) []string { return sorted(slices.Concat(a, b)) }

// shownByBoth are the exceptions that hold under both rules: those that both make,
// or that one makes while the other hides nothing.
func shownByBoth(r, o Rules) []string {
	switch {
	case len(r.Hide)+len(r.Mask) == 0:
		return o.Show
	case len(o.Hide)+len(o.Mask) == 0:
		return r.Show
	}
	return common(r.Show, o.Show)
}

func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(x string) bool { return !slices.Contains(b, x) })
}
