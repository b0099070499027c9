package rollup

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Question is a question of the past, with how often it was asked.
type Question struct {
	Query  cube.Query
	Took   time.Duration // of all askings together
	Asked  int
	Rollup string // that answered it; "": the facts did
}

// Advice is a rollup that would have helped.
type Advice struct {
	Rollup cube.Rollup
	Cells  int64
	Bytes  int64
	Asked  int           // askings that it would have served
	Saves  time.Duration // of what they took
	Serves []cube.Query  // each once, the dearest first
	Left   []string      // distinct counts that it would not hold, with the reason
}

// Budget bounds what is proposed.
type Budget struct {
	Bytes  int64
	Limits Limits // of each rollup
}

// maxCandidates bounds the sets of attributes that are looked at per cube.
const maxCandidates = 60

// Advise proposes rollups for questions that the facts had to answer: the one
// that saves most first, each for the questions that those before it leave, as
// long as they fit in the budget. Cells are counted from the facts, exactly.
func Advise(ctx context.Context, db engine.Querier, m *cube.Model, questions []Question, b Budget) ([]Advice, error) {
	a := &adviser{db: db, model: m, budget: b, weights: map[string]*weight{}}
	for _, q := range questions {
		if need := a.need(q); need != nil && !a.declared(need) {
			a.needs = append(a.needs, need)
		}
	}
	a.findCandidates()
	return a.choose(ctx)
}

// need is what a rollup must have to answer a question.
type need struct {
	question Question
	cube     *cube.Cube
	fields   []string // sorted; a date attribute stands for those that follow from it
	distinct []string
	served   bool
}

// weight is the size of a rollup.
type weight struct {
	cells, facts, bytes int64
	left                map[string]string // distinct count → why not
}

type adviser struct {
	db         engine.Querier
	model      *cube.Model
	budget     Budget
	needs      []*need
	candidates []candidate
	weights    map[string]*weight
}

type candidate struct {
	cube   *cube.Cube
	fields []string
}

func (c candidate) id() string { return c.cube.Name + ":" + strings.Join(c.fields, ",") }

// need is nil for questions that a rollup answers already, that no rollup can
// answer, or that make no sense any more.
func (a *adviser) need(q Question) *need {
	c := a.model.Cube(q.Query.Cube)
	if c == nil || q.Rollup != "" || c.Virtual() { // a cube of others keeps no facts to add up
		return nil
	}
	unfiltered := q.Query // the values of filters are not logged
	unfiltered.Where = nil
	if _, err := compile.Compile(a.model, unfiltered, compile.Options{}); err != nil {
		return nil
	}
	n := &need{question: q, cube: c}
	names := slices.Concat(q.Query.Rows, q.Query.Columns, filtered(q.Query.Where))
	for _, name := range names {
		u, x := c.Field(name)
		if u == nil {
			return nil
		}
		n.fields = append(n.fields, u.Name+"."+x.Name)
	}
	if t := q.Query.Time; t != nil && (t.From != "" || t.To != "") {
		n.fields = append(n.fields, timeField(c, t))
	}
	n.fields = finest(c, n.fields)
	measures := slices.Clone(q.Query.Measures)
	if q.Query.Top != nil {
		measures = append(measures, q.Query.Top.By)
	}
	parts, left := compile.Ingredients(c, &cube.Rollup{Measures: plain(c, measures)})
	if len(left) > 0 || len(n.fields) == 0 && len(parts) == 0 {
		return nil
	}
	for _, p := range parts {
		if p.Distinct() {
			n.distinct = append(n.distinct, p.Name)
		}
	}
	return n
}

// declared reports whether a rollup of the catalog is for the question, built
// already or not.
func (a *adviser) declared(n *need) bool {
	for _, r := range a.model.Rollups {
		if (candidate{a.model.Cube(r.Cube), r.By}).tells(n) && !slices.ContainsFunc(n.distinct, func(d string) bool { return !slices.Contains(r.Distinct, d) }) {
			return true
		}
	}
	return false
}

