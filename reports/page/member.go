package page

import (
	"strings"

	"verso/olap/cube"
	"verso/reports/view"
)

// CustomerName is how a customer is called on a page: organisations by name,
// people by their number only.
func (c *Context) CustomerName(id, name, kind string) string {
	if kind == "individual" || kind == "reader" || name == "" {
		return c.T("customer.id", "id", id)
	}
	return name
}

// Area is a customer's area in the page's language.
func (c *Context) Area(en, zh any) view.Value {
	if Text(en) == "" || Text(en) == unknownMember {
		return view.Value{}
	}
	return view.T(c.InLanguage(Text(en), Text(zh)))
}

// KindOf is a customer's type in the page's language.
func (c *Context) KindOf(v any) view.Value {
	if Text(v) == "" {
		return view.Value{}
	}
	return view.T(c.MemberLabel("customer.type", v))
}

// InLanguage is a text of the generation in the page's language: the Chinese one,
// else what the language says for the English one.
func (c *Context) InLanguage(en, zh string) string { return c.Lang.Either(en, zh) }

// translated tells the attributes whose members have names in Chinese too: cubes
// give those in English for every other language, to be said in it.
func (c *Context) translated(attribute string) bool {
	dimension, name, ok := strings.Cut(attribute, ".")
	if !ok || c.Model == nil || c.Model.Dimension(dimension) == nil {
		return false
	}
	a := c.Model.Dimension(dimension).Attribute(name)
	return a != nil && (a.ColumnZH != "" || len(a.Names) > 0)
}

// Labelled is a text of the catalog in the page's language.
func (c *Context) Labelled(t cube.Text) string { return c.Lang.Either(t.EN, t.ZH) }

// Said is a sentence that the refresh or one of its checks left in English, in
// the page's language; as it is where it has no translation.
func (c *Context) Said(english string) string { return c.Lang.Said(english) }
