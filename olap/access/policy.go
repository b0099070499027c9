package access

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Policy is a validated access.yaml: the roles by name.
type Policy struct {
	Version int              `yaml:"version"` // 1
	Roles   map[string]*Role `yaml:"roles"`
}

// Role is what people who hold it may see. What it does not open is closed.
type Role struct {
	Label   string    `yaml:"label"`    // what it is for, in words
	Rows    Selection `yaml:"rows"`     // of which customers; required
	Columns Columns   `yaml:"columns"`  // what is kept back of every row
	Tables  Names     `yaml:"tables"`   // schemas and tables, such as core or score.churn; not said: all that the rows permit
	SQL     bool      `yaml:"sql"`      // may write SQL
	Facts   bool      `yaml:"facts"`    // may list the rows behind a cell
	Pages   Names     `yaml:"pages"`    // of the report, by name; "all"; not said: none
	Names   bool      `yaml:"personal"` // sees the names of persons: of individual customers and salespeople
	Cells   *Cells    `yaml:"minimum_cell"`
	Name    string    `yaml:"-"`
}

// Selection is which customers a role sees: all, or those that meet every
// condition.
type Selection struct {
	All   bool
	Where map[string][]string // field → values, one of which holds; "{me}" and "{attribute}" stand for what is known of the person
}

// Columns are kept back from a role: by name in any table, or as table.column
// (core.fact_order_line.cost). What is computed from a hidden one is hidden too.
type Columns struct {
	Hide      []string `yaml:"hide"`      // is not there
	Mask      []string `yaml:"mask"`      // text: every value reads ***
	Aggregate []string `yaml:"aggregate"` // only summed up in cubes: needs minimum_cell
	Show      []string `yaml:"show"`      // stays though it is computed from a hidden one: table.column, or table.* for all of a table
}

// Cells says that no answer may be about fewer than so many customers, and by
// which attributes questions may then be asked.
type Cells struct {
	Customers int      `yaml:"customers"` // at least 2
	By        []string `yaml:"by"`        // dimension.attribute
}

// Names is a list of names, or all of them.
type Names struct {
	All  bool
	Said bool
	List []string
}

// UnmarshalYAML reads "all", "none" or a list.
func (n *Names) UnmarshalYAML(decode func(any) error) error {
	n.Said = true
	var word string
	if decode(&word) == nil {
		if word != "all" && word != "none" {
			return fmt.Errorf("want all, none or a list, found %q", word)
		}
		n.All = word == "all"
		return nil
	}
	return decode(&n.List)
}

// Has reports whether a name is among them.
func (n Names) Has(name string) bool { return n.All || slices.Contains(n.List, name) }

// values reads one text or a list of them.
type values []string

// UnmarshalYAML reads a text or a list of texts.
func (v *values) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*v = []string{one}
		return nil
	}
	return decode((*[]string)(v))
}

// UnmarshalYAML reads "all" or conditions by field.
func (s *Selection) UnmarshalYAML(decode func(any) error) error {
	var word string
	if decode(&word) == nil {
		if word != "all" {
			return fmt.Errorf("rows: want all or conditions such as region.area: [North China], found %q", word)
		}
		s.All = true
		return nil
	}
	var where map[string]values
	if err := decode(&where); err != nil {
		return err
	}
	s.Where = map[string][]string{}
	for field, list := range where {
		s.Where[field] = list
	}
	return nil
}

// PolicyError is something wrong in a policy or users file.
type PolicyError struct {
	File      string
	Line, Col int // from 1; 0: the file as a whole
	Message   string
}

// Error is the position and the message.
func (e *PolicyError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message)
}

// LoadPolicy reads and validates access.yaml. All that is wrong comes back at
// once, as joined *PolicyError.
func LoadPolicy(path string) (*Policy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &PolicyError{File: path, Message: "cannot be read: " + err.Error()}
	}
	return ParsePolicy(text, path)
}

// ParsePolicy is LoadPolicy of a text; file is its name in messages.
func ParsePolicy(text []byte, file string) (*Policy, error) {
	p := &Policy{}
	root, err := parseStrict(text, file, p)
	if err != nil {
		return nil, err
	}
	c := &checker{file: file, root: root}
	c.policy(p)
	return p, errors.Join(c.errs...)
}

// parseStrict decodes a YAML file into a value; unknown keys are errors.
func parseStrict(text []byte, file string, into any) (root *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some malformed tags
			err = &PolicyError{File: file, Message: fmt.Sprintf("cannot be read as YAML (%v)", r)}
		}
	}()
	if root, err = parser.ParseBytes(text, 0); err == nil {
		err = yaml.UnmarshalWithOptions(text, into, yaml.Strict())
	}
	if err == nil {
		return root, nil
	}
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		at := y.GetToken().Position
		return nil, &PolicyError{file, at.Line, at.Column, y.GetMessage()}
	}
	return nil, &PolicyError{File: file, Message: err.Error()}
}

