package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"verso/olap/catalog"
	"verso/olap/cube"
)

// cubesFlags are the flags of verso cubes.
type cubesFlags struct {
	lang, format        string
	schema, definitions bool
}

func (a *app) cubesCommand() *cobra.Command {
	var f cubesFlags
	cmd := &cobra.Command{
		Use:   "cubes [CUBE]",
		Short: "List the cubes, or the dimensions and measures of one",
		Long: `cubes describes what can be asked: the shipped cubes, and those in the folder
catalog beside the configuration. It reads no data and needs no refresh.

--definitions prints the whole page of definitions as Markdown: the rules that
every answer follows, and what each measure and attribute means. --schema prints
the JSON Schema of catalog files, for editors.`,
		Example: `  verso cubes
  verso cubes sales --lang zh
  verso cubes sales --format json
  verso cubes --definitions > definitions.md
  verso cubes --schema > catalog.schema.json`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.cubes(cmd, &f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.lang, "lang", "", "language of labels: en or zh (default: the configuration's)")
	flags.StringVar(&f.format, "format", "table", "table or json")
	flags.BoolVar(&f.schema, "schema", false, "print the JSON Schema of catalog files")
	flags.BoolVar(&f.definitions, "definitions", false, "print the definitions page as Markdown")
	return cmd
}

func (a *app) cubes(cmd *cobra.Command, f *cubesFlags, args []string) error {
	switch {
	case f.format != "table" && f.format != "json":
		return usagef(cmd.CommandPath(), "unknown format %q: table or json", f.format)
	case f.lang != "" && f.lang != "en" && f.lang != "zh":
		return usagef(cmd.CommandPath(), "unknown language %q: en or zh", f.lang)
	case f.schema && f.definitions, (f.schema || f.definitions) && len(args) > 0:
		return usagef(cmd.CommandPath(), "--schema, --definitions and CUBE exclude one another")
	}
	if f.schema {
		_, err := a.stdout.Write(catalog.Schema())
		return err
	}
	model, lang, err := a.catalogModel(cmd)
	if err != nil {
		return err
	}
	if f.lang != "" {
		lang = f.lang
	}
	if f.definitions {
		return catalog.Markdown(a.stdout, model)
	}
	cubes := model.Cubes
	if len(args) == 1 {
		c := model.Cube(args[0])
		if c == nil {
			return usagef(cmd.CommandPath(), "no cube %q; %s", args[0], cube.Hint(args[0], cube.CubeNames(model)))
		}
		cubes = []*cube.Cube{c}
	}
	described := make([]cubeText, len(cubes))
	for i, c := range cubes {
		described[i] = describe(c, lang, len(args) == 1)
	}
	if f.format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(described)
	}
	if len(args) == 1 {
		return a.writeCube(described[0])
	}
	for _, c := range described {
		fmt.Fprintf(a.stdout, "%-12s %s: %s\n", c.Name, c.Label, c.Description)
	}
	_, err = fmt.Fprintln(a.stdout, "\nDimensions and measures of one: verso cubes CUBE")
	return err
}

// catalogModel reads the cubes of the configuration, and its language. Without a
// configuration, and none named, they are the shipped ones.
func (a *app) catalogModel(cmd *cobra.Command) (*cube.Model, string, error) {
	if _, err := os.Stat(a.configPath); errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("config") {
		m, err := catalog.Load("")
		return m, "en", err
	}
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return nil, "", err
	}
	m, err := catalog.Load(userCatalog(cfg))
	return m, cfg.Company.Language, err
}

// cubeText is a cube in one language, as printed.
type cubeText struct {
	Name        string          `json:"name"`
	Label       string          `json:"label"`
	Description string          `json:"description"`
	Table       string          `json:"table,omitempty"`
	Combines    []string        `json:"combines,omitempty"`  // cubes whose measures it takes
	Scenarios   []string        `json:"scenarios,omitempty"` // what its measures can be compared with besides other times
	Dimensions  []dimensionText `json:"dimensions,omitempty"`
	Measures    []measureText   `json:"measures,omitempty"`
}

type dimensionText struct {
	Name        string          `json:"name"`
	Label       string          `json:"label"`
	Attributes  []attributeText `json:"attributes"`
	Hierarchies []hierarchyText `json:"hierarchies,omitempty"`
}

