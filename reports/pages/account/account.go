// Package account has a page for each key customer, and on demand for any: who it
// is, what it is worth, what is under way, how it was served, and what follows.
package account

import (
	"context"
	"embed"
	"fmt"
	"math"
	"slices"
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
	list, _, err := readKeys(ctx, c)
	return pagesOf(list), err
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
	var fitting []customer
	var found []string
	exact := false
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("find"), text, text, text, int64(foundCustomers+1)), func(row []any) error {
		if exact {
			return nil
		}
		exact = page.Whole(row[4]) == 0
		fitting = append(fitting, customer{page.Whole(row[0]), page.Text(row[1]), page.Text(row[2]), page.Text(row[3])})
		found = append(found, page.Text(row[1])+"  "+c.CustomerName(page.Text(row[1]), page.Text(row[2]), page.Text(row[3])))
		return nil
	})
	if err != nil {
		return view.Page{}, err
	}
	if len(found) > foundCustomers {
		found[foundCustomers] = "…"
	}
	if !exact && len(fitting) != 1 {
		return view.Page{}, &NotFoundError{Text: text, Found: found}
	}
	return pagesOf(fitting[:1])[0].Build(ctx, c)
}

// together is how many customers are read at a time: enough to make the statements
// few, and few enough to keep in memory.
const together = 250

// pagesOf are the pages of customers, in this order.
func pagesOf(customers []customer) []page.Page {
	pages := make([]page.Page, len(customers))
	for first := 0; first < len(customers); first += together {
		some := customers[first:min(first+together, len(customers))]
		keys := make([]int64, len(some))
		for i, x := range some {
			keys[i] = x.key
		}
		read := func(ctx context.Context, c *page.Context) (*store, error) {
			s, err := c.Common(fmt.Sprintf("account %d", first), len(some), func() (any, error) { return read(ctx, c.Forgetting(), keys) })
			if err != nil {
				return nil, err
			}
			return s.(*store), nil
		}
		for i, x := range some {
			pages[first+i] = x.page(read)
		}
	}
	return pages
}

// page is the page of a customer whose rows are among those that read reads.
func (x customer) page(read func(context.Context, *page.Context) (*store, error)) page.Page {
	return page.Page{Slug: slug(x.id), About: page.Ref{Attribute: "customer.name", Key: fmt.Sprint(x.key)},
		Label: func(c *page.Context) string { return c.CustomerName(x.id, x.name, x.kind) },
		Build: func(ctx context.Context, c *page.Context) (view.Page, error) {
			s, err := read(ctx, c)
			if err != nil {
				return view.Page{}, err
			}
			return dossier{c, s, x.key}.page(slug(x.id)), nil
		}}
}

// slug is the file name of a customer's page.
func slug(id string) string { return page.Slug("account", id) }

// customer is one of those that have a page.
type customer struct {
	key            int64
	id, name, kind string
}

// readKeys are the customers that have a page, the most important first, and how
// many there are of them altogether.
func readKeys(ctx context.Context, c *page.Context) (list []customer, all int64, err error) {
	for _, table := range []string{"sevenp", "pyramid"} {
		if known, err := c.Known(ctx, "score", table); err != nil || !known {
			return nil, 0, err
		}
	}
	most, beyond := int64(c.Customers), true
	switch c.Customers {
	case 0:
		most, beyond = keyCustomers, false
	case page.AllCustomers:
		most = math.MaxInt64
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("key"), beyond, most), func(row []any) error {
		list, all = append(list, customer{page.Whole(row[0]), page.Text(row[1]), page.Text(row[2]), page.Text(row[3])}), page.Whole(row[4])
		return nil
	})
	return list, all, err
}

// list is the page of the key customers.
func list(ctx context.Context, c *page.Context) (view.Page, error) {
	p := c.Page("accounts")
	customers, all, err := readKeys(ctx, c)
	if err != nil {
		return p, err
	}
	if len(customers) == 0 {
		p.Message = view.Message{Finding: c.T("account.unknown"), Consequence: c.T("account.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: p.Title, Text: c.T("account.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	keys := make([]int64, min(len(customers), keyCustomers))
	for i := range keys {
		keys[i] = customers[i].key
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
	switch {
	case !comparable(c):
		p.Message = view.Message{Finding: c.T("account.list.alone", "n", page.Count(c.Lang, silent), "all", page.Count(c.Lang, int64(len(keys)))), Consequence: c.NoComparison()}
	case silent == 0:
		p.Message.Consequence = c.T("account.list.so.none")
	}
	p.Sections = []view.Section{{ID: "key", Title: c.T("account.list"), Lead: c.T("account.list.lead"), Blocks: []view.Block{{Table: t}}}}
	return p, nil
}

// comparable tells whether the data reach back to the twelve months before the last.
func comparable(c *page.Context) bool { return c.Comparable(page.LastTwelveMonths(c.AsOf).Before(1)) }

// listTable are the key customers, each with the way to its page; falling are
// those who buy a tenth less than a year ago, silent those whose usual gap between
// orders has passed.
func listTable(c *page.Context, s *store, keys []int64) (t *view.Table, falling, silent int64) {
	var nets []view.Value
	for _, key := range keys {
		now, _ := s.sales(c, key)
		nets = append(nets, now)
	}
	format, unit := c.TableMoney(nets...)
	fair := comparable(c)
	t = &view.Table{ID: "accounts", Title: c.T("account.list"), Subtitle: c.T("account.list.sub"), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.customer.tier")}, {Label: c.T("account.kpi.net"), Unit: unit, Format: format},
			{Label: "ΔPY", Unit: "%", Format: view.Pct().Bare().Change(), Visual: view.Variance, Better: 1}, {Label: c.T("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1},
			{Label: c.T("sevenp.composite"), Format: page.Points()}, {Label: c.T("account.col.status")}, {Label: c.T("sevenp.policy")}}}
	if !fair {
		t.Subtitle, t.Columns = c.T("account.list.sub.alone"), slices.Delete(t.Columns, 4, 5)
	}
	for i, key := range keys {
		d := dossier{c, s, key}
		name := c.Linked(view.T(d.name()), "customer.name", fmt.Sprint(key))
		now, before := s.sales(c, key)
		change := view.Relative(now, before)
		if change.Has() && change.Float < -.1 {
			falling++
		}
		if late, known := d.isLate(); known && late {
			silent++
		}
		scores := s.one("scores", key)
		cells := []view.Value{name, c.KindOf(s.one("who", key)[3]), view.T(c.TierLabel(page.Text(scores[1]))), nets[i], change,
			s.value("profit", key, profitContribution), page.Value(scores[2]), d.status(), view.T(c.T("sevenp.policy." + page.Text(scores[6])))}
		if !fair {
			cells = slices.Delete(cells, 4, 5)
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	return t, falling, silent
}