// checker gathers what is wrong in a parsed file.
type checker struct {
	file string
	root *ast.File
	errs []error
}

// fail reports a problem at a path, or at the nearest thing above it.
func (c *checker) fail(path, format string, args ...any) {
	e := &PolicyError{File: c.file, Message: fmt.Sprintf(format, args...)}
	for ; len(path) > 1; path = path[:max(strings.LastIndexAny(path, ".["), 0)] {
		parsed, err := yaml.PathString(path)
		if err != nil {
			continue
		}
		if node, err := parsed.FilterFile(c.root); err == nil && node != nil && node.GetToken() != nil {
			at := node.GetToken().Position
			e.Line, e.Col = at.Line, at.Column
			break
		}
	}
	c.errs = append(c.errs, e)
}

func (c *checker) policy(p *Policy) {
	if p.Version != 1 {
		c.fail("$.version", "version: this program reads version 1")
	}
	if len(p.Roles) == 0 {
		c.fail("$.roles", "roles: there is no role, so nobody could see anything")
	}
	for _, name := range sortedKeys(p.Roles) {
		at := "$.roles." + name
		if !plainName(name) {
			c.fail("$.roles", "role %q: use letters, digits, - and _", name)
			continue
		}
		if p.Roles[name] == nil {
			c.fail(at, "role %s says nothing: write at least rows: all, or which", name)
			p.Roles[name] = &Role{}
			continue
		}
		p.Roles[name].Name = name
		c.role(p.Roles[name], at)
	}
}

func (c *checker) role(r *Role, at string) {
	if !r.Rows.All && len(r.Rows.Where) == 0 {
		c.fail(at+".rows", "role %s: say which rows it sees: rows: all, or conditions such as region.area: [North China]", r.Name)
	}
	for _, field := range sortedKeys(r.Rows.Where) {
		if _, known := rowFields()[canonicalField(field)]; !known {
			c.fail(at+".rows", "role %s: rows cannot be chosen by %q: %s", r.Name, field, strings.Join(sortedKeys(rowFields()), ", "))
		}
		for _, v := range r.Rows.Where[field] {
			if strings.HasPrefix(v, "{") != strings.HasSuffix(v, "}") || strings.Contains(strings.Trim(v, "{}"), "{") {
				c.fail(at+".rows", "role %s: %q: write {me} or {attribute} alone, nothing around it", r.Name, v)
			}
		}
	}
	for kind, list := range map[string][]string{"hide": r.Columns.Hide, "mask": r.Columns.Mask, "aggregate": r.Columns.Aggregate} {
		for i, name := range list {
			if n := strings.Count(name, "."); n != 0 && n != 2 || name == "" {
				c.fail(fmt.Sprintf("%s.columns.%s[%d]", at, kind, i), "role %s: %q is no column: write cost, or core.fact_order_line.cost", r.Name, name)
			}
		}
	}
	for i, name := range r.Columns.Show {
		if strings.Count(name, ".") != 2 {
			c.fail(fmt.Sprintf("%s.columns.show[%d]", at, i), "role %s: %q: write score.churn.band, or score.churn.* for a whole table", r.Name, name)
		}
	}
	if len(r.Columns.Aggregate) > 0 && r.Cells == nil {
		c.fail(at+".columns.aggregate", "role %s: columns that may only be summed up need minimum_cell: without it a sum over one row is the row", r.Name)
	}
	c.cells(r, at)
}

// cells refuses what would make a minimum of customers an empty promise.
func (c *checker) cells(r *Role, at string) {
	if r.Cells == nil {
		return
	}
	switch path := at + ".minimum_cell"; {
	case r.Cells.Customers < 2:
		c.fail(path+".customers", "role %s: customers: at least 2", r.Name)
	case len(r.Cells.By) == 0:
		c.fail(path, "role %s: by: say by which attributes it may ask, such as [customer.type, date.year]: with any attribute, small cells could be had by subtraction", r.Name)
	case r.SQL, r.Facts:
		c.fail(path, "role %s: minimum_cell protects nothing where sql or facts show the rows: close them", r.Name)
	case r.Pages.All || len(r.Pages.List) > 0:
		c.fail(path, "role %s: the pages name single customers: a role with minimum_cell has none", r.Name)
	}
	for i, field := range r.Cells.By {
		if strings.Count(field, ".") != 1 {
			c.fail(fmt.Sprintf("%s.minimum_cell.by[%d]", at, i), "role %s: %q is no attribute: write dimension.attribute", r.Name, field)
		}
	}
}

func plainName(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Personal reports whether the rows of the role depend on the person.
func (r *Role) Personal() bool {
	for _, list := range r.Rows.Where {
		if slices.ContainsFunc(list, func(v string) bool { return strings.HasPrefix(v, "{") }) {
			return true
		}
	}
	return false
}
