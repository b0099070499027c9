package system

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"verso/etl/canon"
)

// Fitted is a system fitted to a database or file that was looked at.
type Fitted struct {
	Maps  []FittedMap
	Notes []string // what is left out and what is lost with it
}

// FittedMap is a map without what the database lacks.
type FittedMap struct {
	Map
	Absent  string   // why the whole map is left out; "" when it is not
	Dropped []string // comments on columns that are left out
	Empty   bool     // its main table has no rows, as far as the database's estimate goes
}

// Fit takes out of a system what the tables lack. tables nil: nothing was looked
// at, so nothing is taken out.
func (s System) Fit(tables []Table) Fitted {
	var f Fitted
	v := view{tables: map[string]*Table{}}
	for i, t := range tables {
		name := strings.ToLower(t.Name)
		if _, twice := v.tables[name]; !twice || t.Schema == "" {
			v.tables[name] = &tables[i]
		}
		v.names = append(v.names, t.Name)
	}
	for _, m := range s.Maps {
		fitted := FittedMap{Map: m}
		if tables != nil {
			fitted = v.fit(m)
		}
		switch {
		case fitted.Absent != "":
			f.Notes = append(f.Notes, fmt.Sprintf("%s is left out: %s%s", m.Table, fitted.Absent, lost(m)))
		case fitted.Empty:
			f.Notes = append(f.Notes, fmt.Sprintf("%s will be empty: %s has no rows%s", m.Table, v.main(fitted), lost(m)))
		}
		for _, d := range fitted.Dropped {
			f.Notes = append(f.Notes, m.Table+": "+d)
		}
		f.Maps = append(f.Maps, fitted)
	}
	return f
}

func lost(m Map) string {
	if m.Lost == "" {
		return ""
	}
	return "; lost: " + m.Lost
}

// view is a database as the check sees it.
type view struct {
	tables map[string]*Table // by lower-case name
	names  []string
}

