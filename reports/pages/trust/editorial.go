package trust

import (
	"verso/reports/page"
	"verso/reports/view"
)

// editorial is what editors added to the data, and which of their files could not
// be used; nil where there are no such files.
func (c desk) editorial() *view.Section {
	e := c.Editorial
	untranslated := c.untranslated()
	if len(e.Annotations)+len(e.Targets)+len(e.Faults)+len(untranslated) == 0 {
		return nil
	}
	s := &view.Section{ID: "editorial", Title: c.T("quality.editorial"), Lead: c.T("quality.editorial.lead")}
	for _, fault := range e.Faults {
		s.Blocks = append(s.Blocks, view.Block{Note: &view.Note{Tone: view.Bad, Text: c.T("annotations.fault", "fault", fault)}})
	}
	s.Blocks = append(s.Blocks, untranslated...)
	if len(e.Annotations) > 0 {
		s.Blocks = append(s.Blocks, view.Block{Table: c.annotationTable(e.Annotations)})
	}
	return s
}

// untranslated says how many texts of each language are shown in English.
func (c desk) untranslated() []view.Block {
	var out []view.Block
	for _, l := range c.Languages.All() {
		if n := len(l.Missing(c.Sentences)); n > 0 {
			out = append(out, view.Block{Note: &view.Note{Tone: view.Caution, Text: c.T("language.missing", "language", l.Name, "code", l.Code, "n", page.Count(c.Lang, int64(n)))}})
		}
	}
	return out
}

// annotationTable lists the annotations by their days.
func (c desk) annotationTable(list []page.Annotation) *view.Table {
	t := &view.Table{ID: "annotations", Title: c.T("annotations.title"), Subtitle: c.T("annotations.sub"), Empty: c.T("annotations.none"),
		Columns: []view.Column{{Label: c.T("annotations.when")}, {Label: c.T("annotations.about")}, {Label: c.T("annotations.measure")}, {Label: c.T("annotations.words"), Wide: true}}}
	for _, a := range list {
		about, measure := view.T(c.T("annotations.all")), view.T(c.T("annotations.measure.all"))
		if a.Attribute != "" {
			about = view.T(c.MemberLabel(a.Attribute, a.Member))
		}
		if a.Measure != "" {
			measure = view.T(a.Measure)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.Days(a.From, a.To)), about, measure, view.T(a.Text.In(c.Lang.Code))}})
	}
	return t
}
