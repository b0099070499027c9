package html

import (
	"fmt"
	"html/template"
	"strings"

	"verso/reports/language"
	"verso/reports/view"
)

// model is a page as the templates see it.
type model struct {
	view.Page
	Nav      Nav
	W        map[string]string
	Parts    []part
	HasChart bool
	Paper    bool // bound with others for paper: nothing answers the pointer
	names    map[string]string
	section  string          // title of the section being prepared
	labels   map[string]bool // of tables and sections
}

// part is a section.
type part struct {
	view.Section
	Items []item
}

// item is a block with everything drawn and written out.
type item struct {
	view.Block
	Width string
	KPI   *kpiModel
	Fig   *figure
	Tab   *tableModel
}

type kpiModel struct {
	ID, Title, CSV string
	Tiles          []tile
}

type tile struct {
	Label, Unit, Value, Versus, Note, Ask string
	Change, Relative, Arrow, Tone         string
	Spark                                 drawing
	HasChange                             bool
}

type figure struct {
	*view.Chart
	Wide, Narrow sheet
	Spec         template.JS
	Legend       []key
	Table        *tableModel
	CSV          string
	Desc         string
	Notes        []string // below a chart over time, by their numbers on it
}

type sheet struct {
	Width, Height int
	SVG           template.HTML
}

// key is one entry of a legend.
type key struct{ Class, Name string }

type tableModel struct {
	*view.Table
	Label string // what a reader who hears the page is told it is; unique on the page
	CSV   string
	Cols  []columnModel
	Body  []rowModel
}

type columnModel struct {
	Label, Unit, Class string
	Sortable           bool
	Compare            string // see compareOf
}

type rowModel struct {
	Class string
	Cells []cellModel
}

type cellModel struct {
	Text, Class, Href, Exact string
	Head, Word               bool
	Bar                      drawing
	Tone                     string
}

// Asset is the path of a built file from the page.
func (m *model) Asset(name string) string { return m.Nav.Root + "assets/" + m.names[name] }

// Current is the page of the menu that is read, or that leads to what is read.
func (m *model) Current() string {
	if m.Nav.Above != nil {
		return m.Nav.Above.Slug
	}
	return m.Slug
}

// ChecksText says how the checks went.
func (m *model) ChecksText() string {
	f := m.Footer
	switch {
	case f.Checks == 0:
		return m.W["checksNone"]
	case len(f.FailedChecks) == 0:
		return m.Lang.Text(language.Frame, "checksPassed", "n", m.RowsText(int64(f.Checks)))
	}
	return m.Lang.Text(language.Frame, "checksFailed", "n", m.RowsText(int64(len(f.FailedChecks))), "all", m.RowsText(int64(f.Checks)))
}

// RowsText writes a row count.
func (m *model) RowsText(n int64) string { return view.Figure(m.Lang, float64(n), 0, false) }

// prepare draws and writes every block.
func (m *model) prepare() error {
	m.labels = map[string]bool{}
	for _, s := range m.Sections {
		m.labels[s.Title] = true
	}
	for _, s := range m.Sections {
		p := part{Section: s}
		m.section = s.Title
		for _, b := range s.Blocks {
			it, err := m.item(b)
			if err != nil {
				return err
			}
			p.Items = append(p.Items, it)
		}
		m.Parts = append(m.Parts, p)
	}
	return nil
}

// label is a name for the region of a table that nothing else on the page has:
// its title, else with that of its section, else with a number.
func (m *model) label(title string) string {
	name := title
	if m.labels[name] && title != m.section {
		name = m.section + ": " + title
	}
	base := name
	if base == m.section {
		base += " (" + m.W["data"] + ")"
		name = base
	}
	for n := 2; m.labels[name]; n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	m.labels[name] = true
	return name
}

func (m *model) item(b view.Block) (item, error) {
	it := item{Block: b, Width: "full"}
	if b.Width == view.Half {
		it.Width = "half"
	}
	switch {
	case b.KPIs != nil:
		it.KPI = m.kpis(b.KPIs)
	case b.Chart != nil:
		fig, err := m.figure(b.Chart)
		if err != nil {
			return it, err
		}
		it.Fig, m.HasChart = fig, true
	case b.Table != nil:
		it.Tab = m.table(b.Table, csvPath(m.Slug, b.Table.ID))
	}
	return it, nil
}