type attributeText struct {
	Name        string   `json:"name"` // as in queries: dimension.attribute
	Label       string   `json:"label"`
	Description string   `json:"description"`
	Type        string   `json:"type"`
	Synonyms    []string `json:"synonyms,omitempty"`
}

type hierarchyText struct {
	Name   string   `json:"name"`
	Label  string   `json:"label"`
	Levels []string `json:"levels"`
}

type measureText struct {
	Name          string   `json:"name"`
	Label         string   `json:"label"`
	Description   string   `json:"description"`
	Computed      string   `json:"computed"`
	Type          string   `json:"type"`
	Unit          string   `json:"unit,omitempty"`
	Format        string   `json:"format"`
	Digits        int      `json:"digits,omitempty"`
	LowerIsBetter bool     `json:"lower_is_better,omitempty"`
	Approximate   bool     `json:"approximate,omitempty"`
	Synonyms      []string `json:"synonyms,omitempty"`
}

// describe words a cube; whole adds its dimensions and measures, without those
// that are hidden.
func describe(c *cube.Cube, lang string, whole bool) cubeText {
	t := cubeText{Name: c.Name, Label: c.Label.In(lang), Description: c.Description.In(lang), Table: c.Table}
	for _, from := range c.Combines {
		t.Combines = append(t.Combines, from.Cube)
	}
	for _, s := range c.Scenarios {
		t.Scenarios = append(t.Scenarios, s.Name)
	}
	if !whole {
		return t
	}
	for _, u := range c.Dimensions {
		label := u.Label.In(lang)
		if label == "" {
			label = u.Of.Label.In(lang)
		}
		d := dimensionText{Name: u.Name, Label: label, Attributes: []attributeText{}}
		for _, attr := range u.Of.Attributes {
			if !attr.Hidden {
				d.Attributes = append(d.Attributes, attributeText{u.Name + "." + attr.Name, attr.Label.In(lang), attr.Description.In(lang), attr.Type, attr.Synonyms})
			}
		}
		for _, h := range u.Of.Hierarchies {
			d.Hierarchies = append(d.Hierarchies, hierarchyText{h.Name, h.Label.In(lang), h.Levels})
		}
		t.Dimensions = append(t.Dimensions, d)
	}
	for _, m := range c.Measures {
		if !m.Hidden {
			t.Measures = append(t.Measures, measureText{m.Name, m.Label.In(lang), m.Description.In(lang), strings.ReplaceAll(catalog.Computed(m), "`", ""),
				m.ValueType(), m.Unit, m.Format, m.Digits, m.LowerIsBetter, m.Approximate(), m.Synonyms})
		}
	}
	return t
}

// writeCube prints a cube for people.
func (a *app) writeCube(c cubeText) error {
	facts := "Facts: " + c.Table
	if len(c.Combines) > 0 {
		facts = "Measures of the cubes " + strings.Join(c.Combines, ", ")
	}
	fmt.Fprintf(a.stdout, "%s: %s\n%s\n%s\n", c.Name, c.Label, c.Description, facts)
	if len(c.Scenarios) > 0 {
		fmt.Fprintf(a.stdout, "Scenarios: %s\n", strings.Join(c.Scenarios, ", "))
	}
	for _, d := range c.Dimensions {
		fmt.Fprintf(a.stdout, "\nDimension %s: %s\n", d.Name, d.Label)
		for _, x := range d.Attributes {
			fmt.Fprintf(a.stdout, "  %-24s %s\n", x.Name, sentence(x.Label, x.Description, x.Synonyms))
		}
		for _, h := range d.Hierarchies {
			fmt.Fprintf(a.stdout, "  %-24s %s › %s\n", "hierarchy "+h.Name, h.Label, strings.Join(h.Levels, " › "))
		}
	}
	fmt.Fprintln(a.stdout, "\nMeasures")
	for _, m := range c.Measures {
		if _, err := fmt.Fprintf(a.stdout, "  %-24s %s [%s]\n", m.Name, sentence(m.Label, m.Description, m.Synonyms), m.Computed); err != nil {
			return err
		}
	}
	return nil
}

// sentence is a label, what it means, and its other names.
func sentence(label, description string, synonyms []string) string {
	s := label + ": " + description
	if len(synonyms) > 0 {
		s += " (" + strings.Join(synonyms, ", ") + ")"
	}
	return s
}
