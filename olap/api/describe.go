package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"verso/olap"
	"verso/olap/catalog"
	"verso/olap/cube"
)

// me answers GET me.
func (a *API) me(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	run := o.Run()
	return r.reply(map[string]any{
		"person":     map[string]any{"name": r.person.Name, "roles": listOf(r.person.Roles), "admin": r.person.Admin, "by": r.person.By},
		"rights":     map[string]any{"sql": lease.Rights.SQL, "facts": lease.Rights.Facts, "pages": lease.Rights.Pages, "told": lease.Rights.Told, "minimum_cell": lease.Rights.MinimumCell},
		"generation": lease.Generation, "as_of": run.AsOf, "company": run.Company, "currency": run.Currency,
		"lang": o.Lang(), "languages": []string{"en", "zh"},
		"limits": map[string]any{"rows": a.limits().Rows, "page": a.limits().Page, "bytes": a.limits().Bytes, "time_ms": a.limits().Time.Milliseconds(), "body": a.limits().Body},
	})
}

// listOf is a list that is written as [] where it is empty.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type cubeHead struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Facts       string `json:"facts,omitempty"` // the fact table; "" where the cube combines others
	Rows        *int64 `json:"rows,omitempty"`  // of the fact table
}

// cubes answers GET cubes.
func (a *API) cubes(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	counts, err := a.tableRows(r.Context(), lease)
	if err != nil {
		return err
	}
	list := []cubeHead{}
	for _, c := range o.Cubes() {
		list = append(list, headOf(c, o.Lang(), counts))
	}
	return r.reply(map[string]any{"cubes": list, "generation": lease.Generation, "as_of": o.Run().AsOf})
}

func headOf(c *cube.Cube, lang string, counts map[string]int64) cubeHead {
	h := cubeHead{Name: c.Name, Title: c.Label.In(lang), Description: c.Description.In(lang), Facts: c.Table}
	if n, known := counts[c.Table]; known {
		h.Rows = &n
	}
	return h
}

type cubeBody struct {
	cubeHead
	Combines   []string        `json:"combines,omitempty"`
	Scenarios  []string        `json:"scenarios"`
	Dimensions []dimensionBody `json:"dimensions"`
	Measures   []measureBody   `json:"measures"`
	Sets       []setBody       `json:"sets"`
	Time       []string        `json:"time_levels"` // attributes that are periods of time, coarse to fine
	Scopes     []string        `json:"scopes"`      // of measures: net@py
	Calcs      []string        `json:"calculations"`
	Bridges    []string        `json:"bridges"` // measures whose change can be taken apart
	Drivers    []string        `json:"drivers"` // attributes that a change is explained by
}

type dimensionBody struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Role        string          `json:"role,omitempty"` // the shared dimension, where it is used under another name
	Date        bool            `json:"date,omitempty"`
	Grain       string          `json:"grain,omitempty"`
	Attributes  []attributeBody `json:"attributes"`
	Hierarchies []hierarchyBody `json:"hierarchies"`
}

type attributeBody struct {
	Name        string   `json:"name"` // as in questions: dimension.attribute
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Type        string   `json:"type"`
	Level       string   `json:"level,omitempty"` // year, month …: the attribute is this period of time
	Synonyms    []string `json:"synonyms,omitempty"`
}

type hierarchyBody struct {
	Name   string   `json:"name"`
	Title  string   `json:"title"`
	Levels []string `json:"levels"` // as in questions, coarse to fine
}

type measureBody struct {
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

type setBody struct {
	Dimension string `json:"dimension"`
	Name      string `json:"name"`
	Title     string `json:"title"`
}

// cubeOf finds the cube of the path.
func cubeOf(r *request, o *olap.Olap) (*cube.Cube, error) {
	name := r.PathValue("cube")
	if c := o.Model().Cube(name); c != nil {
		return c, nil
	}
	return nil, &Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("no cube %q", name), Hint: cube.Hint(name, o.Model().Names())}
}

// cube answers GET cubes/{cube}.
func (a *API) cube(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	c, err := cubeOf(r, o)
	if err != nil {
		return err
	}
	counts, err := a.tableRows(r.Context(), lease)
	if err != nil {
		return err
	}
	return r.reply(describe(c, o.Lang(), o.Run().Currency, counts))
}

