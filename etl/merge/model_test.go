package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// model is what the package's documentation says of a merge, row by row in memory.
// The tables of the database must be the same after every round.
type model struct {
	several bool
	keyed   bool
	rows    []row // shown and held, the held ones marked
	bad     []fault
}

// row is a staged row: its key (0 in tables without one), a text that may be null
// and when it changed (0: null), its place, and whether it is gone or held.
type row struct {
	key        int
	text       string
	at         int
	no         int64
	load, seg  int
	gone, held bool
}

// fault is a row that was set aside.
type fault struct {
	key       string // "": none
	column    string // "": a record that was no row
	raw       string
	record    int64
	load, seg int
}

// load is what one mapping brings in a round.
type load struct {
	Load
	rows   []row
	bad    []fault
	gone   []int
	before int // rows changed before this time were read again, 0: none
}

// inWindow says whether a row is of the range that was read again.
func (l *load) inWindow(r row) bool { return l.before > 0 && r.at > 0 && r.at < l.before }

func (l *load) inSpan(seg int, no int64) bool {
	return slices.ContainsFunc(l.Replaced, func(s Span) bool { return s.Segment == seg && no >= s.From && no < s.To })
}

// fold brings in what the mappings have new and counts it.
func (m *model) fold(loads []*load) map[int]*Counts {
	counts := map[int]*Counts{}
	for i := range m.rows {
		m.rows[i].held = false
	}
	for _, l := range loads {
		c := &Counts{}
		counts[l.No] = c
		if m.keyed {
			m.replace(l, c)
		} else {
			c.New = int64(len(l.rows))
			m.rows = slices.DeleteFunc(m.rows, func(r row) bool {
				drop := r.load == l.No && (l.Kind == Whole || l.inWindow(r) || l.inSpan(r.seg, r.no))
				if drop {
					c.Dropped++
				}
				return drop
			})
		}
		m.clear(l)
	}
	for _, l := range loads {
		m.rows, m.bad = append(m.rows, l.rows...), append(m.bad, l.bad...)
	}
	return counts
}

// replace takes out the earlier rows of keys that come anew, and marks those gone
// that were read again and not found, but for those whose new version is bad.
func (m *model) replace(l *load, c *Counts) {
	for _, f := range l.rows {
		i := slices.IndexFunc(m.rows, func(r row) bool { return r.load == l.No && r.key == f.key })
		switch {
		case i < 0 || m.rows[i].gone:
			c.New++
		case m.rows[i].text != f.text || m.rows[i].at != f.at:
			c.Changed++
		default:
			c.Unchanged++
		}
		if i >= 0 {
			m.rows = slices.Delete(m.rows, i, i+1)
		}
	}
	for i, r := range m.rows {
		again := l.Kind == Whole || slices.Contains(l.gone, r.key) || l.inWindow(r)
		stays := slices.ContainsFunc(l.bad, func(f fault) bool { return f.key == fmt.Sprint(r.key) })
		if r.load == l.No && !r.gone && again && !stays {
			m.rows[i].gone = true
			c.Deleted++
		}
	}
}

// clear forgets what was set aside before of rows that were read again.
func (m *model) clear(l *load) {
	read := map[string]bool{}
	for _, r := range l.rows {
		read[fmt.Sprint(r.key)] = true
	}
	for _, key := range l.gone {
		read[fmt.Sprint(key)] = true
	}
	for _, f := range l.bad {
		read[f.key] = true
	}
	m.bad = slices.DeleteFunc(m.bad, func(f fault) bool {
		same := slices.ContainsFunc(l.bad, func(n fault) bool { return n.key == "" && n.column == f.column && n.raw == f.raw })
		switch {
		case f.load != l.No:
			return false
		case l.Kind == Whole, l.inSpan(f.seg, f.record), l.Rejects && f.column == "":
			return true
		case f.key == "":
			return same
		}
		return m.keyed && read[f.key]
	})
}

