package page

import "verso/reports/view"

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
	s := Text(en)
	if c.Lang == "zh" && Text(zh) != "" {
		s = Text(zh)
	}
	if s == "" || s == unknownMember {
		return view.Value{}
	}
	return view.T(s)
}

// KindOf is a customer's type in the page's language.
func (c *Context) KindOf(v any) view.Value {
	if Text(v) == "" {
		return view.Value{}
	}
	return view.T(c.MemberLabel("customer.type", v))
}

// InLanguage is the text of the page's language, that in English where it has none.
func (c *Context) InLanguage(en, zh string) string {
	if c.Lang == "zh" && zh != "" {
		return zh
	}
	return en
}