func (m *model) kpis(k *view.KPIRow) *kpiModel {
	out := &kpiModel{ID: k.ID, Title: k.Title, CSV: csvPath(m.Slug, k.ID)}
	for _, i := range k.Items {
		t := tile{Label: i.Label, Unit: i.Unit, Value: view.Show(m.Lang, i.Value, i.Format), Versus: i.Versus, Note: i.Note, Ask: i.Ask,
			Tone: toneClass(i.Tone())}
		if i.Change.Has() {
			t.HasChange = true
			t.Change = view.Show(m.Lang, i.Change, i.ChangeFormat)
			t.Arrow = arrow(i.Change.Float)
			if i.Relative.Has() {
				t.Relative = view.Show(m.Lang, i.Relative, view.Pct().Change())
			}
		}
		if len(i.Trend) > 0 {
			t.Spark = spark(i.Trend, i.Marks, i.Label+": "+m.W["trend"])
		}
		out.Tiles = append(out.Tiles, t)
	}
	return out
}

// arrow says the direction of a change without colour.
func arrow(change float64) string {
	switch {
	case change > 0:
		return "▲"
	case change < 0:
		return "▼"
	}
	return "■"
}

func toneClass(t view.Tone) string {
	return [...]string{"neutral", "good", "bad", "caution"}[t]
}

// figure draws a chart at both sizes and writes its option for the browser.
func (m *model) figure(c *view.Chart) (*figure, error) {
	f := &figure{Chart: c, CSV: csvPath(m.Slug, c.ID), Legend: legend(c, m.W), Desc: c.Insight}
	if c.Kind == view.TimeColumns || c.Kind == view.Lines {
		for _, mark := range c.Marks {
			f.Notes = append(f.Notes, mark.Text)
			f.Desc = strings.TrimSpace(f.Desc + " " + mark.Text)
		}
	}
	t := c.Table
	t.ID = c.ID + "-data"
	f.Table = m.table(&t, f.CSV)
	s := spec{Tips: m.tips(c)}
	type size struct {
		frame frame
		sheet *sheet
		into  *map[string]any
	}
	sizes := []size{{wide.sized(c), &f.Wide, &s.Wide}, {narrow.sized(c), &f.Narrow, &s.Narrow}}
	if c.Small {
		sizes = []size{{narrow.sized(c), &f.Wide, &s.Wide}}
	}
	for _, size := range sizes {
		l := lay(c, size.frame.in(m.Lang))
		o, err := l.option()
		if err != nil {
			return nil, err
		}
		*size.sheet = sheet{Width: size.frame.width, Height: size.frame.height, SVG: raw(drawn(l, size.frame))}
		*size.into = o
	}
	if c.Small {
		s.Narrow = s.Wide
	}
	var err error
	f.Spec, err = encode(s)
	return f, err
}

// legend names the notation where a chart has more than one series.
func legend(c *view.Chart, w map[string]string) []key {
	var out []key
	for i, s := range c.Series {
		class := map[view.Role]string{view.AC: "k-ac", view.PY: "k-py", view.PL: "k-pl", view.FC: "k-fc", view.Reference: "k-ref"}[s.Role]
		if class == "" {
			class = []string{"k-py", "k-ac"}[i%2]
			if c.Kind == view.Lines {
				class = []string{"k-one", "k-two"}[i%2]
			}
		}
		out = append(out, key{class, s.Name})
	}
	if c.Kind == view.TimeColumns && byRole(c, view.AC) != nil && byRole(c, view.PY) != nil {
		out = append(out, key{"k-diff", w["difference"]})
	}
	if len(out) < 2 || c.Kind == view.Curve {
		return nil
	}
	return out
}

// tips are the texts beside the pointer, one for each category, point or cell.
func (m *model) tips(c *view.Chart) []tip {
	var out []tip
	for _, row := range c.Table.Rows {
		if row.Kind != view.Leaf {
			continue
		}
		var t tip
		for i, cell := range row.Cells {
			if i >= len(c.Table.Columns) {
				break
			}
			column := c.Table.Columns[i]
			text := view.Show(m.Lang, cell, column.Format)
			if i == 0 {
				t.Title = text
				continue
			}
			if column.Unit != "" && cell.Has() && column.Unit != "%" {
				text += "\u00a0" + column.Unit
			} else if column.Unit == "%" && cell.Has() && !strings.HasSuffix(text, m.Lang.Percent) {
				text += m.Lang.Percent
			}
			t.Lines = append(t.Lines, [2]string{column.Label, text})
		}
		out = append(out, t)
	}
	return out
}
