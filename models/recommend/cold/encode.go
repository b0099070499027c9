package cold

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

// Form says how the cells of a column become attributes.
type Form int

// Forms of a column.
const (
	Single Form = iota // the cell is one attribute
	Multi              // the cell holds several, separated by Column.Separator (default ";")
	Path               // a node of a tree: every level is a kind of its own, the node and its ancestors are attributes
	Number             // a number, cut into Column.Bands bands of equally many titles (default 8)
	Words              // text: Latin words and bigrams of Chinese, Japanese and Korean characters
)

// Column is one column of a table of titles.
type Column struct {
	Name      string
	Form      Form
	Text      []string          // one cell a title; "" is unknown. Not for Number
	Value     []float64         // one cell a title, NaN is unknown. Only for Number
	Separator string            // between the values of Multi (default ";") and the levels of Path (default "/")
	Parent    map[string]string // Path: parent of each code; nil when the cell itself is the path
	Known     map[string]bool   // Path with Parent: codes of the scheme; nil takes every code. Others are unclassified
	Map       map[string]string // codes of other schemes → codes of this one, applied first; nil for none
	Bands     int               // Number: bands (default 8)
}

// Kind is one kind of attribute, such as the author or the second level of the
// class, over all titles.
type Kind struct {
	Name   string
	Labels []string // of the attributes, ascending
	start  []int32  // of each title in value, and the end
	value  []int32  // indices of Labels, ascending within a title
}

// Of lists the attributes of a title as indices of Labels.
func (k *Kind) Of(title int) []int32 { return k.value[k.start[title]:k.start[title+1]] }

// Attributes are the titles' sparse attributes by kind.
type Attributes struct {
	Kinds        []Kind
	Titles       int
	Unclassified map[string]int // by column: titles whose code is of no known scheme
}

// Limits of what is kept of words: one that stands in a single title says
// nothing of others, one in more than a fifth of them tells none apart.
const (
	fewestWord  = 2
	largestWord = .2
)

// deepest is the number of levels of a path that count.
const deepest = 8

// Encode turns a table of titles into attributes. Besides its columns, pairs
// of single-valued kinds become kinds of their own where at least half of the
// titles share their pair with another title: a publisher's list of one year.
// At most six such pairs are made, in the order of the columns.
func Encode(columns []Column) (*Attributes, error) {
	a, err := EncodeAlone(columns)
	if err == nil {
		a.pair()
	}
	return a, err
}

// EncodeAlone turns a table of titles into attributes, of its columns alone: on
// few purchases the weights of pairs cost more than they tell.
func EncodeAlone(columns []Column) (*Attributes, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("cold: no column of attributes: give at least one, such as the author")
	}
	n := columns[0].rows()
	a := &Attributes{Titles: n, Unclassified: map[string]int{}}
	for _, c := range columns {
		if c.rows() != n {
			return nil, fmt.Errorf("cold: column %q has %d titles, %q has %d: give one cell a title", c.Name, c.rows(), columns[0].Name, n)
		}
		if err := a.encode(c); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (c *Column) rows() int {
	if c.Form == Number {
		return len(c.Value)
	}
	return len(c.Text)
}

func (a *Attributes) encode(c Column) error {
	cells := make([][]string, a.Titles)
	switch c.Form {
	case Single:
		for i, cell := range c.Text {
			cells[i] = c.values(cell, "")
		}
	case Multi:
		for i, cell := range c.Text {
			cells[i] = c.values(cell, c.separator(";"))
		}
	case Number:
		bands := c.bands()
		for i, v := range c.Value {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				cells[i] = []string{bands.label(v)}
			}
		}
	case Words:
		for i, cell := range c.Text {
			cells[i] = Tokens(cell)
		}
		cells = common(cells)
	case Path:
		return a.encodePath(c)
	default:
		return fmt.Errorf("cold: column %q has form %d: it is one of Single, Multi, Path, Number, Words", c.Name, c.Form)
	}
	a.Kinds = append(a.Kinds, kindOf(c.Name, cells))
	return nil
}

func (c *Column) separator(usual string) string {
	if c.Separator != "" {
		return c.Separator
	}
	return usual
}

