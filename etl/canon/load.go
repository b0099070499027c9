package canon

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed tables/*.yaml
var declared embed.FS

// Areas are the areas of the canonical tables, in the order of the reference
// page. Each has its file, tables/<area>.yaml.
func Areas() []string {
	return []string{
		"customer", "title", "order", "purchase", "channel",
		"finance", "campaign", "sales", "service", "people", "reference",
	}
}

// area is one file of declarations.
type area struct {
	Area   string  `yaml:"area"`
	Tables []Table `yaml:"tables"`
}

// common are the columns every table ends with.
func common() []Column {
	return []Column{
		{Name: "source_system", Type: Text, Meaning: "System the row came from; the source's name in verso.yaml when not mapped."},
		{Name: "source_id", Type: Text, Meaning: "The row's number in that system."},
		{Name: "updated_at", Type: Timestamp, Aliases: []string{"last_modified", "modified_at", "更新时间"}, Meaning: "Last changed; of rows with one key the latest is kept."},
		{Name: "is_deleted", Type: Boolean, Aliases: []string{"deleted", "是否删除"}, Meaning: "Deleted in the source."},
	}
}

// parsed reads the embedded declarations once. They are part of the program
// and tested with it, so a fault in them is a fault of the build.
var parsed = sync.OnceValue(func() []Table {
	var all []Table
	for _, name := range Areas() {
		text, err := declared.ReadFile("tables/" + name + ".yaml")
		if err != nil {
			panic(fmt.Sprintf("canon: %v", err))
		}
		tables, err := parse(name, text)
		if err != nil {
			panic(fmt.Sprintf("canon: tables/%s.yaml: %v", name, err))
		}
		all = append(all, tables...)
	}
	return all
})

// parse reads one area's declarations and adds the common columns.
func parse(name string, text []byte) ([]Table, error) {
	var a area
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&a); err != nil {
		return nil, err
	}
	if a.Area != name {
		return nil, fmt.Errorf("declares area %q", a.Area)
	}
	for i := range a.Tables {
		a.Tables[i].Area = a.Area
		a.Tables[i].Columns = append(a.Tables[i].Columns, common()...)
	}
	return a.Tables, nil
}

// Tables lists the canonical tables, by area and in the order declared. The
// slice is the caller's; the columns in it are shared and must not be changed.
func Tables() []Table {
	return slices.Clone(parsed())
}

// Lookup finds a canonical table by its name.
func Lookup(name string) (Table, bool) {
	for _, t := range parsed() {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// Names lists the names of the canonical tables in the order of Tables.
func Names() []string {
	var names []string
	for _, t := range parsed() {
		names = append(names, t.Name)
	}
	return names
}