// settle holds all but one row of a key and sets those that are not gone aside.
func (m *model) settle() {
	m.bad = slices.DeleteFunc(m.bad, func(f fault) bool { return f.load < 0 })
	if !m.several || !m.keyed {
		return
	}
	byKey := map[int][]int{}
	for i, r := range m.rows {
		byKey[r.key] = append(byKey[r.key], i)
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		places := byKey[key]
		slices.SortFunc(places, func(a, b int) int {
			x, y := m.rows[a], m.rows[b]
			return cmp.Or(bools(x.gone, y.gone), cmp.Compare(y.at, x.at), cmp.Compare(y.load, x.load))
		})
		for _, i := range places[1:] {
			r := &m.rows[i]
			if r.held = true; r.gone {
				continue
			}
			reason := "another content"
			if first := m.rows[places[0]]; first.text == r.text && first.at == r.at {
				reason = "the same row"
			}
			m.bad = append(m.bad, fault{key: fmt.Sprint(key), column: "key", raw: reason, record: r.no, load: -1 - r.load, seg: r.seg})
		}
	}
}

func bools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// shown lists the rows of a kind as text, in order.
func (m *model) list(held bool) []string {
	var out []string
	for _, r := range m.rows {
		if r.held == held {
			out = append(out, r.String())
		}
	}
	slices.Sort(out)
	return out
}

func (m *model) faults() []string {
	var out []string
	for _, f := range m.bad {
		out = append(out, strings.Join([]string{f.key, f.column, f.raw, fmt.Sprint(f.record), fmt.Sprint(f.load), fmt.Sprint(f.seg)}, "|"))
	}
	slices.Sort(out)
	return out
}

func (r row) String() string { return fmt.Sprintf("%s|%d|%d", r.content(), r.no, r.seg) }

// content is what a stage table shows of a row, but for its number.
func (r row) content() string {
	return fmt.Sprintf("%d|%s|%d|%d|%v", r.key, r.text, r.at, r.load, r.gone)
}

// difference is what changed between two states of the rows shown: the keys with
// another row, and how many of these came, went, changed or only moved.
func difference(before, after []row) (keys []int, c Change) {
	type state struct{ content, place string }
	of := func(rows []row) map[int]state {
		out := map[int]state{}
		for _, r := range rows {
			if !r.held {
				out[r.key] = state{r.content(), fmt.Sprint(r.no)}
			}
		}
		return out
	}
	live := func(s string) bool { return strings.HasSuffix(s, "|false") }
	was, is := of(before), of(after)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for key := range all {
		old, now := was[key], is[key]
		if old == now {
			continue
		}
		keys = append(keys, key)
		switch {
		case old.content == now.content:
			c.Moved++
		case live(old.content) && live(now.content):
			c.Updated++
		case live(now.content):
			c.Inserted++
		case live(old.content):
			c.Deleted++
		}
	}
	slices.Sort(keys)
	return keys, c
}

// unkeyedDifference is difference for rows without a key of their own: rows came
// and went as often as there are more or fewer of the same content. Moved are
// values of the column that facts follow whose rows only have other numbers.
func unkeyedDifference(before, after []row) (values []int, c Change) {
	surplus := func(text func(row) string) map[string]int {
		n := map[string]int{}
		for _, r := range after {
			n[text(r)]++
		}
		for _, r := range before {
			n[text(r)]--
		}
		maps.DeleteFunc(n, func(_ string, n int) bool { return n == 0 })
		return n
	}
	content := surplus(row.content)
	for _, n := range content {
		c.Inserted += int64(max(n, 0))
		c.Deleted += int64(max(-n, 0))
	}
	numbered := func(r row) string { return fmt.Sprintf("%s|%d", r.content(), r.no) }
	placed := surplus(numbered)
	due, other := map[int]bool{}, map[int]bool{}
	for _, r := range slices.Concat(before, after) {
		if placed[numbered(r)] != 0 {
			due[r.key] = true
		}
		if content[r.content()] != 0 {
			other[r.key] = true
		}
	}
	for key := range due {
		if !other[key] {
			c.Moved++
		}
	}
	return slices.Sorted(maps.Keys(due)), c
}