var (
	aliased   = regexp.MustCompile(`\b(?:FROM|JOIN)\s+("[^"]+"|[A-Za-z_]\w*)\s+AS\s+(\w+)`)
	common    = regexp.MustCompile(`(?:\bWITH|,|^)\s*(?:RECURSIVE\s+)?(\w+) AS \(`)
	qualified = regexp.MustCompile(`\b([a-z]\w*)\.("[^"]+"|[A-Za-z_]\w*)`)
	optional  = regexp.MustCompile(`\s*-- optional$`)
	texts     = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// fit takes out of a map what is missing.
func (v view) fit(m Map) FittedMap {
	f := FittedMap{Map: m}
	f.Items, f.Tail = nil, nil
	known := map[string]string{}
	for _, c := range common.FindAllStringSubmatch(strings.Join(m.Head, "\n"), -1) {
		known[c[1]] = ""
	}
	aliases := map[string]string{} // alias → table, "" for one that is not a table of the database
	for _, line := range m.Tail {
		missing := v.missing(line, aliases, known)
		if optional.MatchString(line) && missing != "" {
			f.Dropped = append(f.Dropped, "without the condition on a table that is missing: "+missing)
			continue
		}
		f.Tail = append(f.Tail, line)
	}
	whole := strings.Join(m.Head, "\n") + "\n" + strings.Join(f.Tail, "\n")
	if f.Absent = v.missing(whole, aliases, known); f.Absent != "" {
		f.Dropped = nil
		return f
	}
	table, _ := canon.Lookup(m.Table)
	for _, item := range m.Items {
		inner := map[string]string{}
		for k, t := range aliases {
			inner[k] = t
		}
		missing := v.missing(strings.Join(item.SQL, "\n"), inner, known)
		if missing == "" {
			f.Items = append(f.Items, item)
			continue
		}
		if c, _ := table.Column(item.Name); c.Required && !c.Numbered && c.Default == "" || slices.Contains(table.Key, item.Name) {
			f.Absent, f.Dropped = missing+", which "+item.Name+" needs", nil
			return f
		}
		f.Dropped = append(f.Dropped, fmt.Sprintf("%s is left out: %s", item.Name, missing))
	}
	if t := v.tables[v.main(f)]; t != nil && t.Rows == 0 && allEmpty(t) {
		f.Empty = true
	}
	return f
}

// allEmpty reports whether no row was seen: estimates may be of yesterday.
func allEmpty(t *Table) bool {
	for _, c := range t.Columns {
		if len(c.Samples) > 0 {
			return false
		}
	}
	return true
}

// main is the table that gives a map its rows.
func (v view) main(m FittedMap) string {
	if a := aliased.FindStringSubmatch(strings.Join(m.Tail, "\n")); a != nil {
		return strings.ToLower(strings.Trim(a[1], `"`))
	}
	return ""
}

// missing names the first table or column in SQL that the database lacks, with
// the nearest names; it adds the aliases it finds.
func (v view) missing(sql string, aliases, known map[string]string) string {
	sql = texts.ReplaceAllString(sql, "''")
	for _, a := range aliased.FindAllStringSubmatch(sql, -1) {
		name := strings.Trim(a[1], `"`)
		if _, cte := known[name]; cte {
			aliases[a[2]] = ""
			continue
		}
		if v.tables[strings.ToLower(name)] == nil {
			return "there is no table " + name + nearest(name, v.names)
		}
		aliases[a[2]] = name
	}
	for _, q := range qualified.FindAllStringSubmatch(sql, -1) {
		name, ok := aliases[q[1]]
		if !ok || name == "" {
			continue
		}
		t := v.tables[strings.ToLower(name)]
		column := strings.Trim(q[2], `"`)
		if column == "_row" && t.Path != "" {
			continue // the row number of a file
		}
		if _, ok := t.Column(column); !ok {
			var names []string
			for _, c := range t.Columns {
				names = append(names, c.Name)
			}
			return fmt.Sprintf("%s has no column %s%s", t.Name, column, nearest(column, names))
		}
	}
	return ""
}

// nearest is a hint at what may have been meant.
func nearest(name string, among []string) string {
	if near := canon.Nearest(name, among, 2); near != nil {
		return " (nearest: " + strings.Join(near, ", ") + ")"
	}
	return ""
}

// Recognised lists the systems whose tables are there: those that all of
// Recognise are found of first, then those with at least half of them.
func Recognised(tables []Table) (certain, likely []System) {
	for _, s := range List() {
		if s.Database() {
			certain, likely = rank(s.As(tables), tables, certain, likely)
		}
	}
	return certain, likely
}

func rank(s System, tables []Table, certain, likely []System) ([]System, []System) {
	found := 0
	for _, want := range s.Recognise {
		for _, t := range tables {
			if strings.EqualFold(t.Name, want) {
				found++
				break
			}
		}
	}
	switch {
	case found == len(s.Recognise):
		certain = append(certain, s)
	case 2*found > len(s.Recognise):
		likely = append(likely, s)
	}
	return certain, likely
}

// Known tells of systems that there is no preset for, by their tables.
func Known(tables []Table) []string {
	var notes []string
	for _, k := range []struct {
		name   string
		tables []string
	}{
		{"Magento", []string{"sales_order", "sales_order_item", "catalog_product_entity"}},
		{"ERPNext", []string{"tabSales Order", "tabSales Order Item", "tabCustomer"}},
		{"EspoCRM", []string{"opportunity", "campaign_log_record", "contact"}},
	} {
		found := 0
		for _, want := range k.tables {
			for _, t := range tables {
				if t.Name == want || strings.HasSuffix(t.Name, "_"+want) {
					found++
					break
				}
			}
		}
		if found == len(k.tables) {
			notes = append(notes, fmt.Sprintf("this looks like %s, which there is no preset for: the tables %s are there", k.name, strings.Join(k.tables, ", ")))
		}
	}
	return notes
}

// References lists what the SELECTs of a system read, as table.column; a table
// whose columns are all read through other names stands alone.
func (s System) References() []string {
	var all []string
	for _, m := range s.Maps {
		text := strings.Join(m.Head, "\n") + "\n" + strings.Join(m.Tail, "\n")
		outer := map[string]string{}
		collect(text, outer, &all)
		for _, i := range m.Items {
			inner := maps.Clone(outer)
			collect(strings.Join(i.SQL, "\n"), inner, &all)
		}
	}
	return all
}

// collect adds the references in SQL, and to aliases those it defines.
func collect(sql string, aliases map[string]string, all *[]string) {
	sql = texts.ReplaceAllString(sql, "''")
	cte := map[string]bool{}
	for _, c := range common.FindAllStringSubmatch(sql, -1) {
		cte[c[1]] = true
	}
	for _, a := range aliased.FindAllStringSubmatch(sql, -1) {
		name := strings.Trim(a[1], `"`)
		if cte[name] {
			name = ""
		}
		aliases[a[2]] = name
		if name != "" {
			*all = append(*all, name+".")
		}
	}
	for _, q := range qualified.FindAllStringSubmatch(sql, -1) {
		if t := aliases[q[1]]; t != "" {
			*all = append(*all, t+"."+strings.Trim(q[2], `"`))
		}
	}
}
