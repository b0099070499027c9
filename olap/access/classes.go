package access

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed classes.yaml
var classesText string

// Class says what becomes of a table in a cut.
type Class string

// The classes of tables.
const (
	Open     Class = "open"     // whole in every cut
	Customer Class = "customer" // rows of visible customers
	Through  Class = "through"  // rows whose key stands in a table of the cut
	Named    Class = "named"    // members that rows of the cut name
	Company  Class = "company"  // only where every customer is seen
	Empty    Class = "empty"    // there without rows
	Never    Class = "never"
	Unknown  Class = "unknown" // not classified: left out
)

// classes is classes.yaml.
type classes struct {
	Open     []string          `yaml:"open"`
	Customer map[string]string `yaml:"customer"` // table → column
	Through  map[string]struct {
		Key string `yaml:"key"`
		Of  string `yaml:"of"`
	} `yaml:"through"`
	Named map[string]struct {
		Key string   `yaml:"key"`
		By  []string `yaml:"by"`
	} `yaml:"named"`
	Company []string `yaml:"company"`
	Empty   []string `yaml:"empty"`
	Never   []string `yaml:"never"`

	Beyond        map[string][]string          `yaml:"beyond"`
	OtherCustomer map[string]map[string]string `yaml:"other_customer"` // table → column → the other's key
	Personal      map[string]map[string]string `yaml:"personal"`       // table → column → expression over t
}

func loadClasses() (*classes, error) {
	c := &classes{}
	if _, err := parseStrict([]byte(classesText), "classes.yaml", c); err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	return c, nil
}

// of is the class of a table.
func (c *classes) of(table string) Class {
	if _, ok := c.Customer[table]; ok {
		return Customer
	}
	if _, ok := c.Through[table]; ok {
		return Through
	}
	if _, ok := c.Named[table]; ok {
		return Named
	}
	for class, list := range map[Class][]string{Open: c.Open, Company: c.Company, Empty: c.Empty, Never: c.Never} {
		if slices.ContainsFunc(list, func(pattern string) bool { return matches(pattern, table) }) {
			return class
		}
	}
	return Unknown
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}
