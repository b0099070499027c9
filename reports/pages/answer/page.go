// Package answer has the page of the named questions: what a company asks about
// its customers, each with its answer in one sentence, or with the table that
// would give it. The command line prints the same.
package answer

import (
	"context"
	"strings"

	"verso/reports/page"
	"verso/reports/view"
)

// Pages are the pages of this package in menu order.
func Pages() []page.Page { return []page.Page{{Slug: "questions", Build: questions}} }

// questions answers: what do the data say to each of the questions?
func questions(ctx context.Context, c *page.Context) (view.Page, error) {
	p := c.Page("questions")
	list, err := Ask(ctx, c)
	if err != nil {
		return p, err
	}
	answered, absent, unscored := 0, 0, 0
	for _, a := range list {
		switch {
		case a.Has():
			answered++
		case a.State == Absent:
			absent++
		default:
			unscored++
		}
	}
	count := func(n int) string { return page.Count(c.Lang, int64(n)) }
	p.Meta = view.Meta{Measure: c.T("questions.meta"), Period: c.T("questions.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = view.Message{Finding: c.T("questions.text", "answered", count(answered), "all", count(len(list)))}
	switch {
	case absent == 0 && unscored == 0:
		p.Message.Consequence = c.T("questions.so.all")
	case unscored == 0:
		p.Message.Consequence = c.T("questions.so", "n", count(absent))
	default:
		p.Message.Consequence = c.T("questions.so.scores", "n", count(absent), "unscored", count(unscored))
	}
	for i, a := range list {
		if i == 0 || list[i-1].chapterID != a.chapterID {
			p.Sections = append(p.Sections, view.Section{ID: a.chapterID, Title: a.Chapter, Blocks: []view.Block{{Table: table(c, a)}}})
		}
		t := p.Sections[len(p.Sections)-1].Blocks[0].Table
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.I(int64(a.No)), view.T(a.Question), view.T(a.Answer), link(c, a)}})
	}
	return p, nil
}

// table is the table of the chapter that a question begins.
func table(c *page.Context, a Answer) *view.Table {
	return &view.Table{ID: "questions-" + a.chapterID, Title: c.T("questions.table", "chapter", a.Chapter), Columns: []view.Column{
		{Label: c.T("questions.col.no"), Format: view.Integer(), Total: "–"}, {Label: c.T("questions.col.question"), Wide: true},
		{Label: c.T("questions.col.answer"), Wide: true}, {Label: c.T("questions.col.more"), Wide: true}}}
}

// link leads to the page that says more, or names the query of the cell.
func link(c *page.Context, a Answer) view.Value {
	if a.Page != "" {
		slug, _, _ := strings.Cut(a.Page, ".html")
		return view.Value{Kind: view.Text, Text: c.T("page." + slug), Href: a.Page}
	}
	return view.T("verso query '" + strings.ReplaceAll(a.Cell, "'", `'\''`) + "'")
}
