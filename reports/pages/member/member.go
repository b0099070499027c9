// Package member has a page for each member of a dimension that holds enough: a
// region, a kind of customer, a salesperson, a publisher, a subject, a segment.
// Its figures come from cube questions only, so that totals are right at every
// level and hold under every policy.
package member

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// A member has a page if it has as many active customers in twelve months, or
// this share of net sales; of one dimension those with the most net sales.
const (
	enoughCustomers = 5
	enoughShare     = 0.01
	mostPages       = 40
)

// kind is a dimension whose members have pages.
type kind struct {
	name      string   // of its words, and the start of its addresses
	attribute string   // as cubes name it
	parts     string   // the attribute that a member is broken down by
	above     string   // the page of the menu about all members
	ids       string   // statement that gives the number in the source by key; "": the key is lasting itself
	needs     []string // tables without which it has no members
}

func kinds() []kind {
	return []kind{
		{name: "region", attribute: "region.area", parts: "class.bucket", above: "sales"},
		{name: "type", attribute: "customer.type", parts: "class.bucket", above: "customers"},
		{name: "segment", attribute: "customer.segment", parts: "class.bucket", above: "profile", needs: []string{"customer_place"}},
		{name: "salesperson", attribute: "salesperson.name", parts: "class.bucket", above: "salesforce", ids: "salespeople"},
		{name: "publisher", attribute: "publisher.name", parts: "class.bucket", above: "suppliers", ids: "publishers"},
		{name: "class", attribute: "class.bucket", parts: "customer.type", above: "products"},
	}
}

// Attributes are those whose members have pages.
func Attributes() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.attribute)
	}
	return out
}

// Prefixes are the beginnings of their addresses.
func Prefixes() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.name+"-")
	}
	return out
}

// desk is where a page is written.
type desk struct{ *page.Context }

// Pages are the list of members and, below it, their pages.
func Pages() []page.Page {
	return []page.Page{{Slug: "members", Build: list, Below: pages}}
}