// plain are the measures behind what a query asks for, by their names.
func plain(c *cube.Cube, refs []string) (names []string) {
	for _, text := range refs {
		r, err := cube.ParseRef(text)
		if err != nil {
			continue
		}
		if m := c.Measure(r.Measure); m != nil && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

func filtered(filters []cube.Filter) (names []string) {
	for _, f := range filters {
		if f.Field != "" {
			names = append(names, f.Field)
		}
		names = append(names, filtered(f.Any)...)
		names = append(names, filtered(f.All)...)
	}
	return names
}

// timeField is the attribute that a time range needs: the month where it holds
// whole months, else the day.
func timeField(c *cube.Cube, t *cube.Time) string {
	var use *cube.Use
	for _, u := range c.Dimensions {
		if u.Of.Date && (t.Field == "" || t.Field == u.Name) {
			use = u
			break
		}
	}
	if use == nil {
		return ""
	}
	from, err1 := time.Parse(time.DateOnly, t.From)
	to, err2 := time.Parse(time.DateOnly, t.To)
	whole := (t.From == "" || err1 == nil && from.Day() == 1) && (t.To == "" || err2 == nil && to.AddDate(0, 0, 1).Day() == 1)
	if whole && use.Of.Attribute("month") != nil {
		return use.Name + ".month"
	}
	if use.Of.Attribute("day") != nil {
		return use.Name + ".day"
	}
	return ""
}

// finest leaves out what follows from a finer level of a hierarchy, sorts, and
// drops repeats.
func finest(c *cube.Cube, fields []string) (list []string) {
	for _, f := range fields {
		if f != "" && !slices.Contains(list, f) && !slices.ContainsFunc(fields, func(other string) bool { return follows(c, f, other) }) {
			list = append(list, f)
		}
	}
	slices.Sort(list)
	return list
}

// follows reports whether an attribute stands above another in a hierarchy.
func follows(c *cube.Cube, coarse, fine string) bool {
	u, a := c.Field(coarse)
	v, b := c.Field(fine)
	if u == nil || u != v {
		return false
	}
	for _, h := range u.Of.Hierarchies {
		i, j := slices.Index(h.Levels, a.Name), slices.Index(h.Levels, b.Name)
		if i >= 0 && j > i {
			return true
		}
	}
	return false
}

// findCandidates are the attributes of each question, and of two together.
func (a *adviser) findCandidates() {
	seen := map[string]bool{}
	add := func(c candidate) {
		if len(c.fields) > 0 && !seen[c.id()] && len(a.candidates) < maxCandidates*len(a.model.Cubes) {
			seen[c.id()] = true
			a.candidates = append(a.candidates, c)
		}
	}
	sort.SliceStable(a.needs, func(i, j int) bool { return a.needs[i].question.Took > a.needs[j].question.Took })
	for _, n := range a.needs {
		add(candidate{n.cube, n.fields})
	}
	single := slices.Clone(a.candidates)
	for i, x := range single {
		for _, y := range single[i+1:] {
			if x.cube == y.cube {
				add(candidate{x.cube, finest(x.cube, slices.Concat(x.fields, y.fields))})
			}
		}
	}
}

// tells reports whether a rollup by these attributes has all that are needed.
func (c candidate) tells(n *need) bool {
	if c.cube != n.cube {
		return false
	}
	for _, f := range n.fields {
		if !slices.Contains(c.fields, f) && !slices.ContainsFunc(c.fields, func(fine string) bool { return follows(c.cube, f, fine) }) {
			return false
		}
	}
	return true
}

// choose takes the candidate that saves most, again and again.
func (a *adviser) choose(ctx context.Context) (list []Advice, err error) {
	room := a.budget.Bytes
	for {
		var best *Advice
		for _, c := range a.candidates {
			advice, err := a.rate(ctx, c)
			if err != nil {
				return nil, err
			}
			if advice != nil && advice.Bytes <= room && better(advice, best) {
				best = advice
			}
		}
		if best == nil {
			return list, nil
		}
		room -= best.Bytes
		list = append(list, *best)
		for _, n := range a.needs {
			if slices.ContainsFunc(best.Serves, func(q cube.Query) bool { return sameQuery(q, n.question.Query) }) {
				n.served = true
			}
		}
	}
}

func better(x, than *Advice) bool {
	switch {
	case than == nil:
		return true
	case x.Saves != than.Saves:
		return x.Saves > than.Saves
	case x.Asked != than.Asked:
		return x.Asked > than.Asked
	case x.Cells != than.Cells:
		return x.Cells < than.Cells
	}
	return x.Rollup.Name < than.Rollup.Name
}

func sameQuery(x, y cube.Query) bool { return fmt.Sprint(x) == fmt.Sprint(y) }

// rate is what a candidate would do for the questions not served yet; nil if
// that is nothing, or if it would be too large. A question is taken to cost in
// proportion to the rows that are read.
func (a *adviser) rate(ctx context.Context, c candidate) (*Advice, error) {
	var serves []*need
	distinct := []string{}
	for _, n := range a.needs {
		if n.served || !c.tells(n) {
			continue
		}
		serves = append(serves, n)
		for _, d := range n.distinct {
			if !slices.Contains(distinct, d) {
				distinct = append(distinct, d)
			}
		}
	}
	if len(serves) == 0 {
		return nil, nil
	}
	slices.Sort(distinct)
	w, err := a.weigh(ctx, c, distinct)
	if err != nil || w.facts == 0 || w.cells > a.budget.Limits.Cells || float64(w.cells) > a.budget.Limits.Share*float64(w.facts) {
		return nil, err
	}
	advice := &Advice{Rollup: cube.Rollup{Name: a.name(c), Cube: c.cube.Name, By: c.fields}, Cells: w.cells, Bytes: w.bytes}
	for _, d := range distinct {
		if reason := w.left[d]; reason != "" {
			advice.Left = append(advice.Left, d+" "+reason)
		} else {
			advice.Rollup.Distinct = append(advice.Rollup.Distinct, d)
		}
	}
	for _, n := range serves {
		if slices.ContainsFunc(n.distinct, func(d string) bool { return w.left[d] != "" }) {
			continue
		}
		advice.Serves = append(advice.Serves, n.question.Query)
		advice.Asked += n.question.Asked
		advice.Saves += time.Duration(float64(n.question.Took) * (1 - float64(w.cells)/float64(w.facts)))
	}
	if advice.Asked == 0 {
		return nil, nil
	}
	return advice, nil
}

// name is made of the cube and the attributes, and not taken yet.
func (a *adviser) name(c candidate) string {
	name := c.cube.Name
	for _, f := range c.fields {
		dimension, attribute, _ := strings.Cut(f, ".")
		if u, _ := c.cube.Field(f); u.Of.Date {
			name += "_" + attribute
			continue
		}
		name += "_" + dimension + "_" + attribute
	}
	for a.model.Rollup(name) != nil {
		name += "_2"
	}
	return name
}