func describe(c *cube.Cube, lang, currency string, counts map[string]int64) cubeBody {
	b := cubeBody{cubeHead: headOf(c, lang, counts), Scenarios: []string{}, Dimensions: []dimensionBody{}, Measures: []measureBody{}, Sets: []setBody{},
		Time: []string{}, Scopes: cube.Scopes(), Calcs: cube.Calculations(), Bridges: []string{}, Drivers: listOf(c.Drivers)}
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
		d := describeUse(u, lang)
		b.Dimensions = append(b.Dimensions, d)
		if u.Of.Date {
			for _, x := range d.Attributes {
				if x.Level != "" {
					b.Time = append(b.Time, x.Name)
				}
			}
		}
		for _, s := range u.Of.Sets {
			b.Sets = append(b.Sets, setBody{u.Name, s.Name, s.Label.In(lang)})
		}
	}
	for _, m := range c.Measures {
		if !m.Hidden {
			b.Measures = append(b.Measures, describeMeasure(m, lang, currency))
		}
	}
	return b
}

func describeUse(u *cube.Use, lang string) dimensionBody {
	d := dimensionBody{Name: u.Name, Title: cmp.Or(u.Label.In(lang), u.Of.Label.In(lang)), Description: u.Of.Description.In(lang),
		Date: u.Of.Date, Grain: u.Grain, Attributes: []attributeBody{}, Hierarchies: []hierarchyBody{}}
	if u.Of.Name != u.Name {
		d.Role = u.Of.Name
	}
	for _, x := range slices.Concat(u.Of.Attributes, u.Of.Derived) {
		if !x.Hidden {
			d.Attributes = append(d.Attributes, attributeBody{u.Name + "." + x.Name, x.Label.In(lang), x.Description.In(lang), cmp.Or(x.Type, "text"), x.Grain, x.Synonyms})
		}
	}
	for _, h := range u.Of.Hierarchies {
		levels := make([]string, len(h.Levels))
		for i, l := range h.Levels {
			levels[i] = u.Name + "." + l
		}
		d.Hierarchies = append(d.Hierarchies, hierarchyBody{h.Name, h.Label.In(lang), levels})
	}
	return d
}

func describeMeasure(m *cube.Measure, lang, currency string) measureBody {
	b := measureBody{Name: m.Name, Title: m.Label.In(lang), Description: m.Description.In(lang), Kind: m.Kind, Additive: additive(m),
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

// member is a member of an attribute.
type member struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// membersLimit is how many members are given where the caller names no number.
const membersLimit = 200

// members answers GET cubes/{cube}/members: those that have facts, of the facts
// that the filters of "where" keep. Where there are more than the limit, they are
// those with the most of the cube's first measure, and "more" says so.
func (a *API) members(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	c, err := cubeOf(r, o)
	if err != nil {
		return err
	}
	field, search := r.URL.Query().Get("attribute"), strings.TrimSpace(r.URL.Query().Get("search"))
	if field == "" {
		return refusef("attribute", "attribute=customer.type", "name the attribute")
	}
	limit, err := r.number("limit", membersLimit)
	if err != nil {
		return err
	}
	limit = min(max(limit, 1), a.limits().Page)
	r.entry.What = "members of " + c.Name + " " + field
	q := cube.Query{Cube: c.Name, Rows: []string{field}, Measures: []string{rankingMeasure(c)},
		Top: &cube.Top{N: limit, By: rankingMeasure(c), Others: true}, Sort: []cube.Sort{{By: field}}}
	if q.Where, err = filtersOf(c, r.URL.Query().Get("where")); err != nil {
		return err
	}
	if search != "" {
		q.Where = append(q.Where, cube.Filter{Field: field, Op: "contains", Values: []string{search}})
	}
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	table, err := o.Ask(ctx, q)
	if err != nil {
		return err
	}
	list, more := []member{}, false
	for _, row := range table.Rows {
		if row.Other {
			more = true
			continue
		}
		list = append(list, member{row.Keys[0], exportText(row.Cells[0], table.Columns[0])})
	}
	r.entry.Rows = int64(len(list))
	return r.reply(map[string]any{"attribute": field, "members": list, "more": more, "notes": policyNotes(lease)})
}

// filtersOf reads a list of filters in JSON, as questions have them in "where";
// none of "".
func filtersOf(c *cube.Cube, where string) ([]cube.Filter, error) {
	if where == "" {
		return nil, nil
	}
	if !json.Valid([]byte(where)) {
		return nil, refusef("json", `where=[{"field":"customer.type","op":"in","values":["library"]}]`, "where is not JSON")
	}
	text, err := json.Marshal(map[string]any{"cube": c.Name, "measures": []string{rankingMeasure(c)}, "where": json.RawMessage(where)})
	if err != nil {
		return nil, err
	}
	q, err := cube.DecodeJSON(text)
	return q.Where, err
}

// rankingMeasure is what members are ranked by: the first sum or count.
func rankingMeasure(c *cube.Cube) string {
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

// tableRows is the rows of each table (schema.table) of a lease.
func (a *API) tableRows(ctx context.Context, lease *Lease) (map[string]int64, error) {
	s, err := a.schemaOf(ctx, lease)
	if err != nil {
		return nil, err
	}
	return s.counts, nil
}
