package front

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// pair is a member's figure now and in the comparison window.
type pair struct {
	key, label string
	ref        string // the key that tells its page
	now, then  view.Value
	delta      view.Value
	trend      []view.Value
	known      bool // false for unknown members and missing values
	extra      []view.Value
	count      int // members gathered in an others row
}

// name is the member as a sentence calls it: subjects without their class code.
func (p pair) name() string {
	if code, rest, ok := strings.Cut(p.label, " "); ok && classCode.MatchString(code) && rest != "" {
		return rest
	}
	return p.label
}

// classCode is a reporting subject's code: a letter, TP, T-other.
var classCode = regexp.MustCompile(`^([A-Z]|T[A-Z]|T-other)$`)

// comparison is one measure by the members of one attribute in two windows.
// The pairs add up to the totals: what is not listed is in the others.
type comparison struct {
	attribute string
	pairs     []pair
	now, then view.Value // totals at their own level
	fair      bool       // whether the data cover the comparison window
}

// delta is the whole change.
func (x comparison) delta() view.Value { return view.Sub(x.now, x.then) }

// compare asks for net revenue by an attribute in a window and a year earlier.
func (c desk) compare(ctx context.Context, attribute string, w page.Window) (comparison, error) {
	x := comparison{attribute: attribute, fair: c.Comparable(w.Before(1))}
	now, err := c.By(ctx, "sales", attribute, w, "net")
	if err != nil {
		return x, err
	}
	then, err := c.By(ctx, "sales", attribute, w.Before(1), "net")
	if err != nil {
		return x, err
	}
	x.pairs = join(now, then, "net")
	var a, b []view.Value
	for _, p := range x.pairs {
		a, b = append(a, p.now), append(b, p.then)
	}
	// Revenue adds up over members of one dimension: every line has one member.
	x.now, x.then = view.Sum(a...), view.Sum(b...)
	return x, nil
}

// join matches the members of two answers; a member missing on one side is zero
// there.
func join(now, then []page.Member, measure string) []pair {
	at := map[string]int{}
	var out []pair
	place := func(m page.Member) *pair {
		i, ok := at[m.Key]
		if !ok {
			i = len(out)
			at[m.Key] = i
			out = append(out, pair{key: m.Key, ref: m.Ref, label: m.Label, now: view.I(0), then: view.I(0),
				known: m.Known})
		}
		return &out[i]
	}
	for _, m := range now {
		if v := m.Values[measure]; v.Has() {
			place(m).now = v
		}
	}
	for _, m := range then {
		if v := m.Values[measure]; v.Has() {
			place(m).then = v
		}
	}
	for i := range out {
		out[i].delta = view.Sub(out[i].now, out[i].then)
	}
	return out
}

// top keeps the n pairs that less puts first and gathers the rest, which closes
// the sums exactly.
func (x comparison) top(n int, less func(a, b pair) bool) (kept []pair, rest *pair) {
	sorted := append([]pair(nil), x.pairs...)
	sort.SliceStable(sorted, func(i, j int) bool {
		if less(sorted[i], sorted[j]) != less(sorted[j], sorted[i]) {
			return less(sorted[i], sorted[j])
		}
		return sorted[i].label < sorted[j].label
	})
	if len(sorted) <= n+1 {
		return sorted, nil
	}
	kept = sorted[:n]
	r := pair{now: x.now, then: x.then, count: len(sorted) - n}
	for _, p := range kept {
		r.now, r.then = view.Sub(r.now, p.now), view.Sub(r.then, p.then)
	}
	r.delta = view.Sub(r.now, r.then)
	return kept, &r
}

func bySize(a, b pair) bool   { return a.now.Float > b.now.Float }
func byChange(a, b pair) bool { return abs(a.delta.Float) > abs(b.delta.Float) }

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// look is how a comparison is laid out as a table.
type look struct {
	id, title, subtitle, insight string
	head                         string // of the first column
	n                            int
	changes                      bool // rank by change rather than size
	share, trend                 bool
	months                       []time.Time
	rest                         *page.VarianceRow // what is not listed, where the members are not all
}

// varianceTable lays a comparison out: actual, previous, difference as a bar and
// in percent, and the others and total that close it.
func (c desk) varianceTable(x comparison, l look) *view.Table {
	less := bySize
	if l.changes && x.fair {
		less = byChange
	}
	kept, rest := x.top(l.n, less)
	if l.changes && x.fair {
		sort.SliceStable(kept, func(i, j int) bool { return kept[i].delta.Float > kept[j].delta.Float })
	}
	v := page.Variance{ID: l.id, Title: l.title, Subtitle: l.subtitle, Insight: l.insight, Head: l.head, Fair: x.fair, Share: l.share, Now: x.now, Then: x.then}
	if l.trend {
		v.Months = l.months
	}
	for _, p := range kept {
		v.Rows = append(v.Rows, page.VarianceRow{Label: c.Linked(view.T(p.label), x.attribute, p.ref), Now: p.now, Then: p.then, Trend: p.trend})
	}
	if rest != nil {
		v.Rows = append(v.Rows, page.VarianceRow{Kind: view.Others, Label: view.T(c.T("row.others", "n", fmt.Sprint(rest.count))), Now: rest.now, Then: rest.then})
	}
	if l.rest != nil {
		v.Rows = append(v.Rows, *l.rest)
	}
	t := c.VarianceTable(v)
	if rest != nil {
		t.Footnotes = append(t.Footnotes, c.T("foot.others", "n", fmt.Sprint(rest.count)))
	}
	return t
}