// values splits a cell, trims, maps codes of other schemes and drops what is
// empty.
func (c *Column) values(cell, separator string) []string {
	parts := []string{cell}
	if separator != "" {
		parts = strings.Split(cell, separator)
	}
	var out []string
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if to, ok := c.Map[p]; ok {
			p = to
		}
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// encodePath makes one kind a level, the root first.
func (a *Attributes) encodePath(c Column) error {
	var levels [][][]string
	for i, cell := range c.Text {
		path, err := c.path(cell)
		if err != nil {
			return err
		}
		if path == nil && strings.TrimSpace(cell) != "" {
			a.Unclassified[c.Name]++
		}
		for l, node := range path[:min(len(path), deepest)] {
			if l == len(levels) {
				levels = append(levels, make([][]string, a.Titles))
			}
			levels[l][i] = []string{node}
		}
	}
	for l, cells := range levels {
		a.Kinds = append(a.Kinds, kindOf(fmt.Sprintf("%s %d", c.Name, l+1), cells))
	}
	return nil
}

// path lists a node's ancestors and itself, the root first; nil when the code
// is of no known scheme.
func (c *Column) path(cell string) ([]string, error) {
	list := c.values(cell, "")
	if len(list) == 0 {
		return nil, nil
	}
	if c.Parent == nil {
		var path []string
		for _, part := range strings.Split(list[0], c.separator("/")) {
			if part = strings.TrimSpace(part); part != "" {
				if len(path) > 0 {
					part = path[len(path)-1] + c.separator("/") + part
				}
				path = append(path, part)
			}
		}
		return path, nil
	}
	code := list[0]
	if c.Known != nil && !c.Known[code] {
		return nil, nil
	}
	var path []string
	for at := code; at != ""; at = c.Parent[at] {
		if len(path) > 64 {
			return nil, fmt.Errorf("cold: column %q: the parents of %q go in a circle: correct the table of classes", c.Name, code)
		}
		path = append(path, at)
	}
	slices.Reverse(path)
	return path, nil
}

// kindOf numbers the labels of the cells in ascending order.
func kindOf(name string, cells [][]string) Kind {
	seen := map[string]int32{}
	for _, cell := range cells {
		for _, v := range cell {
			seen[v] = 0
		}
	}
	k := Kind{Name: name, Labels: make([]string, 0, len(seen)), start: make([]int32, len(cells)+1)}
	for v := range seen {
		k.Labels = append(k.Labels, v)
	}
	sort.Strings(k.Labels)
	for no, v := range k.Labels {
		seen[v] = int32(no)
	}
	for i, cell := range cells {
		from := len(k.value)
		for _, v := range cell {
			k.value = append(k.value, seen[v])
		}
		mine := k.value[from:]
		slices.Sort(mine)
		k.value = k.value[:from+len(slices.Compact(mine))]
		k.start[i+1] = int32(len(k.value))
	}
	return k
}

// pair adds the pairs of kinds that titles share.
func (a *Attributes) pair() {
	const most = 6
	var single []int
	for no := range a.Kinds {
		if a.Kinds[no].single() {
			single = append(single, no)
		}
	}
	added := 0
	for x, p := range single {
		for _, q := range single[x+1:] {
			cells, shared := a.shared(p, q)
			if !shared || added == most {
				continue
			}
			a.Kinds = append(a.Kinds, kindOf(a.Kinds[p].Name+" × "+a.Kinds[q].Name, cells))
			added++
		}
	}
}

// single says whether no title has two attributes of a kind, or nearly none.
func (k *Kind) single() bool {
	titles, several := 0, 0
	for i := range len(k.start) - 1 {
		switch n := k.start[i+1] - k.start[i]; {
		case n > 1:
			several++
			titles++
		case n == 1:
			titles++
		}
	}
	return titles > 0 && several*20 <= titles
}

// shared pairs two kinds; false where a pair mostly stands for a single title,
// or says no more than one of its parts alone.
func (a *Attributes) shared(p, q int) ([][]string, bool) {
	cells := make([][]string, a.Titles)
	count := map[string]int{}
	pairs := 0
	for i := range cells {
		x, y := a.Kinds[p].Of(i), a.Kinds[q].Of(i)
		if len(x) == 0 || len(y) == 0 {
			continue
		}
		label := a.Kinds[p].Labels[x[0]] + " × " + a.Kinds[q].Labels[y[0]]
		cells[i] = []string{label}
		count[label]++
		pairs++
	}
	once := 0
	for _, n := range count {
		if n == 1 {
			once++
		}
	}
	finer := len(count)*10 > 11*max(len(a.Kinds[p].Labels), len(a.Kinds[q].Labels))
	return cells, pairs > 0 && 2*once <= pairs && finer
}

// bands are the inner boundaries of a number, ascending.
type bands []float64

// bands cuts at quantiles, so that bands hold equally many titles.
func (c *Column) bands() bands {
	n := c.Bands
	if n <= 0 {
		n = 8
	}
	var known []float64
	for _, v := range c.Value {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	var cuts bands
	for b := 1; b < n && len(known) > 0; b++ {
		cut := known[len(known)*b/n]
		if cut > known[0] && (len(cuts) == 0 || cut > cuts[len(cuts)-1]) {
			cuts = append(cuts, cut)
		}
	}
	return cuts
}

func (b bands) label(v float64) string {
	at := sort.Search(len(b), func(i int) bool { return b[i] > v })
	switch {
	case len(b) == 0:
		return "known"
	case at == 0:
		return fmt.Sprintf("below %g", b[0])
	case at == len(b):
		return fmt.Sprintf("from %g", b[at-1])
	}
	return fmt.Sprintf("%g to below %g", b[at-1], b[at])
}
