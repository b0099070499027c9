package cube

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// File is one catalog file: its name for messages, and its YAML.
type File struct {
	Name string
	Data []byte
}

// Position is a place in a catalog file, from 1.
type Position struct {
	File string
	Line int
	Col  int
}

// String is file:line:col.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// CatalogError is something wrong in a catalog file.
type CatalogError struct {
	Position Position
	Message  string
}

// Error is the position and the message.
func (e *CatalogError) Error() string { return e.Position.String() + ": " + e.Message }

// document is the content of a catalog file.
type document struct {
	Dimensions []*Dimension `yaml:"dimensions"`
	Cubes      []*Cube      `yaml:"cubes"`
	Rollups    []*Rollup    `yaml:"rollups"`
}

// Load reads the catalog files in order, joins them and validates the whole.
// Unknown keys, repeated names and dangling references are errors with their
// place; all that are found are reported together (errors.Join of
// *CatalogError): those that keep a file from being read first, and alone.
func Load(files []File) (*Model, error) { return load(files, nil) }

// load is Load of what a pruner leaves; nil leaves all.
func load(files []File, p *pruner) (*Model, error) {
	l := &loader{model: &Model{cubes: map[string]*Cube{}, dimensions: map[string]*Dimension{}}, places: map[*Measure]place{}}
	var cubes []placedCube
	var rollups []placedRollup
	docs, roots := make([]*document, len(files)), make([]*ast.File, len(files))
	for i, f := range files {
		var err error
		if docs[i], roots[i], err = decode(f); err != nil {
			l.errs = append(l.errs, err)
			docs[i] = &document{}
		}
	}
	if p != nil {
		p.prune(docs)
		l.model.withheld = p.withheld
	}
	for n, f := range files {
		doc, root := docs[n], roots[n]
		for i, d := range doc.Dimensions {
			l.addDimension(d, place{file: f.Name, root: root, path: at("$.dimensions", i)})
		}
		for i, c := range doc.Cubes {
			cubes = append(cubes, placedCube{c, place{file: f.Name, root: root, path: at("$.cubes", i)}})
		}
		for i, r := range doc.Rollups {
			rollups = append(rollups, placedRollup{r, place{file: f.Name, root: root, path: at("$.rollups", i)}})
		}
	}
	if len(l.errs) > 0 { // what is left out would be missed elsewhere
		return nil, errors.Join(l.errs...)
	}
	// Cubes that extend or combine come after those they need, wherever they stand.
	for _, c := range inOrder(cubes) {
		l.addCube(c.cube, c.place)
	}
	l.checkScenarios()
	l.resolve()
	l.linkSets()
	for _, r := range rollups {
		l.addRollup(r.rollup, r.place)
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return l.model, nil
}

type placedCube struct {
	cube  *Cube
	place place
}

func decode(f File) (*document, *ast.File, error) {
	doc := &document{}
	if strings.TrimSpace(string(f.Data)) == "" {
		return doc, nil, nil
	}
	root, err := parseYAML(f.Data, doc)
	if root != nil {
		if errs := unknownKeys(f.Name, root); len(errs) > 0 {
			return nil, nil, errors.Join(errs...)
		}
	}
	if err == nil {
		if path := doc.emptyItem(); path != "" {
			return nil, nil, &CatalogError{place{f.Name, root, path}.position(), "an empty item in a list"}
		}
		return doc, root, nil
	}
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		p := y.GetToken().Position
		return nil, nil, &CatalogError{Position{f.Name, p.Line, p.Column}, explainYAML(y)}
	}
	return nil, nil, &CatalogError{Position{f.Name, 1, 1}, err.Error()}
}

// parseYAML parses and decodes. The library panics on some malformed tags; that
// is an error of the file like any other.
func parseYAML(data []byte, into *document) (root *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read as YAML (%v)", r)
		}
	}()
	if root, err = parser.ParseBytes(data, 0); err != nil {
		return nil, err
	}
	if len(root.Docs) == 1 {
		if body, ok := root.Docs[0].Body.(*ast.MappingNode); ok { // spares a second parse
			return root, yaml.NewDecoder(bytes.NewReader(nil), yaml.Strict()).DecodeFromNode(body, into)
		}
	}
	return root, yaml.UnmarshalWithOptions(data, into, yaml.Strict())
}

// emptyItem is the path of a list item that holds nothing, "" if there is none.
func (d *document) emptyItem() string {
	for i, x := range d.Dimensions {
		path := at("$.dimensions", i)
		if x == nil {
			return path
		}
		empty := [5]int{slices.Index(x.Attributes, nil), slices.Index(x.Hierarchies, nil), slices.Index(x.Beside, nil),
			slices.Index(x.Parents, nil), slices.Index(x.Sets, nil)}
		for k, list := range []string{"attributes", "hierarchies", "beside", "parents", "sets"} {
			if empty[k] >= 0 {
				return at(path+"."+list, empty[k])
			}
		}
	}
	for i, x := range d.Cubes {
		path := at("$.cubes", i)
		switch {
		case x == nil:
			return path
		case slices.Contains(x.Dimensions, nil):
			return at(path+".dimensions", slices.Index(x.Dimensions, nil))
		case slices.Contains(x.Measures, nil):
			return at(path+".measures", slices.Index(x.Measures, nil))
		case slices.Contains(x.Combines, nil):
			return at(path+".combines", slices.Index(x.Combines, nil))
		case slices.Contains(x.Scenarios, nil):
			return at(path+".scenarios", slices.Index(x.Scenarios, nil))
		case slices.Contains(x.Bridges, nil):
			return at(path+".bridges", slices.Index(x.Bridges, nil))
		}
	}
	if i := slices.Index(d.Rollups, nil); i >= 0 {
		return at("$.rollups", i)
	}
	return ""
}

// explainYAML says what is wrong in words.
func explainYAML(y yaml.Error) string {
	message := y.GetMessage()
	if _, rest, ok := strings.Cut(message, "unknown field "); ok { // behind an alias
		return "unknown key " + rest
	}
	if _, kind, ok := strings.Cut(message, " of type "); ok && strings.HasPrefix(message, "cannot unmarshal") {
		want := map[string]string{"bool": "true or false", "string": "text", "cube.Text": "{en: …, zh: …}"}[kind]
		if want == "" {
			want = "a list or a group of keys"
		}
		return fmt.Sprintf("want %s, found %q", want, y.GetToken().Value)
	}
	return message
}

// place finds positions: a path inside a parsed file.
type place struct {
	file string
	root *ast.File
	path string
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (p place) item(list string, i int) place {
	p.path = at(p.path+"."+list, i)
	return p
}

func (p place) key(name string) place {
	p.path += "." + name
	return p
}

// position is where the path stands, or the nearest thing above it that does.
func (p place) position() Position {
	for path := p.path; len(path) > 1; path = path[:strings.LastIndexAny(path, ".[")] {
		parsed, err := yaml.PathString(path)
		if err != nil {
			continue
		}
		node, err := parsed.FilterFile(p.root)
		if err != nil || node == nil || node.GetToken() == nil {
			continue
		}
		token := node.GetToken()
		if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
			token = m.Values[0].Key.GetToken()
		}
		if m, ok := node.(*ast.MappingValueNode); ok {
			token = m.Key.GetToken()
		}
		return Position{p.file, token.Position.Line, token.Position.Column}
	}
	return Position{p.file, 1, 1}
}
