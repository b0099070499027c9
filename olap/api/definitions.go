package api

import (
	"cmp"
	"slices"
	"strings"

	"verso/olap/catalog"
	"verso/olap/cube"
)

// definition is what a measure or an attribute means.
type definition struct {
	Name        string   `json:"name"` // as in questions
	Title       string   `json:"title"`
	Kind        string   `json:"kind"` // measure or attribute
	Description string   `json:"description"`
	Computed    string   `json:"computed,omitempty"`
	Cubes       []string `json:"cubes"`
}

// definitions answers GET definitions: what measures and attributes mean.
func (a *API) definitions(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	search := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("search")))
	found := map[string]*definition{}
	add := func(c *cube.Cube, d definition) {
		if search != "" && !strings.Contains(strings.ToLower(d.Name), search) && !strings.Contains(strings.ToLower(d.Title), search) {
			return
		}
		key := d.Kind + "\x00" + d.Name + "\x00" + d.Description
		if found[key] == nil {
			found[key] = &d
		}
		found[key].Cubes = append(found[key].Cubes, c.Name)
	}
	for _, c := range o.Cubes() {
		for _, m := range c.Measures {
			if !m.Hidden {
				add(c, definition{Name: m.Name, Title: m.Label.In(o.Lang()), Kind: "measure", Description: m.Description.In(o.Lang()), Computed: strings.ReplaceAll(catalog.Computed(m), "`", "")})
			}
		}
		for _, u := range c.Dimensions {
			for _, x := range u.Of.Attributes {
				if !x.Hidden {
					add(c, definition{Name: u.Name + "." + x.Name, Title: x.Label.In(o.Lang()), Kind: "attribute", Description: x.Description.In(o.Lang())})
				}
			}
		}
	}
	list := []definition{}
	for _, d := range found {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b definition) int {
		return cmp.Or(-strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Description, b.Description))
	})
	return r.reply(map[string]any{"rules": catalog.Rules(), "definitions": list, "generation": lease.Generation, "notes": policyNotes(lease)})
}