// pages are the pages of all members that hold enough, by dimension.
func pages(ctx context.Context, k *page.Context) ([]page.Page, error) {
	c := desk{k}
	all := kinds()
	made := make([][]page.Page, len(all))
	g, ctx := errgroup.WithContext(ctx)
	for i, kind := range all {
		g.Go(func() error {
			var err error
			made[i], err = c.pagesOf(ctx, kind)
			if err != nil {
				return fmt.Errorf("pages by %s: %w", kind.attribute, err)
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(made...), err
}

// pagesOf are the pages of the members of one dimension, those with the most net
// sales first.
func (c desk) pagesOf(ctx context.Context, k kind) ([]page.Page, error) {
	chosen, err := c.choose(ctx, k)
	if err != nil || len(chosen.members) == 0 {
		return nil, err
	}
	f, err := c.read(ctx, k, chosen.members)
	if err != nil {
		return nil, err
	}
	var out []page.Page
	for _, m := range chosen.members {
		out = append(out, page.Page{Slug: m.slug, About: page.Ref{Attribute: k.attribute, Key: m.ref},
			Label: func(*page.Context) string { return m.label },
			Build: func(_ context.Context, own *page.Context) (view.Page, error) {
				return sheet{desk{own.On(k.attribute, m.id, m.label)}, k, f, m}.page(), nil
			}})
	}
	return out, nil
}

// entry is a member with its address.
type entry struct {
	ref, label, slug string
	id               string     // its number in the source, or ref
	net, customers   view.Value // of twelve months
}

// choice is who of a dimension has a page.
type choice struct {
	members []entry
	others  int // known members with sales and without a page
}

// choose finds the members that hold enough.
func (c desk) choose(ctx context.Context, k kind) (choice, error) {
	var out choice
	if ok, err := c.offered(ctx, "sales", k); err != nil || !ok {
		return out, err
	}
	all, err := c.By(ctx, "sales", k.attribute, page.LastTwelveMonths(c.AsOf), "net", "customers")
	if err != nil {
		return out, err
	}
	var nets []view.Value
	for _, m := range all {
		nets = append(nets, m.Values["net"])
	}
	enough := view.Sum(nets...).Float * enoughShare
	for _, m := range all {
		net, customers := page.Zero(m.Values["net"]), page.Zero(m.Values["customers"])
		if m.Known && net.Float > 0 && (customers.Float >= enoughCustomers || net.Float >= enough) {
			out.members = append(out.members, entry{ref: m.Ref, label: m.Label, net: net, customers: customers})
		} else if m.Known {
			out.others++
		}
	}
	slices.SortStableFunc(out.members, func(a, b entry) int {
		switch {
		case a.net.Float > b.net.Float:
			return -1
		case a.net.Float < b.net.Float:
			return 1
		}
		return 0
	})
	if len(out.members) > mostPages {
		out.others += len(out.members) - mostPages
		out.members = out.members[:mostPages]
	}
	return out, c.address(ctx, k, out.members)
}

// address gives members their addresses, the same from night to night: by the
// number in the source, or by the name in English where that is the key.
func (c desk) address(ctx context.Context, k kind, members []entry) error {
	ids := map[string]string{}
	if k.ids != "" {
		err := engine.Rows(ctx, c.DB, engine.SQL(page.Statement(sqlFiles, k.ids)), func(row []any) error {
			ids[page.Text(row[0])] = page.Text(row[1])
			return nil
		})
		if err != nil {
			return err
		}
	}
	times := map[string]int{}
	for i, m := range members {
		members[i].slug, members[i].id = page.WordSlug(k.name, m.ref), m.ref
		if k.ids != "" {
			members[i].slug, members[i].id = page.Slug(k.name, ids[m.ref]), ids[m.ref]
		}
		times[members[i].slug]++
	}
	for i, m := range members {
		if times[m.slug] > 1 { // two names that differ in signs only
			members[i].slug = page.Slug(k.name, m.ref)
		}
	}
	return nil
}

// list says which members have pages, and by which rule.
func list(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("members")
	w := page.YearToDate(c.AsOf, c.Fiscal)
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	n, names := 0, []string{}
	for _, kind := range kinds() {
		chosen, err := c.choose(ctx, kind)
		if err != nil {
			return p, err
		}
		if len(chosen.members) == 0 {
			continue
		}
		t, err := c.listTable(ctx, kind, chosen, w)
		if err != nil {
			return p, err
		}
		n += len(chosen.members)
		names = append(names, c.T("members."+kind.name+".n", "n", fmt.Sprint(len(chosen.members))))
		s := view.Section{ID: kind.name, Title: c.T("members." + kind.name), Lead: t.Insight, Blocks: []view.Block{{Table: t}}}
		t.Insight = ""
		p.Sections = append(p.Sections, s)
	}
	pairs := []string{"n", fmt.Sprint(n), "list", strings.Join(names, c.T("list.comma")), "customers", fmt.Sprint(enoughCustomers), "share", c.RoundShare(enoughShare), "most", fmt.Sprint(mostPages)}
	p.Message = view.Message{Finding: c.T("members.text", pairs...), Consequence: c.T("members.rule", pairs...)}
	if n == 0 {
		p.Message.Finding = c.T("members.none")
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: p.Title, Text: c.T("members.none"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
	}
	return p, nil
}

// listTable are the members that have pages, closed by the others and the total.
func (c desk) listTable(ctx context.Context, k kind, chosen choice, w page.Window) (*view.Table, error) {
	now, err := c.By(ctx, "sales", k.attribute, w, "net")
	if err != nil {
		return nil, err
	}
	then, err := c.By(ctx, "sales", k.attribute, w.Before(1), "net")
	if err != nil {
		return nil, err
	}
	v := page.Variance{ID: "list-" + k.name, Title: c.T("members.table"), Head: c.T("members." + k.name + ".head"), Fair: c.Comparable(w.Before(1)), Share: true}
	a, b := map[string]view.Value{}, map[string]view.Value{}
	v.Now, v.Then = sumInto(a, now), sumInto(b, then)
	rest := page.VarianceRow{Kind: view.Others, Label: view.T(c.T("members.rest")), Now: v.Now, Then: v.Then}
	for _, m := range chosen.members {
		r := page.VarianceRow{Label: c.Linked(view.T(m.label), k.attribute, m.ref), Now: page.Zero(a[m.ref]), Then: page.Zero(b[m.ref])}
		rest.Now, rest.Then = view.Sub(rest.Now, r.Now), view.Sub(rest.Then, r.Then)
		v.Rows = append(v.Rows, r)
	}
	if rest.Now.Float != 0 || rest.Then.Float != 0 {
		v.Rows = append(v.Rows, rest)
	}
	t := c.VarianceTable(v)
	if chosen.others > 0 {
		t.Shown = c.T("members.shown", "n", fmt.Sprint(len(chosen.members)), "all", page.Count(c.Lang, int64(len(chosen.members)+chosen.others)))
	}
	return t, nil
}

// sumInto keeps net sales by member and adds them up: every line has one member
// of a dimension.
func sumInto(by map[string]view.Value, members []page.Member) view.Value {
	var all []view.Value
	for _, m := range members {
		by[m.Ref] = m.Values["net"]
		all = append(all, m.Values["net"])
	}
	return view.Sum(all...)
}
