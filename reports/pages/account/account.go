// Package account has a page for each key customer, and on demand for any: who it
// is, what it is worth, what is under way, how it was served, and what follows.
package account

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

func statement(name string) string { return page.Statement(sqlFiles, name) }

// keyCustomers are how many customers have a page of their own in the site at
// most, and foundCustomers how many a search names.
const (
	keyCustomers   = 60
	foundCustomers = 20
)

// Pages are the list of key customers and, below it, their pages.
func Pages() []page.Page {
	return []page.Page{{Slug: "accounts", Build: list, Below: keyPages}}
}

// keyPages are the pages of the key customers, read together.
func keyPages(ctx context.Context, c *page.Context) ([]page.Page, error) {
	keys, _, err := readKeys(ctx, c)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return pagesOf(ctx, c, keys)
}

// NotFoundError is a customer that the generation does not know, or that its name
// does not tell apart.
type NotFoundError struct {
	Text  string
	Found []string // numbers and names of those that the text fits, if there are several
}

// Error says whether there is none, or which there are.
func (e *NotFoundError) Error() string {
	if len(e.Found) == 0 {
		return fmt.Sprintf("no customer has the number %q, and none has it in its name", e.Text)
	}
	return fmt.Sprintf("%q fits several customers; give the number of one:\n  %s", e.Text, strings.Join(e.Found, "\n  "))
}

// One is the page of a customer by its number, or by a part of its name that no
// other customer has; NotFoundError if there is none or there are several.
func One(ctx context.Context, c *page.Context, text string) (view.Page, error) {
	var keys []int64
	var found []string
	exact := false
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("find"), text, text, text, int64(foundCustomers+1)), func(row []any) error {
		if exact {
			return nil
		}
		exact = page.Whole(row[4]) == 0
		keys = append(keys, page.Whole(row[0]))
		found = append(found, page.Text(row[1])+"  "+c.CustomerName(page.Text(row[1]), page.Text(row[2]), page.Text(row[3])))
		return nil
	})
	if err != nil {
		return view.Page{}, err
	}
	if len(found) > foundCustomers {
		found[foundCustomers] = "…"
	}
	if !exact && len(keys) != 1 {
		return view.Page{}, &NotFoundError{Text: text, Found: found}
	}
	pages, err := pagesOf(ctx, c, keys[:1])
	if err != nil {
		return view.Page{}, err
	}
	return pages[0].Build(ctx, c)
}

// pagesOf are the pages of customers by their keys, in this order.
func pagesOf(ctx context.Context, c *page.Context, keys []int64) ([]page.Page, error) {
	s, err := read(ctx, c, keys)
	if err != nil {
		return nil, err
	}
	var pages []page.Page
	for _, key := range keys {
		id := page.Text(s.one("who", key)[1])
		pages = append(pages, page.Page{Slug: slug(id), About: page.Ref{Attribute: "customer.name", Key: fmt.Sprint(key)}, Label: func(*page.Context) string { return dossier{c, s, key}.name() }, Build: func(_ context.Context, own *page.Context) (view.Page, error) {
			return dossier{own, s, key}.page(slug(id)), nil
		}})
	}
	return pages, nil
}

// slug is the file name of a customer's page.
func slug(id string) string { return page.Slug("account", id) }

// readKeys are the keys of the key customers, and how many there are of them.
func readKeys(ctx context.Context, c *page.Context) (keys []int64, all int64, err error) {
	for _, table := range []string{"sevenp", "pyramid"} {
		if known, err := c.Known(ctx, "score", table); err != nil || !known {
			return nil, 0, err
		}
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("key"), int64(keyCustomers)), func(row []any) error {
		keys, all = append(keys, page.Whole(row[0])), page.Whole(row[2])
		return nil
	})
	return keys, all, err
}

// list is the page of the key customers.
func list(ctx context.Context, c *page.Context) (view.Page, error) {
	p := c.Page("accounts")
	keys, all, err := readKeys(ctx, c)
	if err != nil {
		return p, err
	}
	if len(keys) == 0 {
		p.Message = view.Message{Finding: c.T("account.unknown"), Consequence: c.T("account.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: p.Title, Text: c.T("account.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	s, err := read(ctx, c, keys)
	if err != nil {
		return p, err
	}
	t, falling, silent := listTable(c, s, keys)
	if all > int64(len(keys)) {
		t.Shown = c.T("account.shown", "n", page.Count(c.Lang, int64(len(keys))), "all", page.Count(c.Lang, all))
	}
	p.Meta = view.Meta{Measure: c.T("account.meta"), Unit: t.Columns[3].Unit, Period: page.LastTwelveMonths(c.AsOf).Label(c.Lang)}
	p.Message = view.Message{Finding: c.T("account.list.text", "n", page.Count(c.Lang, int64(len(keys))), "falling", page.Count(c.Lang, falling)),
		Consequence: c.T("account.list.so", "n", page.Count(c.Lang, silent))}
	p.Sections = []view.Section{{ID: "key", Title: c.T("account.list"), Lead: c.T("account.list.lead"), Blocks: []view.Block{{Table: t}}}}
	return p, nil
}

// listTable are the key customers, each with the way to its page; falling are
// those who buy a tenth less than a year ago, silent those whose usual gap between
// orders has passed.
func listTable(c *page.Context, s *store, keys []int64) (t *view.Table, falling, silent int64) {
	var nets []view.Value
	for _, key := range keys {
		nets = append(nets, s.value("profit", key, profitNow))
	}
	format, unit := c.TableMoney(nets...)
	t = &view.Table{ID: "accounts", Title: c.T("account.list"), Subtitle: c.T("account.list.sub"), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.customer.tier")}, {Label: c.T("account.kpi.net"), Unit: unit, Format: format},
			{Label: "ΔPY", Unit: "%", Format: view.Pct().Bare().Change(), Visual: view.Variance, Better: 1}, {Label: c.T("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1},
			{Label: c.T("sevenp.composite"), Format: page.Points()}, {Label: c.T("account.col.status")}, {Label: c.T("sevenp.policy")}}}
	for i, key := range keys {
		d := dossier{c, s, key}
		name := c.Linked(view.T(d.name()), "customer.name", fmt.Sprint(key))
		change := view.Relative(s.value("profit", key, profitNow), s.value("profit", key, profitBefore))
		if change.Has() && change.Float < -.1 {
			falling++
		}
		if late, known := d.isLate(); known && late {
			silent++
		}
		scores := s.one("scores", key)
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{name, c.KindOf(s.one("who", key)[3]), view.T(c.TierLabel(page.Text(scores[1]))), nets[i], change,
			s.value("profit", key, profitContribution), page.Value(scores[2]), d.status(), view.T(c.T("sevenp.policy." + page.Text(scores[6])))}})
	}
	return t, falling, silent
}
