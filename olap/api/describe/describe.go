// Package describe tells of cubes what people and programs need to ask them, as
// JSON.
package describe

import (
	"cmp"
	"slices"
	"strings"

	"verso/olap/catalog"
	"verso/olap/cube"
)

// Head is a cube in a list of them.
type Head struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Facts       string `json:"facts,omitempty"` // the fact table; "" where the cube combines others
	Rows        *int64 `json:"rows,omitempty"`  // of the fact table
}

// HeadOf is the head of a cube in a language; counts are the rows of tables, those
// known.
func HeadOf(c *cube.Cube, lang string, counts map[string]int64) Head {
	h := Head{Name: c.Name, Title: c.Label.In(lang), Description: c.Description.In(lang), Facts: c.Table}
	if n, known := counts[c.Table]; known {
		h.Rows = &n
	}
	return h
}

// Cube is all that a question can name of a cube.
type Cube struct {
	Head
	Combines   []string    `json:"combines,omitempty"`
	Scenarios  []string    `json:"scenarios"`
	Dimensions []Dimension `json:"dimensions"`
	Measures   []Measure   `json:"measures"`
	Sets       []Set       `json:"sets"`
	Time       []string    `json:"time_levels"` // attributes that are periods of time, coarse to fine
	Scopes     []string    `json:"scopes"`      // of measures: net@py
	Calcs      []string    `json:"calculations"`
	Bridges    []string    `json:"bridges"` // measures whose change can be taken apart
	Drivers    []string    `json:"drivers"` // attributes that a change is explained by
}

// Dimension is a dimension as the cube uses it.
type Dimension struct {
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Role        string      `json:"role,omitempty"` // the shared dimension, where it is used under another name
	Date        bool        `json:"date,omitempty"`
	Grain       string      `json:"grain,omitempty"`
	Attributes  []Attribute `json:"attributes"`
	Hierarchies []Hierarchy `json:"hierarchies"`
}

// Attribute is an attribute of a dimension.
type Attribute struct {
	Name        string   `json:"name"` // as in questions: dimension.attribute
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Type        string   `json:"type"`
	Level       string   `json:"level,omitempty"` // year, month …: the attribute is this period of time
	Synonyms    []string `json:"synonyms,omitempty"`
}

// Hierarchy is levels of a dimension.
type Hierarchy struct {
	Name   string   `json:"name"`
	Title  string   `json:"title"`
	Levels []string `json:"levels"` // as in questions, coarse to fine
}

// Measure is a measure of a cube.
type Measure struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Kind        string   `json:"kind"`
	Additive    string   `json:"additive"` // full, semi (not over time) or none
	Computed    string   `json:"computed"`
	Of          []string `json:"of,omitempty"` // measures it is made of
	Type        string   `json:"type"`
	Unit        string   `json:"unit,omitempty"`
	Format      string   `json:"format"`
	Digits      int      `json:"digits,omitempty"`
	Lower       bool     `json:"lower_is_better,omitempty"`
	Approximate bool     `json:"approximate,omitempty"`
	Synonyms    []string `json:"synonyms,omitempty"`
}

// Set is a named set of members.
type Set struct {
	Dimension string `json:"dimension"`
	Name      string `json:"name"`
	Title     string `json:"title"`
}

// Of describes a cube in a language; amounts are in the currency.
func Of(c *cube.Cube, lang, currency string, counts map[string]int64) Cube {
	b := Cube{Head: HeadOf(c, lang, counts), Scenarios: []string{}, Dimensions: []Dimension{}, Measures: []Measure{}, Sets: []Set{},
		Time: []string{}, Scopes: cube.Scopes(), Calcs: cube.Calculations(), Bridges: []string{}, Drivers: append([]string{}, c.Drivers...)}
	for _, from := range c.Combines {
		b.Combines = append(b.Combines, from.Cube)
	}
	for _, s := range c.Scenarios {
		b.Scenarios = append(b.Scenarios, s.Name)
	}
	for _, x := range c.Bridges {
		b.Bridges = append(b.Bridges, x.Measure)
	}
	for _, u := range c.Dimensions {
		d := dimensionOf(u, lang)
		b.Dimensions = append(b.Dimensions, d)
		if u.Of.Date {
			for _, x := range d.Attributes {
				if x.Level != "" {
					b.Time = append(b.Time, x.Name)
				}
			}
		}
		for _, s := range u.Of.Sets {
			b.Sets = append(b.Sets, Set{u.Name, s.Name, s.Label.In(lang)})
		}
	}
	for _, m := range c.Measures {
		if !m.Hidden {
			b.Measures = append(b.Measures, measureOf(m, lang, currency))
		}
	}
	return b
}

func dimensionOf(u *cube.Use, lang string) Dimension {
	d := Dimension{Name: u.Name, Title: cmp.Or(u.Label.In(lang), u.Of.Label.In(lang)), Description: u.Of.Description.In(lang),
		Date: u.Of.Date, Grain: u.Grain, Attributes: []Attribute{}, Hierarchies: []Hierarchy{}}
	if u.Of.Name != u.Name {
		d.Role = u.Of.Name
	}
	for _, x := range slices.Concat(u.Of.Attributes, u.Of.Derived) {
		if !x.Hidden {
			d.Attributes = append(d.Attributes, Attribute{u.Name + "." + x.Name, x.Label.In(lang), x.Description.In(lang), cmp.Or(x.Type, "text"), x.Grain, x.Synonyms})
		}
	}
	for _, h := range u.Of.Hierarchies {
		levels := make([]string, len(h.Levels))
		for i, l := range h.Levels {
			levels[i] = u.Name + "." + l
		}
		d.Hierarchies = append(d.Hierarchies, Hierarchy{h.Name, h.Label.In(lang), levels})
	}
	return d
}

func measureOf(m *cube.Measure, lang, currency string) Measure {
	b := Measure{Name: m.Name, Title: m.Label.In(lang), Description: m.Description.In(lang), Kind: m.Kind, Additive: additive(m),
		Computed: strings.ReplaceAll(catalog.Computed(m), "`", ""), Type: m.ValueType(), Unit: m.Unit, Format: m.Format, Digits: m.Digits,
		Lower: m.LowerIsBetter, Approximate: m.Approximate(), Synonyms: m.Synonyms}
	if b.Unit == "currency" {
		b.Unit = currency
	}
	for _, part := range []string{m.Numerator, m.Denominator} {
		if part != "" {
			b.Of = append(b.Of, part)
		}
	}
	return b
}

func additive(m *cube.Measure) string {
	switch {
	case m.Kind == cube.Sum && m.OverTime != "":
		return "semi"
	case m.Kind == cube.Sum, m.Kind == cube.Count:
		return "full"
	}
	return "none"
}

// RankingMeasure is what members of a cube are ranked by: its first sum or count,
// else its first measure; "" where it has none.
func RankingMeasure(c *cube.Cube) string {
	for _, m := range c.Measures {
		if additive(m) != "none" && !m.Hidden {
			return m.Name
		}
	}
	if len(c.Measures) == 0 {
		return ""
	}
	return c.Measures[0].Name
}