// movers are the known members that rose and fell most; nil where none did.
func (x comparison) movers() (up, down *pair) {
	for i := range x.pairs {
		p := &x.pairs[i]
		if !p.known {
			continue
		}
		if p.delta.Float > 0 && (up == nil || p.delta.Float > up.delta.Float) {
			up = p
		}
		if p.delta.Float < 0 && (down == nil || p.delta.Float < down.delta.Float) {
			down = p
		}
	}
	return up, down
}

// moversText says in a sentence who moved a comparison; "" where there is
// nothing to say: no comparison, one member, no change.
func (c desk) moversText(x comparison) string {
	if !x.fair || len(x.pairs) < 2 {
		return ""
	}
	up, down := x.movers()
	switch {
	case up != nil && down != nil && x.delta().Float >= 0:
		return c.T("movers.up.down", "up", up.name(), "plus", c.SignedAmount(up.delta), "down", down.name(), "minus", c.SignedAmount(down.delta))
	case up != nil && down != nil:
		return c.T("movers.down.up", "up", up.name(), "plus", c.SignedAmount(up.delta), "down", down.name(), "minus", c.SignedAmount(down.delta))
	case up != nil:
		return c.T("movers.up", "up", up.name(), "plus", c.SignedAmount(up.delta))
	case down != nil:
		return c.T("movers.down", "down", down.name(), "minus", c.SignedAmount(down.delta))
	}
	return c.T("movers.none")
}

// bridge is where the change of revenue came from by what customers did.
func (c desk) bridge(ctx context.Context, w page.Window) (comparison, error) {
	x := comparison{attribute: "bridge", fair: c.Comparable(w.Before(1))}
	p := w.Before(1)
	s := engine.SQL(statement("bridge"), w.From, w.To, p.From, p.To, w.From, w.To, p.From, p.To, w.From)
	found := map[string]pair{}
	err := engine.Rows(ctx, c.DB, s, func(row []any) error {
		kind := page.Text(row[0])
		found[kind] = pair{key: kind, now: page.Value(row[2]), then: page.Value(row[3]), delta: view.Sub(page.Value(row[2]), page.Value(row[3])),
			known: kind != "unknown", extra: []view.Value{page.Value(row[1])}, count: int(page.Whole(row[1])),
			label: c.T("bridge."+kind, "n", page.Count(c.Lang, page.Whole(row[1])))}
		return nil
	})
	if err != nil {
		return x, err
	}
	var now, then []view.Value
	for _, kind := range []string{"new", "back", "grown", "shrunk", "lost", "unknown"} {
		if p, ok := found[kind]; ok {
			x.pairs = append(x.pairs, p)
			now, then = append(now, p.now), append(then, p.then)
		}
	}
	x.now, x.then = view.Sum(now...), view.Sum(then...)
	return x, nil
}

// bridgeTable lays the bridge out in its own order.
func (c desk) bridgeTable(x comparison) *view.Table {
	format, unit := c.TableMoney(x.now, x.then)
	t := &view.Table{ID: "bridge", Title: c.T("bridge.title"), Subtitle: c.T("sub.net", "unit", unit), Insight: c.bridgeText(x),
		Empty: c.T("table.empty"), Footnotes: []string{c.T("bridge.foot")},
		Columns: []view.Column{{Label: c.T("col.customers.group")}, {Label: c.T("col.customers"), Format: view.Integer()},
			{Label: "AC", Unit: unit, Format: format}, {Label: "PY", Unit: unit, Format: format},
			{Label: "ΔPY", Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}}}
	n := int64(0)
	for _, p := range x.pairs {
		customers := p.extra[0]
		if !p.known {
			customers = view.NA()
		} else {
			n += int64(p.count)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(p.label), customers, p.now, p.then, p.delta}})
	}
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(n), x.now, x.then, x.delta()}})
	}
	return t
}

// bridgeText says what new and lost customers did to revenue.
func (c desk) bridgeText(x comparison) string {
	gained, lost := view.I(0), view.I(0)
	for _, p := range x.pairs {
		switch p.key {
		case "new", "back":
			gained = view.Sum(gained, p.delta)
		case "lost":
			lost = view.Sum(lost, p.delta)
		}
	}
	if gained.Float == 0 && lost.Float == 0 {
		return c.T("bridge.still")
	}
	return c.T("bridge.text", "gained", c.Amount(gained), "lost", c.Amount(lost))
}
